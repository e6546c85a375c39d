# -*- test-case-name: pbcopy.test.test_values -*-
"""
Tests for L{pbcopy._values}.
"""

from __future__ import annotations

import asyncio
import datetime
import decimal
import os
import sys
import uuid
import zoneinfo
from collections import Counter, OrderedDict, UserDict, defaultdict, deque
from collections.abc import Callable
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.python.reflect import requireModule
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly, SecurityOptions, _Jellier
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from pbcopy import pb
from pbcopy._kinds import TAG
from pbcopy._values import jellyValue, refuseValue
from pbcopy.errors import Unsendable, Violation
from pbcopy.test.values import (
    CLASSES,
    Access,
    Bare,
    Color,
    Duck,
    Frozen,
    Ice,
    Jellier,
    Level,
    Pond,
    PondFull,
    Water,
    assertExact,
    assertRefused,
    differences,
    jellied,
    register,
    roundTrip,
    unjellied,
)
from pbcopy.testing import connect

if TYPE_CHECKING or requireModule("hypothesis") is not None:
    from hypothesis import given, settings
    from hypothesis import strategies as st
    from hypothesis.strategies import DataObject

UTC = datetime.timezone.utc
DAY = datetime.datetime(2026, 10, 25, 2, 30)

PLAIN: list[Any] = [
    None,
    True,
    1,
    -(2**448) + 1,
    1.5,
    float("nan"),
    "text ü",
    b"bytes",
    [1],
    (1,),
    {1: 2},
    {1},
    frozenset([1]),
    DAY,
    DAY.date(),
    DAY.time(),
    datetime.timedelta(-1, 2, 3),
    decimal.Decimal("-1.50"),
    decimal.Decimal(0),
]
"""What Jelly sends as it is."""

VALUES: list[Any] = [
    1j,
    decimal.Decimal("-0"),
    decimal.Decimal("sNaN7"),
    uuid.UUID(int=7),
    PurePosixPath("a"),
    PureWindowsPath("c:/a"),
    DAY.replace(tzinfo=UTC),
    DAY.replace(fold=1),
    DAY.time().replace(fold=1),
    UTC,
    zoneinfo.ZoneInfo("Europe/Berlin"),
    bytearray(b"x"),
    deque([1]),
    OrderedDict(x=1),
    defaultdict(list),
    Color.RED,
    Level.LOW,
    Access.READ,
    Duck(1, 2),
    Pond(1),
    Frozen(1),
    Ice(1),
    Water(1),
    PondFull(1, 2),
]
"""What is a value."""


class Text(str):
    """
    A subclass of a type that Jelly knows.
    """


class Late(datetime.datetime):
    """
    Another.
    """


class Bag:
    """
    An object that Jelly does not send.
    """


class Seen(pb.RemoteCopy):
    """
    What came from elsewhere.
    """


async def coroutine() -> None:
    """
    Do nothing.
    """


