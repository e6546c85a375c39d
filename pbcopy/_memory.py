# -*- test-case-name: pbcopy.test.test_memory -*-
"""
A connection in memory between two real Brokers.
"""

from __future__ import annotations

import gc
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import pb
from twisted.trial.unittest import FailTest

from pbcopy._side import ADDRESS, Side
from pbcopy._turn import endTurn

MAX_ROUNDS = 100_000
"""How many chunks L{Connection.deliver} moves before it says that two peers
never come to rest.  A chunk is what was written between two deliveries, and a
test of a thousand observers needs some thousands."""


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
        self,
        serverFactory: pb.PBServerFactory,
        clientFactory: pb.PBClientFactory,
        name: str = "the connection",
        history: list[str] | None = None,
    ) -> None:
        """
        @param name: what messages call it.
        @param history: a list to append a line to for each thing that happens.
        """
        self.clientFactory = clientFactory
        self._name = name
        self._history = history
        self.server = serverFactory.buildProtocol(ADDRESS)
        self.client = clientFactory.buildProtocol(ADDRESS)
        self.fromServer = Side(self.server, f"server's side of {name}")
        self.fromClient = Side(self.client, f"client's side of {name}")
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
    def sides(self) -> tuple[Side, Side]:
        """
        The two L{Side}s.
        """
        return self.fromClient, self.fromServer

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
        @return: whether anything happened, or will.
        """
        moved = False
        for side in self.sides:
            side.tick()
            moved = self.move(side, count) or moved
        return endTurn() or moved or self.isMoving()

    def isMoving(self) -> bool:
        """
        Tell whether anything can be delivered, now or later.
        """
        return not self.lost and any(side.isMoving() for side in self.sides)

    def move(self, side: Side, count: int | None = None) -> bool:
        """
        Move what is queued on one of the L{sides}.

        @param count: how many bytes to move at most.
        @return: whether there was anything.
        """
        data = side.take(count)
        if data and not self.lost:
            self._record(f"{side.name}: {len(data)} bytes")
            to = self.server if side is self.fromClient else self.client
            try:
                to.dataReceived(data)
            except Exception:
                reason = Failure()
                log.err(reason)
                self._lose(reason)
        if side.isOver() and not self.lost:
            self._lose(Failure(ConnectionDone()))
        return bool(data)

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

    def _lose(self, reason: Failure) -> None:
        if not self.lost:
            self._record(f"{self._name}: lost, {reason.value!r}")
        self.reason = self.reason or reason
        for side in (self.fromServer, self.fromClient):
            side.lose()
            if not side.broker.disconnected:
                side.broker.connectionLost(reason)
        self.clientFactory.clientConnectionLost(None, reason)
        endTurn()

    def _record(self, line: str) -> None:
        if self._history is not None:
            self._history.append(line)

    def __repr__(self) -> str:
        return f"<{self._name}{', lost' if self.lost else ''}>"


def connect(server: Any, clientFactory: pb.PBClientFactory | None = None) -> Connection:
    """
    Join a server and a client.

    @param server: a C{PBServerFactory}, or whatever one takes: a C{pb.Root}, a
        C{Portal}.
    @param clientFactory: by default a new C{PBClientFactory}.
    """
    return Connection(asServerFactory(server), clientFactory or pb.PBClientFactory())


def asServerFactory(server: Any) -> pb.PBServerFactory:
    """
    Give a factory for what L{connect} takes.
    """
    if isinstance(server, pb.PBServerFactory):
        return server
    return pb.PBServerFactory(server)


def resultOf(connection: Connection, call: Deferred[Any]) -> Any:
    """
    Deliver, and give the result of a call.

    @raise Exception: what the call failed with, if it did.
    @raise FailTest: if it was not answered.
    """
    results: list[Any] = []
    call.addBoth(results.append)
    connection.deliver()
    if not results:
        lost = f": {connection.reason.value!r}" if connection.reason else ""
        raise FailTest(f"the call was not answered{lost}")
    if isinstance(results[0], Failure):
        results[0].raiseException()
    return results[0]
