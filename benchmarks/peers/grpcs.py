"""
gRPC, in asyncio.  Its messages are made by msgspec, which is faster than protobuf
and needs no generated code.  An observer is a stream, with a connection of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import grpc
import msgspec

from peers.client import Arrivals, Client
from workloads import plain

LOOP = "asyncio"

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode
_made = cache(plain)
_OPTIONS = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
    ("grpc.use_local_subchannel_pool", 1),
]
_FORM = {"request_deserializer": _decode, "response_serializer": _encode}
_CLIENTS_FORM = {"request_serializer": _encode, "response_deserializer": _decode}


class _Source:
    def __init__(self) -> None:
        self._observers: list[asyncio.Queue[int]] = []

    async def get(self, what: str, context: Any) -> Any:
        return _made(what)

    async def burst(self, numbers: tuple[int, int], context: Any) -> None:
        first, last = numbers
        for number in range(first, last + 1):
            for each in self._observers:
                each.put_nowait(number)

    async def observe(self, nothing: None, context: Any) -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()
        self._observers.append(queue)
        try:
            await context.write(0)
            while True:
                await context.write(await queue.get())
        finally:
            self._observers.remove(queue)


_servers: list[Any] = []


async def serve() -> int:
    """
    Begin to listen, and give the port.
    """
    source = _Source()
    handlers = {
        "get": grpc.unary_unary_rpc_method_handler(source.get, **_FORM),
        "burst": grpc.unary_unary_rpc_method_handler(source.burst, **_FORM),
        "observe": grpc.unary_stream_rpc_method_handler(source.observe, **_FORM),
    }
    server = grpc.aio.server(options=_OPTIONS)
    handler = grpc.method_handlers_generic_handler("source", handlers)
    server.add_generic_rpc_handlers([handler])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    _servers.append(server)
    return int(port)


class GRPCClient(Client):
    """
    A client of it.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        channel = self._channel()
        self._get = channel.unary_unary("/source/get", **_CLIENTS_FORM)
        self._burst = channel.unary_unary("/source/burst", **_CLIENTS_FORM)
        self._arrivals = Arrivals()
        self._observers: list[tuple[Any, asyncio.Task[None]]] = []

    def _channel(self) -> Any:
        return grpc.aio.insecure_channel(f"127.0.0.1:{self._port}", options=_OPTIONS)

    async def fetch(self, what: str) -> Any:
        """
        Call the server for some data.
        """
        return await self._get(what)

    async def fetchMany(self, what: str, count: int) -> list[Any]:
        """
        Call the server several times, without waiting in between.
        """
        return list(await asyncio.gather(*(self._get(what) for _ in range(count))))

    async def observe(self, count: int) -> None:
        """
        Have so many observers, and no others.
        """
        while self._observers:
            channel, task = self._observers.pop()
            task.cancel()
            await channel.close()
        # The server has to hear of it.
        await asyncio.sleep(0.3)
        self._arrivals.begin(count)
        for number in range(count):
            channel = self._channel()
            call = channel.unary_stream("/source/observe", **_CLIENTS_FORM)(None)
            await call.read()
            arrived = partial(self._arrivals.arrived, number)
            task = asyncio.ensure_future(_listen(call, arrived))
            self._observers.append((channel, task))

    async def change(self) -> None:
        """
        Make a change, and wait until each observer has it.
        """
        await self.burst(1, "")

    async def burst(self, changes: int, way: str) -> None:
        """
        Make many changes in one turn, and wait until each observer has the last.
        """
        all = asyncio.get_running_loop().create_future()
        numbers = self._arrivals.expect(changes, lambda: all.set_result(None))
        asked = self._burst(numbers)
        await all
        await asked


async def _listen(call: Any, arrived: Callable[[int], None]) -> None:
    while True:
        arrived(await call.read())


async def connect(port: int) -> GRPCClient:
    """
    Give a client of it.
    """
    return GRPCClient(port)
