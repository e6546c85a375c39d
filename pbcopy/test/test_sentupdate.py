# -*- test-case-name: pbcopy.test.test_sentupdate -*-
"""
Tests for L{pbcopy._sentupdate}.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.defer import Deferred
from twisted.spread import banana, jelly, pb
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _quickcalls
from pbcopy._channel import DELTA, HEARD, wordFor
from pbcopy._flat import MOST_PARTS, jellyFlat
from pbcopy._hub import hubOf
from pbcopy._packedarguments import argumentsIn
from pbcopy._sentupdate import sendUpdate
from pbcopy.test.test_bananadecoding import QUIET, Stock
from pbcopy.test.test_flat import PARTS

WORD = wordFor(b"pond.Pond")


def connected(broker: Any, requestID: int = 0) -> tuple[Any, list[bytes]]:
    """
    Give a Broker that is connected, and what it writes from now on.
    """
    sent = Stock()
    broker.transport = sent
    broker.connectionMade()
    broker.currentDialect = b"pb"
    broker.currentRequestID = requestID
    sent.written.clear()
    return broker, sent.written


def sentBy(broker: Any, written: list[bytes], luid: int, args: Any, kw: Any) -> Any:
    """
    Give what a Broker writes for an update, and whether it waits for an answer.
    """
    answer = sendUpdate(broker, hubOf(broker), None, luid, "add", args, dict(kw))
    said = b"".join(written)
    written.clear()
    waiting = broker.waitingForAnswers.get(broker.currentRequestID)
    return said, waiting is answer and isinstance(answer, (Deferred, type(None)))


class BytesTests(SynchronousTestCase):
    """
    An update is what Twisted's Broker sends for it.
    """

    @QUIET
    @given(
        st.lists(st.integers(0, 2**40), min_size=1, max_size=3),
        st.integers(0, 2**30),
        st.lists(st.lists(PARTS, max_size=3).map(tuple), max_size=3),
        st.sampled_from([{}, {"pbanswer": True}, {"pbanswer": False}]),
    )
    def test_same(self, luids: list[int], requestID: int, calls: Any, kw: Any) -> None:
        """
        So it is for all ids and arguments, to one observer after the other.
        """
        broker, written = connected(pb.Broker(False), requestID)
        other, expected = connected(pb.Broker(False), requestID)
        for args in calls:
            for luid in luids:
                found = sentBy(broker, written, luid, args, kw)
                answer = other._sendMessage(b"cache", None, luid, b"add", args, {**kw})
                self.assertEqual((b"".join(expected), True), found)
                self.assertEqual(kw.get("pbanswer", True), answer is not None)
                expected.clear()
        self.assertEqual(other.currentRequestID, broker.currentRequestID)
        self.assertEqual({*other.waitingForAnswers}, {*broker.waitingForAnswers})

    def test_once(self) -> None:
        """
        What is the same for several observers is made once.
        """
        broker, written = connected(pb.Broker(False))
        jellied: list[Any] = []

        def noted(thing: Any) -> Any:
            jellied.append(thing)
            return jellyFlat(thing)

        self.patch(_quickcalls, "jellyFlat", noted)
        said = [
            sentBy(broker, written, luid, (b"once only", 1), {"pbanswer": False})
            for luid in (1, 2, 3)
        ]
        self.assertEqual([(b"once only", 1)], jellied)
        self.assertEqual(3, len({*said}))

    def test_delta(self) -> None:
        """
        The bytes of a delta are sent as they are, with nothing around them.
        """
        broker, written = connected(pb.Broker(False))
        hub, kw = hubOf(broker), {"pbanswer": False}
        sendUpdate(broker, hub, None, 7, DELTA, (b"packed",), kw)
        tail = [7, DELTA.encode("ascii"), 0, b"packed", 0]
        received = Stock().take(*written).received
        self.assertEqual([[b"cachemessage", 1, *tail]], received)

    def test_packed(self) -> None:
        """
        Who says so gets the arguments of an update packed, unless Jelly is needed for
        them, they are too many, or too long.
        """
        broker, written = connected(pb.Broker(False))
        hub, kw = hubOf(broker), {"pbanswer": False}
        usual: Any = [(), (1, "Ente", "häßlich", b"x", 1.5, None, True)]
        others: Any = [
            *([(1, (2,))], [(2**64,)]),
            *([(b"x" * 1024,)], [(0,) * (MOST_PARTS + 1)]),
        ]
        for word, expected in ((HEARD, list), (WORD, bytes)):
            hub.remote_hello(HEARD, word)
            written.clear()
            for args in usual:
                sendUpdate(broker, hub, None, 7, "add", args, kw, WORD)
                (message,) = Stock().take(*written).received
                self.assertIs(expected, type(message[5]))
                if expected is bytes:
                    self.assertEqual(args, argumentsIn(message[5], "add"))
                    self.assertEqual(0, message[6])
                written.clear()
            for (args,) in others:
                sendUpdate(broker, hub, None, 7, "add", args, kw, WORD)
                (message,) = Stock().take(*written).received
                self.assertEqual(broker.serialize(args), message[5])
                written.clear()

    def test_bothKinds(self) -> None:
        """
        The same update may go to both in turns.
        """
        said = []
        for word in (WORD, HEARD, WORD, HEARD):
            broker, written = connected(pb.Broker(False))
            hubOf(broker).remote_hello(HEARD, word)
            written.clear()
            hub, kw = hubOf(broker), {"pbanswer": False}
            sendUpdate(broker, hub, None, 7, "add", (1,), kw, WORD)
            said += Stock().take(*written).received
        packed, plain = [b"\x91\x01", 0], [[b"tuple", 1], [b"dictionary"]]
        self.assertEqual([packed, plain] * 2, [each[5:] for each in said])


class OrdinaryTests(SynchronousTestCase):
    """
    Whatever is not as usual goes the ordinary way.
    """

    def assertOrdinary(self, broker: Any) -> None:
        """
        Check that nothing is sent quickly.
        """

        def never(*args: Any) -> Any:
            raise ZeroDivisionError

        self.patch(_quickcalls._tails, "of", never)
        sendUpdate(broker, hubOf(broker), None, 1, "add", (1,), {"pbanswer": False})
        self.assertTrue(broker.transport.written)

    def test_anApplicationsMethods(self) -> None:
        """
        A Broker with a method of its own has that called.
        """
        called: list[str] = []

        class Own(pb.Broker):
            def sendCall(self, *expression: Any) -> None:
                called.append("sendCall")
                stock: Any = super()
                stock.sendCall(*expression)

        self.assertOrdinary(connected(Own(False))[0])
        self.assertEqual(["sendCall"], called)

    def test_patched(self) -> None:
        """
        So has one that was patched: itself, as while something waits, or its class.
        """
        broker, _ = connected(pb.Broker(False))
        called: list[Any] = []
        serialize = broker.serialize

        def own(thing: Any, **kw: Any) -> Any:
            called.append(thing)
            return serialize(thing, **kw)

        broker.serialize = own
        self.assertOrdinary(broker)
        self.assertEqual([(1,), {}], called)
        stock: Any = pb.Broker.sendEncoded
        self.patch(pb.Broker, "sendEncoded", lambda self, obj: stock(self, obj))
        self.assertOrdinary(connected(pb.Broker(False))[0])

    def test_security(self) -> None:
        """
        An application's own security is asked.
        """
        broker, _ = connected(pb.Broker(False))
        broker.security = type("Own", (jelly.SecurityOptions,), {})()
        self.assertOrdinary(broker)

    def test_dialect(self) -> None:
        """
        Where there are no words with a number, none is used.
        """
        broker, written = connected(pb.Broker(False))
        broker.currentDialect = b"none"
        self.assertOrdinary(broker)
        self.assertIn(b"cachemessage", b"".join(written))

    def test_prefix(self) -> None:
        """
        An integer that is too large for one connection is refused there.
        """
        broker, _ = connected(pb.Broker(False))
        sendUpdate(broker, hubOf(broker), None, 1, "add", (2**62,), {"pbanswer": False})
        broker.setPrefixLimit(8)
        self.assertRaises(
            banana.BananaError,
            sendUpdate,
            broker,
            hubOf(broker),
            None,
            1,
            "add",
            (2**62,),
            {},
        )

    def test_gone(self) -> None:
        """
        Nothing is written to a connection that is gone.
        """
        broker, written = connected(pb.Broker(False))
        broker.disconnected = 1
        self.assertRaises(
            pb.DeadReferenceError,
            sendUpdate,
            broker,
            hubOf(broker),
            None,
            1,
            "add",
            (1,),
            {},
        )
        self.assertEqual([], written)
