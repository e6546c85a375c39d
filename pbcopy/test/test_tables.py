# -*- test-case-name: pbcopy.test.test_tables -*-
"""
Tests for L{pbcopy._tables}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure
from twisted.spread import banana
from twisted.spread import pb as stock

from pbcopy._hub import HUB
from pbcopy._tables import whenLost
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

    def test_anUpdateWithoutAnId(self) -> None:
        """
        An update that fails before it gets an id does not make the Broker
        forget another call.
        """
        view = self.fetch()
        call = self.connection.server.remoteForName(HUB).callRemote("hello")
        observer = self.pond.observers[0]
        failed = observer.callRemote("add", 1, pbanswer=False, pbcallback=len)
        self.assertIsNone(failed)
        self.connection.deliver()
        self.successResultOf(call)
        self.assertEqual(1, len(self.flushLoggedErrors(AssertionError)))
        del view

    if not __debug__:
        test_anUpdateWithoutAnId.skip = (  # type: ignore[attr-defined]
            "Twisted's check of the arguments is an assert"
        )

    def test_whenLost(self) -> None:
        """
        Whoever wants to know why a connection is lost is told; where a Broker of
        somebody's own notifies, that it is lost.
        """
        reasons: list[BaseException] = []
        whenLost(self.connection.server, reasons.append)
        self.connection.server.disconnects[-1]()
        self.connection.cut(Failure(ConnectionLost("a cable")))
        own, known = reasons
        self.assertIsInstance(own, stock.PBConnectionLost)
        self.assertEqual("a cable", known.args[0])

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

    def test_anUpdateThatCannotBeEncoded(self) -> None:
        """
        An update that Banana refuses is not waited for.
        """

        class Odd(stock.Jellyable):
            def jellyFor(self, jellier: Any) -> Any:
                return [b"odd", "text"]

        view = self.fetch()
        call = self.pond.observers[0].callRemote("add", Odd())
        self.failureResultOf(call, banana.BananaError)
        self.assertEqual({}, self.connection.server.waitingForAnswers)
        del view
