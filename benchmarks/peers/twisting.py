"""
What peers have in common that run in Twisted's reactor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, gatherResults
from twisted.internet.task import deferLater

from peers.client import Arrivals

AT_ONCE = 25
"""How many observers connect at a time."""


def listen(factory: Any) -> int:
    """
    Listen on the loopback interface, and give the port.
    """
    from twisted.internet import reactor

    running: Any = reactor
    port = running.listenTCP(0, factory, interface="127.0.0.1", backlog=100)
    return int(port.getHost().port)


async def together(deferreds: Iterable[Any]) -> list[Any]:
    """
    Wait for several Deferreds.
    """
    return await gatherResults(list(deferreds), consumeErrors=True)


class Observing:
    """
    A client with observers, each of which has a connection of its own.
    """

    def __init__(self) -> None:
        self._arrivals = Arrivals()
        self._observers: list[tuple[Any, Any]] = []

    async def joinOne(self, arrived: Callable[[int], None]) -> tuple[Any, Any]:
        """
        Connect one observer.

        @param arrived: takes the number of each change.
        @return: its transport, and what is to be kept.
        """
        raise NotImplementedError

    def askChange(self, number: int) -> None:
        """
        Have the server make a change, and do not wait.
        """
        raise NotImplementedError

    def askBurst(self, first: int, last: int, way: str) -> None:
        """
        Have the server make many changes in one turn, and do not wait.
        """
        raise NotImplementedError

    async def observe(self, count: int) -> None:
        """
        Have so many observers, and no others.
        """
        from twisted.internet import reactor

        while self._observers:
            self._observers.pop()[0].loseConnection()
        # The server has to hear of it.
        running: Any = reactor
        await deferLater(running, 0.3, lambda: None)
        self._arrivals.begin(count)
        for first in range(0, count, AT_ONCE):
            each = range(first, min(count, first + AT_ONCE))
            arrived = [partial(self._arrivals.arrived, number) for number in each]
            joining = [ensureDeferred(self.joinOne(one)) for one in arrived]
            self._observers += await together(joining)

    async def change(self) -> None:
        """
        Make a change, and wait until each observer has it.
        """
        all: Deferred[None] = Deferred()
        self.askChange(self._arrivals.expect(1, lambda: all.callback(None))[0])
        await all

    async def burst(self, changes: int, way: str) -> None:
        """
        Make many changes in one turn, and wait until each observer has the last.
        """
        all: Deferred[None] = Deferred()
        first, last = self._arrivals.expect(changes, lambda: all.callback(None))
        self.askBurst(first, last, way)
        await all
