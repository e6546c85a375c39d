# -*- test-case-name: pbcopy.test.test_quickdeltas -*-
"""
Messages that are one delta of one replica, found among the bytes that arrive:
L{deltaIn}.

All that differs in such messages is two numbers and the delta, which is mostly short.
So they are found as they are, with no expression made of each.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from twisted.spread import banana

from pbcopy._bananaencoding import encoded
from pbcopy._channel import DELTA
from pbcopy._flat import LONGEST
from pbcopy._quickcalls import WORDS, encodeNothing

MOST = LONGEST + 64
"""How many bytes such a message has at most."""


class Delta(NamedTuple):
    """
    A delta that came.

    @ivar luid: the id of the replica.
    @ivar packed: the delta.
    @ivar end: where the message ends.
    """

    luid: int
    packed: bytes
    end: int


def _literally(*expressions: Any) -> bytes:
    return re.escape(
        b"".join(encoded(each, WORDS, encodeNothing) for each in expressions)
    )


# Seven items: the verb, two numbers, the name, that no answer is wanted, the delta
# in the place of the arguments, and nothing in that of the keywords.
_SMALL = rb"([\x00-\x7f]{1,4})" + re.escape(banana.INT)
_HEAD: Any = re.compile(
    re.escape(b"\x07" + banana.LIST)
    + _literally(b"cachemessage")
    + _SMALL
    + _SMALL
    + _literally(DELTA.encode("ascii"), 0)
    + rb"([\x00-\x7f]{1,2})"
    + re.escape(banana.STRING)
)
_TAIL = encoded(0, WORDS, encodeNothing)


def deltaIn(data: bytes, at: int) -> Delta | None:
    """
    Give the message that begins somewhere in some bytes.

    @return: C{None}, if it is another one, or has not come in whole.
    """
    found = _HEAD.match(data, at)
    if found is None:
        return None
    _, luid, size = found.groups()
    begin = found.end()
    end = begin + _number(size)
    if end - begin > LONGEST or not data.startswith(_TAIL, end):
        return None
    return Delta(_number(luid), data[begin:end], end + len(_TAIL))


def _number(digits: bytes) -> int:
    number = 0
    for digit in reversed(digits):
        number = number << 7 | digit
    return number
