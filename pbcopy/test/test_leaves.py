# -*- test-case-name: pbcopy.test.test_leaves -*-
"""
Tests for L{pbcopy._leaves}.
"""

from __future__ import annotations

import datetime
import enum
import uuid
import zoneinfo
from collections import namedtuple
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import attr
from twisted.spread import pb as stock
from twisted.spread.jelly import Jellyable
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._leaves import areEqual, isLeaf
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy._trackedset import TrackedSet
from pbcopy.test.nodes import Duck, Pond


class Colour(enum.Enum):
    """
    A member is a leaf.
    """

    GREEN = 1


@dataclass(frozen=True)
class Frozen:
    """
    A record that cannot change.
    """

    value: Any
    hidden: Any = field(default=0, compare=False, repr=False)


@attr.s(auto_attribs=True, frozen=True)
class FrozenAttrs:
    """
    The same by attrs.
    """

    value: Any


@attr.s(auto_attribs=True, frozen=True, slots=True)
class FrozenSlots:
    """
    The same in slots.
    """

    value: Any


class OfFrozen(Frozen):
    """
    A subclass that says nothing of its own.
    """


@dataclass
class Loose:
    """
    A record that can change.
    """

    value: Any


@attr.s(auto_attribs=True)
class LooseAttrs:
    """
    The same by attrs.
    """

    value: Any


class Point(NamedTuple):
    """
    A named tuple.
    """

    x: Any
    y: Any = 0


@dataclass(frozen=True)
class FrozenDuck(pb.Copyable):
    """
    A copyable is no leaf, whatever it says.
    """


OtherPoint: Any = namedtuple("OtherPoint", "x y")


class OwnText(str):
    """
    A text that may have attributes.
    """


UTC = datetime.timezone.utc


class LeafTests(SynchronousTestCase):
    """
    What cannot change, or is watched by itself, is a leaf.
    """

    def test_leaves(self) -> None:
        """
        These are.
        """
        for value in [
            None,
            True,
            1,
            10**40,
            1.5,
            1j,
            "x",
            b"x",
            Decimal("1.0"),
            datetime.date(2026, 1, 1),
            datetime.datetime(2026, 1, 1, tzinfo=UTC),
            datetime.time(1),
            datetime.timedelta(1),
            UTC,
            zoneinfo.ZoneInfo("Europe/Berlin"),
            uuid.UUID(int=1),
            PurePosixPath("x"),
            Colour.GREEN,
            (1, (2, "x")),
            frozenset([1, (2,)]),
            Point(1, (2,)),
            Frozen((1, FrozenSlots("x"))),
            FrozenAttrs(1),
            OfFrozen(1),
            Pond(),
            stock.Cacheable(),
            pb.RemoteCache(),
            stock.Referenceable(),
            stock.ViewPoint(None, None),
        ]:
            self.assertTrue(isLeaf(value), value)

    def test_notLeaves(self) -> None:
        """
        These could change, or cannot be sent.
        """
        for value in [
            [],
            {},
            set(),
            ([],),
            bytearray(),
            memoryview(b""),
            TrackedList(),
            Duck(),
            FrozenDuck(),
            stock.Copyable(),
            pb.RemoteCopy(),
            Loose(1),
            LooseAttrs(1),
            Frozen([]),
            FrozenAttrs([]),
            FrozenSlots(bytearray()),
            Point([]),
            (1, Loose(1)),
            object(),
            Jellyable(),
            OwnText("x"),
            Fraction(1, 2),
            range(3),
            ...,
            ValueError(),
            int,
            len,
            iter(()),
        ]:
            self.assertFalse(isLeaf(value), value)


class EqualTests(SynchronousTestCase):
    """
    An equal value is no change.
    """

    def test_equal(self) -> None:
        """
        What looks and behaves the same is equal, whatever class of container.
        """
        duck = Duck()
        for old, new in [
            (1, 1),
            ("x" * 30, "".join("x" * 30)),
            (1.5, 3 / 2),
            (None, None),
            ((1, (duck,)), (1, (duck,))),
            (frozenset([1, "x"]), frozenset(["x", 1])),
            (Decimal("1.0"), Decimal("1.0")),
            (Point(1), Point(1)),
            (Frozen((1,)), Frozen((1,))),
            (FrozenSlots("x"), FrozenSlots("x")),
            (PurePosixPath("x"), PurePosixPath("x")),
            (TrackedList([1, [2, duck]]), [1, [2, duck]]),
            (TrackedDict({"a": {1}, 2: ([],)}), {"a": {1}, 2: ([],)}),
            (TrackedSet([1, "x"]), {"x", 1}),
        ]:
            self.assertTrue(areEqual(old, new), old)

    def test_different(self) -> None:
        """
        What is equal to Python may look or behave otherwise, and is not.
        """
        table: list[Any] = [
            (1, True),
            (1, 1.0),
            (0.0, -0.0),
            (Decimal("1.0"), Decimal("1.00")),
            ((1,), (1.0,)),
            ((1,), (1, 2)),
            (frozenset([1]), frozenset([1.0])),
            (frozenset([1, 2.0]), frozenset([1.0, 2])),
            (Point(1), (1, 0)),
            (Point(1), OtherPoint(1, 0)),
            (Frozen(1), Frozen(1.0)),
            (Frozen(1), Frozen(1, hidden=2)),
            (Duck(), Duck()),
            (stock.Referenceable(), stock.Referenceable()),
            (TrackedList([1]), [1.0]),
            (TrackedList([1]), (1,)),
            (TrackedList([1]), TrackedList([1])),
            ([1], [1]),
            (TrackedList([1]), [1, 2]),
            (TrackedSet([1]), {1.0}),
            (TrackedSet([1]), {1, 2}),
            (TrackedDict(a=1, b=2), {"b": 2, "a": 1}),
            (TrackedDict({1: 2}), {1.0: 2}),
            (TrackedDict({1: 2}), {1: 2, 3: 4}),
            (TrackedDict({1: 2}), {1: 3}),
        ]
        for old, new in table:
            self.assertFalse(areEqual(old, new), old)

    def test_aliases(self) -> None:
        """
        What is at two places is not equal to what is at one, nor the other way
        round: a change of it would be seen at both.
        """
        inner: list[Any] = []
        self.assertFalse(areEqual(TrackedList([[], []]), [inner, inner]))
        self.assertFalse(areEqual(TrackedList([inner, inner]), [[], []]))
        self.assertFalse(areEqual(TrackedList([inner, inner]), [inner, inner]))

    def test_cycles(self) -> None:
        """
        What has itself in it is not equal to anything else.
        """
        one, other = TrackedList([1]), [1]
        one.append(one)
        other.append(other)  # type: ignore[arg-type]
        self.assertFalse(areEqual(one, other))

    def test_deep(self) -> None:
        """
        What is deep is compared as far as it goes.
        """
        old: Any = []
        new: Any = []
        for _ in range(5000):
            old, new = [old], [new]
        self.assertTrue(areEqual(TrackedList(old), new))
