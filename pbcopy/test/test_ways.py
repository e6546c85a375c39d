"""
Tests for L{pbcopy._ways}.
"""

from __future__ import annotations

import datetime
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._lens import Lens
from pbcopy._ways import wayTo
from pbcopy.errors import Unsendable
from pbcopy.test.sharedponds import Duck, Pond, give, meet


class Zone(datetime.tzinfo):
    """
    One that cannot be sent.
    """

    def utcoffset(self, when: Any) -> datetime.timedelta:
        return datetime.timedelta(0)

    dst = utcoffset

    def tzname(self, when: Any) -> str:
        return "none"


NOON = datetime.datetime(2026, 1, 1, 12, tzinfo=Zone())


class WayToTests(SynchronousTestCase):
    """
    What goes along with a state has a place there.
    """

    def wayIn(self, pond: Pond, index: int = 0) -> str:
        """
        Give the place of something that goes along.
        """
        packed, objects = Lens(pond, None, lambda operation: None).state()
        self.assertLess(index, len(objects))
        return wayTo(index, packed)

    def test_ways(self) -> None:
        """
        It is found in objects, lists, dicts, sets and tuples.
        """
        self.assertEqual(".things", self.wayIn(Pond(things=NOON)))
        self.assertEqual(".things[1][0]", self.wayIn(Pond(things=[1, (NOON,)])))
        self.assertEqual(".things{…}", self.wayIn(Pond(things={NOON})))
        self.assertEqual(".n.a[0]", self.wayIn(Pond(named={"a": [NOON]})))
        duck = Duck("swan", friend=frozenset([NOON]))
        self.assertEqual(".ducks[0].friend[0]", self.wayIn(Pond(ducks=[duck])))
        self.assertEqual(".things[1]", self.wayIn(Pond(things=[2**70, NOON]), 1))
        self.assertTrue(self.wayIn(Pond(things={NOON: 1})).startswith(".things["))

    def test_cycle(self) -> None:
        """
        A state may have itself in it.
        """
        things: list[Any] = []
        pond = Pond(things=things, plan=NOON)
        pond.things.append(pond.things)
        self.assertEqual("", wayTo(7, Lens(pond, None, lambda each: None).state()[0]))

    def test_unsendable(self) -> None:
        """
        The error for what cannot be sent has its place, also if it is in another
        master.
        """
        duck = Duck("swan", friend=NOON)
        for pond, where in (
            (Pond(ducks=[duck]), "Pond.ducks[0].friend"),
            (Pond(things=[Pond(), Pond(things=(NOON,))]), "Pond.things[1].things[0]"),
        ):
            error = self.assertRaises(Unsendable, give, meet(), pond)
            self.assertEqual(where, error.where)

    def test_unseen(self) -> None:
        """
        It is not a place that the receiver does not see.
        """
        pond = Pond(plan=[NOON], tags={1}, things=[1, [NOON]])
        error = self.assertRaises(Unsendable, give, meet(), pond, "somebody")
        self.assertEqual("Pond.things[1][0]", error.where)
