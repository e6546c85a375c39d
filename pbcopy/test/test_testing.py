# -*- test-case-name: pbcopy.test.test_testing -*-
"""
Tests for L{pbcopy.testing}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import FailTest, SynchronousTestCase

from pbcopy._registry import copyTags
from pbcopy.test.ponds import register
from pbcopy.testing import assertRefused, sendAcross


class Frogs(pb.Copyable, pb.RemoteCopy):
    """
    What is sent; a stock flavor.
    """


class HelperTests(SynchronousTestCase):
    """
    L{sendAcross} and L{assertRefused} say what arrives.
    """

    def test_sendAcross(self) -> None:
        """
        An object arrives, as an argument and as an answer.
        """
        register(self, pb, (Frogs, Frogs))
        for asAnswer in (False, True):
            frogs: Any = Frogs()
            frogs.count = 7
            arrived = sendAcross(frogs, asAnswer)
            self.assertIsNot(frogs, arrived)
            self.assertEqual(7, arrived.count)

    def test_sendAcrossFails(self) -> None:
        """
        What is refused raises.
        """
        self.assertRaises(InsecureJelly, sendAcross, Frogs())
        self.flushLoggedErrors(InsecureJelly)

    def test_sendAcrossIsNotAnswered(self) -> None:
        """
        An answer that a stock Broker cannot take leaves its call waiting for
        ever; L{sendAcross} says so, and why.
        """
        error = self.assertRaises(FailTest, sendAcross, Frogs(), asAnswer=True)
        self.flushLoggedErrors(InsecureJelly)
        self.assertIn("not answered: InsecureJelly('Module pbcopy", str(error))

    def test_assertRefused(self) -> None:
        """
        The exception is returned.
        """
        self.assertIsInstance(assertRefused(Frogs()), InsecureJelly)
        self.assertEqual(1, len(self.flushLoggedErrors(InsecureJelly)))

    def test_assertRefusedAsAnswer(self) -> None:
        """
        An object that costs the connection is not refused.
        """
        error = self.assertRaises(FailTest, assertRefused, Frogs(), asAnswer=True)
        self.assertIn("cost the connection: InsecureJelly", str(error))
        self.flushLoggedErrors(InsecureJelly)

    def test_assertRefusedFails(self) -> None:
        """
        An object that arrives, or fails otherwise, fails the test.
        """
        register(self, pb, (Frogs, Frogs))
        self.assertRaises(FailTest, assertRefused, Frogs())
        copyTags.pop(Frogs().getTypeToCopy())
        self.assertRaises(FailTest, assertRefused, Frogs(), KeyError)
        self.flushLoggedErrors(InsecureJelly)
