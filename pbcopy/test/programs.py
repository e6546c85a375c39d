# -*- test-case-name: pbcopy.test.test_tracked -*-
"""
Random changes of nodes that hold each other, for Hypothesis.

A program is a list of steps, and a step is a list of numbers.  Each chooses among
what is there when it is needed, so whatever is left out of a program leaves one.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from pbcopy._adoption import attributesOf
from pbcopy._nodes import Attributes, Tracked
from pbcopy.test.nodes import Duck, Pond, Slotted

Step = tuple[int, ...]


def programs(longest: int = 25) -> Any:
    """
    Give a strategy for programs.
    """
    step = st.lists(st.integers(0, 50), min_size=8, max_size=8).map(tuple)
    return st.lists(step, max_size=longest)


class Choice:
    """
    What the numbers of a step choose.
    """

    def __init__(self, step: Step) -> None:
        self._numbers = list(step)

    def number(self, below: int) -> int:
        """
        Give a number.
        """
        return self._numbers.pop() % below if self._numbers and below else 0

    def among(self, things: Any) -> Any:
        """
        Give one of some things.
        """
        return things[self.number(len(things))]


class World:
    """
    Masters, and all that was in them.

    @ivar masters: the masters.
    @ivar nodes: what is a node, or has one: containers and objects.
    """

    def __init__(self) -> None:
        self.masters = [Pond(), Pond()]
        self.nodes: list[Any] = []
        self._ids: set[int] = set()
        for master in self.masters:
            self.meet(master)

    def meet(self, thing: Any) -> None:
        """
        Know what is in a thing.
        """
        todo = [thing]
        while todo:
            each = todo.pop()
            if type(each) is tuple:
                todo += each
            elif isinstance(each, (Tracked, Duck, Slotted, Pond)):
                if id(each) not in self._ids:
                    self._ids.add(id(each))
                    self.nodes.append(each)
                    todo += partsOf(each)

    def allNodes(self) -> list[Any]:
        """
        Give the nodes.
        """
        return [
            each if isinstance(each, Tracked) else attributesOf(each)
            for each in self.nodes
        ]

    def run(self, step: Step) -> None:
        """
        Change something.
        """
        choice = Choice(step)
        thing = choice.among(self.nodes)
        if isinstance(thing, list):
            self._changeList(thing, choice)
        elif isinstance(thing, dict):
            self._changeDict(thing, choice)
        elif isinstance(thing, set):
            self._changeSet(thing, choice)
        else:
            self._changeObject(thing, choice)
        self.meet(thing)

    def value(self, choice: Choice) -> Any:
        """
        Give some value.
        """
        known = choice.among(self.nodes)
        kind = choice.number(12)
        if kind < 4:
            return choice.among([0, 1, True, 1.0, -0.0, "x", None])
        if kind < 7:
            return known
        if kind == 7:
            return (known, known)
        if kind == 8:
            return [known, [], {1}]
        if kind == 9:
            plain: list[Any] = [known]
            plain.append({"a": plain})
            return plain
        if kind == 10:
            return choice.among([Duck, Slotted])("new", [known])
        return {"a": known, "b": [1, 2]}

    def values(self, choice: Choice) -> list[Any]:
        """
        Give some values.
        """
        return [self.value(choice) for _ in range(choice.number(4))]

    def _changeList(self, it: Any, choice: Choice) -> None:
        kind, at = choice.number(12), choice.number(len(it) + 1)
        if kind == 0:
            it.append(self.value(choice))
        elif kind == 1:
            it.insert(at, self.value(choice))
        elif kind == 2:
            it[at : at + choice.number(4)] = self.values(choice)
        elif kind == 3:
            it.reverse()
        elif kind == 4:
            it.sort(key=lambda each: repr(type(each)))
        elif kind == 5 and len(it) < 8:
            it *= choice.number(3)
        elif kind == 6:
            del it[:: choice.number(2) + 2]
        elif kind == 7:
            it[::-2] = [self.value(choice) for _ in it[::-2]]
        elif kind == 8:
            it.clear()
        elif kind == 9:
            it.extend(self.values(choice))
        elif kind == 10 and it:
            it.pop(choice.number(len(it)))
        elif it:
            it[choice.number(len(it))] = self.value(choice)

    def _changeDict(self, it: Any, choice: Choice) -> None:
        kind, key = choice.number(7), choice.among(["a", "b", 1, True, 1.0, (1, 2)])
        if kind == 0:
            it.pop(key, None)
        elif kind == 1:
            it.update({key: self.value(choice), "c": self.value(choice)})
        elif kind == 2:
            it.setdefault(key, self.value(choice))
        elif kind == 3 and it:
            it.popitem()
        elif kind == 4:
            it.clear()
        elif kind == 5 and key in it:
            # Its place is another one then.
            it[key] = it.pop(key)
        else:
            it[key] = self.value(choice)

    def _changeSet(self, it: Any, choice: Choice) -> None:
        kind, item = choice.number(6), choice.among([0, 1, True, 1.0, "x", (1, 2)])
        if kind == 0:
            it.discard(item)
        elif kind == 1:
            it ^= {item, "y"}
        elif kind == 2:
            it &= {item, "x", 0}
        elif kind == 3:
            it.clear()
        elif kind == 4 and it:
            it.pop()
        else:
            it |= {item, "z"}

    def _changeObject(self, it: Any, choice: Choice) -> None:
        names = ["colour", "ducks"] if isinstance(it, Pond) else ["name", "friends"]
        kind, name = choice.number(6), choice.among(names)
        if kind == 0 and name in attributesOf(it).fields():
            delattr(it, name)
        elif kind == 1 and isinstance(it, Pond):
            it.secret = choice.number(50)
        else:
            setattr(it, name, self.value(choice))


def partsOf(thing: Any) -> list[Any]:
    """
    Give the values in a container or an object.
    """
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, (list, set)):
        return list(thing)
    return list(attributesOf(thing).fields().values())


def ownerOf(node: Any) -> Any:
    """
    Give the object whose attributes a node is; itself, if it is a container.
    """
    return node.owner() if isinstance(node, Attributes) else node
