# -*- test-case-name: pbcopy.test.test_packing -*-
"""
Expressions as bytes, and back.

Banana reads token by token, in Python.  MessagePack has the same kinds of
tokens, less integers of more than 64 bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.msgpack import Ext

from pbcopy._limited import limitOf
from pbcopy.errors import Violation

_INTEGER = 1
"""The code of MessagePack's extension for an integer of more than 64 bits."""


LISTS_OF_AN_OBJECT = 4
"""How many lists there may be for each object that may be.  One is for the object
itself; the pairs of a dict, and what refers to an object, are lists, too."""


def pack(expressions: list[Any]) -> bytes:
    """
    Give expressions, lists of bytes, int, float and lists, as bytes.
    """
    try:
        return _encoder.encode(expressions)
    except OverflowError:
        return _encoder.encode(_withLongIntegers(expressions))


def unpack(packed: Any) -> list[Any]:
    """
    Give the expressions that were packed.

    @raise Violation: if these are not such bytes.
    """
    try:
        expressions = _decoder.decode(packed)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise _noExpressions(str(error)) from None
    if not expressions:
        raise _noExpressions("an empty list")
    return expressions


def checkLists(
    packed: object, broker: Any, where: str, each: int = LISTS_OF_AN_OBJECT
) -> None:
    """
    Check, before anything is made of bytes, that not too many lists are in them: a
    list of one byte takes 64 in memory.

    @param where: how an error names them.
    @param each: how many there may be for each object that may be.
    @raise Violation: if there are too many.
    """
    limit = limitOf("MAX_OBJECTS", broker)
    if type(packed) is bytes and hasMoreLists(packed, limit * each):
        raise Violation(
            "these are too many objects in one message",
            where=where,
            got=f"more than {limit * each} lists",
            expected=f"at most pbcopy.limits.MAX_OBJECTS, {limit} here",
            advice="send less at once, or have the receiver raise it with Policy.limit",
        )


_HEADERS = bytes([*range(0x80, 0xA0), *range(0xDC, 0xE0)])
"""What begins a list or a map."""

_FIXED = {0xCA: 5, 0xCB: 9, 0xCC: 2, 0xCD: 3, 0xCE: 5, 0xCF: 9, 0xD0: 2, 0xD1: 3}
_FIXED |= {0xD2: 5, 0xD3: 9, 0xD4: 3, 0xD5: 4, 0xD6: 6, 0xD7: 10, 0xD8: 18}
_FIXED |= {0xDC: 3, 0xDD: 5, 0xDE: 3, 0xDF: 5}
_FIXED |= {0xA0 + size: 1 + size for size in range(32)}
_STEPS = [_FIXED.get(first, 1) for first in range(256)]
"""How many bytes a token takes, by its first one."""

_SIZED = {0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1)}
_SIZED |= {0xC9: (4, 1), 0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0)}
"""What has its size behind its first byte: how many bytes that takes, and how many
more there are beside the content."""


_BRIEF = 4096
"""For how many bytes one token is looked at by itself, before all bytes are counted."""


def hasMoreLists(packed: bytes, most: int) -> bool:
    """
    Tell whether there are more lists and maps in bytes than so many.
    """
    if len(packed) <= most:
        return False
    # What is large is so by a few long texts, or by many tokens.
    found = _hasMoreLists(packed, most, len(packed) // _BRIEF)
    if found is not None:
        return found
    # Such a byte may as well be part of a text, so there are no more than these.
    if len(packed) - len(packed.translate(None, _HEADERS)) <= most:
        return False
    return bool(_hasMoreLists(packed, most, len(packed)))


def _hasMoreLists(packed: bytes, most: int, tokens: int) -> bool | None:
    """
    Tell the same, but for C{None} if there are more tokens than so many.
    """
    count = position = 0
    while position < len(packed) and count <= most:
        if not tokens:
            return None
        tokens -= 1
        first = packed[position]
        count += first in _HEADERS
        size, more = _SIZED.get(first, (0, 0))
        step = int.from_bytes(packed[position + 1 : position + 1 + size], "big")
        position += _STEPS[first] + size + more + step
    return count > most


def lengthOf(packed: Any) -> int:
    """
    Tell how many items a list has of which nothing has been made; 0 for what is none.
    """
    head = bytes(memoryview(packed)[:5])
    if head[0] & 0xF0 == 0x90:
        return head[0] & 0x0F
    size = {0xDC: 2, 0xDD: 4}.get(head[0], 0)
    return int.from_bytes(head[1 : 1 + size], "big")


def isPlain(expressions: Sequence[Any]) -> bool:
    """
    Tell whether expressions are made of what Banana sends.  MessagePack has
    more, and Jelly takes for a value what is no list.
    """
    lists = [expressions]
    for each in lists:
        for part in each:
            kind = type(part)
            if kind is list or kind is tuple:
                lists.append(part)
            elif kind not in _PLAIN:
                return False
    return True


_PLAIN = frozenset([bytes, int, float, bool])


def _noExpressions(got: str) -> Violation:
    return Violation(
        "these bytes hold no expressions",
        where="pbcopy.envelope",
        got=got,
        expected="a list that was packed by a pbcopy",
    )


def _withLongIntegers(expression: Any) -> Any:
    if isinstance(expression, (list, tuple)):
        return [_withLongIntegers(each) for each in expression]
    if isinstance(expression, int) and not -(2**63) <= expression < 2**64:
        size = expression.bit_length() // 8 + 1
        return Ext(_INTEGER, expression.to_bytes(size, "big", signed=True))
    return expression


def _longInteger(code: int, data: memoryview) -> int:
    if code != _INTEGER:
        raise msgspec.ValidationError(f"an extension with the code {code}")
    return int.from_bytes(data, "big", signed=True)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Any], ext_hook=_longInteger)
