# -*- test-case-name: pbcopy.test.test_boundary -*-
"""
The howto's page C{boundary.rst} says what the tests show.

The page is found beside the folder of L{pbcopy.test.test_listings}.
"""

from __future__ import annotations

import os
import re

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from pbcopy import limits
from pbcopy.test.hostile import ROWS
from pbcopy.test.test_listings import LISTINGS

PAGE = os.path.join(os.path.dirname(LISTINGS), "boundary.rst")

_TEST = re.compile(r"``pbcopy\.test\.test_hostile\.(\w+\.test_\w+)``")


class BoundaryTests(SynchronousTestCase):
    """
    The page and the tests agree.
    """

    def setUp(self) -> None:
        """
        Read the page.
        """
        if not os.path.exists(PAGE):
            raise SkipTest(f"the howto is not installed: no {PAGE}")
        with open(PAGE, encoding="utf-8") as page:
            self.page = page.read()
        _, self.limits, self.threats = self.page.split("\n.. list-table::\n")

    def test_threats(self) -> None:
        """
        Each thing that is tried is in the table once, and says which Broker it takes;
        nothing else is there.
        """
        cases = {True: "GuardedTests", False: "StockBrokerTests"}
        tests = [f"{cases[row.needsBroker]}.test_{name}" for name, row in ROWS.items()]
        self.assertEqual(sorted(tests), sorted(_TEST.findall(self.threats)))

    def test_eachRowIsShown(self) -> None:
        """
        Each row of the table names a test.
        """
        rows = self.threats.split("\n   * - ")[2:]
        self.assertNotEqual([], rows)
        self.assertEqual([], [row for row in rows if "``pbcopy.test.test_" not in row])

    def test_limits(self) -> None:
        """
        The page has each limit once.
        """
        named = re.findall(r"^   \* - ``(\w+)``$", self.limits, re.MULTILINE)
        self.assertEqual(sorted(limits.__all__), sorted(named))
