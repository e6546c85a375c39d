# -*- test-case-name: pbcopy.test.test_checking -*-
"""
Tests for L{pbcopy._checking}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._checking import MOST_TOLD, joined, rendered
from pbcopy._paths import LONGEST
from pbcopy._trackedset import TrackedSet
from pbcopy.errors import Violation
from pbcopy.test.declared import (
    Colour,
    Duck,
    Pond,
    TrackedList,
    checked,
    refusal,
)


class CheckTests(SynchronousTestCase):
    """
    A received value is what was declared, or it is refused.
    """

    def test_everyDepth(self) -> None:
        """
        An object stays the object that it is, and its fields are converted where
        they are, as deep as they are.
        """
        duck: Any = Duck("Donald", 2)
        ducks = TrackedList([duck])
        pond: Any = Pond()
        pond.colour, pond.ducks, pond.depths = "brown", ducks, {"mid": (1, 2)}
        self.assertIs(pond, checked(Pond, pond))
        self.assertIs(Colour.BROWN, pond.colour)
        self.assertIs(ducks, pond.ducks)
        self.assertIs(float, type(duck.weight))
        self.assertIs(float, type(pond.depths["mid"][1]))

    def test_aCycle(self) -> None:
        """
        A value that has itself in it is looked at once, and C{accepted} is told
        of each container and object once, with its type.
        """
        duck = Duck("Donald")
        duck.friend = Duck("Daisy", 1.5, duck)
        whole: list[Any] = [duck, duck]
        whole.append(whole)
        met: list[Any] = []
        checked(list[Any], whole, accepted=lambda *pair: met.append(pair))
        self.assertEqual([whole, duck, duck.friend], [each for each, _ in met])
        self.assertEqual(["list[Any]", "Duck", "Duck"], [str(t) for _, t in met])

    def test_deep(self) -> None:
        """
        A value may be deeper than Python recurs.
        """
        duck = Duck("Donald")
        for _ in range(5000):
            duck = Duck("Donald", friend=duck)
        self.assertIs(duck, checked(Duck, duck))
        whole: list[Any] = []
        for _ in range(5000):
            whole = [whole]
        self.assertIs(whole, checked(list[Any], whole))

    def test_tuplesAreNotAsDeep(self) -> None:
        """
        Tuples that are deeper than Python recurs are refused.
        """
        value: Any = object()
        for _ in range(5000):
            value = (value,)
        self.assertIn("too deeply", str(refusal(Any, value)))

    def test_theErrorSaysAll(self) -> None:
        """
        The error says where, what came, and what was expected.
        """
        daisy: Any = Duck("Daisy")
        daisy.name = 7
        error = refusal(dict[str, Any], {"a b": [Duck("Donald", friend=daisy)]})
        self.assertEqual("it['a b'][0].friend.name", error.where)
        self.assertEqual("7, an int", error.got)
        self.assertEqual("str", error.expected)

    def test_whatCameIsShownShortly(self) -> None:
        """
        Neither what is long, nor what is deep, makes a long error.
        """
        whole: list[Any] = []
        for _ in range(5000):
            whole = [whole]
        for value in (whole, "x" * 10**6, b"x" * 10**6, 10**10_000, [0] * 10**6):
            self.assertLess(len(str(refusal(bool, value))), 300)
        self.assertEqual("a list of 1 items", refusal(bool, whole).got)
        self.assertEqual("a set of 1 items", refusal(bool, TrackedSet([1])).got)
        self.assertEqual("a Duck", refusal(bool, Duck("Donald")).got)
        self.assertEqual("'x', a str", refusal(bool, "x").got)

    def test_allDifferencesAreTold(self) -> None:
        """
        One error tells all that is wrong, up to a number.
        """
        error = refusal(list[int], ["a", 2, "b"])
        self.assertIn("it[0]: ", str(error))
        self.assertIn("it[2]: ", str(error))
        error = refusal(list[int], ["a"] * 1000)
        self.assertEqual(MOST_TOLD, str(error).count("'a'"))
        self.assertTrue(str(error).endswith("…"))

    def test_differencesThatWereFoundBefore(self) -> None:
        """
        What was found before is told in the same error, and is an error if all
        the rest is right.
        """
        before = Violation("a field did not come", where="it.name")
        self.assertIs(before, refusal(list[int], [1], found=[before]))
        error = str(refusal(list[int], ["a"], found=[before]))
        self.assertIn("it.name: a field did not come; it[0]: ", error)

    def test_acceptedMayKnowBetter(self) -> None:
        """
        Where C{accepted} says so, nothing is looked at.
        """
        wrong: Any = ["a"]
        self.assertIs(wrong, checked(list[int], wrong, accepted=lambda *_: True))

    def test_whatMayNotBeChanged(self) -> None:
        """
        Where C{mayChange} says so, a container whose items need to be converted
        is refused, and not changed; others are taken.
        """
        numbers: list[Any] = [1, 2]
        self.assertIs(numbers, checked(list[int], numbers, mayChange=lambda _: False))
        error = refusal(list[float], numbers, mayChange=lambda each: False)
        self.assertEqual("it", error.where)
        self.assertEqual([int, int], [type(each) for each in numbers])

    def test_oneListOfTwoTypes(self) -> None:
        """
        A list in two places is refused if it would have to be converted for the
        one and not for the other.
        """
        for first, second in [(int, float), (float, int)]:
            numbers: list[Any] = [1]
            refusal(tuple[list[first], list[second]], (numbers, numbers))  # type: ignore[valid-type]
        numbers = [1]
        checked(tuple[list[int], list[int | None]], (numbers, numbers))
        checked(tuple[Any, list[float]], (numbers, numbers))
        self.assertIs(float, type(numbers[0]))


class PlaceTests(SynchronousTestCase):
    """
    A place is a text when it is asked for.
    """

    def test_rendered(self) -> None:
        """
        Steps follow each other, and a long way has no middle.
        """
        self.assertEqual(
            "Pond.ducks[2].name", rendered(((("Pond", "ducks"), 2), "name"))
        )
        where: Any = "Duck"
        for _ in range(10_000):
            where = (where, "friend")
        self.assertEqual(LONGEST + 1, len(rendered(where)))

    def test_one(self) -> None:
        """
        One difference is told as it is.
        """
        only = Violation("wrong", where="Duck.name")
        self.assertIs(only, joined([only, only], 1))
