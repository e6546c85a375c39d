# -*- test-case-name: pbcopy.test.test_network -*-
"""
Tests for L{pbcopy._network}.
"""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

from twisted.internet.defer import maybeDeferred
from twisted.internet.error import ConnectionDone
from twisted.python.failure import Failure
from twisted.spread import pb as stock
from twisted.trial.unittest import FailTest, SynchronousTestCase

import pbcopy.pb
from pbcopy import _network, _turn
from pbcopy._side import Side
from pbcopy._slotof import slots
from pbcopy.test.freezing import freeze
from pbcopy.test.ponds import Kit, Received, register
from pbcopy.testing import Connection, Network


class Noise(stock.Root):
    """
    A root whose two ends never stop talking.
    """

    def remote_echo(self, other: Any) -> None:
        """
        Call back.
        """
        other.callRemote("echo", self)


class NetworkTestCase(SynchronousTestCase):
    """
    A pond on a network.
    """

    def setUp(self) -> None:
        """
        Make a network, and a pond.
        """
        self.network = Network()
        self.kit = Kit(self, pbcopy.pb)
        self.pond = self.kit.Pond(["a"])
        self.root = self.kit.Root(self.pond)

    def join(self) -> tuple[Connection, Any]:
        """
        Have a client fetch the pond.
        """
        connection = self.network.connect(self.root)
        call = connection.root.callRemote("pond")
        self.network.settle()
        return connection, self.successResultOf(call)


class StepTests(NetworkTestCase):
    """
    One thing happens at a time, in an order that the seed decides.
    """

    def history(self, seed: int) -> list[str]:
        """
        Give the history of a few calls.
        """
        network = Network(seed)
        pond = self.kit.Pond()
        clients = [network.connect(self.kit.Root(pond)) for _ in range(3)]
        clients[0].fromServer.delay = 3
        clients[1].fromClient.rate = 5
        clients[2].fromServer.cutAfter(60)
        calls = [Received(each.root.callRemote("pond")) for each in clients]
        for duck in "abc":
            network.step()
            pond.add(duck)
        network.settle()
        network.assertConverged()
        self.assertEqual([1] * 3, [len(call.results) for call in calls])
        return network.history

    def test_deterministic(self) -> None:
        """
        The same seed and the same calls give the same history; another seed
        gives another one.
        """
        histories = [self.history(seed) for seed in (1, 2, 1, 2)]
        self.assertEqual(histories[0], histories[2])
        self.assertEqual(histories[1], histories[3])
        self.assertNotEqual(histories[0], histories[1])

    def test_history(self) -> None:
        """
        The history says which side delivered how many bytes, and which
        connection was lost, and why; all that was delivered is in it.
        """
        connection = self.network.connect(self.root)
        before = len(self.network.history)
        connection.root.callRemote("give", 1).addErrback(lambda failure: None)
        size = len(connection.fromClient.outgoing)
        connection.fromServer.held = True
        self.network.settle()
        connection.cut()
        connection.cut()
        *moves, lost = self.network.history[before:]
        side, counts = "client's side of connection 1: ", []
        for line in moves:
            self.assertTrue(line.startswith(side) and line.endswith(" bytes"), line)
            counts.append(int(line[len(side) : -len(" bytes")]))
        self.assertGreater(len(counts), 1)
        self.assertEqual(size, sum(counts))
        self.assertEqual(f"connection 1: lost, {ConnectionDone()!r}", lost)

    def test_oneAtATime(self) -> None:
        """
        A step delivers from one side alone.
        """
        connections = [self.network.connect(self.root) for _ in range(3)]
        for connection in connections:
            connection.root.callRemote("pond")
        before = len(self.network.history)
        for count in range(1, 10):
            self.assertTrue(self.network.step())
            self.assertEqual(before + count, len(self.network.history))

    def test_reordered(self) -> None:
        """
        What was sent on one connection before what was sent on another one may
        arrive after it, and the calls of one connection keep their order.
        """
        orders = set()
        for seed in range(20):
            network, root = Network(seed), self.kit.Root()
            one, other = network.connect(root), network.connect(root)
            for connection, things in ((one, ("a", "b")), (other, ("c",))):
                for thing in things:
                    connection.root.callRemote("give", thing)
            network.settle()
            orders.add("".join(root.given))
        self.assertEqual({"abc", "acb", "cab"}, orders)

    def test_settle(self) -> None:
        """
        Nothing more happens after the network has settled, but for what is
        held.
        """
        connection, view = self.join()
        self.assertFalse(self.network.step())
        connection.fromServer.held = True
        self.pond.add("b")
        self.network.settle()
        self.assertEqual(["a"], view.ducks)
        connection.fromServer.held = False
        self.network.settle()
        self.assertEqual(["a", "b"], view.ducks)
        self.network.assertConverged()

    def test_settlesNever(self) -> None:
        """
        Who never comes to rest is named.
        """
        self.patch(_network, "MAX_STEPS", 1000)
        self.join()
        noisy = self.network.connect(Noise())
        noisy.root.callRemote("echo", Noise())
        error = self.assertRaises(FailTest, self.network.settle)
        self.assertIn("after 1000 steps", str(error))
        self.assertIn("side of connection 2, ", str(error))
        self.assertNotIn("connection 1", str(error))
        noisy.cut()
        self.flushLoggedErrors(stock.PBConnectionLost)

    def test_connect(self) -> None:
        """
        Its connections are those that are not lost, in the order in which they
        were made; a factory may be given for the client.
        """
        factory = stock.PBClientFactory()
        one = self.network.connect(self.root)
        two = self.network.connect(stock.PBServerFactory(self.root), factory)
        self.assertIs(factory, two.client.factory)
        self.assertEqual([one, two], self.network.connections)
        self.assertEqual("<connection 1>", repr(one))
        one.cut()
        self.assertEqual([two], self.network.connections)
        self.assertEqual("<connection 1, lost>", repr(one))

    def test_collect(self) -> None:
        """
        A replica that is in a cycle and was dropped is collected, and its
        master told.
        """
        _, view = self.join()
        view.itself = view
        del view
        self.assertEqual(1, len(self.pond.observers))
        self.network.collect()
        self.assertEqual([], self.pond.observers)


