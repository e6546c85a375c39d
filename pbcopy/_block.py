# -*- test-case-name: pbcopy.test.test_block -*-
"""
A block of changes, that is made as a whole or not at all: L{Block}.

It hears of each change before it is made, and keeps what was there.  At its end
the watchers of its masters are told once, or everything goes back.

Blocks of one master may be in each other, or overlap where they span an C{await}.
Its watchers are told when the last of them has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pbcopy import _tracked
from pbcopy._adoption import attributesOf, nodesIn
from pbcopy._contents import contentsOf, leading
from pbcopy._journal import Changed, Journal
from pbcopy._nodes import (
    ATOMS,
    SIMPLE,
    Attributes,
    Watcher,
    attributesDict,
    getField,
)
from pbcopy._operations import ABSENT, Operation, putField
from pbcopy._tracked import aboveOf

Commit = Callable[["list[Watcher]", "list[Changed]"], Callable[[], object]]
"""Takes what a block did, and gives what tells the watchers of it."""


class Block:
    """
    A block of changes of some masters, and of those that have them in them.
    """

    def __init__(self, masters: Iterable[Any], onCommit: Commit) -> None:
        """
        @param masters: shared objects.
        @param onCommit: called with what is to be told, if anything is.
        """
        self._onCommit = onCommit
        self._isOver = self._isDone = False
        self._deferred: dict[int, Watcher] = {}
        self._always: dict[int, Watcher] = {}
        self._journal = Journal()
        # What nodes go back to that another block has taken further back.
        self._backs: dict[int, Any] = {}
        self._privates: dict[tuple[int, str], tuple[Any, Any]] = {}
        self._roots: dict[int, Any] = {}
        self._masters: dict[int, Any] = {}
        for master in masters:
            for node in aboveOf(attributesOf(master)):
                self._roots[id(node)] = node
                if isinstance(node, Attributes):
                    owner = node.owner()
                    self._masters[id(owner)] = owner

    def about(self, operation: Operation) -> None:
        """
        Hear that a node is about to be changed, and keep what it is.
        """
        if operation.node not in self._journal:
            if not self._isConcerned(operation.node):
                return
        self._journal.about(operation)
        # What leaves may be changed, and come back.
        for value in operation.went():
            if type(value) not in ATOMS:
                for child in nodesIn(value):
                    self._roots[id(child)] = child

    def _isConcerned(self, node: Any) -> bool:
        return any(id(each) in self._roots for each in aboveOf(node))

    def aboutPrivate(self, owner: Any, name: str) -> None:
        """
        Hear that a private field of an object is about to be changed, and keep
        what it is.
        """
        attributes = attributesDict(owner)
        if (id(owner), name) in self._privates or not (
            isinstance(attributes, Attributes) and self._isConcerned(attributes)
        ):
            return
        before = getField(owner, name)
        self._privates[id(owner), name] = owner, before

    def covers(self, master: object) -> bool:
        """
        Tell whether the changes of a master are kept until this ends.
        """
        return id(master) in self._masters

    def defer(self, watcher: Watcher, always: bool = False) -> None:
        """
        Have a watcher of such a master told when this ends.

        @param always: also if everything goes back.
        """
        self._deferred[id(watcher)] = watcher
        if always:
            self._always[id(watcher)] = watcher

    def changes(self) -> list[Changed]:
        """
        Give what has been done to each node, in the order of their first changes.
        """
        return self._journal.changes()

    def rollback(self) -> None:
        """
        Have everything as it was.  This is a change like any other for those who
        watch what has other masters.
        """
        for changed in reversed(self.changes()):
            node = changed.node
            back = self._backs.get(id(node), changed.before)
            for operation in leading(node, contentsOf(node), back):
                if not operation.isVoid():
                    _tracked.perform(operation)
            for block in _later(self):
                block.goesBackTo(node, back)
        for (_, name), (owner, value) in reversed([*self._privates.items()]):
            if value is not ABSENT or getField(owner, name) is not ABSENT:
                putField(owner, name, value)

    def goesBackTo(self, node: Any, back: Any) -> None:
        """
        Hear that what was there when this began has never been.
        """
        if node in self._journal:
            self._backs[id(node)] = back

    def open(self) -> None:
        """
        Begin.
        """
        _tracked.blocks.append(self)
        # From now on nothing is too simple to be told.
        SIMPLE.clear()

    def close(self, isDone: bool) -> None:
        """
        End: tell the watchers, or have everything as it was.
        """
        try:
            if not isDone:
                self.rollback()
        finally:
            self._isOver, self._isDone = True, isDone
            if not isDone and not self.waits():
                self._deferred = self._always
            _commitWhatIsOver()

    def waits(self) -> bool:
        """
        Tell whether another block of the same masters has not ended.  Where this
        one has gone back, those are meant that went on from what it had done.
        """
        return bool(self._deferred) and any(
            not block._isOver and not self._masters.keys().isdisjoint(block._masters)
            for block in (_open() if self._isDone else _later(self))
        )

    def isOver(self) -> bool:
        """
        Tell whether this has ended.
        """
        return self._isOver

    def commit(self) -> list[Callable[[], object]]:
        """
        Give what tells the watchers, if any are to be told.
        """
        if not self._deferred:
            return []
        return [self._onCommit([*self._deferred.values()], self.changes())]


def _open() -> list[Block]:
    return [each for each in _tracked.blocks if isinstance(each, Block)]


def _later(block: Block) -> list[Block]:
    blocks = _open()
    return blocks[blocks.index(block) + 1 :] if block in blocks else []


def _commitWhatIsOver() -> None:
    ready = [each for each in _open() if each.isOver() and not each.waits()]
    for block in ready:
        _tracked.blocks.remove(block)
    if not _tracked.blocks:
        SIMPLE.update(ATOMS)
    # Telling of one may send a state that has what another one did.
    for tell in [each for block in ready for each in block.commit()]:
        tell()


@contextmanager
def opened(block: Block) -> Iterator[Block]:
    """
    Have a block open.  If what is done in it raises, everything goes back.
    """
    block.open()
    try:
        yield block
    except BaseException:
        block.close(isDone=False)
        raise
    else:
        block.close(isDone=True)
