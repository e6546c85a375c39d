"""
Pyro5, with its serializer for MessagePack.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import Pyro5.api

from peers.client import Client
from workloads import plain

LOOP = "plain"
_made = cache(plain)
Pyro5.api.config.SERIALIZER = "msgpack"


@Pyro5.api.expose
class Source:
    """
    What is published.
    """

    def get(self, what: str) -> Any:
        """
        Give some data.
        """
        return _made(what)


async def serve() -> int:
    """
    Begin to listen, and give the port.
    """
    daemon = Pyro5.api.Daemon(host="127.0.0.1", port=0)
    daemon.register(Source(), "source")
    threading.Thread(target=daemon.requestLoop, daemon=True).start()
    return int(daemon.sock.getsockname()[1])


class PyroClient(Client):
    """
    A client of it.
    """

    def __init__(self, source: Any) -> None:
        self._source = source

    async def fetch(self, what: str) -> Any:
        """
        Call the server for some data.
        """
        return self._source.get(what)

    async def fetchMany(self, what: str, count: int) -> list[Any]:
        """
        Call the server several times, without waiting in between: in a batch.
        """
        batch = Pyro5.api.BatchProxy(self._source)
        for _ in range(count):
            batch.get(what)
        return list(batch())


async def connect(port: int) -> PyroClient:
    """
    Give a client of it.
    """
    return PyroClient(Pyro5.api.Proxy(f"PYRO:source@127.0.0.1:{port}"))
