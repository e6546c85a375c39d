# -*- test-case-name: pbcopy.test.test_status -*-
"""
What is known of a replica: L{Status}, and the L{Watch} that tells of its changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum
from typing import Any

import attr
from twisted.python import log
from twisted.python.reflect import safe_str

now: Callable[[], float] = time.time
"""The time, in seconds since the epoch.  Tests patch this."""

LONGEST_REASON = 500
"""How many characters of a reason are logged and sent.  A text may quote data."""


class StatusKind(Enum):
    """
    How a replica and its master are to each other.

    @cvar LIVE: whatever the master has sent was applied.
    @cvar STALE: it may differ from its master.  Where the sender is a pbcopy,
        it is asked for a fresh state.
    @cvar CLOSED: its connection is gone, or it was given back.  Nothing will
        update it any more.
    @cvar DETACHED: it came by no connection: a copy, a pickle, a new object.
    """

    LIVE = "live"
    STALE = "stale"
    CLOSED = "closed"
    DETACHED = "detached"


@attr.s(auto_attribs=True, frozen=True)
class Status:
    """
    What is known of a replica.

    @ivar kind: how it and its master are to each other.
    @ivar since: since when, in seconds since the epoch.  A replica that goes
        stale for one more reason is stale since the first.  C{None} for a
        detached object, of which nobody knows.
    @ivar reason: what has happened; C{None} for a live or detached one.
    """

    kind: StatusKind
    since: float | None
    reason: BaseException | None = None

    @property
    def isLive(self) -> bool:
        """
        Whether it is known to equal its master, as of the last message.
        """
        return self.kind is StatusKind.LIVE

    def __str__(self) -> str:
        why = "" if self.reason is None else f": {inOneLine(self.reason)}"
        return f"{self.kind.value}{why}"


DETACHED = Status(StatusKind.DETACHED, None)
"""The status of what has no connection."""


class Watch:
    """
    The status of one replica, and who has asked to be told when it changes.

    @ivar status: the status now.
    """

    def __init__(self) -> None:
        self.status = Status(StatusKind.LIVE, now())
        self._callbacks: dict[object, Callable[[Any, Status], Any]] = {}

    def add(self, callback: Callable[[Any, Status], Any]) -> Callable[[], None]:
        """
        Have C{callback(replica, status)} called on each change.

        @return: a callable that ends this.
        """
        key = object()
        self._callbacks[key] = callback

        def stop() -> None:
            self._callbacks.pop(key, None)

        return stop

    def change(
        self, kind: StatusKind, reason: BaseException | None, replica: object
    ) -> bool:
        """
        Change the status, and tell of it.

        @param replica: whose status it is; C{None} if there is nobody who holds
            it.
        @return: whether it is another one now.  The last status is C{CLOSED}.
        """
        before = self.status
        again = kind is before.kind and _sameText(reason, before.reason)
        if again or before.kind is StatusKind.CLOSED:
            return False
        since = before.since if kind is before.kind else now()
        self.status = Status(kind, since, withoutFrames(reason))
        if replica is not None:
            self._tell(replica, self.status)
        if kind is StatusKind.CLOSED:
            self._callbacks.clear()
        return True

    def _tell(self, replica: object, status: Status) -> None:
        for key, callback in list(self._callbacks.items()):
            # One that was told has stopped the other, or changed the status.
            if key not in self._callbacks or self.status is not status:
                continue
            try:
                callback(replica, status)
            except KeyboardInterrupt:
                raise
            except BaseException:
                log.err(None, f"A callback for the status of {type(replica)} failed")


def inOneLine(reason: object) -> str:
    """
    Give an exception, or a text of the peer's, as one line to log and to send.
    """
    text = safe_str(reason)
    if isinstance(reason, BaseException):
        text = f"{type(reason).__name__}: {text}"
    return " ".join(text.split())[:LONGEST_REASON]


def withoutFrames(reason: BaseException | None) -> BaseException | None:
    """
    Let go of what an exception refers to: a status must not keep its replica
    alive, and that is in the frames of what it raised.

    @return: the exception.
    """
    seen: set[int] = set()
    rest = [reason]
    while rest:
        each = rest.pop()
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            each.__traceback__ = None
            if isinstance(each, AttributeError):
                each.obj = None
            rest += [each.__cause__, each.__context__]
    return reason


def _sameText(one: BaseException | None, other: BaseException | None) -> bool:
    return type(one) is type(other) and inOneLine(one) == inOneLine(other)
