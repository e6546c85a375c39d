# -*- test-case-name: pbcopy.test.test_prompt -*-
"""
Tests for L{pbcopy._prompt}.
"""

from __future__ import annotations

import socket
from typing import Any

from twisted.internet import tcp
from twisted.internet.protocol import Protocol
from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _prompt
from pbcopy._prompt import PAUSE, Prompt


class Reactor:
    """
    Notes who wants to write.
    """

    def __init__(self) -> None:
        self.writers: list[Any] = []

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
        Do nothing.
        """


class PromptTests(SynchronousTestCase):
    """
    A socket is written to at once, where nothing else is waiting for that.
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
        A peer that has gone is for the reactor to find out.
        """
        self.other.close()
        self.assertEqual(b"data", self.prompt.write(b"data"))
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
