# -*- test-case-name: pbcopy.test.test_reading -*-
"""
What a lens has sent, as data (L{pbcopy._delta} has its form).

A peer may send anything.  What has another form is a C{Violation} here, and
whatever comes out of here has this form; what it means is not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from pbcopy import limits
from pbcopy._delta import BESIDE, FROZENSET, TUPLE
from pbcopy.errors import Violation

WHERE = "pbcopy.delta"
"""How an error names a message that cannot be read."""


class Message(msgspec.Struct, array_like=True, forbid_unknown_fields=False):
    """
    A state or a delta.

    @ivar version: of the state, or of the delta.
    @ivar shapes: a name of a class, and the names of its fields.
    @ivar nodes: new nodes: a number, a kind, and the contents.
    @ivar operations: a number, a code, and the arguments.
    @ivar epoch: of a state: what its numbers belong to.
    """

    version: int
    shapes: list[list[str]]
    nodes: list[list[Any]]
    operations: list[list[Any]]
    epoch: bytes = b""


_decoder = msgspec.msgpack.Decoder(Message)


def read(packed: object) -> Message:
    """
    Give the message that was packed.

    @raise Violation: if these are no bytes, or hold none.
    """
    try:
        message = _decoder.decode(packed)  # type: ignore[arg-type]
    except (msgspec.MsgspecError, TypeError, RecursionError) as error:
        raise malformed(str(error)) from None
    if not all(message.shapes):
        raise malformed("a shape without a name")
    for each in message.nodes + message.operations:
        if len(each) < 2 or type(each[0]) is not int or type(each[1]) is not int:
            raise malformed("no numbers where numbers should be")
    return message


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

    def __init__(self, node: Callable[[int], Any], objects: list[Any]) -> None:
        """
        @param node: gives the container or object for a number.
        @param objects: what came along.
        """
        self._node = node
        self._objects = objects

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
            return self._node(value[0])
        if len(value) != 2 or type(value[0]) is not int:
            raise malformed("an array that is no value")
        return self._special(value[0], value[1], depth)

    def _special(self, code: int, what: Any, depth: int) -> Any:
        if code == BESIDE:
            if type(what) is not int or not 0 <= what < len(self._objects):
                raise malformed("an object that did not come along")
            return self._objects[what]
        if code not in (TUPLE, FROZENSET) or type(what) is not list:
            raise malformed(f"a value with the code {code}")
        if depth >= limits.MAX_NESTING:
            raise malformed(
                "tuples that are nested too deeply",
                f"at most pbcopy.limits.MAX_NESTING, {limits.MAX_NESTING}",
            )
        items = [self.of(each, depth + 1) for each in what]
        return tuple(items) if code == TUPLE else self.members(items, frozenset)

    def all(self, values: Any) -> list[Any]:
        """
        Give what each of some values stands for.
        """
        if type(values) is not list:
            raise malformed("no list of values")
        return [self.of(each) for each in values]

    def members(self, items: list[Any], kind: Any = set) -> Any:
        """
        Make a set of values.
        """
        try:
            made = kind(items)
        except TypeError as error:
            raise malformed(str(error)) from None
        if len(made) != len(items):
            raise malformed("a set with equal members")
        return made

    def pairs(self, values: Any) -> dict[Any, Any]:
        """
        Make a dict of keys and values that alternate.
        """
        items = self.all(values)
        if len(items) % 2:
            raise malformed("a key without a value")
        try:
            made = dict(zip(items[::2], items[1::2], strict=True))
        except TypeError as error:
            raise malformed(str(error)) from None
        if len(made) * 2 != len(items):
            raise malformed("a dict with equal keys")
        return made


_PLAIN = frozenset([type(None), bool, int, float, str, bytes])
