# -*- test-case-name: pbcopy.test.test_lifetimes -*-
"""
Tests that run L{pbcopy.test.lifetimes} for each pairing of flavors.
"""

from __future__ import annotations

import os
from typing import Any

from twisted.python.reflect import requireModule
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy.pb

EXAMPLES = int(os.environ.get("PBCOPY_EXAMPLES", "40"))
"""How many histories each machine tries.  A long run sets more."""


class LifetimeTests(SynchronousTestCase):
    """
    Whatever happens, replicas are right, and nothing is left when it is over.
    """

    if requireModule("hypothesis") is None:
        skip = "Hypothesis is not installed"

    def tryAll(self, sends: Any, receives: Any) -> None:
        """
        Try many histories.
        """
        from pbcopy.test.lifetimes import run

        run(self, sends, receives, EXAMPLES)

    def test_pbcopyToPbcopy(self) -> None:
        """
        With pbcopy's flavors on both sides.
        """
        self.tryAll(pbcopy.pb, pbcopy.pb)

    def test_pbcopyToStock(self) -> None:
        """
        With stock flavors on the receiving side.
        """
        self.tryAll(pbcopy.pb, stock)

    def test_stockToPbcopy(self) -> None:
        """
        With stock flavors on the sending side.
        """
        self.tryAll(stock, pbcopy.pb)
