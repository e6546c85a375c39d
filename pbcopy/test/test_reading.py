# -*- test-case-name: pbcopy.test.test_reading -*-
"""
Tests for L{pbcopy._reading}.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import limits
from pbcopy._delta import ALTER, HIDE, ORDER, SPLICE, STRIDE
from pbcopy._reading import WHERE, Values, argumentsOf, read
from pbcopy.errors import Violation


class ReadTests(SynchronousTestCase):
    """
    A message has a form, whatever a peer sends.
    """

    def refusal(self, message: object) -> Violation:
        """
        Give the error for what is no message.
        """
        packed = msgspec.msgpack.encode(message)
        error: Violation = self.assertRaises(Violation, read, packed)
        self.assertEqual(WHERE, error.where)
        return error

    def test_message(self) -> None:
        """
        What is read is what was packed.  A delta has no epoch, and a later sender
        may say more.
        """
        for more in ([], [b"epoch"], [b"epoch", 1, "more"]):
            parts = [7, [["Pond", "colour"]], [[1, 3, "green"]], [[1, 1, "colour"]]]
            message = read(msgspec.msgpack.encode([*parts, *more]))
            self.assertEqual(7, message.version)
            self.assertEqual([["Pond", "colour"]], message.shapes)
            self.assertEqual([[1, 3, "green"]], message.nodes)
            self.assertEqual([[1, 1, "colour"]], message.operations)
            self.assertEqual(b"epoch" if more else b"", message.epoch)

    def test_noBytes(self) -> None:
        """
        What is no MessagePack is refused.
        """
        for packed in (b"", b"\xc1", b"\x94\x00", "text", None, 7, [1], b"\xa1\xff"):
            self.assertRaises(Violation, read, packed)

    def test_lists(self) -> None:
        """
        Lists are counted before anything is made of them.
        """
        self.patch(limits, "MAX_OBJECTS", 100)
        error = self.refusal([1, [], [], [], [[]] * 1000])
        self.assertIn("pbcopy.limits.MAX_OBJECTS", str(error))

    def test_otherForms(self) -> None:
        """
        So is what has another form.
        """
        messages: tuple[Any, ...] = (
            {},
            [1, [], []],
            [True, [], [], []],
            [1.0, [], [], []],
            [1, {}, [], []],
            [1, [7], [], []],
            [1, [[7]], [], []],
            [1, [], [7], []],
            [1, [], [], {}],
            [1, [], [], [], "text"],
        )
        for message in messages:
            self.refusal(message)

    def test_shapes(self) -> None:
        """
        A shape has a name, and different names of fields, one of which may be the
        name of the class.
        """
        self.refusal([1, [[]], [], []])
        self.refusal([1, [["Pond", "a", "a"]], [], []])
        shapes = [["a", "a", "b"]]
        self.assertEqual(
            shapes, read(msgspec.msgpack.encode([1, shapes, [], []])).shapes
        )

    def test_numbers(self) -> None:
        """
        A node and an operation begin with two numbers.
        """
        for each in ([], [1], ["1", 0], [1, True], [1.0, 0], [None, None]):
            self.refusal([1, [], [each], []])
            self.refusal([1, [], [], [each]])

    def test_depth(self) -> None:
        """
        What is so deep that C{msgspec} gives up is refused.
        """
        self.assertRaises(Violation, read, b"\x91" * 100_000 + b"\x00")


class ArgumentsOfTests(SynchronousTestCase):
    """
    Each operation has arguments of its own.
    """

    def test_arguments(self) -> None:
        """
        They are given as they came.
        """
        self.assertEqual(("name",), argumentsOf(HIDE, ["name"]))
        self.assertEqual((0, 1, [[2]]), argumentsOf(SPLICE, [0, 1, [[2]]]))
        self.assertEqual((4, -1, -2, None), argumentsOf(STRIDE, [4, -1, -2, None]))

    def test_others(self) -> None:
        """
        Others are refused, as is an operation that there is not.
        """
        for code, arguments in (
            (HIDE, []),
            (HIDE, [1]),
            (HIDE, ["name", 1]),
            (SPLICE, [0, True, []]),
            (SPLICE, [0, 1.0, []]),
            (ORDER, [[0, "1"]]),
            (ORDER, [[0, False]]),
            (ALTER, [[], {}]),
            (8, []),
            (-1, []),
        ):
            self.assertRaises(Violation, argumentsOf, code, arguments)


@dataclass
class Changeable:
    """
    What somebody could change.
    """

    name: str


@dataclass(frozen=True)
class Fickle:
    """
    What is compared by code of the application's.
    """

    name: str

    def __hash__(self) -> int:
        raise ZeroDivisionError


class ValuesTests(SynchronousTestCase):
    """
    A value stands for something.
    """

    def setUp(self) -> None:
        """
        Have some nodes, and something that came along.
        """
        self.nodes: dict[int, Any] = {1: ["a list"]}
        self.values = self.having(Decimal("1.0"), 2**70)

    def having(self, *objects: object) -> Values:
        """
        Have something else that came along.
        """
        values = Values([*objects])
        self.patch(values, "valueAt", self.nodes.__getitem__)
        return values

    def refused(self, value: object) -> None:
        """
        Assert that something is no value.
        """
        self.assertRaises(Violation, self.values.of, value)

    def test_plain(self) -> None:
        """
        What MessagePack has is itself.
        """
        for value in (None, True, 7, 1.5, "text", b"bytes"):
            self.assertIs(value, self.values.of(value))

    def test_nodes(self) -> None:
        """
        A number in an array is a node, and always the same one.
        """
        self.assertIs(self.nodes[1], self.values.of([1]))
        one, other = self.values.of([0, [[1], [1]]])
        self.assertIs(one, other)

    def test_immutable(self) -> None:
        """
        Tuples and frozensets are what they were.
        """
        value = [0, [1, [0, []], [1, [1, "a"]]]]
        self.assertEqual((1, (), frozenset({1, "a"})), self.values.of(value))

    def test_beside(self) -> None:
        """
        What came along is found by its place.
        """
        self.assertEqual(Decimal("1.0"), self.values.of([2, 0]))
        self.assertEqual(2**70, self.values.of([2, 1]))
        for index in (2, -1, True, "0", None):
            self.refused([2, index])

    def test_noValues(self) -> None:
        """
        What is something else is refused.
        """
        moment = datetime.datetime.now(datetime.timezone.utc)
        values: tuple[Any, ...] = (
            {},
            (),
            moment,
            msgspec.msgpack.Ext(1, b""),
            [],
            [1, 2, 3],
            [True],
            ["1"],
            [[1]],
            [3, []],
            [0, 1],
            [1, "text"],
            [True, []],
        )
        for value in values:
            self.refused(value)
        self.assertRaises(Violation, Values, None)

    def test_whatCouldChange(self) -> None:
        """
        What comes along is something that nobody can change.
        """
        for thing in ([], {}, bytearray(), Changeable("it"), object()):
            values = self.having(thing)
            self.assertRaises(Violation, values.of, [2, 0])

    def test_members(self) -> None:
        """
        What can change is in no set, and is no key; nor is what cannot be compared.
        """
        fickle = self.having(Fickle("it"))
        for member in ([1], [0, [[1]]]):
            self.refused([1, [member]])
            self.assertRaises(Violation, self.values.members, [member])
            self.assertRaises(Violation, self.values.pairs, [member, 7])
        self.assertRaises(Violation, fickle.of, [1, [[2, 0]]])

    def test_equalMembers(self) -> None:
        """
        Nor is what is equal to another one.
        """
        self.refused([1, [1, True]])
        self.assertRaises(Violation, self.values.members, ["a", "a"])
        self.assertRaises(Violation, self.values.pairs, ["a", 1, "a", 2])

    def test_pairs(self) -> None:
        """
        Keys and values alternate.
        """
        pairs = self.values.pairs(["a", 1, [0, [1]], [1]])
        self.assertEqual([("a", 1), ((1,), self.nodes[1])], list(pairs.items()))
        self.assertRaises(Violation, self.values.pairs, ["a", 1, "b"])

    def test_depth(self) -> None:
        """
        Tuples are in each other as deep as the limit says.
        """
        self.patch(limits, "MAX_NESTING", 3)
        self.assertEqual((((),),), self.values.of([0, [[0, [[0, []]]]]]))
        self.refused([0, [[0, [[0, [[0, []]]]]]]])
