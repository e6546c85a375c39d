# -*- test-case-name: pbcopy.test.test_values -*-
"""
Values for tests, and a way to send them through Jelly and Banana.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import struct
from collections import deque, namedtuple
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import attr
from twisted.spread.jelly import _Jellier, _Unjellier, globalSecurity
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _valueclasses, pb
from pbcopy._kinds import TAG
from pbcopy._packing import pack, unpack
from pbcopy._values import jellyValue
from pbcopy.errors import Violation


class Color(enum.Enum):
    """
    An enumeration with an alias.
    """

    RED = 1
    GREEN = 2
    VERT = 2


class Level(enum.IntEnum):
    """
    An enumeration of numbers.
    """

    LOW = 1
    HIGH = 2


class Access(enum.Flag):
    """
    An enumeration that can be combined.
    """

    READ = 1
    WRITE = 2


class Duck(NamedTuple):
    """
    A named tuple.
    """

    name: Any
    weight: Any


Bare = namedtuple("Bare", "one")


@dataclasses.dataclass
class Pond:
    """
    A dataclass.
    """

    a: Any
    b: Any = None


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    """
    A dataclass with slots that is frozen.
    """

    a: Any
    b: Any = None


@attr.s(auto_attribs=True, frozen=True, slots=True)
class Ice:
    """
    An attrs class with slots that is frozen.
    """

    a: Any
    _b: Any = None


@attr.s(auto_attribs=True)
class Water:
    """
    An attrs class.
    """

    a: Any
    b: Any = None


class PondFull(Exception):
    """
    An exception that wants other arguments than it has.
    """

    def __init__(self, a: Any, b: Any) -> None:
        super().__init__(f"{type(a).__name__}", a)
        self.b = b


CLASSES: tuple[type, ...] = (
    Access,
    Bare,
    Color,
    Duck,
    Frozen,
    Ice,
    Level,
    Pond,
    PondFull,
    Water,
)


def register(case: SynchronousTestCase, *classes: Any) -> None:
    """
    Register classes for the time of a test.
    """
    case.patch(_valueclasses, "_local", dict(_valueclasses._local))
    for each in classes:
        pb.setUnjellyableForValue(each)


class Jellier(_Jellier):
    """
    Jelly that knows values.
    """

    def jelly(self, obj: Any) -> Any:
        """
        Give the s-expression of anything.
        """
        sexp = jellyValue(self, obj)
        return super().jelly(obj) if sexp is None else sexp


def jellied(value: Any, taster: Any = globalSecurity) -> Any:
    """
    Give the s-expression of a value.
    """
    return Jellier(taster, None, None).jelly(value)


def unjellied(sexp: Any) -> Any:
    """
    Give what an s-expression stands for, after its way through Banana.
    """
    (sent,) = unpack(pack([sexp]))
    return _Unjellier(globalSecurity, None, None).unjellyFull(sent)


def roundTrip(value: Any) -> Any:
    """
    Send a value.
    """
    return unjellied(jellied(value))


def assertExact(case: SynchronousTestCase, *values: Any) -> None:
    """
    Check that each value arrives as it is.
    """
    for value in values:
        case.assertEqual([], differences(value, roundTrip(value)), repr(value))


def assertRefused(case: SynchronousTestCase, kind: bytes, *parts: list[Any]) -> None:
    """
    Check that what is made of these parts is refused, and the error says where.
    """
    for each in parts:
        with case.assertRaises(Violation, msg=repr(each)) as caught:
            unjellied([TAG, kind, *each])
        case.assertTrue(caught.exception.where)
        case.assertTrue(caught.exception.expected)


def differences(one: Any, other: Any) -> list[str]:
    """
    Compare two values and all that is in them: types, values, order, and what is
    one object.

    @return: where they differ.
    """
    found: list[str] = []
    there: dict[int, Any] = {}
    here: dict[int, Any] = {}
    stack = [("it", one, other)]
    while stack:
        path, a, b = stack.pop()
        parts, others = _partsOf(a), _partsOf(b)
        if type(a) is not type(b) or list(parts or ()) != list(others or ()):
            found.append(f"{path}: {a!r} is {b!r}")
        elif parts is None or others is None:
            if _plain(a) != _plain(b):
                found.append(f"{path}: {a!r} is {b!r}")
        elif id(a) in there or id(b) in here:
            if there.get(id(a)) is not b or here.get(id(b)) is not a:
                found.append(f"{path}: not one object")
        elif parts:
            there[id(a)], here[id(b)] = b, a
            stack += [(path + step, parts[step], others[step]) for step in parts]
    return found


def _partsOf(value: Any) -> dict[str, Any] | None:
    """
    Give what is in a value, with the step that leads to it.

    @return: C{None} where what it is does not lie in its parts.
    """
    parts: dict[str, Any] = {}
    if isinstance(value, (list, tuple, deque)):
        parts = {f"[{index}]": each for index, each in enumerate(value)}
    elif isinstance(value, (set, frozenset)):
        parts = {f"{{{each!r}}}": each for each in sorted(value, key=repr)}
    elif isinstance(value, dict):
        for index, (key, each) in enumerate(value.items()):
            parts.update({f".key{index}": key, f"[{index}]": each})
    elif isinstance(value, bytearray):
        parts = {".bytes": bytes(value)}
    elif isinstance(value, Exception):
        parts = {f".{name}": each for name, each in vars(value).items()}
        for name in ("args", "filename", "errno", "name", "path", "lineno", "value"):
            parts[f".{name}"] = getattr(value, name, None)
    elif attr.has(type(value)) or dataclasses.is_dataclass(type(value)):
        fields: Any = getattr(value, "__dataclass_fields__", None)
        names = fields or [each.name for each in attr.fields(type(value))]
        parts = {f".{name}": getattr(value, name, "unset") for name in names}
    else:
        return None
    for name in ("maxlen", "default_factory"):
        if hasattr(value, name):
            parts[f".{name}"] = getattr(value, name)
    return parts


def _plain(value: Any) -> Any:
    """
    Give something that is equal where a value is the same.
    """
    if isinstance(value, (float, complex)) and not isinstance(value, enum.Enum):
        number = complex(value)
        return struct.pack("!dd", number.real, number.imag)
    if isinstance(value, UUID):
        return value.int, value.is_safe
    if isinstance(value, (Decimal, datetime.datetime, datetime.time, ZoneInfo)):
        # This tells 0 from -0, the fold, and the zone.
        return repr(value)
    if isinstance(value, datetime.timezone):
        return repr(value), value is datetime.timezone.utc
    return value
