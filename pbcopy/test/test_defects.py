# -*- test-case-name: pbcopy.test.test_defects -*-
"""
Tests for what stock flavors get wrong.

Each test is named for one defect, and holds for pbcopy's flavors.  It must fail
with Twisted's own: a test that passes there shows nothing.
"""

from __future__ import annotations

import copy
import threading
from typing import Any

from twisted.internet.defer import inlineCallbacks
from twisted.spread import jelly
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import limits
from pbcopy._registry import copyTags
from pbcopy.test.defects import DefectTestCase, assertStockFails
from pbcopy.test.ponds import register
from pbcopy.test.test_cycles import shapes
from pbcopy.testing import Connection, connect, sendAcross


class DefectTests(DefectTestCase):
    """
    What stock flavors get wrong, pbcopy's get right.
    """

    def test_D1_oneOfTwoObserversDies(self) -> None:
        """
        When one of two observers in a list goes away, it is removed, and the
        other one still gets each update.
        """
        first, second = connect(self.root), connect(self.root)
        kept, lost = self.observe(first), self.observe(second)
        second.cut()
        self.pond.add("ugly duckling")
        first.deliver()
        self.assertEqual(["one duck", "ugly duckling"], kept.ducks)
        self.assertEqual(["one duck"], lost.ducks)
        self.assertEqual(1, len(self.pond.observers))

    def test_D1_stoppedObservingGetsTheSameObserver(self) -> None:
        """
        L{Cacheable.stoppedObserving} is given the very object that
        C{getStateToCacheAndObserveFor} was given.
        """
        connection = connect(self.root)
        self.observe(connection)
        observer = self.pond.observers[0]
        connection.cut()
        self.flushLoggedErrors()
        self.assertEqual([True], [o is observer for o in self.pond.stopped])

    def test_D1_manyObserversInASet(self) -> None:
        """
        Observers can be kept in a set, however many there are.
        """
        self.pond.observers = pond = _Set()
        connections = [connect(self.root) for _ in range(100)]
        views = [self.observe(connection) for connection in connections]
        for connection in connections[:50]:
            connection.cut()
        self.assertEqual(50, len(pond))
        self.pond.add("ugly duckling")
        for connection in connections[50:]:
            connection.deliver()
        ducks = [len(view.ducks) for view in views]
        self.assertEqual([1] * 50 + [2] * 50, ducks)

    def test_D2_droppedAndFetchedAgain(self) -> None:
        """
        A client that drops a replica and fetches it again gets each update
        once, beside another client.
        """
        other, connection = connect(self.root), connect(self.root)
        self.observe(other)
        self.observe(connection)
        connection.collect()
        view = self.observe(connection)
        self.pond.add("ugly duckling")
        connection.deliver()
        self.assertEqual(["one duck", "ugly duckling"], view.ducks)

    def test_D3_callRemoteAfterDisconnect(self) -> None:
        """
        C{callRemote} of an observer whose connection is gone returns a Deferred
        that fails with C{DeadReferenceError}.
        """
        connection = connect(self.root)
        self.observe(connection)
        observer = self.pond.observers[0]
        connection.cut()
        failed = observer.callRemote("add", "ugly duckling")
        self.failureResultOf(failed, stock.DeadReferenceError)

    def test_D3_callRemoteInStoppedObserving(self) -> None:
        """
        C{callRemote} inside C{stoppedObserving}, at a disconnection, returns a
        Deferred that fails with C{DeadReferenceError}.
        """
        connection = connect(self.root)
        self.observe(connection)
        calls = []

        def stoppedObserving(perspective: Any, observer: Any) -> None:
            calls.append(observer.callRemote("add", "ugly duckling"))

        self.pond.stoppedObserving = stoppedObserving
        connection.cut()
        self.flushLoggedErrors()
        self.assertEqual(1, len(calls))
        self.failureResultOf(calls[0], stock.DeadReferenceError)

    def test_D3_callRemoteAfterTheReplicaIsDropped(self) -> None:
        """
        C{callRemote} of an observer whose replica was dropped returns a
        Deferred that fails with C{DeadReferenceError}.
        """
        connection = connect(self.root)
        self.observe(connection)
        observer = self.pond.observers[0]
        connection.collect()
        failed = observer.callRemote("add", "ugly duckling")
        self.failureResultOf(failed, stock.DeadReferenceError)

    def test_D3_callRemoteWithALongArgument(self) -> None:
        """
        C{callRemote} with an argument that is too large returns a Deferred that
        fails, and waits for no answer.
        """
        self.patch(limits, "MAX_STATE", 1024 * 1024)
        connection = connect(self.root)
        view = self.observe(connection)
        failed = self.pond.observers[0].callRemote("add", b"x" * 1024 * 1024)
        self.failureResultOf(failed)
        self.assertEqual({}, connection.server.waitingForAnswers)
        self.assertEqual(["one duck"], view.ducks)

    def test_D9_cycles(self) -> None:
        """
        A cycle arrives as one, whatever it goes through.
        """

        class Node(self.pb.Copyable, self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            pass

        class Hub(self.pb.Cacheable, self.pb.RemoteCache):  # type: ignore[misc,name-defined]
            pass

        register(self, self.pb, (Node, Node), (Hub, Hub))
        for kinds in ((Node, Node), (Node, Hub), (Hub, Node)):
            for name, (message, check) in shapes(*kinds).items():
                for one, other in check(sendAcross(message)):
                    self.assertIs(one, other, name)

    def test_D16_postUnjellyOfThePeerIsNotCalled(self) -> None:
        """
        A state key C{postUnjelly} is refused, and what it names is not called.
        """
        called: list[str] = []

        class Hook(self.pb.Copyable, self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            def __call__(self) -> None:
                called.append("hook")

        class Evil(self.pb.Copyable):  # type: ignore[misc,name-defined]
            pass

        class Victim(self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            pass

        register(self, self.pb, (Evil, Victim), (Hook, Hook))
        evil = Evil()
        evil.postUnjelly = Hook()
        self.assertEqual(1, len(self.refused(evil)))
        self.assertEqual([], called)

    def test_D16_aMethodIsNotHidden(self) -> None:
        """
        A state key that names a method of the receiver's class is refused, be
        it in the default C{setCopyableState} or in one of the application's.
        """

        class Evil(self.pb.Copyable):  # type: ignore[misc,name-defined]
            pass

        class Victim(self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            def mayEnter(self) -> bool:
                return False

        class Open(Victim):
            def setCopyableState(self, state: Any) -> None:
                self.__dict__ = state

        for victim in (Victim, Open):
            register(self, self.pb, (Evil, victim))
            evil = Evil()
            evil.mayEnter = True
            self.assertEqual(1, len(self.refused(evil)), victim)

    def test_D16_keysAreText(self) -> None:
        """
        A state key that is no str is refused.
        """

        class Evil(self.pb.Copyable):  # type: ignore[misc,name-defined]
            def getStateToCopy(self) -> Any:
                return {7: "seven"}

        class Victim(self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            pass

        register(self, self.pb, (Evil, Victim))
        self.assertEqual(1, len(self.refused(Evil())))

    def test_D23_oneObjectForEachId(self) -> None:
        """
        A cacheable that is fetched twice is the same object, with the same
        hash, as the one whose C{observe_} method is called.
        """
        connection = connect(self.root)
        first, second = self.observe(connection), self.observe(connection)
        called: list[Any] = []
        self.kit.View.observe_who = lambda view: called.append(view)
        self.pond.observers[0].callRemote("who")
        connection.deliver()
        self.assertIs(first, second)
        self.assertEqual({first}, {second})
        self.assertIs(first, called[0])

    def test_D24_remoteMethod(self) -> None:
        """
        C{observer.remoteMethod('x')()} calls C{observe_x} of the replica.
        """
        connection = connect(self.root)
        view = self.observe(connection)
        add = self.pond.observers[0].remoteMethod("add")
        add("ugly duckling")
        connection.deliver()
        self.assertEqual(["one duck", "ugly duckling"], view.ducks)

    def unregistered(self) -> tuple[Connection, Any]:
        """
        Give a connection and the Deferred of a call with an argument whose
        class the receiver did not register.
        """

        class Unknown(self.pb.Copyable):  # type: ignore[misc,name-defined]
            pass

        connection = connect(self.root)
        return connection, connection.root.callRemote("give", Unknown())

    def test_D25_typeIsInsecureJelly(self) -> None:
        """
        C{failure.type} is C{InsecureJelly}, and C{failure.check} and
        C{failure.trap} say so.
        """
        connection, call = self.unregistered()
        connection.deliver()
        self.flushLoggedErrors(InsecureJelly)
        failure = self.failureResultOf(call)
        self.assertIs(InsecureJelly, failure.type)
        self.assertIsInstance(failure.value, InsecureJelly)
        self.assertIs(InsecureJelly, failure.check(ValueError, InsecureJelly))
        self.assertIs(InsecureJelly, failure.trap(InsecureJelly))

    def test_D25_trapOfAnotherClass(self) -> None:
        """
        C{failure.trap} of another class raises the C{InsecureJelly}.
        """
        connection, call = self.unregistered()
        connection.deliver()
        self.flushLoggedErrors(InsecureJelly)
        failure = self.failureResultOf(call)
        with self.assertRaises(InsecureJelly):
            failure.trap(ValueError)

    def test_D25_inlineCallbacks(self) -> None:
        """
        C{inlineCallbacks} and C{await} see the C{InsecureJelly}, whether the
        answer comes before or after they ask for it.
        """
        caught: list[Any] = []

        @inlineCallbacks
        def yielding(call: Any) -> Any:
            try:
                yield call
            except InsecureJelly as error:
                caught.append(error)

        async def awaiting(call: Any) -> None:
            try:
                await call
            except InsecureJelly as error:
                caught.append(error)

        from twisted.internet.defer import ensureDeferred

        for early in (True, False):
            for run in (yielding, lambda call: ensureDeferred(awaiting(call))):
                connection, call = self.unregistered()
                if early:
                    result = run(call)
                connection.deliver()
                self.flushLoggedErrors(InsecureJelly)
                if not early:
                    result = run(call)
                self.successResultOf(result)
        self.assertEqual(4, len(caught))

    def test_D27_nothingIsSentFromAnotherThread(self) -> None:
        """
        When the last reference to a replica is dropped in another thread, that
        thread writes nothing to the transport.
        """
        connection = connect(self.root)
        views = [self.observe(connection)]
        writers: list[Any] = []
        write = connection.fromClient.write

        def recording(data: bytes) -> None:
            writers.append(threading.current_thread())
            write(data)

        self.patch(connection.fromClient, "write", recording)
        thread = threading.Thread(target=views.clear)
        thread.start()
        thread.join()
        connection.deliver()
        self.assertEqual([threading.current_thread()], writers)
        self.assertEqual([], self.pond.observers)

    def test_D34_aFactoryGetsTheState(self) -> None:
        """
        A factory that is registered for a cacheable is given its state, and
        what it makes is updated.
        """
        states: list[Any] = []

        def make(state: Any) -> Any:
            states.append(copy.deepcopy(state))
            view = self.kit.View()
            view.ducks = state["ducks"]
            return view

        copyTags.pop(self.pond.getTypeToCopy(), None)
        self.pb.setUnjellyableFactoryForClass(self.kit.Pond, make)
        connection = connect(self.root)
        view = self.observe(connection)
        self.pond.add("ugly duckling")
        connection.deliver()
        self.assertEqual([{"ducks": ["one duck"]}], states)
        self.assertEqual(["one duck", "ugly duckling"], view.ducks)

    def test_D36_nonsenseIsNotRegistered(self) -> None:
        """
        What cannot be received is refused when it is registered, and not when
        the first one arrives.
        """

        class Plain:
            pass

        self.addCleanup(copyTags.pop, b"far.Pond", None)
        for nonsense in (7, "far.Pond", Plain):
            with self.assertRaises(TypeError):
                self.pb.setUnjellyableForClass("far.Pond", nonsense)
        with self.assertRaises(TypeError):
            self.pb.setUnjellyableFactoryForClass("far.Pond", 7)

    def test_D37_theStateIsACopy(self) -> None:
        """
        Who changes the dict that C{getStateToCopy} gives does not change the
        object, and attributes in C{localOnly} are not in it.
        """

        class User(self.pb.Copyable):  # type: ignore[misc,name-defined]
            localOnly = ("password",)

        class Admin(User):
            localOnly = ("key",)

        admin = Admin()
        admin.name, admin.password, admin.key = "a", "b", "c"
        state = admin.getStateToCopy()
        self.assertEqual({"name": "a"}, state)
        del state["name"]
        self.assertEqual("a", admin.name)

    def test_D47_withoutABroker(self) -> None:
        """
        A copyable without attributes can be jellied and unjellied without a
        Broker.
        """

        class Empty(self.pb.Copyable, self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            pass

        register(self, self.pb, (Empty, Empty))
        again = jelly.unjelly(jelly.jelly(Empty()))
        self.assertIsInstance(again, Empty)
        self.assertEqual({}, again.__dict__)


class _Set(set):  # type: ignore[type-arg]
    """
    A set of observers, under the name that a list has for adding.
    """

    def append(self, observer: Any) -> None:
        self.add(observer)


NOT_REFUSED = "1 != 0"

REASONS = {
    "test_D1_manyObserversInASet": "50 != ",
    "test_D1_oneOfTwoObserversDies": "'<' not supported .* 'Broker' and 'Broker'",
    "test_D1_stoppedObservingGetsTheSameObserver": r"\[True\] != \[False\]",
    "test_D2_droppedAndFetchedAgain": "'ugly duckling', 'ugly duckling'",
    "test_D3_callRemoteAfterDisconnect": "'NoneType' object has no attribute 'get'",
    "test_D3_callRemoteAfterTheReplicaIsDropped": "a cached method|module named 'pb'",
    "test_D3_callRemoteInStoppedObserving": "1 != 0",
    "test_D3_callRemoteWithALongArgument": "byte string is too long to send",
    "test_D9_cycles": "^itself$",
    "test_D16_aMethodIsNotHidden": NOT_REFUSED,
    "test_D16_keysAreText": NOT_REFUSED,
    "test_D16_postUnjellyOfThePeerIsNotCalled": NOT_REFUSED,
    "test_D23_oneObjectForEachId": "View object at .* is not ",
    "test_D24_remoteMethod": "Banana cannot send builtins.str objects",
    "test_D25_inlineCallbacks": "found failure result instead",
    "test_D25_trapOfAnotherClass": "AttributeError raised instead of InsecureJelly",
    "test_D25_typeIsInsecureJelly": "is not b'twisted.spread.jelly.InsecureJelly'",
    "test_D27_nothingIsSentFromAnotherThread": "MainThread.* != .*Thread-",
    "test_D34_aFactoryGetsTheState": "'int' object is not subscriptable",
    "test_D36_nonsenseIsNotRegistered": "TypeError not raised",
    "test_D37_theStateIsACopy": "'password': 'b'",
    "test_D47_withoutABroker": "__dict__ must be set to a dictionary",
}
"""What each test says of stock flavors."""


class StockTests(SynchronousTestCase):
    """
    Stock flavors have each of these defects.
    """

    def test_eachTestFailsOnStockFlavors(self) -> None:
        """
        Each test of L{DefectTests} fails, for the reason that it has, when
        C{twisted.spread.pb} takes the place of C{pbcopy.pb}.
        """
        reasons = dict(REASONS)
        if not hasattr(object, "__getstate__"):
            # D47 came with that, in Python 3.11.
            del reasons["test_D47_withoutABroker"]
        assertStockFails(self, DefectTests, reasons)

    def test_eachTestHasAReason(self) -> None:
        """
        No test is left out.
        """
        named = {name for name in dir(DefectTests) if name.startswith("test_")}
        self.assertEqual(named, set(REASONS))
