# -*- test-case-name: pbcopy.test.test_bananadecoding -*-
"""
Banana as expressions: L{Decoder}.

Twisted's Banana copies what is left of its buffer for each token.  Here each byte is
looked at where it is, and those of a string are copied out once.  Of what has not
come in whole only the last token is kept, in the chunks in which it came, so that
the time is linear in the bytes, however these are cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from struct import Struct
from typing import Any, NamedTuple

from twisted.spread import banana

from pbcopy._guardsize import Maxima, refuse

_PREFIX: Any = re.compile(rb"[\x00-\x7f]*")
_LIST, _INT, _STRING, _NEG, _FLOAT, _LONGINT, _LONGNEG, _VOCAB = range(0x80, 0x88)
_LONGEST = {_LIST: "list", _STRING: "string"}
_DOUBLE = Struct("!d")

NOT_WHOLE: Any = object()
"""What is given in the place of an expression of which more is to come."""


class _Begun(NamedTuple):
    """
    A message that has come in part.

    @ivar maxima: how much it may be.
    @ivar items: the items of its innermost list that is open.
    @ivar left: how many items that one waits for.
    @ivar around: the lists around it, from outside, and how many items each waits for.
    @ivar owed: how many these wait for together.
    @ivar lists: how many lists it has.
    @ivar origin: where it began, before the bytes that are to come.
    """

    maxima: Maxima
    items: list[Any]
    left: int
    around: list[tuple[list[Any], int]]
    owed: int
    lists: int
    origin: int


class Decoder:
    """
    Makes expressions of what arrives on one connection, and counts that.
    """

    def __init__(self, maxima: Callable[[], Maxima]) -> None:
        """
        @param maxima: what gives the maxima of the next message, when it begins.
        """
        self._askMaxima = maxima
        self._begun: _Begun | None = None
        # A token that has come in part, and how many bytes of it are to come.
        self._held: list[bytes] = []
        self._missing = 0

    def isIdle(self) -> bool:
        """
        Tell whether what comes next begins a message.
        """
        return self._begun is None

    # One loop for all tokens: calling something for each would take as long as what
    # is done for it.
    def next(self, data: bytes, at: int) -> tuple[Any, int]:
        """
        Read the expression that begins, or goes on, somewhere in some bytes.

        Of several in the same bytes the next is not looked at yet: whoever takes an
        expression may change what the next message may be, or close the connection.

        @param data: what L{withHeld} has given.
        @return: the expression, or L{NOT_WHOLE}; and where the bytes begin that are
            left.
        @raise Violation: where a message is too much, or is not Banana.
        """
        size = len(data)
        begun, self._begun = self._begun, None
        items: list[Any]
        around: list[tuple[list[Any], int]]
        if begun is None:
            maxima, origin, owed, lists = self._askMaxima(), at, 0, 0
            items, left, around = [], 1, []
        else:
            maxima, items, left, around, owed, lists, origin = begun
        prefix, most, _, mostLists, nesting, vocabulary = maxima
        quick = 0x7F if prefix > 2 and banana.SIZE_LIMIT > 0x3FFF else -1
        # How far the message may go.
        edge = origin + most
        if edge > size:
            edge = size
        # Up to here no list is one too many, as each takes a byte.
        safe = origin + min(most, mostLists, nesting)
        start = wanted = at
        try:
            while at < edge:
                start = at
                number = data[at]
                at += 1
                if number <= quick:
                    kind = data[at]
                    at += 1
                    if kind <= 0x7F:
                        number |= kind << 7
                        kind = data[at]
                        at += 1
                        if kind <= 0x7F:
                            number |= kind << 14
                            kind = data[at]
                            at += 1
                            if kind != _INT:
                                number, kind, at = _longToken(data, start, maxima)
                elif number > 0x7F:
                    kind, number = number, 0
                else:
                    number, kind, at = _longToken(data, start, maxima)
                if kind == _STRING:
                    wanted = at + number
                    if wanted > edge:
                        break
                    items.append(data[at:wanted])
                    at = wanted
                elif kind == _LIST:
                    lists += 1
                    if at + number + left + owed > safe:
                        maxima.checkLists(lists, len(around) + (number > 0))
                        maxima.checkSize(at - origin + number + left - 1 + owed)
                    inner: list[Any] = []
                    items.append(inner)
                    if number:
                        left -= 1
                        owed += left
                        around.append((items, left))
                        items, left = inner, number
                        continue
                elif kind == _VOCAB:
                    items.append(vocabulary[number])
                elif kind == _INT or kind == _LONGINT:
                    items.append(number)
                elif kind == _FLOAT:
                    wanted = at + _DOUBLE.size
                    if wanted > edge:
                        break
                    items.append(_DOUBLE.unpack_from(data, at)[0])
                    at = wanted
                elif kind == _NEG or kind == _LONGNEG:
                    items.append(-number)
                else:
                    refuse("this is not Banana", f"a token of the kind 0x{kind:x}")
                left -= 1
                if left:
                    continue
                while around and not left:
                    items, left = around.pop()
                    owed -= left
                if not left:
                    break
            else:
                # Of the next token there is nothing.
                start, wanted = at, at + 1
        except IndexError:
            wanted = size + 1
        except KeyError:
            got = f"0x{data[start : at - 1].hex()}"
            refuse("a word is not in the vocabulary", got)
        if left:
            maxima.checkSize(wanted - origin + left - 1 + owed)
            self._hold(data[start:], wanted - size)
            origin -= start
            self._begun = _Begun(maxima, items, left, around, owed, lists, origin)
            return NOT_WHOLE, size
        if at > edge:
            maxima.checkSize(at - origin)
        return items[0], at

    def withHeld(self, data: bytes) -> bytes:
        """
        Give bytes that have come with those of the token in which they begin.

        @return: none, if that one has not come in whole.
        """
        if not self._held:
            return data
        self._held.append(data)
        self._missing -= len(data)
        if self._missing > 0:
            return b""
        data, self._held = b"".join(self._held), []
        return data

    def _hold(self, token: bytes, missing: int) -> None:
        if token:
            self._held, self._missing = [token], missing


def _longToken(data: bytes, start: int, maxima: Maxima) -> tuple[int, int, int]:
    """
    Read the head of a token, whatever its number.

    @return: the number, the kind, and where the head ends.
    @raise IndexError: if the kind has not come yet.
    """
    end = _PREFIX.match(data, start).end()
    maxima.checkPrefix(end - start)
    number, kind = 0, data[end]
    for digit in reversed(data[start:end]):
        number = number << 7 | digit
    if kind in _LONGEST and number > banana.SIZE_LIMIT:
        what = f"a {_LONGEST[kind]} is too long for Banana"
        got = f"0x{data[start:end].hex()}"
        refuse(what, got, f"at most {banana.SIZE_LIMIT}")
    return number, kind, end + 1
