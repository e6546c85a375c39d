# -*- test-case-name: pbcopy.test.test_observed -*-
"""
Tests for L{pbcopy._observed}.
"""

from __future__ import annotations

import gc
from asyncio import CancelledError
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import pb as stock

from pbcopy import pb
from pbcopy._hub import hubOf
from pbcopy.test.ponds import ReplicaTestCase
from pbcopy.testing import connect, endTurn


class PerspectiveTests(ReplicaTestCase):
    """
    Each perspective observes by itself.
    """

    def test_eachPerspectiveHasItsOwn(self) -> None:
        """
        Two perspectives on one connection get a state and an observer each.
        """

        class Secret(pb.Cacheable):
            def getStateToCacheAndObserveFor(self, p: Any, observer: Any) -> Any:
                return {"seen by": p}

        secret, broker = Secret(), connect(self.root).server
        guest = broker.serialize(secret, "guest")
        admin = broker.serialize(secret, "admin")
        self.assertEqual([b"unicode", b"guest"], guest[2][1][1])
        self.assertEqual([b"unicode", b"admin"], admin[2][1][1])
        self.assertEqual([b"cached", admin[1]], broker.serialize(secret, "admin"))

    def test_perspectivesThatAreValues(self) -> None:
        """
        A perspective that is a value is the same when it is made anew; one that
        is no value, or cannot be hashed, is itself.
        """
        pond, broker = self.kit.Pond(), connect(self.root).server
        cached = [b"cached", broker.serialize(pond, ("user", 1000))[1]]
        self.assertEqual(cached, broker.serialize(pond, ("user", 500 + 500)))
        for other in (("user", 1), True, 1, "1", b"1", ([],), object(), None):
            self.assertEqual(3, len(broker.serialize(pond, other)), other)
            self.assertEqual(2, len(broker.serialize(pond, other)), other)


