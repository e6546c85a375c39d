# -*- test-case-name: pbcopy.test.test_compacted -*-
"""
Copies with plain states, as MessagePack itself, read: L{unjellyCompact}.

What they look like is in L{_compact<pbcopy._compact>}.  All of a state is looked at
before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from twisted.spread import jelly

from pbcopy._answers import answerFails
from pbcopy._channel import COMPACT
from pbcopy._compact import CONTAINERS, MENTION, SCALARS, dictsIn, isFlat, valuesIn
from pbcopy._cycles import referencesOf
from pbcopy._envelope import COMPACT_TAG, opened
from pbcopy._limited import Several, checkLimit
from pbcopy._packing import checkLists
from pbcopy._policy import Policy
from pbcopy._registry import copyTags, setUnjellyableForClass
from pbcopy._state import applyState, areOrdinary, checkAttribute
from pbcopy.errors import Violation

TAKES: dict[str, Any] = {}
"""The methods of C{RemoteCopy} that take a state as it is, by their names."""

_State = dict[Any, Any]
_NO_OBJECTS = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)
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
    made = _Reading(data, broker, broker.security).made()
    if made is None:
        return None
    for hook in _hooksOf(made):
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
        hooks = _hooksOf(made)
        if hooks:
            referencesOf(unjellier)
            # Jelly asks the outermost one itself.
            isOutermost = hasattr(made[-1], "postUnjelly")
            unjellier.postCallbacks += hooks[:-1] if isOutermost else hooks
        return made[-1]
    except Exception:
        with answerFails(broker, COMPACT) as failures:
            raise
        return failures[0]


def _hooksOf(made: list[Any]) -> list[Any]:
    return [each.postUnjelly for each in made if hasattr(each, "postUnjelly")]


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
        (name,), (kind,), (state,) = _decodeOne(data)
    except _NO_OBJECTS:
        return None
    _checkName(name, broker, security)
    cls = copyTags.get(name)
    if kind or not _takesAState(cls):
        return None
    if not isFlat(state):
        _check([state], {cls}, broker, True)
    copy = object.__new__(cls)
    _fill(copy, state)
    return copy


class _Reading:
    """
    One message.
    """

    def __init__(self, data: Any, broker: Any, security: Any) -> None:
        self._broker, self._security = broker, security
        self._isSmall = _isSmall(data, broker)
        if not self._isSmall:
            checkLists(data, broker, COMPACT, 1)
        try:
            self._names, self._kinds, self._packed = _outer.decode(data)
        except _NO_OBJECTS as error:
            raise _refused(error) from None
        # What is mentioned, as far as that may be.
        self._things: list[Any] = []
        self._at = 0

    def made(self) -> list[Any] | None:
        """
        Give the objects, the outermost one last.

        @return: C{None} if one of them does not just take a state.
        """
        names, kinds = self._names, self._kinds
        isWhole = 0 < len(kinds) == len(self._packed)
        if not isWhole or min(kinds) < 0 or max(kinds) >= len(names):
            raise _noObjects("another number of objects, names, and states")
        for name in names:
            _checkName(name, self._broker, self._security)
        classes: list[Any] = [copyTags.get(name) for name in names]
        if not all(map(_takesAState, classes)):
            return None
        self._things = [object.__new__(classes[kind]) for kind in kinds]
        for copy, state in zip(self._things, self._states(classes), strict=True):
            _fill(copy, state)
        return self._things

    def _states(self, classes: list[Any]) -> list[_State]:
        """
        Give all states, looked at.

        @param classes: what may be in them beside plain values.
        """
        try:
            states = [*self._decoded()]
        except _NO_OBJECTS as error:
            raise _refused(error) from None
        _check(states, {*classes}, self._broker, self._isSmall)
        return states

    def _decoded(self) -> Iterator[_State]:
        make = msgspec.msgpack.Decoder
        decode = make(dict[Any, Any], ext_hook=self._mentioned).decode
        for place, packed in enumerate(self._packed):
            self._at = place
            yield decode(packed)

    def _mentioned(self, code: int, data: memoryview) -> Any:
        place = int.from_bytes(data, "big")
        if code != MENTION or place >= self._at:
            raise ValueError(f"an extension {code}, for what is not there")
        return self._things[place]

    def unjellyEach(self, unjellier: Any) -> Any:
        """
        Have Jelly make each object of what it is used to.

        @return: the outermost one.
        """
        self._things = [_Place()] * len(self._kinds)
        self._states([_Place])
        referencesOf(unjellier)
        made = self._things = []
        for state, kind in zip(self._decoded(), self._kinds, strict=True):
            jellyList = [self._names[kind], _expression(state)]
            made.append(unjellier.unjelly(jellyList))
        queue = unjellier.postCallbacks
        hook = getattr(made[-1], "postUnjelly", None)
        if hook is not None and queue and queue[-1] == hook:
            queue.pop()
        return made[-1]


def _checkName(name: bytes, broker: Any, security: Any) -> None:
    if isinstance(security, Policy):
        security.checkArriving(name, broker)
    elif not security.isTypeAllowed(name):
        raise jelly.InsecureJelly(name)


def _check(states: list[_State], classes: set[Any], broker: Any, isSmall: bool) -> None:
    """
    Check that there is nothing else in states, and not too much.

    @param classes: what may be in them beside plain values.
    @param isSmall: whether nothing but their depth can be too much.
    """
    level: list[Any] = states
    depth = 0
    while level:
        depth += 1
        dicts = dictsIn(level)
        # Equal ones are of types that are taken, or none of them is.
        keys = set().union(*dicts)
        if not SCALARS.issuperset(map(type, keys)):
            raise _noObjects("a key that is a list, or an object")
        if not isSmall:
            _checkSizes(level, [*keys, *valuesIn(level, dicts)], broker)
        kinds = {*map(type, valuesIn(level, dicts))}
        if SCALARS >= kinds:
            break
        if not kinds - SCALARS - CONTAINERS <= classes:
            raise _noObjects("a value of MessagePack's own")
        level = [*valuesIn(level, dicts)]
        if not CONTAINERS >= kinds:
            level = [each for each in level if type(each) in CONTAINERS]
    what = "containers in each other"
    checkLimit("MAX_NESTING", broker, depth, what, COMPACT)


def _checkSizes(level: list[Any], values: list[Any], broker: Any) -> None:
    most = max(map(len, level))
    checkLimit("MAX_ITEMS", broker, most, "items in one container", COMPACT)
    texts = [each.encode("utf-8") for each in values if type(each) is str]
    strings = [*texts, *(each for each in values if type(each) is bytes), b""]
    longest = max(map(len, strings))
    what = "bytes in one string"
    checkLimit("MAX_STRING", broker, longest, what, COMPACT)


_object: Any = object


class _Place:
    """
    What is mentioned, where it is not made yet.
    """


def _takesAState(cls: Any) -> bool:
    """
    Tell whether a state can be given to a blank instance.
    """
    isOwn = getattr(cls, "unjellyFor", None) is TAKES["unjellyFor"]
    if not isOwn or not isinstance(cls, type):
        return False
    # Nothing of an application's is called before all is looked at.
    isBlank = cls.__new__ is _object.__new__
    return isBlank and cls.__hash__ in (None, _object.__hash__)


def _fill(copy: Any, state: _State) -> None:
    cls = type(copy)
    isOwn = cls.setCopyableState is TAKES["setCopyableState"]
    if isOwn and (areOrdinary(cls, state) or _areAttributes(cls, state)):
        object.__setattr__(copy, "__dict__", state)
    else:
        applyState(copy, state)


def _areAttributes(cls: type, state: _State) -> bool:
    """
    Tell whether the keys of a state are names of attributes.

    @raise Violation: if one is none, or is a method.
    """
    for name in state:
        if type(name) is not str:
            return False
        # What the class does not have hides nothing.
        if hasattr(cls, name) or name[:2] == "__" or name == "postUnjelly":
            checkAttribute(cls, name)
    return True


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


def _refused(error: Exception) -> Violation:
    return _noObjects(f"{type(error).__name__}: {error}"[:200])


def _noObjects(got: str) -> Violation:
    return Violation(
        "these bytes hold no objects",
        where=COMPACT,
        got=got,
        expected="what was packed by a pbcopy",
    )


def _mentionless(code: int, data: memoryview) -> Any:
    raise ValueError(f"an extension {code}, for what is not there")


_decodeOne = msgspec.msgpack.Decoder(
    tuple[tuple[bytes], tuple[int], tuple[dict[Any, Any]]], ext_hook=_mentionless
).decode
_outer = msgspec.msgpack.Decoder(tuple[list[bytes], list[int], list[msgspec.Raw]])
setUnjellyableForClass(COMPACT_TAG, unjellyCompact)
