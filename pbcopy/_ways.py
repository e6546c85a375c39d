# -*- test-case-name: pbcopy.test.test_ways -*-
"""
Where something is in a packed state: L{wayTo}.

This reads what was packed, so the path goes only through what its receiver sees.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from pbcopy._delta import BESIDE, DICT, LIST, OBJECT, SET
from pbcopy._paths import step


def wayTo(index: int, packed: bytes) -> str:
    """
    Find the place of an object that goes along.

    @param index: the number of the object.
    @param packed: a state.
    @return: the path to it from the first node.
    """
    _, shapes, nodes, *_ = msgspec.msgpack.decode(packed)
    byNumber = {number: (kind, parts) for number, kind, *parts in nodes}
    seen: set[int] = set()
    todo = deque([("", [number]) for number in list(byNumber)[:1]])
    while todo:
        path, value = todo.popleft()
        if value == [BESIDE, index]:
            return path
        if type(value) is not list:
            continue
        if len(value) == 2 and value[0] != BESIDE:
            todo.extend((f"{path}[{at}]", each) for at, each in enumerate(value[1]))
        elif len(value) == 1 and value[0] in byNumber and value[0] not in seen:
            seen.add(value[0])
            todo.extend((path + s, v) for s, v in _steps(shapes, *byNumber[value[0]]))
    return ""


def _steps(
    shapes: list[list[str]], kind: int, parts: list[Any]
) -> Iterable[tuple[str, Any]]:
    """
    Give what is in a node, with the steps to it.
    """
    if kind == LIST:
        return ((f"[{at}]", each) for at, each in enumerate(parts))
    if kind == SET:
        return (("{…}", each) for each in parts)
    if kind == DICT:
        return _pairs(parts)
    return zip(map(step, shapes[kind - OBJECT][1:]), parts, strict=True)


def _pairs(parts: list[Any]) -> Iterator[tuple[str, Any]]:
    for key, value in zip(parts[::2], parts[1::2], strict=True):
        yield step(key), key
        yield step(key), value
