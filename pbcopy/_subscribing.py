# -*- test-case-name: pbcopy.test.test_subscribing -*-
"""
How an application hears of what changes in a replica: L{subscribe}, L{changes}.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python import log

from pbcopy._change import Change, ChangeKind
from pbcopy._slot import slotOf
from pbcopy._status import StatusKind
from pbcopy._watching import onStatus
from pbcopy.errors import PBCopyError

BUFFER = 1000
"""How many changes L{changes} keeps for its reader."""


def subscribe(
    replica: Any, callback: Callable[[tuple[Change, ...]], object]
) -> Callable[[], None]:
    """
    Have C{callback(changes)} called each time that the master has changed.  All
    that came together, as from a block, is one call, in order, and is in place by
    then.

    This does not keep the replica alive, and a method of the replica itself may be
    the callback.  One that raises is logged.

    @return: a callable that ends this.
    @raise PBCopyError: if nothing updates the object.
    """
    slot = slotOf(replica)
    if slot is None or slot.view is None:
        raise PBCopyError(
            "nothing updates this object",
            where=type(replica).__qualname__,
            expected="a replica of a shared object, that came by a connection",
            advice="declare its class with pbcopy.replicaOf, and fetch it",
        )
    listeners, key, name = slot.view.listeners, object(), type(replica).__qualname__
    if getattr(callback, "__self__", None) is replica:
        # It would hold the replica.
        callback = _Method(slot, callback.__func__)  # type: ignore[attr-defined]

    def told(changes: tuple[Change, ...]) -> None:
        try:
            callback(changes)
        except KeyboardInterrupt:
            raise
        except BaseException:
            log.err(None, f"A callback for the changes of {name} failed")

    listeners[key] = told

    def stop() -> None:
        listeners.pop(key, None)

    return stop


class _Method:
    """
    A method of the replica that stands in a slot.
    """

    def __init__(self, slot: Any, function: Callable[..., object]) -> None:
        self._slot = slot
        self._function = function

    def __call__(self, changes: tuple[Change, ...]) -> object:
        return self._function(self._slot.replica(), changes)


class Subscribe:
    """
    L{subscribe} as a method.  A field of that name hides it.

    @cvar isData: it is no method that a peer must not hide.
    """

    isData = True

    def __get__(self, replica: object, owner: type) -> Any:
        if replica is None:
            return subscribe
        return lambda callback: subscribe(replica, callback)


class _Changes:
    """
    The changes of a replica, one by one.
    """

    def __init__(self, replica: Any, size: int) -> None:
        self._size = size
        self._name = type(replica).__qualname__
        self._waiting: deque[Change] = deque()
        self._readers: deque[Deferred[Change]] = deque()
        self._isOver = False
        self._stops = [
            subscribe(replica, self._take),
            onStatus(replica, self._look),
        ]

    def _take(self, changes: tuple[Change, ...]) -> None:
        self._waiting.extend(changes)
        if len(self._waiting) > self._size:
            lost = sum(_countOf(each) for each in self._waiting)
            self._waiting.clear()
            self._waiting.append(Change(self._name, ChangeKind.LOST, lost, None))
        self._serve()

    def _serve(self) -> None:
        while self._readers and self._waiting:
            self._readers.popleft().callback(self._waiting.popleft())

    def _look(self, replica: object, status: Any) -> None:
        if status.kind is StatusKind.CLOSED:
            self._end()

    def _end(self) -> None:
        self._isOver = True
        for stop in self._stops:
            stop()
        while self._readers:
            self._readers.popleft().errback(StopAsyncIteration())

    def __aiter__(self) -> _Changes:
        return self

    def __anext__(self) -> Deferred[Change]:
        """
        Give the next change.
        """
        reader: Deferred[Change] = Deferred(self._forget)
        self._readers.append(reader)
        self._serve()
        if self._isOver and not self._waiting:
            self._end()
        return reader

    def _forget(self, reader: Deferred[Change]) -> None:
        if reader in self._readers:
            self._readers.remove(reader)

    async def aclose(self) -> None:
        """
        Hear of no more changes.
        """
        self._waiting.clear()
        self._end()


def _countOf(change: Change) -> int:
    return int(change.old) if change.kind is ChangeKind.LOST else 1


def changes(replica: Any, size: int = BUFFER) -> _Changes:
    """
    Give the changes of a replica, as an async iterator of L{Change}::

        async for change in pbcopy.changes(view):
            print(change)

    It ends when the connection does, or by its C{aclose()}.  A reader that is
    slower than the changes does not stop them: when more than C{size} wait, they
    are dropped, and it gets one C{LOST} in their place, with their number.  The
    replica has them all.

    @raise PBCopyError: if nothing updates the object.
    """
    return _Changes(replica, size)
