# -*- test-case-name: pbcopy.test.test_prompt -*-
"""
Small updates that leave while the next one is being made: a L{Prompt}.

A transport of Twisted's keeps what it is given until the reactor comes back to it.
So what goes to many peers would leave when the last of it was made, and none of them
could begin before.  Where a TCP connection has nothing else to write, its socket is
given the update at once.  That is done now and then only: many updates in a row are
better written together.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from twisted.internet import tcp
from twisted.spread import pb

from pbcopy._broker import mayHurry
from pbcopy._twisteds import Methods

PAUSE = 0.0005
"""For how many seconds after that a connection is not written to at once again."""


class Prompt:
    """
    What writes to the socket of one connection at once.
    """

    def __init__(self, broker: pb.Broker) -> None:
        self._broker = broker
        self._last = 0.0

    def write(self, data: bytes) -> bytes:
        """
        Write to the socket, if that may be done now.

        @return: what is left, to be given to the transport.
        """
        now = monotonic()
        if now - self._last < PAUSE:
            return data
        self._last = now
        transport: Any = self._broker.transport
        if not _isIdle(transport) or not mayHurry(self._broker):
            return data
        written = transport.writeSomeData(data)
        # What goes wrong goes wrong again when the reactor writes.
        return data[written:] if isinstance(written, int) else data


def _isIdle(transport: Any) -> bool:
    """
    Tell whether a transport is TCP's, is open, and has written all that it was
    given.  C{_tempDataLen} is how much it was given since it has last written.
    """
    if not _WRITING.areIn(transport):
        return False
    isOpen = transport.connected and not (transport.disconnecting or transport.TLS)
    isDone = getattr(transport, "_tempDataLen", 1) == 0 and not transport.dataBuffer
    return isOpen and isDone


_WRITING = Methods("write", "writeSomeData", of=tcp.Connection)
