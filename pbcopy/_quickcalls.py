# -*- test-case-name: pbcopy.test.test_quickcalls -*-
"""
The bytes of calls with flat arguments (L{pbcopy._flat}).

One change is mostly told to many observers, and one method called again and again:
what such calls have in common is encoded once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import banana

from pbcopy._bananaencoding import Encode, encoded, integer
from pbcopy._channel import DELTA
from pbcopy._flat import NOT_FLAT, isKnown, jellyFlat
from pbcopy._packedarguments import packArguments

WORDS: dict[bytes, int] = banana.Banana.outgoingVocabulary
"""The words that have a number in PB's dialect."""


_ATOMS = frozenset([bool, bytes, float, int, str, type(None)])


_DELTA = DELTA.encode("ascii")

_PREFIX_LIMIT = 64
"""That of Banana, unless somebody sets another."""

_MOST = 1024
"""How many bytes of a call are remembered at most."""


class Tails:
    """
    What follows the ids in calls: the name, whether an answer is wanted, the
    arguments, and no keywords.

    Of calls with arguments only the last one is remembered, so that these do not
    stay in memory.
    """

    def __init__(self) -> None:
        self._last: tuple[Any, ...] = ()
        self._tail = b""

    def of(
        self,
        name: bytes,
        wantsAnswer: int,
        args: Any,
        encode: Encode,
        isPacked: bool = False,
    ) -> bytes:
        """
        Give it as bytes.

        @param isPacked: whether the peer takes the arguments packed.
        @param encode: what encodes all that is unusual.
        @return: none, if the arguments are not flat.
        @raise twisted.spread.banana.BananaError: if one is too large.
        """
        kinds = tuple(map(type, args))
        if not _ATOMS.issuperset(kinds):
            return b""
        if not kinds and len(name) < 128 and not isPacked:
            return _withoutArguments(name, wantsAnswer)
        call = (name, wantsAnswer, kinds, args, isPacked)
        # Zeros of another sign are equal.
        if call == self._last and not (float in kinds and 0 in args):
            return self._tail
        alone = self._alone(name, args, isPacked)
        if alone is not None:
            tail = _encoded(name, wantsAnswer, alone, 0, encode)
        else:
            expression = jellyFlat(args)
            if expression is NOT_FLAT:
                return b""
            tail = _encoded(name, wantsAnswer, expression, [b"dictionary"], encode)
        if len(tail) <= _MOST:
            self._last, self._tail = call, tail
        return tail

    def _alone(self, name: bytes, args: Any, isPacked: bool) -> bytes | None:
        """
        Give the bytes that are in the place of the arguments, if some are.
        """
        if name == _DELTA:
            return args[0] if len(args) == 1 and type(args[0]) is bytes else None
        return packArguments(args) if isPacked else None


_tails = Tails()


def messageFor(
    broker: Any,
    prefix: bytes,
    objectID: int | bytes,
    name: bytes,
    args: tuple[Any, ...],
    kw: dict[str, Any],
    isPacked: bool = False,
) -> tuple[bytes, Deferred[Any] | None] | None:
    """
    Give the bytes of a call, and a Deferred of its answer, if one is wanted.  The
    call has an id then, as if C{Broker._sendMessage} had sent it.

    @param kw: C{pbanswer}, or nothing.
    @param isPacked: whether the peer takes the arguments packed.
    @return: C{None}, if the call is not flat, or the connection is not as usual.
    """
    wanted = kw.get("pbanswer", True)
    if len(kw) != ("pbanswer" in kw) or type(wanted) is not bool:
        return None
    if not _isUsual(broker):
        return None
    try:
        tail = _tails.of(name, int(wanted), args, broker._encode, isPacked)
    except banana.BananaError:
        # It is raised once more, where Twisted's Broker raises it.
        return None
    if not tail:
        return None
    requestID = broker.newRequestID()
    answer: Deferred[Any] | None = None
    if wanted:
        answer = broker.waitingForAnswers[requestID] = Deferred()
    return headOf(prefix, requestID, objectID, broker._encode) + tail, answer


def _isUsual(broker: Any) -> bool:
    dialect = getattr(broker, "currentDialect", None)
    isHere = dialect == b"pb" and not broker.disconnected
    isUsual = (
        len(broker.outgoingSymbols) == len(WORDS)
        # How large an integer may be.
        and broker.prefixLimit == _PREFIX_LIMIT
    )
    # What waits leaves when something is serialized (_pending).
    isNext = "serialize" not in vars(broker)
    return isHere and isUsual and isNext and isKnown(broker.security)


def headOf(
    prefix: bytes, requestID: int, objectID: int | bytes, encode: Encode
) -> bytes:
    """
    Give what is before the tail of a call.

    @param prefix: which kind of a message it is: nothing, or C{cache}.
    @param encode: what encodes all that is unusual.
    """
    begin = _BEGINNINGS[prefix] + integer(requestID, encode)
    if type(objectID) is int:
        return begin + integer(objectID, encode)
    if type(objectID) is bytes and len(objectID) < 128:
        return begin + _named(objectID)
    return begin + encoded(objectID, WORDS, encode)


@lru_cache(maxsize=1000)
def _named(objectID: bytes) -> bytes:
    return encoded(objectID, WORDS, encodeNothing)


@lru_cache(maxsize=1000)
def _withoutArguments(name: bytes, wantsAnswer: int) -> bytes:
    return _encoded(name, wantsAnswer, [b"tuple"], [b"dictionary"], encodeNothing)


def _encoded(
    name: bytes, wantsAnswer: int, args: Any, kw: Any, encode: Encode
) -> bytes:
    # All but the head of the list.
    return encoded((name, wantsAnswer, args, kw), WORDS, encode)[2:]


def beginning(count: int, *items: Any) -> bytes:
    """
    Give the bytes with which a list begins: how many items it has, and the first.
    """
    said = (encoded(each, WORDS, encodeNothing) for each in items)
    return bytes([count]) + banana.LIST + b"".join(said)


def encodeNothing(expression: Any, write: Any) -> None:
    """
    Encode what is unusual, where nothing is.
    """


_BEGINNINGS = {prefix: beginning(7, prefix + b"message") for prefix in (b"", b"cache")}
