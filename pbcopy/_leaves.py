# -*- test-case-name: pbcopy.test.test_leaves -*-
"""
Values that are no nodes: what cannot change, or is itself somebody else's to
watch; and when two values are the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import attr
from twisted.python.reflect import safe_repr
from twisted.spread import flavors

from pbcopy._nodes import ATOMS, KINDS, Tracked, fieldsOf
from pbcopy._operations import PLAINLY
from pbcopy._valueclasses import NAMED_TUPLE, RECORD, formOf

_LEAVES: frozenset[type] = ATOMS | {
    complex,
    date,
    datetime,
    Decimal,
    time,
    timedelta,
    timezone,
    UUID,
    ZoneInfo,
}
"""Types whose instances cannot change, and have nothing in them that can."""


def isMention(value: object) -> bool:
    """
    Tell whether an object is a master or a replica: where it stands in the state
    of another object it is mentioned, and has observers of its own.
    """
    return isinstance(value, (flavors.Cacheable, flavors.RemoteCache))


def isLeaf(value: Any) -> bool:
    """
    Tell whether a value cannot change, or has an identity of its own on the wire.
    """
    kind = type(value)
    if kind in _LEAVES or isinstance(value, (Enum, PurePath)) or isMention(value):
        return True
    if kind is tuple or kind is frozenset:
        return all(map(isLeaf, value))
    if isinstance(value, flavors.Serializable):
        return not isinstance(value, flavors.Copyable)
    form = formOf(kind)
    if form == NAMED_TUPLE:
        return all(map(isLeaf, value))
    return form == RECORD and _isFrozen(kind) and all(map(isLeaf, _partsOf(value)))


def _isFrozen(kind: Any) -> bool:
    if dataclasses.is_dataclass(kind):
        parameters: Any = getattr(kind, "__dataclass_params__")  # noqa: B009
        return bool(parameters.frozen)
    # What attrs itself looks at, in a class that is frozen.
    return getattr(kind.__setattr__, "__name__", "") == "_frozen_setattrs"


def _partsOf(value: Any) -> Iterator[Any]:
    isData = dataclasses.is_dataclass(value)
    names: Any = dataclasses.fields(value) if isData else attr.fields(type(value))
    for each in names:
        yield getattr(value, each.name, None)


def areEqual(old: Any, new: Any) -> bool:
    """
    Tell whether a value that is to take the place of another one is no change.

    A tracked container and a plain one are equal by their contents, and two
    tracked ones if they are the same.  Numbers are equal if their types are.  A
    container that is held in two places is not equal to another one, as what
    happens to it later is not what happens to that one.
    """
    if old is new:
        return True
    if type(old) in PLAINLY:
        return type(old) is type(new) and bool(old == new)
    todo, met = [(old, new)], set()
    while todo:
        one, other = todo.pop()
        if one is other:
            continue
        if isinstance(one, Tracked):
            if id(other) in met or _timesHeld(one) > 1:
                return False
            met.add(id(other))
        parts = _pairs(one, other)
        if parts is None:
            return False
        todo += parts
    return True


def _timesHeld(node: Tracked) -> int:
    return sum(each.count for each in list(node.holders.values()))


def _pairs(one: Any, other: Any) -> list[tuple[Any, Any]] | None:
    """
    Give what has to be equal in two values for them to be so; C{None} if they are
    not in any case.
    """
    kind = one.plain if isinstance(one, Tracked) else type(one)
    if kind is not type(other) or type(one) in KINDS:
        return None
    if kind is list or isinstance(one, tuple):
        return [*zip(one, other, strict=True)] if len(one) == len(other) else None
    if kind is dict:
        if len(one) != len(other):
            return None
        pairs = zip(one.items(), other.items(), strict=True)
        return [pair for each in pairs for pair in zip(*each, strict=True)]
    if kind is set or kind is frozenset:
        mine = {each: each for each in one}
        return [(mine[each], each) for each in other] if one == other else None
    if formOf(kind) == RECORD and fieldsOf(one) is None:
        return [*zip(_partsOf(one), _partsOf(other), strict=True)]
    return [] if _areSimplyEqual(one, other) else None


def _areSimplyEqual(one: Any, other: Any) -> bool:
    if type(one) not in _LEAVES and not isinstance(one, PurePath):
        return False
    # 0.0 and -0.0, and Decimals and times, may be equal and look different.
    return bool(one == other) and safe_repr(one) == safe_repr(other)
