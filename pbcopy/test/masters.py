# -*- test-case-name: pbcopy.test.test_lifetimes -*-
"""
What the machine of L{pbcopy.test.lifetimes} sends, and what is had of it.

A pond is sent by pbcopy, and a pool by stock flavors.  What a viewer has of one
says of which pond it is, and for which viewer.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from twisted.spread import flavors
from twisted.spread import pb as stock
from twisted.spread.jelly import _createBlank
from twisted.trial.unittest import SynchronousTestCase

import pbcopy.pb
from pbcopy._channel import HUB
from pbcopy._registry import copyTags, nameOf


def require(isTrue: object, *got: object) -> None:
    """
    Check something, also where Python leaves out C{assert}.

    @param got: what an error shows.
    """
    if not isTrue:
        raise AssertionError(*got)


class Trouble(RuntimeError):
    """
    What a hook raises when it is told to.
    """


class Troubles:
    """
    The hooks that are to raise.

    @ivar armed: for each hook, how many times it is to raise.
    """

    def __init__(self) -> None:
        self.armed: dict[str, int] = {}

    def strike(self, hook: str) -> None:
        """
        Raise, if it is the turn of C{hook}.
        """
        if self.armed.get(hook, 0) > 0:
            self.armed[hook] -= 1
            raise Trouble(hook)


troubles = Troubles()
"""Those of the history that runs."""


class Viewer:
    """
    Who looks at a pond: some see its even ducks alone.

    @ivar isPlain: has stock flavors, which take no cycle, no update that cannot
        be sent, and no trouble.
    """

    _names = itertools.count(1)

    def __init__(self, isPlain: bool, onlyEven: bool) -> None:
        self.name = next(self._names)
        self.isPlain = isPlain
        self._step = 2 if onlyEven else 1

    def sees(self, duck: int) -> bool:
        """
        Tell whether this one sees a duck.
        """
        return duck % self._step == 0

    def follows(self, pond: Any, neighbour: Any) -> bool:
        """
        Tell whether this one sees that a pond refers to another one.
        """
        return not self.isPlain or pond.number < neighbour.number


class Pond(pbcopy.pb.Cacheable):
    """
    A master of pbcopy's, with ducks and neighbours.

    @ivar opened: each observer that it was given.
    @ivar stopped: each observer that it was told of that it has stopped.
    @ivar unanswered: how many updates are not answered yet.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.ducks = [number]
        self.neighbours: list[Pond] = []
        self.mud = b""
        self.observers: list[Any] = []
        self.opened: list[Any] = []
        self.stopped: list[Any] = []
        self.unanswered = 0

    def stateFor(self, viewer: Viewer) -> dict[str, Any]:
        """
        Give what one viewer sees.
        """
        return {
            "number": self.number,
            "viewer": viewer.name,
            "ducks": [duck for duck in self.ducks if viewer.sees(duck)],
            "neighbours": self.neighboursFor(viewer),
            "mud": self.mud,
        }

    def neighboursFor(self, viewer: Viewer) -> list[Pond]:
        """
        Give the neighbours that one viewer sees.
        """
        return [each for each in self.neighbours if viewer.follows(self, each)]

    def getStateToCacheAndObserveFor(self, viewer: Viewer, observer: Any) -> Any:
        """
        Begin an observation, and perhaps fail then.
        """
        self.observers.append(observer)
        self.opened.append(observer)
        if not viewer.isPlain:
            troubles.strike("getState")
        return self.stateFor(viewer)

    def stoppedObserving(self, viewer: Viewer, observer: Any) -> None:
        """
        End one, and perhaps fail then.
        """
        self.observers.remove(observer)
        self.stopped.append(observer)
        troubles.strike("stoppedObserving")

    def tell(self, name: str, *args: Any, of: int | None = None) -> None:
        """
        Tell the observers that see a duck; or all, where it is of none.
        """
        for observer in list(self.observers):
            if of is None or observer.perspective.sees(of):
                self._tellOne(observer, name, *args)

    def _tellOne(self, observer: Any, name: str, *args: Any) -> None:
        self.unanswered += 1
        observer.callRemote(name, *args).addBoth(self._answered)

    def _answered(self, _: object) -> None:
        self.unanswered -= 1

    def add(self, duck: int) -> None:
        """
        Get a duck.
        """
        self.ducks.append(duck)
        self.tell("add", duck, of=duck)

    def remove(self, duck: int) -> None:
        """
        Lose a duck.
        """
        self.ducks.remove(duck)
        self.tell("remove", duck, of=duck)

    def replace(self, duck: int, other: int) -> None:
        """
        Have another duck in the place of one: both are even, or none.
        """
        self.ducks[self.ducks.index(duck)] = other
        self.tell("replace", duck, other, of=duck)

    def reset(self, mud: bytes) -> None:
        """
        Become quite another one.
        """
        self.ducks, self.mud = self.ducks[::2], mud
        for observer in list(self.observers):
            self._tellOne(observer, "reset", self.stateFor(observer.perspective))

    def link(self, neighbour: Pond) -> None:
        """
        Refer to another pond.
        """
        self.neighbours.append(neighbour)
        for observer in list(self.observers):
            if observer.perspective.follows(self, neighbour):
                self._tellOne(observer, "link", neighbour)

    def unlink(self) -> None:
        """
        Refer to the last neighbour no more.
        """
        gone = self.neighbours.pop()
        for observer in list(self.observers):
            if observer.perspective.follows(self, gone):
                self._tellOne(observer, "unlink")

    def fumble(self, duck: int, how: str) -> None:
        """
        Get a duck, and tell of it so that an observer of pbcopy's cannot know.
        """
        self.ducks.append(duck)
        for observer in list(self.observers):
            viewer = observer.perspective
            if viewer.isPlain:
                if viewer.sees(duck):
                    self._tellOne(observer, "add", duck)
            elif how == "unsendable":
                self._tellOne(observer, "add", duck, PondView())
            elif how == "refused":
                self._tellOne(observer, "add", duck, Unknown())
            else:
                self._tellOne(observer, "noSuchMethod", duck)


