# -*- test-case-name: pbcopy.test.test_compatible -*-
"""
Whether what a sender has declared can be what its receiver has declared.

Two types are compatible if some value of the one can be taken as the other.
C{None}, and a container with nothing in it, do not count where there is more:
nobody sends these alone.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, inf, isfinite, nextafter
from typing import Any
from uuid import UUID

from pbcopy._classtypes import OPEN, AliasOf, Anything, ObjectOf, UnionOf
from pbcopy._containertypes import DictOf, ListOf, SetOf
from pbcopy._leaftypes import MemberOf, OneOf, Scalar
from pbcopy._paths import shortened
from pbcopy._recordtypes import RecordOf, requiredFields
from pbcopy._replicas import isReplicaOf, localFor
from pbcopy._tupletypes import FixedTuple, FrozenSetOf, TupleOf
from pbcopy._typebase import Type
from pbcopy._types import typeOf
from pbcopy._understood import EnumNamed, ObjectNamed, RecordNamed
from pbcopy._valueclasses import ENUM, NAMED_TUPLE, RECORD, formOf, registeredFor
from pbcopy.errors import Violation


def differences(where: str, sent: Type, declared: Type) -> list[Violation]:
    """
    Tell in what a sender's declaration differs from one that is here.

    @param where: the field.
    @param sent: its type at the sender.
    @param declared: its type here.
    @return: nothing, if they are compatible.
    """
    comparison = _Comparison()
    if comparison.isTaken(sent, declared):
        return []
    unknown = shortened(", ".join(dict.fromkeys(comparison.unknown)))
    advice = f"no class is declared or registered here for {unknown}"
    return [
        _difference(where, sent, declared, advice if unknown else ""),
        *comparison.inRecords,
    ]


def _difference(where: str, sent: object, declared: object, advice: str) -> Violation:
    return Violation(
        "the sender declares this as something else",
        where=where,
        got=shortened(str(sent)),
        expected=shortened(str(declared)),
        advice=advice,
    )


class _Comparison:
    """
    A comparison of two types.

    @ivar unknown: names of the sender's classes for which there is none here.
    @ivar inRecords: what differs in the fields of records.
    """

    def __init__(self) -> None:
        self.unknown: list[str] = []
        self.inRecords: list[Violation] = []

    def isTaken(self, sent: Type, declared: Type) -> bool:
        """
        Tell whether there are values of the one type that are taken as the other.
        """
        theirs, ours = _arms(sent), _arms(declared)
        more, ourMore = list(filter(_isMore, theirs)), list(filter(_isMore, ours))
        if more and ourMore:
            theirs, ours = more, ourMore
        # All are looked at, for what there is to tell.
        return any([self._isArmTaken(t, o) for t in theirs for o in ours])

    def _isArmTaken(self, sent: Type, declared: Type) -> bool:
        compare = _COMPARE.get(type(sent))
        return compare is None or compare(self, sent, declared)

    def ofScalar(self, sent: Scalar, declared: Type) -> bool:
        """
        Compare a type of values that are a class.
        """
        if isinstance(declared, Scalar):
            isTaken = sent.cls in (declared.cls, _CONVERTED.get(declared.cls))
            return isTaken and not _excludes(sent, declared)
        if isinstance(declared, OneOf):
            return any(sent.claims(each, True) for each in declared.values)
        if isinstance(declared, MemberOf):
            return any(sent.claims(each.value, True) for each in declared.cls)
        if isinstance(declared, ObjectOf):
            return issubclass(sent.cls, declared.cls)
        return isinstance(declared, Anything)

    def ofLiteral(self, sent: OneOf, declared: Type) -> bool:
        """
        Compare some values.
        """
        return any(declared.claims(each, False) for each in sent.values)

    def ofEnum(self, sent: EnumNamed, declared: Type) -> bool:
        """
        Compare an C{Enum}, whose members arrive by their names.
        """
        local: Any = self._registered(sent.name, ENUM)
        members = {} if local is None else local.__members__
        names = sent.members or members
        common = [members[name] for name in names if name in members]
        return any(declared.claims(each, False) for each in common)

    def ofObject(self, sent: ObjectNamed, declared: Type) -> bool:
        """
        Compare an object, which arrives as one of the class for its own.
        """
        if not isinstance(declared, (Anything, ObjectOf, RecordOf)) or not sent.name:
            return isinstance(declared, (Anything, ObjectOf, RecordOf))
        local = localFor(sent.name)
        if local is None:
            self.unknown.append(sent.name)
            return False
        if isinstance(declared, Anything) or not isinstance(local, type):
            return True
        return issubclass(local, declared.cls) or isReplicaOf(local, declared.cls)

    def ofRecord(self, sent: RecordNamed, declared: Type) -> bool:
        """
        Compare a record, which has the same fields wherever it is.
        """
        local: Any = self._registered(sent.name, NAMED_TUPLE, RECORD)
        if local is None or not isinstance(declared, (Anything, ObjectOf, RecordOf)):
            return False
        if isinstance(declared, Anything):
            return True
        isTaken = issubclass(local, declared.cls)
        isRecord = isTaken and isinstance(declared, RecordOf)
        return self._areFieldsTaken(sent, local) if isRecord else isTaken

    def _areFieldsTaken(self, sent: RecordNamed, local: Any) -> bool:
        theirs, ours = dict(sent.fields), RecordOf(local, typeOf).fieldTypes()
        before = len(self.inRecords)
        if theirs.keys() - ours or set(requiredFields(local)) - theirs.keys():
            got, expected = ", ".join(theirs), ", ".join(ours)
            where = local.__qualname__
            self.inRecords.append(_difference(where, got, expected, ""))
        for name in [each for each in ours if each in theirs]:
            if not self.isTaken(theirs[name], ours[name]):
                where = f"{local.__qualname__}.{name}"
                both = theirs[name], ours[name]
                self.inRecords.append(_difference(where, *both, ""))
        return len(self.inRecords) == before

    def _registered(self, name: str, *forms: bytes) -> Any:
        local = registeredFor(name)
        if local is None or formOf(local) not in forms:
            self.unknown.append(name)
            return None
        return local

    def ofContainer(self, sent: Any, declared: Any) -> bool:
        """
        Compare a container, with what is in it.
        """
        kind = _KINDS[type(sent)]
        if isinstance(declared, ObjectOf):
            return issubclass(kind, declared.cls)
        declared = OPEN[kind] if isinstance(declared, Anything) else declared
        if _KINDS.get(type(declared)) is not kind:
            return False
        (least, most), (atLeast, atMost) = map(_lengths, (sent, declared))
        if max(least, atLeast) > min(most, atMost):
            return False
        pairs = zip(*_items(sent, declared), strict=True)
        return all([self.isTaken(*pair) for pair in pairs])


_CONVERTED: dict[type, type] = {float: int, UUID: str}
"""What is taken in the place of another class."""

_KINDS: dict[type, type] = {
    ListOf: list,
    DictOf: dict,
    SetOf: set,
    FrozenSetOf: frozenset,
    TupleOf: tuple,
    FixedTuple: tuple,
}

_COMPARE: dict[type, Callable[[_Comparison, Any, Any], bool]] = {
    **dict.fromkeys(_KINDS, _Comparison.ofContainer),
    Scalar: _Comparison.ofScalar,
    OneOf: _Comparison.ofLiteral,
    EnumNamed: _Comparison.ofEnum,
    ObjectNamed: _Comparison.ofObject,
    RecordNamed: _Comparison.ofRecord,
}


def _arms(type_: Type) -> list[Type]:
    """
    Give the types of which a value has one.
    """
    if isinstance(type_, AliasOf):
        return _arms(type_.target)
    if isinstance(type_, UnionOf):
        return [arm for each in type_.arms for arm in _arms(each)]
    return [type_]


_NONE = Scalar(type(None))


def _isMore(arm: Type) -> bool:
    return arm != _NONE


def _lengths(type_: Any) -> tuple[float, float]:
    if isinstance(type_, FixedTuple):
        return len(type_.items), len(type_.items)
    return type_.minLength, inf if type_.maxLength is None else type_.maxLength


def _items(*types: Any) -> list[tuple[Type, ...]]:
    """
    Give the types of what is in two containers of one kind.
    """
    counts = [len(each.items) for each in types if isinstance(each, FixedTuple)]
    return [_itemsOf(each, counts[0] if counts else 1) for each in types]


def _itemsOf(type_: Any, count: int) -> tuple[Type, ...]:
    if isinstance(type_, FixedTuple):
        return type_.items
    if isinstance(type_, DictOf):
        return type_.key, type_.value
    return (type_.item,) * count


def _excludes(*types: Scalar) -> bool:
    """
    Tell whether the bounds of types leave no value.
    """
    limits = [limit for each in types for limit in each.limits]
    if not limits:
        return False
    isWhole = any(each.cls is not float for each in types)
    low = max([_least(*each, isWhole) for each in limits], default=-inf)
    high = min([_most(*each, isWhole) for each in limits], default=inf)
    zones = {value for name, value in limits if name == "tz"}
    return low > high or len(zones) > 1


def _least(name: str, bound: float, isWhole: bool) -> float:
    if name not in ("gt", "ge", "min_length") or not isfinite(bound):
        return -inf
    if isWhole:
        return floor(bound) + 1 if name == "gt" else ceil(bound)
    return nextafter(bound, inf) if name == "gt" else bound


def _most(name: str, bound: float, isWhole: bool) -> float:
    if name not in ("lt", "le", "max_length") or not isfinite(bound):
        return inf
    if isWhole:
        return ceil(bound) - 1 if name == "lt" else floor(bound)
    return nextafter(bound, -inf) if name == "lt" else bound
