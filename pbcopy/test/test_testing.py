# -*- test-case-name: pbcopy.test.test_testing -*-
"""
Tests for L{pbcopy.testing}.
"""

from __future__ import annotations

from typing import Any
from unittest import TestResult

from twisted.spread import pb
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import FailTest, SynchronousTestCase

from pbcopy import _turn
from pbcopy._registry import copyTags
from pbcopy.test.pacedponds import Gauge
from pbcopy.test.ponds import register
from pbcopy.test.sharedponds import give, meet
from pbcopy.testing import assertRefused, sendAcross, useClock


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


class ClockTests(SynchronousTestCase):
    """
    The rates of fields go by a clock of the test's.
    """

    def test_rate(self) -> None:
        """
        What may wait leaves when the clock says so, and not before.
        """
        clock = useClock(self)
        gauge, connection = Gauge(), meet()
        view = give(connection, gauge)
        for level, seconds in ((1, 0.0), (2, 0.24)):
            gauge.level = level
            clock.advance(seconds)
            connection.deliver()
        self.assertEqual(1, view.level)
        clock.advance(0.01)
        connection.deliver()
        self.assertEqual(2, view.level)
        self.assertEqual([], clock.getDelayedCalls())

    def test_end(self) -> None:
        """
        When the test ends, it is as it was.
        """
        before = _turn.installed

        class Case(SynchronousTestCase):
            def runTest(case) -> None:
                self.assertIs(useClock(case), _turn.installed())

        result = TestResult()
        Case().run(result)
        self.assertTrue(result.wasSuccessful())
        self.assertIs(before, _turn.installed)
