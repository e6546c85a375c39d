"""
Perspective Broker: Twisted's own, and pbcopy's.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from typing import Any

import attr

import pbcopy
from peers.client import Client
from peers.twisting import Observing, listen, together
from workloads import plain

LATER = "ponds"
"""The data that is not made of copies, but of cacheables."""


class _Flavored:
    """
    The classes of a server and a client, made of one package's flavors.
    """

    def __init__(self, pb: Any) -> None:
        class Sent(pb.Copyable):
            pass

        class Node(pb.Copyable):
            pass

        for each in (Sent, Node):
            pb.setUnjellyableForClass(each, type("View", (pb.RemoteCopy,), {}))
        self._sent, self._node = Sent, Node

    def made(self, what: str) -> Any:
        """
        Give the data of a name, of objects.
        """
        value = plain(what)
        kind = what.partition(":")[0]
        if kind == "tree":
            return self._tree(value)
        if kind == "smalls":
            return [_filled(self._sent(), each) for each in value]
        return _filled(self._sent(), value)

    def _tree(self, value: dict[str, Any]) -> Any:
        children = [self._tree(each) for each in value["children"]]
        return _filled(self._node(), {**value, "children": children})


def _filled(made: Any, state: dict[str, Any]) -> Any:
    made.__dict__.update(state)
    return made


def _ponds(pb: Any) -> Callable[[], Any]:
    """
    Give what makes a pond whose observers are called by hand.
    """

    class Pond(pb.Cacheable):
        def __init__(self) -> None:
            self.value = 0
            self.observers: dict[int, Any] = {}

        def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
            self.observers[id(observer.broker)] = observer
            return {"value": self.value}

        def stoppedObserving(self, perspective: Any, observer: Any) -> None:
            del self.observers[id(observer.broker)]

        def change(self, value: int) -> None:
            self.value = value
            for observer in self.observers.values():
                if pb is pbcopy.pb:
                    observer.tell("value", value)
                else:
                    observer.callRemote("value", value).addErrback(_ignore)

        def changeAll(self, values: range, way: str) -> None:
            for value in values:
                self.change(value)

        def countObservers(self) -> int:
            return len(self.observers)

    class PondView(pb.RemoteCache):
        arrived: Callable[[int], None]

        def observe_value(self, value: int) -> None:
            self.value = value
            self.arrived(value)

        def listen(self, arrived: Callable[[int], None]) -> None:
            self.arrived = arrived

    pb.setUnjellyableForClass(Pond, PondView)
    return Pond


def _ignore(failure: object) -> None:
    """
    Say nothing of an observer that has gone.
    """


def _sharedPonds() -> Callable[[], Any]:
    """
    Give what makes a pond that is declared.
    """

    @pbcopy.shared
    class Pond(pbcopy.Cacheable):
        value: int = 0
        latest: int = pbcopy.field(default=0, latest=True)

        def change(self, value: int) -> None:
            self.value = value

        def changeAll(self, values: range, way: str) -> None:
            if way == "latest":
                for value in values:
                    self.latest = value
            elif way == "block":
                with pbcopy.changing(self):
                    self.changeAll(values, "")
            else:
                for value in values:
                    self.value = value

    @pbcopy.replicaOf(Pond)
    class PondView(pbcopy.RemoteCache):
        value: int
        latest: int

        def listen(self, arrived: Callable[[int], None]) -> None:
            self.subscribe(lambda changes: arrived(changes[-1].new))

    return Pond


@attr.s(auto_attribs=True, frozen=True)
class Spread:
    """
    One of the packages, with one of the Brokers.
    """

    package: str
    isGuarded: bool = False
    isShared: bool = False

    LOOP = "twisted"

    def _factory(self, factory: Any) -> Any:
        if self.isGuarded:
            factory.protocol = pbcopy.Broker
        return factory

    async def serve(self) -> int:
        """
        Begin to listen, and give the port.
        """
        pb = import_module(self.package)
        makePond = _sharedPonds() if self.isShared else _ponds(pb)
        root = _rootOf(pb, _Flavored(pb), makePond)
        return listen(self._factory(pb.PBServerFactory(root)))

    async def connect(self, port: int) -> SpreadClient:
        """
        Give a client of it.
        """
        pb = import_module(self.package)
        _Flavored(pb)
        if self.isShared:
            _sharedPonds()
        else:
            _ponds(pb)
        make = partial(self._join, pb, port)
        return SpreadClient(await make(), make)

    async def _join(self, pb: Any, port: int) -> Any:
        from twisted.internet import reactor

        running: Any = reactor
        factory = self._factory(pb.PBClientFactory())
        running.connectTCP("127.0.0.1", port, factory)
        return await factory.getRootObject()


def _rootOf(pb: Any, flavored: _Flavored, makePond: Callable[[], Any]) -> Any:
    made = cache(flavored.made)

    class Root(pb.Root):
        pond = makePond()
        ponds: list[Any] = []  # noqa: RUF012  (there is one root)

        def remote_get(self, what: str) -> Any:
            kind, _, size = what.partition(":")
            if kind != LATER:
                return made(what)
            while len(self.ponds) < int(size):
                self.ponds.append(makePond())
            return self.ponds[: int(size)]

        def remote_pond(self) -> Any:
            return self.pond

        def remote_change(self, number: int) -> None:
            self.pond.change(number)

        def remote_burst(self, first: int, last: int, way: str) -> None:
            self.pond.changeAll(range(first, last + 1), way)

    return Root()


class SpreadClient(Observing, Client):
    """
    A client of Perspective Broker.
    """

    def __init__(self, root: Any, join: Callable[[], Any]) -> None:
        super().__init__()
        self._root = root
        self._join = join

    async def fetch(self, what: str) -> Any:
        """
        Call the server for some data.
        """
        return await self._root.callRemote("get", what)

    async def fetchMany(self, what: str, count: int) -> list[Any]:
        """
        Call the server several times, without waiting in between.
        """
        return await together(self._root.callRemote("get", what) for _ in range(count))

    def plain(self, value: Any) -> Any:
        """
        Give what was fetched as plain values.
        """
        if hasattr(value, "children"):
            state = {name: getattr(value, name) for name in ("name", "value")}
            return {**state, "children": [self.plain(each) for each in value.children]}
        if isinstance(value, list) and value and hasattr(value[0], "__dict__"):
            return [self.plain(each) for each in value]
        return dict(vars(value)) if hasattr(value, "__dict__") else value

    async def joinOne(self, arrived: Callable[[int], None]) -> tuple[Any, Any]:
        """
        Connect one observer.
        """
        root = await self._join()
        view = await root.callRemote("pond")
        view.listen(arrived)
        return root.broker.transport, view

    def askChange(self, number: int) -> None:
        """
        Have the server make a change.
        """
        self._root.callRemote("change", number, pbanswer=False)

    def askBurst(self, first: int, last: int, way: str) -> None:
        """
        Have the server make many.
        """
        self._root.callRemote("burst", first, last, way, pbanswer=False)


PEERS = {
    "stock": Spread("twisted.spread.pb"),
    "pbcopy": Spread("pbcopy.pb"),
    "pbcopy+Broker": Spread("pbcopy.pb", isGuarded=True),
    "shared": Spread("pbcopy.pb", isShared=True),
    "shared+Broker": Spread("pbcopy.pb", isGuarded=True, isShared=True),
}
