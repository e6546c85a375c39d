# -*- test-case-name: pbcopy.test.test_untracked -*-
"""
Plain values that MessagePack has made, known by what Python's collector of garbage
does not look at.

The collector need not look at a number, a text or the like, nor at a dict that has
nothing else in it (C{gc.is_tracked}), and whether it does is found in fewer steps than
the type of each value.  Beside plain values MessagePack makes objects, which it does
look at, and dates, which are seen among the bytes.  A list that is a key has become a
tuple.  That is looked at, and so is its dict, until the collector has once looked at
all that there is.

Where Python's does look at such a dict, nothing is known here of what is in one.
"""

from __future__ import annotations

import gc
from typing import Any

from pbcopy._levels import CONTAINERS, contentsOf

_LARGE = 4096
"""Of fewer bytes all types are found as soon."""

_DATE = b"\xff"
_BEFORE_A_DATE = b"\xd6", b"\xd7", b"\x0c"
"""What is before that in a date of MessagePack's own, which takes 4, 8 or 12 bytes."""

_FEW = 100
"""At fewer places than that this is looked for."""


def collections(packed: bytes) -> int | None:
    """
    Tell how many times the collector has looked at all that there is.

    @param packed: what is to be made next.
    @return: C{None} if that is not large.
    """
    return gc.get_stats()[-1]["collections"] if len(packed) >= _LARGE else None


def arePlain(state: Any, packed: bytes, since: int | None, nesting: int) -> bool:
    """
    Tell whether there is nothing but plain values in a dict, and their containers are
    not more than so many in each other.

    @param packed: what it was made of.
    @param since: what L{collections} has given before.
    @return: C{False} also if that is not known.
    """
    if since is None or _mayHaveDates(packed):
        return False
    level: list[Any] = [state]
    kinds: set[type] = {dict}
    for _ in range(nesting - 1):
        level = [*filter(gc.is_tracked, contentsOf(level, kinds))]
        if not level:
            return since == collections(packed)
        kinds = {*map(type, level)}
        if not kinds <= CONTAINERS:
            return False
    return False


def _mayHaveDates(packed: bytes) -> bool:
    *parts, _ = packed.split(_DATE, _FEW)
    return len(parts) == _FEW or any(each.endswith(_BEFORE_A_DATE) for each in parts)