class ChoiceTests(SynchronousTestCase):
    """
    Each object is Jelly's to send, or a value, or an error.
    """

    def setUp(self) -> None:
        """
        Register the classes.
        """
        register(self, *CLASSES)

    def test_plain(self) -> None:
        """
        What Jelly sends exactly is left to it, for any peer.
        """
        for value in PLAIN:
            jellier = Jellier(pb.globalSecurity, None, None)
            self.assertIsNone(jellyValue(jellier, value))
            refuseValue(jellier, value)
        assertExact(self, *PLAIN)

    def test_values(self) -> None:
        """
        Each value is sent with its tag, and arrives.
        """
        for value in VALUES:
            self.assertEqual(TAG, jellied(value)[0])
        assertExact(self, *VALUES, VALUES)

    def test_toAPeerWithoutValues(self) -> None:
        """
        To a peer that does not take values none of them is sent.
        """
        jellier = _Jellier(pb.globalSecurity, None, None)
        for value in VALUES:
            with self.assertRaises(Unsendable) as caught:
                refuseValue(jellier, value)
            self.assertIn(type(value).__name__, caught.exception.where)
        # Banana's limit is Banana's to tell.
        refuseValue(jellier, 2**5000)
        refuseValue(jellier, decimal.Decimal("7" * 1000))

    def test_unsendable(self) -> None:
        """
        What is neither is an error that names its type, for any peer.
        """
        running = coroutine()
        self.addCleanup(running.close)
        failure = Failure(ValueError())
        nothing: list[Any] = []
        things: list[Any] = [
            Text("x"),
            Late(2026, 1, 1),
            Counter("x"),
            UserDict(),
            Bag(),
            Bag,
            Color,
            object(),
            Seen(),
            len,
            coroutine,
            running,
            asyncio.Future,
            Deferred(),
            (each for each in nothing),
            iter([]),
            range(3),
            memoryview(b"x"),
            slice(1),
            ...,
            NotImplemented,
            self.setUp,
            sys,
            os.stat("/"),
            failure,
            KeyboardInterrupt(),
            UnicodeDecodeError("utf-8", b"x", 0, 1, "no"),
            "\ud800",
            "x\udfff",
        ]
        for thing in things:
            for where in (thing, [thing], {"x": (thing,)}, Duck(1, thing), Pond(thing)):
                with self.assertRaises(Unsendable, msg=repr(thing)) as caught:
                    jellied(where)
                cls = type(thing)
                self.assertEqual(
                    f"{cls.__module__}.{cls.__name__}", caught.exception.where
                )
                self.assertTrue(caught.exception.advice)
            with self.assertRaises(Unsendable):
                refuseValue(_Jellier(pb.globalSecurity, None, None), thing)

    def test_advice(self) -> None:
        """
        The error says what to do instead.
        """
        for thing, word in (
            (len, "pb.Referenceable"),
            (Deferred(), "what comes of it"),
            (Bag(), "pb.Copyable"),
            (Text(), "a plain str"),
            (Late(2026, 1, 1), "a plain datetime"),
        ):
            with self.assertRaises(Unsendable) as caught:
                jellied(thing)
            self.assertIn(word, str(caught.exception))

    def test_whatIsAllowed(self) -> None:
        """
        Instances that the application allows are Jelly's to send, and so are
        their classes.
        """
        security = SecurityOptions()
        security.allowInstancesOf(Bag, Pond)
        for thing in (Bag(), Pond(1), Bag):
            jellier = Jellier(security, None, None)
            self.assertIsNone(jellyValue(jellier, thing))
            refuseValue(jellier, thing)

    def test_whatIsStored(self) -> None:
        """
        With a persistent store Jelly asks that.
        """
        jellier = Jellier(pb.globalSecurity, lambda thing, jellier: b"7", None)
        self.assertEqual([b"persistent", b"7"], jellier.jelly(Bag()))

    def test_flavors(self) -> None:
        """
        What jellies itself is no value.
        """
        for thing in (pb.Copyable(), stock.Copyable(), pb.Referenceable()):
            jellier = Jellier(pb.globalSecurity, None, None)
            self.assertIsNone(jellyValue(jellier, thing))
            refuseValue(jellier, thing)

    def test_refused(self) -> None:
        """
        A kind that is not known is refused.
        """
        assertRefused(self, b"later", [])
        for sexp in ([TAG], [TAG, 7], [TAG, [b"list"]], [TAG, "é".encode()]):
            self.assertRaises(Violation, unjellied, sexp)

    def test_inAnAnswer(self) -> None:
        """
        What is refused in an answer fails its own call.
        """

        class Raw(stock.Copyable):
            """
            It sends an expression of its own.
            """

            def jellyFor(self, jellier: Any) -> Any:
                return [TAG, b"later"]

        root: Any = pb.Root()
        root.remote_raw = Raw
        connection = connect(root)
        call = connection.root.callRemote("raw")
        connection.deliver()
        self.failureResultOf(call, Violation)
        self.assertFalse(connection.lost)

    def test_strictTaster(self) -> None:
        """
        A receiver may allow no values at all.
        """
        security = SecurityOptions()
        security.isTypeAllowed = lambda name: False  # type: ignore[method-assign]
        self.assertRaises(InsecureJelly, pb.unjelly, jellied(1j), security)


class HelperTests(SynchronousTestCase):
    """
    The comparison of these tests tells what differs.
    """

    def test_differences(self) -> None:
        """
        It finds another type, value, order, zone or sign, and what is not one
        object.
        """
        inner: list[Any] = []
        pairs: list[tuple[Any, Any]] = [
            (1, True),
            (0.0, -0.0),
            (1j, complex(-0.0, 1)),
            (decimal.Decimal("0"), decimal.Decimal("-0")),
            (DAY, DAY.replace(fold=1)),
            (DAY.replace(tzinfo=UTC), DAY),
            ([1], (1,)),
            ([1], [2]),
            (deque([1]), deque([1], 3)),
            (OrderedDict(a=1, b=2), OrderedDict(b=2, a=1)),
            (defaultdict(list), defaultdict(set)),
            (Pond(1, 2), Pond(1, 3)),
            (ValueError(1), ValueError(2)),
            (bytearray(b"x"), bytearray(b"y")),
            ([[7], [7]], [[7]] * 2),
            ([[7]] * 2, [[7], [7]]),
            ({1}, {2}),
            ([inner], [[7]]),
        ]
        for one, other in pairs:
            self.assertTrue(differences(one, other), f"{one} {other}")
            self.assertEqual([], differences(one, one))


