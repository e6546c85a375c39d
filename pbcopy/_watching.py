# -*- test-case-name: pbcopy.test.test_watching -*-
"""
What an application asks of a replica: L{statusOf}, L{onStatus}, L{LiveOnly}.

These are functions, as the names of a replica's attributes are the application's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.spread import flavors

from pbcopy._remotecache import RemoteCache
from pbcopy._slotof import slotOf
from pbcopy._status import DETACHED, Status, StatusKind, inOneLine
from pbcopy.errors import StaleReplica

_ADVICE = {
    StatusKind.STALE: "ask pbcopy.onStatus to be told when it is live again",
    StatusKind.CLOSED: "fetch the object again",
}


def statusOf(replica: flavors.RemoteCache) -> Status:
    """
    Tell whether a replica equals its master, since when, and why not.
    """
    slot = slotOf(replica)
    return DETACHED if slot is None else slot.watch.status


def onStatus(
    replica: flavors.RemoteCache, callback: Callable[[Any, Status], object]
) -> Callable[[], None]:
    """
    Have C{callback(replica, status)} called each time that the status of a
    replica changes, until it is closed.

    This does not keep the replica alive, and a method of the replica itself may
    be the callback.  It lasts while the sender mentions the object: a replica
    that was dropped and is given out again is watched still.

    @return: a callable that ends this.
    """
    slot = slotOf(replica)
    if slot is None:
        return lambda: None
    if getattr(callback, "__self__", None) is replica:
        # It would hold the replica.
        callback = callback.__func__  # type: ignore[attr-defined]
    return slot.watch.add(callback)


class LiveOnly:
    """
    Derive a class of replicas from this, before C{pb.RemoteCache}, and a data
    attribute can be read while the replica is live, and not while it is stale or
    closed::

        class PriceView(pbcopy.LiveOnly, pb.RemoteCache):
            ...

    An C{observe_} method and C{setCopyableState} read what they change, up to
    their first C{await}.  A detached object, such as a copy, can be read.
    """

    def __getattribute__(self, name: str) -> Any:
        """
        Give an attribute.

        @raise StaleReplica: if it is one of the instance, and that is stale.
        """
        value = super().__getattribute__(name)
        if name in super().__getattribute__("__dict__"):
            _checkLive(self, name)
        return value


def _checkLive(replica: object, name: str) -> None:
    slot = slotOf(replica)
    if slot is None or slot.isUpdating or name in RemoteCache.localOnly:
        return
    status = slot.watch.status
    if not status.isLive:
        raise StaleReplica(
            f"the replica is {status.kind.value}",
            where=f"{type(replica).__qualname__}.{name}",
            got=f"since {status.since}, for {inOneLine(status.reason)}",
            expected="a live one",
            advice=_ADVICE[status.kind],
        )
