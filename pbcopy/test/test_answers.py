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
