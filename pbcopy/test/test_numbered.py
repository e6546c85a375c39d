# -*- test-case-name: pbcopy.test.test_numbered -*-
"""
Tests for L{pbcopy._numbered}.
"""

from __future__ import annotations

import gc
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._adoption import attributesOf
from pbcopy._numbered import Numbered, nodeOf, nodesOf, valueOf
from pbcopy._trackedlist import TrackedList
from pbcopy.test.views import Duck


class NumberedTests(SynchronousTestCase):
    """
    A table of nodes.
    """

    def setUp(self) -> None:
        """
        Have a table with one node.
        """
        self.numbered = Numbered()
        self.node: Any = TrackedList(["a"])
        self.numbered.add(3, self.node, ["a type"])

    def test_known(self) -> None:
        """
        A node is found by its number, and has its types.
        """
        self.assertIs(self.node, self.numbered.at(3))
        self.assertEqual(["a type"], self.numbered.typesOf(self.node))
        self.assertEqual([self.node], list(self.numbered.nodes()))
        self.assertEqual(3, self.numbered.last)

    def test_unknown(self) -> None:
        """
        Another one is not, also if it is equal.
        """
        self.assertIsNone(self.numbered.at(4))
        self.assertEqual([], self.numbered.typesOf(TrackedList(["a"])))
        self.assertIsNone(self.numbered.entryOf(TrackedList(["a"])))

    def test_weak(self) -> None:
        """
        A node that is gone is not in it any more, and the table keeps nothing of
        it.
        """
        self.node = None
        gc.collect()
        self.assertIsNone(self.numbered.at(3))
        self.assertEqual([], list(self.numbered.nodes()))
        self.assertEqual(({}, {}), (self.numbered._byNumber, self.numbered._byId))
        self.assertEqual(3, self.numbered.last)

    def test_again(self) -> None:
        """
        A number that stands for another node is not forgotten with the first.
        """
        other: Any = TrackedList()
        self.numbered.add(3, other, [])
        self.node = None
        gc.collect()
        self.assertIs(other, self.numbered.at(3))

    def test_forgotten(self) -> None:
        """
        A node can be forgotten while it is there.
        """
        entry: Any = self.numbered.entryOf(self.node)
        self.numbered.forget(entry)
        self.assertIsNone(self.numbered.at(3))
        self.assertIsNone(self.numbered.entryOf(self.node))

    def test_withoutNumbers(self) -> None:
        """
        Nodes that have no number of the master's are known, and found by none that
        a peer may send.
        """
        others: list[Any] = [TrackedList(), TrackedList()]
        for each in others:
            self.numbered.add(None, each, [])
        self.assertEqual(3, self.numbered.last)
        self.assertEqual(3, len(list(self.numbered.nodes())))
        found = [self.numbered.at(number) for number in range(-5, 5)]
        self.assertEqual([self.node], [each for each in found if each is not None])


class NodeTests(SynchronousTestCase):
    """
    Nodes and values.
    """

    def test_objects(self) -> None:
        """
        The node of an object is its attributes; that of a container itself.
        """
        duck, ducks = Duck("one"), TrackedList()
        self.assertIs(attributesOf(duck), nodeOf(duck))
        self.assertIs(duck, valueOf(attributesOf(duck)))
        self.assertIs(ducks, nodeOf(ducks))
        self.assertIs(ducks, valueOf(ducks))

    def test_nodesOf(self) -> None:
        """
        They may be in tuples.
        """
        duck, ducks = Duck("one"), TrackedList()
        found = nodesOf([1, "a", ducks, (duck, (ducks,))])
        self.assertEqual(3, len(found))
        self.assertIs(attributesOf(duck), found[1])
