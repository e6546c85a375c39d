# -*- test-case-name: pbcopy.test.test_contents -*-
"""
The plain contents of a node, and the operations that lead from one content to another.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pbcopy._operations import (
    ABSENT,
    Alter,
    Operation,
    Remove,
    Set,
    Splice,
    Update,
    isSame,
)


def contentsOf(node: Any) -> Any:
    """
    Give the plain contents of a node: a list, a dict or a set; for the attributes
    of an object, a dict of its fields.
    """
    if isinstance(node, list):
        return list(node)
    if isinstance(node, set):
        return set(node)
    return node.fields() if hasattr(node, "owner") else dict(node)


def between(node: Any, before: Any) -> Iterator[Operation]:
    """
    Give the operations that lead from what a node was to what it is.

    @param before: its plain contents (L{contentsOf}).
    """
    return leading(node, before, contentsOf(node))


def leading(node: Any, before: Any, after: Any) -> Iterator[Operation]:
    """
    Give the operations that lead a node from one plain content to another: at
    most one for each attribute that differs, one for a list or a set, and two for
    a dict.  What they do not change keeps its identity, and a dict its order.
    """
    if isinstance(node, list):
        yield _splice(node, before, after)
    elif isinstance(node, set):
        other = _replaced(before, after)
        yield Alter(node, (after - before) | other, (before - after) | other)
    elif hasattr(node, "owner"):
        for name in {**before, **after}:
            yield Set(node, name, before.get(name, ABSENT), after.get(name, ABSENT))
    else:
        kept = _kept(before, after)
        yield Remove(node, {k: v for k, v in before.items() if k not in kept})
        new = {k: v for k, v in after.items() if kept.get(k, ABSENT) is not v}
        yield Update(node, {k: kept[k] for k in new if k in kept}, new)


def _splice(node: list[Any], before: list[Any], after: list[Any]) -> Splice:
    most = min(len(after), len(before))
    start = next((at for at in range(most) if after[at] is not before[at]), most)
    end = 0
    while end < most - start and after[-1 - end] is before[-1 - end]:
        end += 1
    stop = len(before) - end
    return Splice(
        node, start, stop, before[start:stop], after[start : len(after) - end]
    )


def _kept(before: dict[Any, Any], after: dict[Any, Any]) -> dict[Any, Any]:
    """
    Give those entries of a dict that need not go for the others to stand in the
    order that they have later.
    """
    kept: dict[Any, Any] = {}
    remaining = iter(before)
    for key in after:
        other = next((each for each in remaining if each == key), ABSENT)
        if other is ABSENT or not isSame(other, key):
            break
        kept[other] = before[other]
    return kept


def _replaced(some: set[Any], others: set[Any]) -> set[Any]:
    """
    Give those members of the second set that are equal to one of the first, and
    not the same.
    """
    common = others & some
    if not common:
        return common
    mine = {each: each for each in some}
    return {each for each in others if each in mine and not isSame(mine[each], each)}