class EndTests(ReplicaTestCase):
    """
    Each observation is told exactly once that it is over, with its own
    observer, whatever is done while another one is told.
    """

    def setUp(self) -> None:
        """
        Have a client with some ponds.
        """
        super().setUp()
        self.ponds = [self.kit.Pond() for _ in range(5)]
        self.root.pond = self.ponds
        self.views = self.fetch()
        self.observers = [pond.observers[0] for pond in self.ponds]

    def lose(self, act: Callable[[Any], object]) -> None:
        """
        Lose the connection, and do C{act} with the observer when the first and
        a later one are told.
        """
        for pond in (self.ponds[0], self.ponds[3]):
            self.when(pond, act)
        self.connection.cut()
        self.assertAllTold()

    def when(self, pond: Any, act: Callable[[Any], object]) -> None:
        """
        Do C{act} with the observer when a pond is told.
        """
        forget = pond.stoppedObserving

        def stoppedObserving(perspective: Any, observer: Any) -> None:
            forget(perspective, observer)
            act(observer)

        pond.stoppedObserving = stoppedObserving

    def assertAllTold(self) -> None:
        """
        Check who was told of what.
        """
        told = [pond.stopped for pond in self.ponds]
        self.assertEqual([[observer] for observer in self.observers], told)
        for observer in self.observers:
            self.failureResultOf(observer.callRemote("add"), stock.DeadReferenceError)

    def test_itRaises(self) -> None:
        """
        It raises.
        """

        def act(observer: Any) -> None:
            raise RuntimeError("not today")

        self.lose(act)
        self.assertEqual(2, len(self.flushLoggedErrors(RuntimeError)))

    def test_itRaisesABaseException(self) -> None:
        """
        It raises what is no C{Exception}.
        """

        def act(observer: Any) -> None:
            raise CancelledError()

        self.lose(act)
        self.assertEqual(2, len(self.flushLoggedErrors(CancelledError)))

    def test_itCallsAllObservers(self) -> None:
        """
        It calls all observers of the connection.
        """
        failed: list[Any] = []

        def act(told: Any) -> None:
            for observer in self.observers:
                observer.callRemote("add", "ugly duckling").addErrback(failed.append)

        self.lose(act)
        self.assertEqual(10, len(failed))

    def test_itSends(self) -> None:
        """
        It sends itself, and another one, over the connection.
        """
        hub = self.connection.server.remoteForName("pbcopy")

        def act(observer: Any) -> None:
            for pond in (observer.cached, self.kit.Pond()):
                with self.assertRaises(stock.DeadReferenceError):
                    hub.callRemote("hello", pond)
                with self.assertRaises(stock.DeadReferenceError):
                    self.connection.server.serialize(pond)

        self.lose(act)
        self.assertEqual([], self.flushLoggedErrors())

    def test_itAnswersACall(self) -> None:
        """
        It answers a call that waits, with another cacheable.  That one is not
        asked for its state.
        """
        waiting: list[Deferred[Any]] = [Deferred(), Deferred()]
        asked: list[Any] = []
        answer = self.kit.Pond()
        answer.getStateToCacheAndObserveFor = lambda *who: asked.append(who)
        self.root.remote_pond = iter(waiting).__next__
        for _ in range(2):
            call = self.connection.root.callRemote("pond")
            call.addErrback(lambda failure: None)
        self.connection.deliver()
        self.lose(lambda observer: waiting.pop().callback(answer))
        self.assertEqual([], asked)
        self.assertEqual(2, len(self.flushLoggedErrors(stock.DeadReferenceError)))

    def test_itPublishesOverAnotherConnection(self) -> None:
        """
        It sends the ponds over another connection: that one is updated.
        """
        other = connect(self.root)
        received: list[Any] = []

        def act(observer: Any) -> None:
            received.append(self.fetch(other))

        self.lose(act)
        self.ponds[0].add("ugly duckling")
        other.deliver()
        self.assertEqual(["ugly duckling"], received[0][0].ducks)

    def test_itLosesAnotherConnection(self) -> None:
        """
        It loses another connection, whose observer is told, too.
        """
        other = connect(self.root)
        self.fetch(other)
        self.observers = [pond.observers[-1] for pond in self.ponds]
        for pond in self.ponds:
            self.assertEqual(2, len(pond.observers))
            pond.stopped = []
        self.when(self.ponds[1], lambda observer: self.connection.cut())
        other.cut()
        self.assertEqual([2] * 5, [len(pond.stopped) for pond in self.ponds])
        self.assertEqual([2] * 5, [len(set(pond.stopped)) for pond in self.ponds])

    def test_itDropsReplicas(self) -> None:
        """
        It drops replicas of the same connection.
        """

        def act(observer: Any) -> None:
            self.views.clear()
            gc.collect()
            endTurn()

        self.lose(act)

    def test_errbacksOfWaitingCalls(self) -> None:
        """
        Before they are told, errbacks of calls that wait send, raise, and call
        observers.
        """
        hub = self.connection.server.remoteForName("pbcopy")

        def act(failure: Any) -> None:
            for observer in self.observers:
                update = observer.callRemote("add", "ugly duckling")
                update.addErrback(lambda failure: None)
            hub.callRemote("hello", self.ponds[0])

        for _ in range(3):
            hub.callRemote("hello").addErrback(act)
        self.lose(lambda observer: None)
        gc.collect()
        self.assertEqual(3, len(self.flushLoggedErrors(stock.DeadReferenceError)))

    def test_itLosesTheConnectionWhenReleased(self) -> None:
        """
        When the replicas are released, it loses the connection.
        """
        self.when(self.ponds[2], lambda observer: self.connection.cut())
        self.views.clear()
        self.connection.collect()
        # The Broker goes on where its tables were.
        self.assertEqual(1, len(self.flushLoggedErrors(TypeError)))
        self.assertAllTold()

    def test_itRaisesWhenReleased(self) -> None:
        """
        When the replicas are released, it raises what is no C{Exception}.
        """

        def act(observer: Any) -> None:
            raise CancelledError()

        self.when(self.ponds[0], act)
        self.views.clear()
        self.connection.collect()
        self.assertEqual(1, len(self.flushLoggedErrors(CancelledError)))
        self.assertAllTold()
        self.assertEqual({}, self.connection.server.remotelyCachedObjects)

    def test_itRaisesWhenForgotten(self) -> None:
        """
        When the peer does not know their ids, it raises what is no
        C{Exception}.
        """

        def act(observer: Any) -> None:
            raise CancelledError()

        self.when(self.ponds[0], act)
        luids = [view.luid for view in self.views]
        hubOf(self.connection.client).forget(*luids)
        self.connection.deliver()
        self.assertEqual(1, len(self.flushLoggedErrors(CancelledError)))
        self.assertAllTold()
        self.assertFalse(self.connection.lost)

    def test_theConnectionIsLostWhileAStateIsComputed(self) -> None:
        """
        The connection is lost while a state is computed, which then fails.
        """

        def failing(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            self.connection.cut()
            raise RuntimeError("no state today")

        self.pond.getStateToCacheAndObserveFor = failing
        with self.assertRaises(RuntimeError):
            self.connection.server.serialize(self.pond)
        self.assertEqual(1, len(self.pond.stopped))
        self.assertAllTold()
        self.assertEqual([], self.flushLoggedErrors())