class SlowTests(NetworkTestCase):
    """
    What hinders one client does not hinder the others.
    """

    def countSteps(self, views: list[Any]) -> list[int]:
        """
        Change the pond, and count the steps until each view has heard of it.
        """
        self.pond.add("b")
        arrived: dict[int, int] = {}
        steps = itertools.count(1)
        while self.network.step() or len(arrived) < len(views):
            step = next(steps)
            for index, view in enumerate(views):
                if "b" in view.ducks:
                    arrived.setdefault(index, step)
        return [arrived[index] for index in range(len(views))]

    def test_delay(self) -> None:
        """
        What is delayed arrives after so many steps at the earliest.
        """
        (slow, view), (_, other) = self.join(), self.join()
        slow.fromServer.delay = 500
        late, early = self.countSteps([view, other])
        self.assertGreater(late, 500)
        self.assertLess(early, 500)
        self.network.assertConverged()

    def test_rate(self) -> None:
        """
        A slow reader reads no more bytes in a step than its rate.
        """
        (slow, view), (_, other) = self.join(), self.join()
        slow.fromServer.rate = 1
        before = len(self.network.history)
        late, early = self.countSteps([view, other])
        self.assertGreater(late, early)
        side = f"{slow.fromServer.name}: "
        lines = [x for x in self.network.history[before:] if x.startswith(side)]
        self.assertGreater(len(lines), 10)
        self.assertEqual({f"{side}1 bytes"}, set(lines))

    def test_aRateOfALoneConnection(self) -> None:
        """
        C{deliver} has patience with a slow reader.
        """
        connection = self.network.connect(self.root)
        connection.fromServer.rate, connection.fromClient.delay = 1, 10
        call = connection.root.callRemote("pond")
        connection.deliver()
        self.assertEqual(["a"], self.successResultOf(call).ducks)


