# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
Declared states and changes, as a lens packs them (L{pbcopy._delta}), and what is
like these.
"""

from __future__ import annotations

from typing import Any

import attr

from fuzz.choices import Choices
from fuzz.known import Known
from fuzz.notation import Packed

_POND = {
    "ticks": 1,
    "colour": [2, 0],
    "ducks": [2],
    "tags": [3],
    "depths": [4],
    "ratings": [5],
    "point": None,
    "thing": None,
}
"""The fields of a pond, and good values for them."""

_DUCK: dict[str, Any] = {"name": "swan", "weight": 1.5, "eggs": [5], "friend": None}
_GREEN = [b"pbcopy.value", b"enum", b"fuzz.scene.Colour", b"GREEN"]
_FIELDS = (*_POND, *_DUCK, "postUnjelly", "notYours", "__class__", "broker", "")
_PLAIN = (None, True, 0, 1, -1, 2**63, 1.5, "x", "", b"x", float("nan"))
_SHAPES = (
    *("fuzz.scene.Pond", "fuzz.scene.Duck", "fuzz.scene.Loot", "fuzz.bait.Thing"),
    *("fuzz.scene.Note", ""),
)
_TYPES = (None, 0, 2, 5, [32, 5], [33, 5, 2], [38, 5, None], [40, "x", "y"], [99], "x")


@attr.s(auto_attribs=True)
class Declared:
    """
    What makes packed states and changes.

    @ivar expressions: what makes what goes along.
    """

    choices: Choices
    known: Known
    expressions: Any
    _numbers: list[int] = attr.Factory(lambda: [1])

    def state(self) -> list[Any]:
        """
        Make a state, and what goes along.
        """
        choices = self.choices
        self._numbers = [*range(1, 8)]
        pond = {name: self._or(value) for name, value in _POND.items()}
        if choices.oneIn(6):
            del pond[choices.pick([*pond])]
        shapes: list[Any] = [["fuzz.scene.Pond", *pond]]
        nodes: list[Any] = [[1, 3, *pond.values()], *self._containers()]
        if choices.below(2):
            shapes.append(["fuzz.scene.Duck", *_DUCK])
            nodes.append([6, 4, *map(self._or, _DUCK.values())])
        nodes += choices.some(2, self._node)
        more = [b"epoch", len(shapes), self._types(shapes)][: choices.below(4)]
        operations = choices.some(1, self._operation) if choices.oneIn(8) else []
        message = [choices.below(3), shapes, nodes, operations, *more]
        return [self._packed(message), self._beside()]

    def _containers(self) -> list[Any]:
        ducks: list[Any] = [[6]] if self.choices.below(2) else []
        tags = ["a", "b"][: self.choices.below(3)]
        return [[2, 0, *ducks], [3, 2, *tags], [4, 1], [5, 0, 1, 2]]

    def _beside(self) -> Any:
        if self.choices.oneIn(10):
            return self.expressions.any()
        return [b"pbcopy.beside", _GREEN, *self.choices.some(2, self._along)]

    def _along(self) -> Any:
        make = self.expressions
        return make.value() if self.choices.below(2) else make.any()

    def deltas(self, luid: Any) -> list[Any]:
        """
        Make the changes of one message.
        """
        made = self._delta(luid)
        while self.choices.oneIn(6):
            other = self.expressions.luid(self.known.views)
            made += [other, *self._delta(other)]
        return made

    def field(self, luid: Any) -> Any:
        """
        Make a change of one field, by itself.
        """
        version, self._numbers = self.known.next(luid)
        return self._packed([version, [], [], [[self._number(), 0, *self._set()]]])

    def _delta(self, luid: Any) -> list[Any]:
        version, numbers = self.known.next(luid)
        self._numbers = numbers
        nodes = self.choices.some(2, self._node)
        shapes = self.choices.some(1, self._shape)
        operations = [self._operation() for _ in range(1 + self.choices.below(3))]
        more = [b"", None, self._types(shapes)] if shapes else []
        if self.choices.oneIn(12):
            version = self.choices.pick((0, 1, -1, 2**70))
        message = [version, shapes, nodes, operations, *more]
        return [self._packed(message), self._beside()]

    def _packed(self, message: list[Any]) -> Any:
        if self.choices.oneIn(15):
            message = self.expressions.bent(message)
        return Packed(message)

    def _shape(self) -> list[Any]:
        name = self.choices.pick(_SHAPES)
        return [name, *self.choices.some(3, lambda: self.choices.pick(_FIELDS))]

    def _types(self, shapes: list[Any]) -> Any:
        return [[self.choices.pick(_TYPES) for _ in each[1:]] for each in shapes]

    # Nodes and values.

    def _or(self, value: Any) -> Any:
        return self._value() if self.choices.oneIn(25) else value

    def _number(self) -> int:
        if self.choices.oneIn(8):
            return self.choices.below(30)
        return self.choices.pick(self._numbers)

    def _value(self) -> Any:
        kind = self.choices.below(8)
        if kind < 4:
            return self.choices.pick(_PLAIN)
        if kind < 6:
            return [self._number()]
        if kind == 6:
            return [2, self.choices.below(4)]
        return [self.choices.below(4), self.choices.some(2, self._value)]

    def _values(self) -> list[Any]:
        return self.choices.some(3, self._value)

    def _node(self) -> list[Any]:
        number = max(self._numbers, default=0) + self.choices.below(3)
        self._numbers = [*self._numbers, number]
        return [number, self.choices.below(6), *self._values()]

    # Operations.

    def _operation(self) -> list[Any]:
        code = self.choices.below(9)
        arguments: Any = _OPERATIONS[code](self) if code < 8 else self._values()
        return [self._number(), code, *arguments]

    def _set(self) -> list[Any]:
        name = self.choices.pick(_FIELDS)
        good = {**_POND, **_DUCK}.get(name)
        return [name, good if self.choices.below(2) else self._value()]

    def _hide(self) -> list[Any]:
        return [self.choices.pick(_FIELDS)]

    def _index(self) -> int:
        return self.choices.pick((0, 1, 2, 3, -1, 2**40, -(2**70)))

    def _splice(self) -> list[Any]:
        return [self._index(), self._index(), self._values()]

    def _stride(self) -> list[Any]:
        values = self._values() if self.choices.below(2) else None
        return [self._index(), self._index(), self._index(), values]

    def _order(self) -> list[Any]:
        return [self.choices.some(3, self._index)]

    def _update(self) -> list[Any]:
        return [[*self._values(), *self._values()]]

    def _remove(self) -> list[Any]:
        return [self._values()]

    def _alter(self) -> list[Any]:
        return [self._values(), self._values()]


_OPERATIONS = (
    *(Declared._set, Declared._hide, Declared._splice, Declared._stride),
    *(Declared._order, Declared._update, Declared._remove, Declared._alter),
)
