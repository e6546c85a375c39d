# -*- test-case-name: pbcopy.test.test_guardrate -*-
"""
How often something may happen: L{Rate}.
"""

from __future__ import annotations

from collections.abc import Callable


class Rate:
    """
    Counts what happens within one second, and then anew.
    """

    def __init__(self, seconds: Callable[[], float]) -> None:
        """
        @param seconds: what tells the time, as C{IReactorTime.seconds} does.
        """
        self._seconds = seconds
        self._began = float("-inf")
        self._count = 0

    def another(self) -> int:
        """
        Count one more.

        @return: how many there are in this second.
        """
        now = self._seconds()
        if now - self._began >= 1:
            self._began, self._count = now, 0
        self._count += 1
        return self._count
