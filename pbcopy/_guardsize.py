# -*- test-case-name: pbcopy.test.test_guardsize -*-
"""
How much one message may be: L{Maxima}.

Banana bounds each text, integer and list, and not how many of them a message has.
So they are counted as they arrive (L{pbcopy._bananadecoding}).  What is announced
counts: a list whose items, or a text whose bytes, would be too many is refused before
they come.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, NoReturn

from pbcopy.errors import Violation


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
    vocabulary: Mapping[int, bytes]

    def checkPrefix(self, length: int) -> None:
        """
        Check the length of a number.

        @raise Violation: if it is too long.
        """
        if length > self.prefix:
            most = f"at most {self.prefix} bytes"
            refuse("a number is too long for Banana", f"{length} bytes", most)

    def checkSize(self, count: int) -> None:
        """
        Check how many bytes have come, or are to come.

        @raise Violation: if they are too many.
        """
        if count > self.size:
            _exceed("bytes", count, self.sizeName, self.size)

    def checkLists(self, count: int, depth: int) -> None:
        """
        Check how many lists have come, and how many of them are open.

        @raise Violation: if they are too many.
        """
        if count > self.lists:
            _exceed("lists", count, "MAX_OBJECTS", self.lists)
        if depth > self.nesting:
            _exceed("lists in each other", depth, "MAX_NESTING", self.nesting)


def refuse(what: str, got: str, expected: str = "") -> NoReturn:
    """
    Refuse bytes that are no Banana.

    @raise Violation: always.
    """
    raise Violation(what, where="a message", got=got, expected=expected)


def _exceed(what: str, count: int, name: str, most: int) -> NoReturn:
    raise Violation(
        f"these are too many {what}",
        where="a message",
        got=f"{count} or more",
        expected=f"at most pbcopy.limits.{name}, {most} here",
        advice="send less at once, or have the receiver raise it with Policy.limit",
    )
