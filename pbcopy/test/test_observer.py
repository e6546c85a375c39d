# -*- test-case-name: pbcopy.test.test_observer -*-
"""
Tests for L{pbcopy._observer}.
"""

from __future__ import annotations

import copy
import pickle
from typing import Any

from twisted.python import log
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import limits, pb
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import Kit, Received, ReplicaTestCase, register
from pbcopy.testing import connect


class SavedPond(pb.Cacheable):
    """
    A pond that can be pickled.
    """

    observers: list[Any]


class ObserverTests(SynchronousTestCase):
    """
    An observer calls one replica.
    """

    def setUp(self) -> None:
        """
        Have the pond observed.
        """
        self.kit = Kit(self, pb)
        self.pond = self.kit.Pond(["one duck"])
        self.connection = connect(self.kit.Root(self.pond))
        received = Received(self.connection.root.callRemote("pond"))
        self.connection.deliver()
        self.view = received.results.pop()
        self.observer = self.pond.observers[0]

    def test_attributes(self) -> None:
        """
        An observer has the connection, the cacheable and the perspective, and a
        readable representation.
        """
        self.assertIs(self.connection.server, self.observer.broker)
        self.assertIs(self.pond, self.observer.cached)
        self.assertIsNone(self.observer.perspective)
        self.assertIn("RemoteCacheObserver", repr(self.observer))

    def test_equality(self) -> None:
        """
        An observer equals itself alone, also as a key, alone or in a pair.
        """
        twin = pb.RemoteCacheObserver(
            self.observer.broker, self.pond, self.observer.perspective
        )
        self.assertFalse(self.observer == twin)
        self.assertTrue(self.observer != twin)
        self.assertNotIn(twin, {self.observer: 1})
        self.assertIn((None, self.observer), {(None, self.observer): 1})
        with self.assertRaises(TypeError):
            sorted([self.observer, twin])

    def test_withoutAnAnswer(self) -> None:
        """
        C{pbanswer=False} gives C{None}, and the update is made.
        """
        nothing = self.observer.callRemote("add", "ugly duckling", pbanswer=False)
        self.connection.deliver()
        self.assertIsNone(nothing)
        self.assertEqual(2, len(self.view.ducks))

    def test_whatIsLoggedIsShort(self) -> None:
        """
        What is logged of an update that was not sent names the class of its
        object, whose repr may be long.
        """
        self.patch(limits, "MAX_STATE", 1024 * 1024)
        told: list[Any] = []
        log.addObserver(told.append)
        self.addCleanup(log.removeObserver, told.append)
        self.observer.callRemote("add", b"x" * 1024 * 1024, pbanswer=False)
        name = type(self.pond).__qualname__
        self.assertEqual(f"An update of {name} was not sent", told[0]["why"])
        self.flushLoggedErrors(Unsendable)

    def test_withoutAnAnswerAndInVain(self) -> None:
        """
        With C{pbanswer=False}, what keeps an update from being sent is logged;
        that the observer has stopped is not.
        """
        self.patch(limits, "MAX_STATE", 1024 * 1024)
        huge = b"x" * 1024 * 1024
        self.assertIsNone(self.observer.callRemote("add", huge, pbanswer=False))
        self.assertEqual(1, len(self.flushLoggedErrors(Unsendable)))
        self.connection.cut()
        self.assertIsNone(self.observer.callRemote("add", "x", pbanswer=False))

    def test_noName(self) -> None:
        """
        A name that is none fails the Deferred, as everything does.
        """
        nonsense: Any
        for nonsense in (None, 7, b"\xff"):
            self.failureResultOf(self.observer.callRemote(nonsense))

    def test_nameAsBytes(self) -> None:
        """
        The name of a method may be bytes.
        """
        self.observer.callRemote(b"add", "ugly duckling")
        self.observer.remoteMethod(b"add")("third")
        self.connection.deliver()
        self.assertEqual(3, len(self.view.ducks))

    def test_remoteMethods(self) -> None:
        """
        Two remote methods of one name of an observer are equal.
        """
        add = self.observer.remoteMethod("add")
        self.assertEqual(add, self.observer.remoteMethod("add"))
        self.assertNotEqual(add, self.observer.remoteMethod("remove"))

    def test_unknownKindsOfArguments(self) -> None:
        """
        An argument that cannot be jellied fails the Deferred.
        """
        self.failureResultOf(self.observer.callRemote("add", self.kit.View()))

    def test_aCopyIsInert(self) -> None:
        """
        A copy of a cacheable does not drag its observers' connections along.
        """
        pond = SavedPond()
        pond.observers = [self.observer]
        for again in (copy.deepcopy(pond), pickle.loads(pickle.dumps(pond))):
            observer = again.observers[0]
            self.assertIsNone(observer.broker)
            failed = observer.callRemote("add", 1)
            self.failureResultOf(failed, stock.DeadReferenceError)

    def test_theLastWord(self) -> None:
        """
        C{stoppedObserving} may still call the replica's side while the
        connection lives; nothing comes of it.
        """
        last: list[Any] = []
        self.pond.stoppedObserving = lambda perspective, observer: last.append(
            observer.callRemote("add", "the end")
        )
        del self.view
        self.connection.collect()
        self.assertEqual(1, len(last))
        last[0].addErrback(lambda failure: None)
        self.flushLoggedErrors()
        self.assertFalse(self.connection.lost)


