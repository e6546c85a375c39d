# -*- test-case-name: pbcopy.test.test_recordtypes -*-
"""
Tests for L{pbcopy._recordtypes}.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import attr
import msgspec
from twisted.trial.unittest import SynchronousTestCase

from pbcopy.errors import RegistrationError
from pbcopy.test.declared import Colour, checked, refusal


class Point(NamedTuple):
    """
    A place, and maybe the next one.
    """

    x: float
    y: float
    next: Point | None = None


@dataclass(frozen=True)
class Fish:
    """
    A dataclass.
    """

    name: str
    colour: Colour = Colour.GREEN
    age: int = field(init=False)


@attr.s(auto_attribs=True, frozen=True, slots=True)
class Frog:
    """
    An attrs class.
    """

    name: str
    size: Any = attr.ib(default=None)


@dataclass(frozen=True)
class Newt:
    """
    What says nothing that can be checked.
    """

    call: Callable[[], int]


@dataclass(frozen=True)
class Toad:
    """
    What names what there is not.
    """

    pond: Nowhere  # type: ignore[name-defined]  # noqa: F821


Untyped = namedtuple("Untyped", "x")


class RecordTests(SynchronousTestCase):
    """
    Records are checked, and are not changed.
    """

    def test_right(self) -> None:
        """
        A record is taken as it is, with an int for a float, and without a field
        that its C{__init__} does not take.
        """
        for value in (
            Point(1, 2.5, Point(0, 0)),
            Fish("Wanda"),
            Frog("Kermit", size=[object()]),
            Untyped(object()),
        ):
            self.assertIs(value, checked(type(value), value))

    def test_wrong(self) -> None:
        """
        The fields are checked, as deep as they are.
        """
        wrong: Any = "wrong"
        for value, where in [
            (Point(1, wrong), "it.y"),
            (Point(1, 2, Point(1, wrong)), "it.next.y"),
            (Fish("Wanda", wrong), "it.colour"),
            (Fish("Wanda", "green"), "it.colour"),  # type: ignore[arg-type]
            (Frog(7), "it.name"),  # type: ignore[arg-type]
        ]:
            self.assertEqual(where, refusal(type(value), value).where)

    def test_others(self) -> None:
        """
        What is no such record is refused.
        """
        for annotation in (Point, Fish, Frog):
            for value in ((1.0,), {"x": "Wanda"}, [1.0, 2.0], "Wanda", Untyped(1)):
                self.assertEqual(
                    annotation.__name__, refusal(annotation, value).expected
                )

    def test_plain(self) -> None:
        """
        A record may come as what it is for those that have no class for it, with
        the right fields.
        """
        for value in (Point(1.0, 2.0, Point(3.0, 4.0)), Frog("Wanda", [1])):
            plain = msgspec.to_builtins(value)
            self.assertEqual(value, checked(type(value), plain))
            self.assertEqual(value, checked(type(value) | None, plain))
            self.assertIs(plain, checked(Any, plain))
        for annotation, plain in [
            (Point, (1.0, "wrong")),
            (Frog, {"size": 1}),
            (Frog, {"name": 5}),
            (Frog, ("Wanda",)),
            # It has a field that no C{__init__} takes.
            (Fish, {"name": "Wanda"}),
        ]:
            self.assertEqual("it", refusal(annotation, plain).where)

    def test_aChain(self) -> None:
        """
        Records may be deeper than Python recurs, and C{accepted} is not told of
        them: they cannot change.
        """
        point = Point(0, 0)
        for _ in range(5000):
            point = Point(0, 0, point)
        self.assertIs(point, checked(Point, point, accepted=None))

    def test_unreadable(self) -> None:
        """
        A field whose annotation says nothing is an error of the program, which
        names it.
        """
        for value, where in [(Newt(int), "Newt.call"), (Toad(1), "Toad.pond")]:
            error = self.assertRaises(RegistrationError, checked, type(value), value)
            self.assertEqual(where, error.where)
