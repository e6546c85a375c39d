"""
What the client of a peer has: L{Client}, and L{Arrivals} of changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Unsupported(Exception):
    """
    A peer has no such thing.
    """


class Client:
    """
    The client of a peer.
    """

    async def fetch(self, what: str) -> Any:
        """
        Call the server for some data.
        """
        raise NotImplementedError

    async def fetchMany(self, what: str, count: int) -> list[Any]:
        """
        Call the server several times, without waiting in between.
        """
        return [await self.fetch(what) for _ in range(count)]

    def plain(self, value: Any) -> Any:
        """
        Give what was fetched as plain values.
        """
        return value

    async def observe(self, count: int) -> None:
        """
        Have so many observers, and no others.
        """
        raise Unsupported("it tells nobody of changes")

    async def change(self) -> None:
        """
        Make a change, and wait until each observer has it.
        """
        raise Unsupported("it tells nobody of changes")

    async def burst(self, changes: int, way: str) -> None:
        """
        Make many changes in one turn, and wait until each observer has the last.

        @param way: how they may be made as one, where a peer can: as a C{block}, or
            with a field of which the C{latest} value counts; else empty.
        """
        raise Unsupported("it tells nobody of changes")


class Arrivals:
    """
    The numbers that have arrived at observers.
    """

    def __init__(self) -> None:
        self._number = 0
        self._left = 0
        self._seen: list[int] = []
        self._all: Callable[[], object] = int

    def begin(self, observers: int) -> None:
        """
        Expect so many observers from now on.
        """
        self._seen = [0] * observers

    def expect(self, changes: int, all: Callable[[], object]) -> tuple[int, int]:
        """
        Have a function called when all observers have the last of so many changes.

        @return: the first and the last number of these changes.
        """
        first = self._number + 1
        self._number += changes
        self._left = len(self._seen)
        self._all = all
        return first, self._number

    def arrived(self, observer: int, number: int) -> None:
        """
        Hear that a change has arrived.

        @raise ValueError: if it comes after a later one.
        """
        if number <= self._seen[observer]:
            raise ValueError(f"{number} comes after {self._seen[observer]}")
        self._seen[observer] = number
        if number == self._number:
            self._left -= 1
            if not self._left:
                self._all()
