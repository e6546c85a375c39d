"""
Foolscap, the successor of Perspective Broker by its author.  It always has TLS.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import foolscap.api

from peers.client import Client, Unsupported
from peers.twisting import Observing, together
from workloads import plain

LOOP = "twisted"
_MOST_OBSERVERS = 100


class Sent(foolscap.api.Copyable):
    """
    What is copied, but for a node of a tree.
    """

    typeToCopy = "benchmarks.Sent"


class SentNode(foolscap.api.Copyable):
    """
    A node of a tree.
    """

    typeToCopy = "benchmarks.SentNode"


class View(foolscap.api.RemoteCopy):
    """
    What a copy becomes.
    """

    copytype = "benchmarks.Sent"

    def setCopyableState(self, state: dict[str, Any]) -> None:
        """
        Take the state.
        """
        self.__dict__ = state


class NodeView(View):
    """
    What a node becomes.
    """

    copytype = "benchmarks.SentNode"


def _tree(value: dict[str, Any]) -> Any:
    made = SentNode()
    made.__dict__.update(value, children=[_tree(each) for each in value["children"]])
    return made


@cache
def _made(what: str) -> Any:
    value, kind = plain(what), what.partition(":")[0]
    if kind == "tree":
        return _tree(value)
    made = []
    for state in value if kind == "smalls" else [value]:
        made.append(Sent())
        made[-1].__dict__.update(state)
    return made if kind == "smalls" else made[0]


class Source(foolscap.api.Referenceable):
    """
    What is published.
    """

    def __init__(self) -> None:
        self._observers: list[Any] = []

    def remote_get(self, what: str) -> Any:
        """
        Give some data.
        """
        return _made(what)

    def remote_observe(self, observer: Any) -> None:
        """
        Tell someone of changes.
        """
        self._observers.append(observer)
        observer.notifyOnDisconnect(self._observers.remove, observer)

    def remote_burst(self, first: int, last: int) -> None:
        """
        Make changes.
        """
        for number in range(first, last + 1):
            for each in self._observers:
                each.callRemoteOnly("changed", number)


class _Observer(foolscap.api.Referenceable):
    def __init__(self, arrived: Callable[[int], None]) -> None:
        self._arrived = arrived

    def remote_changed(self, number: int) -> None:
        self._arrived(number)


class _Transport:
    def __init__(self, tub: Any) -> None:
        self._tub = tub

    def loseConnection(self) -> None:
        self._tub.stopService()


_tubs: list[Any] = []


async def serve() -> str:
    """
    Begin to listen, and give what names the service.
    """
    tub = _begin()
    listener = tub.listenOn("tcp:0:interface=127.0.0.1")
    tub.setLocation(f"127.0.0.1:{listener.getPortnum()}")
    return str(tub.registerReference(Source(), "source"))


def _begin() -> Any:
    tub = foolscap.api.Tub()
    tub.startService()
    _tubs.append(tub)
    return tub


class FoolscapClient(Observing, Client):
    """
    A client of it.
    """

    def __init__(self, source: Any, furl: str) -> None:
        super().__init__()
        self._source = source
        self._furl = furl

    async def fetch(self, what: str) -> Any:
        """
        Call the server for some data.
        """
        return await self._source.callRemote("get", what)

    async def fetchMany(self, what: str, count: int) -> list[Any]:
        """
        Call the server several times, without waiting in between.
        """
        calls = [self._source.callRemote("get", what) for _ in range(count)]
        return await together(calls)

    def plain(self, value: Any) -> Any:
        """
        Give what was fetched as plain values.
        """
        if isinstance(value, NodeView):
            state = dict(vars(value))
            return {**state, "children": [self.plain(x) for x in state["children"]]}
        return dict(vars(value)) if isinstance(value, View) else value

    async def observe(self, count: int) -> None:
        """
        Have so many observers, and no others.
        """
        if count > _MOST_OBSERVERS:
            raise Unsupported("each connection is a tub, which takes long to make")
        await super().observe(count)

    async def joinOne(self, arrived: Callable[[int], None]) -> tuple[Any, Any]:
        """
        Connect one observer.
        """
        tub = _begin()
        source = await tub.getReference(self._furl)
        observer = _Observer(arrived)
        await source.callRemote("observe", observer)
        return _Transport(tub), observer

    def askChange(self, number: int) -> None:
        """
        Have the server make a change.
        """
        self.askBurst(number, number, "")

    def askBurst(self, first: int, last: int, way: str) -> None:
        """
        Have the server make many.
        """
        self._source.callRemoteOnly("burst", first, last)


async def connect(furl: str) -> FoolscapClient:
    """
    Give a client of it.
    """
    return FoolscapClient(await _begin().getReference(furl), furl)
