# -*- test-case-name: pbcopy.test.test_compacted -*-
"""
Copies with plain states, as MessagePack itself, read: L{unjellyCompact}.

What they look like is in L{_compact<pbcopy._compact>}.  All of a state is looked at
before anything is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from twisted.spread import jelly

from pbcopy._answers import answerFails
from pbcopy._channel import COMPACT
from pbcopy._compact import CONTAINERS, MENTION, SCALARS, dictsIn, valuesIn
from pbcopy._cycles import referencesOf
from pbcopy._envelope import opened
from pbcopy._limited import checkLimit, limitOf
from pbcopy._packing import checkLists
from pbcopy._policy import policyOf
from pbcopy._registry import copyTags, setUnjellyableForClass
from pbcopy._state import applyState, checkAttribute
from pbcopy.errors import Violation

TAKES: dict[str, Any] = {}
"""The methods of C{RemoteCopy} that take a state as it is, by their names."""

_State = dict[Any, Any]


def unjellyCompact(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give the object that was sent with all that it refers to.

    @raise Violation: if it is none.
    """
    with answerFails(unjellier.invoker, COMPACT) as failures:
        data = opened(unjellier.invoker, jellyList[1:], COMPACT)
        return _Reading(unjellier, data).read()
    return failures[0]


class _Reading:
    """
    One message.
    """

    def __init__(self, unjellier: Any, data: Any) -> None:
        self._unjellier = unjellier
        self._broker = unjellier.invoker
        checkLists(data, self._broker, COMPACT, 1)
        with _refusing():
            self._names, self._kinds, self._packed = _outer.decode(data)
        self._size = len(data)
        # What is mentioned, as far as that may be.
        self._things: list[Any] = []
        self._at = 0

    def read(self) -> Any:
        """
        Give the outermost object.
        """
        kinds, count = self._kinds, len(self._packed)
        isWhole = all(0 <= kind < len(self._names) for kind in set(kinds))
        if not kinds or len(kinds) != count or not isWhole:
            raise _noObjects("another number of objects, names, and states")
        for name in self._names:
            self._checkName(name)
        classes = [copyTags.get(name) for name in self._names]
        if all(map(_takesAState, classes)):
            self._things = [object.__new__(classes[kind]) for kind in kinds]
            return self._fill(self._states({*classes}))
        self._things = [_Place()] * count
        self._states({_Place})
        return self._unjellyEach()

    def _checkName(self, name: bytes) -> None:
        policy = policyOf(self._broker)
        if policy is not None:
            policy.checkArriving(name, self._broker)
        elif not self._unjellier.taster.isTypeAllowed(name):
            raise jelly.InsecureJelly(name)

    def _states(self, classes: set[Any]) -> list[_State]:
        """
        Give all states, looked at.

        @param classes: what may be in them beside plain values.
        """
        with _refusing():
            states = [*self._decoded()]
        level: list[Any] = states
        depth = 0
        isSmall = self._size <= self._least()
        while level:
            depth += 1
            dicts = dictsIn(level)
            # Equal ones are of types that are taken, or none of them is.
            keys = set().union(*dicts)
            if not SCALARS.issuperset(map(type, keys)):
                raise _noObjects("a key that is a list, or an object")
            if not isSmall:
                self._checkSizes(level, [*keys, *valuesIn(level, dicts)])
            if SCALARS.issuperset(map(type, valuesIn(level, dicts))):
                break
            level = _containersIn(valuesIn(level, dicts), classes)
        what = "containers in each other"
        checkLimit("MAX_NESTING", self._broker, depth, what, COMPACT)
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

    def _least(self) -> int:
        """
        Give the number of bytes in which nothing can be too much.
        """
        limits = (limitOf(name, self._broker) for name in ("MAX_ITEMS", "MAX_STRING"))
        return min(limits)

    def _checkSizes(self, level: list[Any], values: list[Any]) -> None:
        most = max(map(len, level))
        checkLimit("MAX_ITEMS", self._broker, most, "items in one container", COMPACT)
        texts = [each.encode("utf-8") for each in values if type(each) is str]
        strings = [*texts, *(each for each in values if type(each) is bytes), b""]
        longest = max(map(len, strings))
        what = "bytes in one string"
        checkLimit("MAX_STRING", self._broker, longest, what, COMPACT)

    def _fill(self, states: list[_State]) -> Any:
        own = TAKES["setCopyableState"]
        for copy, state in zip(self._things, states, strict=True):
            isOwn = type(copy).setCopyableState is own
            if isOwn and _areAttributes(type(copy), state):
                object.__setattr__(copy, "__dict__", state)
            else:
                applyState(copy, state)
        hooked = [each for each in self._things if hasattr(each, "postUnjelly")]
        if hooked:
            referencesOf(self._unjellier)
        for copy in hooked:
            # Jelly asks the outermost one itself.
            if copy is not self._things[-1]:
                self._unjellier.postCallbacks.append(copy.postUnjelly)
        return self._things[-1]

    def _unjellyEach(self) -> Any:
        """
        Have Jelly make each object of what it is used to.
        """
        referencesOf(self._unjellier)
        made = self._things = []
        for state, kind in zip(self._decoded(), self._kinds, strict=True):
            jellyList = [self._names[kind], _expression(state)]
            made.append(self._unjellier.unjelly(jellyList))
        queue = self._unjellier.postCallbacks
        hook = getattr(made[-1], "postUnjelly", None)
        if hook is not None and queue and queue[-1] == hook:
            queue.pop()
        return made[-1]


def _containersIn(values: Iterator[Any], classes: set[Any]) -> list[Any]:
    others = [each for each in values if type(each) not in SCALARS]
    found = [each for each in others if type(each) in CONTAINERS]
    if len(found) < len(others) and not classes.issuperset(
        set(map(type, others)) - CONTAINERS
    ):
        raise _noObjects("a value of MessagePack's own")
    return found


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


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except (msgspec.MsgspecError, ValueError, TypeError, RecursionError) as error:
        raise _noObjects(f"{type(error).__name__}: {error}"[:200]) from None


def _noObjects(got: str) -> Violation:
    return Violation(
        "these bytes hold no objects",
        where=COMPACT,
        got=got,
        expected="what was packed by a pbcopy",
    )


_outer = msgspec.msgpack.Decoder(tuple[list[bytes], list[int], list[msgspec.Raw]])
setUnjellyableForClass(COMPACT, unjellyCompact)
