"""
A model of a master, which changes at random and says so in the form of the wire.

It knows nothing of what pbcopy does: its nodes are plain lists, dicts and sets by
their numbers.
"""

from __future__ import annotations

from random import Random
from typing import Any

from pbcopy._delta import (
    ALTER,
    HIDE,
    ORDER,
    REMOVE,
    SET_FIELD,
    SPLICE,
    STRIDE,
    UPDATE,
)
from pbcopy.test.views import text

LIST, DICT, SET, OBJECT = range(4)


class Ref:
    """
    A mention of a node.
    """

    def __init__(self, number: int) -> None:
        self.number = number


class Model:
    """
    A thing, which is the node with the number 2, and all that is in it.

    @ivar nodes: the kind and the contents of each node.
    """

    def __init__(self, random: Random) -> None:
        self.random = random
        self.nodes: dict[int, tuple[int, Any]] = {}
        self.last = 1
        self.new: list[int] = []
        self.make(random.choice([LIST, DICT]))

    # Nodes.

    def make(self, kind: int) -> Ref:
        """
        Make a node with something in it.
        """
        self.last += 1
        number, random = self.last, self.random
        contents: Any = {LIST: list, DICT: dict, SET: set, OBJECT: dict}[kind]()
        self.nodes[number] = kind, contents
        self.new.append(number)
        count = random.randrange(4)
        if kind == LIST:
            contents.extend(self.value() for _ in range(count))
        elif kind == DICT:
            contents.update((self.leaf(), self.value()) for _ in range(count))
        elif kind == SET:
            contents.update(self.leaf() for _ in range(count))
        else:
            contents.update(name=self.text(), weight=1.5, friend=self.friend())
        return Ref(number)

    def text(self) -> str:
        """
        Choose a text.
        """
        return self.random.choice("abcdef")

    def leaf(self) -> Any:
        """
        Choose what may be a key.
        """
        items = [self.text(), self.random.randrange(2, 9), b"x", (self.text(), 1)]
        return self.random.choice([*items, frozenset("ab"), None])

    def value(self, depth: int = 0) -> Any:
        """
        Choose any value: a new node, one that is there, or what is none.
        """
        chance = self.random.random()
        if chance < 0.15 and len(self.new) < 8:
            return self.make(self.random.randrange(4))
        if chance < 0.3:
            return Ref(self.random.choice(self.reachable()))
        if chance < 0.4 and depth < 3:
            return self.value(depth + 1), self.value(depth + 1)
        return self.leaf()

    def friend(self) -> Any:
        """
        Choose a duck, or none.
        """
        ducks = [n for n in self.reachable() if self.nodes[n][0] == OBJECT]
        return (
            Ref(self.random.choice(ducks))
            if ducks and self.random.random() < 0.5
            else None
        )

    def reachable(self) -> list[int]:
        """
        Give the numbers of what is in the thing, or is new.
        """
        found = {2: None, **dict.fromkeys(self.new)}
        todo = list(found)
        while todo:
            for each in self.partsOf(todo.pop()):
                for number in mentioned(each):
                    if number not in found:
                        found[number] = None
                        todo.append(number)
        return list(found)

    def partsOf(self, number: int) -> list[Any]:
        """
        Give the values in a node.
        """
        kind, contents = self.nodes[number]
        return list(contents.values() if kind in (DICT, OBJECT) else contents)

    # The wire.

    def encodedNodes(self) -> list[Any]:
        """
        Give the new nodes, as they are now.
        """
        numbers, self.new = self.new, []
        return [self._encodedNode(number) for number in numbers]

    def all(self) -> list[Any]:
        """
        Give all nodes.
        """
        self.new = []
        return [self._encodedNode(number) for number in self.reachable()]

    def _encodedNode(self, number: int) -> list[Any]:
        kind, contents = self.nodes[number]
        if kind == DICT:
            flat = [each for pair in contents.items() for each in pair]
        else:
            flat = list(contents.values() if kind == OBJECT else contents)
        return [number, kind + (kind == OBJECT), *map(encoded, flat)]

    def operations(self) -> list[Any]:
        """
        Change something, a few times, and give the operations.
        """
        found = []
        before = self.reachable()
        for _ in range(self.random.randrange(1, 4)):
            # What is new is sent as it is at last.
            able = [n for n in self.reachable() if n in before and n not in self.new]
            number = self.random.choice(able)
            found.append([number, *self.change(number)])
        return found

    def change(self, number: int) -> list[Any]:
        """
        Change a node.
        """
        kind, contents = self.nodes[number]
        change: Any = (self.inList, self.inDict, self.inSet, self.inObject)[kind]
        operation: list[Any] = change(contents)
        return operation

    def inList(self, items: list[Any]) -> list[Any]:
        """
        Change a list.
        """
        random, length = self.random, len(items)
        chance = random.random()
        if chance < 0.2:
            order = random.sample(range(length), length)
            items[:] = [items[at] for at in order]
            return [ORDER, order]
        if chance < 0.4 and length:
            start, step = random.randrange(length), random.choice([2, -1, -2])
            stop = length if step > 0 else -1
            where = slice(start, None if stop < 0 else stop, step)
            if random.random() < 0.5:
                del items[where]
                return [STRIDE, start, stop, step, None]
            new = [self.value() for _ in items[where]]
            items[where] = new
            return [STRIDE, start, stop, step, [*map(encoded, new)]]
        start = random.randint(0, length)
        stop = random.randint(start, length)
        new = [self.value() for _ in range(random.randrange(3))]
        items[start:stop] = new
        return [SPLICE, start, stop, [*map(encoded, new)]]

    def inDict(self, items: dict[Any, Any]) -> list[Any]:
        """
        Change a dict.
        """
        if items and self.random.random() < 0.4:
            gone = self.random.sample([*items], self.random.randint(1, len(items)))
            for key in gone:
                del items[key]
            return [REMOVE, [*map(encoded, gone)]]
        new = {self.leaf(): self.value() for _ in range(self.random.randint(1, 3))}
        items.update(new)
        return [UPDATE, [encoded(each) for pair in new.items() for each in pair]]

    def inSet(self, items: set[Any]) -> list[Any]:
        """
        Change a set.
        """
        added = {self.leaf() for _ in range(self.random.randrange(3))} - items
        removed = {each for each in items if self.random.random() < 0.3}
        items -= removed
        items |= added
        return [ALTER, [*map(encoded, added)], [*map(encoded, removed)]]

    def inObject(self, fields: dict[str, Any]) -> list[Any]:
        """
        Change an object.
        """
        chance = self.random.random()
        if chance < 0.3:
            # It has a default.
            fields["friend"] = None
            return [HIDE, "friend"]
        name = "name" if chance < 0.6 else "friend"
        fields[name] = self.text() if name == "name" else self.friend()
        return [SET_FIELD, name, encoded(fields[name])]

    # Comparing.

    def shown(self) -> Any:
        """
        Show the thing, as L{pbcopy.test.views.shown} does a replica's.
        """
        seen: dict[int, int] = {}

        def show(value: Any) -> Any:
            if isinstance(value, Ref):
                kind, contents = self.nodes[value.number]
                if value.number in seen:
                    return seen[value.number]
                seen[value.number] = len(seen)
                if kind == OBJECT:
                    return "DuckView", showDict(dict(sorted(contents.items())))
                return showDict(contents) if kind == DICT else showItems(contents)
            return showItems(value) if isinstance(value, tuple) else text(value)

        def showDict(items: dict[Any, Any]) -> Any:
            return [(text(key), show(each)) for key, each in items.items()]

        def showItems(items: Any) -> Any:
            if isinstance(items, set):
                return "set", sorted(map(text, items))
            return type(items).__name__, [show(each) for each in items]

        return show(Ref(2))


def mentioned(value: Any) -> list[int]:
    """
    Give the numbers of the nodes in a value.
    """
    if isinstance(value, Ref):
        return [value.number]
    if isinstance(value, tuple):
        return [number for each in value for number in mentioned(each)]
    return []


def encoded(value: Any) -> Any:
    """
    Give a value in the form of the wire.
    """
    if isinstance(value, Ref):
        return [value.number]
    if isinstance(value, tuple):
        return [0, [encoded(each) for each in value]]
    if isinstance(value, frozenset):
        return [1, [encoded(each) for each in value]]
    return value
