# -*- test-case-name: pbcopy.test.test_types -*-
"""
Reads annotations.

A list is not a tuple here, nor a set: containers and objects are told apart by
what they are, and C{msgspec} converts what is in them.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Mapping
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, NewType, TypeVar, Union

import msgspec
from twisted.python.reflect import safe_repr
from twisted.spread.jelly import Jellyable, Unjellyable

from pbcopy._classtypes import ANYTHING, OPEN, AliasOf, ObjectOf, UnionOf, schemaOf
from pbcopy._containertypes import DictOf, ListOf, SetOf
from pbcopy._leaftypes import SCALARS, MemberOf, OneOf, Scalar
from pbcopy._recordtypes import RecordOf
from pbcopy._tupletypes import FixedTuple, FrozenSetOf, TupleOf
from pbcopy._typebase import Type
from pbcopy._valueclasses import NAMED_TUPLE, RECORD, formOf
from pbcopy.errors import RegistrationError


def typeOf(annotation: Any) -> Type:
    """
    Read an annotation in which all names are resolved.

    @raise RegistrationError: if it says nothing that can be checked.
    """
    if annotation is Any or annotation is object or isinstance(annotation, TypeVar):
        return ANYTHING
    if annotation is None:
        return Scalar(NoneType)
    if isinstance(annotation, NewType):
        return typeOf(annotation.__supertype__)
    if hasattr(annotation, "__value__"):
        return _ofAlias(annotation)
    origin = typing.get_origin(annotation)
    if origin is not None:
        return _ofParts(annotation, origin, typing.get_args(annotation))
    if isinstance(annotation, type):
        return _ofClass(annotation)
    raise _meaningless(annotation)


def _meaningless(annotation: Any, advice: str = "") -> RegistrationError:
    return RegistrationError(
        "this annotation says nothing that can be checked",
        got=annotation.__qualname__
        if isinstance(annotation, type)
        else safe_repr(annotation),
        expected="a type of values that can be sent",
        advice=advice,
    )


_aliases: dict[Any, AliasOf] = {}


def _ofAlias(alias: Any) -> AliasOf:
    """
    Read C{type Name = ...}, of Python 3.12 and later, which may have its own name
    in it.
    """
    if alias not in _aliases:
        made = _aliases[alias] = AliasOf(alias)
        try:
            made.means(typeOf(alias.__value__))
        except BaseException:
            del _aliases[alias]
            raise
    return _aliases[alias]


_GENERIC: dict[Any, Callable[..., Type]] = {
    list: ListOf,
    dict: DictOf,
    set: SetOf,
    frozenset: FrozenSetOf,
}


def _ofParts(annotation: Any, origin: Any, args: tuple[Any, ...]) -> Type:
    if origin is Annotated:
        return _bounded(typeOf(args[0]), args[1:])
    if origin is Literal:
        return OneOf(args)
    if origin is Final:
        return typeOf(args[0])
    if origin in (Union, UnionType):
        return _union(annotation, [typeOf(each) for each in args])
    if origin is tuple:
        return _tuple(args)
    if origin in _GENERIC:
        made = _GENERIC[origin](*map(typeOf, args))
        _checkHashable(annotation, made)
        return made
    if isinstance(origin, type):
        return _ofClass(origin)
    if hasattr(origin, "__value__"):
        return _ofAlias(origin)
    raise _meaningless(annotation)


def _tuple(args: tuple[Any, ...]) -> Type:
    if len(args) == 2 and args[1] is Ellipsis:
        return TupleOf(typeOf(args[0]))
    # Python 3.10 says so of tuple[()].
    return FixedTuple(tuple(typeOf(each) for each in args if each != ()))


_UNHASHABLE = (ListOf, DictOf, SetOf)


def _checkHashable(annotation: Any, made: Type) -> None:
    inner = made.key if isinstance(made, DictOf) else getattr(made, "item", None)
    arms = inner.arms if isinstance(inner, UnionOf) else (inner,)
    if not isinstance(made, ListOf) and any(isinstance(a, _UNHASHABLE) for a in arms):
        raise _meaningless(annotation, "have a tuple or a frozenset in it")


def _union(annotation: Any, arms: list[Type]) -> Type:
    if ANYTHING in arms:
        return ANYTHING
    flat: list[Type] = []
    for arm in arms:
        flat += arm.arms if isinstance(arm, UnionOf) else [arm]
    chosen = [each for i, each in enumerate(flat) if each not in flat[:i]]
    kinds = [_kindOf(each) for each in chosen if _kindOf(each) is not None]
    isAnyTuple = TupleOf in kinds and any(isinstance(each, int) for each in kinds)
    if isAnyTuple or len(set(kinds)) < len(kinds):
        raise _meaningless(
            annotation, "make one of the containers of one kind, as list[int | str]"
        )
    return UnionOf(tuple(chosen)) if len(chosen) > 1 else chosen[0]


def _kindOf(arm: Type) -> Any:
    """
    Give what is the same for two types between which a union cannot choose.
    """
    if isinstance(arm, FixedTuple):
        return len(arm.items)
    isContainer = isinstance(arm, (*_UNHASHABLE, FrozenSetOf, TupleOf))
    return type(arm) if isContainer else None


_BOUNDS = (
    *("gt", "ge", "lt", "le", "multiple_of", "pattern"),
    *("min_length", "max_length", "tz"),
)


def _bounded(type_: Type, metadata: tuple[Any, ...]) -> Type:
    bounds = {
        name: getattr(each, name)
        for each in metadata
        if isinstance(each, msgspec.Meta)
        for name in _BOUNDS
        if getattr(each, name) is not None
    }
    arms = type_.arms if isinstance(type_, UnionOf) else (type_,)
    senseless = bounds.keys() - frozenset().union(*(arm.bounds for arm in arms))
    if senseless:
        raise RegistrationError(
            "this type has no such bounds",
            got=", ".join(sorted(senseless)),
            expected=f"bounds of {type_}",
        )
    bound = tuple(_boundedArm(arm, bounds) for arm in arms)
    return UnionOf(bound) if len(bound) > 1 else bound[0]


def _boundedArm(arm: Type, bounds: Mapping[str, Any]) -> Type:
    own = {name: bounds[name] for name in bounds if name in arm.bounds}
    return arm.bounded(own) if own else arm


_MACHINERY = frozenset(
    {"builtins", "collections", "collections.abc", "types", "typing"}
)
"""Modules whose classes are values only as far as they are named here."""


def _ofClass(cls: Any) -> Type:
    if cls in SCALARS:
        return Scalar(cls)
    if cls in OPEN:
        return OPEN[cls]
    if issubclass(cls, Enum):
        return MemberOf(cls)
    if cls.__module__ in _MACHINERY:
        raise _meaningless(cls, _ADVICE.get(cls, "name a class that can be sent"))
    if schemaOf(cls) is None and not issubclass(cls, (Jellyable, Unjellyable)):
        if getattr(cls, "_is_protocol", False) or typing.is_typeddict(cls):
            raise _meaningless(cls, "name a class that has instances")
        if formOf(cls) in (NAMED_TUPLE, RECORD):
            return RecordOf(cls, typeOf)
    return ObjectOf(cls)


_ADVICE: dict[Any, str] = {bytearray: "use bytes"}
