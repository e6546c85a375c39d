# -*- test-case-name: pbcopy.test.test_outbox -*-
"""
Tests for L{pbcopy._outbox}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._channel import DELTA
from pbcopy._outbox import Message, send, together


class Observer:
    """
    Notes what it is told.
    """

    broker = perspective = None

    def __init__(self, luid: int, told: list[Any]) -> None:
        self.luid = luid
        self.told = told
        self.reason: BaseException | None = None
        self.then: list[Message] = []
        self.isSent = True

    def isReady(self) -> bool:
        """
        Tell whether an update would leave.
        """
        return self.isSent

    def tell(self, name: str, *args: Any) -> BaseException | None:
        """
        Note it, and send what is to follow.
        """
        then, self.then = self.then, []
        send(then)
        self.told.append((self.luid, name, *args))
        return self.reason

    def missed(self, reason: BaseException) -> None:
        """
        Note it.
        """
        self.told.append((self.luid, reason))


class OutboxTests(SynchronousTestCase):
    """
    Messages leave in order.
    """

    def setUp(self) -> None:
        """
        Have three observers.
        """
        self.told: list[Any] = []
        self.observers: Any = [Observer(luid, self.told) for luid in range(3)]

    def message(self, at: int, packed: str, *objects: Any) -> Message:
        """
        Make the message with a delta for one of them.
        """
        return Message(self.observers[at], DELTA, (packed, list(objects)))

    def test_nested(self) -> None:
        """
        One that comes while another is sent leaves behind those that were there.
        """
        self.observers[0].then = [Message(self.observers[2], "late", ())]
        send([Message(self.observers[0], "a", (1,)), self.message(1, "b")])
        self.assertEqual([(0, "a", 1), (1, DELTA, "b"), (2, "late")], self.told)

    def test_together(self) -> None:
        """
        Deltas for one connection and one perspective are one message, but for
        those whose state has not left, and for what is no delta.
        """
        self.observers[2].isSent = False
        other: Any = Observer(3, self.told)
        other.perspective = "another"
        messages = [self.message(0, "a"), self.message(1, "b", 1)]
        messages += [self.message(2, "c"), Message(self.observers[1], "plain", ())]
        messages.append(Message(other, DELTA, ("d", [])))
        send(together(messages))
        self.assertEqual(
            [
                (2, DELTA, "c"),
                (1, "plain"),
                (0, DELTA, "a", [], 1, "b", [1]),
                (3, DELTA, "d"),
            ],
            self.told,
        )

    def test_missed(self) -> None:
        """
        If it cannot be sent, those whose deltas were in it hear of that.
        """
        reason = self.observers[0].reason = ValueError()
        send(together([self.message(0, "a"), self.message(1, "b")]))
        self.assertEqual((1, reason), self.told[-1])
