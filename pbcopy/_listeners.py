# -*- test-case-name: pbcopy.test.test_listeners -*-
"""
Who is told of what has changed in a replica: L{Listeners}.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.python import log

from pbcopy._change import Change

Listener = Callable[[Any, tuple[Change, ...]], object]
"""Is called with the replica and what has changed."""


class Listeners:
    """
    Those who listen to one replica.
    """

    def __init__(self) -> None:
        self._listeners: dict[object, Listener] = {}
        # There are many of these, and an empty deque takes 600 bytes.
        self._untold: list[tuple[Any, tuple[Change, ...]]] = []

    def __bool__(self) -> bool:
        return bool(self._listeners)

    def add(self, listener: Listener) -> Callable[[], None]:
        """
        Have somebody told.

        @return: a callable that ends this.
        """
        key = object()
        self._listeners[key] = listener

        def stop() -> None:
            self._listeners.pop(key, None)

        return stop

    def tell(self, replica: object, changes: tuple[Change, ...]) -> None:
        """
        Tell all of them.  What happens meanwhile is told when all have heard this.
        """
        if not changes:
            return
        self._untold.append((replica, changes))
        if len(self._untold) > 1:
            return
        try:
            while self._untold:
                self._tellAll(*self._untold[0])
                del self._untold[0]
        finally:
            self._untold.clear()

    def _tellAll(self, replica: object, changes: tuple[Change, ...]) -> None:
        for key, listener in list(self._listeners.items()):
            # One that was told has stopped the other.
            if key not in self._listeners:
                continue
            try:
                listener(replica, changes)
            except KeyboardInterrupt:
                raise
            except BaseException:
                name = type(replica).__qualname__
                log.err(None, f"A callback for the changes of {name} failed")
