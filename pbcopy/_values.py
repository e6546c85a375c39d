# -*- test-case-name: pbcopy.test.test_values -*-
"""
Values that Jelly would lose or change, and what it would lose all the same.

Jelly replaces an object that it does not know by a note, and says nothing.  It
refuses a time with a zone, and makes 0 of C{Decimal("-0")}.  Here each object is
one of three: Jelly's own to send, a value (L{Kind}), or an error.
"""

from __future__ import annotations

import datetime
import pathlib
import zoneinfo
from collections import OrderedDict, defaultdict, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from decimal import Decimal
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any
from uuid import UUID

from twisted.python.reflect import safe_repr
from twisted.spread.jelly import Jellyable

from pbcopy import _containers, _exceptions, _records, _scalars
from pbcopy._answers import answerFails
from pbcopy._kinds import TAG, Kind, encoded, refuse, unsendable
from pbcopy._policy import checkArriving, checkLeaving
from pbcopy._registry import setUnjellyableForClass
from pbcopy._sendable import LARGEST
from pbcopy._valueclasses import FORMS, formOf
from pbcopy.errors import Unsendable

_Choose = Callable[[Any, Any], Kind | None]

MOST_DIGITS = len(str(LARGEST)) - 1
"""The digits of a C{Decimal} that Jelly may send as an C{int}."""


def jellyValue(jellier: Any, value: Any) -> list[Any] | None:
    """
    Give the s-expression of a value.

    @return: C{None} if Jelly sends it as it is.
    @raise Unsendable: if Jelly would lose it.
    """
    kind = _kindOf(jellier, value)
    return None if kind is None else kind.jelly(jellier, value)


def refuseValue(jellier: Any, value: Any) -> None:
    """
    Check an object that goes to a peer that does not know values.

    @raise Unsendable: if Jelly would lose it.
    """
    kind = _kindOf(jellier, value)
    # That one is Jelly's to send, as far as Banana takes it.
    if kind is not None and kind is not _scalars.LARGE_DECIMAL:
        raise unsendable(
            value,
            "the peer does not take values of this type",
            expected="a peer that is known to have pbcopy, of this version",
            advice="send what it is made of",
        )


