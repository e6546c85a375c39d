"""
Tests for L{pbcopy._compatible}.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _valueclasses, pb
from pbcopy._compatible import differences
from pbcopy._description import SCALARS_TOLD, described
from pbcopy._types import typeOf
from pbcopy._understood import understood
from pbcopy._valueclasses import setUnjellyableForValue
from pbcopy.errors import Violation
from pbcopy.test.declared import checked
from pbcopy.test.test_description import Bird
from pbcopy.test.views import Colour, Duck, DuckView, Pond, PondView


class Size(enum.Enum):
    """
    An C{Enum} of the peer's.
    """

    SMALL = 1
    LARGE = 2


class Grown(enum.Enum):
    """
    Its next version.
    """

    SMALL = 1
    LARGE = 2
    HUGE = 3


class Other(enum.Enum):
    """
    One that has other members.
    """

    RED = "red"


class Word(str, enum.Enum):
    """
    One whose members are texts.
    """

    YES = "yes"


class Spot(NamedTuple):
    """
    A record of the peer's.
    """

    x: int
    y: int


class WiderSpot(NamedTuple):
    """
    One that has wider fields.
    """

    x: float
    y: int | None


class OtherSpot(NamedTuple):
    """
    One that has other fields.
    """

    x: str
    z: int


@dataclass(frozen=True)
class Line:
    """
    A record that has records in it.
    """

    start: Spot
    end: Spot


@pbcopy.shared
class Egg(pbcopy.Copyable):
    """
    A declared class that nothing here represents.
    """


def bounded(annotation: Any, **bounds: Any) -> Any:
    """
    Give a type with bounds.
    """
    return Annotated[annotation, msgspec.Meta(**bounds)]


def compared(sent: Any, declared: Any) -> list[Violation]:
    """
    Compare what a peer has declared with what is declared here.
    """
    theirs = understood(described(typeOf(sent)))
    return differences("it", theirs, typeOf(declared))


NOON = datetime.datetime(2026, 1, 1, 12)

TEXTS = ["a", "green", "yes", "12345678-1234-5678-1234-567812345678"]

VALUES: dict[Any, Iterable[Any]] = {
    type(None): [None],
    bool: [True],
    int: [1, 7],
    float: [1.5, 7.5],
    complex: [1j],
    str: TEXTS,
    bytes: [b"a"],
    Decimal: [Decimal("1.5")],
    UUID: [UUID(int=1)],
    datetime.date: [NOON.date()],
    datetime.timedelta: [datetime.timedelta(1)],
    datetime.datetime: [NOON, NOON.replace(tzinfo=datetime.timezone.utc)],
    datetime.time: [NOON.time()],
    bounded(int, ge=5): [7],
    bounded(int, lt=5): [1],
    bounded(float, ge=5): [7.5],
    bounded(str, max_length=40): TEXTS,
    bounded(datetime.datetime, tz=True): [NOON.replace(tzinfo=datetime.timezone.utc)],
    bounded(datetime.datetime, tz=False): [NOON],
    Literal["a", 7]: ["a", 7],
    Literal[1]: [1],
    Literal[Colour.GREEN]: [Colour.GREEN],
    Colour: list(Colour),
    Size: list(Size),
    Word: list(Word),
    Spot: [Spot(1, 2)],
    tuple[int, int]: [(1, 2)],
    tuple[int, ...]: [(1,), (1, 2), (1, 2, 3)],
    tuple[str]: [("a",)],
    frozenset[int]: [frozenset([1, 7])],
    set[str]: [{"a"}],
    list[int]: [[1], [1, 7]],
    list[float]: [[1.5]],
    list[Size]: [[Size.SMALL]],
    bounded(list[int], min_length=2): [[1, 7], [1, 1]],
    dict[str, int]: [{"a": 1}],
    dict[str, list[int]]: [{"a": [7]}],
    int | str: [1, 7, *TEXTS],
    int | None: [1, 7, None],
    list[int | None]: [[1], [1, 1]],
    Any: [1, "a", Size.SMALL, [1]],
}
"""Types, and values of which one can be taken as another type if any can."""


class RulesTests(SynchronousTestCase):
    """
    The rules of the howto.
    """

    def setUp(self) -> None:
        """
        Have classes for the values.
        """
        self.patch(_valueclasses, "_local", {})
        for each in (Size, Colour, Word, Spot, Line):
            setUnjellyableForValue(each)

    def assertTaken(self, sent: Any, *declared: Any) -> None:
        """
        Check that some types take another.
        """
        for each in declared:
            self.assertEqual([], compared(sent, each), (sent, each))

    def assertRefused(self, sent: Any, *declared: Any) -> None:
        """
        Check that some types do not take another.
        """
        for each in declared:
            self.assertNotEqual([], compared(sent, each), (sent, each))

    def test_asWithValues(self) -> None:
        """
        A type takes another exactly if it takes one of its values.  A tuple stands
        for a record where its sender does not know what is declared here, and a
        sender that tells types does know.
        """
        for sent, values in VALUES.items():
            taken = {d for d in VALUES if any(takes(d, each) for each in values)}
            found = {d for d in VALUES if not compared(sent, d)}
            self.assertEqual({*VALUES} if sent is Any else taken, found, sent)

    def test_scalars(self) -> None:
        """
        Nothing is converted, but a number to C{float} and a text to C{UUID}.
        """
        taken = {
            (sent, declared)
            for sent in SCALARS_TOLD
            for declared in SCALARS_TOLD
            if not compared(sent, declared) and sent is not declared
        }
        self.assertEqual({(int, float), (str, UUID)}, taken)

    def test_wider(self) -> None:
        """
        A type that became wider at the receiver, or narrower, is taken.
        """
        for narrow, wide in (
            (int, int | str),
            (int, int | None),
            (list[int], list[int | str]),
            (bounded(int, ge=0, le=9), int),
            (bounded(int, ge=0, le=9), bounded(int, ge=-9, le=99)),
            (Literal["a"], Literal["a", "b"]),
            (Literal["a"], str),
            (int, Any),
            (list[int], list[Any]),
            (list[int], Any),
            (bounded(list[int], max_length=3), list[int]),
            (tuple[int, int], tuple[int, ...]),
        ):
            self.assertTaken(narrow, wide)
            self.assertTaken(wide, narrow)
        self.assertTaken(list[int], list[float])
        self.assertRefused(list[float], list[int])

    def test_empty(self) -> None:
        """
        That a container may be empty is not enough, nor that there may be
        C{None}, unless there is nothing else.
        """
        self.assertRefused(list[str], list[int], list[int] | None)
        self.assertRefused(dict[str, int], dict[str, str], dict[int, int])
        self.assertRefused(set[str], set[int])
        self.assertRefused(tuple[str, ...], tuple[int, ...])
        self.assertRefused(str | None, int | None)
        self.assertRefused(list[str | None], list[int | None])
        self.assertTaken(None, int | None)
        self.assertTaken(int | None, None)
        self.assertRefused(None, int)
        self.assertTaken(tuple[()], tuple[()], tuple[int, ...])

    def test_containers(self) -> None:
        """
        No container is another one.
        """
        containers = [list[int], set[int], frozenset[int], tuple[int, ...]]
        for sent in [*containers, dict[int, int]]:
            for declared in [*containers, dict[int, int]]:
                self.assertEqual(sent == declared, not compared(sent, declared))
        self.assertRefused(tuple[int, int], tuple[int], tuple[int, int, int])

    def test_bounds(self) -> None:
        """
        Bounds between which there is nothing are refused.
        """
        few = bounded(int, ge=0, lt=5)
        self.assertTaken(few, bounded(int, gt=3), bounded(int, le=0))
        self.assertTaken(few, bounded(float, gt=3.5, le=4))
        self.assertRefused(few, bounded(int, ge=5), bounded(int, gt=4))
        self.assertRefused(few, bounded(int, lt=0), bounded(int, gt=1, lt=2))
        self.assertRefused(few, bounded(float, gt=3.5, lt=4))
        half = bounded(float, ge=0, lt=0.5)
        self.assertTaken(half, bounded(float, gt=0.25))
        self.assertRefused(half, bounded(float, ge=0.5))
        short = bounded(str, max_length=3)
        self.assertTaken(short, bounded(str, min_length=3))
        self.assertRefused(short, bounded(str, min_length=4))
        short = bounded(list[int], max_length=3)
        self.assertTaken(short, bounded(list[int], min_length=3))
        self.assertRefused(short, bounded(list[int], min_length=4))
        aware = bounded(datetime.datetime, tz=True)
        self.assertTaken(aware, datetime.datetime, aware)
        self.assertRefused(aware, bounded(datetime.datetime, tz=False))

    def test_members(self) -> None:
        """
        An C{Enum} with a member in common is taken, and one that has another name
        here where that was registered.
        """
        name = "pbcopy.test.test_compatible."
        setUnjellyableForValue(f"{name}Size", Grown)
        self.assertTaken(Size, Grown)
        self.assertRefused(Size, Size)
        setUnjellyableForValue(f"{name}Grown", Size)
        self.assertTaken(Grown, Size)
        setUnjellyableForValue(f"{name}Size", Other)
        self.assertRefused(Size, Other, Any)
        self.assertTaken(str, Word)
        self.assertRefused(int, Word)
        self.assertTaken(Word, str)

    def test_unregisteredEnum(self) -> None:
        """
        An C{Enum} that is not registered is no value here, whatever is declared.
        """
        self.assertRefused(Other, Other, Any, str)
        (difference,) = compared(Other, str)
        self.assertEqual(
            "no class is declared or registered here for "
            "pbcopy.test.test_compatible.Other",
            difference.advice,
        )

    def test_objects(self) -> None:
        """
        An object is taken as what represents its class here.
        """
        self.assertTaken(Duck, Duck, DuckView, Any, pb.RemoteCopy, pb.Copyable)
        self.assertRefused(Duck, Pond, PondView, str, list[Any], Spot)
        self.assertTaken(Pond, PondView, pb.RemoteCache)
        self.assertRefused(str, DuckView)
        self.assertTaken(list[Duck], list[DuckView], list[Any], Any)

    def test_undeclaredClass(self) -> None:
        """
        An object whose class nothing represents is refused, whatever is declared.
        """
        for declared in (list[Egg], list[Any], Any):
            (difference,) = compared(list[Egg], declared)
            self.assertIn("test_compatible.Egg", difference.advice)
        self.assertTaken(Egg | Duck, DuckView)

    def test_someObject(self) -> None:
        """
        An object of a class that is not told is taken where any object is.
        """
        self.assertTaken(Bird, DuckView, Any, pb.RemoteCopy, Spot)
        self.assertRefused(Bird, int, list[int], None, Colour)

    def test_registeredByHand(self) -> None:
        """
        So is one for which a function is registered.
        """
        tags: Any = {b"pbcopy.test.test_compatible.Egg": lambda *args: None}
        self.patch(pbcopy._replicas, "copyTags", tags)
        self.assertTaken(Egg, DuckView, Any)

    def test_records(self) -> None:
        """
        A record has the same fields, each with a value in common.
        """
        name = "pbcopy.test.test_compatible.Spot"
        self.assertTaken(Spot, Spot, Any, tuple[int, int] | Spot)
        self.assertRefused(Spot, tuple[int, int], Line, str)
        setUnjellyableForValue(name, WiderSpot)
        self.assertTaken(Spot, WiderSpot)
        setUnjellyableForValue(name, OtherSpot)
        whole, fields, x = compared(Spot, OtherSpot)
        self.assertEqual(("it", name), (whole.where, whole.got))
        self.assertEqual("OtherSpot", fields.where)
        self.assertEqual(("x, y", "x, z"), (fields.got, fields.expected))
        self.assertEqual(("OtherSpot.x", "int", "str"), (x.where, x.got, x.expected))
        self.assertTaken(Spot | int, OtherSpot | int)

    def test_recordsInRecords(self) -> None:
        """
        What differs in a record that is in another one is told.
        """
        self.assertTaken(Line, Line)
        setUnjellyableForValue("pbcopy.test.test_compatible.Spot", OtherSpot)
        self.assertEqual(
            ["it", "Line.start", "Line.end"],
            [each.where for each in compared(Line, Line)],
        )

    def test_difference(self) -> None:
        """
        A difference says what is declared at either side.
        """
        (difference,) = compared(dict[str, list[str]], dict[str, list[int]])
        self.assertEqual(
            "it: the sender declares this as something else "
            "(got dict[str, list[str]], expected dict[str, list[int]])",
            str(difference),
        )
        self.assertEqual("dict[str, list[str]]", difference.got)
        self.assertEqual("dict[str, list[int]]", difference.expected)

    def test_short(self) -> None:
        """
        What a peer makes up is not shown at length.
        """
        (difference,) = differences(
            "it", understood([40, "x" * 10_000, "y"]), typeOf(int)
        )
        self.assertLess(len(str(difference)), 700)


def takes(annotation: Any, value: Any) -> bool:
    """
    Tell whether a value is taken.
    """
    if annotation is Spot and type(value) is tuple:
        return False
    try:
        # What is in it is converted where it is.
        checked(annotation, list(value) if isinstance(value, list) else value)
    except Violation:
        return False
    return True
