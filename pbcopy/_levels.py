# -*- test-case-name: pbcopy.test.test_levels -*-
"""
What is in plain values, a level at a time.

A level is what is in the lists and dicts of the level above it.  Its types are
looked at all together, in a few calls of what is written in C, whatever their
number.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Set
from itertools import chain
from typing import Any

SCALARS = frozenset([bool, bytes, float, int, str, type(None)])
"""What is in MessagePack, exactly, and has nothing in it."""

DICT = frozenset([dict])
CONTAINERS = frozenset([dict, list])
PLAIN = SCALARS | CONTAINERS


def isFlat(state: Any) -> bool:
    """
    Tell whether a state is a dict with nothing in it but numbers, texts and the like.
    """
    if type(state) is not dict:
        return False
    if _contentsOf is gc.get_referents:
        return SCALARS.issuperset(map(type, gc.get_referents(state)))
    return SCALARS.issuperset(map(type, state)) and SCALARS.issuperset(
        map(type, state.values())
    )


def areDicts(values: list[Any]) -> bool:
    """
    Tell whether all of some values are dicts, and nothing that is derived from those.
    """
    return DICT.issuperset(map(type, values))


def contentsOf(containers: list[Any], kinds: Set[type]) -> list[Any]:
    """
    Give all that is in lists and dicts, and at least those keys that are no texts.

    @param kinds: the types of all of them.  There may be others, too.
    """
    contents = _contentsOf(*dictsIn(containers, kinds)) if dict in kinds else []
    if dict not in kinds:
        contents += chain.from_iterable(containers)
    elif list in kinds:
        lists = [each for each in containers if type(each) is list]
        contents += chain.from_iterable(lists)
    return contents


def _walked(*dicts: dict[Any, Any]) -> list[Any]:
    """
    Give the keys and the values of dicts.
    """
    values = chain.from_iterable(map(dict.values, dicts))
    return [*chain.from_iterable(dicts), *values]


def haveScalarKeys(containers: list[Any], kinds: Set[type]) -> bool:
    """
    Tell whether all keys of the dicts among some containers are scalars.

    @param kinds: the types of all of them.
    """
    keys = chain.from_iterable(dictsIn(containers, kinds))
    return SCALARS.issuperset(map(type, keys))


def dictsIn(containers: list[Any], kinds: Set[type]) -> list[dict[Any, Any]]:
    """
    Give those containers that are dicts.

    @param kinds: the types of all of them.
    """
    if list not in kinds:
        return containers
    if dict not in kinds:
        return []
    return [each for each in containers if type(each) is dict]


def containersIn(values: list[Any], kinds: Set[type]) -> list[Any]:
    """
    Give those values that are containers.

    @param kinds: the types of all of them.
    """
    if CONTAINERS >= kinds:
        return values
    return those(values, CONTAINERS & kinds)


def those(values: list[Any], kinds: Set[type]) -> list[Any]:
    """
    Give those values that are of some types.
    """
    if len(kinds) > 1:
        return [each for each in values if type(each) in kinds]
    # That is what most levels have, and this takes less time.
    return [each for kind in kinds for each in values if type(each) is kind]


class _Blank:
    """
    What has attributes.
    """


def _isWhole() -> bool:
    """
    Tell whether the collector finds all that is in a dict.  From Python 3.13 on, it
    does not for that of an object.
    """
    blank = _Blank()
    blank.__dict__["a"] = 1
    return gc.get_referents(vars(blank)) == [1]


_contentsOf: Callable[..., list[Any]] = gc.get_referents if _isWhole() else _walked
"""Gives the values of dicts, and at least the keys of those where not all are texts.
Python's collector of garbage keeps the two apart, and knows no subclass of text."""