class _View:
    """
    What a client has of a pond, on any flavors.
    """

    number: int
    viewer: int
    ducks: list[int]
    neighbours: list[Any]
    mud: bytes

    def observe_add(self, duck: int, extra: object = None) -> None:
        """
        The pond has one duck more.
        """
        self.ducks.append(duck)
        self.struck()

    def observe_remove(self, duck: int) -> None:
        """
        It has one less.
        """
        self.ducks.remove(duck)
        self.struck()

    def observe_replace(self, duck: int, other: int) -> None:
        """
        It has another one.
        """
        self.ducks[self.ducks.index(duck)] = other
        self.struck()

    def observe_reset(self, state: dict[str, Any]) -> None:
        """
        All is new.
        """
        self.__dict__.update(state)
        self.struck()

    def observe_link(self, neighbour: Any) -> None:
        """
        It has a neighbour more.
        """
        self.neighbours.append(neighbour)
        self.struck()

    def observe_unlink(self) -> None:
        """
        It has one less.
        """
        self.neighbours.pop()
        self.struck()

    def struck(self) -> None:
        """
        Perhaps fail, after the change.
        """


class StockPondView(_View, stock.RemoteCache):
    """
    What a stock client has of a pond.
    """


class PondView(_View, pbcopy.pb.RemoteCache):
    """
    What a client of pbcopy's has of a pond.
    """

    def setCopyableState(self, state: Any) -> None:
        """
        Take a state, or fail.
        """
        self.ducks = []
        troubles.strike("setCopyableState")
        super().setCopyableState(state)

    def observe_reset(self, state: dict[str, Any]) -> None:
        """
        All is new.
        """
        self.setCopyableState(state)
        self.struck()

    def struck(self) -> None:
        """
        Perhaps fail, after the change.
        """
        troubles.strike("observe")


