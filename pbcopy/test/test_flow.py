# -*- test-case-name: pbcopy.test.test_flow -*-
"""
Tests for L{pbcopy._flow}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IPushProducer
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from pbcopy import _flow
from pbcopy._flow import Flow
from pbcopy._prompt import Prompt
from pbcopy.test.gathering import gathering
from pbcopy.test.sharedponds import Pond, give, meet


class Sender:
    """
    Notes what it hears.
    """

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def paused(self, who: Any) -> None:
        """
        Note it.
        """
        self.heard.append(("paused", who))

    def resumed(self, who: Any) -> list[Any]:
        """
        Note it, and give a message.
        """
        self.heard.append(("resumed", who))
        return [who]

    def due(self, who: Any) -> list[Any]:
        """
        Give a message.
        """
        return [who]

    def deliver(self, messages: list[Any]) -> None:
        """
        Note the messages.
        """
        self.heard.append(messages)


class Broken(Sender):
    """
    Raises.
    """

    def paused(self, who: Any) -> None:
        """
        Raise.
        """
        raise ZeroDivisionError

    def resumed(self, who: Any) -> list[Any]:
        """
        Raise.
        """
        raise ZeroDivisionError


class FlowTests(SynchronousTestCase):
    """
    A flow is told by the transport whether the peer takes what is written.
    """

    def setUp(self) -> None:
        """
        Make the flow of a connection whose client reads nothing.
        """
        self.connection = meet()
        self.side = self.connection.fromServer
        self.side.held, self.side.bufferSize = True, 10
        # What is written here means nothing.
        self.connection.client.dataReceived = lambda data: None
        self.flow, self.sender = Flow(self.connection.server), Sender()
        self.flow.add("one", self.sender)
        self.flow.add("two", self.sender)

    def write(self, count: int) -> None:
        """
        Write something while the flow is watched.
        """
        with self.flow:
            self.side.write(bytes(2 * count))

    def test_write(self) -> None:
        """
        An update is watched, too, in as far as it does not leave at once.
        """
        self.patch(Prompt, "write", lambda prompt, data: data[4:])
        before = len(self.side.outgoing)
        self.flow.write(b"gone")
        self.flow.write(b"gone" + b"x" * 30)
        self.assertTrue(self.flow.isFull)
        self.flow.write(b"full")
        self.assertEqual(b"x" * 30 + b"full", self.side.outgoing[before:])
        self.assertEqual(4, self.flow.pending)

    def go(self) -> None:
        """
        Have the peer read again.
        """
        self.side.held = False
        self.connection.deliver()

    def test_interface(self) -> None:
        """
        It is a push producer.
        """
        self.assertTrue(verifyObject(IPushProducer, self.flow))

    def test_little(self) -> None:
        """
        What the transport takes is no matter, and the producer's place is free.
        """
        self.write(1)
        self.assertEqual((False, []), (self.flow.isFull, self.sender.heard))
        self.side.registerProducer(Flow(self.connection.server), True)

    def test_much(self) -> None:
        """
        When it is full, each is told, and again when it is not; what they have
        to send then is sent together.
        """
        self.write(10)
        self.assertEqual(0, self.flow.pending)
        self.write(10)
        self.write(20)
        self.assertTrue(self.flow.isFull)
        self.assertEqual(60, self.flow.pending)
        self.assertEqual([("paused", "one"), ("paused", "two")], self.sender.heard)
        del self.sender.heard[:]
        self.go()
        self.assertEqual((False, 0), (self.flow.isFull, self.flow.pending))
        self.assertNotIn("write", vars(self.side))
        resumed = [("resumed", "one"), ("resumed", "two")]
        self.assertEqual([*resumed, ["one", "two"]], self.sender.heard)

    def test_oneWithNothing(self) -> None:
        """
        One that has nothing to send does not keep the others from sending.
        """

        class Silent(Sender):
            def resumed(self, who: Any) -> list[Any]:
                return []

            def deliver(self, messages: list[Any]) -> None:
                raise AssertionError(messages)

        self.flow.add("three", Silent())
        self.write(10)
        self.go()
        self.assertEqual(["one", "two"], self.sender.heard[-1])

    def test_aWriteOfItsOwn(self) -> None:
        """
        A transport whose C{write} is an attribute of its own, as that of TLS, has it
        back.
        """
        own = self.side.write
        vars(self.side)["write"] = own
        self.write(10)
        self.assertIsNot(own, self.side.write)
        self.go()
        self.assertIs(own, vars(self.side)["write"])
        self.connection.cut()
        self.assertIs(own, vars(self.side)["write"])

    def test_removed(self) -> None:
        """
        Who was removed hears nothing.
        """
        self.flow.remove("one")
        self.flow.remove("three")
        self.write(10)
        self.assertEqual([("paused", "two")], self.sender.heard)

    def test_closing(self) -> None:
        """
        A connection that is to be closed while it is full is closed when all is
        written.
        """
        self.write(10)
        self.connection.server.transport.loseConnection()
        self.go()
        self.assertTrue(self.connection.lost)

    def test_lost(self) -> None:
        """
        A connection that is lost is not full.
        """
        self.write(10)
        self.connection.cut()
        self.assertFalse(self.flow.isFull)
        self.write(10)
        self.assertFalse(self.flow.isFull)

    def test_anApplications(self) -> None:
        """
        A producer of the application's stays, and nothing is known then.
        """
        other = Flow(self.connection.client)
        self.side.registerProducer(other, True)
        self.write(10)
        self.assertEqual((False, True), (self.flow.isFull, other.isFull))

    def test_noConsumer(self) -> None:
        """
        Nothing is known of a transport that takes no producer.
        """
        self.connection.server.transport = object()
        with self.flow:
            pass
        self.assertFalse(self.flow.isFull)

    def test_broken(self) -> None:
        """
        One that raises keeps the others from nothing, and is logged.
        """
        self.flow.add("one", Broken())
        self.write(10)
        self.go()
        heard = [("paused", "two"), ("resumed", "two"), ["two"]]
        self.assertEqual(heard, self.sender.heard)
        self.assertEqual(2, len(self.flushLoggedErrors(ZeroDivisionError)))


class GatheringTests(SynchronousTestCase):
    """
    A transport may write in its next turn what it is given.
    """

    def setUp(self) -> None:
        """
        Make the flow of such a connection.
        """
        self.connection = meet()
        self.side = self.connection.fromServer
        self.side.held, self.side.bufferSize = True, 10
        self.clock = gathering(self.side)
        self.connection.client.dataReceived = lambda data: None
        self.flow = Flow(self.connection.server)

    def write(self, count: int = 20) -> None:
        """
        Write something while the flow is watched.
        """
        with self.flow:
            self.side.write(bytes(count))

    def turn(self) -> None:
        """
        Have the reactor make a turn.
        """
        self.clock.advance(0)

    def assertFree(self) -> None:
        """
        The producer's place is free, and nothing is left of the flow.
        """
        self.assertEqual([], self.clock.getDelayedCalls())
        self.assertNotIn("registerProducer", vars(self.side))
        self.side.registerProducer(Flow(self.connection.server), True)

    def test_much(self) -> None:
        """
        It is known in the next turn that it is full.
        """
        self.write()
        self.assertFalse(self.flow.isFull)
        self.turn()
        self.assertTrue(self.flow.isFull)
        self.write()
        self.turn()
        self.assertEqual(20, self.flow.pending)
        self.side.held = False
        self.connection.deliver()
        self.assertFalse(self.flow.isFull)
        self.assertFree()

    def test_little(self) -> None:
        """
        If it is not, the producer's place is free then.
        """
        self.write(1)
        self.write(1)
        self.turn()
        self.assertFalse(self.flow.isFull)
        self.assertFree()

    def test_notPutOff(self) -> None:
        """
        What is written meanwhile does not put that off, so a connection is closed
        whatever is written.
        """
        self.write(1)
        self.turn()
        self.write(1)
        calls = self.clock.getDelayedCalls()
        self.write(1)
        self.assertEqual(calls, self.clock.getDelayedCalls())
        self.turn()
        self.assertFree()

    def test_anApplications(self) -> None:
        """
        A producer of the application's that comes meanwhile has the place.
        """
        self.write()
        other = Flow(self.connection.client)
        self.side.registerProducer(other, True)
        self.assertEqual(1, len(self.clock.getDelayedCalls()))
        self.turn()
        self.assertEqual((False, True), (self.flow.isFull, other.isFull))
        self.side.unregisterProducer()
        self.assertFree()

    def test_lost(self) -> None:
        """
        Nothing is left where the connection is lost meanwhile.
        """
        self.write()
        self.connection.cut()
        self.assertNotIn("registerProducer", vars(self.side))
        self.assertEqual(1, len(self.clock.getDelayedCalls()))
        self.turn()
        self.assertFalse(self.flow.isFull)

    def test_noReactor(self) -> None:
        """
        Without a reactor it looks only while something is written.
        """
        self.side.reactor = None
        self.patch(_flow, "installed", lambda: None)
        self.write()
        self.side.registerProducer(Flow(self.connection.server), True)

    def test_master(self) -> None:
        """
        What changes in a declared master is not queued then.
        """
        connection, pond = meet(), Pond()
        view = give(connection, pond)
        side = connection.fromServer
        side.held, side.bufferSize = True, 100
        clock, most = gathering(side), 0
        for number in range(1000):
            pond.colour = f"{number:050}"
            clock.advance(0)
            most = max(most, len(side.outgoing))
        self.assertLess(most, 500)
        side.held = False
        connection.deliver()
        clock.advance(0)
        connection.deliver()
        self.assertEqual(pond.colour, view.colour)
