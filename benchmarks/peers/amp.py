"""
Twisted's AMP.  Each command says what fields it has, and a value has 64 KiB at
most, so it takes part with small copies and with changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Factory
from twisted.protocols import amp

from peers.client import Client, Unsupported
from peers.twisting import Observing, listen, together
from workloads import SMALL

LOOP = "twisted"


class Get(amp.Command):
    """
    Ask for a small copy.
    """

    response = [  # noqa: RUF012  (as AMP has it)
        (b"name", amp.Unicode()),
        (b"count", amp.Integer()),
        (b"ratio", amp.Float()),
        (b"flag", amp.Boolean()),
        (b"nothing", amp.Unicode(optional=True)),
        (b"blob", amp.String()),
        (b"big", amp.Integer()),
        (b"title", amp.Unicode()),
    ]


class Observe(amp.Command):
    """
    Have changes told.
    """


class Burst(amp.Command):
    """
    Ask for changes.
    """

    arguments = [(b"first", amp.Integer()), (b"last", amp.Integer())]  # noqa: RUF012
    requiresAnswer = False


class Changed(amp.Command):
    """
    Tell of a change.
    """

    arguments = [(b"number", amp.Integer())]  # noqa: RUF012
    requiresAnswer = False


class _NoDelay(amp.AMP):
    arrived: Callable[[int], None]

    def connectionMade(self) -> None:
        stock: Any = super()
        stock.connectionMade()
        transport: Any = self.transport
        transport.setTcpNoDelay(True)


class _Server(_NoDelay):
    observers: list[Any] = []  # noqa: RUF012  (there is one server)

    @Get.responder
    def get(self) -> dict[str, Any]:
        return SMALL

    @Observe.responder
    def observe(self) -> dict[str, Any]:
        self.observers.append(self)
        return {}

    @Burst.responder
    def burst(self, first: int, last: int) -> dict[str, Any]:
        for number in range(first, last + 1):
            for each in self.observers:
                each.callRemote(Changed, number=number)
        return {}

    def connectionLost(self, reason: Any = None) -> None:
        stock: Any = super()
        stock.connectionLost(reason)
        if self in self.observers:
            self.observers.remove(self)


class _Client(_NoDelay):
    @Changed.responder
    def changed(self, number: int) -> dict[str, Any]:
        self.arrived(number)
        return {}


class AMPClient(Observing, Client):
    """
    A client of it.
    """

    def __init__(self, protocol: Any, join: Callable[[], Any]) -> None:
        super().__init__()
        self._protocol = protocol
        self._join = join

    async def fetch(self, what: str) -> Any:
        """
        Call the server for some data.
        """
        return await self._get(what)

    async def fetchMany(self, what: str, count: int) -> list[Any]:
        """
        Call the server several times, without waiting in between.
        """
        return await together(self._get(what) for _ in range(count))

    def _get(self, what: str) -> Any:
        if what != "small":
            raise Unsupported("it is for small values with known fields")
        return self._protocol.callRemote(Get)

    def plain(self, value: Any) -> Any:
        """
        Give what was fetched as plain values.
        """
        return {"nothing": None, **value}

    async def joinOne(self, arrived: Callable[[int], None]) -> tuple[Any, Any]:
        """
        Connect one observer.
        """
        protocol = await self._join()
        protocol.arrived = arrived
        await protocol.callRemote(Observe)
        return protocol.transport, protocol

    def askChange(self, number: int) -> None:
        """
        Have the server make a change.
        """
        self.askBurst(number, number, "")

    def askBurst(self, first: int, last: int, way: str) -> None:
        """
        Have the server make many.
        """
        self._protocol.callRemote(Burst, first=first, last=last)


async def serve() -> int:
    """
    Begin to listen, and give the port.
    """
    return listen(Factory.forProtocol(_Server))


async def connect(port: int) -> AMPClient:
    """
    Give a client of it.
    """
    from twisted.internet import reactor

    def join() -> Any:
        return connectProtocol(
            TCP4ClientEndpoint(reactor, "127.0.0.1", port), _Client()
        )

    return AMPClient(await join(), join)
