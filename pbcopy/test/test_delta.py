"""
Tests for L{pbcopy._delta}.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _operations as does
from pbcopy._adoption import attributesOf
from pbcopy._lens import Lens
from pbcopy.errors import Unsendable


@pbcopy.shared
@dataclass
class Duck(pbcopy.Copyable):
    """
    A part of a pond.
    """

    name: str


@pbcopy.shared
@dataclass
class Pond(pbcopy.Cacheable):
    """
    A master.
    """

    things: Any = field(default_factory=list)
    long: Any = pbcopy.field(default=None, wireName="l")
    secret: bytes = pbcopy.field(default=b"", private=True)


@pbcopy.shared
class Unread(pbcopy.Cacheable):
    """
    A master with an annotation that means something to mypy alone.
    """

    thing: Decimals = ()
    name: str = ""


if TYPE_CHECKING:
    Decimals = tuple[Decimal, ...]


def lensOf(master: Any) -> tuple[Lens, list[does.Operation]]:
    """
    Give a lens for a master, and the list of what it hears.
    """
    heard: list[does.Operation] = []
    return Lens(master, None, heard.append), heard


def decoded(packed: bytes) -> Any:
    """
    Give what was packed.
    """
    return msgspec.msgpack.decode(packed)


class StateTests(SynchronousTestCase):
    """
    Tests for the form of a state.
    """

    def test_flat(self) -> None:
        """
        Each node stands in one list, the master first, and mentions the others by
        their numbers.  A field has its name on the wire, and a private one is not
        there.
        """
        pond = Pond([1, ["a"], {b"k": 2.5}, {True}])
        packed, objects = lensOf(pond)[0].state()
        version, shapes, nodes, operations, epoch, _, types = decoded(packed)
        self.assertEqual(0, version)
        self.assertEqual([["pbcopy.test.test_delta.Pond", "things", "l"]], shapes)
        self.assertEqual([[None, None]], types)
        self.assertEqual(
            [
                [1, 3, [2], None],
                [2, 0, 1, [3], [4], [5]],
                [3, 0, "a"],
                [4, 1, b"k", 2.5],
                [5, 2, True],
            ],
            nodes,
        )
        self.assertEqual([], operations)
        self.assertEqual(4, len(epoch))
        self.assertEqual([], objects)

    def test_types(self) -> None:
        """
        The types of a shape's fields stand behind, in its order, and those of a
        shape that is not used are none.
        """
        lens, _ = lensOf(pond := Pond([duck := Duck("a")]))
        types = decoded(lens.state()[0])[6]
        self.assertEqual([[None, None], [5]], types)
        del duck.name
        self.assertEqual([[None, None], [], []], decoded(lens.state()[0])[6])
        pond.things = []
        self.assertEqual([[None, None], []], decoded(lens.state()[0])[6])

    def test_unreadAnnotation(self) -> None:
        """
        What cannot be read is told as anything: its sender needs no types.
        """
        packed = lensOf(Unread())[0].state()[0]
        self.assertEqual([[None, 5]], decoded(packed)[6])

    def test_oneShape(self) -> None:
        """
        Objects of one class with the same fields have one shape.
        """
        pond = Pond([Duck("a"), Duck("b")])
        shapes, nodes = decoded(lensOf(pond)[0].state()[0])[1:3]
        self.assertEqual(2, len(shapes))
        self.assertEqual([[3, 4, "a"], [4, 4, "b"]], nodes[2:])

    def test_identity(self) -> None:
        """
        What is at two places, or in itself, is there once.
        """
        duck = Duck("a")
        pond = Pond([duck, duck])
        pond.things.append(pond.things)
        nodes = decoded(lensOf(pond)[0].state()[0])[2]
        self.assertEqual([[1, 3, [2], None], [2, 0, [3], [3], [2]]], nodes[:2])

    def test_beside(self) -> None:
        """
        What MessagePack would change goes along as an object.  So do integers that
        it has not.
        """
        things = [(1, (2,)), frozenset([3]), Decimal("1.0"), 2**64, -(2**63) - 1, 2**63]
        packed, objects = lensOf(Pond(things))[0].state()
        values = decoded(packed)[2][1][2:]
        self.assertEqual(
            [[0, [1, [0, [2]]]], [1, [3]], [2, 0], [2, 1], [2, 2], 2**63], values
        )
        self.assertEqual([Decimal("1.0"), 2**64, -(2**63) - 1], objects)

    def test_mention(self) -> None:
        """
        Another master goes along as an object.
        """
        other = Pond()
        packed, objects = lensOf(Pond([other]))[0].state()
        self.assertEqual([[2, 0, [2, 0]]], decoded(packed)[2][1:])
        self.assertIs(other, objects[0])

    def test_deep(self) -> None:
        """
        A state may be as deep as it likes.
        """
        things: Any = []
        for _ in range(20_000):
            things = [things]
        nodes = decoded(lensOf(Pond(things))[0].state()[0])[2]
        self.assertEqual(20_002, len(nodes))

    def test_surrogate(self) -> None:
        """
        A text that has no form in UTF-8 is refused.
        """
        error = self.assertRaises(Unsendable, lensOf(Pond(["\ud800"]))[0].state)
        self.assertIn("surrogate", str(error))


class DeltaTests(SynchronousTestCase):
    """
    Tests for the form of a delta.
    """

    def setUp(self) -> None:
        self.pond = Pond([0, 1, 2, 3], long=5)
        self.lens, self.heard = lensOf(self.pond)
        self.lens.state()

    def delta(self) -> Any:
        """
        Give the delta for what was heard since.
        """
        operations, self.heard[:] = self.heard.copy(), []
        return decoded(self.lens.delta(operations)[0])

    def test_operations(self) -> None:
        """
        Each kind of operation has its code, and a new node goes along.
        """
        things = self.pond.things
        things[1:3] = ["a"]
        things[::2] = [7, 8]
        del things[::2]
        things.extend([5, 4])
        things.sort(key=str)
        self.pond.long = {}
        self.pond.long["a"] = 1
        del self.pond.long
        version, shapes, nodes, operations = self.delta()
        self.assertEqual((1, []), (version, shapes))
        self.assertEqual([[3, 1, "a", 1]], nodes)
        self.assertEqual(
            [
                [2, 2, 1, 3, ["a"]],
                [2, 3, 0, 3, 2, [7, 8]],
                [2, 3, 0, 3, 2, None],
                [2, 2, 1, 1, [5, 4]],
                [2, 4, [2, 1, 0]],
                [1, 0, "l", [3]],
                [1, 1, "l"],
            ],
            operations,
        )

    def test_dictAndSet(self) -> None:
        """
        A dict and a set have operations of their own.
        """
        self.pond.things = [{}, {1}]
        self.delta()
        mapping, members = self.pond.things
        mapping["a"] = 1
        del mapping["a"]
        members ^= {1, 2}
        self.assertEqual(
            [[4, 5, ["a", 1]], [4, 6, ["a"]], [5, 7, [2], [1]]], self.delta()[3]
        )

    def test_shapeOnce(self) -> None:
        """
        A shape goes along the first time, with the types of its fields.
        """
        self.pond.things.append(Duck("a"))
        _, shapes, _, _, *more = self.delta()
        self.assertEqual(1, len(shapes))
        self.assertEqual([b"", None, [[5]]], more)
        self.pond.things.append(Duck("b"))
        _, shapes, _, _, *more = self.delta()
        self.assertEqual(([], []), (shapes, more))
        self.assertEqual(2, len(decoded(self.lens.state()[0])[1]))

    def test_shapeOfALaterState(self) -> None:
        """
        A shape that came up in a later state goes along with the next change that
        needs it: who had a state before was not told.
        """
        self.pond.things.append(Duck("a"))
        self.delta()
        del self.pond.things[-1].name
        self.delta()
        _, shapes, _, _, _, count, _ = decoded(self.lens.state()[0])
        bare = ["pbcopy.test.test_delta.Duck"]
        self.assertEqual([bare], shapes[count:])
        duck = Duck("b")
        del duck.name
        self.pond.things.append(duck)
        _, shapes, nodes, *_ = self.delta()
        self.assertEqual(([bare], [[4, 3 + count]]), (shapes, nodes))

    def test_numbersLast(self) -> None:
        """
        A node keeps its number, for a state that is made later, too.
        """
        self.pond.things.append([])
        self.delta()
        del self.pond.things[:]
        self.delta()
        self.pond.things.append([])
        self.delta()
        nodes = decoded(self.lens.state()[0])[2]
        self.assertEqual([1, 2, 4], [node[0] for node in nodes])

    def test_version(self) -> None:
        """
        Each delta has the next version, and a state that of the last delta.
        """
        self.pond.long = 6
        self.assertEqual(1, self.delta()[0])
        self.pond.long = 7
        self.assertEqual(2, self.delta()[0])
        self.assertEqual(2, decoded(self.lens.state()[0])[0])
        self.assertEqual(2, self.lens.version)

    def test_attributesNode(self) -> None:
        """
        The node of a master is the first one.
        """
        self.assertEqual((False, 1), self.lens.number(attributesOf(self.pond)))
