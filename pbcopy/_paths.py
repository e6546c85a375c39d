# -*- test-case-name: pbcopy.test.test_paths -*-
"""
Where something is: C{DuckPond.ducks[2].name}.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from twisted.python.reflect import safe_repr
from twisted.spread import flavors
from twisted.spread.jelly import Jellyable

LONGEST = 200
"""How many characters of a path are told.  A chain of objects may be long."""


def step(key: object) -> str:
    """
    Give the step to what a mapping has under a key.
    """
    if isinstance(key, str) and key.isidentifier():
        return f".{key}"
    return f"[{safe_repr(key)}]"


def shortened(path: str) -> str:
    """
    Leave the middle out of a path that nobody could read.
    """
    if len(path) <= LONGEST:
        return path
    half = LONGEST // 2
    return f"{path[:half]}…{path[-half:]}"


def pathTo(sought: object, whole: object) -> str:
    """
    Find the path to one object in a state, which may have cycles.

    @return: the path, or C{""} if it is not in a plain container there.
    """
    stack, seen = [("", whole)], set()
    while stack:
        path, each = stack.pop()
        if each is sought:
            return path
        if id(each) not in seen:
            seen.add(id(each))
            stack.extend(_parts(path, each))
    return ""


def _parts(path: str, whole: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(whole, dict):
        for key, value in whole.items():
            yield path + step(key), key
            yield path + step(key), value
    elif isinstance(whole, (list, tuple)):
        for index, value in enumerate(whole):
            yield f"{path}[{index}]", value
    elif isinstance(whole, (set, frozenset)):
        for value in whole:
            yield path + "{…}", value
    elif not isinstance(whole, (type, ModuleType, Jellyable)) or _isStock(whole):
        for name in _attributes(whole):
            yield path + step(name), getattr(whole, name, None)


def _isStock(thing: object) -> bool:
    # What it has in it was jellied by Twisted, which knows of no path.
    return isinstance(thing, flavors.Copyable)


def _attributes(thing: Any) -> Iterator[str]:
    yield from getattr(thing, "__dict__", ())
    for base in type(thing).__mro__:
        slots = base.__dict__.get("__slots__", ())
        yield from [slots] if isinstance(slots, str) else slots
