"""
C{multiprocessing.managers}: the standard library's proxies.
"""

from __future__ import annotations

import threading
from functools import cache
from multiprocessing.managers import BaseManager
from typing import Any

from peers.client import Client
from workloads import plain

LOOP = "plain"
_KEY = b"benchmarks"
_made = cache(plain)


class Source:
    """
    What is published.
    """

    def get(self, what: str) -> Any:
        """
        Give some data.
        """
        return _made(what)


class Manager(BaseManager):
    """
    A manager that knows what is published.
    """


Manager.register("source", Source)


async def serve() -> int:
    """
    Begin to listen, and give the port.
    """
    server = Manager(("127.0.0.1", 0), _KEY).get_server()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address: Any = server.address
    return int(address[1])


class ManagerClient(Client):
    """
    A client of it.
    """

    def __init__(self, manager: Any) -> None:
        self._source = manager.source()

    async def fetch(self, what: str) -> Any:
        """
        Call the server for some data.
        """
        return self._source.get(what)


async def connect(port: int) -> ManagerClient:
    """
    Give a client of it.
    """
    manager = Manager(("127.0.0.1", port), _KEY)
    manager.connect()
    return ManagerClient(manager)
