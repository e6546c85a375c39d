# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
Clients and those who look, for L{pbcopy.test.replicating}.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import pb as stock

import pbcopy
import pbcopy.pb
from pbcopy.test.masters import StockBroker
from pbcopy.test.wiretap import Wiretap
from pbcopy.testing import Connection


class Kind(Enum):
    """
    What is at the client's end of a connection.
    """

    DECLARED = "declared replicas"
    LATE = "the same, and the peers do not know of each other before an object comes"
    STOCK = "receivers that are written by hand, with Twisted's flavors"


class Viewer:
    """
    Who looks.
    """

    def __init__(self, name: int) -> None:
        self.name = name


class Gate(stock.Viewable):
    """
    What a server has for each viewer.
    """

    def __init__(self, masters: list[Any]) -> None:
        self._masters = masters

    def view_get(self, viewer: Viewer, number: int) -> Any:
        """
        Give a master.
        """
        return self._masters[number]


class Table(stock.Referenceable):
    """
    Where a client takes what the server gives it.
    """

    def __init__(self, held: list[tuple[int, int, Any]]) -> None:
        self._held = held

    def remote_take(self, at: int, number: int, view: Any) -> None:
        """
        Take a replica, and hold it.
        """
        self._held.append((at, number, view))


class Client:
    """
    A connection, and what its client holds.

    @ivar viewers: two.
    @ivar held: which of the two it is for, the number of the master, and the
        replica.
    @ivar mayBeLost: whether the connection was told to be lost.
    """

    def __init__(self, machine: Any, kind: Kind, viewers: list[Viewer]) -> None:
        self.kind = kind
        self.viewers = viewers
        self.held: list[tuple[int, int, Any]] = []
        self.failures: list[Any] = []
        self.unanswered = 0
        self.mayBeLost = False
        self._masters = machine.world.masters
        own: Any = pbcopy.pb if kind is Kind.DECLARED else stock
        server = own.PBServerFactory(stock.Root())
        client = own.PBClientFactory()
        if kind is Kind.STOCK:
            client.protocol = StockBroker
        self.connection: Connection = machine.network.connect(server, client)
        self._listen(machine.tap)
        for at, viewer in enumerate(viewers):
            point = stock.ViewPoint(viewer, Gate(self._masters))
            self.connection.server.setNameForLocal(f"gate {at}", point)
        self.connection.client.setNameForLocal("table", Table(self.held))

    def _listen(self, tap: Wiretap) -> None:
        side: Any = self.connection.fromServer
        write = side.write

        def written(data: bytes) -> None:
            tap.watch(tap.written, self.viewers, data)
            write(data)

        side.write = written

    def fetch(self, at: int, number: int) -> None:
        """
        Ask for a master, as one of the viewers.
        """
        gate = self.connection.client.remoteForName(f"gate {at}")
        call = gate.callRemote("get", number)
        self._calls(call, lambda view: self.held.append((at, number, view)))

    def take(self, at: int, number: int) -> None:
        """
        Be given a master, for one of the viewers.
        """
        server = self.connection.server
        table = stock.RemoteReference(self.viewers[at], server, b"table", False)
        call = table.callRemote("take", at, number, self._masters[number])
        self._calls(call, lambda _: None)

    def _calls(self, call: Deferred[Any], done: Any) -> None:
        self.unanswered += 1

        def answered(answer: Any) -> None:
            self.unanswered -= 1
            done(answer)

        def failed(failure: Any) -> None:
            self.unanswered -= 1
            self.failures.append(failure)

        call.addCallbacks(answered, failed)
        call.addErrback(self.failures.append)
