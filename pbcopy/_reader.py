# -*- test-case-name: pbcopy.test.test_reader -*-
"""
The changes of a replica, read one by one: L{changes}.
"""

from __future__ import annotations

import weakref
from collections import deque
from typing import Any

from twisted.internet.defer import Deferred, fail, succeed

from pbcopy._change import Change, ChangeKind
from pbcopy._status import Status, StatusKind
from pbcopy._subscribing import subscribe
from pbcopy._watching import onStatus, statusOf
from pbcopy.errors import PBCopyError

BUFFER = 1000
"""How many changes L{changes} keeps for its reader."""


def changes(replica: Any, size: int = BUFFER) -> Reader:
    """
    Give the changes of a replica, as an async iterator of L{Change}::

        async for change in pbcopy.changes(view):
            print(change)

    It ends when the replica is closed, or by its C{aclose()}.  As long as somebody
    reads, the replica is kept.

    A reader that is slower than the changes does not stop them.  When one comes
    and C{size} of them wait already, all of these are dropped, and it gets one
    L{LOST<ChangeKind.LOST>} in their place, with their number.  The replica has
    them all, so the reader looks at that.

    @param size: 1 or more.
    @raise PBCopyError: if nothing updates the object.
    """
    if size < 1:
        raise PBCopyError(
            "there is no room for a change",
            where="changes",
            got=f"a size of {size}",
            expected="1 or more",
        )
    return Reader(replica, size)


class Reader:
    """
    What L{changes} gives.
    """

    def __init__(self, replica: Any, size: int) -> None:
        self._replica = replica
        self._size = size
        self._waiting: deque[Change] = deque()
        self._awaited: deque[Deferred[Change]] = deque()
        # One that was dropped hears nothing any more.
        me = weakref.ref(self)

        def told(changes: tuple[Change, ...]) -> None:
            reader = me()
            if reader is None:
                stop()
            else:
                reader._take(changes)

        stop = self._stop = subscribe(replica, told)

        def turned(replica: object, status: Status) -> None:
            reader = me()
            if reader is not None:
                reader._look(status)

        self._stopLooking = onStatus(replica, turned)
        self._look(statusOf(replica))

    def __aiter__(self) -> Reader:
        return self

    def __anext__(self) -> Deferred[Change]:
        """
        Give the next change.
        """
        if self._waiting:
            return succeed(self._waiting.popleft())
        if self._replica is None:
            return fail(StopAsyncIteration())
        reader: Deferred[Change] = Deferred(self._forget)
        self._awaited.append(reader)
        _reading.add(self)
        return reader

    def _forget(self, reader: Deferred[Change]) -> None:
        self._awaited.remove(reader)
        self._rest()

    def _next(self) -> Deferred[Change]:
        reader = self._awaited.popleft()
        self._rest()
        return reader

    def _rest(self) -> None:
        if not self._awaited:
            _reading.discard(self)

    def _take(self, changes: tuple[Change, ...]) -> None:
        for each in changes:
            if self._awaited:
                self._next().callback(each)
            elif self._replica is not None:
                self._keep(each)

    def _keep(self, change: Change) -> None:
        if len(self._waiting) >= self._size:
            lost = 1 + sum(_countOf(each) for each in self._waiting)
            self._waiting.clear()
            name = type(self._replica).__qualname__
            change = Change(name, ChangeKind.LOST, lost, None)
        self._waiting.append(change)

    def _look(self, status: Status) -> None:
        if status.kind is StatusKind.CLOSED:
            self._end()

    def _end(self) -> None:
        self._stop()
        self._stopLooking()
        self._replica = None
        while self._awaited:
            self._next().errback(StopAsyncIteration())

    async def aclose(self) -> None:
        """
        Hear of no more changes.
        """
        self._waiting.clear()
        self._end()


_reading: set[Reader] = set()
"""Those for whose next change somebody waits.  Who waits is known to them alone."""


def _countOf(change: Change) -> int:
    return int(change.old) if change.kind is ChangeKind.LOST else 1
