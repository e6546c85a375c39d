"""
One process of a benchmark: the server or the client of a peer.

It is told what to do by lines of JSON on its standard input, and answers each with
one line.  It ends when that input does, and so with its parent, whatever it is
doing::

    python side.py server stock
    python side.py client stock 12345
"""

from __future__ import annotations

import asyncio
import cProfile
import gc
import json
import os
import pstats
import socket
import sys
import threading
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Coroutine
from io import StringIO
from queue import SimpleQueue
from typing import Any

import peers
from peers.client import Client
from workloads import plain

Aside = Callable[[Callable[[], Any]], Awaitable[Any]]
"""Calls a function that waits, while the loop of a peer goes on."""

Main = Callable[[Aside], Coroutine[Any, Any, None]]


class Side:
    """
    What both sides can be asked.
    """

    def __init__(self) -> None:
        self._profile = cProfile.Profile()

    async def cpu(self) -> float:
        """
        Tell how many seconds of a processor this process has used.
        """
        return time.process_time()

    async def noDelay(self) -> list[bool]:
        """
        Tell whether C{TCP_NODELAY} is set, for the kinds of connections there are.
        """
        found = {_noDelay(int(name)) for name in os.listdir("/dev/fd")}
        return sorted(each for each in found if each is not None)

    async def trace(self) -> None:
        """
        Begin to count the memory that is in use.
        """
        tracemalloc.start()

    async def traced(self) -> int:
        """
        Tell how many bytes are in use that were not when L{trace} was asked.
        """
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    async def untrace(self) -> None:
        """
        Count no more.
        """
        tracemalloc.stop()

    async def profile(self) -> None:
        """
        Begin to note where the time goes.
        """
        self._profile.enable()

    async def profiled(self) -> str:
        """
        Tell where it went.
        """
        self._profile.disable()
        written = StringIO()
        stats = pstats.Stats(self._profile, stream=written)
        stats.sort_stats("tottime").print_stats(40)
        return written.getvalue()


class Asking(Side):
    """
    What the client can be asked.
    """

    def __init__(self, client: Client) -> None:
        super().__init__()
        self._client = client
        self._kept: Any = None

    async def check(self, what: str) -> float:
        """
        Check that what is fetched is what was sent.

        @return: how many seconds it took.
        """
        wanted = plain(what)
        begin = time.perf_counter()
        value = await self._client.fetch(what)
        seconds = time.perf_counter() - begin
        for each in [value, *await self._several(what)]:
            if self._client.plain(each) != wanted:
                raise ValueError(f"{what} has arrived as something else")
        return seconds

    async def _several(self, what: str) -> list[Any]:
        return await self._client.fetchMany(what, 2) if what == "small" else []

    async def fetch(self, what: str, inFlight: int, count: int) -> float:
        """
        Fetch something many times.

        @return: how many seconds one call took.
        """
        begin = time.perf_counter()
        for _ in range(count):
            if inFlight == 1:
                await self._client.fetch(what)
            else:
                await self._client.fetchMany(what, inFlight)
        return (time.perf_counter() - begin) / (count * inFlight)

    async def observe(self, count: int) -> None:
        """
        Have so many observers.
        """
        await self._client.observe(count)

    async def change(self, count: int) -> float:
        """
        Have the server change something many times, each when the one before has
        arrived everywhere.

        @return: how many seconds one change took.
        """
        begin = time.perf_counter()
        for _ in range(count):
            await self._client.change()
        return (time.perf_counter() - begin) / count

    async def burst(self, changes: int, way: str, count: int) -> float:
        """
        Have the server change something many times at once.

        @return: how many seconds all the changes took.
        """
        begin = time.perf_counter()
        for _ in range(count):
            await self._client.burst(changes, way)
        return (time.perf_counter() - begin) / count

    async def keep(self, what: str) -> None:
        """
        Fetch something, and keep it.
        """
        self._kept = await self._client.fetch(what)

    async def drop(self) -> None:
        """
        Keep it no more.
        """
        self._kept = None
        gc.collect()


def _noDelay(descriptor: int) -> bool | None:
    try:
        with socket.socket(fileno=os.dup(descriptor)) as copy:
            copy.getpeername()
            if copy.family == socket.AF_INET6 or copy.family == socket.AF_INET:
                return bool(copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
    except OSError:
        # It is no connection.
        pass
    return None


def _read(lines: SimpleQueue[str]) -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)


async def _answer(side: Side, name: str, *args: Any) -> dict[str, Any]:
    try:
        return {"answer": await getattr(side, name)(*args)}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}


async def _begin(role: str, peer: Any, address: str) -> tuple[Side, Any]:
    if role == "server":
        return Side(), await peer.serve()
    return Asking(await peer.connect(json.loads(address))), None


def _tell(reply: dict[str, Any]) -> None:
    sys.stdout.write(f"{json.dumps(reply)}\n")
    sys.stdout.flush()


async def _session(role: str, peer: Any, address: str, aside: Aside) -> None:
    lines: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_read, args=[lines], daemon=True).start()
    try:
        side, told = await _begin(role, peer, address)
    except Exception as error:
        _tell({"error": f"{type(error).__name__}: {error}"[:300]})
        return
    _tell({"answer": told})
    while True:
        _tell(await _answer(side, *json.loads(await aside(lines.get))))


def _plainly(main: Main) -> None:
    async def aside(function: Callable[[], Any]) -> Any:
        return function()

    coroutine = main(aside)
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise RuntimeError("there is nothing that a plain peer could wait for")


def _inAsyncio(main: Main) -> None:
    asyncio.run(main(asyncio.to_thread))


def _inTwisted(main: Main) -> None:
    from twisted.internet import reactor
    from twisted.internet.defer import ensureDeferred
    from twisted.internet.threads import deferToThread

    running: Any = reactor
    running.callWhenRunning(
        lambda: ensureDeferred(main(deferToThread)).addBoth(lambda _: running.stop())
    )
    running.run()


_LOOPS = {"asyncio": _inAsyncio, "plain": _plainly, "twisted": _inTwisted}


def main(role: str, name: str, address: str = "") -> None:
    """
    Be one side of a peer.
    """
    peer = peers.load(name)
    _LOOPS[peer.LOOP](lambda aside: _session(role, peer, address, aside))


if __name__ == "__main__":
    main(*sys.argv[1:])
