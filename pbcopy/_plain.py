# -*- test-case-name: pbcopy.test.test_plain -*-
"""
What a receiver without a declared class is sent: plain values, and a call of an
C{observe_} method for each change.

It may be one of Twisted's own flavors.  The calls are C{set(path, value)},
C{remove(path)}, C{splice(path, start, stop, items)} and C{alter(path, added,
removed)}.  A path is a list of names, indices and keys, from the replica.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from pbcopy import _operations as does
from pbcopy._adoption import attributesOf, nodesIn
from pbcopy._copyable import Copyable
from pbcopy._leaves import isMention
from pbcopy._lens import Lens
from pbcopy._nodes import ATOMS, Attributes, Tracked, fieldsOf
from pbcopy._tracked import holdersOf

Call = tuple[str, tuple[Any, ...]]
"""The name of an C{observe_} method, and its arguments."""

_NATIVE = (bytes, date, datetime, Decimal, time, timedelta)
"""What Jelly has itself."""


class PlainCopy(Copyable):
    """
    What stands for a shared object in the state of another one.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.state: dict[str, Any] = {}

    def getTypeToCopyFor(self, perspective: Any) -> str:
        """
        Give the name of its class.
        """
        return self.name

    def getStateToCopyFor(self, perspective: Any) -> dict[str, Any]:
        """
        Give its fields.
        """
        return self.state


class _Plain:
    """
    Values of one message, where what is one object stays one.
    """

    def __init__(self, lens: Lens) -> None:
        self._lens = lens
        self._made: dict[int, Any] = {}

    def of(self, value: Any) -> Any:
        kind = type(value)
        if kind in ATOMS or isMention(value):
            return value
        if kind is tuple or kind is frozenset:
            return kind(map(self.of, value))
        isObject = fieldsOf(value) is not None
        if isObject or isinstance(value, Tracked):
            return self._node(attributesOf(value) if isObject else value)
        try:
            return msgspec.to_builtins(value, builtin_types=_NATIVE)
        except TypeError:
            # Whoever sends it says what is wrong.
            return value

    def _node(self, node: Any) -> Any:
        made = self._made.get(id(node))
        if made is not None:
            return made
        if isinstance(node, Attributes):
            made = self._made[id(node)] = PlainCopy(self._lens.className(node))
            made.state = self.fields(node)
        elif isinstance(node, list):
            made = self._made[id(node)] = []
            made.extend(map(self.of, node))
        elif isinstance(node, set):
            made = self._made[id(node)] = set(map(self.of, node))
        else:
            made = self._made[id(node)] = {}
            made.update((self.of(key), self.of(each)) for key, each in node.items())
        return made

    def fields(self, node: Attributes) -> dict[str, Any]:
        return {name: self.of(v) for name, v in self._lens.visible(node).items()}


def plainState(lens: Lens) -> dict[str, Any]:
    """
    Give what a perspective sees of a master, as plain values.
    """
    return _Plain(lens).fields(attributesOf(lens.master))


def plainUpdates(
    lens: Lens, operations: list[does.Operation], isBlock: bool
) -> Iterator[Call]:
    """
    Give the calls that tell of some operations.

    Where one operation alone cannot say it, such as for a list that is at two
    places, the fields of the master that it is in are set anew.
    """
    path = None
    if not isBlock and len(operations) == 1 and not lens.repeats:
        path = _pathTo(lens, operations[0].node)
    if path is not None:
        yield from _calls(lens, path, operations[0])
        return
    for name in _touched(lens, operations):
        value = lens.visible(attributesOf(lens.master)).get(name, does.ABSENT)
        if value is does.ABSENT:
            yield "remove", ([name],)
        else:
            yield "set", ([name], _Plain(lens).of(value))


def _calls(lens: Lens, path: list[Any], operation: Any) -> Iterator[Call]:
    plain = _Plain(lens)
    kind = type(operation)
    if kind is does.Set:
        path = [*path, lens.wireName(operation)]
        isGone = operation.new is does.ABSENT
        yield (
            ("remove", (path,)) if isGone else ("set", (path, plain.of(operation.new)))
        )
    elif kind is does.Splice:
        items = [plain.of(each) for each in operation.new]
        yield "splice", (path, operation.start, operation.stop, items)
    elif kind is does.Update:
        for key, value in operation.new.items():
            yield "set", ([*path, plain.of(key)], plain.of(value))
    elif kind is does.Remove:
        for key in operation.old:
            yield "remove", ([*path, plain.of(key)],)
    elif kind is does.Alter:
        added, removed = (
            [plain.of(each) for each in some]
            for some in (operation.added, operation.removed)
        )
        yield "alter", (path, added, removed)
    else:
        yield "set", (path, plain.of(operation.node))


def _pathTo(lens: Lens, node: Any) -> list[Any] | None:
    """
    Give the path to a node; C{None} if there is more than one.
    """
    path: list[Any] = []
    root = attributesOf(lens.master)
    while node is not root:
        places = [
            (holder, step)
            for holder in holdersOf(node)
            if lens.knows(holder)
            for step in _stepsTo(lens, holder, node)
        ]
        if len(places) != 1 or places[0][1] is None:
            return None
        node, step = places[0]
        path.insert(0, step)
    return path


def _stepsTo(
    lens: Lens, holder: Any, node: Any, isWhole: bool = False
) -> Iterator[Any]:
    if isinstance(holder, Attributes):
        pairs: Any = lens.visible(holder).items()
    else:
        pairs = enumerate(holder) if isinstance(holder, list) else holder.items()
    for step, value in pairs:
        if any(each is node for each in nodesIn(value)):
            # There is no way into a tuple.
            isTuple = type(value) is tuple and not isWhole
            yield None if isTuple else _Plain(lens).of(step)


def _touched(lens: Lens, operations: list[does.Operation]) -> list[str]:
    """
    Give the fields of the master that some operations are in.
    """
    root = attributesOf(lens.master)
    names: dict[str, None] = {}
    seen: set[int] = set()
    todo = [each.node for each in operations]
    for operation in operations:
        if operation.node is root and type(operation) is does.Set:
            names[lens.wireName(operation)] = None
    for node in todo:
        for holder in holdersOf(node):
            if holder is root:
                names.update(dict.fromkeys(_stepsTo(lens, root, node, isWhole=True)))
            elif (
                id(holder) not in seen
                and lens.knows(holder)
                and lens.isSeenIn(holder, node)
            ):
                seen.add(id(holder))
                todo.append(holder)
    return list(names)
