# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
The masters of an example, and values that are made at random, for
L{pbcopy.test.replicating}.
"""

from __future__ import annotations

import datetime
import uuid
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from pbcopy._nodes import Tracked
from pbcopy.test.comparing import NOTHING, partsOf, valueOf
from pbcopy.test.contents import inside
from pbcopy.test.declarations import ClassSaid, Declarations
from pbcopy.test.sorts import ANY, Colour, Sort, Tape, token

POOL = 6
"""How many things that were taken out are kept to be put back."""

_KEYS = ["k1", "k2", "k3"]
_DATES = [datetime.date(2001, 1, day) for day in range(1, 4)]
_TIMES = [datetime.datetime(2001, 1, 1, hour) for hour in range(3)]
_UUIDS = [uuid.UUID(int=number) for number in range(3)]
_LEAVES: dict[Any, list[Any]] = {
    int: [0, 1, 2, -1, 2**63, -(2**70), 2**64 - 1],
    bool: [False, True],
    float: [0.0, 1.0, -0.0, 2.5, float("inf"), float("nan")],
    Decimal: [Decimal(0), Decimal("1"), Decimal("1.0")],
    Colour: list(Colour),
    datetime.date: _DATES,
    datetime.datetime: _TIMES,
    uuid.UUID: _UUIDS,
}
_ANYTHING = [None, 1, True, 1.0, 0, False, *Colour, Decimal("1.0"), _UUIDS[0]]


class World:
    """
    Some masters, and what can be put into them.

    @ivar masters: they.
    @ivar mayLoop: whether something may have itself in it.
    """

    def __init__(self, declarations: Declarations, mayLoop: bool) -> None:
        self._declarations = declarations
        self.mayLoop = mayLoop
        self.masters: list[Any] = []
        self._pool: list[tuple[Any, Sort]] = []
        self._sorts: dict[int, tuple[Any, Sort]] = {}
        self._texts: list[str] = []
        self._tape = Tape(b"")
        self._found: list[tuple[Any, Sort]] = []
        self._above: set[int] = set()

    # What there is.

    def find(self) -> list[tuple[Any, Sort]]:
        """
        Find each object and container there is, with the type that it has.  What
        is declared as anything as well, or later, has the other type.
        """
        found: dict[int, tuple[Any, Sort]] = {}
        todo = [*reversed(self._pool), *((each, ANY) for each in self.masters)]
        while todo:
            thing, sort = todo.pop()
            isObject = type(thing) in self._declarations.classes
            if not isObject and not isinstance(thing, (list, dict, set, tuple)):
                continue
            if isinstance(thing, tuple):
                todo += self._inside(thing, sort)
                continue
            sort = _without(sort)
            sort = self._lasting(thing, sort)
            known = found.get(id(thing))
            if known is None or (known[1] is ANY and sort is not ANY):
                found[id(thing)] = thing, sort
                todo += self._inside(thing, sort)
        return list(found.values())

    def _lasting(self, thing: Any, sort: Sort) -> Sort:
        """
        Give the type that a container has for as long as it is there.
        """
        if not isinstance(thing, Tracked):
            return sort
        known, kept = self._sorts.get(id(thing), (None, ANY))
        if known is not None and known() is thing and sort is ANY:
            return kept
        self._sorts[id(thing)] = weakref.ref(thing), sort
        return sort

    def _inside(self, thing: Any, sort: Sort) -> Iterator[tuple[Any, Sort]]:
        said = self._declarations.classes.get(type(thing))
        if said is not None:
            for field in said.fields:
                yield valueOf(thing, field.name), field.sort
            return
        sort = _without(sort)
        if isinstance(thing, dict):
            item = ANY if sort is ANY else sort.of[1]
            for value in thing.values():
                yield value, item
        elif sort.kind is tuple:
            yield from zip(thing, sort.of, strict=True)
        else:
            item = ANY if sort is ANY else sort.of[0]
            for value in partsOf(thing):
                yield value, item

    def isAlone(self, value: Any) -> bool:
        """
        Tell whether each container in a value is at one place alone.
        """
        places = Counter(
            id(each) for thing, _ in self.find() for each in _flat(inside(thing) or [])
        )
        todo = _flat([value])
        for thing in todo:
            if isinstance(thing, (list, dict, set)):
                if places[id(thing)] > 1 or any(thing is t for t, _ in self._pool):
                    return False
                todo += _flat(inside(thing) or [])
        return True

    # Values.

    def newMaster(self, tape: Tape) -> None:
        """
        Have one master more.
        """
        self._begin(tape)
        self._above = set()
        said = tape.choose(self._declarations.masters)
        master = self._object(said, 2)
        master.number = len(self.masters)
        self.masters.append(master)

    def _begin(self, tape: Tape) -> None:
        self._tape = tape
        self._found = self.find()

    def value(self, sort: Sort, depth: int) -> Any:
        """
        Give a value of a type: a new one, or something that is there.
        """
        if sort.kind == "optional":
            isNone = depth <= 0 or self._tape.chance(25)
            return None if isNone else self.value(sort.of[0], depth)
        if sort.kind == "master":
            return self._master(sort.said)
        if sort is ANY:
            return self._any(depth)
        if sort.kind in _LEAVES or sort.kind in (str, bytes):
            return self._leaf(sort.kind)
        if sort.kind in (tuple, frozenset, "several"):
            return self._immutable(sort, depth)
        there = self._there(sort)
        if there is not NOTHING:
            return there
        if sort.kind == "part":
            return self._object(sort.said, depth - 1)
        return sort.kind(self._items(sort, depth))

    def _items(self, sort: Sort, depth: int) -> Any:
        count = self._tape.below(4) if depth > 0 else 0
        if sort.kind is dict:
            key, item = sort.of
            values = [self.value(item, depth - 1) for _ in range(count)]
            return {self._key(key): value for value in values}
        if sort.kind in (set, frozenset):
            return [self._key(sort.of[0]) for _ in range(count)]
        return [self.value(sort.of[0], depth - 1) for _ in range(count)]

    def _immutable(self, sort: Sort, depth: int) -> Any:
        if sort.kind is tuple:
            return tuple(self.value(each, depth - 1) for each in sort.of)
        items = self._items(sort, depth)
        return tuple(items) if sort.kind == "several" else frozenset(items)

    def _leaf(self, kind: Any, isKey: bool = False) -> Any:
        if kind not in (str, bytes):
            able = _LEAVES[kind]
            # A key that is not equal to itself is not found by a peer.
            return self._tape.choose(
                [each for each in able if each == each or not isKey]
            )
        if self._texts and self._tape.chance(20):
            text = self._tape.choose(self._texts[-5:])
        else:
            text = token()
            self._texts.append(text)
        return text if kind is str else text.encode("ascii")

    def _any(self, depth: int) -> Any:
        kinds = [
            "text",
            "leaf",
            "there",
            "there",
            "part",
            "list",
            "dict",
            "set",
            "tuple",
        ]
        kind = self._tape.choose([*kinds, "master"] if depth > 0 else kinds[:2])
        if kind == "text":
            return self._leaf(str)
        if kind == "leaf":
            return self._tape.choose(_ANYTHING)
        if kind == "there":
            there = self._there(ANY)
            return None if there is NOTHING else there
        if kind == "part":
            return self._object(self._tape.choose(self._declarations.parts), depth - 1)
        if kind == "master":
            return self._tape.choose([None, *self._able(self.masters)])
        if kind == "tuple":
            return tuple(self._items(Sort(list, list, (ANY,)), depth))
        if kind == "set":
            return {self._hashable() for _ in range(self._tape.below(4))}
        if kind == "dict":
            count = self._tape.below(4)
            pairs = [(self._hashable(), self._any(depth - 1)) for _ in range(count)]
            return dict(pairs)
        return [self._any(depth - 1) for _ in range(self._tape.below(4))]

    def _hashable(self) -> Any:
        kind = self._tape.below(6)
        if kind == 0:
            return self._tape.choose(_KEYS)
        if kind == 1:
            return self._leaf(str)
        if kind == 2:
            return (self._leaf(str), self._tape.choose(_ANYTHING))
        if kind == 3:
            return frozenset([self._leaf(str)])
        # With Twisted's flavors a replica is not equal to another mention of it.
        if kind == 4 and self.mayLoop:
            return self._tape.choose([None, *self._able(self.masters)])
        return self._tape.choose(_ANYTHING)

    def _there(self, sort: Sort) -> Any:
        """
        Give something that is there already, or was.
        """
        if sort is not ANY and not self._tape.chance(45):
            return NOTHING
        able = [thing for thing, its in self._found if sort in (ANY, its)]
        if sort.kind == "part":
            able = [thing for thing, _ in self._found if type(thing) is sort.said.cls]
        able = self._able(able)
        return self._tape.choose(able) if able else NOTHING

    def _master(self, said: ClassSaid) -> Any:
        able = self._able(each for each in self.masters if type(each) is said.cls)
        return self._tape.choose(able) if able else None

    def _object(self, said: ClassSaid, depth: int) -> Any:
        given = {}
        for field in said.fields:
            if field.default is None or self._tape.chance(50):
                given[field.name] = self.value(field.sort, depth)
        return said.cls(**given)

    def _key(self, sort: Sort | None) -> Any:
        if sort is None:
            return self._hashable()
        return self._leaf(sort.kind, isKey=True)

    def _able(self, things: Any) -> list[Any]:
        return [each for each in things if id(each) not in self._above]


def _flat(values: Iterable[Any]) -> list[Any]:
    """
    Give values, and those in tuples among them.
    """
    todo = list(values)
    for each in todo:
        if isinstance(each, tuple):
            todo += each
    return todo


def _without(sort: Sort) -> Sort:
    while sort.kind == "optional":
        sort = sort.of[0]
    return sort
