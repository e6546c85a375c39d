# -*- test-case-name: pbcopy.test.test_reading -*-
"""
What a lens has sent, as data (L{pbcopy._delta} has its form).

A peer may send anything.  What has another form is a C{Violation} here, and
whatever comes out of here has this form; what it means is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import msgspec

from pbcopy._delta import (
    ALTER,
    BESIDE,
    FROZENSET,
    HIDE,
    ORDER,
    REMOVE,
    SET_FIELD,
    SPLICE,
    STRIDE,
    TUPLE,
    UPDATE,
)
from pbcopy._kinds import shortly
from pbcopy._leaves import isLeaf
from pbcopy._limited import checkLimit, limitOf
from pbcopy._packing import checkLists
from pbcopy.errors import Violation

WHERE = "pbcopy.delta"
"""How an error names a message that cannot be read."""

_Made = TypeVar("_Made", bound=Collection[Any])


class Message(msgspec.Struct, array_like=True, forbid_unknown_fields=False):
    """
    A state or a delta.

    @ivar version: of the state, or of the delta.
    @ivar shapes: a name of a class, and the names of its fields.
    @ivar nodes: new nodes: a number, a kind, and the contents.
    @ivar operations: a number, a code, and the arguments.
    @ivar epoch: of a state: what its numbers belong to.
    @ivar shapeCount: how many of the shapes that are known by then a later change
        may mean, too; all, where it is left out.
    @ivar types: for each shape the types of its fields, as they are described; an
        earlier sender leaves them out.
    @ivar since: of a delta: the version that it follows; the one before its own,
        where it is left out.
    """

    version: int
    shapes: list[list[str]]
    nodes: list[list[Any]]
    operations: list[list[Any]]
    epoch: bytes = b""
    shapeCount: int | None = None
    types: Any = None
    since: int | None = None


_decoder = msgspec.msgpack.Decoder(Message)


def read(packed: object, broker: Any = None) -> Message:
    """
    Give the message that was packed.

    @param broker: the connection that it came by.
    @raise Violation: if these are no bytes, or hold none, or too much.
    """
    if type(packed) is not bytes:
        raise malformed(f"a {type(packed).__name__}")
    checkLists(packed, broker, WHERE)
    try:
        message = _decoder.decode(packed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise malformed(str(error)) from None
    _checkLimits(message, len(packed), broker)
    for shape in message.shapes:
        if not shape or len({*shape[1:]}) != len(shape) - 1:
            raise malformed("a shape that is no name and different names of fields")
    for each in message.nodes + message.operations:
        if len(each) < 2 or type(each[0]) is not int or type(each[1]) is not int:
            raise malformed("no numbers where numbers should be")
    return message


def _checkLimits(message: Message, size: int, broker: Any) -> None:
    count = len(message.nodes) + len(message.operations)
    checkLimit("MAX_OBJECTS", broker, count, "objects in one message", WHERE)
    lists: list[list[Any]] = [message.nodes, message.operations]
    # There can be no more in a message than it has bytes.
    if size > min(limitOf("MAX_ITEMS", broker), limitOf("MAX_STRING", broker)):
        for each in lists:
            for part in each:
                if type(part) is list:
                    lists.append(part)
                elif type(part) in (str, bytes):
                    what = "characters or bytes in one string"
                    checkLimit("MAX_STRING", broker, len(part), what, WHERE)
        most = max(map(len, lists))
        checkLimit("MAX_ITEMS", broker, most, "items in one container", WHERE)


def typesIn(message: Message) -> list[list[Any]]:
    """
    Give what a message says of the types of each shape's fields.
    """
    told = message.types if type(message.types) is list else []
    found = [each if type(each) is list else [] for each in told]
    return found + [[] for _ in message.shapes[len(found) :]]


_ARGUMENTS: dict[int, Any] = {
    SET_FIELD: tuple[str, Any],
    HIDE: tuple[str],
    SPLICE: tuple[int, int, list[Any]],
    STRIDE: tuple[int, int, int, list[Any] | None],
    ORDER: tuple[list[int]],
    UPDATE: tuple[list[Any]],
    REMOVE: tuple[list[Any]],
    ALTER: tuple[list[Any], list[Any]],
}


def argumentsOf(code: int, arguments: list[Any]) -> tuple[Any, ...]:
    """
    Give the arguments of an operation.

    @raise Violation: if there is no such operation, or it has others.
    """
    wanted = _ARGUMENTS.get(code)
    if wanted is None:
        raise malformed(f"an operation with the code {code}")
    try:
        found: tuple[Any, ...] = msgspec.convert(arguments, wanted, strict=True)
    except msgspec.ValidationError as error:
        raise malformed(f"the operation {code} with other arguments: {error}") from None
    return found


def malformed(got: str, expected: str = "what a pbcopy has packed") -> Violation:
    """
    Make the error for what cannot be read.
    """
    return Violation(
        "this is no state, and no change of one",
        where=WHERE,
        got=got,
        expected=expected,
    )


class Values:
    """
    What values stand for.
    """

    def __init__(self, objects: Any, broker: Any = None) -> None:
        """
        @param objects: what came along.
        @param broker: the connection that it came by.
        @raise Violation: if that is no list.
        """
        if type(objects) is not list:
            raise malformed("no list of objects")
        self._objects = objects
        self._broker = broker

    def valueAt(self, number: int) -> Any:
        """
        Give the container or object for a number.

        @raise Violation: if there is none.
        """
        raise NotImplementedError

    def of(self, value: Any, depth: int = 0) -> Any:
        """
        Give what a value stands for.

        @raise Violation: if it is none.
        """
        if type(value) is not list:
            if type(value) in _PLAIN:
                return value
            raise malformed(f"a {type(value).__name__}")
        if len(value) == 1 and type(value[0]) is int:
            return self.valueAt(value[0])
        if len(value) != 2 or type(value[0]) is not int:
            raise malformed("an array that is no value")
        return self._special(value[0], value[1], depth)

    def _special(self, code: int, what: Any, depth: int) -> Any:
        if code == BESIDE:
            return self._beside(what)
        if code not in (TUPLE, FROZENSET) or type(what) is not list:
            raise malformed(f"a value with the code {code}")
        deepest = limitOf("MAX_NESTING", self._broker)
        if depth >= deepest:
            raise malformed(
                "tuples that are nested too deeply",
                f"at most pbcopy.limits.MAX_NESTING, {deepest} here",
            )
        items = [self.of(each, depth + 1) for each in what]
        return tuple(items) if code == TUPLE else _distinct(frozenset, items)

    def _beside(self, index: Any) -> Any:
        if type(index) is not int or not 0 <= index < len(self._objects):
            raise malformed("an object that did not come along")
        value = self._objects[index]
        # Somebody could change it, and nobody would see that.
        if not isLeaf(value):
            raise malformed(
                f"a {type(value).__name__} that came along",
                "what cannot change, or is replicated by itself",
            )
        return value

    def all(self, values: list[Any]) -> list[Any]:
        """
        Give what each of some values stands for.
        """
        return [value if type(value) in _PLAIN else self.of(value) for value in values]

    def members(self, values: list[Any]) -> list[Any]:
        """
        Give what each of some values stands for, which are members of a set or
        keys of a dict.
        """
        items = self.all(values)
        _distinct(frozenset, items)
        return items

    def pairs(self, values: list[Any]) -> dict[Any, Any]:
        """
        Make a dict of keys and values that alternate.
        """
        if len(values) % 2:
            raise malformed("a key without a value")
        keys = self.members(values[::2])
        return dict(zip(keys, self.all(values[1::2]), strict=True))


def _distinct(kind: Callable[[list[Any]], _Made], items: list[Any]) -> _Made:
    """
    Make a set of what must be different, and must not change.
    """
    if not all(type(each) in _PLAIN or isLeaf(each) for each in items):
        raise malformed("what can change, in a set or as a key of a dict")
    try:
        made = kind(items)
    except Exception as error:
        # The class of an application says how its instances are compared.
        raise malformed(f"members that cannot be in a set: {shortly(error)}") from None
    if len(made) != len(items):
        raise malformed("equal members of a set, or equal keys of a dict")
    return made


_PLAIN = frozenset([type(None), bool, int, float, str, bytes])
