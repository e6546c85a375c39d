# -*- test-case-name: pbcopy.test.test_sendable -*-
"""
Tests for L{pbcopy._sendable}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import banana
from twisted.spread.jelly import jelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._sendable import LARGEST, checkSendable
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import Kit, register
from pbcopy.testing import connect, sendAcross

LONGEST = banana.SIZE_LIMIT


class Pond(pb.Copyable, pb.RemoteCopy):
    """
    What is sent.
    """

    value: Any


HUGE: list[tuple[str, Any, str]] = [
    ("bytes", b"x" * (LONGEST + 1), ".value"),
    ("text", "x" * (LONGEST + 1), ".value"),
    ("in a list", [1, "x" * (LONGEST + 1)], ".value[1]"),
    ("in a dict", {"ducks": {7: b"x" * (LONGEST + 1)}}, ".value.ducks[7]"),
    ("under a text", {"two words": b"x" * (LONGEST + 1)}, ".value['two words']"),
    ("as a key", {"x" * (LONGEST + 1): 1}, ".value"),
    ("in a tuple", (1, (2, b"x" * (LONGEST + 1))), ".value[1][1]"),
    ("int", LARGEST + 1, ".value"),
    ("int that cannot be printed", {1 << 100_000: 1}, ".value"),
    ("negative int", -LARGEST - 1, ".value"),
    ("many", list(range(LONGEST)), ".value"),
]


class SendableTests(SynchronousTestCase):
    """
    What is too large fails its own call.
    """

    def setUp(self) -> None:
        """
        Register the pond.
        """
        register(self, pb, (Pond, Pond))

    def test_limits(self) -> None:
        """
        The limits are Banana's: what is just small enough arrives.
        """
        self.assertRaises(banana.BananaError, banana.encode, LARGEST + 1)
        for value in (b"x" * LONGEST, LARGEST, -LARGEST, list(range(1000))):
            pond = Pond()
            pond.value = value
            self.assertEqual(value, sendAcross(pond).value)

    def test_limitsThatAreRaised(self) -> None:
        """
        An application that raises Banana's limits raises these.
        """
        self.patch(banana, "SIZE_LIMIT", 2 * LONGEST)
        pond = Pond()
        pond.value = b"x" * (LONGEST + 1)
        self.assertEqual(pond.value, sendAcross(pond).value)
        root = Kit(self, pb).Root()
        connection = connect(root)
        for broker in (connection.client, connection.server):
            broker.setPrefixLimit(500)
        pond.value = 1 << 1000
        call = connection.root.callRemote("give", pond)
        connection.deliver()
        self.successResultOf(call)
        self.assertEqual(1 << 1000, root.given[0].value)

    def test_path(self) -> None:
        """
        The error names the class and the path.
        """
        for name, value, path in HUGE:
            with self.assertRaises(Unsendable) as caught:
                checkSendable("Pond", [b"Pond", jelly({"value": value})])
            self.assertEqual(f"Pond{path}", caught.exception.where, name)
            self.assertIn("at most ", caught.exception.expected)

    def test_asAnArgument(self) -> None:
        """
        The Deferred of the call fails.
        """
        pond = Pond()
        pond.value = b"x" * (LONGEST + 1)
        connection = connect(Kit(self, pb).Root())
        call = connection.root.callRemote("give", [pond])
        error = self.failureResultOf(call, Unsendable).value
        self.assertEqual("Pond.value", error.where)
        self.assertEqual(f"{LONGEST + 1} bytes", error.got)
        self.assertEqual({}, connection.client.waitingForAnswers)

    def test_inAnAnswer(self) -> None:
        """
        The call fails, and the connection lives, whether the answer comes at
        once or later; for a cache, nobody observes.
        """
        kit = Kit(self, pb)
        cached = kit.Pond(["x" * (LONGEST + 1)])
        copied = Pond()
        copied.value = [b"x" * (LONGEST + 1)]
        for thing in (cached, copied):
            later: Deferred[Any] = Deferred()
            for answer in (thing, later):
                connection = connect(kit.Root(answer))
                call = connection.root.callRemote("pond")
                connection.deliver()
                if answer is later:
                    later.callback(thing)
                connection.deliver()
                self.assertIs(Unsendable, self.failureResultOf(call).type)
                self.assertEqual(1, len(self.flushLoggedErrors(Unsendable)))
                self.assertFalse(connection.lost)
        self.assertEqual([], cached.observers)
        self.assertEqual(2, len(cached.stopped))

    def test_nested(self) -> None:
        """
        An object in the state of another one is named by the path through both.
        """
        outer, inner = Pond(), Pond()
        outer.value, inner.value = {"inner": [inner]}, b"x" * (LONGEST + 1)
        with self.assertRaises(Unsendable) as caught:
            sendAcross(outer, isMet=False)
        self.assertEqual("Pond.value.inner[0].value", caught.exception.where)
        self.assertEqual(7, sendAcross(self.fine()).value)

    def fine(self) -> Pond:
        """
        Give a pond that can be sent.
        """
        pond = Pond()
        pond.value = 7
        return pond

    def test_whatIsNoExpression(self) -> None:
        """
        A C{jellyFor} that gives what Banana does not know is an error, too.
        """

        class Odd(pb.Copyable):
            def jellyFor(self, jellier: Any) -> Any:
                return [b"odd", "text"]

        pond = Pond()
        pond.value = Odd()
        with self.assertRaises(Unsendable) as caught:
            sendAcross(pond)
        self.assertEqual("str in an s-expression", caught.exception.got)
