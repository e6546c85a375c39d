# -*- test-case-name: pbcopy.test.test_nodes -*-
"""
The nodes of a declared state: what in it can change.

A node is a list, a dict or a set of its own kind, or the attributes of a shared
object.  It knows who holds it, and who watches it.
"""

from __future__ import annotations

import weakref
from typing import Any, NoReturn, Protocol

from twisted.spread.jelly import Jellyable

from pbcopy._operations import ABSENT, Operation
from pbcopy.errors import Unsendable

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

    def changed(self, operation: Operation) -> None:
        """Hear what was done."""


class Tracked(Jellyable):
    """
    A container that is a node.

    @cvar plain: the plain container that it is one of.
    @ivar holders: weak references to the nodes that hold it, one for each time.
    @ivar watchers: who is told of changes.
    """

    plain: type[Any]
    holders: list[weakref.ref[Any]]
    watchers: tuple[Watcher, ...]


class Attributes(dict[str, Any]):
    """
    The attributes of a shared object that is held or watched: its C{__dict__}.
    So nothing is among its attributes that is not the application's.

    @ivar owner: a weak reference to the object.
    @ivar holders: weak references to the nodes that hold it, one for each time.
    @ivar watchers: who is told of changes.
    """

    __slots__ = ("__weakref__", "holders", "owner", "watchers")

    owner: weakref.ref[Any]
    holders: list[weakref.ref[Any]]
    watchers: tuple[Watcher, ...]

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
    The same, while somebody watches.  What is written past the object is refused,
    as nobody would hear of it.
    """

    __slots__ = ()

    def _refuse(self, *args: Any, **kw: Any) -> NoReturn:
        raise Unsendable(
            "the dict of an object that is replicated was written to",
            where=type(self.owner()).__qualname__,
            expected="attributes that are set one by one",
            advice="use setattr",
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse


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
    if isinstance(node, Attributes) and not node.watchers:
        node.__class__ = Attributes
