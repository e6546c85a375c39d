# -*- test-case-name: pbcopy.test.test_compacted -*-
"""
Copies with plain states, as MessagePack itself, read: L{unjellyCompact}.

What they look like is in L{_compact<pbcopy._compact>}.  All of a state is looked at
before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any

import msgspec
from twisted.spread import jelly

from pbcopy._answers import answerFails
from pbcopy._channel import COMPACT
from pbcopy._compact import MENTION
from pbcopy._cycles import referencesOf
from pbcopy._envelope import COMPACT_TAG, opened
from pbcopy._filling import blanks, fill, hooksOf, takesAState
from pbcopy._levels import isFlat
from pbcopy._limited import Several, checkLimit
from pbcopy._packing import checkLists, lengthOf
from pbcopy._policy import Policy
from pbcopy._registry import copyTags, setUnjellyableForClass
from pbcopy._vetlevels import noObjects, vetLevels

_State = dict[Any, Any]
_NO_OBJECTS = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)
_NOT_THERE = (IndexError, StopIteration)
_LIMITS = Several("MAX_STATE", "MAX_OBJECTS", "MAX_ITEMS", "MAX_STRING", "MAX_NESTING")


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
    data = opened(broker, expression[1:], COMPACT)
    reading = _Reading(data, broker, broker.security)
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
        data = opened(broker, jellyList[1:], COMPACT)
        copy = _alone(data, broker, unjellier.taster)
        if copy is not None:
            if hasattr(copy, "postUnjelly"):
                referencesOf(unjellier)
            return copy
        reading = _Reading(data, broker, unjellier.taster)
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
    *most, nesting = _LIMITS.of(broker)
    return type(data) is bytes and len(data) <= min(most) and nesting > 0


def _alone(data: Any, broker: Any, security: Any) -> Any:
    """
    Give the object of a message that has no other one, which is what most have.

    @return: C{None} if this is another message.
    """
    if not _isSmall(data, broker):
        return None
    try:
        (name,), (kind,), (state,), _ = _decodeOne(data)
    except _NO_OBJECTS:
        return None
    _checkName(name, broker, security)
    cls = copyTags.get(name)
    if kind or not takesAState(cls):
        return None
    if not isFlat(state):
        vetLevels([state], (), broker, len(data))
    (copy,) = copies = blanks(cls, 1)
    fill(cls, copies, [state])
    return copy


class _Reading:
    """
    One message.

    @ivar hooks: what is to be called when the message is there.
    """

    def __init__(self, data: Any, broker: Any, security: Any) -> None:
        self._broker, self._security = broker, security
        self.hooks: list[Any] = []
        if not _isSmall(data, broker):
            checkLists(data, broker, COMPACT, 1)
        try:
            self._names, self._kinds, groups, self._places = _outer(data)
            count = lengthOf(groups)
            what = "objects in one message"
            checkLimit("MAX_OBJECTS", broker, count, what, COMPACT)
            self._groups = _decodeGroups(groups)
        except _NO_OBJECTS as error:
            raise _refused(error) from None
        self._size = len(data)

    def made(self) -> list[Any] | None:
        """
        Give the objects, the outermost one last.

        @return: C{None} if one of them does not just take a state.
        """
        names, kinds = self._names, self._kinds
        isWhole = 0 < len(kinds) == len(self._groups)
        if not isWhole or min(kinds) < 0 or max(kinds) >= len(names):
            raise noObjects("another number of objects, names, and states")
        for name in names:
            _checkName(name, self._broker, self._security)
        classes: list[Any] = [copyTags.get(name) for name in names]
        if not all(map(takesAState, classes)):
            return None
        made: list[Any] = []
        groups: list[tuple[Any, list[Any], list[_State]]] = []
        for kind, states in self._decoded(made):
            copies = blanks(classes[kind], len(states))
            groups.append((classes[kind], copies, states))
            made += copies
        self._vet([states for _, _, states in groups], classes)
        for cls, copies, states in groups:
            fill(cls, copies, states)
            self.hooks += hooksOf(cls, copies)
        return made

    def _vet(self, groups: list[list[_State]], classes: list[Any]) -> None:
        states = [*chain.from_iterable(groups)]
        vetLevels(states, classes, self._broker, self._size)

    def _decoded(self, made: list[Any]) -> Iterator[tuple[int, list[_State]]]:
        """
        Give the place of the class of each group, and the states of its objects.

        @param made: whoever takes a group puts its objects there, before he takes
            the next one.
        """
        # The places are looked up when they are needed, and no earlier.
        mentions = map(made.__getitem__, self._places)
        mention = mentions.__next__

        def mentioned(code: int, data: memoryview) -> Any:
            if code != MENTION:
                raise ValueError(f"an extension {code}")
            return mention()

        decode = msgspec.msgpack.Decoder(_GROUP, ext_hook=mentioned).decode
        for kind, packed in zip(self._kinds, self._groups, strict=True):
            try:
                group = decode(packed)
            except _NOT_THERE:
                raise noObjects("a mention of what is not there") from None
            except _NO_OBJECTS as error:
                raise _refused(error) from None
            yield kind, [group] if type(group) is dict else group
        if not made or next(mentions, None) is not None:
            raise noObjects("another number of objects, or of mentions")

    def unjellyEach(self, unjellier: Any) -> Any:
        """
        Have Jelly make each object of what it is used to.

        @return: the outermost one.
        """
        places: list[Any] = []
        groups = []
        for _, states in self._decoded(places):
            groups.append(states)
            places += [_Place()] * len(states)
        self._vet(groups, [_Place])
        referencesOf(unjellier)
        made: list[Any] = []
        for kind, states in self._decoded(made):
            jellyLists = [[self._names[kind], _expression(each)] for each in states]
            made += map(unjellier.unjelly, jellyLists)
        queue = unjellier.postCallbacks
        hook = getattr(made[-1], "postUnjelly", None)
        if hook is not None and queue and queue[-1] == hook:
            queue.pop()
        return made[-1]


class _Place:
    """
    What is mentioned, where it is not made yet.
    """


def _checkName(name: bytes, broker: Any, security: Any) -> None:
    if isinstance(security, Policy):
        security.checkArriving(name, broker)
    elif not security.isTypeAllowed(name):
        raise jelly.InsecureJelly(name)


def _expression(value: Any) -> Any:
    """
    Give a value as Jelly's expression.  Jelly takes an object that is there as it
    is.
    """
    kind = type(value)
    if kind is dict:
        pairs = [[_expression(k), _expression(v)] for k, v in value.items()]
        return [b"dictionary", *pairs]
    if kind is list:
        return [b"list", *map(_expression, value)]
    if kind is str:
        return [b"unicode", value.encode("utf-8")]
    if kind is bool:
        return [b"boolean", b"true" if value else b"false"]
    return [b"None"] if value is None else value


def _refused(error: Exception) -> Exception:
    return noObjects(f"{type(error).__name__}: {error}"[:200])


def _mentionless(code: int, data: memoryview) -> Any:
    raise ValueError(f"an extension {code}, for what is not there")


_GROUP = _State | list[_State]
_Mentioned = Annotated[int, msgspec.Meta(ge=0)]
_decodeOne = msgspec.msgpack.Decoder(
    tuple[tuple[bytes], tuple[int], tuple[_State], tuple[()]], ext_hook=_mentionless
).decode
_outer = msgspec.msgpack.Decoder(
    tuple[list[bytes], list[int], msgspec.Raw, list[_Mentioned]]
).decode
_decodeGroups = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
setUnjellyableForClass(COMPACT_TAG, unjellyCompact)
