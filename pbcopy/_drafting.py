# -*- test-case-name: pbcopy.test.test_drafting -*-
"""
What a message would make of a replica: a L{Draft}.

A draft has the new nodes, which nobody has yet, and the operations on those that
are there.  All that can be wrong with them is found here, before anything of the
replica changes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import attr
from twisted.spread.jelly import _createBlank

from pbcopy import _operations as does
from pbcopy._adoption import adopted, attributesOf, hold
from pbcopy._checking import check, joined
from pbcopy._classtypes import ObjectOf
from pbcopy._delta import (
    ALTER,
    DICT,
    HIDE,
    LIST,
    OBJECT,
    ORDER,
    REMOVE,
    SET,
    SET_FIELD,
    SPLICE,
    STRIDE,
    UPDATE,
)
from pbcopy._leaves import isMention
from pbcopy._nodes import Attributes, Tracked, getField
from pbcopy._operations import ABSENT, Operation, putField
from pbcopy._reading import Values, malformed
from pbcopy._replicas import replicaFor
from pbcopy._schema import Field, schemaOf
from pbcopy._tracked import pathOf, valuesOf
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy._trackedset import TrackedSet
from pbcopy.errors import Violation

if TYPE_CHECKING:
    from pbcopy._view import View

_CONTAINERS: dict[int, Any] = {LIST: TrackedList, DICT: TrackedDict, SET: TrackedSet}


@attr.s(auto_attribs=True, frozen=True, eq=False)
class Shape:
    """
    What objects of one class come with.

    @ivar name: the class at the sender.
    @ivar wireNames: the fields.
    @ivar cls: what represents it here; C{None} if nothing was declared.
    """

    name: str
    wireNames: list[str]
    cls: Any

    @property
    def schema(self) -> Any:
        """
        What was declared for the class.
        """
        return schemaOf(self.cls)

    def differences(self) -> list[Violation]:
        """
        Tell what is missing, here or there.
        """
        if not self.name:
            # It is not used.
            return []
        if self.cls is None:
            return [
                Violation(
                    "no class is declared for this",
                    where=self.name,
                    advice="declare one with pbcopy.replicaOf at the receiver",
                )
            ]
        found: list[Violation] = self.schema.differences(
            self.wireNames, self.cls.__qualname__
        )
        return found


def shapeOf(shape: list[str]) -> Shape:
    """
    Read a shape.
    """
    name, *wireNames = shape
    if len({*wireNames}) != len(wireNames):
        raise malformed("a shape with two fields of one name")
    return Shape(name, wireNames, replicaFor(name))


class Draft:
    """
    What a message would make of a replica.

    @ivar shapes: all that are known with this message.
    @ivar made: the new nodes, by their numbers.
    @ivar operations: callables that give the operations, to be applied in order.
    """

    def __init__(
        self, view: View, shapes: list[Shape], objects: Any, isState: bool
    ) -> None:
        if type(objects) is not list:
            raise malformed("no list of objects")
        self.shapes = shapes
        self.made: dict[int, Any] = {}
        self.operations: list[Callable[[], Operation]] = []
        self._view = view
        self._isState = isState
        self._values = Values(self._valueAt, objects)
        self._owners: list[Any] = []
        self._types: dict[int, list[Any]] = {}
        self._lengths: dict[int, int] = {}
        self._keys: dict[int, set[Any]] = {}

    # New nodes.

    def addNodes(self, nodes: list[list[Any]]) -> None:
        """
        Make the new nodes.

        @raise Violation: if there is no class for one, or its contents are none.
        """
        self.root = nodes[0][0] if nodes else 0
        for number, kind, *_ in nodes:
            isUsed = not self._isState and self._view.isUsed(number)
            if number < 1 or number in self.made or isUsed:
                raise malformed(f"the number {number} for a second node")
            self.made[number] = self._blank(kind)
        for number, kind, *contents in nodes:
            self._fill(self.made[number], kind, contents)

    def _blank(self, kind: int) -> Any:
        if kind in _CONTAINERS:
            return _CONTAINERS[kind]()
        cls = self._shape(kind).cls
        if cls is None:
            raise joined([each for s in self.shapes for each in s.differences()])
        owner = _createBlank(cls)
        self._owners.append(owner)
        return attributesOf(owner)

    def _shape(self, kind: int) -> Shape:
        if not OBJECT <= kind < OBJECT + len(self.shapes):
            raise malformed(f"a node of the kind {kind}")
        return self.shapes[kind - OBJECT]

    def _fill(self, node: Any, kind: int, contents: list[Any]) -> None:
        if kind == LIST:
            list.extend(node, self._values.all(contents))
        elif kind == DICT:
            dict.update(node, self._values.pairs(contents))
        elif kind == SET:
            set.update(node, self._values.members(self._values.all(contents)))
        else:
            self._fillObject(node, self._shape(kind), contents)

    def _fillObject(self, node: Attributes, shape: Shape, contents: list[Any]) -> None:
        values = self._values.all(contents)
        if len(values) != len(shape.wireNames):
            raise malformed("an object that has not the fields of its shape")
        owner, byWire = node.owner(), shape.schema.byWire
        for name, value in zip(shape.wireNames, values, strict=True):
            if name in byWire:
                putField(owner, byWire[name].name, value)
        for field in shape.schema.defaulted(shape.wireNames):
            putField(owner, field.name, self._default(field, owner))

    def _default(self, field: Field, owner: Any) -> Any:
        return adopted(field.default(owner), lambda: field.where)

    def link(self, others: dict[int, Any]) -> None:
        """
        Have the new nodes know who holds them.

        @param others: nodes that are to be there instead, by their numbers.
        """
        stand = {
            id(_valueOf(self.made[number])): _valueOf(node)
            for number, node in others.items()
        }
        for number, node in self.made.items():
            if stand:
                _replace(node, stand)
            if number not in others:
                hold(node, [value for _, value in valuesOf(node)])

    def _valueAt(self, number: int) -> Any:
        node = self.made.get(number)
        if node is None and not self._isState:
            node = self._view.nodeAt(number)
        if node is None:
            raise malformed(
                f"the number {number}", "that of a node that came and was not dropped"
            )
        return _valueOf(node)

    # What they are declared as.

    def checkState(self, cls: type) -> None:
        """
        Check a whole state, of which the first node is that of a replica.

        @param cls: of the replica.
        @raise Violation: if something is not what was declared.  It tells all.
        """
        found = [each for shape in self.shapes for each in shape.differences()]
        root = self.made.get(self.root)
        if not isinstance(root, Attributes):
            raise malformed("a state of no object")
        where = cls.__qualname__
        check(ObjectOf(cls), root.owner(), where, self._accept, found=found)

    def _owner(self) -> Any:
        root = self.made.get(self.root)
        return None if root is None else _valueOf(root)

    def typesOf(self, node: Any) -> list[Any]:
        """
        Give what a node was declared as, where it is.
        """
        return self._types.get(id(_valueOf(node)), [])

    def _accept(self, value: Any, type_: Any) -> bool:
        if isMention(value) and value is not self._owner():
            # It has a state of its own.
            return True
        if isinstance(value, (list, dict, set)) and not isinstance(value, Tracked):
            raise malformed(f"a {type(value).__name__} that is no node")
        types = self._types.setdefault(id(value), [])
        isKnown = type_ in types or type_ in self._typesBefore(value)
        if type_ not in types:
            types.append(type_)
        return isKnown

    def _typesBefore(self, value: Any) -> list[Any]:
        return [] if self._isState else self._view.typesFor(value)

    def _mayChange(self, container: Any) -> bool:
        # What the replica has already is not touched.
        return not self._typesBefore(container)

    def _checked(
        self, node: Any, choose: Callable[[Any], Any], value: Any, way: str
    ) -> Any:
        """
        Check a value that is to go into a node.

        @param choose: gives the type of the value for a type of the node.
        @param way: the step to it.
        """
        for type_ in [*self._typesAt(node)]:
            wanted = choose(type_)
            if type(value) not in wanted.exact:
                try:
                    value = check(wanted, value, "", self._accept, self._mayChange)
                except Violation:
                    # Paths have their price.
                    where = pathOf(node) + way
                    check(wanted, value, where, self._accept, self._mayChange)
                    raise
        return value

    def _typesAt(self, node: Any) -> list[Any]:
        return self._view.typesFor(_valueOf(node)) or self.typesOf(node)

    # Operations.

    def addOperations(self, operations: list[list[Any]]) -> None:
        """
        Check the operations, each as what comes before it will have left things.

        @raise Violation: if one cannot be made.
        """
        for number, code, *arguments in operations:
            node = self.made.get(number) or self._view.nodeAt(number)
            if node is None and not self._view.isUsed(number):
                raise malformed(f"an operation on the number {number}")
            if node is not None:
                self._add(node, code, arguments)
        for operation in operations:
            self._checkLength(operation[0])

    def _add(self, node: Any, code: int, arguments: list[Any]) -> None:
        kind, count, method = _CODES.get(code, (None, 0, None))
        if method is None or len(arguments) != count or not isinstance(node, kind):
            raise malformed(f"the operation {code} with {len(arguments)} arguments")
        made = method(self, node, *arguments)
        if made is not None:
            self.operations.append(made)

    def _length(self, node: Any) -> int:
        return self._lengths.setdefault(id(node), len(node))

    def _checkLength(self, number: int) -> None:
        node = self.made.get(number) or self._view.nodeAt(number)
        length = self._lengths.get(id(node))
        keys = self._keys.get(id(node))
        length = len(keys) if keys is not None else length
        if length is not None:
            for type_ in self._typesAt(node):
                if not type_.allowsLength(length):
                    type_.checkLength(length, pathOf(node))

    def _setField(self, node: Attributes, name: Any, value: Any) -> Any:
        field = self._field(node, name)
        value = self._values.of(value)
        if field is None:
            return None
        name = field.name
        new = self._checked(
            node, lambda type_: type_.fieldType(name), value, f".{name}"
        )
        return lambda: does.Set(node, name, getField(node.owner(), name), new)

    def _hide(self, node: Attributes, name: Any) -> Any:
        field = self._field(node, name)
        if field is None:
            return None
        name = field.name
        new = ABSENT
        if field.hasDefault and not field.visibleTo:
            # As in a state that comes without it.
            new = self._default(field, node.owner())
        return lambda: does.Set(node, name, getField(node.owner(), name), new)

    def _field(self, node: Attributes, name: Any) -> Any:
        if type(name) is not str:
            raise malformed("a field that has no name")
        schema: Any = schemaOf(type(node.owner()))
        return schema.byWire.get(name)

    def _splice(self, node: Any, start: Any, stop: Any, items: Any) -> Any:
        length = self._length(node)
        if not _areInts(start, stop) or not 0 <= start <= stop <= length:
            raise _outside(node, f"[{start!r}:{stop!r}]", length)
        new = self._items(node, items, start)
        self._lengths[id(node)] = length - (stop - start) + len(new)
        return lambda: does.Splice(
            node, start, stop, list.__getitem__(node, slice(start, stop)), new
        )

    def _items(self, node: Any, items: Any, start: int = 0, step: int = 1) -> list[Any]:
        values = self._values.all(items)
        types = self._typesAt(node)
        if all(type_.item.takesAll(values) for type_ in types):
            return values
        return [
            self._checked(node, lambda t: t.item, each, f"[{start + at * step}]")
            for at, each in enumerate(values)
        ]

    def _stride(self, node: Any, start: Any, stop: Any, step: Any, items: Any) -> Any:
        length = self._length(node)
        if not _areInts(start, stop, step) or not step:
            raise _outside(node, f"[{start!r}:{stop!r}:{step!r}]", length)
        old = does.Stride(node, start, stop, step, [], None)
        places = range(*old.range.indices(length))
        new = None if items is None else self._items(node, items, start, step)
        if new is None:
            self._lengths[id(node)] = length - len(places)
        elif len(new) != len(places):
            raise _outside(node, f"[{start}:{stop}:{step}] for {len(new)}", length)
        return lambda: does.Stride(
            node, start, stop, step, list.__getitem__(node, old.range), new
        )

    def _order(self, node: Any, order: Any) -> Any:
        length = self._length(node)
        isOrder = type(order) is list and _areInts(*order)
        if not isOrder or sorted(order) != list(range(length)):
            raise _outside(node, " in another order", length)
        return lambda: does.Order(node, order)

    def _update(self, node: Any, pairs: Any) -> Any:
        values = self._values.pairs(pairs)
        new = {}
        for key, value in values.items():
            key = self._checked(node, lambda t: t.key, key, f"[{key!r}]")
            new[key] = self._checked(node, lambda t: t.value, value, f"[{key!r}]")
        self._present(node).update(new)
        return lambda: does.Update(
            node, {key: node[key] for key in new if key in node}, new
        )

    def _present(self, node: Any) -> set[Any]:
        return self._keys.setdefault(id(node), set(node))

    def _remove(self, node: Any, keys: Any) -> Any:
        gone = self._values.members(self._values.all(keys), dict.fromkeys)
        gone = [self._checked(node, lambda t: t.key, k, f"[{k!r}]") for k in gone]
        present = self._present(node)
        for key in gone:
            if key not in present:
                raise _outside(node, f"[{key!r}]", len(present))
            present.remove(key)
        return lambda: does.Remove(node, {key: node[key] for key in gone})

    def _alter(self, node: Any, added: Any, removed: Any) -> Any:
        new, gone = (
            {
                self._checked(node, lambda t: t.item, each, "{…}")
                for each in self._values.members(self._values.all(some))
            }
            for some in (added, removed)
        )
        present = self._present(node)
        present -= gone
        present |= new
        return lambda: does.Alter(node, new, gone)


_CODES: dict[Any, Any] = {
    SET_FIELD: (Attributes, 2, Draft._setField),
    HIDE: (Attributes, 1, Draft._hide),
    SPLICE: (list, 3, Draft._splice),
    STRIDE: (list, 4, Draft._stride),
    ORDER: (list, 1, Draft._order),
    UPDATE: (TrackedDict, 1, Draft._update),
    REMOVE: (TrackedDict, 1, Draft._remove),
    ALTER: (set, 2, Draft._alter),
}
"""For each code: the kind of nodes, the number of arguments, and what takes them."""


def _replace(node: Any, others: dict[int, Any]) -> None:
    """
    Put other values in the places of those in a node.

    @param others: by the C{id} of those.
    """

    def of(value: Any) -> Any:
        if type(value) is tuple:
            return tuple(map(of, value))
        return others.get(id(value), value)

    if isinstance(node, list):
        list.__setitem__(node, slice(None), [of(each) for each in node])
    elif isinstance(node, Attributes):
        for name, value in node.fields().items():
            putField(node.owner(), name, of(value))
    elif isinstance(node, dict):
        dict.update(node, {key: of(value) for key, value in node.items()})


def _valueOf(node: Any) -> Any:
    return node.owner() if isinstance(node, Attributes) else node


def _areInts(*numbers: Any) -> bool:
    return all(type(each) is int for each in numbers)


def _outside(node: Any, way: str, length: int) -> Violation:
    return Violation(
        "there is no such place",
        where=pathOf(node) + way,
        expected=f"one of {length}",
    )
