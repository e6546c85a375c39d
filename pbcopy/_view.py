# -*- test-case-name: pbcopy.test.test_view -*-
"""
What stands behind a declared replica: its L{View}.

It knows the nodes that the master's lens has numbered.  What comes is checked as
a whole first, and only then is anything of the replica changed.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from typing import Any

from twisted.spread import flavors, pb

from pbcopy import _operations as does
from pbcopy._adoption import attributesOf
from pbcopy._block import Block, opened
from pbcopy._broker import peerOf
from pbcopy._change import Change, ChangeKind, changesBy
from pbcopy._drafting import Draft, Shape, shapeOf
from pbcopy._nodes import Attributes, Tracked, attributesDict, watch
from pbcopy._operations import Operation, contentsOf, leading
from pbcopy._reading import Message, malformed, read
from pbcopy._sharing import commit
from pbcopy._tracked import pathOf, perform
from pbcopy.errors import ReadOnlyReplica, Violation

Listener = Callable[[tuple[Change, ...]], object]
"""Who is told of changes."""


class View:
    """
    What stands behind a declared replica.

    @ivar listeners: who is told of changes.
    """

    def __init__(self, replica: flavors.RemoteCache, broker: pb.Broker | None) -> None:
        self.listeners: dict[object, Listener] = {}
        self._broker = broker
        self._root = attributesOf(replica)
        self._known: dict[int, weakref.ref[Any]] = {}
        self._types: dict[int, list[Any]] = {}
        self._last = 0
        self._shapes: list[Shape] = []
        self._epoch = b""
        self._version = 0

    def permit(self, operation: Operation) -> None:
        """
        Refuse what the application wants to do.

        @raise ReadOnlyReplica: always.
        """
        where = pathOf(operation.node)
        if type(operation) is does.Set:
            where += f".{operation.name}"
        raise ReadOnlyReplica(
            "a replica is read-only",
            where=where,
            expected=f"a change of its master, at {self._masterAt()}",
            advice="ask for it with a call",
        )

    def _masterAt(self) -> str:
        try:
            return peerOf(self._broker) if self._broker else "the peer"
        except AttributeError:
            # The connection is gone.
            return "the peer"

    def changed(self, operation: Operation) -> None:
        """
        Hear of a change.  It was made here.
        """

    # What is known.

    def nodeAt(self, number: int) -> Any:
        """
        Give the node that has a number; C{None} if it is not here any more.
        """
        reference = self._known.get(number)
        return None if reference is None else reference()

    def typesFor(self, value: Any) -> list[Any]:
        """
        Give what a container or an object was declared as; nothing, if it is not
        here.
        """
        node = value
        if not isinstance(value, Tracked) and hasattr(value, "__dict__"):
            node = attributesDict(value)
        return self._types.get(id(node), [])

    def isUsed(self, number: int) -> bool:
        """
        Tell whether a number was given to a node.
        """
        return 0 < number <= self._last

    def _know(self, number: int, node: Any, types: list[Any]) -> None:
        """
        Have a number stand for a node.
        """
        known, allTypes, key = self._known, self._types, id(node)

        def gone(reference: object) -> None:
            if known.get(number) is reference:
                del known[number]
                allTypes.pop(key, None)

        known[number] = weakref.ref(node, gone)
        allTypes[key] = types
        self._last = max(self._last, number)
        if self not in node.watchers:
            watch(node, self)

    # What comes.

    def take(self, packed: object, objects: Any) -> None:
        """
        Take a state, the first or a fresh one.

        @raise Violation: if it is not what was declared.  Then nothing changes.
        """
        message = read(packed)
        cls = type(self._root.owner())
        draft = Draft(self, [*map(shapeOf, message.shapes)], objects, isState=True)
        draft.addNodes(message.nodes)
        draft.checkState(cls)
        if type(draft.made[draft.root].owner()) is not cls:
            raise malformed("a state of another class", cls.__qualname__)
        self._install(draft, message)
        self.tell((Change(cls.__qualname__, ChangeKind.RENEWED, None, None),))

    def _install(self, draft: Draft, message: Message) -> None:
        """
        Put a state in the place of what is there.
        """
        there = {draft.root: self._root}
        if message.epoch == self._epoch:
            there.update(self._counterparts(draft))
        draft.link(there)
        self._shapes, self._version = draft.shapes, message.version
        self._epoch = message.epoch
        self._known.clear()
        self._types.clear()
        with self._relaying():
            for number, made in draft.made.items():
                node = there.get(number, made)
                self._know(number, node, draft.typesOf(made))
                if node is not made:
                    _become(node, contentsOf(made))

    def _counterparts(self, draft: Draft) -> dict[int, Any]:
        """
        Give the nodes that are here and stay what they are.
        """
        found = {number: self.nodeAt(number) for number in draft.made}
        return {
            number: node
            for number, node in found.items()
            if node is not None and _isLike(node, draft.made[number])
        }

    def _relaying(self) -> ExitStack:
        """
        Have those who observe the replica itself told once.
        """
        stack = ExitStack()
        replica = self._root.owner()
        if isinstance(replica, flavors.Cacheable):
            stack.enter_context(opened(Block([replica], commit)))
        return stack

    def prepare(self, packed: object, objects: Any) -> Draft:
        """
        Check a delta.

        @raise Violation: if it cannot be applied.  Nothing has changed.
        """
        message = read(packed)
        self._checkVersion(message)
        shapes = [*self._shapes, *map(shapeOf, message.shapes)]
        draft = Draft(self, shapes, objects, isState=False)
        draft.addNodes(message.nodes)
        draft.link({})
        draft.addOperations(message.operations)
        return draft

    def _checkVersion(self, message: Message) -> None:
        if message.version != self._version + 1:
            raise Violation(
                "this change does not follow what is here",
                where=type(self._root.owner()).__qualname__,
                got=f"version {message.version}",
                expected=f"version {self._version + 1}",
            )

    def apply(self, draft: Draft) -> tuple[Change, ...]:
        """
        Apply a delta that was checked.

        @return: what it has changed.  Nothing, if nobody listens.
        """
        self._version += 1
        self._shapes = draft.shapes
        changes: list[Change] = []
        with self._relaying():
            for number, made in draft.made.items():
                self._know(number, made, draft.typesOf(made))
            for make in draft.operations:
                operation = make()
                if self.listeners:
                    changes += changesBy(operation)
                perform(operation)
        return tuple(changes)

    def tell(self, changes: tuple[Change, ...]) -> None:
        """
        Tell who listens.
        """
        for key, listener in list(self.listeners.items()):
            if changes and key in self.listeners:
                listener(changes)

    def revived(self, replica: flavors.RemoteCache) -> None:
        """
        Have the attributes be those of an object that was made anew for them.
        """
        self._root.owner = weakref.ref(replica)


def applyTogether(deltas: Iterable[tuple[View, object, list[Any]]]) -> None:
    """
    Apply what one block has changed: all of it, or nothing.

    @raise Violation: if a delta cannot be applied.
    """
    drafts = [(view, view.prepare(*delta)) for view, *delta in deltas]
    told = [(view, view.apply(draft)) for view, draft in drafts]
    for view, changes in told:
        view.tell(changes)


def _become(node: Any, contents: Any) -> None:
    for operation in leading(node, contentsOf(node), contents):
        if not operation.isVoid():
            perform(operation)


def _isLike(node: Any, other: Any) -> bool:
    if isinstance(node, Attributes) and isinstance(other, Attributes):
        return type(node.owner()) is type(other.owner())
    return type(node) is type(other)
