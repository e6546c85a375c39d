# -*- test-case-name: pbcopy.test.test_drafting -*-
"""
The new nodes of a message: a L{Draft}.

Nobody has them yet.  They are made as something refers to them: what stands in a
field that is not declared here is not looked at, and need not have a class.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import attr
from twisted.spread import flavors
from twisted.spread.jelly import _createBlank

from pbcopy._adoption import adopted, attributesOf, hold
from pbcopy._checking import MOST_DECLARED, check, joined
from pbcopy._classtypes import OPEN, ObjectOf
from pbcopy._compatible import differences
from pbcopy._delta import DICT, LIST, OBJECT, SET
from pbcopy._leaves import isMention
from pbcopy._nodes import Attributes
from pbcopy._numbered import Entry, Numbered, nodeOf, valueOf
from pbcopy._operations import putField
from pbcopy._reading import Values, malformed
from pbcopy._replicas import replicaFor
from pbcopy._schema import Field, schemaOf
from pbcopy._tracked import valuesOf
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy._trackedset import TrackedSet
from pbcopy._understood import understood
from pbcopy.errors import Violation

_CONTAINERS: dict[int, Any] = {LIST: TrackedList, DICT: TrackedDict, SET: TrackedSet}


@attr.s(auto_attribs=True, frozen=True, eq=False)
class Shape:
    """
    What objects of one class come with.

    @ivar name: the class at the sender.
    @ivar wireNames: the fields.
    @ivar cls: what represents it here; C{None} if nothing was declared.
    @ivar descriptions: the types of the fields at the sender, as far as they came.
    """

    name: str
    wireNames: list[str]
    cls: Any
    descriptions: list[Any]

    @property
    def schema(self) -> Any:
        """
        What was declared for the class.
        """
        return schemaOf(self.cls)

    @cached_property
    def differences(self) -> list[Violation]:
        """
        What is missing, here or there, or is declared as something else.
        """
        if self.cls is None:
            return [
                Violation(
                    "no class is declared for this",
                    where=self.name,
                    advice="declare one with pbcopy.replicaOf at the receiver",
                )
            ]
        found = self.schema.differences(self.wireNames, self.cls.__qualname__)
        return [*found, *(each for some in self.ofTypes.values() for each in some)]

    @cached_property
    def ofTypes(self) -> dict[str, list[Violation]]:
        """
        How fields differ in their types, by their names on the wire.
        """
        found = {}
        described = zip(self.wireNames, self.descriptions, strict=False)
        for field, sent in [(self.schema.byWire.get(n), d) for n, d in described]:
            if field is not None and sent is not None:
                where = f"{self.cls.__qualname__}.{field.name}"
                found[field.wireName] = differences(where, understood(sent), field.type)
        return {name: some for name, some in found.items() if some}


def shapeOf(shape: list[str], descriptions: Iterable[Any] = ()) -> Shape:
    """
    Read a shape.
    """
    name, *wireNames = shape
    return Shape(name, wireNames, replicaFor(name), [*descriptions])


class Draft(Values):
    """
    The new nodes of a message.

    @ivar shapes: all that are known with this message.
    @ivar made: the new nodes, by their numbers.
    @ivar again: nodes that were there, and what they are declared as where the
        message puts them.
    @ivar defaults: values that did not come, and are there.
    @ivar isPartial: whether something has come that is not declared here.
    """

    def __init__(
        self,
        known: Numbered,
        shapes: list[Shape],
        nodes: list[list[Any]],
        objects: Any,
        broker: Any = None,
    ) -> None:
        """
        @param known: those that are there already.
        @param broker: the connection that it came by.
        @raise Violation: if a number does not stand for one node.
        """
        super().__init__(objects, broker)
        self.shapes = shapes
        self.made: dict[int, Any] = {}
        self._types: dict[int, list[Any]] = {}
        self.again: list[tuple[Entry, Any]] = []
        self.defaults: list[Any] = []
        self.isPartial = False
        self._known = known
        self._came: dict[int, list[Any]] = {}
        self._waiting: deque[int] = deque()
        self._differences: dict[int, list[Violation]] = {}
        self._lacking: list[tuple[Any, Field]] = []
        # A node of an object does not keep it.
        self._owners: list[Any] = []
        self._whole: Any = None
        for number, *node in nodes:
            if number in self._came or not known.last < number:
                raise malformed(f"the number {number} for a second node")
            self._came[number] = node

    def state(self, cls: type) -> tuple[int, Shape]:
        """
        Make a whole state: the first node, and all that is in it.

        @param cls: of the replica.
        @return: the number of the first node, and its shape.
        @raise Violation: if the state is not what was declared.  It tells all.
        """
        number, (kind, *_) = next(iter(self._came.items()), (0, [LIST]))
        shape = self._shape(kind)
        if shape.cls is not cls:
            raise malformed(f"a state of {shape.name}", f"one for {cls.__qualname__}")
        self._whole = self._make(number, isRoot=True)
        found = self.finish()
        check(ObjectOf(cls), self._whole, cls.__qualname__, self.accepts, found=found)
        self.complete()
        return number, shape

    # What nodes are made of.

    def _shape(self, kind: int) -> Shape:
        if not OBJECT <= kind < OBJECT + len(self.shapes):
            raise malformed(f"a node of the kind {kind}")
        return self.shapes[kind - OBJECT]

    def valueAt(self, number: int) -> Any:
        """
        Give the container or object for a number.

        @raise Violation: if there is none, or it is the replica.
        """
        node = self.made.get(number)
        if node is None and number in self._came:
            return self._make(number)
        value = valueOf(self._known.at(number) if node is None else node)
        if value is None:
            expected = "that of a node that came and has not left"
            raise malformed(f"the number {number}", expected)
        if isMention(value):
            raise malformed("a replica that is a part of itself", "a mention of it")
        return value

    def _make(self, number: int, isRoot: bool = False) -> Any:
        kind = self._came[number][0]
        if kind in _CONTAINERS:
            made = _CONTAINERS[kind]()
        else:
            shape = self._shape(kind)
            self._differences[kind] = shape.differences
            if shape.cls is None:
                # This is told when all of them are known.
                return None
            isCache = issubclass(shape.cls, flavors.RemoteCache)
            if isCache and not isRoot:
                raise Violation(
                    "what came is a copy, and the class declared for it is one of "
                    "caches",
                    where=shape.cls.__qualname__,
                    got=shape.name,
                    advice="derive the class from pb.RemoteCopy",
                )
            if isRoot and not isCache:
                raise malformed(f"a part that is a {shape.name}", "a mention of it")
            owner = _createBlank(shape.cls)
            self._owners.append(owner)
            made = attributesOf(owner)
        self.made[number] = made
        self._waiting.append(number)
        return valueOf(made)

    def finish(self) -> list[Violation]:
        """
        Make what is in the nodes that are made.

        @return: what is missing of the fields.
        @raise Violation: if there are no classes for what came.  It tells all.
        """
        while self._waiting:
            number = self._waiting.popleft()
            self._fill(self.made[number], *self._came[number])
        found = [each for some in self._differences.values() for each in some]
        if any(self._shape(kind).cls is None for kind in self._differences):
            raise joined(found, MOST_DECLARED)
        return found

    def _fill(self, node: Any, kind: int, *contents: Any) -> None:
        items = list(contents)
        if kind == LIST:
            list.extend(node, self.all(items))
        elif kind == DICT:
            dict.update(node, self.pairs(items))
        elif kind == SET:
            set.update(node, self.members(items))
        else:
            self._fillObject(node.owner(), self._shape(kind), items)

    def _fillObject(self, owner: Any, shape: Shape, contents: list[Any]) -> None:
        if len(contents) != len(shape.wireNames):
            raise malformed("an object that has not the fields of its shape")
        for name, value in zip(shape.wireNames, contents, strict=True):
            field = self.field(shape.schema, name)
            if field is None:
                continue
            made = self.of(value)
            # One that is declared otherwise was told of, with no look at values.
            if name not in shape.ofTypes:
                putField(owner, field.name, made)
        for field in shape.schema.defaulted(shape.wireNames):
            self._lacking.append((owner, field))

    def field(self, schema: Any, wireName: str) -> Any:
        """
        Find a field.

        @return: C{None} if none of that name is declared here.
        """
        field = schema.byWire.get(wireName)
        if field is None:
            self.isPartial = True
        return field

    # What they are declared as.

    def accepts(self, value: Any, type_: Any) -> bool:
        """
        Note what a container or an object is declared as, where it is now.

        @return: whether that is known.
        """
        # Another replica has a state of its own.
        isOther = isMention(value) and value is not self._whole
        if isOther or type_ in self.typesOf(value):
            return True
        self._types.setdefault(id(value), []).append(type_)
        entry = self._known.entryOf(nodeOf(value))
        if entry is not None:
            self.again.append((entry, type_))
        return False

    def typesOf(self, value: Any) -> list[Any]:
        """
        Give what a container or an object is declared as.
        """
        return self._known.typesOf(nodeOf(value)) + self._types.get(id(value), [])

    def mayChange(self, value: Any) -> bool:
        """
        Tell whether items may be converted in a container: not where the replica
        has it already, or it is declared as something else, too.
        """
        isNew = self._known.entryOf(value) is None
        return isNew and len(closed(self.typesOf(value))) < 2

    # What they become.

    def complete(self) -> None:
        """
        Give objects the fields that have a default and did not come.
        """
        for owner, field in self._lacking:
            putField(owner, field.name, self.default(field, owner))

    def default(self, field: Field, owner: Any) -> Any:
        """
        Give the value of a field that did not come, and note it.
        """
        value = adopted(field.default(owner), lambda: field.where)
        self.defaults.append(value)
        return value

    def link(self, others: dict[int, Any]) -> None:
        """
        Have the new nodes know who holds them.

        @param others: nodes that are to be there instead, by their numbers.
        """
        stand = {
            id(valueOf(self.made[number])): valueOf(node)
            for number, node in others.items()
        }
        for number, node in self.made.items():
            if stand:
                _replace(node, stand)
            if number not in others:
                hold(node, [value for _, value in valuesOf(node)])


def closed(types: list[Any]) -> list[Any]:
    """
    Give those types that are not just containers of anything.
    """
    return [each for each in types if each not in OPEN.values()]


def _replace(node: Any, others: dict[int, Any]) -> None:
    """
    Put other values in the places of those in a node.

    @param others: by the C{id} of those.
    """
    if isinstance(node, list):
        new = [_replaced(each, others) for each in node]
        list.__setitem__(node, slice(None), new)
    elif isinstance(node, Attributes):
        for name, value in node.fields().items():
            putField(node.owner(), name, _replaced(value, others))
    elif isinstance(node, dict):
        dict.update(node, {k: _replaced(v, others) for k, v in node.items()})


def _replaced(value: Any, others: dict[int, Any]) -> Any:
    if type(value) is tuple:
        return tuple(_replaced(each, others) for each in value)
    return others.get(id(value), value)