class CutTests(NetworkTestCase):
    """
    A connection may be cut at any byte.
    """

    def exchange(self, network: Network, side: str, count: int | None) -> bool:
        """
        Have one of two clients fetch, follow and drop a pond, while its
        connection is cut.

        @return: whether it was.
        """
        pond = self.kit.Pond(["a"])
        root = self.kit.Root(pond)
        one, other = network.connect(root), network.connect(root)
        if count is not None:
            getattr(one, side).cutAfter(count)
        calls = [Received(each.root.callRemote("pond")) for each in (one, other)]
        network.settle()
        pond.add("b")
        # A reference whose connection is gone raises.
        gift = Received(
            maybeDeferred(one.root.callRemote, "give", self.kit.Pond(["c"]))
        )
        network.settle()
        network.assertConverged()
        for call in (*calls, gift):
            self.assertEqual(1, len(call.results))
        self.assertEqual(["a", "b"], calls[1].results[0].ducks)
        self.assertFalse(other.lost)
        wasLost = one.lost
        if not wasLost:
            self.assertEqual(["a", "b"], calls[0].results[0].ducks)
        for call in calls:
            call.results.clear()
        root.given.clear()
        network.collect()
        self.assertEqual([], pond.observers)
        for broker in (other.server, other.client):
            self.assertEqual({}, broker.remotelyCachedObjects)
            self.assertEqual({}, broker.remotelyCachedLUIDs)
            self.assertEqual({}, broker.locallyCachedObjects)
            self.assertEqual({}, broker.waitingForAnswers)
        return wasLost

    def test_atEachByte(self) -> None:
        """
        Wherever it is cut, each Deferred fires, the other client follows, and
        nothing is left.
        """
        before = set(slots.values())
        # The reactor would be asked again and again to end a turn that is over.
        self.patch(_turn, "sys", SimpleNamespace(modules={}))
        freeze()
        self.addCleanup(freeze)
        for side in ("fromServer", "fromClient"):
            network = Network()
            for count in itertools.count():
                if not self.exchange(network, side, count):
                    break
                network.connections[-1].cut()
            self.assertGreater(count, 200)
        self.assertEqual(set(), set(slots.values()) - before)

    def test_exactly(self) -> None:
        """
        The byte before the cut arrives, and the byte after it does not.
        """
        for count in range(5):
            connection = self.network.connect(self.root)
            arrived: list[bytes] = []
            self.patch(connection.server, "dataReceived", arrived.append)
            connection.fromClient.write(b"abcde")
            connection.fromClient.cutAfter(count)
            self.network.settle()
            self.assertEqual(b"abcde"[:count], b"".join(arrived))
            self.assertTrue(connection.lost)
            assert isinstance(connection.reason, Failure)
            self.assertIsInstance(connection.reason.value, ConnectionDone)

    def test_close(self) -> None:
        """
        A Broker that closes its connection has its last words delivered, in
        whatever pieces; one that aborts has not.
        """
        for close, given in ((Side.loseConnection, ["x"]), (Side.abortConnection, [])):
            root = self.kit.Root()
            connection = self.network.connect(root)
            call = connection.root.callRemote("give", "x")
            connection.fromServer.held = True
            close(connection.fromClient)
            self.network.settle()
            self.assertTrue(connection.lost)
            self.assertEqual(given, root.given)
            self.failureResultOf(call, stock.PBConnectionLost)


class StockTests(NetworkTestCase):
    """
    Twisted's own flavors can be tested so, too.
    """

    def test_aKnownDefect(self) -> None:
        """
        A replica that fell behind for good, as that of a third client does
        after a second one has gone, is found.
        """
        kit = Kit(self, stock)
        register(self, stock, (kit.Pond, kit.View))
        self.pond = kit.Pond(["a"])
        self.root = kit.Root(self.pond)
        (_, other), (gone, _), (_, view) = (self.join() for _ in range(3))
        self.network.assertConverged()
        gone.cut()
        self.assertEqual(1, len(self.flushLoggedErrors(TypeError)))
        with self.assertRaises(AttributeError):
            self.pond.add("b")
        self.network.settle()
        error = self.assertRaises(FailTest, self.network.assertConverged)
        self.assertIn("connection 3>: View.ducks[1]: the replica has ", str(error))
        self.assertEqual([["a", "b"], ["a"]], [other.ducks, view.ducks])
