# -*- test-case-name: pbcopy.test.test_window -*-
"""
How many updates a peer may have yet to take: a L{Window}.

Updates ask for no answer.  A transport says when it has too much to write, but before
that some megabytes may be in the buffers of both systems, for each peer that does not
read.  So a pbcopy that is sent many is asked, now and then, to say when it has come so
far.
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.python import log
from twisted.spread import pb

from pbcopy._limited import limitOf


class Window:
    """
    The updates that were sent to one peer, and are not known to have arrived.

    @ivar isFull: whether these are as many as there may be
        (L{limits.MAX_UNACKNOWLEDGED}).
    """

    def __init__(self, broker: pb.Broker, ask: Callable[[], bool]) -> None:
        """
        @param ask: asks the peer, and tells whether it will say so.
        """
        self.isFull = False
        self._broker = broker
        self._ask = ask
        self._count = 0
        self._asked = 0

    def sent(self) -> None:
        """
        Count one more.
        """
        self._count += 1
        self._look()

    def reached(self) -> None:
        """
        Hear that the peer has come to where it was asked.
        """
        self._count -= self._asked
        self._asked = 0
        self._look()

    def _look(self) -> None:
        most = max(1, limitOf("MAX_UNACKNOWLEDGED", self._broker))
        if not self._asked and self._count * 4 >= most:
            self._asked = self._count
            if not self._isAsked():
                # It never says so.
                self._count = self._asked = 0
        self.isFull = self._count >= most

    def _isAsked(self) -> bool:
        try:
            return self._ask()
        except Exception:
            # An update was sent, and has not failed.
            log.err(None, "A peer could not be asked how far it has come")
            return False
