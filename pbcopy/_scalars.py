# -*- test-case-name: pbcopy.test.test_scalars -*-
"""
Values without values in them: numbers, ids, paths, and times with their zones.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from decimal import Context, Decimal, InvalidOperation
from functools import cache
from pathlib import (
    PosixPath,
    PurePath,
    PurePosixPath,
    PureWindowsPath,
    WindowsPath,
)
from typing import Any
from uuid import UUID, SafeUUID
from zoneinfo import ZoneInfo, available_timezones

from twisted.python.reflect import qual

from pbcopy._kinds import (
    Kind,
    encoded,
    partsOf,
    refuse,
    refusing,
    textOf,
    unjellyInner,
    unsendable,
)

_TRAPPING = Context(traps=[InvalidOperation])

_ZONES = (type(None), timezone, ZoneInfo)

_PATHS: dict[bytes, type[PurePath]] = {
    each.__name__.encode("ascii"): each
    for each in (PosixPath, PurePosixPath, PureWindowsPath, WindowsPath)
}

_PATH_ERRORS = "surrogatepass"
"""A name of a file need not be text."""


def _complexParts(jellier: Any, value: complex) -> list[Any]:
    return [value.real, value.imag]


def _complex(unjellier: Any, sexp: list[Any]) -> complex:
    return complex(*partsOf(sexp, float, float))


def _decimalParts(jellier: Any, value: Decimal) -> list[Any]:
    return [str(value).encode("ascii")]


def _decimal(unjellier: Any, sexp: list[Any]) -> Decimal:
    text = textOf(sexp, *partsOf(sexp, bytes))
    with refusing(sexp, "a decimal number"):
        # A context of the application's may make NaN of what is no number.
        return Decimal(text, _TRAPPING)


def _uuidParts(jellier: Any, value: UUID) -> list[Any]:
    return [value.bytes, value.is_safe.name.encode("ascii")]


def _uuid(unjellier: Any, sexp: list[Any]) -> UUID:
    data, safety = partsOf(sexp, bytes, bytes)
    with refusing(sexp, "16 bytes, and a name of a SafeUUID"):
        return UUID(bytes=data, is_safe=SafeUUID[textOf(sexp, safety)])


def _pathParts(jellier: Any, value: PurePath) -> list[Any]:
    text = str(value)
    if type(value)(text).parts != value.parts:
        # As of PureWindowsPath("./c:a"), before Python 3.12.
        raise unsendable(value, "the text of this path is another path", got=text)
    return [type(value).__name__.encode("ascii"), text.encode("utf-8", _PATH_ERRORS)]


def _path(unjellier: Any, sexp: list[Any]) -> PurePath:
    name, data = partsOf(sexp, bytes, bytes)
    with refusing(sexp, "a path that this platform can have"):
        return _PATHS[name](data.decode("utf-8", _PATH_ERRORS))


def _datetimeParts(jellier: Any, value: datetime) -> list[Any]:
    day = [value.year, value.month, value.day]
    return [*day, *_timeParts(jellier, value)]


def _timeParts(jellier: Any, value: datetime | time) -> list[Any]:
    if type(value.tzinfo) not in _ZONES:
        raise unsendable(
            value,
            "its zone is of a class of its own",
            got=qual(type(value.tzinfo)),
            expected="a datetime.timezone or a zoneinfo.ZoneInfo",
        )
    clock = [value.hour, value.minute, value.second, value.microsecond, value.fold]
    return [*clock, jellier.jelly(value.tzinfo)]


def _datetime(unjellier: Any, sexp: list[Any]) -> datetime:
    fields = [*sexp[2:-2], _zoneOf(unjellier, sexp, 8)]
    with refusing(sexp, "a day and a time"):
        return datetime(*fields).replace(fold=sexp[-2])


def _time(unjellier: Any, sexp: list[Any]) -> time:
    fields = [*sexp[2:-2], _zoneOf(unjellier, sexp, 5)]
    with refusing(sexp, "a time"):
        return time(*fields).replace(fold=sexp[-2])


def _zoneOf(unjellier: Any, sexp: list[Any], count: int) -> Any:
    """
    Give the zone of a time that has C{count} numbers before it.
    """
    zone = partsOf(sexp, *[int] * count, list)[-1]
    return unjellyInner(unjellier, sexp, zone, *_ZONES)


def _timezoneParts(jellier: Any, value: timezone) -> list[Any]:
    # These are its arguments, and it has no other way to tell the name.
    offset, *name = value.__getinitargs__()  # type: ignore[attr-defined]
    names = [encoded(value, each) for each in name]
    return [offset.days, offset.seconds, offset.microseconds, *names]


def _timezone(unjellier: Any, sexp: list[Any]) -> timezone:
    types = (int, int, int) if len(sexp) == 5 else (int, int, int, bytes)
    days, seconds, microseconds, *name = partsOf(sexp, *types)
    with refusing(sexp, "an offset of less than a day, and a name"):
        offset = timedelta(days, seconds, microseconds)
        return timezone(offset, *(textOf(sexp, each) for each in name))


def _zoneParts(jellier: Any, value: ZoneInfo) -> list[Any]:
    if type(value.key) is not str:
        raise unsendable(value, "this zone has no key", advice="make it of its key")
    return [encoded(value, value.key)]


def _zone(unjellier: Any, sexp: list[Any]) -> ZoneInfo:
    key = textOf(sexp, *partsOf(sexp, bytes))
    # Of another one, ZoneInfo would look for a file and import a module.
    if key not in _zones():
        refuse(sexp, "the key of a zone that is known here")
    return ZoneInfo(key)


@cache
def _zones() -> set[str]:
    return available_timezones()


COMPLEX = Kind(b"complex", _complexParts, _complex)
DECIMAL = Kind(b"decimal", _decimalParts, _decimal)

LARGE_DECIMAL = Kind(b"decimal", _decimalParts, _decimal)
"""A C{Decimal} with more digits than fit into an C{int} of Banana's."""

UUID_KIND = Kind(b"uuid", _uuidParts, _uuid)
PATH = Kind(b"path", _pathParts, _path)
DATETIME = Kind(b"datetime", _datetimeParts, _datetime)
TIME = Kind(b"time", _timeParts, _time)
TIMEZONE = Kind(b"timezone", _timezoneParts, _timezone)
ZONE = Kind(b"zone", _zoneParts, _zone)
