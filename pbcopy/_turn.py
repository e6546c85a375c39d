# -*- test-case-name: pbcopy.test.test_turn -*-
"""
What has to wait for the end of the reactor's turn.

A garbage collector runs when and in whatever thread it likes.  What it finds
must not be written to a transport there and then: it is queued here, and the
reactor's thread does it, after whatever is being handled.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.python import log

_waiting: deque[Callable[[], None]] = deque()


def afterTurn(call: Callable[[], None]) -> None:
    """
    Have C{call} made in the reactor's thread, after the current turn.

    This may be used from any thread and from a garbage collection.  A process
    that has not installed a reactor keeps the call until L{endTurn}.
    """
    _waiting.append(call)
    reactor = installed()
    if reactor is not None:
        reactor.callFromThread(endTurn)


def installed() -> Any:
    """
    Give the reactor; C{None} if the process has none.
    """
    # Importing the reactor would install one; a library must not choose it.
    return sys.modules.get("twisted.internet.reactor")


def endTurn() -> bool:
    """
    Make all calls that wait, and those that they add.

    @return: whether there was one.
    """
    some = bool(_waiting)
    while _waiting:
        try:
            _waiting.popleft()()
        except Exception:
            log.err(None, "A call after the reactor's turn failed")
    return some
