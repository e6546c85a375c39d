# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
Tests that run L{pbcopy.test.replicating}.
"""

from __future__ import annotations

import os

from twisted.python.reflect import requireModule
from twisted.trial.unittest import SynchronousTestCase

EXAMPLES = int(os.environ.get("PBCOPY_EXAMPLES", "40"))
"""How many histories each machine tries.  A long run sets more."""


class ReplicatingTests(SynchronousTestCase):
    """
    Whatever happens, a replica is what its viewer may see of the master, and no
    viewer is sent anything else.
    """

    if requireModule("hypothesis") is None:
        skip = "Hypothesis is not installed"

    def tryAll(self, *names: str) -> None:
        """
        Try many histories with clients of these kinds.
        """
        from pbcopy.test.clients import Kind
        from pbcopy.test.replicating import run

        run(self, [Kind[name] for name in names], EXAMPLES)

    def test_declared(self) -> None:
        """
        With declared replicas.
        """
        self.tryAll("DECLARED")

    def test_stock(self) -> None:
        """
        With receivers that are written by hand, on Twisted's flavors.
        """
        self.tryAll("STOCK")

    def test_late(self) -> None:
        """
        With declared replicas, and peers that do not know of each other before an
        object comes.
        """
        self.tryAll("LATE")

    def test_mixed(self) -> None:
        """
        With all of these in one history.
        """
        self.tryAll("DECLARED", "LATE", "STOCK")
