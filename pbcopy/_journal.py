# -*- test-case-name: pbcopy.test.test_journal -*-
"""
What was done to some nodes since a moment: a L{Journal}.

It hears of each change before that is made, and keeps what was there.
"""

from __future__ import annotations

from typing import Any

import attr

from pbcopy._contents import contentsOf
from pbcopy._nodes import Attributes
from pbcopy._operations import Operation, Order, Set


@attr.s(auto_attribs=True, eq=False)
class Changed:
    """
    What was done to one node.

    @ivar node: it.
    @ivar before: its plain contents before it was first changed
        (L{contentsOf<pbcopy._contents.contentsOf>}).
    @ivar log: for a list, what has happened since, merged where one operation
        does it; empty for any other node, and where it would say more than the
        contents do.
    @ivar turns: when it was first changed, among all that was done; for the
        attributes of an object, when each was, by its name.
    @ivar weight: how many values the log has, about.
    """

    node: Any
    before: Any
    log: list[Operation]
    turns: dict[str, int] = attr.ib(factory=dict)
    weight: int = 0


class Journal:
    """
    What was done to some nodes.

    @ivar size: how many values are kept for it, about.
    """

    def __init__(self) -> None:
        self.size = 0
        self._changed: dict[int, Changed] = {}
        # The owners of attributes, which do not keep them.
        self._owners: list[Any] = []
        self._unlogged: set[int] = set()
        self._count = 0

    def __contains__(self, node: object) -> bool:
        """
        Tell whether a node was changed.
        """
        return id(node) in self._changed

    def about(self, operation: Operation) -> None:
        """
        Hear that a node is about to be changed, and keep what it is.
        """
        node = operation.node
        changed = self._changed.get(id(node))
        if changed is None:
            changed = self._changed[id(node)] = Changed(node, contentsOf(node), [])
            self.size += 1 + len(changed.before)
            if isinstance(node, Attributes):
                self._owners.append(node.owner())
        self._count += 1
        changed.turns.setdefault(nameIn(operation), self._count)
        if isinstance(node, list) and id(node) not in self._unlogged:
            self._log(changed, operation)

    def _log(self, changed: Changed, operation: Operation) -> None:
        log = changed.log
        # To merge may change what was there.
        weight = -_weight(log[-1]) if log else 0
        merged = log[-1].merged(operation) if log else None
        if merged is None:
            log.append(operation)
            weight = _weight(operation)
        else:
            log.pop()
            isVoid = merged.isVoid()
            weight += 0 if isVoid else _weight(merged)
            log += [] if isVoid else [merged]
        self.size += weight
        changed.weight += weight
        if changed.weight > MOST_LOGGED + len(changed.before) + len(changed.node):
            # What was there, and what is, say it in fewer words.
            self.size -= changed.weight
            log.clear()
            self._unlogged.add(id(changed.node))

    def changes(self) -> list[Changed]:
        """
        Give what was done to each node, in the order of their first changes.
        """
        return [*self._changed.values()]


def _weight(operation: Any) -> int:
    values = operation.order if type(operation) is Order else operation.new
    return 1 + len(values or ())


MOST_LOGGED = 100
"""How many values the operations on a list may have that are kept one by one, beside
as many as it has, and had, items.  So what is kept of a list is bounded by its size."""


def nameIn(operation: Operation) -> str:
    """
    Give the name of the attribute that an operation is about; C{""} if it is about
    a container.
    """
    return operation.name if type(operation) is Set else ""
