# -*- test-case-name: pbcopy.test.test_lens -*-
"""
What one perspective has of one master: a L{Lens}.

A lens knows which nodes its receivers have, by which numbers, and which of the
restricted fields its perspective may see.  What it may not see is not looked at:
no number, no version and no error depends on it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import attr
from twisted.python import log
from twisted.python.reflect import qual, safe_repr
from twisted.spread import flavors

from pbcopy._adoption import attributesOf, nodesIn
from pbcopy._delta import Writer
from pbcopy._leaves import isMention
from pbcopy._nodes import ATOMS, Attributes, unwatch, watch
from pbcopy._operations import ABSENT, Operation, Set
from pbcopy._schema import Field, Schema, schemaOf
from pbcopy._text import asText
from pbcopy._tracked import holdersOf, pathOf, valuesOf
from pbcopy._ways import wayTo
from pbcopy.errors import Unsendable


@attr.s(auto_attribs=True, frozen=True)
class Mark:
    """
    What the receivers of a lens have at some time.

    @ivar version: of the last delta.
    @ivar last: the highest number of a node.
    @ivar shapeCount: how many numbers of shapes there were.
    """

    version: int
    last: int
    shapeCount: int


class Lens:
    """
    What one perspective has of one master.

    @ivar master: the shared object.
    @ivar perspective: who looks at it.
    @ivar version: of the last delta.
    @ivar shapes: what all receivers know of objects, with their numbers: the class,
        its name for them, and the names of fields.
    @ivar shapeCount: how many numbers of shapes there were.
    @ivar repeats: whether the last delta mentioned a node more than once, or one
        that its receivers had.
    @ivar classes: those of the objects that the last state or delta described.
    @ivar epoch: tells this lens from another one for the same master, which has
        other numbers.
    """

    def __init__(
        self,
        master: Any,
        perspective: Any,
        changed: Callable[[Operation], None],
        about: Callable[[Operation], None] = lambda operation: None,
    ) -> None:
        """
        @param changed: what is called with each operation on a node that the
            receivers have.
        @param about: what is called with it before it is made.
        """
        self.master = master
        self.perspective = perspective
        self.version = 0
        self.repeats = False
        self.classes: set[type] = set()
        self.epoch = os.urandom(4)
        self.changed, self.about = changed, about
        self.shapes: dict[tuple[Any, ...], int] = {}
        self.shapeCount = 0
        self._root = _rootOf(master)
        self._known: dict[int, tuple[Any, int]] = {}
        self._last = 0
        # Those that were asked for, of each node, by the names of fields.
        self._rights: dict[int, dict[str, bool]] = {}

    def permit(self, operation: Operation) -> None:
        """
        Let the application do what it wants.
        """

    # What the receivers have.

    def knows(self, node: Any) -> bool:
        """
        Tell whether the receivers have a node.
        """
        return id(node) in self._known

    def number(self, node: Any) -> tuple[bool, int]:
        """
        Give the number of a node.

        @return: whether it is a new one, and the number.
        """
        known = self._known.get(id(node))
        if known is not None:
            return False, known[1]
        self._last += 1
        self._known[id(node)] = node, self._last
        watch(node, self)
        return True, self._last

    def shapeNumber(self, shape: tuple[Any, ...]) -> int:
        """
        Give the number of a shape.
        """
        if shape not in self.shapes:
            self.shapes[shape] = self.shapeCount
            self.shapeCount += 1
        return self.shapes[shape]

    def close(self) -> None:
        """
        Have nothing told any more.
        """
        for node, _ in list(self._known.values()):
            self._forget(node)

    def _forget(self, node: Any) -> None:
        del self._known[id(node)]
        self._rights.pop(id(node), None)
        unwatch(node, self)

    # What the perspective sees.

    def className(self, node: Attributes) -> str:
        """
        Give the name under which the receiver looks for its class.
        """
        owner: Any = node.owner()
        if not isinstance(owner, flavors.Copyable):
            raise Unsendable(
                "this came from a peer, and is not sent further",
                where=pathOf(node, self._root),
                got=f"a {qual(type(owner))}",
                advice="make an object of a class of your own of it",
            )
        return asText(owner.getTypeToCopyFor(self.perspective))

    def wireName(self, operation: Set) -> str:
        """
        Give the name of a field on the wire.
        """
        return _schemaOf(operation.node).fields[operation.name].wireName

    def visible(self, node: Attributes) -> dict[str, Any]:
        """
        Give the fields of an object that the perspective sees, by their names on
        the wire.
        """
        fields, schema = node.fields(), _schemaOf(node)
        return {
            schema.fields[name].wireName: value
            for name, value in fields.items()
            if self.seesField(node, name)
        }

    def seesField(self, node: Attributes, name: str) -> bool:
        """
        Tell whether the perspective sees a field of an object.
        """
        field = _schemaOf(node).fields[name]
        if field.visibleTo is None:
            return True
        if not self.knows(node):
            return maySee(node.owner(), field, self.perspective)
        rights = self._rights.setdefault(id(node), {})
        if name not in rights:
            rights[name] = maySee(node.owner(), field, self.perspective)
        return rights[name]

    def isSeenIn(self, holder: Any, node: Any) -> bool:
        """
        Tell whether the perspective sees a node in one that holds it, if it sees
        that.
        """
        if not isinstance(holder, Attributes):
            return True
        if holder is not self._root and isMention(holder.owner()):
            # It is another master.
            return False
        return any(
            self.seesField(holder, name)
            for name, value in holder.fields().items()
            if any(each is node for each in nodesIn(value))
        )

    def reaches(self, node: Any) -> bool:
        """
        Tell whether a node is in what the perspective sees.  What it is in may be
        new, and not known yet.
        """
        seen, todo = {id(node)}, [node]
        for each in todo:
            if each is self._root:
                return True
            for holder in holdersOf(each):
                if id(holder) not in seen and self.isSeenIn(holder, each):
                    seen.add(id(holder))
                    todo.append(holder)
        return False

    def sees(self, operation: Operation) -> bool:
        """
        Tell whether the perspective sees an operation.
        """
        node = operation.node
        if not self.knows(node):
            return False
        return type(operation) is not Set or self.seesField(node, operation.name)

    # What is sent.

    def state(self) -> tuple[bytes, list[Any]]:
        """
        Give the state as bytes, and what goes along.
        """
        writer = Writer(self, whole=True)
        packed, objects = writer.state(self._root, self.version), writer.objects
        self.classes = writer.classes
        objects.wayTo = lambda index: wayTo(index, packed)
        return packed, objects

    def mark(self) -> Mark:
        """
        Give what the receivers have now.
        """
        return Mark(self.version, self._last, self.shapeCount)

    def skip(self) -> None:
        """
        Count a version that nobody was told of.
        """
        self.version += 1

    def has(self, node: Any, mark: Mark) -> bool:
        """
        Tell whether the receivers have a node, and had it then.
        """
        known = self._known.get(id(node))
        return known is not None and known[1] <= mark.last

    def delta(
        self, operations: list[Operation], since: Mark | None = None
    ) -> tuple[bytes, list[Any]]:
        """
        Give operations that the perspective sees as bytes, and what goes along.

        @param since: what its receiver has, if that is not what the others have.
        """
        # If this fails, the receivers have missed it.
        if since is None:
            self.version += 1
        writer = Writer(self, whole=False, since=since)
        packed = writer.delta(operations, self.version)
        self.repeats, self.classes = writer.repeats, writer.classes
        return packed, writer.objects

    def drop(self, operations: Iterable[Operation]) -> None:
        """
        Forget the nodes that operations have taken out.
        """
        went = [value for each in operations for value in each.went()]
        self._dropNodes(node for value in went for node in nodesIn(value))

    def _dropNodes(self, nodes: Iterable[Any]) -> None:
        todo, seen = list(nodes), set[int]()
        while todo:
            node = todo.pop()
            if id(node) in seen or (self.knows(node) and self.reaches(node)):
                continue
            seen.add(id(node))
            # One that nobody was told of may have had one that is known.
            if self.knows(node):
                self._forget(node)
            for _, value in valuesOf(node):
                if type(value) not in ATOMS:
                    todo.extend(nodesIn(value))

    def reconsider(self, before: Mapping[int, Any] = MappingProxyType({})) -> list[Set]:
        """
        Ask again what the perspective may see.

        @param before: what some nodes were when their receivers last heard of
            them, by their C{id}.
        @return: what appears and vanishes by that; for a field that was not there,
            or is not, there is one that is void.
        """
        return [each for each in self._turned(before) if self.reaches(each.node)]

    def _turned(self, before: Mapping[int, Any]) -> list[Set]:
        turned: list[Set] = []
        for node, _ in list(self._known.values()):
            for name in list(self._rights.get(id(node), ())):
                turned += self._turn(node, name, before)
        return turned

    def _turn(
        self, node: Attributes, name: str, before: Mapping[int, Any]
    ) -> Iterator[Set]:
        rights = self._rights[id(node)]
        did, field = rights[name], _schemaOf(node).fields[name]
        does = rights[name] = maySee(node.owner(), field, self.perspective)
        if did is not does:
            now = node.fields()
            had = before.get(id(node), now).get(name, ABSENT)
            has = now.get(name, ABSENT)
            yield Set(node, name, had if did else ABSENT, has if does else ABSENT)


def _rootOf(master: Any) -> Attributes:
    """
    Give the node of a master.

    @raise Unsendable: if something in it could change unseen.  The peer is told of
        this, and what it is may be in a field that the peer must not know of.
    """
    try:
        return attributesOf(master)
    except Unsendable as error:
        name = type(master).__qualname__
        log.err(error, f"A {name} cannot be sent")
        raise Unsendable(
            "something in it could change without anybody seeing it",
            where=name,
            advice="its process has logged what",
        ) from None


def maySee(owner: Any, field: Field, perspective: Any) -> bool:
    """
    Tell whether a perspective may see a field.  Where that cannot be told, it may
    not.
    """
    if field.visibleTo is None:
        return True
    try:
        return bool(field.visibleTo(owner, perspective))
    except Exception:
        log.err(
            None,
            f"{type(owner).__qualname__}.{field.name} is kept from "
            f"{safe_repr(perspective)}: its visibleTo has failed",
        )
        return False


def _schemaOf(node: Attributes) -> Schema:
    schema = schemaOf(type(node.owner()))
    if schema is None:
        raise Unsendable(
            "its class is not declared, and a base of it is",
            where=type(node.owner()).__qualname__,
            advice="declare it with pbcopy.shared, too",
        )
    return schema
