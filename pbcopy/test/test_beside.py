"""
Tests for L{pbcopy._beside}.
"""

from __future__ import annotations

import enum
from typing import Any, NamedTuple

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _valueclasses, pb
from pbcopy._beside import Beside
from pbcopy._valueclasses import setUnjellyableForValue
from pbcopy.errors import Violation
from pbcopy.test.sharedponds import give, meet


class Known(enum.Enum):
    """
    What both sides have.
    """

    ONE = 1
    TWO = 2


class Less(enum.Enum):
    """
    An earlier version of that.
    """

    ONE = 1


class Stranger(enum.Enum):
    """
    What the receiver has not.
    """

    ONE = 1


class Spot(NamedTuple):
    """
    A record that the receiver has not.
    """

    x: int


@pbcopy.shared
class Pond(pb.Cacheable):
    """
    A master.
    """

    thing: Any = None
    added: Any = None


@pbcopy.replicaOf(Pond)
class PondView(pb.RemoteCache):
    """
    A replica that was declared before C{added} was.
    """

    thing: Any


del vars(PondView)["__pbcopySchema__"].byWire["added"]


class BesideTests(SynchronousTestCase):
    """
    What goes along is refused only where it is declared as something.
    """

    def setUp(self) -> None:
        """
        Have one class that is registered.
        """
        self.patch(_valueclasses, "_local", {})
        setUnjellyableForValue(Known)
        self.connection = meet()

    def refusal(self, pond: Pond) -> str:
        """
        Give the text with which a pond is refused.
        """
        error = self.assertRaises(Violation, give, self.connection, pond)
        self.assertEqual([], self.flushLoggedErrors())
        return str(error)

    def test_ignored(self) -> None:
        """
        A value of an unknown class in a field that is not declared is ignored, in
        a state and in a change.
        """
        spot = Spot(1)
        for thing in (Stranger.ONE, spot, (spot, spot), frozenset([Stranger.ONE])):
            pond = Pond(thing=Known.ONE, added=thing)
            view = give(self.connection, pond)
            self.assertIs(Known.ONE, view.thing)
            pond.added = [thing, [thing]]
            pond.thing = Known.TWO
            self.connection.deliver()
            self.assertTrue(pbcopy.statusOf(view).isLive)
            self.assertIs(Known.TWO, view.thing)

    def test_refused(self) -> None:
        """
        In one that is declared it is refused, with its place.
        """
        error = self.refusal(Pond(thing=[1, Stranger.ONE]))
        self.assertIn("PondView.thing[1]", error)
        self.assertIn("test_beside.Stranger.ONE: no class is registered", error)
        spot = Spot(1)
        error = self.refusal(Pond(thing=[spot, spot]))
        self.assertIn("PondView.thing[0]", error)
        self.assertIn("PondView.thing[1]", error)

    def test_unknownMember(self) -> None:
        """
        So is a member that the local class has not.
        """
        setUnjellyableForValue("pbcopy.test.test_beside.Known", Less)
        error = self.refusal(Pond(thing={"a": Known.TWO}))
        self.assertIn("PondView.thing.a: ", error)
        self.assertIn("Known.TWO: ", error)
        view = give(self.connection, Pond(thing=Known.ONE, added=Known.TWO))
        self.assertIs(Less.ONE, view.thing)

    def test_change(self) -> None:
        """
        A change that has one where something is declared is refused.
        """
        pond = Pond()
        view = give(self.connection, pond)
        pond.thing = Stranger.ONE
        self.connection.deliver()
        self.assertFalse(pbcopy.statusOf(view).isLive)
        self.assertIn("PondView.thing: ", str(pbcopy.statusOf(view).reason))
        self.flushLoggedErrors()

    def test_pathTo(self) -> None:
        """
        The place of what is in one of them begins with the place of that.
        """
        inner = object()
        beside = Beside([1, (2, inner)])
        self.assertEqual("[1]", beside.pathTo(inner))
        beside.wayTo = "Pond[{}]".format
        self.assertEqual("Pond[1][1]", beside.pathTo(inner))
        self.assertEqual("", beside.pathTo(object()))
