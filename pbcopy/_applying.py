# -*- test-case-name: pbcopy.test.test_applying -*-
"""
Deltas, applied as one: L{applyTogether}.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from twisted.spread import flavors

from pbcopy._block import Block, opened
from pbcopy._change import Change, changesBy
from pbcopy._nodes import attributesDict
from pbcopy._numbered import nodesOf
from pbcopy._sharing import commit
from pbcopy._tracked import perform
from pbcopy._view import View


def applyTogether(deltas: Iterable[tuple[View, object, Any]]) -> None:
    """
    Apply what one block has changed: all of it, or nothing.  Then tell of it.

    @param deltas: views of replicas that are there, each with bytes and what has
        come along.
    @raise Violation: if one cannot be applied.
    """
    checked = [_Delta(view, packed, objects) for view, packed, objects in deltas]
    with _asOne(checked):
        for each in checked:
            each.perform()
    for each in checked:
        each.settle()
    for each in checked:
        each.tell()


class _Delta:
    """
    A delta that was checked.

    @ivar replica: what it is for.  This keeps it.
    """

    def __init__(self, view: View, packed: object, objects: Any) -> None:
        self.replica = view.replica()
        self._view = view
        self._message, self._draft, self.steps = view.prepare(packed, objects)
        self._changes: list[Change] = []
        self._went: list[Any] = []

    def perform(self) -> None:
        """
        Make the changes.
        """
        self._draft.link({})
        root = attributesDict(self.replica)
        for step in self.steps:
            operation = step.operation()
            if operation is None or operation.isVoid():
                continue
            if self._view.listeners:
                self._changes.extend(changesBy(operation, root))
            perform(operation)
            self._went.extend(nodesOf(operation.went()))

    def settle(self) -> None:
        """
        Have the view follow, when all is done.
        """
        self._view.follow(self._draft, self._message, {})
        self._view.leave(self._went)

    def tell(self) -> None:
        """
        Tell who listens.
        """
        self._view.listeners.tell(self.replica, tuple(self._changes))


def _asOne(deltas: list[_Delta]) -> AbstractContextManager[object]:
    """
    Have those who observe the replicas themselves told once, and have everything
    as it was, if something is raised.
    """
    replicas = [each.replica for each in deltas]
    isRelayed = any(isinstance(each, flavors.Cacheable) for each in replicas)
    if sum(len(each.steps) for each in deltas) < 2 and not isRelayed:
        # One operation is made, or it is not.
        return nullcontext()
    return opened(Block(replicas, commit))
