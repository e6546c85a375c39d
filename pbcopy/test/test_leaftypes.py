# -*- test-case-name: pbcopy.test.test_leaftypes -*-
"""
Tests for L{pbcopy._leaftypes}.
"""

from __future__ import annotations

import datetime
import enum
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta
from twisted.trial.unittest import SynchronousTestCase

from pbcopy.test.declared import Colour, checked, refusal


class Size(enum.IntEnum):
    """
    An enumeration of numbers.
    """

    SMALL = 1
    LARGE = 2


class Right(enum.Flag):
    """
    An enumeration that can be combined.
    """

    READ = 1
    WRITE = 2


class Mixed(enum.Enum):
    """
    An enumeration of what C{msgspec} does not take.
    """

    NOTHING = None
    PAIR = (1, 2)
    LIST = [1]  # noqa: RUF012

    @classmethod
    def _missing_(cls, value: object) -> Any:
        raise AssertionError("a peer must not get here")


NOW = datetime.datetime(2024, 2, 29, 12, tzinfo=datetime.timezone.utc)


class LeafTests(SynchronousTestCase):
    """
    A leaf is of its type, or is widened to it.
    """

    def test_exact(self) -> None:
        """
        A value of the type itself is taken as it is.
        """
        for value in (
            *(None, True, 1, 2**100, 1.5, 1 + 2j, "x", b"x", Decimal("1.50")),
            *(UUID(int=7), NOW, NOW.date(), NOW.time(), datetime.timedelta(7)),
            *(Colour.GREEN, Size.SMALL, Right.READ | Right.WRITE, Mixed.PAIR),
        ):
            self.assertIs(value, checked(type(value), value))
        self.assertIsNone(checked(None, None))

    def test_others(self) -> None:
        """
        A value of another type is refused.
        """
        for annotation, value in [
            *((int, True), (int, 1.0), (int, "1"), (int, None), (int, Decimal(1))),
            *((float, True), (float, "1"), (float, Decimal("0.1")), (bool, 1)),
            *((str, b"x"), (bytes, "x"), (str, Colour.GREEN), (None, 0)),
            *((Decimal, 1), (Decimal, "1"), (UUID, bytes(16)), (UUID, "7")),
            *((datetime.datetime, str(NOW)), (datetime.datetime, NOW.date())),
            *((datetime.date, NOW), (datetime.timedelta, 7), (complex, 1)),
            *((Colour, "GREEN"), (Colour, Size.SMALL), (Size, True), (Size, 1.0)),
            *((Size, 3), (Right, 4), (Right, True), (Mixed, 0), (Mixed, [2])),
            (float, 10**400),
        ]:
            refusal(annotation, value)

    def test_widened(self) -> None:
        """
        An int is taken for a float, the value of a member for the member, and the
        text of a UUID for that.
        """
        for annotation, value, converted in [
            (UUID, str(UUID(int=7)), UUID(int=7)),
            (float, 1, 1.0),
            (int, Size.LARGE, 2),
            (Size, 2, Size.LARGE),
            (Colour, "brown", Colour.BROWN),
            (Right, 3, Right.READ | Right.WRITE),
            (Mixed, None, Mixed.NOTHING),
            (Mixed, (1, 2), Mixed.PAIR),
            (Mixed, [1], Mixed.LIST),
        ]:
            got = checked(annotation, value)
            self.assertEqual(converted, got)
            self.assertIs(type(converted), type(got))

    def test_literals(self) -> None:
        """
        A literal is one of the values, of the same class.
        """
        annotation = Literal["a", 1, b"b", None, Colour.GREEN]
        for value in ("a", 1, b"b", None, Colour.GREEN):
            self.assertIs(value, checked(annotation, value))
        others: list[Any] = ["b", True, 1.0, b"a", Colour.BROWN, "green", [], {}]
        for value in others:
            refusal(annotation, value)
        self.assertEqual("Literal['a', 1]", refusal(Literal["a", 1], 2).expected)

    def test_bounds(self) -> None:
        """
        Bounds are checked, and told.
        """
        for annotation, right, wrong, expected in [
            (Annotated[int, Meta(ge=0, lt=9)], 8, 9, "int (ge=0, lt=9)"),
            (Annotated[float, Meta(gt=0)], 0.5, 0, "float (gt=0)"),
            (Annotated[str, Meta(pattern="^a")], "ab", "b", "str (pattern='^a')"),
            (Annotated[str, Meta(max_length=2)], "ab", "abc", "str (max_length=2)"),
            (Annotated[bytes, Meta(min_length=1)], b"a", b"", "bytes (min_length=1)"),
            (
                Annotated[datetime.datetime, Meta(tz=True)],
                NOW,
                NOW.replace(tzinfo=None),
                "datetime (tz=True)",
            ),
        ]:
            self.assertEqual(right, checked(annotation, right))
            self.assertEqual(expected, refusal(annotation, wrong).expected)

    def test_boundsOfMany(self) -> None:
        """
        Bounds of the items of a list are checked of each, and widening happens
        all the same.
        """
        small = Annotated[float, Meta(le=2)]
        values: list[Any] = [1.5, 2]
        checked(list[small], values)
        self.assertEqual([float, float], [type(each) for each in values])
        self.assertEqual("it[1]", refusal(list[small], [1.5, 3.0, 2.0]).where)

    def test_nestedBounds(self) -> None:
        """
        Bounds of what has bounds are bounds, too.
        """
        age = Annotated[int, Meta(ge=0)]
        error = refusal(Annotated[age, Meta(le=99)], 100)
        self.assertEqual("int (ge=0, le=99)", error.expected)
