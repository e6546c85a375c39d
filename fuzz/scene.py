# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
The application that a hostile peer talks to.

It has flavors of each kind, declared classes and values.  A policy lets some of
them in.  Others are registered, and may not arrive: whatever makes one of these,
or calls what is nobody's to call, is noted in L{trespasses}.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any, NamedTuple

import attr
import msgspec
from twisted.cred.checkers import AllowAnonymousAccess
from twisted.cred.portal import IRealm, Portal
from twisted.internet.defer import Deferred, succeed
from twisted.spread import pb as stock
from zope.interface import implementer

import pbcopy
from pbcopy import pb
from pbcopy._broker import hasAvatar

trespasses: list[str] = []
"""What was done that may not be done."""

kept: deque[Any] = deque(maxlen=6)
"""What the application holds of what has come."""


class Mischief(Exception):
    """
    What the application itself raises.
    """


def keep(*things: Any) -> None:
    """
    Hold what came, and look whether it may be here.
    """
    for each in things:
        look(each)
    kept.append(things)


def look(thing: Any) -> None:
    """
    Note what may not be here, in a thing that came.
    """
    seen: set[int] = set()
    rest = [thing]
    while rest:
        each = rest.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, STOLEN):
            trespasses.append(f"a {type(each).__name__} has come")
        if isinstance(each, dict):
            rest += [*each.keys(), *each.values()]
        elif isinstance(each, (list, tuple, set, frozenset, deque)):
            rest += each
        elif isinstance(each, stock.RemoteCopy):
            rest += vars(each).values()


# What may arrive.


class Note(pb.Copyable, pb.RemoteCopy):
    """
    A copy of any attributes.
    """

    def postUnjelly(self) -> None:
        """
        Have a look at it.
        """
        look(self)

    def notYours(self) -> None:
        """
        Nobody is to call this.
        """
        trespasses.append("notYours was called")


class Picky(pb.RemoteCopy):
    """
    A copy that does not take every state.
    """

    def setCopyableState(self, state: Any) -> None:
        """
        Take it, or not.
        """
        if not isinstance(state, dict) or len(state) > 1:
            raise Mischief("that is not to my taste")
        self.state = state


class Colour(Enum):
    """
    A value.
    """

    GREEN = "green"
    BROWN = "brown"


@dataclass(frozen=True)
class Point:
    """
    A value.
    """

    x: int
    y: Any = 0


@attr.s(auto_attribs=True)
class Mark:
    """
    A value.
    """

    name: str
    to: Any = None


class Pair(NamedTuple):
    """
    A value.
    """

    one: Any
    other: Any


class Trouble(Exception):
    """
    An exception that may arrive.
    """


@pbcopy.shared
@dataclass(eq=False)
class Duck(pbcopy.Copyable):
    """
    A part of a pond.
    """

    name: str = "swan"
    weight: float = 1.0
    eggs: list[int] = field(default_factory=list)
    friend: Duck | None = None


@pbcopy.replicaOf(Duck)
class DuckView(pbcopy.RemoteCopy):
    """
    What somebody has of one.
    """


@pbcopy.shared
@dataclass(eq=False)
class Pond(pbcopy.Cacheable):
    """
    A declared master.
    """

    ticks: int = 0
    colour: Colour = Colour.GREEN
    ducks: list[Duck] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    depths: dict[str, tuple[int, float]] = field(default_factory=dict)
    ratings: Annotated[list[int], msgspec.Meta(max_length=3)] = field(
        default_factory=list
    )
    point: Point | None = None
    thing: Any = None


@pbcopy.replicaOf(Pond)
class PondView(pbcopy.RemoteCache):
    """
    What somebody has of one.
    """


class Board(pb.Cacheable):
    """
    A master by hand.
    """

    def __init__(self) -> None:
        self.ticks = 0
        self.observers: list[Any] = []

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Have one more observer.
        """
        self.observers.append(observer)
        return {"ticks": self.ticks}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        """
        Have one less.
        """
        self.observers.remove(observer)

    def tick(self) -> None:
        """
        Tell all observers.
        """
        self.ticks += 1
        for each in self.observers.copy():
            sent = each.callRemote("ticks", self.ticks)
            sent.addErrback(lambda failure: None)


class BoardView(pb.RemoteCache):
    """
    What somebody has of one.
    """

    def observe_ticks(self, ticks: Any) -> Any:
        """
        Take a number.
        """
        if isinstance(ticks, str):
            raise Mischief("that is no number")
        self.ticks = ticks
        return ticks

    def observe_later(self, *things: Any) -> Any:
        """
        Answer later.
        """
        keep(things)
        return succeed(things)

    def notYours(self) -> None:
        """
        Nobody is to call this.
        """
        trespasses.append("notYours was called")


class Relay(pb.RemoteCache, pb.Cacheable):
    """
    What is published further.
    """

    def observe_ticks(self, ticks: Any) -> None:
        """
        Take a number.
        """
        self.ticks = ticks

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Give what has come.
        """
        return {"ticks": getattr(self, "ticks", 0)}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        """
        Hear that nobody observes it any more.
        """


# What may arrive after a login.

talkers: list[Any] = []
"""The Broker that the hostile peer talks to."""


