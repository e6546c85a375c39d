# -*- test-case-name: pbcopy.test.test_leaftypes -*-
"""
Types of values that have nothing in them: what C{msgspec} converts, literals and
members of enumerations.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from decimal import Decimal
from enum import Enum, Flag
from operator import is_
from typing import Annotated, Any
from uuid import UUID

import attr
import msgspec
from twisted.python.reflect import safe_repr

from pbcopy._typebase import Type, Walk, Where, shownBounds


class Mismatch(Exception):
    """
    A value is not of a type.
    """


class LeafType(Type):
    """
    A type of values that have nothing in them.
    """

    def leaf(self, value: Any) -> Any:
        """
        Give a value as this type has it.

        @raise Mismatch: if it is no such value.
        """
        raise NotImplementedError

    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Tell whether a value can be converted.
        """
        try:
            converted = self.leaf(value)
        except Mismatch:
            return False
        return converted is value or not asItIs

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Convert a value.
        """
        try:
            return self.leaf(value)
        except Mismatch:
            walk.refuse(value, str(self), where)
            return value


_NUMERIC = frozenset({"gt", "ge", "lt", "le", "multiple_of"})
_LENGTH = frozenset({"min_length", "max_length"})
_ZONE = frozenset({"tz"})

SCALARS: dict[type, frozenset[str]] = {
    type(None): frozenset(),
    bool: frozenset(),
    int: _NUMERIC,
    float: _NUMERIC,
    complex: frozenset(),
    str: _LENGTH | {"pattern"},
    bytes: _LENGTH,
    Decimal: frozenset(),
    UUID: frozenset(),
    datetime.date: frozenset(),
    datetime.timedelta: frozenset(),
    datetime.datetime: _ZONE,
    datetime.time: _ZONE,
}
"""The classes about whose values C{msgspec} is asked, and what it can bound of
them."""

_KEPT = (
    bytes,
    bytearray,
    datetime.datetime,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    Decimal,
)
"""Classes of which C{msgspec} is to make nothing out of a text or a number.  A
C{UUID} is sent as a text to a peer that is not known to have pbcopy."""


def _converted(value: Any, annotation: Any) -> Any:
    try:
        return msgspec.convert(value, annotation, strict=True, builtin_types=_KEPT)
    except msgspec.ValidationError:
        raise Mismatch from None


@attr.s(auto_attribs=True, frozen=True, str=False)
class Scalar(LeafType):
    """
    One of L{SCALARS}, maybe with bounds.

    @ivar limits: the bounds, as C{msgspec.Meta} takes them.
    """

    cls: type
    limits: tuple[tuple[str, Any], ...] = ()
    exact: frozenset[type] = attr.ib(init=False, eq=False)
    bounds: frozenset[str] = attr.ib(init=False, eq=False)
    _annotation: Any = attr.ib(init=False, eq=False)

    @exact.default
    def _makeExact(self) -> frozenset[type]:
        return frozenset() if self.limits else frozenset({self.cls})

    @bounds.default
    def _makeBounds(self) -> frozenset[str]:
        return SCALARS[self.cls]

    @_annotation.default
    def _makeAnnotation(self) -> Any:
        meta = msgspec.Meta(**dict(self.limits))
        return Annotated[self.cls, meta] if self.limits else self.cls

    def leaf(self, value: Any) -> Any:
        """
        Have C{msgspec} convert a value.
        """
        if type(value) in self.exact:
            return value
        if self.cls is float and isinstance(value, Decimal):
            # msgspec would round it.
            raise Mismatch
        if self.cls is UUID and type(value) is not str:
            raise Mismatch
        return _converted(value, self._annotation)

    def takesAll(self, values: Collection[Any]) -> bool:
        """
        Ask C{msgspec} about all values at once, where there are bounds.
        """
        if not self.limits:
            return super().takesAll(values)
        listed = list(values)
        annotation: Any = list[self._annotation]  # type: ignore[name-defined]
        try:
            converted = _converted(listed, annotation)
        except Mismatch:
            return False
        return all(map(is_, converted, listed))

    def bounded(self, bounds: Mapping[str, Any]) -> Scalar:
        """
        Give this type with more bounds.
        """
        return Scalar(self.cls, tuple(sorted({**dict(self.limits), **bounds}.items())))

    def __str__(self) -> str:
        name = "None" if self.cls is type(None) else self.cls.__name__
        return name + shownBounds(self.limits)


@attr.s(auto_attribs=True, frozen=True, str=False)
class OneOf(LeafType):
    """
    A C{Literal}: a value that equals one of some, and is of the same class.
    """

    # 1 and True are different literals.
    values: tuple[Any, ...] = attr.ib(
        eq=lambda them: tuple((type(each), each) for each in them)
    )

    def leaf(self, value: Any) -> Any:
        """
        Look for a value among those.
        """
        for each in self.values:
            if type(each) is type(value) and each == value:
                return value
        raise Mismatch

    def __str__(self) -> str:
        return f"Literal[{', '.join(map(safe_repr, self.values))}]"


@attr.s(auto_attribs=True, frozen=True, str=False)
class MemberOf(LeafType):
    """
    An C{Enum}: a member, or the value of one.
    """

    cls: type[Enum]
    exact: frozenset[type] = attr.ib(init=False, eq=False)

    @exact.default
    def _makeExact(self) -> frozenset[type]:
        return frozenset({self.cls})

    def leaf(self, value: Any) -> Any:
        """
        Give a member, also for its value.
        """
        if isinstance(value, self.cls):
            return value
        for member in self.cls.__members__.values():
            if type(member.value) is type(value) and member.value == value:
                return member
        if issubclass(self.cls, Flag) and type(value) is int:
            return self._combination(value)
        raise Mismatch

    def _combination(self, value: int) -> Any:
        try:
            return self.cls(value)
        except ValueError:
            raise Mismatch from None

    def __str__(self) -> str:
        return self.cls.__qualname__
