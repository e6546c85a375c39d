# -*- test-case-name: pbcopy.test.test_tables -*-
"""
Tests for L{pbcopy._tables}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock

from pbcopy._channel import HUB
from pbcopy.test.ponds import ReplicaTestCase
from pbcopy.testing import connect


class TableTests(ReplicaTestCase):
    """
    The Broker's tables hold what is there, and no more.
    """

    def test_theBrokersOwnLimit(self) -> None:
        """
        C{pb.MAX_BROKER_REFS}, to whatever it is set, does not count for caches.
        """
        self.patch(stock, "MAX_BROKER_REFS", 1)
        ponds = [self.kit.Pond() for _ in range(5)]
        self.assertIsNone(self.successResultOf(self.give(ponds)))
        self.assertEqual([1] * 5, [len(pond.observers) for pond in ponds])

    def test_errbacksThatCallObservers(self) -> None:
        """
        When a connection is lost, an errback of an outstanding call may call
        observers: all that stop observing are told.
        """
        connections = [connect(self.kit.Root(self.pond)) for _ in range(2)]
        views = [self.fetch(connection) for connection in connections]

        def tellTheOthers(failure: Any) -> None:
            self.pond.add("lost one")

        lost = connections[0].server
        for _ in range(3):
            call = lost.remoteForName(HUB).callRemote("hello")
            call.addErrback(tellTheOthers)
        connections[0].cut()
        self.assertEqual(1, len(self.pond.stopped))
        connections[1].deliver()
        self.assertEqual(self.pond.ducks, views[1].ducks)
