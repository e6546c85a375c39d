# -*- test-case-name: pbcopy.test.test_net -*-
"""
Tests for L{pbcopy._net}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._adoption import attributesOf
from pbcopy._journal import Journal
from pbcopy._lens import Lens
from pbcopy._net import netOf
from pbcopy._operations import Operation, Set, Splice
from pbcopy.test.sharedponds import Duck, Pond


class NetTests(SynchronousTestCase):
    """
    The net is what leads from what was to what is.
    """

    def setUp(self) -> None:
        """
        Have a lens for a pond, and a journal of what happens.
        """
        self.pond = Pond(ducks=[Duck("first"), Duck("second")])
        self.journal, self.told = Journal(), list[Operation]()
        self.lens = Lens(self.pond, None, self.told.append, self.journal.about)
        self.lens.state()
        self.mark = self.lens.mark()

    def net(self, *besides: Any) -> list[Any]:
        """
        Give the net.
        """
        return netOf(self.lens, self.journal.changes(), self.mark, besides)

    def test_fields(self) -> None:
        """
        Of a field it has the last value, in the order of the first changes; what
        is as it was is not in it.
        """
        self.pond.depth = 1.0
        self.pond.colour = "blue"
        self.pond.depth = 2.0
        self.pond.things = 1
        self.pond.things = None
        depth, colour = self.net()
        self.assertEqual(("depth", 2.0), (depth.name, depth.new))
        self.assertEqual(("colour", "blue"), (colour.name, colour.new))

    def test_hidden(self) -> None:
        """
        What the perspective does not see, and what is told otherwise, is not in
        it.
        """
        self.pond.plan = "secret"
        self.pond.depth = 1.0
        key = id(attributesOf(self.pond)), "depth"
        self.assertEqual(1, len(self.net()))
        self.assertEqual([], self.net(key))

    def test_new(self) -> None:
        """
        A node that the receivers did not have is in the operation that brings
        it, whatever has happened to it since.
        """
        duck = Duck("third")
        self.pond.ducks.append(duck)
        self.lens.delta(self.told)
        duck.age = 7
        (splice,) = self.net()
        self.assertEqual((Splice, [duck]), (type(splice), splice.new))

    def test_goneAndBack(self) -> None:
        """
        A node that was dropped and came back is new.
        """
        duck = self.pond.ducks.pop()
        self.lens.drop(self.told)
        self.pond.ducks.append(duck)
        (splice,) = self.net()
        self.assertEqual((1, 2, [duck]), (splice.start, splice.stop, splice.new))
        friend = self.pond.ducks[0].friend = self.pond.ducks.pop()
        (first, second) = self.net()
        self.assertEqual((Splice, []), (type(first), first.new))
        self.assertEqual((Set, friend), (type(second), second.new))

    def test_log(self) -> None:
        """
        Of a list it has what was done, where that is less than what differs.
        """
        self.pond.things = list(range(100))
        self.lens.delta(self.told)
        mark = self.lens.mark()
        journal = Journal()
        self.lens.about = journal.about
        self.pond.things[0] = -1
        self.pond.things[99] = -2
        net = netOf(self.lens, journal.changes(), mark)
        self.assertEqual([1, 1], [len(list(each.came())) for each in net])
