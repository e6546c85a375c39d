# -*- test-case-name: pbcopy.test.test_groupreading -*-
"""
The groups of copies in a message (L{pbcopy._compact}), read.

All states are looked at before any copy is given one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any

import msgspec
from twisted.spread import jelly

from pbcopy._channel import COMPACT
from pbcopy._compact import MENTION
from pbcopy._cycles import referencesOf
from pbcopy._filling import blanks, fill, hooksOf, takesAState
from pbcopy._limited import checkLimit
from pbcopy._packing import checkLists, lengthOf
from pbcopy._policy import Policy
from pbcopy._registry import copyTags
from pbcopy._vetlevels import noObjects, vetLevels

_State = dict[Any, Any]
NO_OBJECTS = (msgspec.MsgspecError, ValueError, TypeError, RecursionError)
"""What is raised for bytes that hold no objects."""

_NOT_THERE = (IndexError, StopIteration)


class Reading:
    """
    One message.

    @ivar hooks: what is to be called when the message is there.
    """

    def __init__(self, data: Any, broker: Any, security: Any, isSmall: bool) -> None:
        """
        @param isSmall: whether nothing but the depth can be too much.
        @raise Violation: if this is no message, or too large.
        """
        self._broker, self._security = broker, security
        self.hooks: list[Any] = []
        if not isSmall:
            checkLists(data, broker, COMPACT, 1)
        try:
            self._names, self._kinds, groups, self._places = _outer(data)
            count = lengthOf(groups)
            what = "objects in one message"
            checkLimit("MAX_OBJECTS", broker, count, what, COMPACT)
            self._groups = _decodeGroups(groups)
        except NO_OBJECTS as error:
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
            checkName(name, self._broker, self._security)
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
        places = iter(self._places)
        mention = map(made.__getitem__, places).__next__

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
            except NO_OBJECTS as error:
                raise _refused(error) from None
            yield kind, [group] if type(group) is dict else group
        if not made or next(places, None) is not None:
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


def checkName(name: bytes, broker: Any, security: Any) -> None:
    """
    Check that instances of a class may arrive.

    @raise Violation: if they may not.
    @raise InsecureJelly: the same, where there is no policy.
    """
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


_GROUP = _State | list[_State]
_Mentioned = Annotated[int, msgspec.Meta(ge=0)]
_outer = msgspec.msgpack.Decoder(
    tuple[list[bytes], list[int], msgspec.Raw, list[_Mentioned]]
).decode
_decodeGroups = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode
