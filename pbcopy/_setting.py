# -*- test-case-name: pbcopy.test.test_setting -*-
"""
Setting and deleting the attributes of a shared object.

L{trackSetting} gives a class a C{__setattr__} and a C{__delattr__}.  A field that
nobody watches and that is set to something simple is set at once; anything else
is an operation on the attributes of the object.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import attr

# The containers say themselves which plain ones they stand for.
from pbcopy import _trackeddict, _trackedlist, _trackedset  # noqa: F401
from pbcopy._adoption import adopted, attributesOf, nodesIn
from pbcopy._leaves import areEqual
from pbcopy._nodes import (
    ATOMS,
    PRIVATE,
    SIMPLE,
    Attributes,
    FreshAttributes,
    WatchedAttributes,
    attributesDict,
    fieldsOf,
    getField,
    hasBegun,
)
from pbcopy._operations import ABSENT, Set, putField
from pbcopy._tracked import blocks, change, pathOf
from pbcopy.errors import Unsendable

_FROZEN = ("_frozen_setattrs", "_frozen_delattrs")


def trackSetting(cls: type[Any]) -> None:
    """
    Have a class track how attributes of its instances are set and deleted.

    A frozen class is left as it is.
    """
    if _isFrozen(cls) or attr.has(cls):
        cls.__init__ = _initializer(cls, cls.__init__)
    if _isFrozen(cls):
        return
    _install(cls, "__setattr__", _setter(cls, cls.__setattr__))
    if not hasattr(cls.__delattr__, "formerMethod"):
        _install(cls, "__delattr__", _deleter(cls.__delattr__))


def _initializer(cls: type[Any], former: Any) -> Callable[..., None]:
    """
    Give an C{__init__} for a class whose own one sets fields past C{__setattr__}.
    """

    @wraps(former)
    def __init__(self: Any, *args: Any, **kw: Any) -> None:
        former(self, *args, **kw)
        if type(self) is cls:
            attributesOf(self)

    return __init__


def _isFrozen(cls: Any) -> bool:
    parameters = getattr(cls, "__dataclass_params__", None)
    isFrozen = getattr(parameters, "frozen", False)
    return isFrozen or getattr(cls.__setattr__, "__name__", "") in _FROZEN


def _install(cls: type[Any], name: str, method: Any) -> None:
    method.__name__, method.__qualname__ = name, f"{cls.__qualname__}.{name}"
    setattr(cls, name, method)


def _setter(cls: type[Any], former: Any) -> Callable[[Any, str, Any], None]:
    # What a base class of the same kind would do is done here.
    former = getattr(former, "formerMethod", former)
    isOwn = former is not object.__setattr__
    quick = frozenset() if isOwn else _quickNames(cls)

    def __setattr__(self: Any, name: str, value: Any) -> None:
        if type(value) in SIMPLE and name in quick and type(self) is cls:
            # Where somebody watches, the dict has it tracked.
            self.__dict__[name] = value
        else:
            _set(self, name, value, former)

    method: Any = __setattr__
    method.formerMethod = former
    return method  # type: ignore[no-any-return]


def _quickNames(cls: type[Any]) -> frozenset[str]:
    """
    Give the fields that are just in the dict of an instance.
    """
    return frozenset(
        name for name in getattr(cls, "_pbcopyFields", ()) if _isPlain(cls, name)
    )


def _isPlain(cls: type[Any], name: str) -> bool:
    return not hasattr(type(getattr(cls, name, None)), "__set__")


def _deleter(former: Any) -> Callable[[Any, str], None]:
    def __delattr__(self: Any, name: str) -> None:
        _set(self, name, ABSENT, former)

    method: Any = __delattr__
    method.formerMethod = former
    return method  # type: ignore[no-any-return]


def _set(owner: Any, name: str, value: Any, former: Any) -> None:
    """
    Set an attribute, or delete it.

    @param former: what the class did before it was tracked.
    """
    if name not in (fieldsOf(owner) or ()):
        _setOther(owner, name, value, former)
    elif former in (object.__setattr__, object.__delattr__) and _isStored(owner, name):
        assign(owner, name, value)
        attributes = attributesDict(owner)
        if type(attributes) is FreshAttributes:
            hasBegun(attributes)
        if _underWay and _underWay[-1].isFor(owner, name):
            _underWay[-1].isTold = True
    else:
        _setBy(former, owner, name, value)


def _isStored(owner: Any, name: str) -> bool:
    # A slot of an attrs class has no code of its own.
    found = getattr(type(owner), name, None)
    return type(found) is _SLOT or not hasattr(type(found), "__set__")


class _Slotted:
    __slots__ = ("slot",)


_SLOT = type(_Slotted.slot)  # type: ignore[attr-defined]


def _setOther(owner: Any, name: str, value: Any, former: Any) -> None:
    if name == "__dict__" and isinstance(attributesDict(owner), Attributes):
        _replaceAttributes(owner, value)
        return
    if blocks and name in getattr(type(owner), PRIVATE, ()):
        for block in blocks:
            block.aboutPrivate(owner, name)
    _call(former, owner, name, value)


def _call(method: Any, owner: Any, name: str, value: Any) -> None:
    if value is ABSENT:
        method(owner, name)
    else:
        method(owner, name, value)


def _replaceAttributes(owner: Any, value: Any) -> None:
    """
    Set the dict of an object that is held: the entries become its own.
    """
    node = attributesOf(owner)
    if node.watchers:
        raise Unsendable(
            "the dict of an object that is replicated was replaced",
            where=pathOf(node),
            expected="attributes that are set one by one",
            advice="use setattr",
        )
    # Which has it track what is written to it.
    node.__class__ = WatchedAttributes
    try:
        for name in [each for each in node if each not in value]:
            del node[name]
        node.update(value)
    finally:
        hasBegun(node)


def assign(owner: Any, name: str, value: Any) -> None:
    """
    Set a field, or delete it, as an operation.

    @param value: what it gets; L{ABSENT} to delete it.
    @raise Unsendable: if it could change unseen.
    @raise AttributeError: if there is nothing to delete.
    """
    old = getField(owner, name)
    if value is ABSENT:
        if old is ABSENT:
            # It raises.
            object.__delattr__(owner, name)
        new = ABSENT
    elif old is not ABSENT and areEqual(old, value):
        new = old
    else:
        new = adopted(value, lambda: _pathTo(owner, name))
    if isinstance(attributesDict(owner), Attributes) or _hasNodes(new):
        node = attributesOf(owner)
        change(Set(node, name, getField(owner, name), new))
    elif new is not old:
        putField(owner, name, new)


def _hasNodes(value: Any) -> bool:
    # An empty container is false.
    return type(value) not in ATOMS and any(True for _ in nodesIn(value))


def _pathTo(owner: Any, name: str) -> str:
    attributes = attributesDict(owner)
    isNode = isinstance(attributes, Attributes)
    return f"{pathOf(attributes) if isNode else type(owner).__qualname__}.{name}"


class _Setting:
    """
    That the C{__setattr__} which a class had before is being called.  It may call
    one that is tracked itself.
    """

    def __init__(self, owner: object, name: str) -> None:
        self._owner = owner
        self._name = name
        self.isTold = False

    def isFor(self, owner: object, name: str) -> bool:
        """
        Tell whether this is what somebody sets.
        """
        return owner is self._owner and name == self._name


_underWay: list[_Setting] = []


def _setBy(former: Any, owner: Any, name: str, value: Any) -> None:
    """
    Set a field as the class of its own accord does, look what it is then, and
    make that an operation.
    """
    old = getField(owner, name)
    _permit(owner, name, old, value)
    setting = _Setting(owner, name)
    _underWay.append(setting)
    try:
        _call(former, owner, name, value)
    finally:
        _underWay.remove(setting)
        now = getField(owner, name)
        if not setting.isTold and now is not old and not _isUnheard(owner, now):
            putField(owner, name, old)
            assign(owner, name, now)
    if _underWay and _underWay[-1].isFor(owner, name):
        _underWay[-1].isTold = True


def _isUnheard(owner: Any, value: Any) -> bool:
    isWatched = type(attributesDict(owner)) is WatchedAttributes
    return type(value) in SIMPLE and not isWatched


def _permit(owner: Any, name: str, old: Any, new: Any) -> None:
    attributes = attributesDict(owner)
    if type(attributes) is WatchedAttributes:
        for watcher in attributes.watchers:
            watcher.permit(Set(attributes, name, old, new))


Attributes.assign = staticmethod(assign)
