# -*- test-case-name: pbcopy.test.test_packedstate -*-
"""
A state that is plain data, as MessagePack.

It is a dict with texts as keys, of what MessagePack has exactly, and of such dicts
and of lists.  Each of these is at one place in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from pbcopy import limits
from pbcopy._channel import ENVELOPE
from pbcopy._limited import Several, checkLimit
from pbcopy._packing import checkLists
from pbcopy._pieces import PIECE, WINDOW
from pbcopy.errors import Violation

_ATOMS = frozenset([bool, bytes, float, int, str, type(None)])
_CONTAINERS = frozenset([dict, list])
_PLAIN = _ATOMS | _CONTAINERS
_TEXT = frozenset([str])
_LIMITS = Several("MAX_STATE", "MAX_OBJECTS", "MAX_ITEMS", "MAX_STRING")


def packedState(state: Any) -> bytes | None:
    """
    Give a state as bytes.

    @return: C{None} if it is not plain, or too large for one message.
    """
    if type(state) is not dict or not (_isFlat(state) or _isPlain(state)):
        return None
    try:
        packed = _encoder.encode(state)
    except (OverflowError, UnicodeEncodeError):
        # There are larger integers, and texts with half of a surrogate pair.
        return None
    return packed if len(packed) <= PIECE * WINDOW else None


def _isFlat(state: dict[Any, Any]) -> bool:
    kinds = map(type, state.values())
    return _TEXT.issuperset(map(type, state)) and _ATOMS.issuperset(kinds)


def _isPlain(state: dict[Any, Any]) -> bool:
    level: list[Any] = [state]
    seen: set[int] = set()
    for _ in range(limits.MAX_NESTING):
        below: list[Any] = []
        for each in level:
            parts: Iterable[Any] = each
            if type(each) is dict:
                if not _TEXT.issuperset(map(type, each)):
                    return False
                parts = each.values()
            if _ATOMS.issuperset(map(type, parts)):
                continue
            if not _PLAIN.issuperset(map(type, parts)):
                return False
            below += [part for part in parts if type(part) in _CONTAINERS]
        if not below:
            return True
        before = len(seen)
        seen.update(map(id, below))
        if len(seen) < before + len(below):
            return False
        level = below
    return False


def unpackedState(packed: bytes, broker: Any) -> dict[str, Any]:
    """
    Give a state that was packed.

    @raise Violation: if it is too much, or is no state.
    """
    # No part of it can be more than the whole has bytes.
    isSmall = len(packed) <= min(_LIMITS.of(broker))
    if not isSmall:
        checkLimit("MAX_STATE", broker, len(packed), "bytes in one envelope", ENVELOPE)
        checkLists(packed, broker, ENVELOPE)
    try:
        state: dict[str, Any] = _decoder.decode(packed)
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise Violation(
            "these bytes hold no state",
            where=ENVELOPE,
            got=str(error)[:200],
            expected="a dict that was packed by a pbcopy",
        ) from None
    if not isSmall or not _isFlat(state):
        _checkParts(state, broker, isSmall)
    return state


def _checkParts(state: dict[str, Any], broker: Any, isSmall: bool) -> None:
    """
    Check that a state has not too much in it.

    @param isSmall: whether nothing but its depth can be too much.
    """
    level: list[Any] = [state]
    depth = 0
    while level:
        checkLimit("MAX_NESTING", broker, depth, "containers in each other", ENVELOPE)
        below: list[Any] = []
        for each in level:
            parts = each.values() if type(each) is dict else each
            if not isSmall:
                _checkSizes(each, parts, broker)
            if not _ATOMS.issuperset(map(type, parts)):
                below += [part for part in parts if type(part) in _CONTAINERS]
        level, depth = below, depth + 1


def _checkSizes(container: Any, parts: Iterable[Any], broker: Any) -> None:
    what = "items in one container"
    checkLimit("MAX_ITEMS", broker, len(container), what, ENVELOPE)
    texts = [each for each in parts if type(each) in (bytes, str)]
    if type(container) is dict:
        texts += [each for each in container if type(each) in (bytes, str)]
    longest = max(map(len, texts), default=0)
    checkLimit("MAX_STRING", broker, longest, "bytes in one string", ENVELOPE)


def _noExtension(code: int, data: memoryview) -> Any:
    raise msgspec.ValidationError(f"an extension with the code {code}")


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(dict[str, Any], ext_hook=_noExtension)