class Pool(stock.Cacheable):
    """
    A master of stock flavors, which all viewers see alike.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.ducks = [number]
        # Stock flavors give another observer to stoppedObserving.
        self.observers: dict[Any, Any] = {}
        self.opened: list[Any] = []
        self.stopped: list[Any] = []
        self.unanswered = 0

    def getStateToCacheAndObserveFor(self, viewer: Viewer, observer: Any) -> Any:
        """
        Begin an observation.
        """
        require(observer.broker not in self.observers)
        self.observers[observer.broker] = observer
        self.opened.append(observer.broker)
        return {"number": self.number, "viewer": None, "ducks": self.ducks}

    def stoppedObserving(self, viewer: Viewer, observer: Any) -> None:
        """
        End one.
        """
        del self.observers[observer.broker]
        self.stopped.append(observer.broker)

    def add(self, duck: int) -> None:
        """
        Get a duck.
        """
        self.ducks.append(duck)
        for observer in list(self.observers.values()):
            self.unanswered += 1
            observer.callRemote("add", duck).addBoth(self._answered)

    def _answered(self, _: object) -> None:
        self.unanswered -= 1


class PoolView(pbcopy.pb.RemoteCache):
    """
    What a client of pbcopy's has of a pool.
    """

    number: int
    ducks: list[int]

    def observe_add(self, duck: int) -> None:
        """
        The pool has one duck more.
        """
        self.ducks.append(duck)


class Unknown(pbcopy.pb.Copyable):
    """
    What no client registers.
    """


class Parcel(pbcopy.pb.Copyable, pbcopy.pb.RemoteCopy):
    """
    A plain copy around something.
    """

    def __init__(self, content: Any) -> None:
        self.content = content


class StockParcel(stock.Copyable, stock.RemoteCopy):
    """
    The same on stock flavors.
    """

    def __init__(self, content: Any) -> None:
        self.content = content

    def getTypeToCopy(self) -> bytes:
        """
        Give the name that both have.
        """
        return nameOf(Parcel).encode("ascii")


class StockBroker(stock.Broker):
    """
    The Broker of a peer that does not have pbcopy.
    """


def isStock(broker: Any) -> bool:
    """
    Tell whether a Broker is that of a stock peer, which must never have a hub.
    """
    if not isinstance(broker, StockBroker):
        return False
    hasHub = broker.localObjects is not None and broker.localObjectForID(HUB)
    require(not hasHub, "a stock peer has a hub")
    return True


def register(case: SynchronousTestCase) -> None:
    """
    Have each tag be unjellied by the flavors of the Broker that it came to, for
    as long as a test runs: the registry is the process's, and there are stock
    peers and others in it.
    """
    copied = nameOf(stock.CopyableFailure)
    for tag, own, stocks in [
        (nameOf(Pond), PondView, StockPondView),
        (nameOf(Pool), PoolView, None),
        (nameOf(Parcel), Parcel, StockParcel),
        (copied, pbcopy.pb.CopiedFailure, stock.CopiedFailure),
        ("cached", copyTags[b"cached"], flavors.unjellyCached),
        ("lcache", copyTags[b"lcache"], flavors.unjellyLCache),
    ]:
        _registerOne(case, tag, own, stocks)


def _registerOne(case: SynchronousTestCase, tag: str, own: Any, stocks: Any) -> None:
    def unjelly(unjellier: Any, jellyList: list[Any]) -> Any:
        kind = stocks if isStock(unjellier.invoker) else own
        blank: Callable[..., Any] = getattr(_createBlank(kind), "unjellyFor", kind)
        return blank(unjellier, jellyList)

    key = tag.encode("ascii")
    before = copyTags.get(key)
    pbcopy.pb.setUnjellyableForClass(tag, unjelly)
    if before is None:
        case.addCleanup(copyTags.pop, key)
    else:
        case.addCleanup(copyTags.__setitem__, key, before)


def topmost(thing: Any) -> Iterator[Any]:
    """
    Give the ponds, or the views of ponds, in what was sent.
    """
    if isinstance(thing, (list, tuple)):
        for each in thing:
            yield from topmost(each)
    elif isinstance(thing, dict):
        yield from topmost(list(thing.values()))
    elif isinstance(thing, (Parcel, StockParcel)):
        yield from topmost(thing.content)
    elif thing is not None:
        yield thing


def reached(things: Any) -> list[Any]:
    """
    Give each view that somebody who holds C{things} holds by that.
    """
    found: dict[int, Any] = {}
    todo = list(topmost(things))
    while todo:
        view = todo.pop()
        if id(view) not in found:
            found[id(view)] = view
            todo += topmost(vars(view).get("neighbours"))
    return list(found.values())
