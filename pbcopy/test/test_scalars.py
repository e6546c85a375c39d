# -*- test-case-name: pbcopy.test.test_scalars -*-
"""
Tests for L{pbcopy._scalars}.
"""

from __future__ import annotations

import datetime
import decimal
import os
import pathlib
import uuid
import zoneinfo
from decimal import Decimal
from io import BytesIO
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._sendable import LARGEST
from pbcopy.errors import Unsendable
from pbcopy.test.values import assertExact, assertRefused, jellied, roundTrip

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
HOUR = datetime.timedelta(hours=1)


class NumberTests(SynchronousTestCase):
    """
    Numbers arrive as they are.
    """

    def test_ints(self) -> None:
        """
        So do integers that Banana does not take.
        """
        for value in (0, 1, LARGEST, LARGEST + 1, 2**5000, 2**4095 + 2**4096):
            assertExact(self, value, -value, ~value)

    def test_complex(self) -> None:
        """
        So does each part of a complex number.
        """
        nan, infinity = float("nan"), float("inf")
        for real in (0.0, -0.0, 1.5, nan, -infinity):
            for imag in (0.0, -0.0, 2.5, nan, infinity):
                assertExact(self, complex(real, imag))

    def test_decimals(self) -> None:
        """
        So do decimals that are no numbers, or not finite, or -0, or long.
        """
        for text in ("0", "-0", "-0E+5", "1E-9", "NaN", "-NaN12", "sNaN", "-sNaN3"):
            assertExact(self, Decimal(text))
        for text in ("Infinity", "-Infinity", "1E+999999999999999999", "-1.50"):
            assertExact(self, Decimal(text))
        assertExact(self, Decimal("7" * 134), Decimal("-0." + "7" * 1000 + "0"))

    def test_anyContext(self) -> None:
        """
        The context of the application has no part in it.
        """
        with decimal.localcontext() as context:
            context.prec = 3
            context.traps[decimal.InvalidOperation] = False
            assertExact(self, Decimal("-0.0000"), Decimal("7" * 1000))
            assertRefused(self, b"decimal", [b"one"], [b"1E+" + b"9" * 30])

    def test_refused(self) -> None:
        """
        Anything else is refused.
        """
        for kind in (b"int", b"complex", b"decimal"):
            assertRefused(self, kind, [], [[b"list"]], [1], [b"1", b"2"])
        assertRefused(self, b"complex", [1.0], [1, 2], [1.0, 2.0, 3.0])
        assertRefused(self, b"decimal", [b"\xff"], [b""], [b"1" * 1000 + b"x"])


class UUIDTests(SynchronousTestCase):
    """
    A UUID arrives as it is.
    """

    def test_exact(self) -> None:
        """
        So does what it says of its safety.
        """
        for safety in uuid.SafeUUID:
            assertExact(self, uuid.UUID(int=7, is_safe=safety))
        assertExact(self, uuid.uuid1(), uuid.uuid4())

    def test_refused(self) -> None:
        """
        Other bytes, and another safety, are refused.
        """
        assertRefused(self, b"uuid", [b"x" * 16], [b"x" * 15, b"safe"], [1, b"safe"])
        assertRefused(self, b"uuid", [b"x" * 16, b"name"], [b"x" * 16, b"\xff"])


class PathTests(SynchronousTestCase):
    """
    A path arrives as what it is.
    """

    def test_pure(self) -> None:
        """
        Pure paths are of any platform.
        """
        for text in ("", ".", "a", "/a/b", "//a/b", "a b/ü", "c:\\x"):
            assertExact(self, pathlib.PurePosixPath(text))
        for text in ("", "a", "c:a", "c:/a/B", "//host/share/x", "\\\\?\\c:\\x"):
            assertExact(self, pathlib.PureWindowsPath(text))

    def test_concrete(self) -> None:
        """
        A path of this platform keeps its class, also if its name is no text.
        """
        assertExact(self, pathlib.Path("/a/b"), pathlib.Path())
        assertExact(self, pathlib.Path(os.fsdecode(b"\xff\xfe")))

    def test_ofAnotherPlatform(self) -> None:
        """
        A path that this platform does not have is refused.
        """
        other = b"PosixPath" if os.name == "nt" else b"WindowsPath"
        assertRefused(self, b"path", [other, b"x"])

    def test_refused(self) -> None:
        """
        So is what names no class of paths.
        """
        assertRefused(self, b"path", [b"Path", b"x"], [b"PurePosixPath"], [b"x", 1])
        assertRefused(self, b"path", [b"PurePosixPath", b"\xff"])

    def test_ambiguous(self) -> None:
        """
        A path whose text is another path is not sent as that one.
        """
        path = pathlib.PureWindowsPath("./c:a")
        try:
            arrived = roundTrip(path)
        except Unsendable as error:
            self.assertEqual("c:a", error.got)
        else:
            self.assertEqual(path.parts, arrived.parts)


