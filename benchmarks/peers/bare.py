"""
msgspec's MessagePack over Twisted's C{Int32StringReceiver}: no flavors, no
references, no errors.  Nothing that runs in Twisted is faster.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, connectProtocol
from twisted.internet.protocol import Factory
from twisted.protocols.basic import Int32StringReceiver

from peers.client import Client
from peers.twisting import Observing, listen, together
from workloads import plain

LOOP = "twisted"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode
_made = cache(plain)


class Bare(Int32StringReceiver):
    """
    What both sides have: messages that are lists.
    """

    MAX_LENGTH = 2**30

    def connectionMade(self) -> None:
        """
        Send small messages at once.
        """
        transport: Any = self.transport
        transport.setTcpNoDelay(True)

    def send(self, *message: Any) -> None:
        """
        Send a message.
        """
        self.sendEncoded(_encode(message))

    def sendEncoded(self, encoded: bytes) -> None:
        """
        Send what is a message by now.
        """
        stock: Any = self
        stock.sendString(encoded)


class _Server(Bare):
    observers: list[_Server] = []  # noqa: RUF012  (there is one server)

    def stringReceived(self, string: bytes) -> None:
        name, *args = _decode(string)
        getattr(self, f"do_{name}")(*args)

    def do_get(self, number: int, what: str) -> None:
        self.send(number, _made(what))

    def do_observe(self) -> None:
        self.observers.append(self)
        self.send(0, 0)

    def do_burst(self, first: int, last: int) -> None:
        for number in range(first, last + 1):
            encoded = _encode((0, number))
            for each in self.observers:
                each.sendEncoded(encoded)

    def connectionLost(self, reason: Any = None) -> None:
        if self in self.observers:
            self.observers.remove(self)


class _Client(Bare):
    def __init__(self) -> None:
        self._count = 0
        self._waiting: dict[int, Deferred[Any]] = {}
        self.arrived: Callable[[int], None] = lambda number: None

    def get(self, what: str) -> Deferred[Any]:
        self._count += 1
        answer = self._waiting[self._count] = Deferred()
        self.send("get", self._count, what)
        return answer

    def stringReceived(self, string: bytes) -> None:
        number, value = _decode(string)
        if number:
            self._waiting.pop(number).callback(value)
        elif value:
            self.arrived(value)


class BareClient(Observing, Client):
    """
    A client of it.
    """

    def __init__(self, protocol: _Client, join: Callable[[], Any]) -> None:
        super().__init__()
        self._protocol = protocol
        self._join = join

    async def fetch(self, what: str) -> Any:
        """
        Call the server for some data.
        """
        return await self._protocol.get(what)

    async def fetchMany(self, what: str, count: int) -> list[Any]:
        """
        Call the server several times, without waiting in between.
        """
        return await together(self._protocol.get(what) for _ in range(count))

    async def joinOne(self, arrived: Callable[[int], None]) -> tuple[Any, Any]:
        """
        Connect one observer.
        """
        protocol = await self._join()
        protocol.arrived = arrived
        protocol.send("observe")
        # What is answered comes after that.
        await protocol.get("small")
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
        self._protocol.send("burst", first, last)


async def serve() -> int:
    """
    Begin to listen, and give the port.
    """
    return listen(Factory.forProtocol(_Server))


async def connect(port: int) -> BareClient:
    """
    Give a client of it.
    """
    from twisted.internet import reactor

    def join() -> Any:
        return connectProtocol(
            TCP4ClientEndpoint(reactor, "127.0.0.1", port), _Client()
        )

    return BareClient(await join(), join)
