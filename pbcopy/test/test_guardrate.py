# -*- test-case-name: pbcopy.test.test_guardrate -*-
"""
Tests for L{pbcopy._guardrate}.
"""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._guardrate import Rate


class RateTests(SynchronousTestCase):
    """
    What happens in a second is counted.
    """

    def test_another(self) -> None:
        """
        The count begins anew a second after it began.
        """
        clock = Clock()
        rate = Rate(clock.seconds)
        self.assertEqual([1, 2], [rate.another(), rate.another()])
        clock.advance(0.75)
        self.assertEqual(3, rate.another())
        clock.advance(0.25)
        self.assertEqual(1, rate.another())
        clock.advance(100)
        self.assertEqual([1, 2], [rate.another(), rate.another()])
