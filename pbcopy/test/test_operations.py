# -*- test-case-name: pbcopy.test.test_operations -*-
"""
Tests for L{pbcopy._operations}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attr
from twisted.python.reflect import requireModule
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from pbcopy._adoption import attributesOf
from pbcopy._contents import contentsOf
from pbcopy._operations import (
    ABSENT,
    Alter,
    Operation,
    Order,
    Remove,
    Set,
    Splice,
    Stride,
    Update,
)
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy._trackedset import TrackedSet
from pbcopy.test.nodes import Ear, Pond, applied, areSame

if TYPE_CHECKING or requireModule("hypothesis") is not None:
    from hypothesis import given, settings
    from hypothesis import strategies as st

    from pbcopy.test.programs import Step, World, programs


class OperationTests(SynchronousTestCase):
    """
    An operation is a change as data.
    """

    def test_set(self) -> None:
        """
        An attribute is set, or deleted, and two of these are one.
        """
        pond = Pond()
        node = attributesOf(pond)
        Set(node, "colour", "green", ABSENT).apply()
        self.assertEqual({"ducks": []}, node.fields())
        operation = Set(node, "colour", ABSENT, "blue")
        operation.apply()
        self.assertEqual("blue", pond.colour)
        both = operation.merged(Set(node, "colour", "blue", "red"))
        self.assertEqual((ABSENT, "red"), both and (both.old, both.new))
        self.assertIs(None, operation.merged(Set(node, "ducks", [], 1)))
        self.assertEqual("nothing", repr(ABSENT))

    def test_stride(self) -> None:
        """
        A step may go back to the first item.
        """
        for by in (-1, -2, 2, 3):
            start, stop, _ = slice(None, None, by).indices(5)
            old = list(range(5))[::by]
            node = list(range(5))
            Stride(node, start, stop, by, old, ["x"] * len(old)).apply()
            self.assertEqual(["x"] * len(old), node[::by])
            Stride(node, start, stop, by, node[::by], None).apply()
            self.assertEqual([each for each in range(5) if each not in old], node)

    def test_void(self) -> None:
        """
        What changes nothing is void.
        """
        item: list[Any] = []
        table: list[Any] = [
            (True, Set(None, "x", item, item)),
            (False, Set(None, "x", [], item)),
            (True, Splice([], 0, 1, [item], [item])),
            (False, Splice([], 0, 1, [item], [[]])),
            (False, Splice([], 0, 1, [1], [True])),
            (True, Stride([], 0, 0, 2, [], None)),
            (False, Stride([], 0, 2, 2, [1], None)),
            (True, Stride([], 0, 2, 2, [item], [item])),
            (True, Order([], [0, 1])),
            (False, Order([], [1, 0])),
            (True, Update({}, {1: item}, {1: item})),
            (False, Update({}, {}, {1: None})),
            (True, Remove({}, {})),
            (False, Remove({}, {1: None})),
            (True, Alter(set(), set(), set())),
            (False, Alter(set(), {1}, {1.0})),
        ]
        for isVoid, operation in table:
            self.assertIs(isVoid, operation.isVoid(), operation)

    def test_mergedSplices(self) -> None:
        """
        Two splices that touch are one, with what was there before the first.
        """
        for first, second, expected in [
            ((3, 3, [], "a"), (4, 4, [], "b"), (3, 3, "", "ab")),
            ((3, 3, [], "a"), (3, 3, [], "b"), (3, 3, "", "ba")),
            ((3, 4, "d", "xyz"), (4, 5, "y", ""), (3, 4, "d", "xz")),
            ((3, 4, "d", "x"), (2, 6, "cxef", "n"), (2, 6, "cdef", "n")),
            ((3, 4, "d", ""), (1, 3, "bc", ""), (1, 4, "bcd", "")),
            ((3, 3, "", "x"), (3, 4, "x", ""), (3, 3, "", "")),
            ((3, 3, "", "x"), (5, 5, "", "y"), None),
            ((3, 3, "", "x"), (1, 2, "b", "y"), None),
        ]:
            one, two = (
                Splice([], start, stop, [*old], [*new])
                for start, stop, old, new in (first, second)
            )
            both = one.merged(two)
            found = both and (
                both.start,
                both.stop,
                "".join(both.old),
                "".join(both.new),
            )
            self.assertEqual(expected, found)

    def test_mergedSplicesAreGivenAgain(self) -> None:
        """
        What was merged takes the next one in, so that many take the time of one
        each.  Those that were made by themselves stay as they are.
        """
        node: list[Any] = []
        made = [Splice(node, at, at, [], [at]) for at in range(1000)]
        first = both = made[0].merged(made[1])
        for each in made[2:]:
            assert both is not None
            both = both.merged(each)
        self.assertIs(first, both)
        assert both is not None
        self.assertEqual((0, 0, [], [*range(1000)]), attr.astuple(both)[1:5])
        self.assertEqual([[at] for at in range(1000)], [each.new for each in made])

    def test_notMerged(self) -> None:
        """
        Of operations of two kinds, and of what has its own order, there is no one.
        """
        operations: list[Any] = [
            Set(None, "x", 1, 2),
            Splice([], 0, 0, [], [1]),
            Stride([], 0, 1, 2, [1], None),
            Order([], [0]),
            Update({}, {}, {1: 2}),
            Remove({}, {1: 2}),
            Alter(set(), {1}, set()),
        ]
        for one in operations:
            for other in operations:
                if one is not other:
                    self.assertIs(None, one.merged(other))
        self.assertIs(None, operations[2].merged(operations[2]))

    def test_replacedMember(self) -> None:
        """
        A member that goes, and one that is equal to it, are not one operation.
        """
        self.assertIs(None, Alter(set(), set(), {1}).merged(Alter(set(), {1.0}, set())))
        self.assertIs(None, Alter(set(), set(), {1}).merged(Alter(set(), {1}, set())))

    def test_values(self) -> None:
        """
        An operation tells what comes and what goes.
        """
        table: list[Any] = [
            (Set(None, "x", 1, 2), [2], [1]),
            (Splice([], 0, 1, [1], [2, 3]), [2, 3], [1]),
            (Stride([], 0, 1, 2, [1], [2]), [2], [1]),
            (Stride([], 0, 1, 2, [1], None), [], [1]),
            (Order([], [1, 0]), [], []),
            (Update({}, {1: 2}, {1: 3, 4: 5}), [3, 5], [2]),
            (Remove({}, {1: 2}), [], [2]),
            (Alter(set(), {1}, {2}), [1], [2]),
        ]
        for operation, came, went in table:
            self.assertEqual(came, list(operation.came()))
            self.assertEqual(went, list(operation.went()))


class Historian(Ear):
    """
    Knows what one node was after each operation.
    """

    def __init__(self, node: Any) -> None:
        super().__init__(node)
        self.history = [contentsOf(node)]

    def changed(self, operation: Operation) -> None:
        """
        Remember the operation, and what it left.
        """
        super().changed(operation)
        self.history.append(contentsOf(operation.node))


class ProgramTests(SynchronousTestCase):
    """
    What is merged, and what lies between two states, is exact.
    """

    def setUp(self) -> None:
        """
        Look for Hypothesis.
        """
        if requireModule("hypothesis") is None:
            raise SkipTest("Hypothesis is not installed")

    def test_merged(self) -> None:
        """
        One operation for two does what these do, and undone it gives what was
        there.
        """

        @settings(max_examples=300, deadline=None, database=None, derandomize=True)
        @given(st.sampled_from([TrackedList, TrackedDict, TrackedSet]), programs())
        def check(kind: Any, program: list[Step]) -> None:
            node = kind(_START[kind])
            ear, world = Historian(node), World()
            history, operations = ear.history, ear.heard
            for step in program:
                world.nodes = [node]
                world.run(step)
            for before, one, two, after in zip(
                history, operations, operations[1:], history[2:], strict=False
            ):
                both = one.merged(two)
                if both is not None:
                    self._check(before, both, after)

        check()

    def test_mergedMany(self) -> None:
        """
        So does one for as many as there are.
        """

        @settings(max_examples=300, deadline=None, database=None, derandomize=True)
        @given(st.sampled_from([TrackedList, TrackedDict, TrackedSet]), programs())
        def check(kind: Any, program: list[Step]) -> None:
            node = kind(_START[kind])
            ear, world = Historian(node), World()
            for step in program:
                world.nodes = [node]
                world.run(step)
            before, both = None, None
            changes = zip(ear.history, ear.heard, ear.history[1:], strict=False)
            for then, operation, after in changes:
                both = both.merged(operation) if both is not None else None
                if both is None:
                    before, both = then, operation
                else:
                    self._check(before, both, after)

        check()

    def _check(self, before: Any, both: Any, after: Any) -> None:
        now = before.copy()
        applied(both, now)
        self.assertTrue(areSame(after, now))
        if isinstance(both, Splice):
            self.assertTrue(areSame(before[both.start : both.stop], both.old))
        elif isinstance(both, Update):
            self.assertEqual(both.new.keys() & before.keys(), both.old.keys())
            for key, value in both.old.items():
                self.assertIs(before[key], value)
        elif isinstance(both, Alter):
            self.assertFalse(both.added & before)
            self.assertTrue(both.removed <= before)


_START: dict[Any, Any] = {
    TrackedList: [1, 2, 3],
    TrackedDict: {"a": 1, 1: "b"},
    TrackedSet: {0, 1, "x"},
}
