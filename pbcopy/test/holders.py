# -*- test-case-name: pbcopy.test.test_lifetimes -*-
"""
The connections of L{pbcopy.test.lifetimes}, and what is held at their ends.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import pb as stock

import pbcopy.pb
from pbcopy._channel import FRESH, HUB
from pbcopy.test.masters import (
    Parcel,
    StockBroker,
    StockParcel,
    Unknown,
    Viewer,
    isStock,
    reached,
    require,
    topmost,
)
from pbcopy.testing import Connection, Network


class Kind(Enum):
    """
    Which flavors are at the ends of a connection.
    """

    PBCOPY = "pbcopy at both ends"
    STOCK_CLIENT = "pbcopy at the server, stock at the client"
    STOCK_SERVER = "stock at the server, pbcopy at the client"


class Shape(Enum):
    """
    How something is sent.
    """

    ALONE = "alone"
    TWICE = "twice in a list"
    DICT = "as the value of a dict"
    PARCEL = "in a copy"
    DEEP = "in a copy in a list in a dict, and beside it"


def arrange(shape: Shape, things: list[Any], parcel: Any) -> Any:
    """
    Put things into a shape.

    @param parcel: the class of a copy.
    """
    if shape is Shape.ALONE:
        return things[0]
    if shape is Shape.TWICE:
        return [*things, *things]
    if shape is Shape.DICT:
        return dict(enumerate(things))
    if shape is Shape.PARCEL:
        return parcel(things)
    return [{"deep": [parcel(things)]}, things[0]]


class Gate(stock.Viewable):
    """
    What a server has for each viewer.
    """

    def __init__(self, masters: list[Any], parcel: Any) -> None:
        self._masters = masters
        self._parcel = parcel

    def view_get(self, viewer: Viewer, shape: str, numbers: list[int], bad: str) -> Any:
        """
        Give ponds.
        """
        things = [self._masters[number] for number in numbers]
        return spoiled(arrange(Shape(shape), things, self._parcel), bad)

    def view_give(self, viewer: Viewer, numbers: list[int], thing: Any) -> Any:
        """
        Take ponds that came home, and give them back.
        """
        for number, master in zip(numbers, topmost(thing), strict=True):
            require(master is self._masters[number], number, master)
        return thing


def spoiled(thing: Any, bad: str) -> Any:
    """
    Put what cannot be taken before or after a thing, or what cannot be sent.
    """
    if bad == "before":
        return [Unknown(), thing]
    if bad == "after":
        return [thing, Unknown()]
    if bad == "unsendable":
        return [thing, pbcopy.pb.RemoteCache()]
    return thing


class Table(stock.Referenceable):
    """
    Where a client takes what the server gives it.
    """

    def __init__(self, held: list[Any]) -> None:
        self._held = held

    def remote_take(self, thing: Any) -> None:
        """
        Take something, and hold it.
        """
        self._held.append(thing)

    def remote_bounce(self, thing: Any) -> Any:
        """
        Give something back, and hold nothing.
        """
        return thing


class Client:
    """
    A connection, and what its client holds.

    @ivar held: what came.
    @ivar failures: what calls have failed with, each with what was bad in it.
    @ivar mayBeLost: whether the connection was told to be lost.
    @ivar isHurt: whether something was sent since the last rest that its
        receiver refuses.
    """

    def __init__(
        self,
        network: Network,
        kind: Kind,
        viewers: list[Viewer],
        masters: list[Any],
        introduces: bool,
    ) -> None:
        self.kind = kind
        self.viewers = viewers
        self.held: list[Any] = []
        self.failures: list[tuple[Any, str]] = []
        self.unanswered = 0
        self.mayBeLost = False
        self.isHurt = False
        self._masters = masters
        own: Any = pbcopy.pb if introduces else stock
        serverPB = stock if kind is Kind.STOCK_SERVER else own
        clientPB = stock if kind is Kind.STOCK_CLIENT else own
        server = serverPB.PBServerFactory(stock.Root())
        client = clientPB.PBClientFactory()
        if kind is Kind.STOCK_SERVER:
            server.protocol = StockBroker
        if kind is Kind.STOCK_CLIENT:
            client.protocol = StockBroker
        self.connection: Connection = network.connect(server, client)
        self._parcel = StockParcel if kind is Kind.STOCK_SERVER else Parcel
        gate = Gate(masters, self._parcel)
        for at, viewer in enumerate(viewers):
            point = stock.ViewPoint(viewer, gate)
            self.connection.server.setNameForLocal(f"gate {at}", point)
        self.connection.client.setNameForLocal("table", Table(self.held))

    @property
    def isPbcopy(self) -> bool:
        """
        Whether there is pbcopy at both ends.
        """
        return self.kind is Kind.PBCOPY

    def fetch(self, at: int, shape: Shape, numbers: list[int], bad: str = "") -> None:
        """
        Ask for masters, as one of the viewers.
        """
        self._gate(at, bad, "get", shape.value, numbers, bad)

    def give(self, at: int, shape: Shape, views: list[Any]) -> None:
        """
        Send views home, and hold what comes back.
        """
        parcel = StockParcel if self.kind is Kind.STOCK_CLIENT else Parcel
        thing = arrange(shape, views, parcel)
        numbers = [view.number for view in topmost(thing)]
        self._gate(at, "", "give", numbers, thing)

    def _gate(self, at: int, bad: str, name: str, *args: Any) -> None:
        gate = self.connection.client.remoteForName(f"gate {at}")
        self._calls(gate.callRemote(name, *args), bad, self.held.append)

    def take(self, at: int, shape: Shape, numbers: list[int], bad: str = "") -> None:
        """
        Be given masters, for one of the viewers.
        """
        things = [self._masters[number] for number in numbers]
        thing = arrange(shape, things, self._parcel)
        call = self._table(at).callRemote("take", spoiled(thing, bad))
        self._calls(call, bad, lambda _: None)

    def bounce(self, at: int, number: int) -> None:
        """
        Be given a master, and give it back as the answer.
        """
        master = self._masters[number]

        def check(thing: Any) -> None:
            require(thing is master, thing)

        self._calls(self._table(at).callRemote("bounce", master), "", check)

    def _table(self, at: int) -> stock.RemoteReference:
        viewer, server = self.viewers[at], self.connection.server
        return stock.RemoteReference(viewer, server, b"table", False)

    def _calls(self, call: Deferred[Any], bad: str, done: Any) -> None:
        self.unanswered += 1
        self.isHurt = self.isHurt or bool(bad)

        def answered(answer: Any) -> None:
            self.unanswered -= 1
            done(answer)

        def failed(failure: Any) -> None:
            self.unanswered -= 1
            self.failures.append((failure, bad))

        call.addCallbacks(answered, failed).addErrback(
            lambda failure: self.failures.append((failure, bad))
        )

    def hasMet(self) -> bool:
        """
        Tell whether both sides know that the other one has pbcopy.
        """
        brokers = self.connection.server, self.connection.client
        hubs = [broker.localObjectForID(HUB) for broker in brokers]
        return all(hub is not None and hub.understands(FRESH) for hub in hubs)

    def views(self) -> list[Any]:
        """
        Give each view that is held here.
        """
        return reached(self.held)

    def places(self) -> set[tuple[int, int | None]]:
        """
        Give what is held: the number of each master, and the viewer's name.
        """
        return {(view.number, view.viewer) for view in self.views()}

    def checkTables(self) -> None:
        """
        Check that both Brokers, and pbcopy's hubs, remember what is held and no
        more.
        """
        count = len(self.places())
        server, client = self.connection.server, self.connection.client
        require(isStock(server) == (self.kind is Kind.STOCK_SERVER))
        require(isStock(client) == (self.kind is Kind.STOCK_CLIENT))
        tables = {
            "published": server.remotelyCachedObjects,
            "published ids": server.remotelyCachedLUIDs,
            "received": client.locallyCachedObjects,
        }
        for name, table in tables.items():
            require(len(table) == count, (name, table, self.places()))
        for broker in (server, client):
            require(not broker.waitingForAnswers, broker.waitingForAnswers)
            checkHub(broker.localObjectForID(HUB))
        require(not server.locallyCachedObjects, server.locallyCachedObjects)
        require(not client.remotelyCachedObjects, client.remotelyCachedObjects)


def checkHub(hub: Any) -> None:
    """
    Check that nothing waits in a hub.
    """
    if hub is None:
        return
    require(not hub._dropped, hub._dropped)
    require(not hub._published, hub._published)
    require(not hub._waiting, hub._waiting)
    require(not hub.outgoing._transfers, hub.outgoing._transfers)
    require(not hub.incoming._pieces, hub.incoming._pieces)
    require(not hub.incoming._size, hub.incoming._size)
