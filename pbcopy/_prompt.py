# -*- test-case-name: pbcopy.test.test_prompt -*-
"""
Messages that leave while the next one is being made: a L{Prompt}, and L{hasten}.

A transport of Twisted's keeps what it is given until the reactor comes back to it.
So what goes to many peers, or answers many calls that have come together, would leave
when the last of it was made, and nobody could begin before.

Where a TCP connection has nothing else to write, its socket is given an update at
once.  That is done now and then only: many messages in a row are better written
together.  They are as soon as they fill a segment of TCP's.
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


SEGMENT = 1448
"""How many bytes TCP mostly sends in one piece.  What are fewer may be joined by
others; it would have to divide what are more."""


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
        if not isinstance(written, int):
            _leave(transport)
            return data
        return data[written:]


def hasten(broker: pb.Broker) -> None:
    """
    Have a connection write what it was given, if that fills a segment, and the socket
    has taken all before that.
    """
    transport: Any = broker.transport
    waiting = getattr(transport, "_tempDataLen", 0)
    if type(waiting) is not int or waiting < SEGMENT or not _isOpen(transport):
        return
    if mayHurry(broker) and not _isWatched(transport) and transport.doWrite():
        _leave(transport)


def _leave(transport: Any) -> None:
    """
    Leave it to the reactor to find out that a connection is gone.

    It finds so when it writes.  A socket tells once that it was reset, and whoever
    reads it after that takes it for one that was closed.
    """
    transport.stopReading()


def _isIdle(transport: Any) -> bool:
    """
    Tell whether a transport has written all that it was given.  C{_tempDataLen} is how
    much it was given since it has last written.
    """
    return _isOpen(transport) and getattr(transport, "_tempDataLen", 1) == 0


def _isOpen(transport: Any) -> bool:
    """
    Tell whether a transport is TCP's, is open, and has nothing left that the socket did
    not take.
    """
    if not _WRITING.areIn(transport):
        return False
    isOpen = transport.connected and not (transport.disconnecting or transport.TLS)
    return isOpen and not transport.dataBuffer


def _isWatched(transport: Any) -> bool:
    """
    Tell whether somebody waits for a transport to have written all.
    """
    isClosing = getattr(transport, "_writeDisconnecting", False)
    return isClosing or transport.producer is not None


_WRITING = Methods("doWrite", "write", "writeSomeData", of=tcp.Connection)
