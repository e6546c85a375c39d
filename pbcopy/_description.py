# -*- test-case-name: pbcopy.test.test_description -*-
"""
What a peer is told of a type: L{described}, as plain data.

 - C{None} is anything.
 - A number is one of L{SCALARS_TOLD}, or L{OBJECT}: an object of some class.
 - A list is a number and what belongs to it: C{[scalar, bound, value, …]},
   C{[LIST, item]}, C{[DICT, key, value]}, C{[SET, item]}, C{[FROZENSET, item]} and
   C{[TUPLES, item]}, each of which may have its least and its greatest length
   behind; C{[TUPLE, item, …]} with a type for each item; C{[UNION, type, …]};
   C{[LITERAL, value, …]}; C{[ENUM, name of a class, name of a member, …]};
   C{[OBJECT, name of a class]}; C{[RECORD, name of a class, field, type, …]}.

What another version of pbcopy tells, and this one does not know, is anything.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from twisted.spread import flavors

from pbcopy._classtypes import AliasOf, ObjectOf, UnionOf, schemaOf
from pbcopy._containertypes import DictOf, ListOf, SetOf
from pbcopy._leaftypes import MemberOf, OneOf, Scalar
from pbcopy._recordtypes import RecordOf, requiredFields
from pbcopy._registry import nameOf
from pbcopy._tupletypes import FixedTuple, FrozenSetOf, TupleOf
from pbcopy._typebase import Type

SCALARS_TOLD: tuple[type, ...] = (
    *(type(None), bool, int, float, complex, str, bytes, Decimal, UUID),
    *(datetime.date, datetime.timedelta, datetime.datetime, datetime.time),
)
"""The classes that are told by their places here."""

LIST, DICT, SET, FROZENSET, TUPLES, TUPLE = range(32, 38)
UNION, LITERAL, ENUM, OBJECT, RECORD = range(38, 43)

DEEPEST = 8
"""How many types may be in each other.  What is deeper is anything."""

MOST_NAMES = 100
"""How many members of an C{Enum} and values of a C{Literal} are told.  Of more
of them none is."""

PLAIN = (bool, int, str, bytes)
"""The classes of the values of a C{Literal} that are told as they are."""

COMPARED = frozenset({"gt", "ge", "lt", "le", "min_length", "max_length", "tz"})
"""The bounds that can leave two types nothing in common."""


def described(type_: Type) -> Any:
    """
    Give the description of a type.

    @raise RegistrationError: if an annotation of a record cannot be read.
    """
    return _described(type_, ())


def _described(type_: Type, within: tuple[Any, ...]) -> Any:
    describe = _DESCRIBE.get(type(type_))
    # A class or a name may be in itself.
    if describe is None or type_ in within or len(within) >= DEEPEST:
        return None
    return describe(type_, (*within, type_))


def _ofScalar(type_: Scalar, within: Any) -> Any:
    code = SCALARS_TOLD.index(type_.cls)
    limits = [each for pair in type_.limits if pair[0] in COMPARED for each in pair]
    return [code, *limits] if limits else code


def _sized(*codes: Any) -> Callable[[Any, Any], Any]:
    """
    Describe a container.

    @param codes: its code, and the attributes that have the types in it.
    """
    code, *names = codes

    def describe(type_: Any, within: Any) -> list[Any]:
        items = [_described(getattr(type_, name), within) for name in names]
        limits = [type_.minLength, type_.maxLength]
        return [code, *items, *(limits if limits != [0, None] else [])]

    return describe


def _ofFixedTuple(type_: FixedTuple, within: Any) -> Any:
    return [TUPLE, *(_described(each, within) for each in type_.items)]


def _ofUnion(type_: UnionOf, within: Any) -> Any:
    return [UNION, *(_described(each, within) for each in type_.arms)]


def _ofAlias(type_: AliasOf, within: Any) -> Any:
    return _described(type_.target, within)


def _ofLiteral(type_: OneOf, within: Any) -> Any:
    plain = [each for each in type_.values if _isPlain(each)]
    told: list[Any] = [[LITERAL, *plain]] if plain else []
    told += [_ofOther(each) for each in type_.values if not _isPlain(each)]
    isLarge = len(type_.values) > MOST_NAMES
    return None if isLarge else told[0] if len(told) == 1 else [UNION, *told]


def _isPlain(value: object) -> bool:
    """
    Tell whether MessagePack has a value of a C{Literal}.
    """
    if isinstance(value, int):
        return type(value) in PLAIN and -(2**63) <= value < 2**64
    return type(value) is bytes or (type(value) is str and value.isprintable())


def _ofOther(value: object) -> Any:
    if value is None:
        return SCALARS_TOLD.index(type(None))
    isMember = isinstance(value, Enum)
    return [ENUM, nameOf(type(value)), value.name] if isMember else None  # type: ignore[attr-defined]


def _ofEnum(type_: MemberOf, within: Any) -> Any:
    members = [*type_.cls.__members__]
    told = members if len(members) <= MOST_NAMES else []
    return [ENUM, nameOf(type_.cls), *told]


def _ofObject(type_: ObjectOf, within: Any) -> Any:
    cls = type_.cls
    if schemaOf(cls) is None:
        return None
    # A replica that comes home is no replica.
    isSent = issubclass(cls, flavors.Copyable)
    isReplica = issubclass(cls, flavors.RemoteCopy)
    isNamed = isSent and all(_isOurs(getattr(cls, each)) for each in _NAMING)
    # The names of subclasses are the business of those who get to see one.
    isNamed = isNamed and not isReplica and _isLast(cls)
    return [OBJECT, nameOf(cls)] if isNamed else OBJECT


_NAMING = ("getTypeToCopy", "getTypeToCopyFor")
"""The methods by which a class chooses another name for itself."""


def _isOurs(method: Any) -> bool:
    return str(method.__module__).startswith(("pbcopy._", "twisted.spread."))


def _isLast(cls: type) -> bool:
    return not type.__subclasses__(cls)


def _ofRecord(type_: RecordOf, within: Any) -> Any:
    if not _isLast(type_.cls):
        return OBJECT
    told: list[Any] = [RECORD, nameOf(type_.cls)]
    types = type_.fieldTypes()
    for name in requiredFields(type_.cls):
        told += [name, _described(types[name], within)]
    return told


_DESCRIBE: dict[type, Callable[[Any, Any], Any]] = {
    Scalar: _ofScalar,
    OneOf: _ofLiteral,
    MemberOf: _ofEnum,
    ListOf: _sized(LIST, "item"),
    DictOf: _sized(DICT, "key", "value"),
    SetOf: _sized(SET, "item"),
    FrozenSetOf: _sized(FROZENSET, "item"),
    TupleOf: _sized(TUPLES, "item"),
    FixedTuple: _ofFixedTuple,
    UnionOf: _ofUnion,
    AliasOf: _ofAlias,
    ObjectOf: _ofObject,
    RecordOf: _ofRecord,
}
