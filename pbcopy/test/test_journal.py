# -*- test-case-name: pbcopy.test.test_journal -*-
"""
Tests for L{pbcopy._journal}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._adoption import attributesOf
from pbcopy._journal import MOST_LOGGED, Journal
from pbcopy._nodes import watch
from pbcopy._operations import Operation, Splice
from pbcopy.test.nodes import Pond


class Watcher:
    """
    Has a journal hear of each change of a node.
    """

    def __init__(self, *nodes: Any) -> None:
        self.journal = Journal()
        for node in nodes:
            watch(node, self)

    def permit(self, operation: Operation) -> None:
        """
        Permit it.
        """

    def about(self, operation: Operation) -> None:
        """
        Note it.
        """
        self.journal.about(operation)

    def changed(self, operation: Operation) -> None:
        """
        It is known.
        """


class JournalTests(SynchronousTestCase):
    """
    A journal keeps what was there before the first change.
    """

    def setUp(self) -> None:
        """
        Watch the attributes of a pond, and its ducks.
        """
        self.pond = Pond()
        self.attributes, self.ducks = attributesOf(self.pond), self.pond.ducks
        self.watcher = Watcher(self.attributes, self.ducks)
        self.journal = self.watcher.journal

    def test_nothing(self) -> None:
        """
        Where nothing has changed, there is nothing in it.
        """
        self.assertEqual(([], 0), (self.journal.changes(), self.journal.size))
        self.assertNotIn(self.ducks, self.journal)

    def test_before(self) -> None:
        """
        It has what was before, and when each attribute was first changed.
        """
        before = self.attributes.fields()
        self.pond.colour = "blue"
        self.ducks.append(1)
        self.pond.ducks = []
        self.pond.colour = "red"
        attributes, ducks = self.journal.changes()
        self.assertEqual(before, attributes.before)
        self.assertEqual({"colour": 1, "ducks": 3}, attributes.turns)
        self.assertEqual([], ducks.before)
        self.assertIn(self.ducks, self.journal)

    def test_size(self) -> None:
        """
        It knows how many values it keeps; those that came and went do not count.
        """
        self.ducks += [1, 2]
        size = self.journal.size
        self.ducks += [3, 4, 5]
        self.assertEqual(size + 3, self.journal.size)
        del self.ducks[2:]
        self.assertEqual(size, self.journal.size)

    def test_log(self) -> None:
        """
        What was done to a list is merged, where one operation does it.
        """
        for number in range(5):
            self.ducks.append(number)
        (change,) = self.journal.changes()
        self.assertEqual([Splice], [type(each) for each in change.log])

    def test_aLongLog(self) -> None:
        """
        A log that says more than the contents do is not kept, nor begun again.
        """
        self.ducks += range(10)
        self.journal = Watcher(self.ducks).journal
        for _ in range(MOST_LOGGED):
            self.ducks[0] += 1
            self.ducks[9] += 1
        (change,) = self.journal.changes()
        self.assertEqual([], change.log)
        self.ducks.append(1)
        self.assertEqual([], change.log)
        self.assertLess(self.journal.size, MOST_LOGGED)

    def test_anOwner(self) -> None:
        """
        It keeps the object whose attributes have changed.
        """
        pond = Pond()
        watcher = Watcher(attributesOf(pond))
        pond.colour = "blue"
        del pond
        (change,) = watcher.journal.changes()
        self.assertEqual("blue", change.node.owner().colour)
