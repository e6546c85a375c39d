# -*- test-case-name: pbcopy.test.test_cacheable -*-
"""
Tests for L{pbcopy._cacheable}.
"""

from __future__ import annotations

import gc
import random
from asyncio import CancelledError
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import pb as stock
from twisted.spread.jelly import jelly

from pbcopy import pb, statusOf
from pbcopy._hub import hubOf
from pbcopy.test.ponds import ReplicaTestCase, register
from pbcopy.testing import Connection, connect, endTurn


class SavedPond(pb.Cacheable):
    """
    A pond that can be pickled.
    """

    observers: list[Any]


class Box(pb.Copyable, pb.RemoteCopy):
    """
    What has other objects in it.
    """

    things: Any

    def __init__(self, called: Callable[[], object] = lambda: None) -> None:
        self.called = called

    def getStateToCopy(self) -> Any:
        """
        Tell that this is sent.
        """
        self.called()
        return {"things": vars(self).get("things")}


class PublicationTests(ReplicaTestCase):
    """
    A cacheable is sent once, and then mentioned.
    """

    def test_sentOnce(self) -> None:
        """
        A connection has one observer, however often the object is sent, and
        once it is only dropped C{stoppedObserving} is called, once.
        """
        connection = connect(self.root)
        views = [self.fetch(connection) for _ in range(3)]
        self.assertEqual(1, len(self.pond.observers))
        del views[1:]
        connection.collect()
        self.assertEqual([], self.pond.stopped)
        views.clear()
        connection.collect()
        self.assertEqual(1, len(self.pond.stopped))
        connection.cut()
        self.assertEqual(1, len(self.pond.stopped))

    def test_wire(self) -> None:
        """
        What is sent is C{[type, luid, state]}, and then C{['cached', luid]}.
        """
        broker = connect(self.root).server
        state = [b"dictionary", [[b"unicode", b"ducks"], [b"list"]]]
        self.pond.ducks = []
        tag = self.pond.getTypeToCopy()
        self.assertEqual([tag, 1, state], broker.serialize(self.pond))
        self.assertEqual([b"cached", 1], broker.serialize(self.pond))

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

    def test_sentAgainWhileItStops(self) -> None:
        """
        A C{stoppedObserving} that sends the object again starts a new
        observation.
        """
        connection = connect(self.root)
        views = [self.fetch(connection)]
        server = connection.server
        received: list[Any] = []
        connection.client.setNameForLocal("table", self.kit.Root())
        table = connection.client.localObjectForID("table")
        table.given = received

        def again(perspective: Any, observer: Any) -> None:
            self.pond.observers.remove(observer)
            del self.pond.stoppedObserving
            server.remoteForName("table").callRemote("give", self.pond)

        self.pond.stoppedObserving = again
        views.clear()
        connection.collect()
        self.assertEqual(1, len(self.pond.observers))
        self.pond.add("ugly duckling")
        connection.deliver()
        self.assertEqual(self.pond.ducks, received[0].ducks)
        self.assertIs(connection.client, received[0].broker)

    def test_sentMeanwhile(self) -> None:
        """
        A method that gives the state of another object of the message may send
        it in an update: it is sent once, and is one object.
        """
        self.fetch()
        first, pond = self.fetch(), self.kit.Pond(["two ducks"])
        box = Box()
        box.things = [Box(lambda: self.pond.add(pond)), pond]
        self.root.pond = box
        register(self, pb, (Box, Box))
        view = self.fetch().things[1]
        self.assertIs(first.ducks[-1], view)
        pond.add("three ducks")
        self.connection.deliver()
        self.assertEqual(pond.ducks, view.ducks)
        self.assertEqual(1, len(pond.observers))

    def test_mentionedInAnotherMessage(self) -> None:
        """
        While a message is being made, a mention of what is in it cannot leave
        before it.  It fails with its sender, and a fresh state makes good for
        it.
        """
        first, pond = self.fetch(), self.kit.Pond(["two ducks"])
        box = Box()
        box.things = [pond, Box(lambda: self.pond.add(pond))]
        self.root.pond = box
        register(self, pb, (Box, Box))
        view = self.fetch().things[0]
        pond.add("three ducks")
        self.connection.deliver()
        self.assertEqual(pond.ducks, view.ducks)
        self.assertIs(view, first.ducks[-1])
        self.assertTrue(statusOf(first).isLive)
        self.assertEqual(1, len(pond.observers))

    def test_theDefaultState(self) -> None:
        """
        A cacheable that overrides nothing is sent as a copyable is.
        """

        class Plain(pb.Cacheable):
            pass

        register(self, pb, (Plain, self.kit.View))
        self.root.pond = Plain()
        self.root.pond.frogs = 7
        connection = connect(self.root)
        view = self.fetch(connection)
        self.assertEqual(7, view.frogs)
        del view
        connection.collect()
        self.assertEqual({}, connection.server.remotelyCachedObjects)

    def test_aStateThatCannotBeGot(self) -> None:
        """
        When C{getStateToCacheAndObserveFor} raises, or its state cannot be
        sent, C{stoppedObserving} is called, nothing is left, and the next send
        just works.
        """
        connection = connect(self.kit.Root())

        def failing(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            raise RuntimeError("no state today")

        def unsendable(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            return {"view": self.kit.View()}

        for hook in (failing, unsendable):
            self.pond.getStateToCacheAndObserveFor = hook
            call = connection.root.callRemote("give", self.pond)
            self.failureResultOf(call)
            self.assertEqual([], self.pond.observers)
            self.assertEqual({}, connection.client.remotelyCachedObjects)
            self.assertEqual({}, connection.client.remotelyCachedLUIDs)
        del self.pond.getStateToCacheAndObserveFor
        call = connection.root.callRemote("give", self.pond)
        connection.deliver()
        self.assertIsNone(self.successResultOf(call))

    def test_theReasonIsNotHidden(self) -> None:
        """
        The caller sees what C{getStateToCacheAndObserveFor} raised, though
        C{stoppedObserving} raises too, for an observer that it never had.
        """

        def failing(perspective: Any, observer: Any) -> Any:
            raise KeyError("no state today")

        self.pond.getStateToCacheAndObserveFor = failing
        call = connect(self.kit.Root()).root.callRemote("give", self.pond)
        self.failureResultOf(call, KeyError)
        self.assertEqual(1, len(self.flushLoggedErrors(ValueError)))

    def test_afterTheConnectionIsLost(self) -> None:
        """
        Serializing for a connection that is gone fails with
        C{DeadReferenceError}.
        """
        connection = connect(self.root)
        connection.cut()
        with self.assertRaises(stock.DeadReferenceError):
            connection.server.serialize(self.pond)

    def test_stored(self) -> None:
        """
        Without a Broker, the attributes of a cacheable are stored.
        """
        self.assertEqual(self.pond.getTypeToCopy(), jelly(self.pond)[0])

    def test_aRaisingStoppedObserving(self) -> None:
        """
        A C{stoppedObserving} that raises is logged; the others are told, and
        its observer is inert.
        """
        other = self.kit.Pond()
        connection = connect(self.root)
        views = [self.fetch(connection)]
        self.root.pond = other
        views.append(self.fetch(connection))
        observer = self.pond.observers[0]
        self.pond.observers = []
        connection.cut()
        self.assertEqual(1, len(self.flushLoggedErrors(ValueError)))
        self.assertEqual([], other.observers)
        self.failureResultOf(observer.callRemote("add", 1), stock.DeadReferenceError)


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


class SeedTests(ReplicaTestCase):
    """
    The pattern that applications use: a container of observers, and
    C{o.callRemote(…).addErrback(lambda f: None)}.
    """

    CLIENTS = 1000

    def test_aThousandObservers(self) -> None:
        """
        With a thousand observers in a list, of whom a random tenth goes and
        comes at each of ten changes, each replica equals the pond.
        """
        self.comeAndGo()

    def test_inASet(self) -> None:
        """
        Likewise in a set.
        """
        self.pond.observers = _AddingSet()
        self.comeAndGo(clients=200)

    def test_inADict(self) -> None:
        """
        Likewise in a dict whose keys are pairs with the perspective.
        """
        self.pond.observers = _KeyedByPair()
        self.comeAndGo(clients=200)

    def comeAndGo(self, clients: int = CLIENTS) -> None:
        """
        Have clients come and go while the pond changes.
        """
        chance = random.Random(7)
        held: dict[Connection, Any] = {}
        for _ in range(clients):
            connection = connect(self.root)
            held[connection] = self.fetch(connection)
        for change in range(10):
            for connection in chance.sample(list(held), clients // 10):
                del held[connection]
                if chance.random() < 0.5:
                    connection.cut()
                    connection = connect(self.root)
                held[connection] = self.fetch(connection)
            self.pond.add(f"duck {change}")
            self.assertEqual(clients, len(self.pond.observers))
        for connection, view in held.items():
            connection.deliver()
            self.assertEqual(self.pond.ducks, view.ducks)
        for connection in held:
            connection.cut()
        self.assertEqual(0, len(self.pond.observers))


class _AddingSet(set):  # type: ignore[type-arg]
    """
    A set of observers, under a list's name for adding.
    """

    def append(self, observer: Any) -> None:
        self.add(observer)


class _KeyedByPair(dict):  # type: ignore[type-arg]
    """
    Observers by perspective and observer, under a list's names.
    """

    def append(self, observer: Any) -> None:
        self[observer.perspective, observer] = observer

    def remove(self, observer: Any) -> None:
        del self[observer.perspective, observer]

    def __iter__(self) -> Any:
        return iter(self.values())
