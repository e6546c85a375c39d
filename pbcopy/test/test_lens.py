# -*- test-case-name: pbcopy.test.test_lens -*-
"""
Tests for L{pbcopy._lens}: what a viewer gets, and what it cannot know by that.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _sharing
from pbcopy._adoption import attributesOf
from pbcopy._lens import Lens
from pbcopy.errors import Unsendable
from pbcopy.test import sharedponds
from pbcopy.test.sharedponds import Duck, Pond, give, meet
from pbcopy.testing import endTurn


def lensOf(master: Any, perspective: Any = None) -> Lens:
    """
    Find what a perspective has of a master.
    """
    for audience in _sharing._audiences.values():
        lens = audience.lens
        if lens.master is master and lens.perspective == perspective:
            return lens
    raise AssertionError(f"{perspective!r} has no lens")


class UndeclaredDuck(Duck):
    """
    One whose class was not declared.
    """


class KnownTests(SynchronousTestCase):
    """
    A lens knows the nodes that its receivers have, and no others.
    """

    def setUp(self) -> None:
        """
        Have a pond with a duck, and a replica.
        """
        self.patch(sharedponds, "SEERS", {"owner"})
        self.pond = Pond(ducks=[Duck("swan")])
        self.connection = meet()
        self.view = give(self.connection, self.pond)
        self.lens = lensOf(self.pond)

    def close(self) -> None:
        """
        Lose the connection.  Nothing is left of the lens.
        """
        self.connection.cut()
        endTurn()
        self.assertEqual(({}, {}), (self.lens._known, self.lens._rights))
        self.assertNotIn(self.lens, attributesOf(self.pond).watchers)

    def test_undeclared(self) -> None:
        """
        What cannot be sent, as its class was not declared, can leave again, and
        does not keep the rights of others from being asked for.
        """
        self.pond.ducks.append(UndeclaredDuck("coot"))
        self.assertEqual(1, len(self.flushLoggedErrors(Unsendable)))
        sharedponds.SEERS = set()
        pbcopy.viewersChanged(self.pond)
        self.pond.ducks.pop()
        self.close()
        self.assertEqual([], self.flushLoggedErrors())

    def test_notSent(self) -> None:
        """
        What has left by a change that could not be sent is not known any more, and
        what happens to it is not sent.
        """
        swan, before = self.pond.ducks[0], len(self.lens._known)
        self.pond.ducks[0] = Duck("half of a pair: \ud800")
        self.assertEqual(1, len(self.flushLoggedErrors(Unsendable)))
        self.pond.ducks[0] = Duck("coot")
        self.connection.deliver()
        swan.name = "secret"
        self.assertEqual(b"", bytes(self.connection.fromServer.take(None)))
        self.assertEqual("coot", self.view.ducks[0].name)
        self.assertEqual(before, len(self.lens._known))
        del swan
        pbcopy.viewersChanged(self.pond)
        self.close()
        self.assertEqual([], self.flushLoggedErrors())
