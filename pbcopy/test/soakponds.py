# -*- test-case-name: pbcopy.test.test_soak -*-
"""
The declared masters of L{pbcopy.test.soak}, what happens to them, and what is
counted of them.

There are two, with viewers of four names.  In each round all kinds of their
containers change, alone and in blocks, some of which raise; ducks swim from one to
the other; and other viewers may see what is restricted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pbcopy
from pbcopy import _outbox, _publication, _sharing, _tracked, pb
from pbcopy._lens import Lens
from pbcopy._nodes import Attributes, Tracked
from pbcopy._numbered import Numbered
from pbcopy._view import View

NAMES = ("owner", "keeper", "guest", "stranger")
"""The perspectives."""

SEERS = {"owner"}
"""Those of them that may see what is restricted."""

MOST = 20
"""How many items there are at most in anything."""

CHANGES = 12
"""How many changes there are in a round."""


def isSeer(owner: object, perspective: object) -> bool:
    """
    Tell whether somebody may see what is restricted.
    """
    return perspective in SEERS


@pbcopy.shared
class Duck(pb.Copyable):
    """
    A part of a pond.
    """

    name: str
    eggs: list[int] = pbcopy.field(default_factory=list)
    friend: Any = None
    secret: Any = pbcopy.field(default=None, visibleTo=isSeer)


@pbcopy.replicaOf(Duck)
class DuckView(pb.RemoteCopy):
    """
    What a client has of one.
    """


@pbcopy.shared
class Pond(pb.Cacheable):
    """
    A master.
    """

    number: int = 0
    ducks: list[Duck] = pbcopy.field(default_factory=list)
    named: dict[str, Any] = pbcopy.field(default_factory=dict)
    tags: set[int] = pbcopy.field(default_factory=set)
    plan: Any = pbcopy.field(default=None, visibleTo=isSeer)


@pbcopy.replicaOf(Pond)
class PondView(pb.RemoteCache):
    """
    What a client has of one.
    """

    number: int


Change = Callable[[Pond, Pond, Duck, random.Random], Any]

CHANGE: list[Change] = [
    lambda pond, other, duck, choose: pond.ducks.append(Duck(f"{choose.random()}")),
    lambda pond, other, duck, choose: pond.ducks.insert(0, Duck("first", secret=[1])),
    lambda pond, other, duck, choose: pond.ducks.pop(),
    lambda pond, other, duck, choose: pond.ducks.reverse(),
    lambda pond, other, duck, choose: pond.ducks.sort(key=lambda each: each.name),
    lambda pond, other, duck, choose: pond.ducks.__delitem__(slice(None, None, 3)),
    lambda pond, other, duck, choose: other.ducks.append(pond.ducks.pop(0)),
    lambda pond, other, duck, choose: setattr(duck, "name", f"{choose.random()}"),
    lambda pond, other, duck, choose: duck.eggs.extend([1, 2, 3]),
    lambda pond, other, duck, choose: duck.eggs.clear(),
    lambda pond, other, duck, choose: setattr(duck, "friend", other.ducks[0]),
    lambda pond, other, duck, choose: setattr(duck, "friend", None),
    lambda pond, other, duck, choose: setattr(duck, "secret", {"a": [duck]}),
    lambda pond, other, duck, choose: setattr(duck, "secret", duck.eggs),
    lambda pond, other, duck, choose: pond.named.update(a=[duck], b={1, 2}, c={}),
    lambda pond, other, duck, choose: pond.named.setdefault("d", duck.eggs).append(1),
    lambda pond, other, duck, choose: pond.named.popitem(),
    lambda pond, other, duck, choose: pond.tags.symmetric_difference_update({1, 2, 5}),
    lambda pond, other, duck, choose: pond.tags.pop(),
    lambda pond, other, duck, choose: setattr(pond, "plan", [pond.named, duck]),
    lambda pond, other, duck, choose: setattr(pond, "plan", Duck("hidden")),
    lambda pond, other, duck, choose: pond.plan.eggs.append(1),
    lambda pond, other, duck, choose: delattr(pond, "plan"),
]
"""What may happen to a pond, beside another one."""


class Undone(Exception):
    """
    A block is to go back.
    """


class Ponds(pb.Viewable):
    """
    The masters, and what is done to them.
    """

    def __init__(self) -> None:
        self._ponds = Pond(), Pond()
        self.calm()

    def view_ponds(self, perspective: str) -> list[Pond]:
        """
        Give the masters.
        """
        return list(self._ponds)

    def change(self, number: int) -> None:
        """
        Have one round of changes.

        @param number: that of the round, which tells all that happens.
        """
        choose = random.Random(number)
        self._changeSome(choose)
        with pbcopy.changing(*self._ponds):
            self._changeSome(choose)
        with suppress(Undone), pbcopy.changing(*self._ponds):
            self._changeSome(choose)
            raise Undone
        with pbcopy.changing(self._ponds[0]):
            self._see(choose.sample(NAMES, 2))
            self._changeSome(choose)
        for pond in self._ponds:
            pond.number = number

    def _changeSome(self, choose: random.Random) -> None:
        for _ in range(CHANGES):
            pond, other = choose.sample(self._ponds, 2)
            if not pond.ducks or len(pond.ducks) > MOST:
                pond.ducks[:] = [Duck("swan"), Duck("goose")]
            duck = choose.choice(pond.ducks)
            del duck.eggs[MOST:]
            with suppress(AttributeError, LookupError):
                # As of an empty list.
                choose.choice(CHANGE)(pond, other, duck, choose)

    def _see(self, names: Iterable[str]) -> None:
        SEERS.clear()
        SEERS.update(names)
        for pond in self._ponds:
            pbcopy.viewersChanged(pond)

    def calm(self) -> None:
        """
        Have everything as it was in the beginning, but for its number.
        """
        with pbcopy.changing(*self._ponds):
            self._see(["owner"])
            for pond in self._ponds:
                pond.ducks = [Duck("swan", secret="s"), Duck("goose", eggs=[1])]
                pond.named, pond.tags = {"a": [1]}, {1}
                pond.plan = ["a", {"b": pond.ducks}]


def figures(known: list[Any]) -> dict[str, int]:
    """
    Count what there is of declared state in this process.

    @param known: all objects that the garbage collector knows.
    """
    nodes = [each for each in known if isinstance(each, (Tracked, Attributes))]
    found = {
        "nodes": len(nodes),
        "watchers": sum(len(each.watchers) for each in nodes),
        "holders": sum(len(each.holders) for each in nodes),
        "audiences": len(_sharing._audiences),
        "observers": len(_sharing._audienceOf),
        "outbox": len(_outbox._outbox),
        "blocks": len(_tracked.blocks),
        "untold": len(_tracked._untold),
        "publications": len(_publication._publications),
        "Views": sum(type(each) is View for each in known),
    }
    for kind, tables in (
        (Lens, ("_known", "_rights")),
        (Numbered, ("_byNumber", "_byId")),
    ):
        things = [each for each in known if type(each) is kind]
        found[f"{kind.__name__}s"] = len(things)
        for table in tables:
            sizes = [len(getattr(each, table)) for each in things]
            found[f"{kind.__name__}.{table}"] = sum(sizes)
    return found
