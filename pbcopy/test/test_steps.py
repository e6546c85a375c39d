# -*- test-case-name: pbcopy.test.test_steps -*-
"""
Tests for L{pbcopy._step} and L{pbcopy._steps}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

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
from pbcopy._step import Sketch
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy.test.views import DUCK, Colour, DuckView, ViewTestCase

DUCKS, TAGS, DEPTHS, COLOURS, RATINGS, WEIGHTS, THING = range(2, 9)
"""The numbers of the containers."""


class StepsTestCase(ViewTestCase):
    """
    There is a pond with something in each field.
    """

    def setUp(self) -> None:
        """
        Have it take its state.
        """
        super().setUp()
        fields = {
            "ducks": [DUCKS],
            "tags": [TAGS],
            "depths": [DEPTHS],
            "colours": [COLOURS],
            "ratings": [RATINGS],
            "weights": [WEIGHTS],
            "thing": [THING],
            "boss": "a swan",
            "colour": "green",
        }
        self.take(
            fields,
            [DUCKS, 0, [9]],
            [TAGS, 2, "a", "b"],
            [DEPTHS, 1, "a", [0, [1, 1.5]], "b", [0, [2, 2.5]]],
            [COLOURS, 1, "green", 1],
            [RATINGS, 0, 1, 2],
            [WEIGHTS, 0, 0.5],
            [THING, 0, *range(10)],
            [9, 4, "one"],
            shapes=([DUCK, "name"],),
        )


class FieldTests(StepsTestCase):
    """
    Fields are set, and go.
    """

    def test_set(self) -> None:
        """
        A field is set to what it is declared as, by its name on the wire.
        """
        self.apply([1, SET_FIELD, "colour", "brown"], [1, SET_FIELD, "boss", "me"])
        self.apply([9, SET_FIELD, "weight", 7])
        self.assertIs(Colour.BROWN, self.replica.colour)
        self.assertEqual("me", self.replica.leader)
        self.assertEqual(float, type(self.replica.ducks[0].weight))

    def test_newNodes(self) -> None:
        """
        A value may be a new node, with others in it.
        """
        nodes = [10, 0, [11], [9]], [11, 4, "two"]
        self.apply([1, SET_FIELD, "ducks", [10]], nodes=nodes)
        two, one = self.replica.ducks
        self.assertEqual(["two", "one"], [two.name, one.name])
        self.assertEqual([DuckView, 1.0], [type(two), two.weight])
        self.apply([11, SET_FIELD, "friend", [9]], [10, SPLICE, 0, 1, []])
        self.assertIs(one, two.friend)
        self.assertEqual([one], self.replica.ducks)

    def test_newShapes(self) -> None:
        """
        The shapes of all messages before are known.
        """
        for number, kind in ((10, 4), (11, 5), (12, 5), (13, 4)):
            shapes = ([DUCK, "name", "friend"],) if number == 11 else ()
            values = ["new"] if kind == 4 else ["new", None]
            node = [number, kind, *values]
            self.apply([DUCKS, SPLICE, 0, 0, [[number]]], nodes=(node,), shapes=shapes)
        self.assertEqual(5, len(self.replica.ducks))

    def test_wrongTypes(self) -> None:
        """
        A value that is not what was declared is refused with its path, also deep in
        a new node.
        """
        ducks = [[10, 0, [9], [11]], [11, 5, "one", "heavy"]]
        shapes = ([DUCK, "name", "weight"],)
        where = self.where(
            [1, SET_FIELD, "ducks", [10]], nodes=tuple(ducks), shapes=shapes
        )
        self.assertEqual("PondView.ducks[1].weight", where)
        for name, value, where in (
            ("colour", "purple", "PondView.colour"),
            ("boss", 7, "PondView.leader"),
            ("ducks", [TAGS], "PondView.ducks"),
            ("ducks", [RATINGS], "PondView.ducks"),
        ):
            self.assertEqual(where, self.where([1, SET_FIELD, name, value]))
        where = self.where([9, SET_FIELD, "name", 7])
        self.assertEqual("PondView.ducks[0].name", where)

    def test_lackingFields(self) -> None:
        """
        A new object that lacks a field is refused, as is one of an unknown class.
        """
        node = [10, 5, 0.5]
        add = [DUCKS, SPLICE, 0, 0, [[10]]]
        error = self.refusal(add, nodes=(node,), shapes=([DUCK, "weight"],))
        self.assertEqual("DuckView.name", error.where)
        error = self.refusal(add, nodes=(node,), shapes=(["some.Egg", "weight"],))
        self.assertIn("some.Egg", str(error))

    def test_hide(self) -> None:
        """
        A field that goes has its default, as in a state that comes without it.
        """
        self.apply([1, HIDE, "boss"], [1, HIDE, "ducks"], [9, HIDE, "weight"])
        self.assertEqual("nobody", self.replica.leader)
        self.assertEqual([], self.replica.ducks)
        self.assertEqual(TrackedList, type(self.replica.ducks))

    def test_hideWhatIsNeeded(self) -> None:
        """
        One that has none does not go.
        """
        where = self.where([1, SET_FIELD, "colour", "brown"], [9, HIDE, "name"])
        self.assertEqual("PondView.ducks[0].name", where)

    def test_noFields(self) -> None:
        """
        A field has a name, and a list has no fields.
        """
        self.refusal([1, SET_FIELD, 7, 7])
        self.refusal([1, SET_FIELD, "colour"])
        self.refusal([DUCKS, SET_FIELD, "colour", "brown"])
        self.refusal([DEPTHS, SET_FIELD, "colour", "brown"])
        self.refusal([1, UPDATE, ["colour", "brown"]])

    def test_noCodes(self) -> None:
        """
        An operation is one of eight.
        """
        for code in (-1, 8, 2**40):
            self.refusal([1, code, "colour"])

    def test_theReplicaItself(self) -> None:
        """
        A replica is no part of itself.
        """
        self.refusal([1, SET_FIELD, "thing", [1]])
        self.refusal([THING, SPLICE, 0, 0, [[0, [[1]]]]])


class ListTests(StepsTestCase):
    """
    Lists change.
    """

    def test_splice(self) -> None:
        """
        Items come and go, each operation after the other, and are converted.
        """
        self.apply(
            [WEIGHTS, SPLICE, 1, 1, [2, 3]],
            [WEIGHTS, SPLICE, 0, 2, []],
            [WEIGHTS, SPLICE, 1, 1, [4.5]],
        )
        self.assertEqual("[3.0, 4.5]", repr(self.replica.weights))

    def test_spliceOutside(self) -> None:
        """
        What is not there cannot be replaced.
        """
        for start, stop in ((0, 2), (2, 2), (1, 0), (-1, 0), (-1, 1), (0, -1)):
            self.refusal([WEIGHTS, SPLICE, start, stop, []])
        self.refusal([WEIGHTS, SPLICE, 0, 1, []], [WEIGHTS, SPLICE, 0, 1, []])

    def test_wrongItems(self) -> None:
        """
        Items that are not what was declared are refused, with their places.
        """
        where = self.where([RATINGS, SPLICE, 1, 1, [7, "seven"]])
        self.assertEqual("PondView.ratings[2]", where)
        where = self.where([RATINGS, STRIDE, 0, 2, 1, [7, None]])
        self.assertEqual("PondView.ratings[1]", where)
        where = self.where([DUCKS, SPLICE, 0, 0, [[TAGS]]])
        self.assertEqual("PondView.ducks[0]", where)

    def test_bounds(self) -> None:
        """
        A list has as many items as was declared, when all is done.
        """
        three = [RATINGS, SPLICE, 0, 0, [7, 8, 9]]
        self.assertEqual("PondView.ratings", self.where(three))
        self.apply(three, [RATINGS, SPLICE, 0, 2, []])
        self.assertEqual([9, 1, 2], self.replica.ratings)

    def test_stride(self) -> None:
        """
        Items in equal distances are replaced, and go, also from the end.
        """
        self.apply([THING, STRIDE, 0, 10, 3, ["a", "b", "c", "d"]])
        self.assertEqual(["a", 1, 2, "b", 4, 5, "c", 7, 8, "d"], self.replica.thing)
        self.apply([THING, STRIDE, 9, -1, -3, None], [THING, SPLICE, 6, 6, [9]])
        self.assertEqual([1, 2, 4, 5, 7, 8, 9], self.replica.thing)
        self.apply([THING, STRIDE, 6, 2, -2, [1, 2]])
        self.assertEqual([1, 2, 4, 5, 2, 8, 1], self.replica.thing)

    def test_strideOutside(self) -> None:
        """
        As many come as there were, and the places are there.
        """
        for arguments in (
            (0, 10, 0, None),
            (0, 11, 2, None),
            (-1, 10, 2, None),
            (11, -1, -1, None),
            (9, -2, -1, None),
            (0, 10, 3, ["a"]),
            (0, 0, 2, ["a"]),
            (0, 10, 2**70, None),
        ):
            if arguments[2] < 2**64:
                self.refusal([THING, STRIDE, *arguments])

    def test_order(self) -> None:
        """
        Items change their places.
        """
        self.apply([RATINGS, ORDER, [1, 0]])
        self.assertEqual([2, 1], self.replica.ratings)
        for order in ([], [0], [0, 0], [1, 2], [-1, 0], [0, 1, 2]):
            self.refusal([RATINGS, ORDER, order])

    def test_otherNodes(self) -> None:
        """
        A list is no set, and no dict.
        """
        self.refusal([RATINGS, ALTER, [], []])
        self.refusal([RATINGS, UPDATE, []])
        self.refusal([TAGS, SPLICE, 0, 0, []])
        self.refusal([DEPTHS, ALTER, [], []])


class DictTests(StepsTestCase):
    """
    Dicts change.
    """

    def test_update(self) -> None:
        """
        Keys are set, and go, in order.  Both are converted.
        """
        self.apply([DEPTHS, REMOVE, ["a"]], [DEPTHS, UPDATE, ["a", [0, [3, 3]]]])
        self.assertEqual(["b", "a"], list(self.replica.depths))
        self.assertEqual("(3, 3.0)", repr(self.replica.depths["a"]))
        self.apply([COLOURS, UPDATE, ["brown", 2, "green", 3]])
        self.assertEqual({Colour.GREEN: 3, Colour.BROWN: 2}, self.replica.colours)
        self.apply([COLOURS, REMOVE, ["green"]])
        self.assertEqual({Colour.BROWN: 2}, self.replica.colours)

    def test_outside(self) -> None:
        """
        A key that is not there does not go.
        """
        self.assertEqual("PondView.depths.c", self.where([DEPTHS, REMOVE, ["c"]]))
        self.refusal([DEPTHS, REMOVE, ["a"]], [DEPTHS, REMOVE, ["a"]])
        self.apply([DEPTHS, UPDATE, ["c", [0, [1, 1.5]]]], [DEPTHS, REMOVE, ["c"]])

    def test_wrongTypes(self) -> None:
        """
        Keys and values are what was declared.
        """
        for pairs, where in (
            (["c", 7], "PondView.depths.c"),
            (["c", [0, [1, "x"]]], "PondView.depths.c[1]"),
            ([7, [0, [1, 1.5]]], "PondView.depths[7]"),
        ):
            self.assertEqual(where, self.where([DEPTHS, UPDATE, pairs]))
        self.assertEqual("PondView.colours.red", self.where([COLOURS, REMOVE, ["red"]]))

    def test_keysThatBecomeOne(self) -> None:
        """
        Keys stay different ones.
        """
        pairs = ["green", 1, [2, 0], 2]
        self.refusal([COLOURS, UPDATE, pairs], objects=[Colour.GREEN])

    def test_malformed(self) -> None:
        """
        A key has a value, and what can change is none.
        """
        self.refusal([DEPTHS, UPDATE, ["a"]])
        self.refusal([DEPTHS, UPDATE, [[TAGS], 1]])
        self.refusal([DEPTHS, REMOVE, [[9]]])


class SetTests(StepsTestCase):
    """
    Sets change.
    """

    def test_alter(self) -> None:
        """
        Members come and go, and one may be replaced by an equal one.
        """
        self.apply([TAGS, ALTER, ["c", "d"], ["a"]], [TAGS, ALTER, ["b"], ["b", "c"]])
        self.assertEqual({"b", "d"}, self.replica.tags)

    def test_outside(self) -> None:
        """
        What is there does not come, and what is not does not go.
        """
        self.assertEqual("PondView.tags{…}", self.where([TAGS, ALTER, ["a"], []]))
        self.refusal([TAGS, ALTER, [], ["c"]])
        self.refusal([TAGS, ALTER, ["c"], []], [TAGS, ALTER, ["c"], []])

    def test_wrongTypes(self) -> None:
        """
        A member is what was declared.
        """
        self.assertEqual("PondView.tags{…}", self.where([TAGS, ALTER, [7], []]))


class TwoPlacesTests(StepsTestCase):
    """
    A node in two places is what was declared in both.
    """

    def test_both(self) -> None:
        """
        What comes later is checked for both.
        """
        self.apply([1, SET_FIELD, "thing", [WEIGHTS]])
        self.assertIs(self.replica.weights, self.replica.thing)
        self.assertEqual("a", self.take_("a"))
        self.apply([WEIGHTS, SPLICE, 0, 0, [7]])
        self.assertEqual("[7.0, 0.5]", repr(self.replica.thing))

    def take_(self, value: Any) -> Any:
        """
        Have a value refused.
        """
        self.refusal([WEIGHTS, SPLICE, 0, 0, [value]])
        return value

    def test_whatIsThere(self) -> None:
        """
        What is in it is checked when it comes into the second.
        """
        where = self.where([1, SET_FIELD, "ratings", [WEIGHTS]])
        self.assertEqual("PondView.ratings[0]", where)
        self.apply([THING, SPLICE, 2, 10, []], [RATINGS, SPLICE, 0, 2, []])
        self.apply([1, SET_FIELD, "ratings", [THING]])
        self.refusal([THING, SPLICE, 0, 0, ["a"]])
        self.assertIs(self.replica.thing, self.replica.ratings)

    def test_inOneDelta(self) -> None:
        """
        So is what one delta puts into it before it puts it there.
        """
        self.apply([THING, SPLICE, 2, 10, []])
        put = [1, SET_FIELD, "ratings", [THING]]
        where = self.where([THING, SPLICE, 0, 0, ["a"]], put)
        self.assertEqual("PondView.thing[0]", where)
        self.refusal([THING, SPLICE, 0, 0, [5, 5]], put)
        self.apply([THING, SPLICE, 0, 0, [5]], put)

    def test_conversions(self) -> None:
        """
        One that would be converted for one of two is refused.
        """
        self.apply([THING, SPLICE, 0, 10, []])
        self.apply([1, SET_FIELD, "ratings", [THING]])
        self.apply([1, SET_FIELD, "weights", [THING]])
        error = self.refusal([THING, SPLICE, 0, 0, [7]])
        self.assertIn("two places", str(error))
        self.refusal([THING, SPLICE, 0, 0, [7.5]])


class SketchTests(SynchronousTestCase):
    """
    A sketch says what there will be.
    """

    def test_keys(self) -> None:
        """
        Keys and lengths.
        """
        sketch = Sketch(TrackedDict(a=1))
        self.assertEqual((True, False), (sketch.has("a"), sketch.has("b")))
        for key, isThere, length in (
            ("b", True, 2),
            ("b", True, 2),
            ("a", False, 1),
            ("a", False, 1),
            ("a", True, 2),
        ):
            sketch.turn(key, isThere)
            self.assertEqual((isThere, length), (sketch.has(key), sketch.length))
