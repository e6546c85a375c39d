"""
A declared replica with no connection, and messages for it that are made by hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Annotated, Any

import msgspec
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb
from pbcopy._applying import applyTogether
from pbcopy._change import Change
from pbcopy._view import View
from pbcopy.errors import Violation

POND = "pbcopy.test.views.Pond"
DUCK = "pbcopy.test.views.Duck"
EGG = "pbcopy.test.views.Egg"


class Colour(Enum):
    """
    What a pond may look like.
    """

    GREEN = "green"
    BROWN = "brown"


@pbcopy.shared
class Duck(pb.Copyable):
    """
    A duck, which may have a friend.
    """

    name: str
    weight: float = 1.0
    friend: Duck | None = None


@pbcopy.shared
@dataclass(eq=False)
class Pond(pb.Cacheable):
    """
    A pond with a field of each kind.
    """

    colour: Colour = Colour.GREEN
    ducks: list[Duck] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    depths: dict[str, tuple[int, float]] = field(default_factory=dict)
    colours: dict[Colour, int] = field(default_factory=dict)
    ratings: Annotated[list[int], msgspec.Meta(max_length=3)] = field(
        default_factory=list
    )
    weights: list[float] = field(default_factory=list)
    thing: Any = None
    leader: str = pbcopy.field(wireName="boss", default="nobody")


@pbcopy.replicaOf(Duck)
class DuckView(pb.RemoteCopy):
    """
    What a client sees of a L{Duck}.
    """


@pbcopy.replicaOf(Pond)
class PondView(pb.RemoteCache):
    """
    What a client sees of a L{Pond}.
    """


@pbcopy.replicaOf("somewhere.Relayed")
@pbcopy.shared
class Relay(pb.Cacheable, pb.RemoteCache):
    """
    What publishes further.
    """

    names: list[str]


def packed(
    version: int,
    shapes: list[Any],
    nodes: list[Any],
    operations: list[Any],
    *more: object,
) -> bytes:
    """
    Give the bytes of a message.
    """
    return msgspec.msgpack.encode([version, shapes, nodes, operations, *more])


def state(
    fields: dict[str, Any],
    *nodes: list[Any],
    shapes: tuple[list[str], ...] = (),
    version: int = 0,
    name: str = POND,
    epoch: bytes = b"epoch",
    types: object = None,
) -> bytes:
    """
    Give the bytes of a state.

    @param fields: of the root, which is the number 1.
    @param nodes: the others.
    @param shapes: those after that of the root.
    @param types: those of the fields of the shapes; C{None} as from a sender that
        does not tell them.
    """
    root = [1, 3, *fields.values()]
    more = [epoch] if types is None else [epoch, len(shapes) + 1, types]
    return packed(version, [[name, *fields], *shapes], [root, *nodes], [], *more)


class ViewTestCase(SynchronousTestCase):
    """
    There is a replica with no connection, and a view behind it.
    """

    def setUp(self) -> None:
        """
        Have a replica that has no state.
        """
        self.replica: Any = PondView()
        self.view = View(self.replica, None)
        self.version = 0
        self.told: list[tuple[Change, ...]] = []

    def listen(self) -> None:
        """
        Note what is told of changes.
        """
        self.view.listeners.add(lambda replica, changes: self.told.append(changes))

    def take(
        self,
        fields: dict[str, Any],
        *nodes: list[Any],
        objects: Any = (),
        **more: Any,
    ) -> None:
        """
        Take a state.
        """
        self.version = more.get("version", 0)
        self.view.take(state(fields, *nodes, **more), list(objects))

    def apply(
        self,
        *operations: list[Any],
        nodes: tuple[list[Any], ...] = (),
        shapes: tuple[list[str], ...] = (),
        objects: Any = (),
        types: object = None,
    ) -> None:
        """
        Apply a delta.
        """
        more = [] if types is None else [b"", None, types]
        parts = list(shapes), list(nodes), list(operations)
        packed_ = packed(self.version + 1, *parts, *more)
        applyTogether([(self.view, packed_, list(objects))])
        self.version += 1

    def refusal(self, *args: Any, **kw: Any) -> Violation:
        """
        Apply a delta, which is refused, and give the error.  Nothing has changed.
        """
        return self.refused(lambda: self.apply(*args, **kw))

    def refused(self, call: Any) -> Violation:
        """
        Give the error with which something is refused.  Nothing has changed.
        """
        before = shown(self.replica)
        error: Violation = self.assertRaises(Violation, call)
        self.assertEqual(before, shown(self.replica))
        self.assertEqual([], self.told)
        return error

    def where(self, *args: Any, **kw: Any) -> str:
        """
        Apply a delta, which is refused, and give the place of the error.
        """
        return self.refusal(*args, **kw).where


def shown(replica: Any) -> Any:
    """
    Show what is in a replica, in which something may be in itself, with what is
    the same.
    """
    seen: dict[int, int] = {}

    def show(value: Any) -> Any:
        isObject = isinstance(value, (DuckView, PondView, Relay))
        if isObject or isinstance(value, (list, dict, set)):
            if id(value) in seen:
                return seen[id(value)]
            seen[id(value)] = len(seen)
        if isObject:
            fields = sorted(vars(value).items())
            return type(value).__name__, [(repr(k), show(v)) for k, v in fields]
        if isinstance(value, dict):
            return [(text(key), show(each)) for key, each in value.items()]
        if isinstance(value, set):
            return "set", sorted(map(text, value))
        if isinstance(value, (list, tuple)):
            name = "list" if isinstance(value, list) else "tuple"
            return name, [show(each) for each in value]
        return text(value)

    return show(replica)


def text(value: object) -> str:
    """
    Show a value that has no nodes in it.  Equal sets need not have one order.
    """
    if isinstance(value, frozenset):
        return f"frozenset({sorted(map(text, value))})"
    return f"({list(map(text, value))})" if type(value) is tuple else repr(value)
