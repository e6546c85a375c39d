# -*- test-case-name: pbcopy.test.test_cacheable -*-
"""
Tests for L{pbcopy._cacheable}.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from twisted.spread import pb as stock
from twisted.spread.jelly import jelly

from pbcopy import pb, statusOf
from pbcopy.test.ponds import ReplicaTestCase, register
from pbcopy.testing import Connection, connect


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