class Order(pb.Copyable, pb.RemoteCopy):
    """
    A copy that a stranger may not send.
    """

    def __new__(cls, *args: Any) -> Any:
        """
        Note it.
        """
        if not all(map(hasAvatar, talkers)):
            trespasses.append("a stranger has sent an Order")
        return super().__new__(cls)


# What may not arrive.


class _Stolen:
    def __new__(cls, *args: Any, **kw: Any) -> Any:
        """
        Note it.
        """
        trespasses.append(f"a {cls.__name__} was made")
        return super().__new__(cls)


class StolenCopy(_Stolen, pb.RemoteCopy):
    """
    A copy.
    """


class StolenCache(_Stolen, pb.RemoteCache):
    """
    A cache.
    """


class StolenStock(_Stolen, stock.RemoteCopy):
    """
    A copy of Twisted's flavor.
    """


@pbcopy.shared
class Loot(pbcopy.Cacheable):
    """
    A declared master.
    """

    ticks: int = 0


@pbcopy.replicaOf(Loot)
class LootView(_Stolen, pbcopy.RemoteCache):
    """
    What nobody is to have of one.
    """


class StolenColour(Enum):
    """
    A value.
    """

    GREEN = "green"


@dataclass
class StolenPoint:
    """
    A value.
    """

    x: int


class StolenTrouble(Exception):
    """
    An exception.
    """


class StolenPair(NamedTuple):
    """
    A value.
    """

    one: Any
    other: Any


def stolenFactory(state: Any) -> Any:
    """
    Note that something was made.
    """
    trespasses.append("stolenFactory was called")


STOLEN = (_Stolen, StolenColour, StolenPoint, StolenTrouble, StolenPair)

_MINE: tuple[Any, ...] = (Note, Picky, Order, StolenCopy, StolenCache, StolenStock)
for _each in _MINE:
    pb.setUnjellyableForClass(_each, _each)
pb.setUnjellyableForClass(Board, BoardView)
pb.setUnjellyableForClass(Relay, Relay)
pb.setUnjellyableFactoryForClass("fuzz.scene.Made", stolenFactory)
_VALUES: tuple[Any, ...] = (Colour, Point, Mark, Pair, StolenColour, StolenPoint)
for _value in (*_VALUES, StolenPair, Trouble, StolenTrouble):
    pb.setUnjellyableForValue(_value)
for _error in (Trouble, StolenTrouble):
    pb.setUnjellyableForException(_error)


def policy() -> pbcopy.Policy:
    """
    Give what may arrive, with limits that a small message exceeds.
    """
    made = pbcopy.Policy()
    made.allowArriving(Note, Picky, BoardView, Relay, PondView, DuckView)
    made.allowArriving(Colour, Point, Mark, Pair, Trouble)
    made.allowArriving(Order, afterLogin=True)
    made.limit(MAX_OBJECTS=400, MAX_ITEMS=40, MAX_NESTING=30, MAX_STRING=2_000)
    made.limit(MAX_CACHES=30, MAX_STATE=20_000, MAX_PIECES=20_000, MAX_WORDS=60)
    return made


class Desk(stock.Referenceable):
    """
    What a peer may call.
    """

    def __init__(self, pond: Pond, board: Board) -> None:
        self.pond = pond
        self.board = board

    def __repr__(self) -> str:
        """
        Say what no peer is to hear.
        """
        return "<a desk at 0x0>"

    def remote_get(self, what: Any = "pond", *more: Any) -> Any:
        """
        Give something.
        """
        things: dict[Any, Any] = {
            "pond": self.pond,
            "board": self.board,
            "both": [self.pond, self.board],
            "desk": self,
            "note": Note(),
            "kept": list(kept),
            "later": Deferred(),
        }
        if what not in things:
            raise Mischief("there is no such thing")
        return things[what]

    def remote_large(self) -> Any:
        """
        Give something that is sent in pieces.
        """
        note: Any = Note()
        note.text = bytes(300_000)
        return note

    def remote_take(self, *things: Any, **more: Any) -> None:
        """
        Take anything.
        """
        keep(*things, *more.values())

    def remote_echo(self, *things: Any) -> Any:
        """
        Give back what came.
        """
        keep(*things)
        return things

    def remote_call(self, peer: Any) -> Any:
        """
        Call somebody.
        """
        return peer.callRemote("take", self.pond, self.board)

    def remote_fail(self, *things: Any) -> Any:
        """
        Raise something.
        """
        raise Mischief("not today")

    def notYours(self) -> None:
        """
        Nobody is to call this.
        """
        trespasses.append("notYours was called")


class Avatar(pb.Avatar):
    """
    What somebody has who has logged in.
    """

    def __init__(self, desk: Desk) -> None:
        self.perspective_get = desk.remote_get
        self.perspective_take = desk.remote_take
        self.perspective_echo = desk.remote_echo

    def notYours(self) -> None:
        """
        Nobody is to call this.
        """
        trespasses.append("notYours was called")


class Root(Desk, pb.Root):
    """
    A server's first object.
    """


@implementer(IRealm)
class Realm:
    """
    Has an avatar for everybody.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def requestAvatar(self, avatarId: Any, mind: Any, *interfaces: Any) -> Any:
        """
        Give one.
        """
        return succeed((pb.IPerspective, Avatar(self.desk), lambda: None))


def portal(desk: Desk) -> Portal:
    """
    Give a portal that lets everybody in.
    """
    return Portal(Realm(desk), [AllowAnonymousAccess()])
