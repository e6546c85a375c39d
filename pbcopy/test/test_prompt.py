# -*- test-case-name: pbcopy.test.test_prompt -*-
"""
Tests for L{pbcopy._prompt}.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

from twisted.internet import tcp
from twisted.internet.error import ConnectionLost
from twisted.internet.protocol import Protocol
from twisted.python.reflect import qual
from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import Broker, _prompt
from pbcopy import pb as pbpb
from pbcopy._flow import Flow
from pbcopy._prompt import PAUSE, SEGMENT, Prompt, hasten
from pbcopy.test.ponds import Received
from pbcopy.testing import connect


class Reactor:
    """
    Notes who wants to write.
    """

    def __init__(self) -> None:
        self.writers: list[Any] = []
        self.unread: list[Any] = []

    def addWriter(self, writer: Any) -> None:
        """
        Note it.
        """
        self.writers.append(writer)

    def removeWriter(self, writer: Any) -> None:
        """
        Note it no more.
        """
        self.writers.remove(writer)

    def removeReader(self, reader: Any) -> None:
        """
        Note who wants to read no more.
        """
        self.unread.append(reader)


class SocketTestCase(SynchronousTestCase):
    """
    A connection with a socket, and no reactor that would write to it.
    """

    def setUp(self) -> None:
        """
        Have a connection, and what is at its other end.
        """
        mine, self.other = socket.socketpair()
        self.addCleanup(mine.close)
        self.addCleanup(self.other.close)
        for each in (mine, self.other):
            each.setblocking(False)
        self.reactor: Any = Reactor()
        self.transport: Any = self.connection(tcp.Connection, mine)
        self.now = 100.0
        self.patch(_prompt, "monotonic", lambda: self.now)
        self.broker: Any = pb.Broker()
        self.broker.transport = self.transport
        self.prompt = Prompt(self.broker)

    def connection(self, cls: Any, mine: socket.socket) -> Any:
        """
        Make the transport.
        """
        made = cls(mine, Protocol(), self.reactor)
        made.connected = 1
        return made

    def arrived(self, most: int = 1000) -> bytes:
        """
        Give what has arrived at the other end.
        """
        try:
            return self.other.recv(most)
        except BlockingIOError:
            return b""


class PromptTests(SocketTestCase):
    """
    A socket is written to at once, where nothing else is waiting for that.
    """

    def assertLeft(self) -> None:
        """
        Check that the transport is left to write.
        """
        self.assertEqual(b"data", self.prompt.write(b"data"))
        self.assertEqual(b"", self.arrived())

    def test_atOnce(self) -> None:
        """
        It arrives before the reactor has done anything.
        """
        self.assertEqual(b"", self.prompt.write(b"data"))
        self.assertEqual(b"data", self.arrived())
        self.assertEqual([], self.reactor.writers)

    def test_nowAndThen(self) -> None:
        """
        What comes soon after that is left to the transport.
        """
        self.prompt.write(b"first")
        self.assertEqual(b"first", self.arrived())
        self.assertLeft()
        self.now += PAUSE / 2
        self.assertLeft()
        self.now += PAUSE
        self.assertEqual(b"", self.prompt.write(b"later"))
        self.assertEqual(b"later", self.arrived())

    def test_order(self) -> None:
        """
        What the transport was given before leaves before.
        """
        self.transport.write(b"before")
        self.assertLeft()
        self.transport.doWrite()
        self.assertEqual(b"before", self.arrived())
        self.now += PAUSE
        self.assertEqual(b"", self.prompt.write(b"data"))

    def test_partly(self) -> None:
        """
        What the socket does not take is left, and then nothing overtakes that.
        """
        chunk = bytes(range(250)) * 4000
        left = self.prompt.write(chunk)
        self.assertTrue(0 < len(left) < len(chunk))
        self.transport.write(left)
        data = b""
        while self.reactor.writers:
            self.now += PAUSE
            self.assertEqual(b"data", self.prompt.write(b"data"))
            self.transport.doWrite()
            data += self.arrived(len(chunk))
        while len(data) < len(chunk):
            data += self.arrived(len(chunk))
        self.assertEqual(chunk, data)

    def test_full(self) -> None:
        """
        All is left, if the socket takes nothing.
        """
        while not self.prompt.write(b"data" * 1000):
            self.now += PAUSE
        self.now += PAUSE
        while len(self.prompt.write(b"x")) < 1:
            self.now += PAUSE
        self.now += PAUSE
        self.assertEqual(b"data", self.prompt.write(b"data"))

    def test_closing(self) -> None:
        """
        A transport that is being closed finds out by itself when that is done.
        """
        self.transport.loseConnection()
        self.assertLeft()

    def test_gone(self) -> None:
        """
        A peer that has gone is for the reactor to find out, when it writes: to who
        reads, a connection that was reset would look like one that was closed.
        """
        self.other.close()
        self.assertEqual(b"data", self.prompt.write(b"data"))
        self.assertEqual([self.transport], self.reactor.unread)
        self.transport.connected = 0
        self.now += PAUSE
        self.assertEqual(b"data", self.prompt.write(b"data"))

    def test_TLS(self) -> None:
        """
        What is to be encrypted is not written as it is.
        """
        self.transport.TLS = True
        self.assertLeft()

    def test_others(self) -> None:
        """
        What has a way to write of its own has that called, and what is no TCP
        connection is left alone.
        """
        mine = self.transport.socket
        self.transport.write = self.transport.write
        self.assertLeft()

        class Counting(tcp.Connection):
            def write(self, data: bytes) -> None:
                stock: Any = super()
                stock.write(data)

        for other in (self.connection(Counting, mine), object(), None):
            self.now += PAUSE
            self.broker.transport = other
            self.assertLeft()

    def test_refused(self) -> None:
        """
        A factory may refuse it, as it may C{TCP_NODELAY}.
        """
        self.broker.factory = pb.PBServerFactory(pb.Root())
        self.broker.factory.noDelay = False
        self.assertLeft()


class HastenTests(SocketTestCase):
    """
    What fills a segment is written before the reactor comes back.
    """

    def given(self, size: int = SEGMENT) -> bytes:
        """
        Give the transport something to write, and have that leave, if it may.

        @return: what has arrived.
        """
        self.transport.write(b"x" * size)
        hasten(self.broker)
        return self.arrived(2 * SEGMENT)

    def assertLeft(self) -> None:
        """
        Check that all is left to the reactor.
        """
        self.assertEqual(b"", self.given())

    def test_full(self) -> None:
        """
        It arrives, and is not written once more.
        """
        self.assertEqual(SEGMENT, len(self.given()))
        self.assertEqual([], self.reactor.writers)
        self.assertEqual(SEGMENT + 1, len(self.given(SEGMENT + 1)))

    def test_less(self) -> None:
        """
        What is less waits for more.
        """
        self.assertEqual(b"", self.given(SEGMENT - 1))
        self.assertEqual([self.transport], self.reactor.writers)
        self.assertEqual(SEGMENT, len(self.given(1)))

    def test_partly(self) -> None:
        """
        What the socket did not take leaves first, when the reactor writes.
        """
        chunk = bytes(range(250)) * 4000
        self.transport.write(chunk)
        hasten(self.broker)
        data = self.arrived(len(chunk))
        self.assertTrue(0 < len(data) < len(chunk))
        while self.reactor.writers:
            self.transport.doWrite()
            data += self.arrived(len(chunk))
        self.assertEqual(chunk, data)

    def test_notAgain(self) -> None:
        """
        A socket that has not taken all is left alone until the reactor finds that it
        takes more.
        """
        self.transport.write(bytes(4_000_000))
        hasten(self.broker)
        self.arrived(4_000_000)
        self.assertLeft()

    def test_aProducer(self) -> None:
        """
        A producer is told by the reactor that all was written.
        """
        self.transport.registerProducer(Flow(self.broker), True)
        self.assertLeft()

    def test_closing(self) -> None:
        """
        So is what was closed, or half of it.
        """
        self.transport.write(b"x")
        self.transport.loseWriteConnection()
        self.assertEqual(b"", self.given())
        self.transport.loseConnection()
        self.assertEqual(b"", self.given())

    def test_gone(self) -> None:
        """
        A peer that has gone is for the reactor to find out, when it writes.
        """
        self.other.close()
        self.transport.write(b"x" * SEGMENT)
        hasten(self.broker)
        self.assertEqual([self.transport], self.reactor.writers)
        self.assertEqual([self.transport], self.reactor.unread)
        self.assertIsInstance(self.transport.doWrite(), ConnectionLost)

    def test_lost(self) -> None:
        """
        A connection that was lost is not written to.
        """
        self.transport.write(b"x" * SEGMENT)
        self.transport.connected = 0
        hasten(self.broker)
        self.assertEqual(b"", self.arrived())

    def test_TLS(self) -> None:
        """
        What is to be encrypted is not written as it is.
        """
        self.transport.TLS = True
        self.assertLeft()

    def test_others(self) -> None:
        """
        What has a way to write of its own, and what is no TCP connection, are left
        alone.
        """
        self.transport.doWrite = self.transport.doWrite
        self.assertLeft()

        class Unix(tcp.Connection):
            def writeSomeData(self, data: bytes) -> Any:
                raise NotImplementedError

        self.broker.transport = self.connection(Unix, self.transport.socket)
        self.broker.transport.write(b"x" * SEGMENT)
        hasten(self.broker)
        for other in (object(), None, Mock()):
            self.broker.transport = other
            hasten(self.broker)

    def test_mock(self) -> None:
        """
        An application's test may have a mock for a transport, with either Broker.
        """
        for protocol in (pb.Broker, Broker):
            broker: Any = protocol(False)
            broker.makeConnection(Mock())
            self.assertEqual(2, len(broker.serialize(Duck())))

    def test_refused(self) -> None:
        """
        A factory may refuse it, as it may C{TCP_NODELAY}.
        """
        self.broker.factory = pb.PBServerFactory(pb.Root())
        self.broker.factory.noDelay = False
        self.assertLeft()


class Duck(pbpb.Copyable):
    """
    What is asked for.
    """

    def __init__(self) -> None:
        self.name = "ugly duckling"


class DuckView(pbpb.RemoteCopy):
    """
    What a client has of one.
    """


class Pond(pbpb.Root):
    """
    Looks, with each call, what has arrived by then.
    """

    def __init__(self, arrived: Callable[[], bytes]) -> None:
        self.data = b""
        self.arrived = arrived
        self.before: list[int] = []
        self.watched = Watched()

    def remote_duck(self) -> Any:
        """
        Give a duck.
        """
        self.data += self.arrived()
        self.before.append(len(self.data))
        return Duck()

    def remote_ducks(self) -> Any:
        """
        Give some.
        """
        return [self.remote_duck()]

    def remote_watch(self) -> Any:
        """
        Give what is watched.
        """
        return self.watched


class Watched(pbpb.Cacheable):
    """
    A master.
    """

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Keep the observer.
        """
        self.observer = observer
        return {}


