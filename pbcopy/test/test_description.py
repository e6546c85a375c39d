"""
Tests for L{pbcopy._description}.
"""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import PurePath
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import msgspec
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _description as told
from pbcopy._description import described
from pbcopy._leaftypes import SCALARS
from pbcopy._types import typeOf
from pbcopy.test.views import DUCK, Colour, Duck, PondView

INT, STR, NONE = 2, 5, 0


class Spot(NamedTuple):
    """
    A record.
    """

    x: int
    y: float


@dataclass(frozen=True)
class Path:
    """
    A record that may have another one in it.
    """

    spot: Spot
    next: Path | None
    length: int = field(init=False, repr=False)


class Base(NamedTuple):
    """
    A record with a subclass.
    """

    x: int


class Derived(Base):
    """
    That one.
    """


@pbcopy.shared
class Bird(pbcopy.Copyable):
    """
    A declared class with a subclass.
    """


@pbcopy.shared
class Secretary(Bird):
    """
    That one.
    """


@pbcopy.shared
class Alias(pbcopy.Copyable):
    """
    A declared class that chooses a name for itself.
    """

    def getTypeToCopyFor(self, perspective: Any) -> str:
        return "another.Name"


class Many(enum.Enum):
    """
    More than are told.
    """

    locals().update({f"M{number}": number for number in range(told.MOST_NAMES + 1)})


class DescribedTests(SynchronousTestCase):
    """
    A type is told as plain data.
    """

    def assertTold(self, expected: Any, annotation: Any) -> None:
        """
        Check what is told, also when it is packed.
        """
        found = described(typeOf(annotation))
        self.assertEqual(expected, found)
        packed = msgspec.msgpack.encode(found)
        self.assertEqual(expected, msgspec.msgpack.decode(packed))

    def test_scalars(self) -> None:
        """
        A scalar takes one byte, and each has a number of its own.
        """
        self.assertEqual({*SCALARS}, {*told.SCALARS_TOLD})
        for code, cls in enumerate(told.SCALARS_TOLD):
            self.assertTold(code, cls)
        self.assertEqual(1, len(msgspec.msgpack.encode(described(typeOf(str)))))

    def test_numbers(self) -> None:
        """
        The numbers mean the same for all versions.
        """
        names = [each.__name__ for each in told.SCALARS_TOLD]
        self.assertEqual(
            "NoneType bool int float complex str bytes Decimal UUID date timedelta "
            "datetime time",
            " ".join(names),
        )
        kinds = told.LIST, told.DICT, told.SET, told.FROZENSET, told.TUPLES
        self.assertEqual((32, 33, 34, 35, 36), kinds)
        kinds = told.TUPLE, told.UNION, told.LITERAL, told.ENUM, told.OBJECT
        self.assertEqual((37, 38, 39, 40, 41, 42), (*kinds, told.RECORD))

    def test_bounds(self) -> None:
        """
        Bounds go along, but those that leave it open what there is.
        """
        number = Annotated[int, msgspec.Meta(ge=0, lt=9, multiple_of=2)]
        self.assertTold([INT, "ge", 0, "lt", 9], number)
        text = Annotated[str, msgspec.Meta(pattern="(a+)+")]
        self.assertTold(STR, text)
        aware = Annotated[datetime.datetime, msgspec.Meta(tz=True)]
        self.assertTold([11, "tz", True], aware)

    def test_containers(self) -> None:
        """
        A container has the types of what is in it, and its lengths if they are
        bounded.
        """
        self.assertTold([told.LIST, [told.SET, INT]], list[set[int]])
        self.assertTold([told.DICT, STR, None], dict[str, Any])
        self.assertTold([told.FROZENSET, INT], frozenset[int])
        self.assertTold([told.TUPLES, INT], tuple[int, ...])
        self.assertTold([told.TUPLE, INT, STR], tuple[int, str])
        self.assertTold([told.TUPLE], tuple[()])
        bounded = Annotated[list[int], msgspec.Meta(max_length=3)]
        self.assertTold([told.LIST, INT, 0, 3], bounded)

    def test_unions(self) -> None:
        """
        A union has its types.
        """
        self.assertTold([told.UNION, STR, NONE], str | None)

    def test_literals(self) -> None:
        """
        A literal has its values: what MessagePack has, and names of members.
        """
        self.assertTold([told.LITERAL, "a", 1, True], Literal["a", 1, True])
        name = "pbcopy.test.views.Colour"
        self.assertTold(
            [told.UNION, [told.LITERAL, b"a"], [told.ENUM, name, "GREEN"], NONE],
            Literal[b"a", Colour.GREEN, None],
        )
        self.assertTold([told.ENUM, name, "GREEN"], Literal[Colour.GREEN])
        self.assertTold(None, Literal[2**64])
        self.assertTold([told.UNION, [told.LITERAL, 1], None], Literal[1, "\ud800"])

    def test_members(self) -> None:
        """
        An C{Enum} has the names of its members, unless they are many.
        """
        name = "pbcopy.test.views.Colour"
        self.assertTold([told.ENUM, name, "GREEN", "BROWN"], Colour)
        self.assertTold([told.ENUM, "pbcopy.test.test_description.Many"], Many)

    def test_records(self) -> None:
        """
        A record has those of its fields that each instance has.  What is in
        itself is anything there.
        """
        spot = [told.RECORD, "pbcopy.test.test_description.Spot", "x", INT, "y", 3]
        self.assertTold(spot, Spot)
        path = "pbcopy.test.test_description.Path"
        there = [told.UNION, None, NONE]
        self.assertTold([told.RECORD, path, "spot", spot, "next", there], Path)

    def test_objects(self) -> None:
        """
        A declared class has its name, as it is sent.
        """
        self.assertTold([told.OBJECT, DUCK], Duck)

    def test_someObject(self) -> None:
        """
        It is told that there is an object, and no name, where objects of other
        names may be: of subclasses, which are nobody's business, of a class that
        chooses its name, and of a replica, which comes home as something else.
        """
        for cls in (Bird, Alias, PondView, Base):
            self.assertTold(told.OBJECT, cls)
        self.assertTold(
            [told.OBJECT, "pbcopy.test.test_description.Secretary"], Secretary
        )

    def test_anything(self) -> None:
        """
        What is told as anything: what is anything, and what may be sent as
        something else.
        """
        for annotation in (Any, PurePath, pbcopy.pb.Referenceable):
            self.assertTold(None, annotation)

    def test_deep(self) -> None:
        """
        What is deep is not told.
        """
        annotation: Any = int
        for _ in range(told.DEEPEST + 5):
            annotation = list[annotation]
        found, depth = described(typeOf(annotation)), 0
        while found is not None:
            found, depth = found[1], depth + 1
        self.assertEqual(told.DEEPEST, depth)

    def test_values(self) -> None:
        """
        The classes of values that have nothing in them are told.
        """
        self.assertEqual([7, 8], [described(typeOf(each)) for each in (Decimal, UUID)])
