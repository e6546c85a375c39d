# -*- test-case-name: pbcopy.test.test_window -*-
"""
Tests for L{pbcopy._window}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import limits, pb
from pbcopy._hub import hubOf
from pbcopy._window import Window
from pbcopy.test.sharedponds import Pond, PondView, give, meet, told


class WindowTests(SynchronousTestCase):
    """
    A window counts what was sent, and has the peer asked now and then.
    """

    def setUp(self) -> None:
        """
        Have eight updates fill it.
        """
        self.patch(limits, "MAX_UNACKNOWLEDGED", 8)
        self.asked, self.answers = 0, True
        self.window = Window(stock.Broker(), self.ask)

    def ask(self) -> bool:
        """
        Count it.
        """
        self.asked += 1
        return self.answers

    def send(self, count: int) -> tuple[int, bool]:
        """
        Count so many, and tell how often the peer was asked, and whether it is full.
        """
        for _ in range(count):
            self.window.sent()
        return self.asked, self.window.isFull

    def test_none(self) -> None:
        """
        Where one update may be sent at a time, each is asked for.
        """
        self.patch(limits, "MAX_UNACKNOWLEDGED", 1)
        self.assertEqual((1, True), self.send(1))
        self.window.reached()
        self.assertEqual((2, True), self.send(1))

    def test_asked(self) -> None:
        """
        The peer is asked when a quarter is full, and again when it has come there.
        """
        self.assertEqual((0, False), self.send(1))
        self.assertEqual((1, False), self.send(1))
        self.assertEqual((1, False), self.send(5))
        self.window.reached()
        self.assertEqual((2, False), self.send(1))

    def test_full(self) -> None:
        """
        It is full until the peer has come so far that it is not.
        """
        self.assertEqual((1, True), self.send(11))
        self.window.reached()
        # There are nine since it was asked.
        self.assertEqual((2, True), (self.asked, self.window.isFull))
        self.window.reached()
        self.assertEqual((2, False), self.send(1))

    def test_lowered(self) -> None:
        """
        A limit that is lowered holds from the next one on.
        """
        self.patch(limits, "MAX_UNACKNOWLEDGED", 1000)
        self.assertEqual((0, False), self.send(20))
        self.patch(limits, "MAX_UNACKNOWLEDGED", 4)
        self.window.sent()
        self.assertTrue(self.window.isFull)

    def test_noAnswer(self) -> None:
        """
        It is never full for a peer that does not say how far it has come.
        """
        self.answers = False
        self.assertEqual((10, False), self.send(20))
        self.window.reached()
        self.assertFalse(self.window.isFull)

    def test_cannotAsk(self) -> None:
        """
        Where asking fails, that is logged, and the next update asks.
        """
        asks: list[Any] = [lambda: 1 / 0, lambda: True, lambda: True]
        self.window = Window(stock.Broker(), lambda: asks.pop(0)())
        self.assertFalse(self.send(2)[1])
        self.assertEqual(1, len(self.flushLoggedErrors(ZeroDivisionError)))
        self.assertTrue(self.send(8)[1])
        self.window.reached()
        self.assertFalse(self.window.isFull)

    def test_policy(self) -> None:
        """
        The policy of a factory may say how many there are.
        """
        policy = pbcopy.Policy()
        policy.limit(MAX_UNACKNOWLEDGED=2)
        broker = stock.Broker(True, policy)
        self.window = Window(broker, self.ask)
        self.assertEqual((1, True), self.send(2))


class UnacknowledgedTests(SynchronousTestCase):
    """
    A peer that says nothing of having taken its updates is one that takes no more.
    """

    def setUp(self) -> None:
        """
        Have a client with a replica, of which nothing comes.
        """
        self.patch(limits, "MAX_UNACKNOWLEDGED", 4)
        self.connection = meet()
        self.pond = Pond()
        self.view: PondView = give(self.connection, self.pond)
        self.heard = told(self.view)
        self.connection.deliver()
        self.connection.fromClient.held = True

    def change(self, *depths: int) -> None:
        """
        Change the master several times.
        """
        for depth in depths:
            self.pond.depth = depth
        self.connection.deliver()

    def test_merged(self) -> None:
        """
        What comes later is merged, and arrives when it has said so.
        """
        self.change(*range(1, 10))
        self.assertEqual((4, 4), (self.view.depth, len(self.heard)))
        self.connection.fromClient.held = False
        self.connection.deliver()
        self.assertEqual(9, self.view.depth)
        self.assertEqual(["PondView.depth changed 4.0 to 9.0"], self.heard[4])
        self.change(*range(10, 20))
        self.assertEqual(19, self.view.depth)

    def test_inATurn(self) -> None:
        """
        A peer that takes all at once misses nothing of the end.
        """
        self.connection.fromClient.held = False
        self.change(*range(1, 100))
        self.assertEqual(99, self.view.depth)

    def test_againAndAgain(self) -> None:
        """
        A master that changes too much each time does not become stale for that.
        """
        self.patch(limits, "MAX_PENDING", 3)
        self.connection.fromClient.held = False
        other = Pond(things=[1, 2, 3, 4])
        view = give(self.connection, other)
        for each in range(10):
            # They fill the window.
            for at in range(4):
                self.pond.depth = 10 * each + at
            other.things.append(each)
            self.connection.deliver()
        self.assertEqual(other.things, view.things)
        self.assertTrue(pbcopy.statusOf(view).isLive)

    def test_refused(self) -> None:
        """
        What an application sends by itself is refused at last.
        """
        self.patch(limits, "MAX_PENDING_BYTES", 100)
        self.connection.fromClient.held = False
        master = Own()
        view = give(self.connection, master)
        self.connection.fromClient.held = True
        sent = [master.observer.callRemote("depth", at) for at in range(20)]
        self.connection.deliver()
        refused = [each for each in sent if each.called]
        self.assertTrue(0 < view.depth < 19)
        for each in refused:
            self.failureResultOf(each, pbcopy.Unsendable)
        self.connection.fromClient.held = False
        self.connection.deliver()
        self.assertEqual(19, view.depth)

    def test_lost(self) -> None:
        """
        A connection that is lost meanwhile leaves nothing behind.
        """
        self.change(*range(1, 10))
        transport = self.connection.server.transport
        self.assertIn("write", vars(transport))
        self.connection.cut()
        self.assertNotIn("write", vars(transport))

    def test_stock(self) -> None:
        """
        A peer that has no pbcopy is not asked.
        """
        connection = meet(isMet=False)
        self.assertFalse(hubOf(connection.server)._mark())


class Own(pb.Cacheable):
    """
    A master whose observer is called by hand.
    """

    observer: Any = None

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Give a state.
        """
        self.observer = observer
        return {"depth": 19}


class OwnView(pb.RemoteCache):
    """
    A replica of it.
    """

    def observe_depth(self, depth: int) -> None:
        """
        Take it.
        """
        self.depth = depth


pb.setUnjellyableForClass(Own, OwnView)
