# -*- test-case-name: pbcopy.test.test_compacted -*-
"""
Copies with plain states, as MessagePack itself, read: L{unjellyCompact}.

What they look like is in L{_compact<pbcopy._compact>}.  All of a state is looked at
before anything is made of it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pbcopy._answers import answerFails
from pbcopy._channel import COMPACT
from pbcopy._cycles import referencesOf
from pbcopy._envelope import COMPACT_TAG, opened
from pbcopy._filling import filled, takesAState
from pbcopy._groupreading import NO_OBJECTS, Reading, checkName
from pbcopy._levels import SCALARS
from pbcopy._limited import limitsOf
from pbcopy._registry import copyTags, setUnjellyableForClass
from pbcopy._vetlevels import vetLevels


def isCompact(expression: Any) -> bool:
    """
    Tell whether an expression is such a message by itself, less one that has come
    in pieces.
    """
    return (
        type(expression) is list
        and len(expression) == 2
        and expression[0] == COMPACT_TAG
        and type(expression[1]) is bytes
    )


def readCompact(expression: list[Any], broker: Any) -> Any:
    """
    Give the object of a message, without Jelly.

    @return: C{None} if Jelly is to make it.
    @raise Violation: if it is none.
    """
    copy = _alone(expression[1], broker, broker.security)
    if copy is not None:
        if hasattr(copy, "postUnjelly"):
            copy.postUnjelly()
        return copy
    reading = _reading(expression[1], broker, broker.security)
    made = reading.made()
    if made is None:
        return None
    for hook in reading.hooks:
        hook()
    return made[-1]


def unjellyCompact(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give the object that was sent with all that it refers to.

    @raise Violation: if it is none.
    """
    broker = unjellier.invoker
    try:
        isHere = len(jellyList) == 2
        data = jellyList[1] if isHere else opened(broker, jellyList[1:], COMPACT)
        copy = _alone(data, broker, unjellier.taster)
        if copy is not None:
            if hasattr(copy, "postUnjelly"):
                referencesOf(unjellier)
            return copy
        reading = _reading(data, broker, unjellier.taster)
        made = reading.made()
        if made is None:
            return reading.unjellyEach(unjellier)
        if reading.hooks:
            referencesOf(unjellier)
            # Jelly asks the outermost one itself.
            isOutermost = hasattr(made[-1], "postUnjelly")
            hooks = reading.hooks
            unjellier.postCallbacks += hooks[:-1] if isOutermost else hooks
        return made[-1]
    except Exception:
        with answerFails(broker, COMPACT) as failures:
            raise
        return failures[0]


def _isSmall(data: Any, broker: Any) -> bool:
    """
    Tell whether nothing but the depth can be too much: no part of a message is
    more than the whole has bytes.
    """
    if type(data) is not bytes:
        return False
    most, size = limitsOf(broker), len(data)
    return bool(
        most.MAX_STATE >= size <= most.MAX_OBJECTS
        and most.MAX_ITEMS >= size <= most.MAX_STRING
        and most.MAX_NESTING > 0
    )


def _reading(data: Any, broker: Any, security: Any) -> Reading:
    data = opened(broker, [data], COMPACT)
    return Reading(data, broker, security, _isSmall(data, broker))


def _alone(data: Any, broker: Any, security: Any) -> Any:
    """
    Give the object of a message that has no other one, which is what most have.

    @return: C{None} if this is another message.
    """
    if not _isSmall(data, broker):
        return None
    try:
        (name,), (kind,), (state,), _ = _decodeOne(data)
    except NO_OBJECTS:
        return None
    checkName(name, broker, security)
    cls = copyTags.get(name)
    if kind or not takesAState(cls):
        return None
    # The keys are texts.
    if not SCALARS.issuperset(map(type, state.values())):
        vetLevels([state], (), broker, len(data))
    return filled(cls, state)


def _mentionless(code: int, data: memoryview) -> Any:
    raise ValueError(f"an extension {code}, for what is not there")


_decodeOne = msgspec.msgpack.Decoder(
    tuple[tuple[bytes], tuple[int], tuple[dict[str, Any]], tuple[()]],
    ext_hook=_mentionless,
).decode
setUnjellyableForClass(COMPACT_TAG, unjellyCompact)
