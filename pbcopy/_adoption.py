# -*- test-case-name: pbcopy.test.test_adoption -*-
"""
What a value becomes when a node takes it.

A plain list, dict or set becomes a tracked one with the same contents, so that
what happens to it later is seen.  What is immutable stays as it is, as does what
has an identity of its own on the wire, such as a C{pb.Cacheable}.  Anything else
could change with nobody seeing it, and is refused.
"""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import PurePath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import attr
from twisted.python.reflect import qual, safe_repr
from twisted.spread import flavors
from twisted.spread.jelly import Jellyable

from pbcopy._nodes import (
    ATOMS,
    KINDS,
    Attributes,
    Tracked,
    attributesDict,
    fieldsOf,
    getField,
)
from pbcopy._operations import ABSENT
from pbcopy._paths import step
from pbcopy._valueclasses import nativeBase
from pbcopy.errors import Unsendable

Where = Callable[[], str]
"""Gives the path of what is adopted.  It is called for an error alone."""


def adopted(value: Any, where: Where) -> Any:
    """
    Give what a node is to have for a value.

    @raise Unsendable: if the value, or something in it, could change unseen.
    """
    if type(value) in ATOMS:
        return value
    return _Adoption(where).adopt(value)


class _Adoption:
    """
    The adoption of one value, which may have itself in it.
    """

    def __init__(self, where: Where) -> None:
        self._where = where
        self._made: dict[int, Any] = {}
        self._todo: list[tuple[Any, Any, str]] = []

    def adopt(self, value: Any) -> Any:
        """
        Adopt a value, and what is in it.
        """
        result = self._one(value, "")
        while self._todo:
            self._fill(*self._todo.pop())
        return result

    def _one(self, value: Any, path: str) -> Any:
        kind = type(value)
        if kind in ATOMS or isinstance(value, Tracked) or fieldsOf(value) is not None:
            return value
        if kind in KINDS:
            return self._shell(kind, value, path)
        if kind is tuple:
            parts = [self._one(each, f"{path}[{at}]") for at, each in enumerate(value)]
            isSame = all(one is other for one, other in zip(parts, value, strict=True))
            return value if isSame else tuple(parts)
        self._leaf(value, path)
        return value

    def _shell(self, kind: type, value: Any, path: str) -> Any:
        made = self._made.get(id(value))
        if made is None:
            made = self._made[id(value)] = KINDS[kind]()
            self._todo.append((made, value, path))
        return made

    def _fill(self, made: Any, plain: Any, path: str) -> None:
        if type(plain) is list:
            items = [self._one(each, f"{path}[{at}]") for at, each in enumerate(plain)]
            list.extend(made, items)
            hold(made, items)
        elif type(plain) is dict:
            for key, value in plain.items():
                self._leaf(key, path + "{key " + safe_repr(key) + "}")
                made_ = self._one(value, path + step(key))
                dict.__setitem__(made, key, made_)
                hold(made, (made_,))
        else:
            for each in plain:
                self._leaf(each, path + "{…}")
            set.update(made, plain)

    def _leaf(self, value: Any, path: str) -> None:
        if not isLeaf(value):
            raise self._error(value, path)

    def _error(self, value: Any, path: str) -> Unsendable:
        kind = type(value)
        advice = "make its class immutable, or keep it in a private field"
        if kind in KINDS or kind is tuple or fieldsOf(value) is not None:
            return Unsendable(
                "only what is immutable may be a key, or be in a set",
                where=self._where() + path,
                got=f"{safe_repr(value)[:100]}, a {qual(kind)}",
                advice="use a list or the values of a dict",
            )
        if isinstance(value, flavors.Copyable):
            advice = "declare its class with pbcopy.shared"
        plain = next((base for base in KINDS if issubclass(kind, base)), None)
        if plain is not None:
            advice = f"use a plain {plain.__name__}"
        elif isinstance(value, (bytearray, memoryview)):
            advice = "use bytes"
        return Unsendable(
            "this could change without anybody seeing it",
            where=self._where() + path,
            got=f"{safe_repr(value)[:100]}, a {qual(kind)}",
            expected="what is immutable, a list, a dict, a set, or a shared object",
            advice=advice,
        )


def hold(holder: Any, values: Any) -> None:
    """
    Have the nodes in some values know that they are held.
    """
    reference = None
    for value in values:
        if type(value) not in ATOMS:
            for child in nodesIn(value):
                reference = reference or weakref.ref(holder)
                child.holders.append(reference)