class WatchedView(pbpb.RemoteCache):
    """
    What a client has of one.
    """

    def __init__(self) -> None:
        self.told: list[Any] = []

    def setCopyableState(self, state: Any) -> None:
        """
        Be told nothing so far.
        """
        self.told = []

    def observe_told(self, what: Any) -> None:
        """
        Note it.
        """
        self.told.append(what)


class MessagesTests(SocketTestCase):
    """
    Messages that are made in a row do not wait for each other.
    """

    protocol: Any = pb.Broker

    def setUp(self) -> None:
        """
        Have a server, and a client that it has met.
        """
        super().setUp()
        for sent, view in ((Duck, DuckView), (Watched, WatchedView)):
            pbpb.setUnjellyableForClass(sent, view)
            self.addCleanup(pbpb.copyTags.pop, qual(sent).encode(), None)
        self.pond = Pond(self.arrived)
        factories: Any = pb.PBServerFactory(self.pond), pb.PBClientFactory()
        for each in factories:
            each.protocol = self.protocol
        self.joined = connect(*factories)
        self.view: Any = None
        for name in ("watch", "duck", "ducks"):
            received = Received(self.joined.root.callRemote(name))
            self.joined.deliver()
            self.view = self.view or received.results[0]
        self.pond.before.clear()
        self.pond.data = b""

    def toSocket(self, act: Callable[[], object]) -> int:
        """
        Do something, with the server writing to the socket, and have the client read
        that.

        @return: how many bytes were left when that was done.
        """
        server: Any = self.joined.server
        before, server.transport = server.transport, self.transport
        act()
        data = self.pond.data + self.arrived(1_000_000)
        early = len(data)
        while self.reactor.writers:
            self.transport.doWrite()
        data += self.arrived(1_000_000)
        server.transport = before
        self.joined.client.dataReceived(data)
        return len(data) - early

    def answers(self, name: str) -> list[Any]:
        """
        Have a method called many times, and give what it has given.
        """
        received = [Received(self.joined.root.callRemote(name)) for _ in range(200)]
        left = self.toSocket(self.joined.deliver)
        self.assertTrue(left <= SEGMENT, left)
        self.assertEqual(0, self.pond.before[0])
        self.assertTrue(SEGMENT <= self.pond.before[100] < self.pond.before[-1])
        return [each.results[0] for each in received]

    def test_copies(self) -> None:
        """
        The first answers have arrived when the last are made, and all are right.
        """
        names = [each.name for each in self.answers("duck")]
        self.assertEqual(["ugly duckling"] * 200, names)

    def test_others(self) -> None:
        """
        So it is with answers that are made by Jelly.
        """
        names = [each.name for [each] in self.answers("ducks")]
        self.assertEqual(["ugly duckling"] * 200, names)

    def test_updates(self) -> None:
        """
        So it is with updates, of whatever kind.
        """
        for what in ("some text", Duck()):
            self.view.told.clear()

            def tell(what: Any = what) -> None:
                for _ in range(200):
                    self.pond.watched.observer.tell("told", what)

            left = self.toSocket(tell)
            self.assertTrue(left < SEGMENT, left)
            self.assertEqual(200, len(self.view.told))


class GuardedMessagesTests(MessagesTests):
    """
    So it is with a Broker of pbcopy's.
    """

    protocol = Broker
