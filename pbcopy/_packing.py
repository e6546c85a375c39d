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

from pbcopy.errors import Violation

_INTEGER = 1
"""The code of MessagePack's extension for an integer of more than 64 bits."""


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
    except (msgspec.MsgspecError, TypeError, RecursionError) as error:
        raise _noExpressions(str(error)) from None
    return expressions


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
