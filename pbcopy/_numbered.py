# -*- test-case-name: pbcopy.test.test_numbered -*-
"""
The nodes of a replica, by the numbers that the master's lens has given them.

A node that has left the replica is not kept alive by its number.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from typing import Any

from pbcopy._adoption import nodesIn
from pbcopy._nodes import ATOMS, Attributes, attributesDict


class Entry(weakref.ref[Any]):
    """
    One node.

    @ivar number: its number.
    @ivar key: its C{id}.
    @ivar types: what it was declared as, where it is.
    @ivar table: where this is.
    """

    __slots__ = ("key", "number", "table", "types")

    number: int
    key: int
    types: list[Any]
    table: weakref.ref[Numbered]


def _gone(entry: Entry) -> None:
    table = entry.table()
    if table is not None:
        table.forget(entry)


class Numbered:
    """
    The nodes of one replica.

    @ivar last: the highest number that was given to a node.
    """

    def __init__(self) -> None:
        self.last = 0
        self._byNumber: dict[int, Entry] = {}
        self._byId: dict[int, Entry] = {}
        self._me = weakref.ref(self)
        self._own = 0

    def add(self, number: int | None, node: Any, types: list[Any]) -> None:
        """
        Have a number stand for a node.

        @param number: C{None} for one that the master does not know, as it is from
            a default.
        @param types: what the node was declared as.
        """
        if number is None:
            self._own -= 1
            number = self._own
        entry = Entry(node, _gone)
        entry.number, entry.key = number, id(node)
        entry.types, entry.table = types, self._me
        self._byNumber[number] = self._byId[entry.key] = entry
        self.last = max(self.last, number)

    def forget(self, entry: Entry) -> None:
        """
        Have an entry be none.
        """
        if self._byNumber.get(entry.number) is entry:
            del self._byNumber[entry.number]
        if self._byId.get(entry.key) is entry:
            del self._byId[entry.key]

    def at(self, number: int) -> Any:
        """
        Give the node that has a number of the master's; C{None} if there is none.
        """
        entry = self.entryAt(number)
        return None if entry is None else entry()

    def entryAt(self, number: int) -> Entry | None:
        """
        Give the entry of a number of the master's; C{None} if it has none.
        """
        return self._byNumber.get(number) if number > 0 else None

    def entryOf(self, node: Any) -> Entry | None:
        """
        Give the entry of a node; C{None} if it has none.
        """
        entry = self._byId.get(id(node))
        return entry if entry is not None and entry() is node else None

    def typesOf(self, node: Any) -> list[Any]:
        """
        Give what a node was declared as; nothing, if it is not here.
        """
        entry = self.entryOf(node)
        return [] if entry is None else entry.types

    def nodes(self) -> Iterator[Any]:
        """
        Give all nodes.
        """
        for entry in list(self._byNumber.values()):
            node = entry()
            if node is not None:
                yield node


def valueOf(node: Any) -> Any:
    """
    Give the container or object that a node is there for.
    """
    return node.owner() if isinstance(node, Attributes) else node


def nodeOf(value: Any) -> Any:
    """
    Give the node of a container or an object.
    """
    isContainer = isinstance(value, (list, dict, set))
    return value if isContainer else attributesDict(value)


def nodesOf(values: Iterable[Any]) -> list[Any]:
    """
    Give the nodes that are, or are in tuples that are, among some values.
    """
    return [
        node for value in values if type(value) not in ATOMS for node in nodesIn(value)
    ]
