# -*- test-case-name: pbcopy.test.test_steps -*-
"""
The operations of a delta: L{stepsOf} checks them all, before the first is made.
"""

from __future__ import annotations

from typing import Any

from pbcopy import _operations as does
from pbcopy._checking import MOST_DECLARED, joined
from pbcopy._delta import (
    ALTER,
    HIDE,
    ORDER,
    REMOVE,
    SET_FIELD,
    SPLICE,
    STRIDE,
    UPDATE,
)
from pbcopy._drafting import Draft
from pbcopy._nodes import Attributes, getField
from pbcopy._numbered import Numbered
from pbcopy._operations import ABSENT, Operation
from pbcopy._paths import step
from pbcopy._reading import argumentsOf, malformed
from pbcopy._schema import schemaOf
from pbcopy._step import Sketch, Step
from pbcopy._tracked import pathOf
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy._trackedset import TrackedSet
from pbcopy.errors import Violation


class _Field(Step):
    """
    One that is about a field.
    """

    kind = Attributes

    def find(self, wireName: str) -> bool:
        """
        Find the field.

        @return: whether it is declared here.
        """
        schema = schemaOf(type(self.node.owner()))
        self.field = self.draft.field(schema, wireName)
        self.new: Any = ABSENT
        return self.field is not None

    def operation(self) -> Operation | None:
        if self.field is None:
            return None
        name = self.field.name
        return does.Set(self.node, name, getField(self.node.owner(), name), self.new)


class _Set(_Field):
    def take(self, wireName: str, value: Any) -> None:
        if self.find(wireName):
            self.new = self.draft.of(value)

    def check(self) -> None:
        if self.field is not None:
            name = self.field.name
            (self.new,) = self.checked(
                [self.new], lambda type_: type_.fieldType(name), lambda at: f".{name}"
            )


class _Hide(_Field):
    def take(self, wireName: str) -> None:
        # What is done here is what a state that comes without the field does.
        if self.find(wireName):
            field = self.field
            if field.isRequired:
                raise Violation(
                    "this field is to go",
                    where=f"{pathOf(self.node)}.{field.name}",
                    expected=str(field.type),
                    advice="give it a default at the receiver",
                )
            if field.hasDefault and not field.visibleTo:
                self.new = self.draft.default(field, self.node.owner())


class _Splice(Step):
    kind = TrackedList

    def take(self, start: int, stop: int, items: list[Any]) -> None:
        self.start, self.stop = start, stop
        self.new = self.draft.all(items)

    def check(self) -> None:
        self.new = self.checked(
            self.new, lambda type_: type_.item, lambda at: f"[{self.start + at}]"
        )

    def tryOn(self, sketch: Sketch) -> None:
        if not 0 <= self.start <= self.stop <= sketch.length:
            raise self.outside(f"[{self.start}:{self.stop}]")
        sketch.length += len(self.new) - (self.stop - self.start)

    def operation(self) -> Operation:
        old = list.__getitem__(self.node, slice(self.start, self.stop))
        return does.Splice(self.node, self.start, self.stop, old, self.new)


class _Stride(Step):
    kind = TrackedList

    def take(self, start: int, stop: int, by: int, items: list[Any] | None) -> None:
        self.start, self.by = start, by
        self.new = None if items is None else self.draft.all(items)
        self.made = does.Stride(self.node, start, stop, by, [], None)

    def check(self) -> None:
        if self.new is not None:
            self.new = self.checked(
                self.new,
                lambda type_: type_.item,
                lambda at: f"[{self.start + at * self.by}]",
            )

    def tryOn(self, sketch: Sketch) -> None:
        made, length = self.made, sketch.length
        isInside = 0 <= made.start <= length and -1 <= made.stop <= length
        places = range(*made.range.indices(length)) if isInside and self.by else None
        if places is None or (self.new is not None and len(self.new) != len(places)):
            raise self.outside(f"[{made.start}:{made.stop}:{self.by}]")
        if self.new is None:
            sketch.length -= len(places)

    def operation(self) -> Operation:
        self.made.old = list.__getitem__(self.node, self.made.range)
        self.made.new = self.new
        return self.made


class _Order(Step):
    kind = TrackedList

    def take(self, order: list[int]) -> None:
        self.order = order

    def tryOn(self, sketch: Sketch) -> None:
        if sorted(self.order) != list(range(sketch.length)):
            raise self.outside(f", its {sketch.length} items in this order")

    def operation(self) -> Operation:
        return does.Order(self.node, self.order)


