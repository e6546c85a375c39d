# -*- test-case-name: pbcopy.test.test_tupletypes -*-
"""
Tests for L{pbcopy._tupletypes}.
"""

from __future__ import annotations

from collections import namedtuple
from typing import Annotated, Any

from msgspec import Meta
from twisted.trial.unittest import SynchronousTestCase

from pbcopy.test.declared import Colour, Duck, checked, refusal

Point = namedtuple("Point", "x y")


class TupleTests(SynchronousTestCase):
    """
    Tuples and frozensets are made anew if they have to be.
    """

    def test_same(self) -> None:
        """
        What needs no conversion is the object that it was.
        """
        for annotation, value in [
            (tuple[int, str], (1, "x")),
            (tuple[int, ...], (1, 2, 3)),
            (tuple[()], ()),
            (frozenset[int], frozenset({1})),
            (tuple[list[int]], ([1],)),
        ]:
            self.assertIs(value, checked(annotation, value))

    def test_converted(self) -> None:
        """
        What is in them is converted.
        """
        self.assertIs(float, type(checked(tuple[int, float], (1, 2))[1]))
        self.assertIs(float, type(checked(tuple[float, ...], (1.5, 2))[1]))
        self.assertEqual(
            frozenset({Colour.GREEN}), checked(frozenset[Colour], frozenset({"green"}))
        )

    def test_others(self) -> None:
        """
        Other containers are refused, named tuples among them.
        """
        for annotation in (tuple[int, int], tuple[int, ...], frozenset[int]):
            for value in ([1, 2], {1, 2}, Point(1, 2), "12"):
                refusal(annotation, value)
        refusal(frozenset[int], (1, 2))
        refusal(tuple[int, int], frozenset({1, 2}))

    def test_lengths(self) -> None:
        """
        A tuple with a type for each item has as many; another may be bounded.
        """
        for value in ((), (1,), (1, 2, 3)):
            self.assertEqual(
                "tuple[int, int]", refusal(tuple[int, int], value).expected
            )
        refusal(tuple[()], (1,))
        two = Annotated[tuple[int, ...], Meta(max_length=2)]
        checked(two, (1, 2))
        self.assertEqual(
            "tuple[int, ...] (max_length=2)", refusal(two, (1, 2, 3)).expected
        )
        refusal(Annotated[frozenset[int], Meta(max_length=1)], frozenset({1, 2}))

    def test_places(self) -> None:
        """
        The error says where in a tuple something is, and what is in it is looked
        into.
        """
        self.assertEqual("it[1]", refusal(tuple[int, int], (1, "x")).where)
        duck: Any = Duck("Donald")
        duck.name = 7
        self.assertEqual("it[0].name", refusal(tuple[Duck], (duck,)).where)
        self.assertEqual("it[0][1]", refusal(tuple[list[int]], ([1, "x"],)).where)
        self.assertEqual("it{…}", refusal(frozenset[int], frozenset("x")).where)