class TimeTests(SynchronousTestCase):
    """
    A time arrives with its zone and its fold.
    """

    def test_zones(self) -> None:
        """
        So do the zones themselves.
        """
        east = datetime.timezone(HOUR)
        named = datetime.timezone(-HOUR / 7, "näme")
        alike = datetime.timezone(datetime.timedelta(0), "UTC")
        for zone in (None, datetime.timezone.utc, east, named, alike, BERLIN):
            assertExact(self, zone)
            for fold in (0, 1):
                day = datetime.datetime(
                    2026, 10, 25, 2, 30, 1, 7, tzinfo=zone, fold=fold
                )
                assertExact(self, day, day.timetz())
                self.assertEqual(fold, roundTrip(day).fold)
        self.assertIs(datetime.timezone.utc, roundTrip(datetime.timezone.utc))
        self.assertIs(BERLIN, roundTrip(datetime.time(1, tzinfo=BERLIN)).tzinfo)

    def test_ends(self) -> None:
        """
        So do the first and the last.
        """
        for kind in (datetime.datetime, datetime.time):
            for value in (kind.min, kind.max):
                assertExact(self, value.replace(tzinfo=datetime.timezone.utc))

    def test_unsendable(self) -> None:
        """
        A zone that has no key, or is of a class of its own, is not sent.
        """

        class Mars(datetime.tzinfo):
            """
            A zone of its own.
            """

        path = zoneinfo.TZPATH[0] + "/Europe/Berlin"
        with open(path, "rb") as file:
            nameless = zoneinfo.ZoneInfo.from_file(BytesIO(file.read()))
        mars: Any = Mars
        for zone in (mars(), nameless):
            for value in (
                datetime.datetime(2026, 1, 1, tzinfo=zone),
                datetime.time(1, tzinfo=zone),
            ):
                with self.assertRaises(Unsendable):
                    jellied(value)
        surrogate = datetime.timezone(HOUR, "\ud800")
        self.assertRaises(Unsendable, jellied, surrogate)

    def test_refused(self) -> None:
        """
        Times that do not exist, and zones that are not known, are refused.
        """
        none = [b"None"]
        utc = [b"pbcopy.value", b"timezone", 0, 0, 0]
        assertRefused(self, b"time", [], [0, 0, 0, 0, 0], [24, 0, 0, 0, 0, none])
        assertRefused(self, b"time", [0, 0, 0, 0, 2, utc], [0, 0, 0, 0, 0, 7])
        assertRefused(self, b"time", [0, 0, 0, 0, 0, [b"list"]], [b"", 0, 0, 0, 0, utc])
        day = [2026, 1, 1, 0, 0, 0, 0]
        assertRefused(self, b"datetime", [*day, 0], [*day, 2, utc], [*day, 0, utc, 1])
        assertRefused(self, b"datetime", [2026, 2, 30, *day[3:], 0, none])
        assertRefused(self, b"datetime", [10**50, *day[1:], 0, none])
        assertRefused(self, b"timezone", [], [1, 0, 0], [0, 0, 0, 7], [10**50, 0, 0])
        assertRefused(self, b"timezone", [0, 0, 0, b"\xff"], [0, 0, 0, b"a", b"b"])
        for key in (b"Europe/Nowhere", b"/etc/passwd", b"../x", b"", b"\0", b"Europe"):
            assertRefused(self, b"zone", [key])
        assertRefused(self, b"zone", [], [7], [b"UTC", b"UTC"])
