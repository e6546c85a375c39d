# -*- test-case-name: pbcopy.test.test_quickcopies -*-
"""
Answers that are one plain copy (L{pbcopy._compact}), without Jelly.

Nothing else is in such a message, so there is nothing that Jelly would have to know
of.  It is left to it, with all that it says and refuses, where an application has a
security of its own, or represents a class by something that does not just take a
state.
"""

from __future__ import annotations

from typing import Any

from pbcopy._bananaencoding import Encode, integer
from pbcopy._broker import isConnected
from pbcopy._compact import isUnderstood
from pbcopy._compacted import isCompact, readCompact
from pbcopy._copyable import Copyable
from pbcopy._envelope import COMPACT_TAG, compacted
from pbcopy._flat import isKnown
from pbcopy._quickcalls import beginning


def jellyCopy(thing: Any, broker: Any) -> Any:
    """
    Give the expression for a copy that is the whole of an answer.

    @return: the expression, or a Deferred of it; C{None} if it is to be made in
        another way.
    @raise Unsendable: if it may not leave, or is too large.
    """
    if not isinstance(thing, Copyable) or not isConnected(broker):
        return None
    return compacted(thing, broker) if isUnderstood(broker, broker.security) else None


def encodedCopy(message: Any, encode: Encode) -> bytes | None:
    """
    Give the bytes of an answer that is a copy, in PB's dialect.

    @param encode: what encodes an id that is unusual.
    @return: C{None} if the message is another one, or a long one.
    """
    if type(message) is not tuple or len(message) != 3 or message[0] != b"answer":
        return None
    _, requestID, expression = message
    if type(requestID) is not int or not isCompact(expression):
        return None
    # It begins as no word does.
    packed = expression[1]
    if len(packed) >= 0x4000:
        return None
    low, high = len(packed) & 0x7F, len(packed) >> 7
    size = bytes((low, high, 0x82) if high else (low, 0x82))
    return b"".join((_ANSWER, integer(requestID, encode), _COPY, size, packed))


def unjellyCopy(expression: Any, broker: Any) -> Any:
    """
    Give the copy for an expression.

    @return: C{None} if it is to be made in another way.
    @raise Violation: if it cannot be taken.
    """
    isQuick = isCompact(expression) and isKnown(broker.security)
    return readCompact(expression, broker) if isQuick else None


_ANSWER = beginning(3, b"answer")
_COPY = beginning(2, COMPACT_TAG)
