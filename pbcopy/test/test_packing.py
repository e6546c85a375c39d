# -*- test-case-name: pbcopy.test.test_packing -*-
"""
Tests for L{pbcopy._packing}.
"""

from __future__ import annotations

import struct
import tracemalloc
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import limits
from pbcopy._packing import checkLists, hasMoreLists, lengthOf, pack, unpack
from pbcopy.errors import Violation

ATOMS = st.one_of(st.binary(), st.integers(), st.floats(allow_nan=False))
EXPRESSIONS = st.recursive(ATOMS, st.lists)
CALM = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
"""The same examples each time, however slow the machine is."""


class PackingTests(SynchronousTestCase):
    """
    Expressions become bytes, and come back as they were.
    """

    @CALM
    @given(st.lists(EXPRESSIONS, min_size=1))
    def test_exact(self, expressions: list[Any]) -> None:
        """
        What comes back is equal, of the same types, and has the same signs.
        """
        self.assertEqual(repr(expressions), repr(unpack(pack(expressions))))

    def test_longIntegers(self) -> None:
        """
        An integer may be longer than MessagePack's.
        """
        edges = [
            sign * (2**bits + off)
            for sign in (1, -1)
            for bits in (63, 64, 448, 10_000)
            for off in (-1, 0, 1)
        ]
        self.assertEqual([edges, 1], unpack(pack([edges, 1])))

    def test_whatIsNotPacked(self) -> None:
        """
        Bytes that are no packed list are the peer's fault.
        """
        encode = msgspec.msgpack.encode
        deep = b"\x91" * 100_000
        for packed in (
            b"",
            b"\xc1",
            b"\x90",
            # A text that is not UTF-8.
            b"\x91\xa1\x92",
            encode(7),
            encode([7])[:1],
            7,
            deep,
            encode([msgspec.msgpack.Ext(9, b"")]),
        ):
            with self.assertRaises(Violation) as caught:
                unpack(packed)
            self.assertEqual("pbcopy.envelope", caught.exception.where)


class ListsTests(SynchronousTestCase):
    """
    Lists are counted in bytes, of which nothing is made.
    """

    def assertCount(self, count: int, packed: bytes) -> None:
        """
        Check how many lists there are.
        """
        self.assertFalse(hasMoreLists(packed, count))
        self.assertTrue(hasMoreLists(packed, count - 1))

    @CALM
    @given(st.lists(EXPRESSIONS))
    def test_exact(self, expressions: list[Any]) -> None:
        """
        Each list counts once, whatever bytes are in the others.
        """
        self.assertCount(listsIn(expressions), pack(expressions))

    def test_allTokens(self) -> None:
        """
        What is no list is passed over, however it is written, and also where its
        content looks like lists.
        """
        tokens = [
            *(bytes([first]) for first in (0x00, 0x7F, 0xC0, 0xC2, 0xC3, 0xE0, 0xFF)),
            *(bytes([0xA0 + size]) + b"\x90" * size for size in range(32)),
            *(bytes([0xC4, 5]) + b"\x90" * 5, b"\xc5\x00\x05" + b"\x90" * 5),
            *(b"\xc6\x00\x00\x00\x05" + b"\x90" * 5, b"\xd9\x05" + b"\x90" * 5),
            *(b"\xda\x00\x05" + b"\x90" * 5, b"\xdb\x00\x00\x00\x05" + b"\x90" * 5),
            *(b"\xc7\x05\x01" + b"\x90" * 5, b"\xc8\x00\x05\x01" + b"\x90" * 5),
            b"\xc9\x00\x00\x00\x05\x01" + b"\x90" * 5,
            *(bytes([kind]) + b"\x90" * 4 for kind in (0xCA, 0xCE, 0xD2)),
            *(bytes([kind]) + b"\x90" * 8 for kind in (0xCB, 0xCF, 0xD3)),
            *(bytes([kind]) + b"\x90" for kind in (0xCC, 0xD0)),
            *(bytes([kind]) + b"\x90" * 2 for kind in (0xCD, 0xD1)),
            *(bytes([0xD4 + n, 1]) + b"\x90" * 2**n for n in range(5)),
        ]
        for each in tokens:
            self.assertCount(2, b"\x93" + each + b"\x90" + each)

    def test_otherLists(self) -> None:
        """
        A list may be written in three ways, and so may a map.
        """
        headers = b"\x90", b"\xdc\x00\x00", b"\xdd\x00\x00\x00\x00"
        for empty in (*headers, b"\x80", b"\xde\x00\x00", b"\xdf\x00\x00\x00\x00"):
            self.assertCount(4, b"\x93" + empty * 3)

    def test_largeTexts(self) -> None:
        """
        What has large texts among small tokens is counted as any other.
        """
        text = b"\xc6\x00\x00\x80\x00" + b"\x90" * 2**15
        for count in (1, 100, 10_000):
            packed = b"\xdc" + struct.pack("!H", 2 * count + 1) + text
            self.assertCount(1 + count, packed + b"\xc0\x90" * count)

    def test_length(self) -> None:
        """
        The length of a list is found, however it is written, and in whatever it is.
        """
        for size in (0, 1, 15, 16, 100, 2**16 - 1, 2**16, 2**17):
            packed = pack([[0] * size])[1:]
            self.assertEqual(size, lengthOf(packed))
            self.assertEqual(size, lengthOf(msgspec.Raw(packed)))
        for empty in (b"\xdc\x00\x01\xc0", b"\xdd\x00\x00\x00\x01\xc0"):
            self.assertEqual(1, lengthOf(empty))
        for other in (7, "text", b"bytes", None, {"a": 1}, 2**63, -1):
            self.assertEqual(0, lengthOf(msgspec.msgpack.encode(other)))

    def test_memory(self) -> None:
        """
        As many lists as there are bytes take no more memory than these.
        """
        self.patch(limits, "MAX_OBJECTS", 1000)
        size = 2**24
        bomb = b"\xdd" + struct.pack("!I", size) + b"\x90" * size
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        error = self.assertRaises(Violation, checkLists, bomb, None, "here")
        self.assertIn("pbcopy.limits.MAX_OBJECTS", str(error))
        self.assertLess(tracemalloc.get_traced_memory()[1], 2 * size)

    def test_noBytes(self) -> None:
        """
        What is no bytes is nobody's business here, nor what ends in the middle.
        """
        for packed in (None, 7, "text", b"", b"\xdb", b"\xc6\x00", b"\xcf\x01"):
            checkLists(packed, None, "here")


def listsIn(expression: Any) -> int:
    """
    Count lists.
    """
    isList = isinstance(expression, list)
    return 1 + sum(map(listsIn, expression)) if isList else 0
