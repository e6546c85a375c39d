# -*- test-case-name: pbcopy.test.test_defects_of_calls -*-
"""
Tests for what stock flavors get wrong when something fails, and with identity.

Each test is named for one defect, and holds for pbcopy's flavors.  It must fail
with Twisted's own: a test that passes there shows nothing.
"""

from __future__ import annotations

import asyncio
import copy
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from twisted.internet.defer import Deferred
from twisted.python.reflect import qual
from twisted.spread import pb as stock
from twisted.spread.banana import BananaError
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import StatusKind, _valueclasses, limits, statusOf
from pbcopy.errors import Unsendable, Violation
from pbcopy.test.defects import DefectTestCase, assertStockFails
from pbcopy.test.ponds import register
from pbcopy.testing import Connection, connect


@dataclass(frozen=True)
class Duck:
    """
    A record without a dict.
    """

    __slots__ = ("name",)
    name: str


class CallTests(DefectTestCase):
    """
    A failure stays with its call.
    """

    def setUp(self) -> None:
        """
        Connect a client whose peer has met it.
        """
        super().setUp()
        self.root.pond = self.kit.Pond()
        self.root.remote_take = lambda *things: None
        self.connection = connect(self.root)
        self.observe(self.connection)
        self.give(self.kit.Pond())
        self.root.given.clear()
        self.connection.collect()

    def give(self, thing: Any) -> Any:
        """
        Send something to the server, which keeps it.
        """
        call = self.connection.root.callRemote("give", thing)
        self.connection.deliver()
        return call

    def failing(self, view: type) -> None:
        """
        Register a view that fails, for the ponds.
        """
        register(self, self.pb, (self.kit.Pond, view))

    def assertFailsAlone(self, connection: Connection, call: Any) -> Any:
        """
        Check that a call has failed, and nothing else has.

        @return: the failure.
        """
        failures: list[Any] = []
        call.addErrback(failures.append)
        connection.deliver()
        self.flushLoggedErrors()
        self.assertFalse(connection.lost, "the connection is lost")
        self.assertEqual(1, len(failures), "the call has not failed")
        other = connection.root.callRemote("isPond", 7)
        connection.deliver()
        self.assertFalse(self.successResultOf(other))
        return failures[0]

    def assertSentAgain(self) -> None:
        """
        Check that the pond can be sent to the server, after a failure.
        """
        self.connection.deliver()
        self.flushLoggedErrors()
        self.root.given.clear()
        failures: list[Any] = []
        self.give(self.pond).addErrback(failures.append)
        self.flushLoggedErrors()
        self.assertEqual([], [failure.value for failure in failures])
        self.assertEqual(1, len(self.pond.observers), "somebody is forgotten")
        self.pond.add("ugly duckling")
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, self.root.given[0].ducks)

    def test_D4_anAnswerThatCannotBeTaken(self) -> None:
        """
        A C{setCopyableState} that raises for an answer fails its call alone.
        """

        class View(self.pb.RemoteCache):  # type: ignore[misc,name-defined]
            def setCopyableState(self, state: Any) -> None:
                raise RuntimeError("no state today")

        self.failing(View)
        self.root.pond = [self.pond]
        call = self.connection.root.callRemote("pond")
        failure = self.assertFailsAlone(self.connection, call)
        self.assertIs(RuntimeError, failure.type)

    def test_D4_anAnswerThatIsNotRegistered(self) -> None:
        """
        An object in an answer whose class the caller did not register fails its
        call alone, between peers that have met.
        """

        class Unknown(self.pb.Copyable):  # type: ignore[misc,name-defined]
            pass

        self.root.pond = [Unknown()]
        call = self.connection.root.callRemote("pond")
        failure = self.assertFailsAlone(self.connection, call)
        self.assertIs(InsecureJelly, failure.type)

    def test_D5_theSiblingIsRefused(self) -> None:
        """
        A cache in a message that is refused for another object is sent again.
        """

        class Unknown(self.pb.Copyable):  # type: ignore[misc,name-defined]
            pass

        call = self.connection.root.callRemote("take", Unknown(), self.pond)
        self.assertFailsAlone(self.connection, call)
        self.assertSentAgain()

    def test_D5_theStateCannotBeGot(self) -> None:
        """
        A cache whose state could not be computed is sent again.
        """

        def failing(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            raise RuntimeError("no state today")

        self.pond.getStateToCacheAndObserveFor = failing
        self.failureResultOf(self.give(self.pond), RuntimeError)
        del self.pond.getStateToCacheAndObserveFor
        self.assertSentAgain()

    def test_D5_theSiblingCannotBeEncoded(self) -> None:
        """
        A cache in a message that Banana refuses is sent again.
        """
        huge = b"x" * 1024 * 1024
        with self.assertRaises(BananaError):
            self.connection.root.callRemote("take", self.pond, huge)
        self.assertSentAgain()

    def test_D6_aMentionThatWasLost(self) -> None:
        """
        A mention in a message that is refused does not keep the observer.
        """

        class Unknown(self.pb.Copyable):  # type: ignore[misc,name-defined]
            pass

        self.give(self.pond)
        call = self.connection.root.callRemote("take", Unknown(), self.pond)
        self.assertFailsAlone(self.connection, call)
        self.root.given.clear()
        self.connection.collect()
        self.assertEqual([], self.pond.observers)

    def test_D7_nobodyWantsTheAnswer(self) -> None:
        """
        A cache in an answer that nobody wants is sent again.
        """
        self.connection.client.setNameForLocal("ponds", self.kit.Root(self.pond))
        ponds = self.connection.server.remoteForName("ponds")
        ponds.callRemote("pond", pbanswer=False)
        self.connection.deliver()
        self.assertSentAgain()

    def test_D8_theLastProxyIsReturned(self) -> None:
        """
        A method that returns the last reference to a replica answers with the
        original.
        """
        self.give(self.pond)
        self.root.remote_pond = self.root.given.pop
        call = self.connection.root.callRemote("pond")
        self.connection.deliver()
        self.flushLoggedErrors()
        self.assertFalse(self.connection.lost, "the connection is lost")
        self.assertIs(self.pond, self.successResultOf(call))

    def test_D10_resetInPlace(self) -> None:
        """
        An C{observe_} method that calls C{setCopyableState} replaces the state
        of the application's object.
        """
        self.kit.View.observe_reset = lambda view, state: view.setCopyableState(state)
        self.give(self.pond)
        self.pond.observers[0].callRemote("reset", {"ducks": ["new"]})
        self.connection.deliver()
        self.assertEqual(["new"], self.root.given[0].ducks)

    def test_D11_aCopyDies(self) -> None:
        """
        A copy of a replica that goes away takes no update with it.
        """
        self.give(self.pond)
        self.give(self.pond)
        for _ in range(2):
            copy.copy(self.root.given[0])
        self.connection.collect()
        self.pond.add("ugly duckling")
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, self.root.given[0].ducks)

    def test_D12_initRaises(self) -> None:
        """
        An C{__init__} of a replica that raises fails its call, and costs
        neither connection, now or when what was made of it is collected.
        """

        class View(self.pb.RemoteCache):  # type: ignore[misc,name-defined]
            def __init__(self) -> None:
                raise RuntimeError("no replica today")

        self.failing(View)
        call = self.connection.root.callRemote("give", self.pond)
        failure = self.assertFailsAlone(self.connection, call)
        self.assertIn("no replica today", str(failure.value))
        del failure, call
        self.connection.collect()
        self.flushLoggedErrors()
        self.assertFalse(self.connection.lost, "the connection is lost")
        self.assertEqual([], self.pond.observers)

    def test_D13_theStateRaisesOnce(self) -> None:
        """
        After a C{setCopyableState} that raised once, the next replica is whole.
        """

        class View(self.kit.View):  # type: ignore[misc,name-defined]
            failed = False

            def setCopyableState(self, state: Any) -> None:
                if not View.failed:
                    View.failed = True
                    raise RuntimeError("no state today")
                super().setCopyableState(state)

        self.failing(View)
        call = self.connection.root.callRemote("give", self.pond)
        self.assertFailsAlone(self.connection, call)
        self.give(self.pond)
        self.assertEqual(["one duck"], vars(self.root.given[0]).get("ducks"))

    def test_D14_aCallInAHook(self) -> None:
        """
        A C{callRemote} in a hook does not change for whom the rest of a message
        is computed.
        """
        seen: list[Any] = []
        root = self.connection.root

        class Seen(self.pb.Copyable):  # type: ignore[misc,name-defined]
            def getStateToCopyFor(self, perspective: Any) -> Any:
                seen.append(perspective)
                root.callRemote("isPond", 7)
                return {}

        self.connection.client.serialize([Seen(), Seen()], "guest")
        self.connection.deliver()
        self.assertEqual(["guest", "guest"], seen)

    def test_D15_twoAvatarsOnAConnection(self) -> None:
        """
        Two perspectives on one connection get a state each.
        """

        class Secret(self.pb.Cacheable):  # type: ignore[misc,name-defined]
            def getStateToCacheAndObserveFor(self, perspective: Any, o: Any) -> Any:
                return perspective

        secret, broker = Secret(), connect(self.root).server
        broker.serialize(secret, "admin")
        self.assertEqual([b"unicode", b"guest"], broker.serialize(secret, "guest")[-1])

    def test_D19_whatIsNoException(self) -> None:
        """
        An C{observe_} method that raises C{asyncio.CancelledError} or
        C{SystemExit} fails its update alone.
        """
        for error in (asyncio.CancelledError("no more"), SystemExit("no more")):

            def leave(view: Any, error: BaseException = error) -> None:
                raise error

            self.kit.View.observe_leave = leave
            self.give(self.pond)
            update = self.pond.observers[0].callRemote("leave")
            failure = self.assertFailsAlone(self.connection, update)
            self.assertEqual("no more", failure.getErrorMessage())

    def test_D20_aLargeAnswer(self) -> None:
        """
        A state that is larger than Banana takes arrives, between peers that
        have met.
        """
        self.root.pond = self.kit.Pond(["one duck", "x" * 1024 * 1024])
        call = self.connection.root.callRemote("pond")
        self.connection.deliver()
        self.flushLoggedErrors()
        self.assertFalse(self.connection.lost, "the connection is lost")
        self.assertEqual(self.root.pond.ducks, self.successResultOf(call).ducks)

    def test_D20_anAnswerThatIsTooLarge(self) -> None:
        """
        A state that is too large for a peer that has not said that it takes it
        fails its call, with an error that names the path.
        """
        connection = connect(self.root)
        self.root.pond = self.kit.Pond(["one duck", "x" * 1024 * 1024])
        call = connection.root.callRemote("pond")
        failure = self.assertFailsAlone(connection, call)
        self.assertIs(Unsendable, failure.type)
        self.assertIn(".ducks[1]: this is too large", str(failure.value))

    def test_D26_anErrorWithoutBaseClasses(self) -> None:
        """
        An error of an old Twisted, which does not name the base classes, fails
        its call alone, and can be asked what it is.
        """
        state = stock.CopyableFailure.getStateToCopy

        def oldState(failure: Any) -> Any:
            return {k: v for k, v in state(failure).items() if k != "parents"}

        def failing() -> None:
            raise ValueError("no pond")

        self.patch(stock.CopyableFailure, "getStateToCopy", oldState)
        self.root.remote_pond = failing
        call = self.connection.root.callRemote("pond")
        failure = self.assertFailsAlone(self.connection, call)
        self.assertIsNone(failure.check(InsecureJelly))

    def test_D28_moreCachesThanReferences(self) -> None:
        """
        A connection takes more caches than a Broker takes references.
        """
        ponds = [self.kit.Pond() for _ in range(stock.MAX_BROKER_REFS + 10)]
        self.assertIsNone(self.successResultOf(self.give(ponds)))
        ponds[-1].add("ugly duckling")
        self.connection.deliver()
        self.assertEqual(["ugly duckling"], self.root.given[0][-1].ducks)

    def test_D28_theLimitIsExceeded(self) -> None:
        """
        A cache more than the limit fails its call with an error that names the
        limit, and the connection lives however often that happens.
        """
        self.patch(stock, "MAX_BROKER_REFS", 1)
        self.patch(limits, "MAX_CACHES", 2)
        self.give([self.kit.Pond(), self.kit.Pond()])
        for _ in range(5):
            call = self.connection.root.callRemote("give", self.pond)
            failure = self.assertFailsAlone(self.connection, call)
        self.assertIn("pbcopy.limits.MAX_CACHES", str(failure.value))

    def test_D29_anAnswerThatWaitsIsGivenAtTheEnd(self) -> None:
        """
        When a connection is lost, a C{stoppedObserving} that answers a call
        which waits there, with a cacheable, keeps no other one from being told.
        """
        ponds = [self.kit.Pond() for _ in range(3)]
        waiting: Deferred[Any] = Deferred()

        def stoppedObserving(perspective: Any, observer: Any) -> None:
            waiting.callback(self.kit.Pond())

        ponds[0].stoppedObserving = stoppedObserving
        self.root.pond = ponds
        views = self.observe(self.connection)
        self.root.pond = waiting
        self.connection.root.callRemote("pond").addErrback(lambda failure: None)
        self.connection.deliver()
        self.connection.cut()
        self.flushLoggedErrors(stock.DeadReferenceError)
        self.assertEqual([1, 1], [len(pond.stopped) for pond in ponds[1:]])
        del views

    def test_D21_aValue(self) -> None:
        """
        A value that Jelly does not know arrives as it is.
        """
        values = [UUID(int=7), deque([1], 2), Path("pond"), 1j, bytearray(b"x")]
        self.root.pond = self.kit.Pond(values)
        call = self.connection.root.callRemote("pond")
        self.connection.deliver()
        self.assertEqual(values, self.successResultOf(call).ducks)

    def test_D21_whatCannotBeSent(self) -> None:
        """
        What cannot be sent is an error at the sender, which names its path.
        """
        failures: list[Any] = []
        self.give(self.kit.Pond([object()])).addErrback(failures.append)
        self.assertEqual(1, len(failures), "the call has not failed")
        self.assertIn(".ducks[0]: ", str(failures[0].value))

    def test_D22_aFrozenRecord(self) -> None:
        """
        An instance of a frozen dataclass with slots arrives as it is.
        """
        stock = self.pb.setUnjellyableForClass
        register = getattr(self.pb, "setUnjellyableForValue", stock)
        register(Duck, Duck)
        self.addCleanup(self.pb.copyTags.pop, qual(Duck).encode("utf-8"), None)
        self.addCleanup(_valueclasses._local.pop, qual(Duck), None)
        self.root.pond = self.kit.Pond([Duck("one duck")])
        call = self.connection.root.callRemote("pond")
        self.connection.deliver()
        self.assertEqual([Duck("one duck")], self.successResultOf(call).ducks)

    def test_D31_anUpdateThatFails(self) -> None:
        """
        A replica whose C{observe_} method raises, half way or before it has
        begun, equals its master again.
        """

        def half(view: Any, *ducks: str) -> None:
            view.ducks.append(ducks[0])
            raise ValueError(ducks[1])

        self.kit.View.observe_half = half
        self.give(self.pond)
        for name, *arguments in (("half", "a", "b"), ("none", "a"), ("add", "a", "b")):
            self.pond.ducks += arguments
            update = self.pond.observers[0].callRemote(name, *arguments)
            self.assertFailsAlone(self.connection, update)
            self.assertEqual(self.pond.ducks, self.root.given[0].ducks, name)

    def test_D31_anUpdateThatIsNotSent(self) -> None:
        """
        A replica that misses an update, because an argument cannot be sent,
        equals its master again.
        """

        class Stateless(self.pb.Copyable):  # type: ignore[misc,name-defined]
            def getStateToCopy(self) -> Any:
                raise ValueError("no state today")

        self.give(self.pond)
        self.pond.ducks.append("ugly duckling")
        update = self.pond.observers[0].callRemote("add", Stateless())
        self.connection.deliver()
        self.failureResultOf(update, ValueError)
        self.assertEqual(self.pond.ducks, self.root.given[0].ducks)

    def test_D31_afterTheConnectionIsLost(self) -> None:
        """
        A replica whose connection is lost is not taken for a live one.
        """
        self.give(self.pond)
        self.connection.cut()
        self.assertIs(StatusKind.CLOSED, statusOf(self.root.given[0]).kind)

    def test_D32_overAnotherConnection(self) -> None:
        """
        A replica that is sent over another connection fails with an error that
        says what to do, and not by an C{assert}.
        """
        self.give(self.pond)
        other = connect(self.kit.Root())
        call = other.root.callRemote("give", self.root.given[0])
        error = self.failureResultOf(call).value
        self.assertIsInstance(error, Unsendable)
        self.assertIn("pb.Cacheable", error.advice)

    def test_D33_aLongChain(self) -> None:
        """
        A chain of objects may be longer than Python's stack is deep.
        """

        class Node(self.pb.Copyable, self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            next: Any = None

        register(self, self.pb, (Node, Node))
        first = last = Node()
        for _ in range(1000):
            last.next = following = Node()
            last = following
        failures: list[Any] = []
        self.give(first).addErrback(failures.append)
        self.flushLoggedErrors()
        self.assertEqual([], [failure.value for failure in failures])
        count, each = 0, self.root.given[0]
        while each is not None:
            count, each = count + 1, each.next
        self.assertEqual(1001, count)

    def test_D35_aCopyIsRegisteredForACache(self) -> None:
        """
        A class of copies that is registered for a cache refuses it, and is not
        given the id as its state.
        """

        class View(self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            def setCopyableState(self, state: Any) -> None:
                self.state = state

        self.failing(View)
        call = self.connection.root.callRemote("give", self.pond)
        failure = self.assertFailsAlone(self.connection, call)
        self.assertIs(Violation, failure.type)


REGISTERED_STILL = r"\[\] != \['[0-9]+'\]"
"""Of the C{KeyError} for an id that the receiver does not know, the id."""

REASONS = {
    "test_D4_anAnswerThatCannotBeTaken": "the connection is lost",
    "test_D4_anAnswerThatIsNotRegistered": "the connection is lost",
    "test_D5_theSiblingCannotBeEncoded": REGISTERED_STILL,
    "test_D5_theSiblingIsRefused": REGISTERED_STILL,
    "test_D5_theStateCannotBeGot": REGISTERED_STILL,
    "test_D6_aMentionThatWasLost": r"\[\] != \[<RemoteCacheObserver",
    "test_D7_nobodyWantsTheAnswer": REGISTERED_STILL,
    "test_D8_theLastProxyIsReturned": "the connection is lost",
    "test_D10_resetInPlace": r"\['new'\] != \['one duck'\]",
    "test_D11_aCopyDies": r"'ugly duckling'\] != \['one duck'\]",
    "test_D12_initRaises": "the connection is lost",
    "test_D13_theStateRaisesOnce": r"\['one duck'\] != None",
    "test_D14_aCallInAHook": r"!= \['guest', None\]",
    "test_D15_twoAvatarsOnAConnection": r"b'guest'\] != [0-9]+",
    "test_D20_aLargeAnswer": "the connection is lost",
    "test_D20_anAnswerThatIsTooLarge": "the connection is lost",
    # In Twisted 22.10 it is the question that fails.
    "test_D26_anErrorWithoutBaseClasses": "the connection is lost|'parents'",
    "test_D28_moreCachesThanReferences": "Maximum PB cache count exceeded",
    "test_D28_theLimitIsExceeded": "the connection is lost",
    "test_D29_anAnswerThatWaitsIsGivenAtTheEnd": "dictionary changed size",
    "test_D21_aValue": "Unpersistable",
    "test_D21_whatCannotBeSent": "the call has not failed",
    "test_D22_aFrozenRecord": "Unpersistable",
    "test_D19_whatIsNoException": "the connection is lost",
    "test_D31_anUpdateThatFails": r"\['one duck', 'a', 'b'\] != \['one duck', 'a'\]",
    "test_D31_anUpdateThatIsNotSent": r"'ugly duckling'\] != \['one duck'\]",
    "test_D31_afterTheConnectionIsLost": "CLOSED.*DETACHED",
    # An assert; without it the call is not answered.
    "test_D32_overAnotherConnection": "cannot exchange cached proxies|found no result",
    "test_D33_aLongChain": "maximum recursion depth exceeded",
    "test_D35_aCopyIsRegisteredForACache": "the call has not failed",
}
"""What each test says of stock flavors."""


class StockTests(SynchronousTestCase):
    """
    Stock flavors have each of these defects.
    """

    def test_eachTestFailsOnStockFlavors(self) -> None:
        """
        Each test of L{CallTests} fails, for the reason that it has, when
        C{twisted.spread.pb} takes the place of C{pbcopy.pb}.
        """
        assertStockFails(self, CallTests, REASONS)

    def test_eachTestHasAReason(self) -> None:
        """
        No test is left out.
        """
        named = {name for name in dir(CallTests) if name.startswith("test_")}
        self.assertEqual(named, set(REASONS))
