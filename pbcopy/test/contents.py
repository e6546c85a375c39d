# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
What is in things, and what is not taken into them, for
L{pbcopy.test.replicating}.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from operator import is_
from typing import Any

import pbcopy
from pbcopy.test.comparing import partsOf, valueOf
from pbcopy.test.masters import require
from pbcopy.test.sorts import Tape

REFUSED: list[Callable[[], Any]] = [
    object,
    bytearray,
    lambda: [1, bytearray()],
    lambda: {"k1": (1, {"k2": object()})},
    lambda: {("k1", object())},
    lambda: {object(): 1},
    lambda: itertools.count(),
    lambda: ([], {frozenset([object()])}),
]
"""Values that no node takes."""


def refuse(tape: Tape, thing: Any, fields: list[str]) -> None:
    """
    Try to put into something what could change unseen.
    """
    bad = tape.choose(REFUSED)()
    if isinstance(thing, list):
        tries = [
            lambda: thing.append(bad),
            lambda: thing.extend([1, bad]),
            lambda: thing.__setitem__(slice(0, 1), [None, bad]),
            lambda: thing.insert(0, bad),
        ]
    elif isinstance(thing, dict):
        tries = [
            lambda: thing.__setitem__("k1", bad),
            lambda: thing.update(k9=1, k8=bad),
            lambda: thing.__setitem__((1, bytearray), bad),
            lambda: thing.setdefault("k7", bad),
        ]
    elif isinstance(thing, set):
        tries = [lambda: thing.add(object()), lambda: thing.update([1, object()])]
    else:
        name = tape.choose(fields)
        tries = [lambda: setattr(thing, name, bad)]
    tape.choose(tries)()


def contents(starts: list[Any], masters: list[Any]) -> dict[int, Any]:
    """
    Give what is in each container, and in each object by its attributes, now.

    @param masters: those that are looked into.  Others are mentioned alone.
    """
    found: dict[int, Any] = {}
    todo = list(starts)
    while todo:
        thing = todo.pop()
        isOther = isinstance(thing, pbcopy.Cacheable) and not isIn(thing, masters)
        if id(thing) not in found and not isOther:
            values = inside(thing)
            if values is not None:
                found[id(thing)] = thing, values
                todo += values
    return found


def inside(thing: Any) -> list[Any] | None:
    """
    Give what is in a container, or in the replicated fields of an object.

    @return: C{None} if it is neither.
    """
    if isinstance(thing, (list, dict, set, tuple, frozenset)):
        return list(partsOf(thing))
    names = getattr(type(thing), "_pbcopyFields", None)
    return None if names is None else [valueOf(thing, name) for name in names]


def isIn(thing: Any, things: Any) -> bool:
    return any(thing is each for each in things)


def requireSame(before: dict[int, Any]) -> None:
    """
    Check that all has in it what it had, the same objects in the same order.
    """
    for thing, values in before.values():
        now = inside(thing) or []
        isSame = len(now) == len(values) and all(map(is_, now, values))
        if isinstance(thing, (set, frozenset)):
            isSame = {*map(id, now)} == {*map(id, values)}
        require(isSame, thing, "has", now, "and had", values)