class _Update(Step):
    kind = TrackedDict

    def take(self, pairs: list[Any]) -> None:
        came = self.draft.pairs(pairs)
        self.keys, self.new = list(came), list(came.values())

    def check(self) -> None:
        keys = self.keys
        self.new = self.checked(
            self.new, lambda type_: type_.value, lambda at: step(keys[at])
        )
        self.keys = self.checked(
            keys, lambda type_: type_.key, lambda at: step(keys[at])
        )

    def tryOn(self, sketch: Sketch) -> None:
        if len({*self.keys}) < len(self.keys):
            raise Violation(
                "two keys are one when they are converted",
                where=pathOf(self.node),
                expected="different keys",
            )
        for key in self.keys:
            sketch.turn(key, True)

    def operation(self) -> Operation:
        old = {key: self.node[key] for key in self.keys if key in self.node}
        return does.Update(self.node, old, dict(zip(self.keys, self.new, strict=True)))


class _Remove(Step):
    kind = TrackedDict

    def take(self, keys: list[Any]) -> None:
        self.keys = self.draft.members(keys)

    def check(self) -> None:
        keys = self.keys
        self.keys = self.checked(
            keys, lambda type_: type_.key, lambda at: step(keys[at])
        )

    def tryOn(self, sketch: Sketch) -> None:
        for key in self.keys:
            if not sketch.has(key):
                raise self.outside(step(key))
            sketch.turn(key, False)

    def operation(self) -> Operation:
        return does.Remove(self.node, {key: self.node[key] for key in self.keys})


class _Alter(Step):
    kind = TrackedSet

    def take(self, added: list[Any], removed: list[Any]) -> None:
        self.added = self.draft.members(added)
        self.removed = self.draft.members(removed)

    def check(self) -> None:
        self.added, self.removed = (
            self.checked(some, lambda type_: type_.item, lambda at: "{…}")
            for some in (self.added, self.removed)
        )

    def tryOn(self, sketch: Sketch) -> None:
        # One that is there is removed first.
        for isThere, some in ((False, self.removed), (True, self.added)):
            for each in some:
                if sketch.has(each) is isThere:
                    raise self.outside("{…}")
                sketch.turn(each, isThere)

    def operation(self) -> Operation:
        return does.Alter(self.node, set(self.added), set(self.removed))


_STEPS: dict[int, type[Step]] = {
    SET_FIELD: _Set,
    HIDE: _Hide,
    SPLICE: _Splice,
    STRIDE: _Stride,
    ORDER: _Order,
    UPDATE: _Update,
    REMOVE: _Remove,
    ALTER: _Alter,
}


def stepsOf(
    operations: list[list[Any]], draft: Draft, known: Numbered, isPartial: bool
) -> list[Step]:
    """
    Check operations, each as what comes before it will have left the node.

    @param known: the nodes that may change.
    @param isPartial: whether there may be operations on nodes that were not kept.
    @raise Violation: if one cannot be made.
    """
    steps = []
    for number, code, *arguments in operations:
        node, taken = known.at(number), argumentsOf(code, arguments)
        if node is not None:
            steps.append(_stepOf(node, code, draft, taken))
        elif not (isPartial and 0 < number <= known.last):
            raise malformed(
                f"an operation on the number {number}",
                "that of a node that came and has not left",
            )
    missing = draft.finish()
    if missing:
        raise joined(missing, MOST_DECLARED)
    _checkAll(steps, draft)
    _tryAll(steps, draft)
    return steps


def _stepOf(node: Any, code: int, draft: Draft, arguments: tuple[Any, ...]) -> Step:
    step = _STEPS[code]
    if not isinstance(node, step.kind):
        raise malformed(f"an operation with the code {code} on another kind of node")
    return step(node, draft, arguments)


def _checkAll(steps: list[Step], draft: Draft) -> None:
    """
    Check the values.  One may put a node in a second place, for which those of the
    steps before it have to be right, too.
    """
    before = -1
    # What changes was there before the message.
    while before != len(draft.again):
        before = len(draft.again)
        for each in steps:
            each.check()


def _tryAll(steps: list[Step], draft: Draft) -> None:
    sketches: dict[int, Sketch] = {}
    for each in steps:
        each.tryOn(sketches.setdefault(id(each.node), Sketch(each.node)))
    for each in steps:
        if not isinstance(each.node, Attributes):
            _checkLength(each.node, sketches[id(each.node)].length, draft)


def _checkLength(node: Any, length: int, draft: Draft) -> None:
    for type_ in draft.typesOf(node):
        if not type_.allowsLength(length):
            type_.checkLength(length, pathOf(node))
