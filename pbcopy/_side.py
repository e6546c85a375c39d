# -*- test-case-name: pbcopy.test.test_side -*-
"""
One end of a connection in memory, and what may hinder what is written there.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from twisted.internet.address import IPv4Address
from twisted.internet.interfaces import IConsumer, ITransport
from twisted.spread import pb
from zope.interface import implementer

ADDRESS = IPv4Address("TCP", "127.0.0.1", pb.portno)
"""The address that both sides say they have."""

BUFFER_SIZE = 2**16
"""How many bytes a side takes before it pauses a producer: as many as
C{twisted.internet.abstract.FileDescriptor.bufferSize}."""


@implementer(ITransport, IConsumer)
class Side:
    """
    One end of a connection in memory: the transport of a Broker.

    What is written here is delivered to the peer, in order.  Time is counted in
    steps: those of a network, or the C{deliverOnce} of a lone connection.

    @ivar broker: the Broker that writes here.
    @ivar name: what a message and a history call it.
    @ivar closing: whether the Broker asked for the connection to be closed.
    @ivar held: while this is true, nothing that is written here is delivered,
        and nor is its end.
    @ivar delay: what is written from now on waits for so many steps.
    @ivar rate: how many bytes the peer reads in a step at most; C{None} for no
        limit.
    @cvar reactor: what a Broker asks for the time.  In memory there is none, unless a
        test sets a C{Clock}.
    @ivar bufferSize: with more bytes than this to deliver, a streaming producer
        is paused until all are delivered.
    """

    held = False
    closing = False
    delay = 0
    rate: int | None = None
    reactor: Any = None
    bufferSize = BUFFER_SIZE

    def __init__(self, broker: pb.Broker, name: str) -> None:
        self.broker = broker
        self.name = name
        self._now = 0
        self._delayed: deque[tuple[int, bytes]] = deque()
        self._ready = bytearray()
        self._left: int | None = None
        self._producer: Any = None
        self._streaming = False
        self._paused = False

    @property
    def outgoing(self) -> bytes:
        """
        What was written and the peer has not got yet.
        """
        return bytes(self._ready) + b"".join(data for _, data in self._delayed)

    def write(self, data: bytes) -> None:
        """
        Queue bytes for the peer.
        """
        if self.broker.disconnected:
            return
        if self.delay or self._delayed:
            self._delayed.append((self._now + self.delay + 1, data))
        else:
            self._ready += data
        self._pauseIfFull()

    def writeSequence(self, data: Any) -> None:
        """
        Queue several pieces of bytes for the peer.
        """
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """
        Close the connection once all that was written is delivered, and a
        producer that has more to write has written it.
        """
        self.closing = True

    def abortConnection(self) -> None:
        """
        Close the connection now.
        """
        self.clear()
        self.cutAfter(0)

    def getPeer(self) -> IPv4Address:
        """
        Give an address that stands for the other side.
        """
        return ADDRESS

    def getHost(self) -> IPv4Address:
        """
        Give an address that stands for this side.
        """
        return ADDRESS

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Nothing is held back here."""

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """
        Take a producer.  A pull producer is asked for more whenever nothing is
        queued; a streaming one is paused while too much is.

        @raise RuntimeError: if there is one already.
        """
        if self._producer is not None:
            raise RuntimeError(f"{self._producer!r} was never unregistered")
        if self.broker.disconnected:
            producer.stopProducing()
            return
        self._producer, self._streaming, self._paused = producer, streaming, False
        if not streaming:
            producer.resumeProducing()

    def unregisterProducer(self) -> None:
        """
        Forget the producer.
        """
        self._producer = None

    def cutAfter(self, count: int) -> None:
        """
        Lose the connection when exactly C{count} further bytes of what is
        written here are delivered.
        """
        self._left = count

    def tick(self) -> None:
        """
        Count one step.
        """
        self._now += 1
        while self._delayed and self._delayed[0][0] <= self._now:
            self._ready += self._delayed.popleft()[1]

    def ready(self) -> int:
        """
        Tell how many bytes can be delivered in this step.
        """
        limits = [limit for limit in (self.rate, self._left) if limit is not None]
        return 0 if self.held else min([len(self._ready), *limits])

    def take(self, count: int | None) -> bytes:
        """
        Take what can be delivered in this step, of which at most C{count} bytes.
        """
        most = self.ready() if count is None else min(count, self.ready())
        taken = bytes(self._ready[:most])
        del self._ready[:most]
        if self._left is not None:
            self._left -= most
        if taken and not self._ready and not self._delayed:
            self._resume()
        return taken

    def isOver(self) -> bool:
        """
        Tell whether the connection is to be lost now.
        """
        if self._left is not None and self._left <= 0:
            return True
        pulls = self._producer is not None and not self._streaming
        queued = self._ready or self._delayed
        return self.closing and not (self.held or queued or pulls)

    def isMoving(self) -> bool:
        """
        Tell whether something of this side can happen, in this step or later.
        """
        queued = bool(self._ready or self._delayed)
        return self.isOver() or (queued and not self.held)

    def clear(self) -> None:
        """
        Lose what is not delivered.
        """
        self._ready.clear()
        self._delayed.clear()

    def lose(self) -> None:
        """
        Lose what is not delivered, and stop the producer: the connection is
        gone.
        """
        self.clear()
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.stopProducing()

    def _pauseIfFull(self) -> None:
        if self._producer is None or not self._streaming:
            return
        delayed = sum(len(data) for _, data in self._delayed)
        if len(self._ready) + delayed > self.bufferSize:
            # As Twisted's transports, again with each write.
            self._paused = True
            self._producer.pauseProducing()

    def _resume(self) -> None:
        if self._producer is not None and (self._paused or not self._streaming):
            self._paused = False
            self._producer.resumeProducing()

    def __repr__(self) -> str:
        return f"<{self.name}, {len(self.outgoing)} bytes to deliver>"
