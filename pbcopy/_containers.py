# -*- test-case-name: pbcopy.test.test_containers -*-
"""
Containers that Jelly does not know.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from typing import Any

from twisted.python.reflect import safe_repr

from pbcopy._cycles import beingMade, whenKnown
from pbcopy._kinds import (
    Kind,
    pairsOf,
    partsOf,
    refuse,
    refusing,
    unjellyInner,
    unsendable,
)

_FACTORIES: dict[bytes, type] = {
    each.__name__.encode("ascii"): each
    for each in (
        bool,
        bytes,
        complex,
        dict,
        float,
        frozenset,
        int,
        list,
        set,
        str,
        tuple,
    )
}
"""What a C{defaultdict} may call for a value that is missing."""

_NO_FACTORY = b"None"


def _bytearrayParts(jellier: Any, value: bytearray) -> list[Any]:
    return [bytes(value)]


def _bytearray(unjellier: Any, sexp: list[Any]) -> bytearray:
    return bytearray(partsOf(sexp, bytes)[0])


def _dequeParts(jellier: Any, value: deque[Any]) -> list[Any]:
    return [jellier.jelly(value.maxlen), *map(jellier.jelly, value)]


def _deque(unjellier: Any, sexp: list[Any]) -> deque[Any]:
    if len(sexp) < 3:
        refuse(sexp, "a maxlen and items")
    maxlen = unjellyInner(unjellier, sexp, sexp[2], type(None), int)
    items = sexp[3:]
    with refusing(sexp, "a maxlen that a deque can have"):
        made: deque[Any] = deque(maxlen=maxlen)
    if maxlen is not None and len(items) > maxlen:
        refuse(sexp, f"at most {maxlen} items", f"{len(items)}")
    with beingMade(unjellier, sexp, made):
        for index, item in enumerate(items):
            made.append(None)
            unjellier.unjellyInto(made, index, item)
        # What is missing in the message is an error at its end.
        whenKnown(unjellier, lambda: None)
        return made


def _orderedParts(jellier: Any, value: OrderedDict[Any, Any]) -> list[Any]:
    if vars(value):
        raise unsendable(
            value, "it has attributes beside its items", got=", ".join(vars(value))
        )
    return _pairs(jellier, value)


def _ordered(unjellier: Any, sexp: list[Any]) -> Any:
    return _filled(unjellier, sexp, OrderedDict(), pairsOf(sexp, 2))


def _defaultParts(jellier: Any, value: defaultdict[Any, Any]) -> list[Any]:
    factory = value.default_factory
    name = _NO_FACTORY
    if factory is not None:
        name = getattr(factory, "__name__", "").encode("utf-8")
        if _FACTORIES.get(name) is not factory:
            known = ", ".join(each.decode("ascii") for each in _FACTORIES)
            raise unsendable(
                value,
                "its default_factory is code",
                got=safe_repr(factory),
                expected=f"None or one of {known}",
                advice="send a dict",
            )
    return [name, *_pairs(jellier, value)]


def _default(unjellier: Any, sexp: list[Any]) -> Any:
    name = sexp[2] if len(sexp) > 2 else None
    if type(name) is not bytes or (name != _NO_FACTORY and name not in _FACTORIES):
        refuse(sexp, "the name of a factory")
    made: defaultdict[Any, Any] = defaultdict(_FACTORIES.get(name))
    return _filled(unjellier, sexp, made, pairsOf(sexp, 3))


def _pairs(jellier: Any, value: dict[Any, Any]) -> list[Any]:
    return [[jellier.jelly(key), jellier.jelly(each)] for key, each in value.items()]


def _filled(unjellier: Any, sexp: list[Any], made: Any, pairs: list[list[Any]]) -> Any:
    """
    Fill a dict when all its keys are known, as they have an order.
    """
    items: list[list[Any]] = [[None, None] for _ in pairs]

    def fill() -> None:
        with refusing(sexp, "keys that can be keys, each once"):
            for key, value in items:
                made[key] = value
        if len(made) != len(items):
            refuse(sexp, "keys that can be keys, each once")

    with beingMade(unjellier, sexp, made):
        for item, pair in zip(items, pairs, strict=True):
            unjellier.unjellyInto(item, 0, pair[0])
            unjellier.unjellyInto(item, 1, pair[1])
        whenKnown(unjellier, fill)
        return made


BYTEARRAY = Kind(b"bytearray", _bytearrayParts, _bytearray, isShared=True)
DEQUE = Kind(b"deque", _dequeParts, _deque, isShared=True)
ORDERED_DICT = Kind(b"OrderedDict", _orderedParts, _ordered, isShared=True)
DEFAULT_DICT = Kind(b"defaultdict", _defaultParts, _default, isShared=True)
