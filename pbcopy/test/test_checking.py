# -*- test-case-name: pbcopy.test.test_checking -*-
"""
Tests for L{pbcopy._checking}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._checking import MOST_TOLD, check
from pbcopy._types import typeOf
from pbcopy.errors import Violation
from pbcopy.test.declared import Colour, Duck, Pond


class TrackedList(list[Any]):
    """
    A list that must not be changed by its own methods.
    """

    def __setitem__(self, *args: Any) -> None:
        raise AssertionError

    append = extend = __setitem__


def checked(annotation: Any, value: Any, **options: Any) -> Any:
    """
    Check a value, whose name is C{it}.
    """
    options.setdefault("accepted", lambda container, type_: False)
    return check(typeOf(annotation), value, "it", **options)


class CheckTests(SynchronousTestCase):
    """
    A received value is what was declared, or it is refused.
    """

    def refuses(self, annotation: Any, value: Any, **options: Any) -> Violation:
        """
        Check that a value is refused, and give the error.
        """
        with self.assertRaises(Violation) as caught:
            checked(annotation, value, **options)
        error: Violation = caught.exception
        return error

    def test_objectsAreWalked(self) -> None:
        """
        An object stays the object that it is, and its fields are converted where
        they are, as deep as they are.
        """
        duck: Any = Duck("Donald", 2)
        ducks = TrackedList([duck])
        pond: Any = Pond("brown", ducks, {"mid": (1, 2)})  # type: ignore[arg-type]
        self.assertIs(pond, checked(Pond, pond))
        self.assertIs(Colour.BROWN, pond.colour)
        self.assertIs(ducks, pond.ducks)
        self.assertIs(float, type(duck.weight))
        self.assertIs(float, type(pond.depths["mid"][1]))

    def test_aCycle(self) -> None:
        """
        A value that has itself in it is looked at once.
        """
        duck = Duck("Donald")
        duck.friend = Duck("Daisy", 1.5, duck)
        met: list[Any] = []
        checked(Duck, duck, accepted=lambda each, type_: met.append(each))
        self.assertEqual([duck, duck.friend], met)

    def test_deep(self) -> None:
        """
        A value may be deeper than Python recurs.
        """
        duck = Duck("Donald")
        for _ in range(5000):
            duck = Duck("Donald", friend=duck)
        self.assertIs(duck, checked(Duck, duck))

    def test_theErrorSaysAll(self) -> None:
        """
        The error says where, what came, and what was expected.
        """
        duck: Any = Duck("Donald", friend=Duck(7))  # type: ignore[arg-type]
        error = self.refuses(Duck, duck)
        self.assertEqual("it.friend.name", error.where)
        self.assertEqual("7, an int", error.got)
        self.assertEqual("str", error.expected)

    def test_allDifferencesAreTold(self) -> None:
        """
        One error tells all that is wrong, up to some.
        """
        error = self.refuses(list[int], ["a", 2, "b"])
        self.assertIn("it[0]: ", str(error))
        self.assertIn("it[2]: ", str(error))
        error = self.refuses(list[int], ["a"] * 1000)
        self.assertEqual(MOST_TOLD, str(error).count("'a'"))

    def test_acceptedMayKnowBetter(self) -> None:
        """
        Where C{accepted} says so, nothing is looked at.
        """
        wrong: Any = ["a"]
        self.assertIs(wrong, checked(list[int], wrong, accepted=lambda *_: True))