class MalformedTests(SynchronousTestCase):
    """
    Whatever a peer makes of a value, it arrives or is a L{Violation}.
    """

    def setUp(self) -> None:
        """
        Register the classes.
        """
        register(self, *CLASSES)

    def test_parts(self) -> None:
        """
        One part of a value is left out, doubled, or replaced by something else.
        """
        junk = [7, -1, 1.5, b"", b"x", [b"None"], [b"list"], [b"unicode", b"x"], [b"x"]]
        junk += [[b"tuple", 1], [TAG, b"complex", 1.0, 1.0], 2**300]
        for value in VALUES:
            sexp = jellied(value)
            for place in range(1, len(sexp)):
                self.tryAll(sexp[:place], sexp[place:], junk)

    def tryAll(self, head: list[Any], tail: list[Any], junk: list[Any]) -> None:
        """
        Unjelly an expression with junk at the start of its tail.
        """
        for middle in ([], [tail[0], tail[0]], *([each] for each in junk)):
            sexp = [*head, *middle, *tail[1:]]
            try:
                unjellied(sexp)
            except Violation as error:
                self.assertTrue(error.where, sexp)
            except InsecureJelly as error:
                # Jelly's own, for a type in a part that is not known.
                self.assertIn([b"x"], middle, error)


def leaves() -> Any:
    """
    Give a strategy for values that have none in them.
    """
    zones = st.sampled_from([None, UTC, zoneinfo.ZoneInfo("Europe/Berlin")])
    zones |= st.timedeltas(
        datetime.timedelta(hours=-23), datetime.timedelta(hours=23)
    ).map(datetime.timezone)
    folds = st.sampled_from([0, 1])
    times = st.builds(
        lambda day, zone, fold: day.replace(tzinfo=zone, fold=fold),
        st.datetimes(),
        zones,
        folds,
    )
    long = st.binary(max_size=100).map(lambda b: int.from_bytes(b, "big", signed=True))
    return st.one_of(
        st.sampled_from([None, True, False, *Color, *Level, *Access, Access(3)]),
        long,
        st.floats(),
        st.text(),
        st.binary(),
        st.complex_numbers(),
        st.decimals(),
        st.uuids(),
        times,
        times.map(datetime.datetime.timetz),
        st.text(st.characters(exclude_characters="\0")).map(PurePosixPath),
        zones,
    )


def trees() -> list[Callable[[list[Any]], Any]]:
    """
    Give functions that make a value of a list of values.
    """

    def two(cls: Any) -> Callable[[list[Any]], Any]:
        return lambda parts: cls(parts[0], parts[1:])

    def keyed(cls: Any) -> Callable[[list[Any]], Any]:
        return lambda parts: cls((str(-i), each) for i, each in enumerate(parts))

    return [
        list,
        tuple,
        deque,
        lambda parts: deque(parts, len(parts)),
        keyed(dict),
        keyed(OrderedDict),
        lambda parts: defaultdict(list, enumerate(parts)),
        lambda parts: bytearray(b"x" * len(parts)),
        lambda parts: Bare(parts),
        *map(two, (Duck, Pond, Frozen, Water, Ice, PondFull)),
    ]


class ArbitraryTests(SynchronousTestCase):
    """
    Anything that is made of values arrives as it is.
    """

    def setUp(self) -> None:
        """
        Register the classes, if there is Hypothesis.
        """
        if requireModule("hypothesis") is None:
            raise SkipTest("Hypothesis is not installed")
        register(self, *CLASSES)

    def test_arbitrary(self) -> None:
        """
        So does what is one object in it, in whatever places.
        """

        @settings(max_examples=100, deadline=None, database=None, derandomize=True)
        @given(st.data())
        def check(data: DataObject) -> None:
            pool = data.draw(st.lists(leaves(), min_size=1))
            for make in data.draw(st.lists(st.sampled_from(trees()), max_size=12)):
                parts = st.lists(st.sampled_from(pool), min_size=1, max_size=4)
                pool.append(make(data.draw(parts)))
            self.assertEqual([], differences(pool, roundTrip(pool)))

        check()
