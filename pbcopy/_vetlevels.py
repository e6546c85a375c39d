# -*- test-case-name: pbcopy.test.test_vetlevels -*-
"""
Plain states that came, looked at as a whole before anything is made of them.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import chain
from typing import Any

from pbcopy._channel import COMPACT
from pbcopy._levels import (
    PLAIN,
    SCALARS,
    containersIn,
    contentsOf,
    dictsIn,
    haveScalarKeys,
)
from pbcopy._limited import checkLimit, limitsOf
from pbcopy.errors import Violation


def vetLevels(
    states: list[Any], classes: Collection[type], broker: Any, size: int
) -> None:
    """
    Check that there is nothing else in states than plain values, and not too much.

    @param states: what MessagePack has made.
    @param classes: what may be in them beside plain values.
    @param size: how many bytes they were.  No part of them is more than that.
    @raise Violation: if there is.
    """
    most = limitsOf(broker)
    mostItems, longest = most.MAX_ITEMS, most.MAX_STRING
    allowed = frozenset(classes)
    level: list[Any] = states
    kinds: set[type] = {dict}
    depth = 0
    while level:
        depth += 1
        if size > mostItems:
            count = max(map(len, level))
            checkLimit("MAX_ITEMS", broker, count, "items in one container", COMPACT)
        if size > longest:
            _checkStrings(level, kinds, broker)
        # That the collector of garbage need not look at a dict does not tell that it is
        # plain: a list that is a key has become a tuple, which it looks at no longer.
        values, above = contentsOf(level, kinds), kinds
        kinds = {*map(type, values)}
        if SCALARS >= kinds:
            break
        if not kinds <= PLAIN:
            if not haveScalarKeys(level, above):
                raise noObjects("a key that is a list, or an object")
            if not kinds - PLAIN <= allowed:
                raise noObjects("a value of MessagePack's own")
        level = containersIn(values, kinds)
    what = "containers in each other"
    checkLimit("MAX_NESTING", broker, depth, what, COMPACT)


def _checkStrings(level: list[Any], kinds: set[type], broker: Any) -> None:
    dicts = dictsIn(level, kinds)
    lists = [each for each in level if type(each) is list]
    values = [*chain(*dicts, *map(dict.values, dicts), *lists)]
    texts = [each.encode("utf-8") for each in values if type(each) is str]
    strings = [*texts, *(each for each in values if type(each) is bytes), b""]
    longest = max(map(len, strings))
    what = "bytes in one string"
    checkLimit("MAX_STRING", broker, longest, what, COMPACT)


def noObjects(got: str) -> Violation:
    """
    Give the error for bytes that were not packed by a pbcopy.
    """
    return Violation(
        "these bytes hold no objects",
        where=COMPACT,
        got=got,
        expected="what was packed by a pbcopy",
    )
