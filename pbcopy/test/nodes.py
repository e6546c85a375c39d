# -*- test-case-name: pbcopy.test.test_tracked -*-
"""
What the tests of nodes have in common: shared classes, and who watches them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import attr

from pbcopy import Cacheable, Copyable
from pbcopy._adoption import attributesOf, nodesIn
from pbcopy._contents import contentsOf
from pbcopy._leaves import isMention
from pbcopy._nodes import ATOMS, Attributes, Tracked, fieldsOf, noteFields, watch
from pbcopy._operations import ABSENT, Operation, Set
from pbcopy._setting import trackSetting
from pbcopy._tracked import valuesOf


def track(*private: str) -> Any:
    """
    Give a decorator that has the instances of a class tracked.

    @param private: the fields that are not replicated.
    """

    def decorate(cls: Any) -> Any:
        names = tuple(cls.__annotations__)
        public = tuple(name for name in names if name not in private)
        noteFields(cls, public, private)
        trackSetting(cls)
        return cls

    return decorate


@track()
@dataclass(eq=False)
class Duck(Copyable):
    """
    A part of a master.
    """

    name: Any = ""
    friends: Any = field(default_factory=list)


@track("secret")
@dataclass(eq=False)
class Pond(Cacheable):
    """
    A master.
    """

    colour: Any = "green"
    ducks: Any = field(default_factory=list)
    secret: Any = None


@track()
@attr.s(auto_attribs=True, eq=False, slots=True)
class Slotted(Copyable):
    """
    A part of a master, with its fields in slots.
    """

    name: Any = ""
    friends: Any = attr.ib(factory=list)


class Refused(Exception):
    """
    A watcher does not permit something.
    """


class Ear:
    """
    Hears of what happens to nodes.

    @ivar heard: the operations.
    @ivar isMild: whether it permits them.
    """

    def __init__(self, *nodes: Any) -> None:
        self.heard: list[Any] = []
        self.isMild = True
        for node in nodes:
            watch(node, self)

    def permit(self, operation: Operation) -> None:
        """
        Permit it, or not.
        """
        if not self.isMild:
            raise Refused()

    def about(self, operation: Operation) -> None:
        """
        Hear of a change before it is made.
        """

    def changed(self, operation: Operation) -> None:
        """
        Remember what happened.
        """
        self.heard.append(operation)

    def take(self) -> list[Any]:
        """
        Give what was heard since this was called.
        """
        heard, self.heard = self.heard, []
        return heard


def applied(operation: Any, contents: Any) -> None:
    """
    Do to plain contents what an operation does to its node.
    """
    if type(operation) is not Set:
        attr.evolve(operation, node=contents).apply()
    elif operation.new is ABSENT:
        del contents[operation.name]
    else:
        contents[operation.name] = operation.new


class Mirror(Ear):
    """
    Has plain contents for each node that can be reached from a master, and does
    to them what it hears.

    @ivar shadows: for the id of a node, that and its contents.
    """

    def __init__(self, root: Any) -> None:
        super().__init__()
        self.shadows: dict[int, tuple[Any, Any]] = {}
        self.root = root
        self._meet([root])

    def _meet(self, values: Any) -> None:
        todo = [node for value in values for node in nodesIn(value)]
        todo += [attributesOf(each) for each in values if isMention(each)]
        while todo:
            node = todo.pop()
            if id(node) not in self.shadows:
                self.shadows[id(node)] = node, contentsOf(node)
                watch(node, self)
                todo += childrenOf(node)

    def changed(self, operation: Operation) -> None:
        """
        Do the same to the contents.
        """
        super().changed(operation)
        applied(operation, self.shadows[id(operation.node)][1])
        self._meet(each for each in operation.came() if not isMention(each))

    def differences(self) -> list[Any]:
        """
        Give the nodes that are not as their contents.
        """
        return [
            node
            for node, contents in self.shadows.values()
            if not areSame(_ordered(node, contents), contentsOf(node))
        ]


def _ordered(node: Any, contents: Any) -> Any:
    # The attributes of an object have no order of their own.
    if isinstance(node, Attributes):
        names = fieldsOf(node.owner()) or ()
        return {name: contents[name] for name in names if name in contents}
    return contents


def childrenOf(node: Any) -> list[Any]:
    """
    Give the nodes that a node holds.
    """
    return [
        child
        for _, value in valuesOf(node)
        if type(value) not in ATOMS
        for child in nodesIn(value)
    ]


def areSame(one: Any, other: Any) -> bool:
    """
    Tell whether plain contents are the same, with the very same nodes in them, and
    in the same order.
    """
    if isinstance(one, set):
        pairs = {each: each for each in one}
        return one == other and all(_isSame(pairs[each], each) for each in other)
    if isinstance(one, dict):
        one = [each for pair in one.items() for each in pair]
        other = [each for pair in other.items() for each in pair]
    return len(one) == len(other) and all(map(_isSame, one, other))


def _isSame(one: Any, other: Any) -> bool:
    if type(one) is tuple and type(other) is tuple:
        return len(one) == len(other) and all(map(_isSame, one, other))
    isNode = isinstance(one, Tracked) or fieldsOf(one) is not None
    return one is other or (
        not isNode and repr((type(one), one)) == repr((type(other), other))
    )


def reachable(root: Any) -> Iterator[Any]:
    """
    Give all nodes that can be reached from one.
    """
    seen, todo = {id(root)}, [root]
    for node in todo:
        yield node
        for child in childrenOf(node):
            if id(child) not in seen:
                seen.add(id(child))
                todo.append(child)


def holdersSought(node: Any, nodes: list[Any]) -> set[int]:
    """
    Give the ids of those among some nodes that hold another, by looking into each.
    """
    return {
        id(each) for each in nodes if any(child is node for child in childrenOf(each))
    }
