# -*- test-case-name: pbcopy.test.test_guardsize -*-
"""
How much arrives, counted before it is decoded: L{Meter}.

Banana bounds each text, integer and list, and not how many of them a message has.
So the bytes go by here first.  What is announced counts: a list whose items, or a
text whose bytes, would be too many is refused before they come.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator
from typing import Any, NamedTuple, NoReturn

from twisted.spread import banana

from pbcopy.errors import Violation

_TOKEN = re.compile(rb"([\x00-\x7f]*)([\x80-\xff])")
_LONGEST = {banana.LIST: "list", banana.STRING: "string"}
_NUMBERS = frozenset([banana.INT, banana.NEG, banana.LONGINT, banana.LONGNEG])
_FLOAT_BYTES = 8


class Maxima(NamedTuple):
    """
    How much one message may be.

    @ivar prefix: how many bytes a number has, as C{Banana.setPrefixLimit} has it.
    @ivar size: how many bytes the message has.
    @ivar sizeName: the name of that limit in L{pbcopy.limits}.
    @ivar lists: how many lists it may have.
    @ivar nesting: how many lists may be inside each other.
    @ivar vocabulary: the numbers that stand for words.
    """

    prefix: int
    size: int
    sizeName: str
    lists: int
    nesting: int
    vocabulary: Container[int]


class Meter:
    """
    Counts what arrives on one connection.
    """

    def __init__(self, maxima: Callable[[], Maxima]) -> None:
        """
        @param maxima: what gives the maxima of the next message, when it begins.
        """
        self._askMaxima = maxima
        # A token that has come in part, and how many bytes of a string are to come.
        self._held = b""
        self._coming = 0
        self._begin()

    def _begin(self) -> None:
        self._maxima: Maxima | None = None
        # How many items each open list waits for.
        self._open: list[int] = []
        self._size = self._lists = 0

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """
        Count bytes that came, and give them in pieces, each of which ends where a
        message does, or the bytes do.

        What is not asked for is not counted yet: whoever takes a piece may change
        what the next message may be, or close the connection.

        @raise Violation: where a message is too much, or is not Banana.
        """
        data, start, at = self._held + data, 0, 0
        self._held = b""
        while at < len(data):
            if self._coming:
                come = min(self._coming, len(data) - at)
                self._coming -= come
                at += come
                isItem = not self._coming
            else:
                token = _TOKEN.match(data, at)
                self._checkPrefix(token.end(1) - at if token else len(data) - at)
                if token is None:
                    self._held = data[at:]
                    break
                at = token.end()
                isItem = self._count(*token.groups())
            if isItem and self._isWhole():
                self._begin()
                yield data[start:at]
                start = at
        if start < at:
            yield data[start:at]

    def _checkPrefix(self, length: int) -> None:
        self._maxima = self._maxima or self._askMaxima()
        if length > self._maxima.prefix:
            most = f"at most {self._maxima.prefix} bytes"
            self._refuse("a number is too long for Banana", f"{length} bytes", most)

    def _count(self, prefix: bytes, kind: bytes) -> bool:
        """
        Count what a token is, or announces.

        @return: whether it is a whole item.
        """
        maxima: Any = self._maxima
        # An item in a list was counted as one byte when the list came.
        self._size += len(prefix) + (not self._open)
        isItem = kind in _NUMBERS
        if kind in _LONGEST:
            length = self._length(prefix, kind)
            self._size += length
            isItem = not length
            if kind == banana.STRING:
                self._coming = length
            else:
                self._countList(length, maxima)
        elif kind == banana.FLOAT:
            self._coming = _FLOAT_BYTES
            self._size += _FLOAT_BYTES
        elif kind == banana.VOCAB:
            isItem = _number(prefix) in maxima.vocabulary
            if not isItem:
                self._refuse("a word is not in the vocabulary", f"0x{prefix.hex()}")
        elif not isItem:
            self._refuse("this is not Banana", f"a token of the kind 0x{kind.hex()}")
        if self._size > maxima.size:
            self._exceed("bytes", self._size, maxima.sizeName, maxima.size)
        return isItem

    def _length(self, prefix: bytes, kind: bytes) -> int:
        length = _number(prefix)
        if length > banana.SIZE_LIMIT:
            what = f"a {_LONGEST[kind]} is too long for Banana"
            self._refuse(what, f"0x{prefix.hex()}", f"at most {banana.SIZE_LIMIT}")
        return length

    def _countList(self, length: int, maxima: Maxima) -> None:
        self._lists += 1
        if self._lists > maxima.lists:
            self._exceed("lists", self._lists, "MAX_OBJECTS", maxima.lists)
        if length:
            self._open.append(length)
        depth = len(self._open)
        if depth > maxima.nesting:
            self._exceed("lists in each other", depth, "MAX_NESTING", maxima.nesting)

    def _isWhole(self) -> bool:
        """
        Note that an item is there.

        @return: whether that ends the message.
        """
        while self._open:
            self._open[-1] -= 1
            if self._open[-1]:
                return False
            self._open.pop()
        return True

    def _refuse(self, what: str, got: str, expected: str = "") -> NoReturn:
        raise Violation(what, where="a message", got=got, expected=expected)

    def _exceed(self, what: str, count: int, name: str, most: int) -> NoReturn:
        raise Violation(
            f"these are too many {what}",
            where="a message",
            got=f"{count} or more",
            expected=f"at most pbcopy.limits.{name}, {most} here",
            advice="send less at once, or have the receiver raise it with Policy.limit",
        )


def _number(prefix: bytes) -> int:
    number: int = prefix[0] if len(prefix) == 1 else banana.b1282int(prefix)
    return number
