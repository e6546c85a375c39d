# -*- test-case-name: pbcopy.test.test_containertypes -*-
"""
Tests for L{pbcopy._containertypes} and L{pbcopy._sized}.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._containertypes import ListOf
from pbcopy._types import typeOf
from pbcopy.errors import Violation
from pbcopy.test.declared import (
    Colour,
    Duck,
    TrackedDict,
    TrackedList,
    TrackedSet,
    checked,
    refusal,
)


class ContainerTests(SynchronousTestCase):
    """
    Lists, dicts and sets stay what they are.
    """

    def test_exact(self) -> None:
        """
        A container of another kind is refused.
        """
        made: list[Any] = [[], (), set(), frozenset(), {}]
        for kind, annotation in [
            (list, list[int]),
            (dict, dict[int, int]),
            (set, set[int]),
        ]:
            for value in made:
                if isinstance(value, kind):
                    self.assertIs(value, checked(annotation, value))
                else:
                    refusal(annotation, value)

    def test_convertedInPlace(self) -> None:
        """
        Items are converted in their places, past the methods of a subclass.
        """
        numbers = TrackedList([1, 2.5, 3])
        self.assertIs(numbers, checked(list[float], numbers))
        self.assertEqual([float] * 3, [type(each) for each in numbers])

        depths = TrackedDict({"a": 1, "b": 2.5})
        self.assertIs(depths, checked(dict[str, float], depths))
        self.assertEqual([float] * 2, [type(each) for each in depths.values()])

        colours = TrackedSet({"green", Colour.BROWN})
        self.assertIs(colours, checked(set[Colour], colours))
        self.assertEqual({Colour.GREEN, Colour.BROWN}, colours)

        tracked = TrackedSet({1, 2})
        checked(set[float], tracked)
        self.assertEqual([float] * 2, [type(each) for each in tracked])

    def test_keys(self) -> None:
        """
        Keys are converted, and the order stays.
        """
        depths = TrackedDict({"brown": 1, Colour.GREEN: 2})
        checked(dict[Colour, int], depths)
        self.assertEqual([(Colour.BROWN, 1), (Colour.GREEN, 2)], list(depths.items()))

    def test_keysThatBecomeOne(self) -> None:
        """
        Keys or items that would become one are refused.
        """
        both: Any = {"green": 1, Colour.GREEN: 2}
        self.assertIn("stay different", refusal(dict[Colour, int], both).expected)
        self.assertEqual(2, len(both))
        self.assertIn("stay different", refusal(set[Colour], set(both)).expected)

    def test_places(self) -> None:
        """
        The error says where in a container something is.
        """
        for annotation, value, where in [
            (list[int], [1, "x"], "it[1]"),
            (dict[str, int], {"x": "y"}, "it.x"),
            (dict[str, int], {"x y": "y"}, "it['x y']"),
            (dict[str, int], {7: 7}, "it[7]"),
            (set[int], {"x"}, "it{…}"),
            (list[list[int]], [[], ["x"]], "it[1][0]"),
        ]:
            self.assertEqual(where, refusal(annotation, value).where)

    def test_lengths(self) -> None:
        """
        A number of items may be bounded.
        """
        cases: list[tuple[Any, Any, Any]] = [
            (list[int], [1], [1, 2, 3]),
            (dict[int, int], {1: 1}, {1: 1, 2: 2, 3: 3}),
            (set[int], {1}, {1, 2, 3}),
        ]
        for kind, few, many in cases:
            bounded: Any = Annotated[kind, Meta(min_length=1, max_length=2)]
            checked(bounded, few)
            error = refusal(bounded, many)
            self.assertIn("of 3 items", error.got)
            self.assertIn("(min_length=1, max_length=2)", error.expected)
            refusal(bounded, type(few)())

    def test_lengthsForLater(self) -> None:
        """
        A type can be asked about the length that a change would give.
        """
        type_: Any = typeOf(Annotated[list[int], Meta(max_length=2)])
        self.assertIsInstance(type_, ListOf)
        type_.checkLength(2, "Pond.ratings")
        error = self.assertRaises(Violation, type_.checkLength, 3, "Pond.ratings")
        self.assertEqual("Pond.ratings", error.where)
        self.assertEqual("3 items", error.got)

    def test_partsForLater(self) -> None:
        """
        A type has the types of what is in it.
        """
        depths: Any = typeOf(dict[str, list[int]])
        self.assertEqual("str", str(depths.key))
        self.assertEqual("int", str(depths.value.item))
        names: Any = typeOf(set[str])
        self.assertEqual("str", str(names.item))

    def test_objectsInThem(self) -> None:
        """
        An object in a container is looked into.
        """
        duck: Any = Duck("Donald")
        duck.weight = "heavy"
        for annotation, value in [
            (list[Duck], [duck]),
            (dict[str, Duck], {"a": duck}),
            (set[Duck], {duck}),
        ]:
            self.assertTrue(refusal(annotation, value).where.endswith(".weight"))

    def test_largeOnes(self) -> None:
        """
        A container of leaves is taken whole, whatever is in it.
        """
        cases: list[tuple[Any, list[Any]]] = [
            (list[int], [1] * 10_000),
            (list[int | None], [None, 1] * 5000),
            (list[Annotated[str, Meta(max_length=3)]], ["abc"] * 10_000),
        ]
        for annotation, values in cases:
            self.assertIs(values, checked(annotation, values))
            values.append(b"x")
            self.assertEqual("it[10000]", refusal(annotation, values).where)
