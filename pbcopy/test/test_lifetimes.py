# -*- test-case-name: pbcopy.test.test_lifetimes -*-
"""
Tests that run L{pbcopy.test.lifetimes}.
"""

from __future__ import annotations

import os

from twisted.python.reflect import requireModule
from twisted.trial.unittest import SynchronousTestCase

EXAMPLES = int(os.environ.get("PBCOPY_EXAMPLES", "200"))
"""How many histories each machine tries.  A long run sets more."""


class LifetimeTests(SynchronousTestCase):
    """
    Whatever happens, replicas are right, and nothing is left when it is over.
    """

    if requireModule("hypothesis") is None:
        skip = "Hypothesis is not installed"

    def tryAll(self, *names: str) -> None:
        """
        Try many histories with connections of these kinds.
        """
        from pbcopy.test.holders import Kind
        from pbcopy.test.lifetimes import run

        run(self, [Kind[name] for name in names], EXAMPLES)

    def test_pbcopyToPbcopy(self) -> None:
        """
        With pbcopy's flavors on both sides.
        """
        self.tryAll("PBCOPY")

    def test_pbcopyToStock(self) -> None:
        """
        With stock flavors on the receiving side.
        """
        self.tryAll("STOCK_CLIENT")

    def test_stockToPbcopy(self) -> None:
        """
        With stock flavors on the sending side.
        """
        self.tryAll("STOCK_SERVER")

    def test_mixed(self) -> None:
        """
        With all of these in one history.
        """
        self.tryAll("PBCOPY", "PBCOPY", "STOCK_CLIENT", "STOCK_SERVER")