def nodesIn(value: Any) -> Iterator[Any]:
    """
    Give the nodes that a value is, or, if it is a tuple, has in it.
    """
    if type(value) in ATOMS:
        return
    if isinstance(value, Tracked):
        yield value
    elif type(value) is tuple:
        for each in value:
            yield from nodesIn(each)
    elif fieldsOf(value) is not None and not isMention(value):
        yield attributesOf(value)


def isMention(value: object) -> bool:
    """
    Tell whether an object is a master or a replica: where it stands in the state
    of another object it is mentioned, and has observers of its own.
    """
    return isinstance(value, (flavors.Cacheable, flavors.RemoteCache))


def attributesOf(owner: Any) -> Attributes:
    """
    Give the node of a shared object; make it, where this is its first use.

    @raise Unsendable: if one of its fields could change unseen.  What is set
        past C{__setattr__}, as in a frozen class or a copy, is seen here.
    """
    attributes = attributesDict(owner)
    if isinstance(attributes, Attributes):
        return attributes
    node = Attributes(attributes)
    node.owner, node.holders, node.watchers = weakref.ref(owner), [], ()
    object.__setattr__(owner, "__dict__", node)
    for name in fieldsOf(owner) or ():
        _settle(node, owner, name)
    return node


def _settle(node: Attributes, owner: Any, name: str) -> None:
    value = getField(owner, name)
    if value is not ABSENT and type(value) not in ATOMS:
        kept = adopted(value, lambda: f"{type(owner).__qualname__}.{name}")
        if kept is not value:
            object.__setattr__(owner, name, kept)
        hold(node, (kept,))


_LEAVES: set[type] = {
    *ATOMS,
    complex,
    date,
    datetime,
    Decimal,
    Fraction,
    range,
    time,
    timedelta,
    timezone,
    type(Ellipsis),
    UUID,
    ZoneInfo,
}
"""Types whose instances cannot change, and have nothing in them that can."""


def isLeaf(value: Any) -> bool:
    """
    Tell whether a value cannot change, or has an identity of its own on the wire.
    """
    kind = type(value)
    if kind in _LEAVES:
        return True
    if kind is tuple or kind is frozenset:
        return all(map(isLeaf, value))
    if isinstance(value, (Enum, PurePath)):
        return True
    if isinstance(value, Jellyable):
        return not isinstance(value, (flavors.Copyable, Tracked)) or isMention(value)
    if isinstance(value, flavors.RemoteCache):
        return True
    if isinstance(value, tuple):
        return nativeBase(kind) is tuple and all(map(isLeaf, value))
    return _isFrozen(kind) and all(map(isLeaf, _partsOf(value)))


def _isFrozen(kind: Any) -> bool:
    if dataclasses.is_dataclass(kind):
        parameters: Any = vars(kind)["__dataclass_params__"]
        return bool(parameters.frozen)
    if attr.has(kind):
        # What attrs itself looks at, in a class that is frozen.
        name = getattr(kind.__setattr__, "__name__", "")
        return name == "_frozen_setattrs"
    return False


def _partsOf(value: Any) -> Iterator[Any]:
    fields: Any = dataclasses.fields if dataclasses.is_dataclass(value) else None
    for each in (fields or attr.fields)(value if fields else type(value)):
        yield getattr(value, each.name, None)


def areEqual(old: Any, new: Any) -> bool:
    """
    Tell whether a value that is to take the place of another one is no change.

    A tracked container and a plain one are equal by their contents, and two
    tracked ones if they are the same.  Numbers are equal if their types are.
    """
    if old is new:
        return True
    kind = type(old)
    if isinstance(old, Tracked):
        try:
            return type(new) is old.plain and _haveEqual(old, new)
        except RecursionError:
            # They have themselves in them.
            return False
    if kind is not type(new):
        return False
    if kind is tuple:
        return len(old) == len(new) and all(map(areEqual, old, new))
    if kind in (int, str, bytes, bool):
        return bool(old == new)
    if fieldsOf(old) is not None or isinstance(old, Jellyable):
        return False
    # 0.0 and -0.0, and Decimals and times, may be equal and look different.
    return bool(old == new) and safe_repr(old) == safe_repr(new)


def _haveEqual(old: Any, new: Any) -> bool:
    if len(old) != len(new):
        return False
    if isinstance(old, list):
        return all(map(areEqual, old, new))
    if isinstance(old, set):
        return old == new and {*map(type, old)} == {*map(type, new)}
    return all(
        areEqual(one, other) and areEqual(old[one], new[other])
        for one, other in zip(old, new, strict=True)
    )
