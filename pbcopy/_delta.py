# -*- test-case-name: pbcopy.test.test_delta -*-
"""
What a lens sends, as bytes: a state, or a delta.

Both are C{[version, shapes, nodes, operations]} in MessagePack.  A state has no
operations, and two items more: bytes that stay the same for as long as the numbers
mean the same nodes, and how many of the shapes hold for the deltas that follow.
Where there are shapes, a last item has the types of their fields.

 - A shape is C{[name of a class, name of a field, …]}.  Those that a receiver got
   with one message, it has for the next; a delta that has more shapes than are to
   be remembered says so by the same two items, of which the first is empty.  The
   types of a shape are C{[type, …]} (L{pbcopy._description}).
 - A node is C{[number, kind, content, …]}.  The kind is L{LIST}, L{DICT}, L{SET},
   or L{OBJECT} and more: an object of a shape, and then the content is the values
   of its fields.  The list is flat, as a state may be deep and have cycles.  The
   first one of a state is the master.
 - A delta for a receiver that missed some has one item more, the version that it
   follows, behind what stands there otherwise.
 - An operation is C{[number, code, argument, …]}.
 - A value is itself, if MessagePack has it.  C{[number]} is a node; C{[0, items]}
   a tuple and C{[1, items]} a frozenset.  C{[2, index]} is the object at that
   place in the list that goes along (L{pbcopy._beside}), where Jelly has it: another
   cacheable, a reference, or a value that MessagePack would change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from pbcopy import _operations as does
from pbcopy._adoption import attributesOf
from pbcopy._beside import Beside
from pbcopy._classtypes import schemaOf
from pbcopy._leaves import isMention
from pbcopy._nodes import ATOMS, Attributes, Tracked, fieldsOf
from pbcopy.errors import Unsendable

if TYPE_CHECKING:
    from pbcopy._lens import Lens, Mark

LIST, DICT, SET, OBJECT = 0, 1, 2, 3
"""The kinds of nodes."""

TUPLE, FROZENSET, BESIDE = 0, 1, 2
"""The kinds of values that are arrays of two."""

(
    SET_FIELD,
    HIDE,
    SPLICE,
    STRIDE,
    ORDER,
    UPDATE,
    REMOVE,
    ALTER,
) = range(8)
"""The codes of the operations."""

UNUSED = (object, "")
"""What stands in a state for a shape that nothing in it has."""

MOST_SHAPES = 64
"""How many shapes the receivers of a lens are to remember.  One that has a field
which comes and goes is a new one each time.  Those after them are told each time."""


class Writer:
    """
    What makes one message for one lens.

    @ivar objects: what goes along, for Jelly.
    @ivar classes: those of the objects that are described.
    @ivar repeats: whether a node is mentioned that the receiver had, or got in
        the same message.
    """

    def __init__(self, lens: Lens, whole: bool, since: Mark | None = None) -> None:
        """
        @param whole: whether the receiver is taken to know no node.
        @param since: what it knows, if that is not what the others know.
        """
        isOne = whole or since is not None
        self.objects = Beside()
        self.classes: set[type] = set()
        self.repeats = False
        self._lens = lens
        self._since = since
        self._last = since.last if since else 0
        self._written: set[int] | None = set() if isOne else None
        self._waiting: deque[Any] = deque()
        # A shape that comes up in a later state is not told to the others.
        self._isLater = isOne and lens.shapeCount > 0
        self._own: dict[tuple[Any, ...], int] = {}
        self._known = since.shapeCount if since else lens.shapeCount
        self._used: set[tuple[Any, ...]] = set()
        self._nodes: list[list[Any]] = []

    def state(self, root: Any, version: int) -> bytes:
        """
        Give the bytes for a node and all that is in it.
        """
        self._number(root)
        self._addNodes()
        lens = self._lens
        self._forgetUnused(0)
        shapes = [*self._shapesFrom(0), *self._own]
        return self._packed(version, shapes, [], lens.epoch, lens.shapeCount)

    def delta(self, operations: Iterable[does.Operation], version: int) -> bytes:
        """
        Give the bytes for operations on nodes that the receiver knows.
        """
        made = [self._operation(each) for each in operations]
        self._addNodes()
        if self._since:
            self._forgetUnused(self._known)
        new = self._shapesFrom(self._known)
        if not self._own:
            return self._packed(version, new, made)
        count = self._lens.shapeCount
        return self._packed(version, [*new, *self._own], made, b"", count)

    def _forgetUnused(self, first: int) -> None:
        # What the fields are that are not seen any more is not said again.
        shapes = self._lens.shapes.items()
        kept = {k: at for k, at in shapes if at < first or k in self._used}
        self._lens.shapes = kept

    def _shapesFrom(self, first: int) -> list[tuple[Any, ...]]:
        shapes: list[tuple[Any, ...]] = [UNUSED] * (self._lens.shapeCount - first)
        if not shapes:
            return shapes
        for shape, at in self._lens.shapes.items():
            if at >= first:
                shapes[at - first] = shape
        return shapes

    def _addNodes(self) -> None:
        while self._waiting:
            self._nodes.append(self._node(self._waiting.popleft()))

    def _packed(
        self,
        version: int,
        shapes: list[tuple[Any, ...]],
        operations: list[Any],
        *ofState: Any,
    ) -> bytes:
        message = [version, [each[1:] for each in shapes], self._nodes, operations]
        more = ofState or (b"", None)
        if shapes or self._since:
            message += [*more, list(map(_typesIn, shapes))]
        else:
            message += ofState
        if self._since:
            message.append(self._since.version)
        try:
            return _encoder.encode(message)
        except UnicodeEncodeError as error:
            raise Unsendable(
                "a text has half of a surrogate pair",
                where=type(self._lens.master).__qualname__,
                got=ascii(error.object[:100]),
                advice="make it bytes",
            ) from None

    def _number(self, node: Any) -> int:
        isNew, number = self._lens.number(node)
        if self._written is not None:
            isNew = number > self._last and number not in self._written
            self._written.add(number)
        if isNew:
            self._waiting.append(node)
        else:
            self.repeats = True
        return number

    def _value(self, value: Any) -> Any:
        kind = type(value)
        if kind in ATOMS:
            isLong = kind is int and not -(2**63) <= value < 2**64
            return self._beside(value) if isLong else value
        if isinstance(value, Tracked):
            return [self._number(value)]
        if kind is tuple or kind is frozenset:
            code = TUPLE if kind is tuple else FROZENSET
            return [code, [self._value(each) for each in value]]
        if fieldsOf(value) is not None and not isMention(value):
            return [self._number(attributesOf(value))]
        return self._beside(value)

    def _beside(self, value: Any) -> list[int]:
        self.objects.append(value)
        return [BESIDE, len(self.objects) - 1]

    def _values(self, values: Iterable[Any]) -> list[Any]:
        return [self._value(each) for each in values]

    def _pairs(self, pairs: dict[Any, Any]) -> list[Any]:
        return [self._value(each) for pair in pairs.items() for each in pair]

    def _node(self, node: Any) -> list[Any]:
        number = self._lens.number(node)[1]
        if isinstance(node, Attributes):
            fields = self._lens.visible(node)
            self.classes.add(type(node.owner()))
            values = self._values(fields.values())
            return [number, OBJECT + self._shape(node, fields), *values]
        if isinstance(node, list):
            return [number, LIST, *self._values(node)]
        if isinstance(node, set):
            return [number, SET, *self._values(node)]
        return [number, DICT, *self._pairs(node)]

    def _shape(self, node: Attributes, names: Iterable[str]) -> int:
        owner: Any = node.owner()
        shape = (type(owner), self._lens.className(node), *names)
        self._used.add(shape)
        lens = self._lens
        isOwn = self._isLater or lens.shapeCount >= MOST_SHAPES
        if isOwn and shape not in lens.shapes:
            return lens.shapeCount + self._own.setdefault(shape, len(self._own))
        return lens.shapeNumber(shape)

    def _operation(self, operation: Any) -> list[Any]:
        number = self._lens.number(operation.node)[1]
        if type(operation) is does.Set and operation.new is does.ABSENT:
            return [number, HIDE, self._lens.wireName(operation)]
        code, arguments = _ARGUMENTS[type(operation)]
        return [number, code, *arguments(self, operation)]

    def _set(self, operation: does.Set) -> list[Any]:
        name = self._lens.wireName(operation)
        return [name, self._value(operation.new)]

    def _splice(self, operation: does.Splice) -> list[Any]:
        return [operation.start, operation.stop, self._values(operation.new)]

    def _stride(self, operation: does.Stride) -> list[Any]:
        where = [operation.start, operation.stop, operation.step]
        return [*where, None if operation.new is None else self._values(operation.new)]

    def _order(self, operation: does.Order) -> list[Any]:
        return [operation.order]

    def _update(self, operation: does.Update) -> list[Any]:
        return [self._pairs(operation.new)]

    def _remove(self, operation: does.Remove) -> list[Any]:
        return [self._values(operation.old)]

    def _alter(self, operation: does.Alter) -> list[Any]:
        return [self._values(operation.added), self._values(operation.removed)]


_ARGUMENTS: dict[Any, tuple[int, Callable[[Writer, Any], list[Any]]]] = {
    does.Set: (SET_FIELD, Writer._set),
    does.Splice: (SPLICE, Writer._splice),
    does.Stride: (STRIDE, Writer._stride),
    does.Order: (ORDER, Writer._order),
    does.Update: (UPDATE, Writer._update),
    does.Remove: (REMOVE, Writer._remove),
    does.Alter: (ALTER, Writer._alter),
}


def _typesIn(shape: tuple[Any, ...]) -> list[Any]:
    """
    Describe the types of the fields that a shape names.
    """
    cls, _, *names = shape
    schema: Any = schemaOf(cls)
    return [schema.byWire[name].description for name in names]


_encoder = msgspec.msgpack.Encoder()
