# -*- test-case-name: pbcopy.test.test_pending -*-
"""
Tests for L{pbcopy._pending}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._pending import Pending
from pbcopy.test.sharedponds import meet


class Calling:
    """
    Has something to call before anything else is sent.
    """

    def __init__(self, broker: Any, name: str) -> None:
        self.reference = broker.remoteForName(name)
        self.asked = 0
        self.given: list[Any] = []

    def paused(self, who: Any) -> None:
        """
        It does not matter.
        """

    def resumed(self, who: Any) -> list[Any]:
        """
        It does not matter.
        """
        return []

    def due(self, who: Any) -> list[Any]:
        """
        Give a message, once.
        """
        self.asked += 1
        new = [each for each in [who] if each not in self.given]
        self.given += new
        return new

    def deliver(self, messages: list[Any]) -> None:
        """
        Send the messages.
        """
        for each in messages:
            self.reference.callRemote("take", each, pbanswer=False)


class PendingTests(SynchronousTestCase):
    """
    What waits is sent before anything else.
    """

    def setUp(self) -> None:
        """
        Have a client that notes the order of what it gets.
        """
        self.connection = meet()
        self.got: list[Any] = []
        test = self

        class Table:
            def remoteMessageReceived(
                self, broker: Any, message: str, args: Any, kw: Any
            ) -> Any:
                test.got += broker.unserialize(args)
                return broker.serialize(None)

        self.connection.client.setNameForLocal("table", Table())
        self.broker = self.connection.server
        self.pending, self.sender = Pending(self.broker), Calling(self.broker, "table")
        self.table = self.broker.remoteForName("table")

    def send(self, value: Any) -> None:
        """
        Send something else.
        """
        self.successes: list[Any] = []
        self.table.callRemote("take", value).addCallback(self.successes.append)
        self.connection.deliver()

    def test_before(self) -> None:
        """
        It is sent before a call, and the call is answered.
        """
        self.pending.add("first", self.sender)
        self.pending.add("second", self.sender)
        self.send("call")
        self.assertEqual(["first", "second", "call"], self.got)
        self.assertEqual([None], self.successes)

    def test_untilRemoved(self) -> None:
        """
        Who waits is asked until it is removed, and leaves nothing then.
        """
        self.pending.add("first", self.sender)
        self.send(1)
        asked = self.sender.asked
        self.send(2)
        self.assertGreater(self.sender.asked, asked)
        self.pending.remove("first")
        self.pending.remove("another")
        self.send(3)
        self.assertNotIn("serialize", vars(self.broker))
        self.assertEqual(3, self.got[-1])

    def test_anApplications(self) -> None:
        """
        A C{serialize} that an application has put there is called, and is back when
        nothing waits.
        """
        calls: list[Any] = []
        serialize = self.broker.serialize

        def own(*args: Any, **kw: Any) -> Any:
            calls.append(args)
            return serialize(*args, **kw)

        vars(self.broker)["serialize"] = own
        self.pending.add("first", self.sender)
        self.pending.remove("another")
        self.send("call")
        self.assertIn((("call",),), [args[:1] for args in calls])
        self.pending.remove("first")
        self.pending.remove("first")
        self.assertIs(own, vars(self.broker)["serialize"])

    def test_anAnswer(self) -> None:
        """
        It is sent before an answer, too.
        """

        class Root:
            def remoteMessageReceived(
                self, broker: Any, message: str, args: Any, kw: Any
            ) -> Any:
                return broker.serialize("answer")

        self.broker.setNameForLocal("root", Root())
        self.pending.add("first", self.sender)
        answers: list[Any] = []
        answer = self.connection.root.callRemote("look")
        answer.addCallback(lambda result: answers.append((result, *self.got)))
        self.connection.deliver()
        self.assertEqual([("answer", "first")], answers)
