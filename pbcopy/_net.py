# -*- test-case-name: pbcopy.test.test_net -*-
"""
What some changes come to, for who is told of them later.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from operator import itemgetter
from typing import Any

from pbcopy._adoption import nodesIn
from pbcopy._contents import between
from pbcopy._journal import Changed, nameIn
from pbcopy._lens import Lens, Mark
from pbcopy._operations import Operation


def netOf(
    lens: Lens,
    changes: Iterable[Changed],
    mark: Mark,
    besides: Container[tuple[int, str]] = (),
) -> list[Operation]:
    """
    Give the operations that a perspective sees, and that lead from what was before
    some changes to what is.

    @param mark: what the receivers had then.  A node that they did not have is
        described to them as a whole.
    @param besides: fields that are told otherwise: the C{id} of a node, and a name.
    """
    found = [
        (each.turns.get(nameIn(operation), 0), operation)
        for each in changes
        if lens.has(each.node, mark) and lens.reaches(each.node)
        for operation in _netOfOne(lens, each, mark)
        if (id(operation.node), nameIn(operation)) not in besides
    ]
    # What cannot be seen is not to be told by their order.
    found.sort(key=itemgetter(0))
    return [operation for _, operation in found]


def _netOfOne(lens: Lens, changed: Changed, mark: Mark) -> Iterator[Operation]:
    """
    Give what was done to a node.
    """
    before, isLogged = _known(lens, changed.before, mark)
    net = list(between(changed.node, before))
    net = [each for each in net if not each.isVoid() and lens.sees(each)]
    if net and changed.log and isLogged and _cost(changed.log) < _cost(net):
        # What was put in, and taken out again, was never there.
        if all(_isLasting(each) for each in changed.log):
            net = changed.log
    yield from net


def _known(lens: Lens, before: Any, mark: Mark) -> tuple[Any, bool]:
    """
    Give what a node was, with nothing in the place of what was taken out of the
    master since, and has another number now, if it is there again.

    @return: that, and whether nothing is.
    """
    if isinstance(before, set):
        return before, True
    values = before if isinstance(before, list) else before.values()
    isGone = [
        any(not lens.has(node, mark) for node in nodesIn(value)) for value in values
    ]
    if not any(isGone):
        return before, True
    some = [_GONE if gone else v for gone, v in zip(isGone, values, strict=True)]
    isList = isinstance(before, list)
    return some if isList else dict(zip(before, some, strict=True)), False


_GONE = object()
"""What stands for it."""


def _isLasting(operation: Operation) -> bool:
    return all(
        any(each is value for each in operation.node) for value in operation.came()
    )


def _cost(operations: Iterable[Any]) -> int:
    return sum(2 + len(list(each.came())) for each in operations)
