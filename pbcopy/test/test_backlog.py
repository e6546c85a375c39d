# -*- test-case-name: pbcopy.test.test_backlog -*-
"""
Tests for L{pbcopy._backlog}.
"""

from __future__ import annotations

from typing import Any

from twisted.python import log
from twisted.spread import pb as stock

from pbcopy import limits, onStatus, statusOf
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import Kit, ReplicaTestCase, register


class BacklogTests(ReplicaTestCase):
    """
    What waits for a peer that does not read is bounded.
    """

    def setUp(self) -> None:
        """
        Have a low limit.
        """
        super().setUp()
        self.patch(limits, "MAX_PENDING_BYTES", 5_000)

    def stop(self) -> None:
        """
        Have the client read nothing.
        """
        self.side = self.connection.fromServer
        self.side.held, self.side.bufferSize = True, 100

    def send(self, count: int, **kw: Any) -> list[Any]:
        """
        Send updates.

        @return: the errors.
        """
        errors: list[Any] = []
        for number in range(count):
            for observer in list(self.pond.observers):
                answer = observer.callRemote("add", f"duck {number}", **kw)
                if answer is not None:
                    answer.addErrback(lambda failure: errors.append(failure.value))
            self.pond.ducks.append(f"duck {number}")
        return errors

    def go(self) -> None:
        """
        Have it read again.
        """
        self.side.held = False
        self.connection.deliver()

    def test_refused(self) -> None:
        """
        Past the limit updates are refused, with the facts; when the peer reads
        again it gets a fresh state, and updates after that.
        """
        view = self.fetch()
        self.stop()
        errors = self.send(1000)
        self.assertTrue(all(type(each) is Unsendable for each in errors))
        self.assertIn("MAX_PENDING_BYTES, 5000 here", errors[0].expected)
        self.assertLess(len(self.side.outgoing), 7_000)
        self.go()
        self.assertTrue(statusOf(view).isLive, statusOf(view))
        self.assertEqual(self.pond.ducks, view.ducks)
        self.send(1)
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, view.ducks)

    def test_withoutAnswers(self) -> None:
        """
        One that asks for no answer is refused, too, and the log has one line for
        all of them.
        """
        view = self.fetch()
        self.stop()
        lines = self.lines()
        self.send(1000, pbanswer=False)
        self.assertEqual(1, len([each for each in lines if "does not read" in each]))
        self.assertLess(len(self.side.outgoing), 7_000)
        self.go()
        self.assertEqual(self.pond.ducks, view.ducks)

    def lines(self) -> list[str]:
        """
        Give a list that gets each line of the log.
        """
        lines: list[str] = []

        def observe(event: Any) -> None:
            lines.append(log.textFromEventDict(event) or "")

        log.addObserver(observe)
        self.addCleanup(log.removeObserver, observe)
        return lines

    def test_toldBefore(self) -> None:
        """
        The replica knows that it misses something when it gets there.
        """
        view = self.fetch()
        kinds: list[Any] = []
        onStatus(view, lambda _, status: kinds.append(status.kind.name))
        self.stop()
        self.send(1000, pbanswer=False)
        self.go()
        self.assertEqual(["STALE", "LIVE"], kinds)

    def test_little(self) -> None:
        """
        Below the limit all are sent.
        """
        view = self.fetch()
        self.stop()
        self.assertEqual([], self.send(20))
        self.go()
        self.assertEqual(self.pond.ducks, view.ducks)
        self.assertTrue(statusOf(view).isLive)

    def test_aStockPeer(self) -> None:
        """
        One that could never be brought up to date loses its connection.
        """
        stocked = Kit(self, stock)
        register(self, stock, (self.kit.Pond, stocked.View))
        self.fetch()
        self.stop()
        self.send(1000)
        self.go()
        self.assertTrue(self.connection.lost)
        self.assertEqual([], self.pond.observers)

    def test_dropped(self) -> None:
        """
        Nothing is left of one whose replica was dropped meanwhile.
        """
        view = self.fetch()
        self.stop()
        self.send(1000)
        self.assertIsNotNone(view)
        del view
        self.connection.collect()
        self.go()
        self.connection.collect()
        self.assertEqual([], self.pond.observers)
        flow: Any = self.connection.server.localObjectForID(b"pbcopy").flow
        self.assertEqual({}, flow._senders)
