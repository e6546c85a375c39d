# -*- test-case-name: pbcopy.test.test_quickmessages -*-
"""
The commonest messages, found among the bytes that arrive: L{messageIn}.

They are the call with arguments that are flat (L{pbcopy._flat}), its answer, where that
is flat or one small copy (L{pbcopy._compact}), and the update of a replica with packed
arguments.  They are short, and have few parts: these are found as they are, with no
expression made of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from struct import Struct
from typing import Any, NamedTuple

from twisted.spread import banana

from pbcopy._bananaencoding import encoded
from pbcopy._channel import COMPACT
from pbcopy._flat import LONGEST, MOST_PARTS
from pbcopy._quickcalls import WORDS, beginning, encodeNothing

MOST = LONGEST + 64
"""How many bytes such a message has at most."""

LONGEST_NUMBER = 4
"""How many digits of 7 bits its numbers have at most."""


class Call(NamedTuple):
    """
    A call.

    @ivar isUpdate: whether it is an update of a replica.
    @ivar requestID: its id.
    @ivar objectID: that of what is called.
    @ivar name: of the method.
    @ivar wantsAnswer: 1 or 0.
    @ivar args: the arguments, made.
    @ivar end: where the message ends.
    """

    isUpdate: bool
    requestID: int
    objectID: int | bytes
    name: bytes
    wantsAnswer: int
    args: tuple[Any, ...]
    end: int


class Answer(NamedTuple):
    """
    The answer to a call.

    @ivar requestID: the id of that.
    @ivar value: what it is, made; of a copy the bytes.
    @ivar isCopy: whether it is one.
    @ivar end: where the message ends.
    """

    requestID: int
    value: Any
    isCopy: bool
    end: int


class Update(NamedTuple):
    """
    An update of a replica, with some bytes in the place of its arguments
    (L{pbcopy._packedarguments}).

    @ivar requestID: its id.
    @ivar luid: the id of the replica.
    @ivar name: of the method.
    @ivar wantsAnswer: 1 or 0.
    @ivar packed: the bytes.
    @ivar end: where the message ends.
    """

    requestID: int
    luid: int
    name: bytes
    wantsAnswer: int
    packed: bytes
    end: int


Message = Call | Answer | Update


def messageIn(data: bytes, at: int) -> Message | None:
    """
    Give the message that begins somewhere in some bytes.

    @return: C{None}, if it is another one, or has not come in whole.
    """
    begin = at + _BEGINNING
    read = _READERS.get(data[at:begin])
    found = None if read is None else read(data, begin)
    return found if found is not None and found.end - at <= MOST else None


def _callAt(data: bytes, at: int, isUpdate: bool = False) -> Call | None:
    found = _CALL.match(data, at)
    if found is None:
        return None
    request, luid, size, objectID, length, name, wanted, count = found.groups()
    if length[0] != len(name) or (size and size[0] != len(objectID)):
        return None
    parts = _partsAt(data, found.end(), count[0] - 1)
    if parts is None or not data.startswith(_NO_KEYWORDS, parts[1]):
        return None
    return Call(
        isUpdate,
        _number(request),
        _number(luid) if luid else objectID,
        name,
        wanted[0],
        tuple(parts[0]),
        parts[1] + len(_NO_KEYWORDS),
    )


def _updateAt(data: bytes, at: int) -> Call | Update | None:
    found = _UPDATE.match(data, at)
    if found is None:
        return _callAt(data, at, True)
    request, luid, length, name, wanted, size = found.groups()
    begin = found.end()
    end = begin + _number(size)
    isWhole = length[0] == len(name) and data.startswith(_NO_MORE, end)
    if not isWhole or end - begin > LONGEST:
        return None
    numbers = _number(request), _number(luid)
    return Update(*numbers, name, wanted[0], data[begin:end], end + len(_NO_MORE))


def _answerAt(data: bytes, at: int) -> Answer | None:
    found = _COPY.match(data, at)
    if found is not None:
        request, size = found.groups()
        begin = found.end()
        end = begin + _number(size)
        isWhole = end <= len(data)
        return Answer(_number(request), data[begin:end], True, end) if isWhole else None
    found = _REQUEST.match(data, at)
    parts = found and _partsAt(data, found.end(), 1)
    return parts and Answer(_number(found[1]), parts[0][0], False, parts[1])


def _partsAt(data: bytes, at: int, count: int) -> tuple[list[Any], int] | None:
    """
    Give some values, and where they end.

    @return: C{None}, if one is not flat, or has not come in whole.
    """
    values: list[Any] = []
    for _ in range(count):
        found = _PART.match(data, at)
        if found is None:
            return None
        kind, at = found.lastgroup, found.end()
        said = found[kind]
        if kind == "text" or kind == "bytes":
            begin, at = at, at + _number(said)
            value: Any = data[begin:at]
            if at - begin > LONGEST or at > len(data):
                return None
            if kind == "text":
                if not value.isascii():
                    return None
                value = value.decode("ascii")
        else:
            value = _MADE[kind](said)
        values.append(value)
    return values, at


def _number(digits: bytes) -> int:
    if len(digits) == 1:
        return digits[0]
    number = 0
    for digit in reversed(digits):
        number = number << 7 | digit
    return number


def _raw(*expressions: Any) -> bytes:
    return b"".join(encoded(each, WORDS, encodeNothing) for each in expressions)


def _compiled(*patterns: bytes) -> Any:
    return re.compile(b"".join(patterns), re.DOTALL)


_NO_MORE = _raw(0)
_NO_KEYWORDS = _raw([b"dictionary"])

_INT, _NEG, _FLOAT, _LIST, _STRING = map(
    re.escape, (banana.INT, banana.NEG, banana.FLOAT, banana.LIST, banana.STRING)
)
_DIGITS = b"[\x00-\x7f]{1,%d}" % LONGEST_NUMBER
_NUMBER = b"(" + _DIGITS + b")" + _INT
_SIZE = b"[\x00-\x7f]{1,2}"
# Behind a name is what is in none: a number.
_NAME = b"([\x01-\x7f])" + _STRING + rb"([.\w]+)"

# The id, what is called, the name, whether an answer is wanted, and the arguments.
_CALL = _compiled(
    *(_NUMBER, b"(?:", _NUMBER, b"|", _NAME, b")", _NAME),
    *(b"([\x00\x01])", _INT, b"([\x01-", re.escape(bytes([MOST_PARTS])), b"])"),
    *(_LIST, re.escape(_raw(b"tuple"))),
)

# Here the arguments are some bytes.
_UPDATE = _compiled(
    *(_NUMBER, _NUMBER, _NAME, b"([\x00\x01])", _INT, b"(", _SIZE, b")", _STRING),
)

_REQUEST = _compiled(_NUMBER)

_COPY = _compiled(
    *(_NUMBER, re.escape(beginning(2, COMPACT.encode("ascii")))),
    *(b"(", _SIZE, b")", _STRING),
)

_PART = _compiled(
    *(b"(?P<integer>", _DIGITS, b")", _INT),
    *(b"|", re.escape(beginning(2, b"unicode")), b"(?P<text>", _SIZE, b")", _STRING),
    *(b"|(?P<bytes>", _SIZE, b")", _STRING),
    *(b"|(?P<negative>", _DIGITS, b")", _NEG),
    *(b"|", _FLOAT, b"(?P<float>.{8})"),
    *(b"|(?P<none>", re.escape(_raw([b"None"])), b")"),
    *(b"|(?P<true>", re.escape(_raw([b"boolean", b"true"])), b")"),
    *(b"|(?P<false>", re.escape(_raw([b"boolean", b"false"])), b")"),
)

_MADE: dict[str, Callable[[bytes], Any]] = {
    "false": lambda said: False,
    "float": lambda said: Struct("!d").unpack(said)[0],
    "integer": _number,
    "negative": lambda said: -_number(said),
    "none": lambda said: None,
    "true": lambda said: True,
}
_READERS: dict[bytes, Callable[[bytes, int], Message | None]] = {
    beginning(3, b"answer"): _answerAt,
    beginning(7, b"cachemessage"): _updateAt,
    beginning(7, b"message"): _callAt,
}
_BEGINNING = len(beginning(7, b"message"))
