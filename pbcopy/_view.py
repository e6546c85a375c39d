# -*- test-case-name: pbcopy.test.test_view -*-
"""
What stands behind a declared replica: its L{View}.

It knows the nodes that the master's lens has numbered.  What comes is checked as
a whole first, and only then is anything of the replica changed.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from typing import Any

from twisted.spread import flavors, pb

from pbcopy._block import Block, opened
from pbcopy._broker import peerOf
from pbcopy._change import Change, ChangeKind, wayOf
from pbcopy._contents import contentsOf, leading
from pbcopy._drafting import Draft, Shape, shapeOf
from pbcopy._listeners import Listeners
from pbcopy._nodes import Attributes, attributesDict, unwatch, watch
from pbcopy._numbered import Numbered, nodesOf, valueOf
from pbcopy._operations import Operation
from pbcopy._policy import checkArriving
from pbcopy._reading import Message, read, typesIn
from pbcopy._sharing import commit
from pbcopy._slot import Slot
from pbcopy._step import Step
from pbcopy._steps import stepsOf
from pbcopy._tracked import aboveOf, pathOf, perform, valuesOf
from pbcopy.errors import ReadOnlyReplica, Violation


class View:
    """
    What stands behind a declared replica, and watches all that is in it.

    The replica is not kept alive by this.

    @ivar listeners: who is told of changes.
    @ivar known: the nodes, by the numbers that the lens has given them.
    @ivar version: that of the last state or delta.
    """

    def __init__(self, replica: flavors.RemoteCache, broker: pb.Broker | None) -> None:
        self.listeners = Listeners()
        self._replica = weakref.ref(replica)
        self._broker = broker
        self._root: weakref.ref[Any] | None = None
        self._masterName = ""
        self.known = Numbered()
        self._shapes: list[Shape] = []
        self._isPartial = False
        self._epoch = b""
        self.version = 0

    # What the application does.

    def permit(self, operation: Operation) -> None:
        """
        Refuse what the application wants to do.

        @raise ReadOnlyReplica: always.
        """
        raise ReadOnlyReplica(
            "only its master changes a replica",
            where=pathOf(operation.node, self.root()) + wayOf(operation),
            expected=f"a change of the {self._masterName} at {self._home()}",
            advice="ask for it with a call",
        )

    def _home(self) -> str:
        transport = self._broker and self._broker.transport
        return peerOf(self._broker) if self._broker and transport else "its peer"

    def about(self, operation: Operation) -> None:
        """
        Hear that something is about to be changed here.
        """

    def changed(self, operation: Operation) -> None:
        """
        Hear of a change.  It was made here.
        """

    def revived(self, replica: flavors.RemoteCache) -> bool:
        """
        Have the attributes be those of an object that was made anew for them.

        @return: whether the nodes are known.  The garbage collector clears what
            refers to them weakly, and then a fresh state is needed.
        """
        self._replica = weakref.ref(replica)
        if self.root() is None:
            self._root, self.known = None, Numbered()
            return False
        return True

    def replica(self) -> Any:
        """
        Give the replica; C{None} if it was dropped.
        """
        return self._replica()

    def root(self) -> Any:
        """
        Give the node of the replica; C{None} if it has no state.
        """
        return None if self._root is None else self._root()

    # What comes.

    def take(self, packed: object, objects: Any) -> None:
        """
        Take a state, the first or a fresh one.

        @raise Violation: if it is not what was declared.  Then nothing changes.
        """
        message, replica = read(packed, self._broker), self.replica()
        cls = type(replica)
        shapes = self._shapesOf(message)
        draft = Draft(Numbered(), shapes, message.nodes, objects, self._broker)
        number, shape = draft.state(cls)
        mine = _attributesOf(replica)
        there = self._counterparts(draft) if message.epoch == self._epoch else {}
        there[number] = mine
        draft.link(there)
        with opened(Block([replica], commit)):
            for each, node in there.items():
                _become(node, contentsOf(draft.made[each]))
        self._root, self._masterName = weakref.ref(mine), shape.name
        self._epoch, self._isPartial = message.epoch, False
        before, self.known = [*self.known.nodes()], Numbered()
        self.follow(draft, message, there)
        for node in before:
            if self.known.entryOf(node) is None:
                unwatch(node, self)
        renewed = Change(cls.__qualname__, ChangeKind.RENEWED, None, None)
        self.listeners.tell(replica, (renewed,))

    def _counterparts(self, draft: Draft) -> dict[int, Any]:
        """
        Give the nodes that are here and stay what they are.
        """
        found = {number: self.known.at(number) for number in draft.made}
        return {
            number: node
            for number, node in found.items()
            if node is not None and _isLike(node, draft.made[number])
        }

    def prepare(
        self, packed: object, objects: Any
    ) -> tuple[Message, Draft, list[Step]]:
        """
        Check a delta.

        @raise Violation: if it cannot be applied.  Nothing has changed.
        """
        message = read(packed, self._broker)
        self._checkVersion(message)
        shapes = [*self._shapes, *self._shapesOf(message)]
        draft = Draft(self.known, shapes, message.nodes, objects, self._broker)
        steps = stepsOf(message.operations, draft, self.known, self._isPartial)
        draft.complete()
        return message, draft, steps

    def _shapesOf(self, message: Message) -> list[Shape]:
        for shape in message.shapes:
            if shape != [""]:
                checkArriving(shape[0], self._broker)
        return list(map(shapeOf, message.shapes, typesIn(message)))

    def isNext(self, version: object) -> bool:
        """
        Tell whether a delta of this version follows what is here.
        """
        isHere = self._root is not None and type(version) is int
        return isHere and version == self.version + 1

    def _checkVersion(self, message: Message) -> None:
        version, since = message.version, message.since
        since = version - 1 if since is None else since
        expected = f"what follows version {self.version}"
        if self._root is None or not self.version == since < version:
            raise Violation(
                "this change does not follow what is here",
                where=type(self.replica()).__qualname__,
                got=f"what leads from version {since} to {version}",
                expected=expected if self._root else "a state first",
            )

    def follow(self, draft: Draft, message: Message, there: dict[int, Any]) -> None:
        """
        Know and watch the nodes of a message that was applied.

        @param there: those that are there instead of new ones.
        """
        self.version = message.version
        self._shapes = draft.shapes[: message.shapeCount]
        self._isPartial = self._isPartial or draft.isPartial
        for number, made in draft.made.items():
            types = draft.typesOf(valueOf(made))
            self._know(number, there.get(number, made), types)
        for entry, type_ in draft.again:
            entry.types = [*entry.types, type_]
        for node in _allIn(draft.defaults):
            self._know(None, node, [])
        if message.nodes:
            last = max(each[0] for each in message.nodes)
            self.known.last = max(self.known.last, last)

    def _know(self, number: int | None, node: Any, types: list[Any]) -> None:
        self.known.add(number, node, types)
        if self not in node.watchers:
            watch(node, self)

    def leave(self, nodes: Iterable[Any]) -> None:
        """
        Have nodes be the application's that are not in the replica any more.
        """
        todo, root = [*nodes], self.root()
        while todo:
            node = todo.pop()
            entry = self.known.entryOf(node)
            if entry is None or any(each is root for each in aboveOf(node)):
                continue
            self.known.forget(entry)
            unwatch(node, self)
            todo += nodesOf(value for _, value in valuesOf(node))


def viewOf(slot: Slot, replica: flavors.RemoteCache) -> View:
    """
    Give the view of a declared replica.
    """
    if slot.view is None:
        slot.view = View(replica, slot.broker)
    return slot.view


def _attributesOf(replica: Any) -> Any:
    node = attributesDict(replica)
    # What it has got before a state is replaced, and may be anything.
    return node if isinstance(node, Attributes) else Attributes.of(replica)


def _become(node: Any, contents: Any) -> None:
    for operation in leading(node, contentsOf(node), contents):
        if not operation.isVoid():
            perform(operation)


def _isLike(node: Any, other: Any) -> bool:
    if isinstance(node, Attributes) and isinstance(other, Attributes):
        return type(node.owner()) is type(other.owner())
    return type(node) is type(other)


def _allIn(values: Iterable[Any]) -> Iterator[Any]:
    """
    Give the nodes in some values, and in those, each once.
    """
    seen: set[int] = set()
    todo = nodesOf(values)
    while todo:
        node = todo.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            todo += nodesOf(value for _, value in valuesOf(node))
