# -*- test-case-name: pbcopy.test.test_understood -*-
"""
What is made of the description of a type (L{pbcopy._description} has its form).

A peer may send anything.  What has another form is anything, as is what another
version may tell.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attr

from pbcopy import _description as told
from pbcopy._classtypes import ANYTHING, UnionOf
from pbcopy._containertypes import DictOf, ListOf, SetOf
from pbcopy._leaftypes import SCALARS, OneOf, Scalar
from pbcopy._tupletypes import FixedTuple, FrozenSetOf, TupleOf
from pbcopy._typebase import Type


@attr.s(auto_attribs=True, frozen=True, str=False)
class EnumNamed(Type):
    """
    An C{Enum} of the peer's.

    @ivar members: their names; empty, if they were not told.
    """

    name: str
    members: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name}({', '.join(self.members)})" if self.members else self.name


@attr.s(auto_attribs=True, frozen=True, str=False)
class ObjectNamed(Type):
    """
    An instance of a declared class of the peer's.

    @ivar name: of the class; C{""} for one of several, or of one that is not told.
    """

    name: str

    def __str__(self) -> str:
        return self.name or "an object"


@attr.s(auto_attribs=True, frozen=True, str=False)
class RecordNamed(Type):
    """
    A record of the peer's.

    @ivar fields: their names and types.
    """

    name: str
    fields: tuple[tuple[str, Type], ...]

    def __str__(self) -> str:
        return self.name


def understood(description: Any, depth: int = 0) -> Type:
    """
    Give the type that a peer has described.
    """
    isList = type(description) is list and description
    code, *parts = description if isList else [description]
    read = _READ.get(code) if type(code) is int else None
    if read is None or depth >= told.DEEPEST:
        return ANYTHING
    try:
        return read(parts, depth + 1)
    except (TypeError, ValueError):
        return ANYTHING


def _understoodAll(descriptions: list[Any], depth: int) -> tuple[Type, ...]:
    return tuple(understood(each, depth) for each in descriptions)


def _scalar(cls: type) -> Callable[[list[Any], int], Type]:
    known, unbounded = SCALARS[cls] & told.COMPARED, Scalar(cls)

    def read(parts: list[Any], depth: int) -> Type:
        if not parts:
            return unbounded
        limits = dict(zip(parts[::2], parts[1::2], strict=True))
        return Scalar(cls, tuple((n, limits[n]) for n in sorted(limits) if n in known))

    return read


def _sized(make: Any, count: int) -> Callable[[list[Any], int], Type]:
    def read(parts: list[Any], depth: int) -> Type:
        items = _understoodAll(parts[:count], depth)
        least, most = parts[count : count + 2] or (0, None)
        isBounded = type(least) is int and type(most) in (int, type(None))
        if len(items) < count or not isBounded:
            raise TypeError
        made: Type = make(*items, least, most)
        return made

    return read


def _fixedTuple(parts: list[Any], depth: int) -> Type:
    return FixedTuple(_understoodAll(parts, depth))


def _union(parts: list[Any], depth: int) -> Type:
    return UnionOf(_understoodAll(parts, depth)) if parts else ANYTHING


def _literal(parts: list[Any], depth: int) -> Type:
    isPlain = parts and all(type(each) in told.PLAIN for each in parts)
    return OneOf(tuple(parts)) if isPlain else ANYTHING


def _enum(parts: list[Any], depth: int) -> Type:
    name, *members = _names(parts)
    return EnumNamed(name, tuple(members))


def _object(parts: list[Any], depth: int) -> Type:
    return ObjectNamed(*_names(parts[:1] or [""]))


def _record(parts: list[Any], depth: int) -> Type:
    name, *names = _names(parts[:1] + parts[1::2])
    types = _understoodAll(parts[2::2], depth)
    return RecordNamed(name, tuple(zip(names, types, strict=True)))


def _names(parts: list[Any]) -> tuple[str, ...]:
    if not all(type(each) is str for each in parts):
        raise TypeError
    return tuple(parts)


_READ: dict[int, Callable[[list[Any], int], Type]] = {
    **{code: _scalar(each) for code, each in enumerate(told.SCALARS_TOLD)},
    told.LIST: _sized(ListOf, 1),
    told.DICT: _sized(DictOf, 2),
    told.SET: _sized(SetOf, 1),
    told.FROZENSET: _sized(FrozenSetOf, 1),
    told.TUPLES: _sized(TupleOf, 1),
    told.TUPLE: _fixedTuple,
    told.UNION: _union,
    told.LITERAL: _literal,
    told.ENUM: _enum,
    told.OBJECT: _object,
    told.RECORD: _record,
}
