# -*- test-case-name: pbcopy.test.test_pieces -*-
"""
Bytes that are too many for one message, in pieces.

The pieces of an answer leave a few at a time, each time the peer has
acknowledged some, and other messages leave between them.  The answer itself
leaves after its last piece.  The pieces of what is sent with a call leave at
once: a connection keeps the order of calls, so a later one has to wait for them
in any case.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from twisted.internet.defer import Deferred

from pbcopy._limited import limitOf
from pbcopy._turn import afterTurn
from pbcopy.errors import Violation

PIECE = 256 * 1024
"""How many bytes a piece has at most, and what is sent in none.  A transport reads a
quarter of it at a time, and Twisted's Banana copies what it has of a text with each
of these; in smaller pieces, there is more to do for messages than for bytes."""

WINDOW = 2
"""How many pieces may be on their way before the peer acknowledges one.  That is
enough for 50 MB/s over 10 ms."""

SMALLEST = 1024
"""For how many bytes a piece counts at least, where the memory is bounded."""

Tell = Callable[..., None]


class Outgoing:
    """
    The pieces that one side of a connection sends.
    """

    def __init__(self, tell: Tell) -> None:
        """
        @param tell: sends a message to the peer's hub.
        """
        self._tell = tell
        self._transfers: deque[_Transfer] = deque()
        self._number = 0
        self._onTheirWay = 0
        self._spent: list[int] = []

    def now(self, data: bytes) -> int:
        """
        Send all pieces.

        @return: the number by which the message mentions them.
        """
        transfer = self._transfer(data)
        self.finish()
        return transfer.number

    def later(self, data: bytes, sent: Callable[[], None]) -> Deferred[int]:
        """
        Send the pieces as the peer acknowledges them.

        @param sent: called when the message that has waited for them is sent.
        @return: a Deferred of the number by which the message mentions them.  It
            fires with the last piece.
        """
        transfer = self._transfer(data)
        transfer.sent = sent
        self._advance(WINDOW)
        return transfer.whenSent

    def acknowledged(self) -> None:
        """
        The peer has one more piece.
        """
        # A hostile one has more than it was sent.
        self._onTheirWay = max(self._onTheirWay - 1, 0)
        self._advance(WINDOW)

    def finish(self) -> None:
        """
        Send all that waits, as something is about to be sent that refers to it.
        """
        self._advance(None)

    def _transfer(self, data: bytes) -> _Transfer:
        self._number += 1
        transfer = _Transfer(self._number, data)
        self._transfers.append(transfer)
        return transfer

    def _advance(self, window: int | None) -> None:
        while self._transfers and (window is None or self._onTheirWay < window):
            transfer = self._transfers[0]
            self._onTheirWay += 1
            self._tell("piece", transfer.number, transfer.nextPiece())
            if transfer.isSent:
                self._transfers.popleft()
                self._spend(transfer.number)
                transfer.whenSent.callback(transfer.number)
                transfer.sent()

    def _spend(self, number: int) -> None:
        if not self._spent:
            afterTurn(self._tellSpent)
        self._spent.append(number)

    def _tellSpent(self) -> None:
        # The message has left by now, or failed; its reader may not open it.
        spent, self._spent = self._spent, []
        self._tell("spent", *spent)


class _Transfer:
    """
    What is sent in pieces.
    """

    def __init__(self, number: int, data: bytes) -> None:
        self.number = number
        self.whenSent: Deferred[int] = Deferred()
        self.sent: Callable[[], None] = lambda: None
        self._data = data
        self._begin = 0

    def nextPiece(self) -> bytes:
        """
        Take the next piece.
        """
        begin, self._begin = self._begin, self._begin + PIECE
        return self._data[begin : self._begin]

    @property
    def isSent(self) -> bool:
        """
        Whether the last piece was taken.
        """
        return self._begin >= len(self._data)


class Incoming:
    """
    The pieces that one side of a connection has got, and no message for yet.
    """

    def __init__(self, broker: Any = None) -> None:
        self._broker = broker
        self._pieces: dict[int, list[bytes]] = {}
        self._size = 0

    def add(self, number: Any, piece: Any) -> None:
        """
        Take one more piece.

        @raise Violation: if it is none, or there are too many.  All pieces of
            its number are given up.
        """
        isPiece = type(number) is int and type(piece) is bytes
        if not isPiece or not 0 < len(piece) <= PIECE:
            raise Violation(
                "that is no piece of a large state",
                where="pbcopy.piece",
                got=f"{type(number).__name__}, {type(piece).__name__}",
                expected=f"an int and 1 to {PIECE} bytes",
            )
        # One may have arrived half when another one is sent at once.
        most = limitOf("MAX_PIECES", self._broker)
        while self._size + _cost(piece) > most:
            # The message that the oldest are for may have failed at its sender.
            oldest = next(iter(self._pieces), number)
            self._take(oldest)
            if oldest == number:
                raise Violation(
                    "these are too many pieces",
                    where="pbcopy.piece",
                    got=f"more than {most} bytes",
                    expected="at most pbcopy.limits.MAX_PIECES",
                    advice="raise it at the receiver",
                )
        self._pieces.setdefault(number, []).append(piece)
        self._size += _cost(piece)

    def take(self, number: Any, size: Any) -> bytes:
        """
        Give what arrived in pieces.

        @param size: how many bytes were sent.  What is left of pieces that were
            given up must not be taken for the whole.
        @raise Violation: if other ones did, or it is too large.
        """
        data = self._take(number) if type(number) is int else b""
        most = limitOf("MAX_STATE", self._broker)
        if len(data) != size or not 0 < len(data) <= most:
            raise Violation(
                "the pieces of a state did not arrive, or are too many",
                where="pbcopy.envelope",
                got=f"{len(data)} bytes",
                expected=f"all that were sent, 1 to {most} bytes",
                advice="raise pbcopy.limits.MAX_STATE at both ends",
            )
        return data

    def forget(self, *numbers: Any) -> None:
        """
        Give up the pieces that no message is going to ask for.
        """
        for number in numbers:
            self._take(number)

    def _take(self, number: int) -> bytes:
        pieces = self._pieces.pop(number, [])
        self._size -= sum(map(_cost, pieces))
        return b"".join(pieces)


def _cost(piece: bytes) -> int:
    # What it takes to remember a piece counts, too.
    return max(len(piece), SMALLEST)