def unjellyValue(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give the value for C{['pbcopy.value', kind, part, …]}.

    @raise Violation: if it is none.
    """
    with answerFails(unjellier.invoker) as failures:
        name = jellyList[1] if len(jellyList) > 1 else None
        kind = _BY_NAME.get(name) if type(name) is bytes else None
        if kind is None:
            refuse(jellyList, "a kind of values that this pbcopy knows")
        if name in FORMS and len(jellyList) > 2:
            checkArriving(jellyList[2], unjellier.invoker)
        return kind.value(unjellier, jellyList)
    return failures[0]


def _kindOf(jellier: Any, value: Any) -> Kind | None:
    choose: _Choose | None = _BY_TYPE.get(type(value), _ofAnother)
    return None if choose is None else choose(jellier, value)


def _ofText(jellier: Any, value: str) -> None:
    if not value.isascii():
        encoded(value, value)


def _ofDecimal(jellier: Any, value: Decimal) -> Kind | None:
    if not value.is_finite() or (not value and value.is_signed()):
        return _scalars.DECIMAL
    isLarge = len(value.as_tuple().digits) > MOST_DIGITS
    return _scalars.LARGE_DECIMAL if isLarge else None


def _ofDatetime(jellier: Any, value: datetime.datetime) -> Kind | None:
    isPlain = value.tzinfo is None and not value.fold
    return None if isPlain else _scalars.DATETIME


def _ofTime(jellier: Any, value: datetime.time) -> Kind | None:
    isPlain = value.tzinfo is None and not value.fold
    return None if isPlain else _scalars.TIME


def _ofAnother(jellier: Any, value: object) -> Kind | None:
    """
    Choose for an object whose type says nothing by itself.
    """
    if isinstance(value, Jellyable) or _isJellys(jellier, value):
        return None
    form = formOf(type(value))
    if form is None:
        raise _lost(value)
    checkLeaving(type(value), jellier.invoker)
    return _BY_NAME[form]


def _isJellys(jellier: Any, value: object) -> bool:
    """
    Tell whether the application has said that Jelly is to send something.
    """
    if jellier.persistentStore:
        return True
    named = value if isinstance(value, type) else type(value)
    return bool(jellier.taster.isClassAllowed(named))


_CODE = (BuiltinFunctionType, FunctionType, MethodType, ModuleType, type)
_RUNNING = (Awaitable, AsyncGenerator, Generator)


def _lost(value: object) -> Unsendable:
    """
    Make the error for what neither Jelly nor pbcopy can send.
    """
    base = next(b for b in type(value).__mro__ if b in _BY_TYPE or b is object)
    if isinstance(value, _CODE):
        return unsendable(
            value,
            "code cannot be sent",
            got=safe_repr(value),
            advice="send a pb.Referenceable, or a name that both sides know",
        )
    if isinstance(value, _RUNNING):
        return unsendable(
            value,
            "this is not a result yet",
            got=safe_repr(value),
            advice="send what comes of it",
        )
    if base is not object:
        return unsendable(
            value,
            f"Jelly has no form for a subclass of {base.__name__}",
            expected=f"a plain {base.__name__}",
            advice="send that, or a pb.Copyable",
        )
    return unsendable(
        value,
        "Jelly has no form for an instance of this class",
        advice="leave it out of the state, as by naming the attribute in localOnly, "
        "or derive the class from pb.Copyable, pb.Cacheable or pb.Referenceable",
    )


def _always(kind: Kind) -> Callable[[Any, Any], Kind]:
    return lambda jellier, value: kind


_PLAIN = (
    bool,
    bytes,
    datetime.date,
    datetime.timedelta,
    dict,
    float,
    frozenset,
    int,
    list,
    set,
    tuple,
    type(None),
)
"""What Jelly sends exactly, whatever its value."""

_BY_TYPE: dict[type, _Choose | None] = {
    **dict.fromkeys(_PLAIN),
    str: _ofText,
    Decimal: _ofDecimal,
    datetime.datetime: _ofDatetime,
    datetime.time: _ofTime,
    complex: _always(_scalars.COMPLEX),
    UUID: _always(_scalars.UUID_KIND),
    pathlib.PosixPath: _always(_scalars.PATH),
    pathlib.PurePosixPath: _always(_scalars.PATH),
    pathlib.PureWindowsPath: _always(_scalars.PATH),
    pathlib.WindowsPath: _always(_scalars.PATH),
    datetime.timezone: _always(_scalars.TIMEZONE),
    zoneinfo.ZoneInfo: _always(_scalars.ZONE),
    bytearray: _always(_containers.BYTEARRAY),
    deque: _always(_containers.DEQUE),
    OrderedDict: _always(_containers.ORDERED_DICT),
    defaultdict: _always(_containers.DEFAULT_DICT),
}
"""Says for a type whether a value of it is of a kind, or Jelly's own."""

_BY_NAME: dict[bytes, Kind] = {
    kind.name: kind
    for kind in (
        _containers.BYTEARRAY,
        _containers.DEFAULT_DICT,
        _containers.DEQUE,
        _containers.ORDERED_DICT,
        _exceptions.EXCEPTION_KIND,
        _records.ENUM_KIND,
        _records.NAMED_TUPLE_KIND,
        _records.RECORD_KIND,
        _scalars.COMPLEX,
        _scalars.DATETIME,
        _scalars.DECIMAL,
        _scalars.PATH,
        _scalars.TIME,
        _scalars.TIMEZONE,
        _scalars.UUID_KIND,
        _scalars.ZONE,
    )
}

setUnjellyableForClass(TAG, unjellyValue)
