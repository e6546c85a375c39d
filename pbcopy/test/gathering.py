# -*- test-case-name: pbcopy.test.test_flow -*-
"""
A side of a connection in memory that gathers what is written, as that of TLS does.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import ISSLTransport
from twisted.internet.task import Clock
from zope.interface import alsoProvides

from pbcopy.testing import Side


def gathering(side: Side) -> Clock:
    """
    Have a side write what it is given in the reactor's next turn.

    @return: what makes a turn when it is advanced.
    """
    clock, write, kept = Clock(), side.write, list[bytes]()
    alsoProvides(side, ISSLTransport)
    side.reactor = clock

    def flush() -> None:
        write(b"".join(kept))
        kept.clear()

    def gather(data: bytes) -> None:
        if not kept:
            clock.callLater(0, flush)
        kept.append(data)

    # That of TLS is such an attribute, too.
    own: dict[str, Any] = vars(side)
    own["write"] = gather
    return clock
