# -*- test-case-name: pbcopy.test.test_memory -*-
"""
A connection in memory between two real Brokers.
"""

from __future__ import annotations

import gc
from typing import Any, cast

from twisted.internet.address import IPv4Address
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import IConsumer, ITransport
from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import pb
from twisted.trial.unittest import FailTest
from zope.interface import implementer

from pbcopy._turn import endTurn

MAX_ROUNDS = 100_000
"""How many chunks L{Connection.deliver} moves before it says that two peers
never come to rest.  A chunk is what was written between two deliveries, and a
test of a thousand observers needs some thousands."""


ADDRESS = IPv4Address("TCP", "127.0.0.1", pb.portno)
"""The address that both sides say they have."""


@implementer(ITransport, IConsumer)
class Side:
    """
    One end of a connection in memory: the transport of a Broker.

    @ivar broker: the Broker that writes here.
    @ivar outgoing: what it wrote and the peer has not got yet.
    @ivar held: while this is true, nothing that is written here is delivered.
    @ivar closing: whether the Broker asked for the connection to be closed.
    """

    def __init__(self, broker: pb.Broker, name: str) -> None:
        self.broker = broker
        self.outgoing = b""
        self.held = False
        self.closing = False
        self._name = name
        self._producer: Any = None
        self._streaming = False

    def write(self, data: bytes) -> None:
        """
        Queue bytes for the peer.
        """
        if not self.broker.disconnected:
            self.outgoing += data

    def writeSequence(self, data: Any) -> None:
        """
        Queue several pieces of bytes for the peer.
        """
        self.write(b"".join(data))

    def loseConnection(self) -> None:
        """
        Close the connection once all that was written is delivered.
        """
        self.closing = True

    def abortConnection(self) -> None:
        """
        Close the connection now.
        """
        self.outgoing = b""
        self.closing = True

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

    def registerProducer(self, producer: Any, streaming: bool) -> None:
        """
        Take a producer.  A pull producer is asked whenever nothing is queued.
        """
        self._producer, self._streaming = producer, streaming

    def unregisterProducer(self) -> None:
        """
        Forget the producer.
        """
        self._producer = None

    def take(self, count: int | None) -> bytes:
        """
        Take what can be delivered now, of which at most C{count} bytes.
        """
        if self.held:
            return b""
        if not self.outgoing and self._producer is not None and not self._streaming:
            self._producer.resumeProducing()
        taken = self.outgoing[:count]
        self.outgoing = self.outgoing[len(taken) :]
        return taken

    def __repr__(self) -> str:
        return f"<{self._name} side, {len(self.outgoing)} bytes to deliver>"


class Connection:
    """
    Two Brokers that are joined in memory.

    An exception that a Broker lets out of C{dataReceived} is treated as the
    reactor treats it: it is logged, and the connection is lost.

    @ivar server: the Broker that the server's factory built.
    @ivar client: the Broker that the client's factory built.
    @ivar fromServer: the L{Side} that the server writes to.
    @ivar fromClient: the L{Side} that the client writes to.
    @ivar clientFactory: the client's factory, to log in with.
    @ivar reason: why the connection was lost; C{None} before that.
    """

    reason: Failure | None = None

    def __init__(
        self, serverFactory: pb.PBServerFactory, clientFactory: pb.PBClientFactory
    ) -> None:
        self.clientFactory = clientFactory
        self.server = serverFactory.buildProtocol(ADDRESS)
        self.client = clientFactory.buildProtocol(ADDRESS)
        self.fromServer = Side(self.server, "server's")
        self.fromClient = Side(self.client, "client's")
        self.server.makeConnection(self.fromServer)
        self.client.makeConnection(self.fromClient)
        self.deliver()

    @property
    def root(self) -> pb.RemoteReference:
        """
        The client's reference to the root object of the server.
        """
        return cast(pb.RemoteReference, self.client.remoteForName("root"))

    @property
    def lost(self) -> bool:
        """
        Whether the connection is gone.
        """
        return bool(self.server.disconnected or self.client.disconnected)

    def deliver(self) -> None:
        """
        Move bytes both ways until nothing is left to move, but for a side that
        is C{held}.

        @raise FailTest: if the two never come to rest.
        """
        for _ in range(MAX_ROUNDS):
            if not self.deliverOnce():
                return
        raise FailTest(f"the two Brokers still talk after {MAX_ROUNDS} chunks")

    def deliverOnce(self, count: int | None = None) -> bool:
        """
        Move what is queued on each side, and end the reactor's turn.

        @param count: how many bytes to move at most in each direction.
        @return: whether anything happened.
        """
        moved = self._move(self.fromClient, self.server, count)
        moved = self._move(self.fromServer, self.client, count) or moved
        return endTurn() or moved

    def collect(self) -> None:
        """
        Have what is not referred to any more collected, and deliver what
        follows from that.
        """
        gc.collect()
        self.deliver()

    def cut(self, reason: Failure | None = None) -> None:
        """
        Lose the connection, and with it all that was not delivered.

        @param reason: why; by default C{ConnectionDone}.
        """
        self._lose(reason or Failure(ConnectionDone()))

    def _move(self, side: Side, to: pb.Broker, count: int | None) -> bool:
        data = side.take(count)
        if data and not self.lost:
            try:
                to.dataReceived(data)
            except Exception:
                reason = Failure()
                log.err(reason)
                self._lose(reason)
        if side.closing and not side.outgoing and not self.lost:
            self._lose(Failure(ConnectionDone()))
        return bool(data)

    def _lose(self, reason: Failure) -> None:
        self.reason = self.reason or reason
        for side in (self.fromServer, self.fromClient):
            side.outgoing = b""
            if not side.broker.disconnected:
                side.broker.connectionLost(reason)
        self.clientFactory.clientConnectionLost(None, reason)
        endTurn()
