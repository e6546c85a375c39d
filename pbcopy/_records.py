# -*- test-case-name: pbcopy.test.test_records -*-
"""
Values of registered classes that are the sum of their fields: members of an
C{Enum}, named tuples, and instances of dataclasses and attrs classes.

Fields travel with their names, and the two classes must have the same ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from enum import Enum, Flag
from functools import cached_property
from types import MemberDescriptorType
from typing import Any

import attr
from twisted.persisted.crefutil import NotKnown, _Container
from twisted.python.reflect import qual, safe_repr

from pbcopy._cycles import beingMade, whenKnown
from pbcopy._kinds import (
    Kind,
    encoded,
    pairsOf,
    refuse,
    refusing,
    textOf,
    unsendable,
)
from pbcopy._valueclasses import (
    ENUM,
    NAMED_TUPLE,
    RECORD,
    classNameOf,
    localClass,
)


def _enumParts(jellier: Any, value: Enum) -> list[Any]:
    cls, name = type(value), value.name
    if name is not None and cls.__members__.get(name) is value:
        return [classNameOf(value), encoded(value, name)]
    if isinstance(value, Flag) and cls(value.value) is value:
        # A combination of members.
        return [classNameOf(value), jellier.jelly(value.value)]
    raise unsendable(value, "this is not a member of its class", got=safe_repr(value))


def _enum(unjellier: Any, sexp: list[Any]) -> Any:
    cls = localClass(sexp)
    if len(sexp) != 4:
        refuse(sexp, "a class and a member")
    if type(sexp[3]) is bytes:
        member = cls.__members__.get(textOf(sexp, sexp[3]))
    else:
        member = _combination(cls, unjellier.unjelly(sexp[3]))
    if not isinstance(member, cls):
        refuse(sexp, f"a member of {qual(cls)}")
    return member


def _combination(cls: Any, value: object) -> Any:
    if not issubclass(cls, Flag) or type(value) is not int:
        return None
    try:
        return cls(value)
    except Exception:
        # Whatever a class's own _missing_ says.
        return None


def _tupleParts(jellier: Any, value: Any) -> list[Any]:
    names = type(value)._fields
    if len(names) != len(value) or getattr(value, "__dict__", None):
        raise unsendable(
            value,
            "this named tuple has more or less than its fields",
            got=tuple.__repr__(value),
            expected=", ".join(names),
        )
    pairs = zip(names, tuple.__iter__(value), strict=True)
    return [
        classNameOf(value),
        *([encoded(value, name), jellier.jelly(each)] for name, each in pairs),
    ]


def _tuple(unjellier: Any, sexp: list[Any]) -> Any:
    cls = localClass(sexp)
    sent = _sentFields(sexp, cls, cls._fields)
    items: list[Any] = list(range(len(sent)))
    for index, name in enumerate(cls._fields):
        unjellier.unjellyInto(items, index, sent[name])
    if any(isinstance(item, NotKnown) for item in items):
        return _LateTuple(unjellier, items, cls)
    return tuple.__new__(cls, items)


class _LateTuple(_Container):
    """
    A named tuple whose items are not all known.
    """

    def __init__(self, unjellier: Any, items: list[Any], cls: Any) -> None:
        self._references = unjellier.references
        stock: Any = super()
        stock.__init__(items, lambda items: tuple.__new__(cls, items))

    def resolveDependants(self, newObject: Any) -> None:
        """
        Put the tuple where this is, also for those that refer to it later.
        """
        stock: Any = super()
        stock.resolveDependants(newObject)
        for refid, known in self._references.items():
            if known is self:
                self._references[refid] = newObject


_HASH = "_attrs_cached_hash"
"""Where attrs keeps the hash of an instance, if it is to."""


def _recordParts(jellier: Any, value: object) -> list[Any]:
    cls = type(value)
    fields = _fieldsOf(cls)
    more = _stored(value) - fields.keys() - {_HASH}
    # What a cached_property has found, the receiver finds, too.
    more = {each for each in more if not _isComputed(cls, each)}
    if more:
        raise unsendable(
            value,
            "it has attributes that are no fields",
            got=", ".join(sorted(more)),
            expected="fields alone",
            advice="declare them, with init=False for what __init__ does not take",
        )
    return [classNameOf(value), *_recordPairs(jellier, value, fields)]


def _recordPairs(
    jellier: Any, value: object, fields: dict[str, bool]
) -> Iterator[list[Any]]:
    for name, isOptional in fields.items():
        try:
            each = getattr(value, name)
        except AttributeError as error:
            if not isOptional:
                raise unsendable(
                    value, "a field has no value", got=str(error), expected=name
                ) from None
        else:
            yield [encoded(value, name), jellier.jelly(each)]


def _record(unjellier: Any, sexp: list[Any]) -> Any:
    cls = localClass(sexp)
    fields = _fieldsOf(cls)
    optional = {name for name, isOptional in fields.items() if isOptional}
    sent = _sentFields(sexp, cls, fields, optional)
    with refusing(sexp, f"what {qual(cls)} can be"):
        made = object.__new__(cls)
    attributes = _Attributes(made, sexp)
    if _HASH in getattr(getattr(cls.__hash__, "__code__", None), "co_names", ()):
        attributes[_HASH] = None
    with beingMade(unjellier, sexp, made):
        for name, part in sent.items():
            unjellier.unjellyInto(attributes, name, part)
        # What is missing in the message is an error at its end.
        whenKnown(unjellier, lambda: None)
        return made


class _Attributes:
    """
    The attributes of an object that is being made, as what Jelly can put
    something into: now, and again when it is known.
    """

    def __init__(self, made: object, sexp: list[Any]) -> None:
        self._made = made
        self._sexp = sexp

    def __setitem__(self, name: str, value: object) -> None:
        with refusing(self._sexp, f"a value for {name}"):
            # A frozen class refuses to have attributes set.
            object.__setattr__(self._made, name, value)


def _fieldsOf(cls: Any) -> dict[str, bool]:
    """
    Give the names of the fields, and whether each may be without a value.
    """
    declared: Any = attr.fields(cls) if attr.has(cls) else dataclasses.fields(cls)
    return {each.name: not each.init for each in declared}


def _sentFields(
    sexp: list[Any],
    cls: type,
    fields: Iterable[str],
    optional: Iterable[str] = (),
) -> dict[str, Any]:
    """
    Give the s-expressions of the fields that came.

    @raise Violation: if they are not those of the class.
    """
    pairs = pairsOf(sexp, 3)
    sent = {textOf(sexp, name): part for name, part in pairs}
    names = set(fields)
    less = names - sent.keys() - set(optional)
    more = sent.keys() - names
    if less or more or len(sent) != len(pairs):
        refuse(
            sexp,
            f"the fields of {qual(cls)}, each once",
            f"missing {sorted(less)}, unknown {sorted(more)}",
        )
    return sent


def _stored(value: object) -> set[str]:
    """
    Give the names of all attributes that an instance itself has.
    """
    slots = {
        name
        for base in type(value).__mro__
        for name, member in vars(base).items()
        if type(member) is MemberDescriptorType and hasattr(value, name)
    }
    return slots.union(getattr(value, "__dict__", ()))


def _isComputed(cls: type, name: str) -> bool:
    return any(isinstance(vars(b).get(name), cached_property) for b in cls.__mro__)


ENUM_KIND = Kind(ENUM, _enumParts, _enum)
NAMED_TUPLE_KIND = Kind(NAMED_TUPLE, _tupleParts, _tuple, isShared=True)
RECORD_KIND = Kind(RECORD, _recordParts, _record, isShared=True)
