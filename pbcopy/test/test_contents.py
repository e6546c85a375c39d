# -*- test-case-name: pbcopy.test.test_contents -*-
"""
Tests for L{pbcopy._contents}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.python.reflect import requireModule
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from pbcopy._contents import between, contentsOf, leading
from pbcopy._operations import Set
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedset import TrackedSet
from pbcopy.test.nodes import applied, areSame

if TYPE_CHECKING or requireModule("hypothesis") is not None:
    from hypothesis import given, settings

    from pbcopy.test.programs import Step, World, programs


class ContentsTests(SynchronousTestCase):
    """
    What lies between two contents.
    """

    def test_replacedMember(self) -> None:
        """
        A member that is replaced by an equal one of another type has changed.
        """
        [operation] = between(TrackedSet([1.0, 2]), {1, 2})
        now = {1, 2}
        applied(operation, now)
        self.assertEqual({float, int}, {type(each) for each in now})

    def test_orderOfADict(self) -> None:
        """
        What leads to another order takes out what stands in the way, and no more.
        """
        before = {"a": 1, "b": 2, "c": 3, "d": 4}
        for after, removed, new in [
            ({"a": 1, "b": 2, "c": 3, "d": 4}, "", ""),
            ({"a": 1, "c": 3, "d": 4}, "b", ""),
            ({"a": 1, "c": 3, "d": 4, "b": 2}, "b", "b"),
            ({"d": 4, "a": 1}, "abc", "a"),
            ({"a": 9, "b": 2, "c": 3, "d": 4, "e": 5}, "", "ae"),
        ]:
            remove, update = leading(TrackedDict(), before, after)
            self.assertEqual(removed, "".join(remove.went() and remove.old))  # type: ignore[attr-defined]
            self.assertEqual(new, "".join(update.new))  # type: ignore[attr-defined]
            now = dict(before)
            for operation in (remove, update):
                applied(operation, now)
            self.assertEqual([*after.items()], [*now.items()])


class ProgramTests(SynchronousTestCase):
    """
    What lies between two contents is exact.
    """

    def setUp(self) -> None:
        """
        Look for Hypothesis.
        """
        if requireModule("hypothesis") is None:
            raise SkipTest("Hypothesis is not installed")

    def test_between(self) -> None:
        """
        The operations between two states lead from one to the other, and back.
        """

        @settings(max_examples=300, deadline=None, database=None, derandomize=True)
        @given(programs(), programs())
        def check(some: list[Step], more: list[Step]) -> None:
            world = World()
            for step in some:
                world.run(step)
            nodes = world.allNodes()
            before = [contentsOf(node) for node in nodes]
            for step in more:
                world.run(step)
            for node, then in zip(nodes, before, strict=True):
                now = contentsOf(node)
                self._leads(then, list(between(node, then)), now)
                self._leads(now, list(leading(node, now, then)), then)

        check()

    def _leads(self, before: Any, operations: list[Any], after: Any) -> None:
        now = before.copy()
        for operation in operations:
            if not operation.isVoid():
                applied(operation, now)
        if any(type(each) is Set for each in operations):
            now, after = sorted(now.items()), sorted(after.items())
        self.assertTrue(areSame(after, now))
