# -*- test-case-name: pbcopy.test.test_drafting -*-
"""
Tests for L{pbcopy._drafting}.  What it refuses is in L{pbcopy.test.test_view}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._classtypes import OPEN
from pbcopy._containertypes import ListOf
from pbcopy._drafting import Draft, Shape, closed, shapeOf
from pbcopy._leaftypes import Scalar
from pbcopy._nodes import attributesDict
from pbcopy._numbered import Numbered
from pbcopy._trackedlist import TrackedList
from pbcopy.errors import Violation
from pbcopy.test.views import DUCK, POND, DuckView, PondView

INTS = ListOf(Scalar(int))


class ShapeTests(SynchronousTestCase):
    """
    A shape knows what is missing.
    """

    def test_known(self) -> None:
        """
        That of a class that is declared here has its class.
        """
        shape = shapeOf([DUCK, "name"])
        self.assertEqual((DUCK, DuckView), (shape.name, shape.cls))
        self.assertEqual([], shape.differences)

    def test_unknown(self) -> None:
        """
        That of another has none, and says what to do.
        """
        shape = shapeOf(["some.Egg", "size"])
        self.assertIsNone(shape.cls)
        (difference,) = shape.differences
        self.assertEqual("some.Egg", difference.where)
        self.assertIn("replicaOf", difference.advice)

    def test_lacking(self) -> None:
        """
        A field that has to come is told.
        """
        (difference,) = shapeOf([DUCK]).differences
        self.assertEqual("DuckView.name", difference.where)


class DraftTests(SynchronousTestCase):
    """
    Nodes are made as something refers to them.
    """

    def draft(self, *nodes: list[Any], known: Any = None) -> Draft:
        """
        Begin with some nodes.
        """
        shapes: list[Shape] = [shapeOf([POND, "thing"]), shapeOf([DUCK, "name"])]
        return Draft(known or Numbered(), shapes, [*nodes], [])

    def test_onDemand(self) -> None:
        """
        What nothing refers to is not made.
        """
        draft = self.draft([1, 0, [2]], [2, 4, "one"], [3, 0], [4, 9, "nonsense"])
        made = draft.of([1])
        draft.finish()
        self.assertEqual({1, 2}, draft.made.keys())
        self.assertEqual("one", made[0].name)
        self.assertIs(draft.of([2]), made[0])

    def test_deep(self) -> None:
        """
        A chain may be of any length.
        """
        count = 20_000
        chain = [[number, 0, [number + 1]] for number in range(1, count)]
        draft = self.draft(*chain, [count, 0])
        draft.of([1])
        draft.finish()
        self.assertEqual(count, len(draft.made))

    def test_state(self) -> None:
        """
        A state is a blank of the replica's class with all that came.
        """
        draft = self.draft([1, 3, [2]], [2, 4, "one"])
        number, shape = draft.state(PondView)
        pond = attributesDict(draft.made[1].owner())
        self.assertEqual((1, POND), (number, shape.name))
        self.assertEqual("one", pond["thing"].name)
        self.assertEqual(1.0, pond["thing"].weight)

    def test_known(self) -> None:
        """
        What is there already is found, and no number stands for a second node.
        """
        known, node = Numbered(), TrackedList()
        known.add(2, node, [INTS])
        draft = self.draft([3, 0, [2]], known=known)
        draft.of([3])
        draft.finish()
        self.assertIs(node, draft.of([3])[0])
        for number in (1, 2, 0, -1):
            self.assertRaises(Violation, self.draft, [number, 0], known=known)

    def test_types(self) -> None:
        """
        A draft notes what nodes are declared as where they are, and which of those
        that are there get one more.
        """
        known, node = Numbered(), TrackedList()
        known.add(2, node, [INTS])
        draft = self.draft([3, 0], known=known)
        new, anything = draft.of([3]), OPEN[list]
        self.assertTrue(draft.accepts(node, INTS))
        self.assertFalse(draft.accepts(node, anything))
        self.assertTrue(draft.accepts(node, anything))
        self.assertEqual([anything], [type_ for _, type_ in draft.again])
        self.assertFalse(draft.accepts(new, INTS))
        self.assertEqual([INTS], draft.typesOf(new))
        self.assertEqual([INTS], closed(draft.typesOf(node)))

    def test_mayChange(self) -> None:
        """
        Items are converted in what is new, and in one place.
        """
        known, node = Numbered(), TrackedList()
        known.add(2, node, [INTS])
        draft = self.draft([3, 0], known=known)
        new = draft.of([3])
        for type_, may in ((INTS, True), (OPEN[list], True), (ListOf(INTS), False)):
            draft.accepts(new, type_)
            self.assertIs(may, draft.mayChange(new))
        self.assertFalse(draft.mayChange(node))
