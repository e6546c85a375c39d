"""
RPyC, with C{TCP_NODELAY}.  What is no plain value goes by reference there, so the
service pickles what it gives.
"""

from __future__ import annotations

import pickle
import socket
import threading
from functools import cache
from typing import Any

import rpyc
from rpyc.core.stream import SocketStream
from rpyc.utils.server import ThreadedServer

from peers.client import Client
from workloads import plain

LOOP = "plain"
_made = cache(plain)


class Source(rpyc.Service):
    """
    What is published.
    """

    def exposed_get(self, what: str) -> bytes:
        """
        Give some data.
        """
        return pickle.dumps(_made(what), pickle.HIGHEST_PROTOCOL)


async def serve() -> int:
    """
    Begin to listen, and give the port.
    """
    server = ThreadedServer(Source, hostname="127.0.0.1", port=0)
    # What is accepted has this from what listens.
    server.listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=server.start, daemon=True).start()
    return int(server.port)


class RPyCClient(Client):
    """
    A client of it.
    """

    def __init__(self, connection: Any) -> None:
        self._get = connection.root.get
        self._getLater = rpyc.async_(self._get)

    async def fetch(self, what: str) -> Any:
        """
        Call the server for some data.
        """
        return pickle.loads(self._get(what))

    async def fetchMany(self, what: str, count: int) -> list[Any]:
        """
        Call the server several times, without waiting in between.
        """
        asked = [self._getLater(what) for _ in range(count)]
        return [pickle.loads(each.value) for each in asked]


async def connect(port: int) -> RPyCClient:
    """
    Give a client of it.
    """
    stream = SocketStream.connect("127.0.0.1", port, nodelay=True)
    return RPyCClient(rpyc.connect_stream(stream))
