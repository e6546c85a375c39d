# -*- test-case-name: pbcopy.test.test_subscribing -*-
"""
How an application hears of what changes in a replica: L{subscribe}, and
L{changes<pbcopy._reader.changes>}.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pbcopy._change import Change
from pbcopy._schema import schemaOf
from pbcopy._slotof import slotOf
from pbcopy._view import viewOf
from pbcopy.errors import PBCopyError


def subscribe(
    replica: Any, callback: Callable[[tuple[Change, ...]], object]
) -> Callable[[], None]:
    """
    Have C{callback(changes)} called each time that the master has changed.  All
    that came together, as from a block, is one call, in order, and is in place by
    then.

    This does not keep the replica alive, and a method of the replica itself may be
    the callback.  One that raises is logged.  It lasts until the replica is
    closed; L{pbcopy.onStatus} tells of that.

    @return: a callable that ends this.
    @raise PBCopyError: if nothing updates the object.
    """
    slot = slotOf(replica)
    if slot is None or schemaOf(type(replica)) is None:
        raise PBCopyError(
            "nothing updates this object",
            where=type(replica).__qualname__,
            expected="a replica of a shared object, that came by a connection",
            advice="declare its class with pbcopy.replicaOf, and fetch it",
        )
    listeners = viewOf(slot, replica).listeners
    if getattr(callback, "__self__", None) is replica:
        # It would hold the replica.
        return listeners.add(callback.__func__)  # type: ignore[attr-defined]
    return listeners.add(lambda _, changes: callback(changes))


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
