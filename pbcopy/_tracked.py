# -*- test-case-name: pbcopy.test.test_tracked -*-
"""
How a node is changed, and where it is.

Each mutation goes through L{change}, but for the simplest two, which are made at
once where nobody watches: an attribute that is set, and an item that is appended.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, Protocol

from twisted.python import log

from pbcopy._adoption import hold, nodesIn
from pbcopy._nodes import ATOMS, Attributes, Watcher, unlink
from pbcopy._operations import Operation
from pbcopy._paths import shortened, step


class Block(Protocol):
    """
    Who wants to hear of each change before it is made.
    """

    def about(self, operation: Operation) -> None:
        """Hear that a node is about to be changed."""

    def aboutPrivate(self, owner: Any, name: str) -> None:
        """Hear that a private field of an object is about to be changed."""

    def covers(self, master: object) -> bool:
        """Tell whether the changes of a master are kept until the block ends."""

    def defer(self, watcher: Watcher, always: bool = False) -> None:
        """Have a watcher of such a master told when the block ends."""


blocks: list[Block] = []
"""The blocks that are open, the outermost first."""

_untold: deque[tuple[Operation, deque[Watcher]]] = deque()


def change(operation: Operation) -> None:
    """
    Make a change for the application, unless nothing changes.

    @raise Exception: if a watcher does not permit it.
    """
    for watcher in operation.node.watchers:
        watcher.permit(operation)
    if not operation.isVoid():
        perform(operation)


def perform(operation: Operation) -> None:
    """
    Make a change, and tell of it.
    """
    node = operation.node
    for block in blocks:
        block.about(operation)
    for watcher in node.watchers:
        watcher.about(operation)
    operation.apply()
    hold(node, operation.came())
    for value in operation.went():
        if type(value) not in ATOMS:
            for child in nodesIn(value):
                unlink(child, node)
    if node.watchers:
        _tell(operation)


def _tell(operation: Operation) -> None:
    """
    Tell the watchers of a change.  One that makes another change meanwhile does
    not have that one told to anybody before this one.
    """
    _untold.append((operation, deque(operation.node.watchers)))
    if len(_untold) > 1:
        return
    while _untold:
        told, watchers = _untold[0]
        try:
            while watchers:
                _tellOne(watchers.popleft(), told)
        except BaseException:
            # As KeyboardInterrupt, after which nothing is certain.
            _untold.clear()
            raise
        _untold.popleft()


def isTelling() -> bool:
    """
    Tell whether somebody is yet to be told of a change that was made.
    """
    return bool(_untold)


def catchUp(watcher: Watcher) -> None:
    """
    Tell a watcher now of all that was changed, before its turn comes.
    """
    for operation, watchers in list(_untold):
        if watcher in watchers:
            watchers.remove(watcher)
            _tellOne(watcher, operation)


def _tellOne(watcher: Watcher, operation: Operation) -> None:
    try:
        watcher.changed(operation)
    except Exception:
        # It was made, and the others have to know.
        log.err(None, "Somebody could not be told of a change")


def valuesOf(node: Any) -> Iterator[tuple[str, Any]]:
    """
    Give the values in a node, each with the step to it.
    """
    if isinstance(node, list):
        for index, value in enumerate(node):
            yield f"[{index}]", value
    elif isinstance(node, set):
        for value in node:
            yield "{…}", value
    elif isinstance(node, Attributes):
        for name, value in node.fields().items():
            yield f".{name}", value
    else:
        for key, value in node.items():
            yield step(key), value


def holdersOf(node: Any) -> Iterator[Any]:
    """
    Give the nodes that hold a node now, each once.
    """
    for each in list(node.holders.values()):
        holder = each()
        # An attribute that is replaced by what is simple says no word.
        if holder is not None and (
            not isinstance(holder, Attributes) or stepTo(holder, node)
        ):
            yield holder


def aboveOf(node: Any) -> Iterator[Any]:
    """
    Give a node, and all that hold it, or hold one that does.
    """
    seen, todo = {id(node)}, [node]
    for each in todo:
        yield each
        for holder in holdersOf(each):
            if id(holder) not in seen:
                seen.add(id(holder))
                todo.append(holder)


def pathOf(node: Any, root: Any = None) -> str:
    """
    Tell where a node is: a path from a node that nobody holds.

    @param root: the node to begin at, if a path from there is wanted.
    """
    paths, last = {id(node): ""}, node
    for last in aboveOf(node):
        if last is root:
            break
        holders = list(holdersOf(last))
        for holder in holders:
            way = stepTo(holder, last) + paths[id(last)]
            paths.setdefault(id(holder), way)
        if not holders and root is None:
            break
    return shortened(_nameOf(last) + paths[id(last)])


def stepTo(holder: Any, child: Any) -> str:
    """
    Give the step from a holder to a node in it; C{""} if that is not there.
    """
    for way, value in valuesOf(holder):
        if type(value) not in ATOMS:
            for each in nodesIn(value):
                if each is child:
                    return way
    return ""


def _nameOf(node: Any) -> str:
    if isinstance(node, Attributes):
        return type(node.owner()).__qualname__
    name: str = node.plain.__name__
    return name
