"""
Declared ponds, for tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import attr
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb
from pbcopy._memory import resultOf
from pbcopy._slot import Slot
from pbcopy.testing import Connection, connect


def isSeen(owner: object, perspective: object) -> bool:
    """
    Tell whether somebody may see what is secret.
    """
    return perspective in SEERS


SEERS: set[object] = {"owner"}
"""Who may."""


@pbcopy.shared
@dataclass
class Duck(pbcopy.Copyable):
    """
    A part of a pond.
    """

    name: str
    age: int = 0
    eggs: list[int] = field(default_factory=list)
    friend: Any = None
    secret: str = pbcopy.field(default="", visibleTo=isSeen)


@pbcopy.replicaOf(Duck)
class DuckView(pbcopy.RemoteCopy):
    """
    What a client has of one.
    """

    name: str
    age: int
    eggs: list[int]
    friend: Any


@pbcopy.shared
class Pond(pbcopy.Cacheable):
    """
    A master.
    """

    colour: str = "green"
    depth: float | None = None
    ducks: list[Duck] = pbcopy.field(default_factory=list)
    things: Any = None
    named: dict[str, Any] = pbcopy.field(default_factory=dict, wireName="n")
    tags: set[int] = pbcopy.field(default_factory=set)
    plan: Any = pbcopy.field(default=None, visibleTo=isSeen)
    private: Any = pbcopy.field(default=None, private=True)


@pbcopy.replicaOf(Pond)
class PondView(pbcopy.RemoteCache):
    """
    What a client has of one.
    """

    colour: str
    depth: float | None
    ducks: list[Any]
    things: Any
    named: dict[str, Any]
    tags: set[int]
    plan: Any


@pbcopy.shared
@attr.define(eq=False)
class Nest(pbcopy.Cacheable):
    """
    A master with slots.
    """

    eggs: list[int] = attr.Factory(list)
    bird: Any = None
    secret: int = attr.field(default=0, metadata=pbcopy.options(visibleTo=isSeen))


@pbcopy.replicaOf(Nest)
class NestView(pbcopy.RemoteCache):
    """
    What a client has of one.
    """


class Taker(stock.Referenceable):
    """
    Takes what it is given.
    """

    taken: Any = None

    def remote_take(self, thing: Any) -> None:
        """
        Take something.
        """
        self.taken = thing


def meet(isMet: bool = True) -> Connection:
    """
    Give a connection of two peers that know each other, or not yet.
    """
    if isMet:
        return connect(pb.PBServerFactory(pb.Root()), pb.PBClientFactory())
    return connect(stock.PBServerFactory(stock.Root()), stock.PBClientFactory())


def takenQuickly(case: SynchronousTestCase) -> list[bool]:
    """
    Note, for as long as a test lasts, what is tried as a small change, and whether it
    is taken so.
    """
    taken: list[bool] = []
    take = Slot.takeQuickly

    def noted(slot: Slot, packed: bytes) -> bool:
        taken.append(take(slot, packed))
        return taken[-1]

    case.patch(Slot, "takeQuickly", noted)
    return taken


def give(connection: Connection, master: Any, perspective: Any = None) -> Any:
    """
    Send a master to a client, and give what that gets.

    @param perspective: who the client is.
    """
    taker = Taker()
    connection.client.setNameForLocal("taker", taker)
    reference = stock.RemoteReference(perspective, connection.server, b"taker", 0)
    resultOf(connection, reference.callRemote("take", master))
    taken, taker.taken = taker.taken, None
    return taken


def told(view: Any) -> list[list[str]]:
    """
    Subscribe, and give the list of what comes, as texts.
    """
    heard: list[list[str]] = []
    view.subscribe(lambda changes: heard.append([str(each) for each in changes]))
    return heard
