# -*- test-case-name: pbcopy.test.test_audience -*-
"""
Tests for L{pbcopy._audience}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _sharing
from pbcopy._audience import Audience
from pbcopy.errors import Unsendable
from pbcopy.test.sharedponds import Pond, give, meet


class AudienceTests(SynchronousTestCase):
    """
    All who look with one perspective are one audience.
    """

    def setUp(self) -> None:
        """
        Make a pond.
        """
        self.pond = Pond()

    def audiences(self) -> list[Audience]:
        """
        Give those of the pond.
        """
        audiences = _sharing._audiences.values()
        return [each for each in audiences if each.lens.master is self.pond]

    def test_perspectives(self) -> None:
        """
        There is one for each perspective, for as long as it has somebody.
        """
        connections = [meet() for _ in range(3)]
        views = [give(each, self.pond) for each in connections[:2]]
        views.append(give(connections[2], self.pond, "owner"))
        self.assertEqual(2, len(self.audiences()))
        self.assertEqual(
            [None, "owner"], [each.lens.perspective for each in self.audiences()]
        )
        for each in connections:
            each.cut()
        self.assertEqual([], self.audiences())
        self.assertEqual(3, len(views))

    def test_empty(self) -> None:
        """
        One that has nobody, or somebody who waits for a change alone, says so.
        """
        audience, heard = Audience("key", self.pond, None), list[Any]()
        self.assertTrue(audience.isEmpty())
        audience.await_("me", lambda: heard.append(1))
        self.assertFalse(audience.isEmpty())
        audience.leave("me")
        self.assertTrue(audience.isEmpty())
        self.pond.depth = 1.0
        self.assertEqual([], heard)

    def test_inABlock(self) -> None:
        """
        Nobody joins while the master is being changed.
        """
        connection = meet()
        with pbcopy.changing(self.pond):
            self.assertRaises(Unsendable, give, connection, self.pond)
        self.assertTrue(give(connection, self.pond))