class SnapshotTests(SynchronousTestCase):
    """
    What happens while a state is computed comes after it.
    """

    def setUp(self) -> None:
        """
        Make a pond that changes in its hook.
        """
        self.kit = Kit(self, pb)
        self.pond = self.kit.Pond(["one duck"])
        self.answers: list[Any] = []

        def hook(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            state = {"ducks": list(self.pond.ducks)}
            for duck in ("two duck", "three duck"):
                self.pond.ducks.append(duck)
                self.answers.append(observer.callRemote("add", duck))
            observer.callRemote("add", "four duck", pbanswer=False)
            self.pond.ducks.append("four duck")
            return state

        self.pond.getStateToCacheAndObserveFor = hook
        self.root = self.kit.Root()
        self.connection = connect(self.root)

    def test_anUpdateInTheHook(self) -> None:
        """
        An update that is made while the state is computed is applied to it, in
        its order, and is answered.
        """
        self.root.pond = self.pond
        received = Received(self.connection.root.callRemote("pond"))
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, received.results[0].ducks)
        for answer in self.answers:
            self.assertIsNone(self.successResultOf(answer))

    def test_anUpdateAfterTheHook(self) -> None:
        """
        An update that is made in the same turn, after the message was sent,
        does not overtake those of the hook.
        """
        call = self.connection.root.callRemote("give", self.pond)
        self.pond.add("five duck")
        self.connection.deliver()
        self.successResultOf(call)
        self.assertEqual(self.pond.ducks, self.root.given[0].ducks)

    def test_anUpdateByAKeyword(self) -> None:
        """
        The state of a keyword that changes the pond, which is an argument of the
        same call, does not overtake the pond.
        """

        class Changing(pb.Copyable):
            def getStateToCopy(_) -> Any:
                self.pond.add("five duck")
                return {}

        self.root.remote_both = lambda pond, other: self.root.given.append(pond)
        register(self, pb, (Changing, pb.RemoteCopy))
        call = self.connection.root.callRemote("both", self.pond, other=Changing())
        self.connection.deliver()
        self.successResultOf(call)
        self.assertEqual(self.pond.ducks, self.root.given[0].ducks)

    def test_aCallInAnotherHook(self) -> None:
        """
        Likewise where another hook of the message makes a call.
        """

        class Calling(pb.Copyable):
            def getStateToCopy(_) -> Any:
                self.connection.root.callRemote("isPond", 7)
                return {}

        class Changing(pb.Copyable):
            def getStateToCopy(_) -> Any:
                self.pond.add("five duck")
                return {}

        self.root.remote_all = lambda a, pond, b: self.root.given.append(pond)
        register(self, pb, (Changing, pb.RemoteCopy), (Calling, pb.RemoteCopy))
        call = self.connection.root.callRemote(
            "all", Calling(), self.pond, b=Changing()
        )
        self.connection.deliver()
        self.successResultOf(call)
        self.assertEqual(self.pond.ducks, self.root.given[0].ducks)

    def test_aFailingMessage(self) -> None:
        """
        Updates for a message that was not sent fail.
        """

        def failing(perspective: Any, observer: Any) -> Any:
            self.answers.append(observer.callRemote("add", "two duck"))
            raise KeyError("no state today")

        self.pond.getStateToCacheAndObserveFor = failing
        call = self.connection.root.callRemote("give", self.pond)
        self.failureResultOf(call, KeyError)
        self.flushLoggedErrors(ValueError)
        self.failureResultOf(self.answers[0], stock.DeadReferenceError)

    def test_thePerspectiveIsKept(self) -> None:
        """
        A C{callRemote} in a hook does not change for whom the rest of the
        message is computed.
        """
        seen: list[Any] = []
        other = self.connection.client.remoteForName("root")

        class Seen(pb.Copyable):
            def getStateToCopyFor(self, perspective: Any) -> Any:
                seen.append(perspective)
                other.callRemote("isPond", 1)
                return {}

        class SeenCache(pb.Cacheable):
            def getStateToCacheAndObserveFor(self, perspective: Any, o: Any) -> Any:
                seen.append(perspective)
                other.callRemote("isPond", 1)
                return [Seen()]

        message = [Seen(), SeenCache(), Seen(), {"x": Seen()}]
        self.connection.client.serialize(message, "guest")
        self.connection.deliver()
        self.assertEqual(["guest"] * 5, seen)


class QueuedTests(ReplicaTestCase):
    """
    Updates that are made while a state is computed.
    """

    def test_anArgumentThatChanges(self) -> None:
        """
        Such an update is sent as it was when it was made.
        """

        def getState(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            observer.callRemote("reset", self.pond.ducks)
            return {"ducks": list(self.pond.ducks)}

        def reset(view: Any, ducks: list[str]) -> None:
            view.ducks = ducks

        self.kit.View.observe_reset = reset
        self.pond.getStateToCacheAndObserveFor = getState
        call = self.connection.root.callRemote("pond")
        # It changes in the turn in which it was sent.
        asked = self.connection.fromClient.take(None)
        self.connection.server.dataReceived(asked)
        self.pond.add("ugly duckling")
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, self.successResultOf(call).ducks)
