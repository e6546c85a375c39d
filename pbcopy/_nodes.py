# -*- test-case-name: pbcopy.test.test_nodes -*-
"""
The nodes of a declared state: what in it can change.

A node is a list, a dict or a set of its own kind, or the attributes of a shared
object.  It knows who holds it, and who watches it.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, MutableMapping
from typing import Any, ClassVar, Protocol

from twisted.spread.jelly import Jellyable

from pbcopy._operations import ABSENT, Operation

ATOMS: frozenset[type] = frozenset([bool, bytes, float, int, str, type(None)])
"""The types of most values.  They have nothing in them."""

SIMPLE: set[type] = set(ATOMS)
"""The types of values that a node which nobody watches takes without a word.  It
is empty while a block is open (L{pbcopy._changing}), which wants to hear of all."""

KINDS: dict[type, type[Any]] = {}
"""The tracked class for each plain container."""


class Watcher(Protocol):
    """
    Who is told of what happens to a node.
    """

    def permit(self, operation: Operation) -> None:
        """
        Hear what the application is about to do.

        @raise Exception: if it may not.
        """

    def about(self, operation: Operation) -> None:
        """Hear what is about to be done, by whomsoever."""

    def changed(self, operation: Operation) -> None:
        """Hear what was done."""


class Link(weakref.ref[Any]):
    """
    That one node holds another: a weak reference to the one that holds.

    @ivar count: how many times it does.
    @ivar home: the table of the node that is held.
    @ivar key: what this has there.
    """

    __slots__ = ("count", "home", "key")

    count: int
    home: dict[int, Link]
    key: int


def link(child: Any, holder: Any) -> None:
    """
    Have a node remember, once more, that another one holds it.
    """
    known = child.holders.get(id(holder))
    if known is not None and known() is holder:
        known.count += 1
        return
    if not child.holders:
        child.holders = {}
    made = Link(holder, _forget)
    made.count, made.home, made.key = 1, child.holders, id(holder)
    child.holders[made.key] = made


def _forget(gone: Link) -> None:
    if gone.home.get(gone.key) is gone:
        del gone.home[gone.key]


def unlink(child: Any, holder: Any) -> None:
    """
    Have a node forget, once, that another one holds it.
    """
    known = child.holders.get(id(holder))
    if known is not None and known() is holder:
        known.count -= 1
        if not known.count:
            del child.holders[id(holder)]


class Tracked(Jellyable):
    """
    A container that is a node.

    A set makes sets of its class with no call of C{__init__}, so what is of a new
    one is that of its class.

    @cvar plain: the plain container that it is one of.
    @ivar holders: who holds it (L{link}).
    @ivar watchers: who is told of changes.
    """

    plain: ClassVar[type[Any]]
    holders: dict[int, Link] = {}  # noqa: RUF012 - it stays empty
    watchers: tuple[Watcher, ...] = ()


class Attributes(dict[str, Any]):
    """
    The attributes of a shared object that is held or watched: its C{__dict__}.
    So nothing is among its attributes that is not the application's.

    @ivar owner: a weak reference to the object.
    @ivar holders: who holds the object (L{link}).
    @ivar watchers: who is told of changes.
    """

    __slots__ = ("__weakref__", "holders", "owner", "watchers")

    owner: weakref.ref[Any]
    holders: dict[int, Link]
    watchers: tuple[Watcher, ...]

    assign: ClassVar[Callable[[Any, str, Any], None]]
    """Sets a field of an object, or deletes it (L{pbcopy._setting.assign})."""

    @classmethod
    def of(cls, owner: Any) -> Attributes:
        """
        Make the attributes of an object ready to be held and watched.
        """
        node = cls(attributesDict(owner))
        node.owner, node.holders, node.watchers = weakref.ref(owner), {}, ()
        object.__setattr__(owner, "__dict__", node)
        return node

    def fields(self) -> dict[str, Any]:
        """
        Give the fields of the object that have a value.
        """
        owner = self.owner()
        names = fieldsOf(owner) or ()
        # Those of an attrs class may be in slots.
        found = {name: getField(owner, name) for name in names}
        return {name: each for name, each in found.items() if each is not ABSENT}

    def __reduce_ex__(self, protocol: Any) -> Any:
        """
        Copy and pickle as a plain dict: a copy is held and watched by nobody.
        """
        return dict, (), None, None, iter(self.items())

    __hash__ = object.__hash__  # type: ignore[assignment]


class WatchedAttributes(Attributes):
    """
    The same, while somebody watches.  What is written past the object, as by
    C{vars}, is as if it were set there.
    """

    __slots__ = ()

    def _isField(self, name: str) -> bool:
        return name in (fieldsOf(self.owner()) or ())

    def __setitem__(self, name: str, value: Any) -> None:
        if self._isField(name):
            type(self).assign(self.owner(), name, value)
        else:
            super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        if name in self and self._isField(name):
            type(self).assign(self.owner(), name, ABSENT)
        else:
            super().__delitem__(name)

    def pop(self, name: str, /, *default: Any) -> Any:
        """Take an attribute out."""
        if name not in self or len(default) > 1:
            return super().pop(name, *default)
        value = self[name]
        del self[name]
        return value

    # They go by way of these.
    clear: Any = MutableMapping.clear
    popitem: Any = MutableMapping.popitem
    setdefault: Any = MutableMapping.setdefault
    update: Any = MutableMapping.update

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self.update(other)
        return self


class FreshAttributes(WatchedAttributes):
    """
    The same, for an object that has no attributes yet.  One that is copied or
    unpickled in a cycle is held before it gets them, and gets them past itself.
    """

    __slots__ = ()

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        if len(self.fields()) == len(fieldsOf(self.owner()) or ()):
            hasBegun(self)


def fieldsOf(thing: object) -> tuple[str, ...] | None:
    """
    Give the names of the fields of a shared object that are replicated.

    @return: C{None} if it is no such object.
    """
    fields: tuple[str, ...] | None = getattr(type(thing), FIELDS, None)
    return fields


FIELDS = "_pbcopyFields"
"""The attribute of a shared class that has the names of its fields."""

PRIVATE = "_pbcopyPrivate"
"""The attribute that has the names of those that never leave the process."""


def noteFields(cls: type, fields: tuple[str, ...], private: tuple[str, ...]) -> None:
    """
    Note the names of the fields of a shared class.
    """
    setattr(cls, FIELDS, fields)
    setattr(cls, PRIVATE, private)


def getField(owner: Any, name: str) -> Any:
    """
    Give the value of a field; L{ABSENT} if it has none.
    """
    attributes = attributesDict(owner)
    if name in attributes:
        return attributes[name]
    slot = getattr(type(owner), name, None)
    if hasattr(type(slot), "__set__"):
        try:
            return object.__getattribute__(owner, name)
        except AttributeError:
            pass
    return ABSENT


def attributesDict(owner: object) -> dict[str, Any]:
    """
    Give the C{__dict__} of an object, whatever its class does about reading.
    """
    attributes: dict[str, Any] = object.__getattribute__(owner, "__dict__")
    return attributes


def watch(node: Any, watcher: Watcher) -> None:
    """
    Have a watcher told of what happens to a node.
    """
    node.watchers = (*node.watchers, watcher)
    if isinstance(node, Attributes):
        node.__class__ = WatchedAttributes


def unwatch(node: Any, watcher: Watcher) -> None:
    """
    End L{watch}.
    """
    node.watchers = tuple(each for each in node.watchers if each is not watcher)
    if isinstance(node, Attributes):
        hasBegun(node)


def hasBegun(node: Attributes) -> None:
    """
    Say that an object has its attributes, or that somebody has left it.
    """
    if not node.watchers and type(node) is not Attributes:
        node.__class__ = Attributes
