# -*- test-case-name: pbcopy.test.test_bananaencoding -*-
"""
Expressions as Banana: L{encoded}.

Twisted's Banana calls itself for each token, and writes each byte of a number by
itself.  Here lists in each other are looked through in one loop, and the heads of
most tokens are in a table.  Whatever is not of the plainest types, or is too large,
is left to Twisted's, which knows what may be sent and raises for what may not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from struct import Struct
from typing import Any

from twisted.spread import banana

Encode = Callable[[Any, Callable[[bytes], Any]], None]
"""What writes an expression with a function, as C{Banana._encode} does."""


def _heads(kind: bytes) -> list[bytes]:
    return [bytes([number]) + kind for number in range(128)]


_INTS = _heads(banana.INT)
_LISTS = _heads(banana.LIST)
_STRINGS = _heads(banana.STRING)
_WORDS = _heads(banana.VOCAB)
_FLOAT = Struct("!cd").pack


def encoded(expression: Any, words: Mapping[bytes, int], encode: Encode) -> bytes:
    """
    Give an expression as bytes.

    @param words: the words that have a number in the dialect that is spoken.
    @param encode: what encodes all that is unusual.
    @raise twisted.spread.banana.BananaError: if it cannot be sent.
    @raise RecursionError: if there are too many lists in each other.
    """
    pieces: list[bytes] = []
    add = pieces.append
    around: list[Iterator[Any]] = []
    items = iter((expression,))
    most = sys.getrecursionlimit()
    while True:
        for item in items:
            kind = type(item)
            if kind is bytes:
                size = len(item)
                if item in words:
                    number = words[item]
                    add(_WORDS[number]) if number < 128 else encode(item, add)
                elif size < 128:
                    add(_STRINGS[size])
                    add(item)
                elif size < 0x4000:
                    add(bytes((size & 0x7F, size >> 7, 0x82)))
                    add(item)
                else:
                    encode(item, add)
            elif kind is int:
                if 0 <= item < 128:
                    add(_INTS[item])
                else:
                    add(integer(item, encode))
            elif kind is list or kind is tuple:
                if len(item) < 128:
                    add(_LISTS[len(item)])
                else:
                    _addLongHead(item, add, encode)
                around.append(items)
                items = iter(item)
                if len(around) > most:
                    # A list that is in itself has no end.
                    raise RecursionError("there are too many lists in each other")
                break
            elif kind is float:
                add(_FLOAT(banana.FLOAT, item))
            else:
                encode(item, add)
        else:
            if not around:
                return b"".join(pieces)
            items = around.pop()


def integer(number: int, encode: Encode) -> bytes:
    """
    Give an integer as bytes.

    @param encode: what encodes one that is unusual.
    @raise twisted.spread.banana.BananaError: if it is too large.
    """
    if 0 <= number < 0x4000:
        low, high = number & 0x7F, number >> 7
        return bytes((low, high, 0x81)) if high else _INTS[low]
    if 0 < number < 0x200000:
        return bytes((number & 0x7F, number >> 7 & 0x7F, number >> 14, 0x81))
    pieces: list[bytes] = []
    encode(number, pieces.append)
    return b"".join(pieces)


def _addLongHead(
    items: Sequence[Any], add: Callable[[bytes], None], encode: Encode
) -> None:
    if len(items) > banana.SIZE_LIMIT:
        encode(items, add)
    number: Any = banana.int2b128
    number(len(items), add)
    add(banana.LIST)
