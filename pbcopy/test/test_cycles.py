# -*- test-case-name: pbcopy.test.test_cycles -*-
"""
Tests for L{pbcopy._cycles}.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

from twisted.persisted.crefutil import NotKnown
from twisted.python.reflect import qual
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb
from pbcopy._registry import copyTags
from pbcopy.errors import Violation
from pbcopy.test.ponds import Kit, register
from pbcopy.testing import connect, sendAcross


class Copied(pb.Copyable, pb.RemoteCopy):
    """
    A node that is copied.
    """

    a: Any
    b: Any


class Cached(pb.Cacheable, pb.RemoteCache):
    """
    A node that is cached.
    """

    a: Any
    b: Any


class Careful(Copied):
    """
    A node that copies what it is given out of the dict.
    """

    def setCopyableState(self, state: Any) -> None:
        """
        Take two attributes.
        """
        self.a = state.get("a")
        self.b = state.get("b")


FLAVORS: list[Any] = [Copied, Cached, Careful]

Checks = list[Callable[[Any], tuple[object, object]]]


class Pair(NamedTuple):
    """
    What may be known later than what is in it.
    """

    a: Any
    b: Any


pbcopy.setUnjellyableForValue(Pair)


def shapes(Node: Any, Other: Any) -> dict[str, tuple[Any, Any]]:
    """
    Give messages that refer to what they are in: for each a name, the message,
    and a function that gives, for what arrives, pairs of which each must be one
    object.
    """

    def node(kind: Any = Node) -> Any:
        made = kind()
        made.a = made.b = None
        return made

    found: dict[str, tuple[Any, Any]] = {}

    def add(name: str, build: Callable[[Any, Any], Any], *pairs: Any) -> None:
        one, two = node(), node(Other)
        message = build(one, two)
        one = two = None
        found[name] = message, lambda got: [pair(got) for pair in pairs]

    def to(value: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
        def build(one: Any, two: Any) -> Any:
            one.a = value(one)
            return one

        return build

    add("itself", to(lambda one: one), lambda g: (g, g.a))
    add("in a list", to(lambda one: [7, one]), lambda g: (g, g.a[1]))
    add("in a tuple", to(lambda one: (7, one)), lambda g: (g, g.a[1]))
    add("in two tuples", to(lambda one: ((one,),)), lambda g: (g, g.a[0][0]))
    add("in a dict", to(lambda one: {"x": one}), lambda g: (g, g.a["x"]))
    add("as a key", to(lambda one: {one: 7}), lambda g: (g, next(iter(g.a))))
    add("in a key", to(lambda one: {(one, 1): 7}), lambda g: (g, next(iter(g.a))[0]))
    add("in a set", to(lambda one: {one}), lambda g: (g, next(iter(g.a))))
    add("in a frozenset", to(lambda one: frozenset([one])), lambda g: (g, *g.a))
    add("mixed", to(lambda one: [({"x": {one}},)]), lambda g: (g, *g.a[0][0]["x"]))

    def mutual(one: Any, two: Any) -> Any:
        one.a, two.a, two.b = two, one, two
        return one

    add("mutual", mutual, lambda g: (g, g.a.a), lambda g: (g.a, g.a.b))
    add(
        "mutual, in a list",
        lambda one, two: [mutual(one, two), two, one],
        lambda g: (g[0], g[2]),
        lambda g: (g[0].a, g[1]),
        lambda g: (g[1].a, g[0]),
    )

    def parent(one: Any, two: Any) -> Any:
        one.a, two.a = [two], one
        return one

    add("a child's parent", parent, lambda g: (g, g.a[0].a))

    def around(container: Any) -> Callable[[Any, Any], Any]:
        def build(one: Any, two: Any) -> Any:
            root = container(one)
            one.a, one.b = root, two
            two.a = root
            return root

        return build

    add("a list around", around(lambda one: [one]), lambda g: (g, g[0].a))
    add("a dict around", around(lambda one: {"x": one}), lambda g: (g, g["x"].a))
    add(
        "a tuple around",
        around(lambda one: (one,)),
        lambda g: (g, g[0].a),
        lambda g: (g, g[0].b.a),
    )
    return found


class ShapeTests(SynchronousTestCase):
    """
    What is one object at the sender is one object at the receiver.
    """

    def setUp(self) -> None:
        """
        Register the nodes.
        """
        register(self, pb, *((flavor, flavor) for flavor in FLAVORS))

    def test_shapes(self) -> None:
        """
        Each shape arrives as it left, as an argument and as an answer, for
        copies and caches and for both in one message.
        """
        for Node in FLAVORS:
            for Other in FLAVORS:
                for name, (message, check) in shapes(Node, Other).items():
                    for asAnswer, isMet in product((False, True), repeat=2):
                        pairs = check(sendAcross(message, asAnswer, isMet))
                        for one, other in pairs:
                            where = f"{name} {Node} {Other} {asAnswer} {isMet}"
                            self.assertIs(one, other, where)

    def test_aCacheThatIsKnown(self) -> None:
        """
        A copy whose state mentions a cache that the peer has already gets the
        one that is there.
        """
        kit = Kit(self, pb)
        cached, copied = Cached(), Copied()
        cached.a, copied.a, copied.b = copied, cached, copied
        root = kit.Root(cached)
        connection = connect(root)
        first = connection.root.callRemote("pond")
        connection.deliver()
        view = self.successResultOf(first)
        root.pond = copied
        second = connection.root.callRemote("pond")
        connection.deliver()
        copy = self.successResultOf(second)
        self.assertIs(view, copy.a)
        self.assertIs(copy, copy.b)

    def test_randomGraphs(self) -> None:
        """
        A random graph of nodes and containers arrives with the same shape.
        """
        chance = random.Random(7)
        for _ in range(200):
            graph = randomGraph(chance)
            for asAnswer in (False, True):
                for isMet in (False, True):
                    got = sendAcross(graph, asAnswer, isMet)
                    self.assertEqual(outline(graph), outline(got))

    def test_aKeyThatComesLater(self) -> None:
        """
        An object may be a key in the state of another one that is read before it,
        and keeps its place among the keys.
        """
        one, other = Cached(), Copied()
        one.a, one.b = other, None
        other.a, other.b = {"first": 1, one: 2, "last": 3}, None
        got = sendAcross(one)
        self.assertEqual(["first", got, "last"], list(got.a.a))
        self.assertEqual([1, 2, 3], list(got.a.a.values()))

    def test_aTupleThatComesLater(self) -> None:
        """
        A tuple may be mentioned by an object that is read before what has it.
        """
        one, other = Copied(), Careful()
        one.a = one.b = other.a = (other, one)
        other.b = one
        got = sendAcross(one)
        self.assertIs(got.a, got.a[0].a)
        self.assertEqual((got, got.a), (got.a[1], got.b))

    def test_aReferenceToNothing(self) -> None:
        """
        A message that refers to what is not in it is refused: a placeholder is
        never a value.
        """
        tag = Copied().getTypeToCopy()
        broker = connect(Kit(self, pb).Root()).server
        state = [b"dictionary", [[b"unicode", b"a"], [b"dereference", 9]]]
        for sexp in ([tag, state], [b"list", [tag, state]]):
            self.assertRaises(Violation, broker.unserialize, sexp)
        cache = [Cached().getTypeToCopy(), 5, state]
        self.assertRaises(Violation, broker.unserialize, cache)

    def test_nothingButItself(self) -> None:
        """
        An object that is only a mention of itself, or of another one that mentions
        it, is refused.
        """
        pb.setUnjellyableForClass("some.Copied", Copied)
        self.addCleanup(copyTags.pop, b"some.Copied")
        broker = connect(stock.Root()).server
        one, other = [b"dereference", 1], [b"dereference", 2]
        for pairs in (
            [[b"x", [b"reference", 1, one]]],
            [[b"x", [b"reference", 1, other]], [b"y", [b"reference", 2, one]]],
        ):
            sexp = [b"tuple", [b"some.Copied", [b"dictionary", *pairs]]]
            error = self.assertRaises(Violation, broker.unserialize, sexp)
            self.assertIn("itself", error.what)

    def test_saidTwice(self) -> None:
        """
        An object that is said to be another one, and then to be something else, is
        put in its places once.
        """
        pb.setUnjellyableForClass("some.Copied", Copied)
        self.addCleanup(copyTags.pop, b"some.Copied")
        broker = connect(stock.Root()).server
        within = [b"reference", 1, [b"reference", 3, [b"dereference", 2]]]
        name = qual(Pair).encode("ascii")
        pair = [b"pbcopy.value", b"namedtuple", name, [b"a", 7], [b"b", within]]
        pairs = [[b"x", [b"reference", 1, pair]], [b"y", [b"reference", 2, 1]]]
        sexp = [b"some.Copied", [b"dictionary", *pairs]]
        error = self.assertRaises(Violation, broker.unserialize, sexp)
        self.assertEqual("['dereference', …]", error.where)

    def test_aLateFailure(self) -> None:
        """
        A C{setCopyableState} that had to wait, and raises, fails its call
        alone; a cache is given back.
        """

        class Failing(Cached):
            def setCopyableState(self, state: Any) -> None:
                raise RuntimeError("no state today")

        stopped: list[Any] = []
        self.patch(Cached, "stoppedObserving", lambda *args: stopped.append(args))
        register(self, pb, (Cached, Failing))
        around: list[Any] = [Cached()]
        around[0].a = around
        connection = connect(Kit(self, pb).Root(around))
        call = connection.root.callRemote("pond")
        connection.deliver()
        self.failureResultOf(call, RuntimeError)
        self.assertFalse(connection.lost)
        self.assertEqual(1, len(stopped))
        self.assertEqual({}, connection.client.locallyCachedObjects)

    def test_inOrder(self) -> None:
        """
        Where no placeholder makes it wait, a state is set when the object is
        unjellied, the inner ones first.
        """
        order: list[str] = []

        class Noted(Copied):
            def setCopyableState(self, state: Any) -> None:
                self.__dict__ = state
                order.append(self.a)

        register(self, pb, (Copied, Noted))
        outer, inner = Copied(), Copied()
        outer.a, inner.a = "outer", "inner"
        outer.b, inner.b = inner, outer
        sendAcross(outer)
        self.assertEqual(["inner", "outer"], order)


def randomGraph(chance: random.Random) -> Any:
    """
    Give a node of a random graph.
    """
    nodes: list[Any] = [chance.choice(FLAVORS)() for _ in range(chance.randint(1, 6))]
    things: list[Any] = [*nodes, 7, "x"]
    for _ in range(chance.randint(0, 8)):
        few = [chance.choice(things) for _ in range(chance.randint(0, 3))]
        keys = [thing for thing in few if thing.__hash__ is not None]
        things.append(
            chance.choice(
                [
                    lambda few=few: few,
                    lambda few=few: {"k": few},
                    lambda keys=keys: dict.fromkeys(
                        key for key in keys if not isinstance(key, tuple)
                    ),
                    lambda keys=keys: tuple(keys),
                ]
            )()
        )
    for each in nodes:
        each.a = chance.choice(things)
        each.b = chance.choice(things)
    return nodes[0]


def outline(thing: Any) -> list[Any]:
    """
    Describe a graph: each object once, and then by its number.
    """
    numbers: dict[int, int] = {}
    alive: list[Any] = []

    def walk(each: Any) -> Any:
        if isinstance(each, NotKnown):
            raise AssertionError("a placeholder arrived")
        if isinstance(each, (int, str, type(None))):
            return each
        if id(each) in numbers:
            return numbers[id(each)]
        numbers[id(each)] = len(numbers)
        alive.append(each)
        if isinstance(each, dict):
            return ["dict", [(walk(k), walk(v)) for k, v in each.items()]]
        if isinstance(each, (list, tuple)):
            return [type(each).__name__, [walk(e) for e in each]]
        return [type(each).__name__, walk(each.a), walk(each.b)]

    return [walk(thing)]


class TupleTests(SynchronousTestCase):
    """
    A tuple that closes a cycle becomes known while the message is read.
    """

    def test_mentionedTwice(self) -> None:
        """
        It may be mentioned before and after that, in any order.
        """
        register(self, pb, (Copied, Copied))
        node, holder = Copied(), Copied()
        closed: list[Any] = []
        both = (closed,)
        node.a = node.b = None
        closed += [both, both, node, both]
        holder.a, holder.b = both, [both, closed]
        got = sendAcross(holder)
        for each in (got.a[0][0], got.a[0][1], got.a[0][3], got.b[0]):
            self.assertIs(got.a, each)
        self.assertIs(got.a[0], got.b[1])
