# -*- test-case-name: pbcopy.test.test_answers -*-
"""
Tests for L{pbcopy._answers}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import CancelledError
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy.errors import Violation
from pbcopy.test.ponds import Kit, register
from pbcopy.testing import connect


class AnswerTests(SynchronousTestCase):
    """
    An answer that cannot be taken fails its own call, and nothing else.
    """

    def setUp(self) -> None:
        """
        Make a root that answers with what a test gives it.
        """
        self.kit = Kit(self, pb)
        self.root: Any = self.kit.Root()

    def answer(self, thing: Any) -> Any:
        """
        Have the root answer with C{thing}, and check that the call fails while
        others on the connection do not.

        @return: the failure.
        """
        self.root.pond = thing
        connection = connect(self.root)
        before = connection.root.callRemote("isPond", 1)
        failing = connection.root.callRemote("pond")
        after = connection.root.callRemote("isPond", 2)
        connection.deliver()
        self.assertFalse(connection.lost)
        self.assertFalse(self.successResultOf(before))
        self.assertFalse(self.successResultOf(after))
        self.assertEqual({}, connection.client.locallyCachedObjects)
        self.assertEqual({}, connection.server.remotelyCachedObjects)
        return self.failureResultOf(failing)

    def wherever(self, thing: Any) -> list[Any]:
        """
        Answer with C{thing} at top level and nested.
        """
        nested = [thing, [7, thing], {"a": (thing,)}, {thing}]
        return [self.answer(n) for n in nested]

    def test_copy(self) -> None:
        """
        A copy with an attribute of a method's name.
        """

        class Evil(pb.Copyable):
            def getStateToCopy(self) -> Any:
                return {"count": 7}

        class Victim(pb.RemoteCopy):
            def count(self) -> None:
                """Be hidden."""

        register(self, pb, (Evil, Victim))
        for failure in self.wherever(Evil()):
            self.assertIs(Violation, failure.type)
            self.assertEqual(f"{Victim.__qualname__}.count", failure.value.where)

    def test_unknownInside(self) -> None:
        """
        An object that is registered, with one inside that is not.
        """

        class Unknown(pb.Copyable):
            pass

        class Outer(pb.Copyable, pb.RemoteCopy):
            pass

        register(self, pb, (Outer, Outer))
        outer: Any = Outer()
        outer.inside = [Unknown()]
        for failure in self.wherever(outer):
            self.assertIs(InsecureJelly, failure.type)

    def test_cache(self) -> None:
        """
        A cache whose state cannot be taken; C{stoppedObserving} is called.
        """

        class View(pb.RemoteCache):
            def setCopyableState(self, state: Any) -> None:
                raise RuntimeError("no state today")

        pond = self.kit.Pond()
        register(self, pb, (self.kit.Pond, View))
        for failure in self.wherever(pond):
            self.assertIs(RuntimeError, failure.type)
        self.assertEqual(4, len(pond.stopped))

    def test_factory(self) -> None:
        """
        A cache whose factory raises.
        """
        pb.setUnjellyableFactoryForClass(self.kit.Pond, lambda state: 1 // 0)
        for failure in self.wherever(self.kit.Pond()):
            self.assertIs(ZeroDivisionError, failure.type)

    def test_aMentionWithoutState(self) -> None:
        """
        A mention of an id whose state was refused.
        """

        class View(pb.RemoteCache):
            def setCopyableState(self, state: Any) -> None:
                raise RuntimeError("no state today")

        self.root.pond = self.kit.Pond()
        register(self, pb, (self.kit.Pond, View))
        connection = connect(self.root)
        calls = [connection.root.callRemote("pond") for _ in range(2)]
        connection.deliver()
        self.assertFalse(connection.lost)
        self.failureResultOf(calls[0], RuntimeError)
        self.failureResultOf(calls[1], Violation)

    def test_anError(self) -> None:
        """
        An exception that travels as itself, and cannot be taken.
        """

        class Sorry(pb.Error, pb.Copyable, pb.RemoteCopy):
            def setCopyableState(self, state: Any) -> None:
                raise RuntimeError("no state today")

        def fail() -> None:
            raise Sorry("no pond")

        register(self, pb, (Sorry, Sorry))
        self.root.remote_pond = fail
        self.assertIs(RuntimeError, self.answer(None).type)

    def test_aCallThatWasCancelled(self) -> None:
        """
        A call that its caller has given up stays as it is.
        """

        class Evil(pb.Copyable):
            def getStateToCopy(self) -> Any:
                return {7: "seven"}

        register(self, pb, (Evil, pb.RemoteCopy))
        self.root.pond = Evil()
        connection = connect(self.root)
        call = connection.root.callRemote("pond")
        call.cancel()
        connection.deliver()
        self.assertFalse(connection.lost)
        self.failureResultOf(call, CancelledError)

    def test_copyFactory(self) -> None:
        """
        A copy whose factory raises, or is given what cannot be taken.
        """

        class Frogs(pb.Copyable):
            pass

        pb.setUnjellyableFactoryForClass(Frogs, lambda state: 1 // 0)
        self.addCleanup(pb.copyTags.pop, Frogs().getTypeToCopy(), None)
        for failure in self.wherever(Frogs()):
            self.assertIs(ZeroDivisionError, failure.type)

    def test_postUnjellyOfThePeer(self) -> None:
        """
        A C{postUnjelly} that the peer sent, and the application installed, is
        not called; nor is it where it is no function.
        """
        called: list[object] = []

        class Hook(pb.Copyable, pb.RemoteCopy):
            def __call__(self) -> None:
                called.append(self)

        class Evil(pb.Copyable):
            postUnjelly: Any

        class Open(pb.RemoteCopy):
            def setCopyableState(self, state: Any) -> None:
                self.__dict__.update(state)

        class OpenCache(pb.RemoteCache):
            def setCopyableState(self, state: Any) -> None:
                self.__dict__ = state

        register(self, pb, (Hook, Hook), (Evil, Open), (self.kit.Pond, OpenCache))
        for hook in (Hook(), 5):
            evil, pond = Evil(), self.kit.Pond()
            evil.postUnjelly = hook
            state = {"postUnjelly": hook}
            pond.getStateToCopy = lambda state=state: state
            pond.getStateToCacheAndObserveFor = lambda p, o, state=state: state
            pond.stoppedObserving = lambda p, o: None
            for thing in (evil, pond):
                for failure in self.wherever(thing):
                    self.assertIs(Violation, failure.type)
        self.assertEqual([], called)

    def test_aHookOfItsOwn(self) -> None:
        """
        A class with a C{postUnjelly} of its own, which needs the state: it is
        not called on half an object.
        """

        class Hooked(pb.Copyable, pb.RemoteCopy):
            def getStateToCopy(self) -> Any:
                return {"__class__": 7}

            def postUnjelly(self) -> None:
                self.double = self.frogs * 2  # type: ignore[attr-defined]

        register(self, pb, (Hooked, Hooked))
        around: list[Any] = [Hooked()]
        around.append(around)
        for failure in [*self.wherever(Hooked()), self.answer(around)]:
            self.assertIs(Violation, failure.type)

    def test_aHookAfterALateFailure(self) -> None:
        """
        Where the state had to wait, and was then refused, no C{postUnjelly} is
        called either.
        """

        class Hooked(pb.Copyable, pb.RemoteCopy):
            around: Any

            def setCopyableState(self, state: Any) -> None:
                raise RuntimeError("no state today")

            def postUnjelly(self) -> None:
                self.double = self.frogs * 2  # type: ignore[attr-defined]

        register(self, pb, (Hooked, Hooked))
        around: list[Any] = [Hooked()]
        around[0].around = around
        self.assertIs(RuntimeError, self.answer(around).type)

    def test_theFirstReason(self) -> None:
        """
        What fails in consequence does not hide what failed first.
        """

        class Inner(pb.Copyable):
            def getStateToCopy(self) -> Any:
                return {7: "seven"}

        class Outer(pb.Copyable, pb.RemoteCopy):
            inner: Any

            def setCopyableState(self, state: Any) -> None:
                self.frogs = state["inner"].frogs

        register(self, pb, (Inner, pb.RemoteCopy), (Outer, Outer))
        outer = Outer()
        outer.inner = Inner()
        self.assertIs(Violation, self.answer(outer).type)

    def test_theRestOfTheMessageFailsToo(self) -> None:
        """
        Where something that is not pbcopy's raises later in the message, the
        connection is lost, and the call still fails.
        """

        class Evil(pb.Copyable):
            def getStateToCopy(self) -> Any:
                return {7: "seven"}

        class Unknown(pb.Copyable):
            pass

        register(self, pb, (Evil, pb.RemoteCopy))
        connection = connect(self.kit.Root([Evil(), Unknown()]))
        call = connection.root.callRemote("pond")
        connection.deliver()
        self.assertTrue(connection.lost)
        self.assertIs(Violation, self.failureResultOf(call).type)
        self.flushLoggedErrors(InsecureJelly)

    def test_anotherBroker(self) -> None:
        """
        An error of another connection, in the middle of an answer, is raised
        there.
        """
        other = connect(self.kit.Root())
        raised: list[Exception] = []

        class Evil(pb.Copyable):
            def getStateToCopy(self) -> Any:
                return {7: "seven"}

        class Nosy(pb.Copyable, pb.RemoteCopy):
            def setCopyableState(self, state: Any) -> None:
                sexp = other.server.serialize(Evil())
                try:
                    other.server.unserialize(sexp)
                except Violation as error:
                    raised.append(error)

        register(self, pb, (Evil, pb.RemoteCopy), (Nosy, Nosy))
        connection = connect(self.kit.Root(Nosy()))
        call = connection.root.callRemote("pond")
        connection.deliver()
        self.successResultOf(call)
        self.assertEqual(1, len(raised))

    def test_nothingIsKept(self) -> None:
        """
        Who keeps the failure does not keep the half-made replica, and with it
        the observation.
        """

        class View(pb.RemoteCache):
            def setCopyableState(self, state: Any) -> None:
                raise RuntimeError("no state today")

        pond = self.kit.Pond()
        register(self, pb, (self.kit.Pond, View))
        failure = self.answer([pond])
        self.assertIsNotNone(failure)
        self.assertEqual([], pond.observers)

    def test_aCallbackIsNotTheAnswer(self) -> None:
        """
        What a callback of the answer unjellies by itself is raised there.
        """

        class Evil(pb.Copyable):
            def getStateToCopy(self) -> Any:
                return {7: "seven"}

        register(self, pb, (Evil, pb.RemoteCopy))
        self.root.pond = 7
        connection = connect(self.root)

        def more(answer: int) -> None:
            broker = connection.client
            with self.assertRaises(Violation):
                broker.unserialize(broker.serialize(Evil()))

        call = connection.root.callRemote("pond").addCallback(more)
        connection.deliver()
        self.assertIsNone(self.successResultOf(call))
