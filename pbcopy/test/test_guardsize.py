# -*- test-case-name: pbcopy.test.test_guardsize -*-
"""
Tests for L{pbcopy._guardsize}.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.spread import banana
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._guardsize import Maxima, Meter
from pbcopy.errors import Violation

ROOMY = Maxima(64, 10_000, "MAX_MESSAGE", 1000, 100, {1: b"None"})

EXPRESSIONS = st.recursive(
    st.integers(-(2**70), 2**70) | st.binary(max_size=300) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)


class MeterTestCase(SynchronousTestCase):
    """
    What the tests have in common.
    """

    def pieces(self, *chunks: bytes, maxima: Maxima = ROOMY) -> list[bytes]:
        """
        Give the pieces of some chunks.
        """
        meter = Meter(lambda: maxima)
        return [piece for chunk in chunks for piece in meter.pieces(chunk)]

    def refused(self, data: bytes, **maxima: Any) -> Violation:
        """
        Give the error for some bytes, all but the last of which are fine.
        """
        bounds = ROOMY._replace(**maxima)
        self.pieces(data[:-1], maxima=bounds)
        error: Violation = self.assertRaises(
            Violation, self.pieces, data, maxima=bounds
        )
        chunks = [data[at : at + 1] for at in range(len(data))]
        again: Violation = self.assertRaises(
            Violation, self.pieces, *chunks, maxima=bounds
        )
        self.assertEqual(str(error), str(again))
        return error


class PiecesTests(MeterTestCase):
    """
    Bytes are given on in pieces.
    """

    @settings(derandomize=True, database=None, deadline=None)
    @given(st.lists(EXPRESSIONS, max_size=4), st.integers(1, 50))
    def test_messages(self, messages: list[Any], size: int) -> None:
        """
        Each piece ends where a message does, and nothing is lost, wherever the
        bytes are cut.
        """
        wholes = [banana.encode(message) for message in messages]
        data = b"".join(wholes)
        self.assertEqual(wholes, self.pieces(data))
        chunks = [data[at : at + size] for at in range(0, len(data), size)]
        pieces = self.pieces(*chunks)
        self.assertEqual(data, b"".join(pieces))
        ends = [len(b"".join(wholes[: at + 1])) for at in range(len(wholes))]
        cuts = {len(b"".join(pieces[: at + 1])) for at in range(len(pieces))}
        self.assertTrue(cuts.issuperset(ends))

    def test_aStartAtATime(self) -> None:
        """
        What the next message may be is asked when it begins: whoever takes a piece
        may have changed it.
        """
        asked: list[Any] = []

        def maxima() -> Maxima:
            asked.append(list(pieces))
            return ROOMY

        pieces: list[bytes] = []
        for piece in Meter(maxima).pieces(b"\x01\x81\x02\x81\x02"):
            pieces.append(piece)
        self.assertEqual([[], [b"\x01\x81"], [b"\x01\x81", b"\x02\x81"]], asked)

    def test_beforeARefusal(self) -> None:
        """
        What comes before something that is refused is given on.
        """
        given = []
        with self.assertRaises(Violation):
            for piece in Meter(lambda: ROOMY).pieces(b"\x01\x81\x90"):
                given.append(piece)
        self.assertEqual([b"\x01\x81"], given)


class SizeTests(MeterTestCase):
    """
    A message has so many bytes.
    """

    def test_bytes(self) -> None:
        """
        All bytes of a message are counted, and only those of one.
        """
        message = banana.encode([b"duck", 1.5, [2**40, -7]])
        for maxima in (ROOMY, ROOMY._replace(size=len(message))):
            wholes = self.pieces(message * 3, maxima=maxima)
            self.assertEqual([message] * 3, wholes)
        chunks = [message[at : at + 1] for at in range(len(message))]
        maxima = ROOMY._replace(size=len(message) - 1)
        self.assertRaises(Violation, self.pieces, *chunks, maxima=maxima)

    def test_announced(self) -> None:
        """
        A string whose bytes, and a list whose items, would be too many are refused
        when they are announced.  So are lists in each other that are too many
        together.
        """
        for data in (
            b"\x64\x82",
            b"\x64\x80",
            b"\x28\x80\x28\x80\x28\x80",
            b"\x32\x80\x32\x82",
        ):
            error = self.refused(data, size=100)
            self.assertEqual("a message", error.where)
            self.assertIn("bytes", error.what)
            self.assertIn("pbcopy.limits.MAX_MESSAGE, 100", error.expected)

    def test_aFloat(self) -> None:
        """
        A float announces eight bytes.
        """
        self.assertEqual("9 or more", self.refused(b"\x84", size=8).got)


class ListTests(MeterTestCase):
    """
    A message has so many lists, and so many in each other.
    """

    def test_lists(self) -> None:
        """
        Empty lists, which take one byte, are counted.
        """
        self.pieces(b"\x03\x80" + b"\x80" * 3, maxima=ROOMY._replace(lists=4))
        error = self.refused(b"\x04\x80" + b"\x80" * 4, lists=4)
        self.assertIn("pbcopy.limits.MAX_OBJECTS, 4", error.expected)
        self.assertEqual("5 or more", error.got)

    def test_nesting(self) -> None:
        """
        Lists in each other are counted, and not those beside each other.
        """
        beside = banana.encode([[1], [[]], [[2]]])
        self.pieces(beside, maxima=ROOMY._replace(nesting=3))
        error = self.refused(b"\x01\x80" * 4, nesting=3)
        self.assertIn("pbcopy.limits.MAX_NESTING, 3", error.expected)


class BananaTests(MeterTestCase):
    """
    What Banana would raise for is refused before Banana has it.
    """

    def test_typeBytes(self) -> None:
        """
        There are eight kinds of tokens.
        """
        for kind in range(0x88, 0x100):
            error = self.refused(bytes([1, kind]))
            self.assertEqual(f"a token of the kind 0x{kind:02x}", error.got)

    def test_vocabulary(self) -> None:
        """
        A word has to be in the vocabulary.
        """
        self.assertEqual([b"\x01\x87"], self.pieces(b"\x01\x87"))
        self.assertIn("vocabulary", self.refused(b"\x02\x87").what)
        self.assertIn("vocabulary", self.refused(b"\x01\x87", vocabulary=()).what)

    def test_longNumbers(self) -> None:
        """
        A number has so many bytes, whether its end is there or not.
        """
        self.pieces(b"\x01" * 64 + b"\x85")
        self.assertEqual("65 bytes", self.refused(b"\x01" * 65).got)

    def test_ofBanana(self) -> None:
        """
        A list or a string is no longer than Banana takes.
        """
        stream: list[bytes] = []
        banana.int2b128(banana.SIZE_LIMIT + 1, stream.append)
        for kind in (banana.LIST, banana.STRING):
            error = self.refused(b"".join(stream) + kind, size=10**7)
            self.assertIn("too long for Banana", error.what)
        self.patch(banana, "SIZE_LIMIT", 2 * banana.SIZE_LIMIT)
        maxima = ROOMY._replace(size=10**7)
        self.pieces(b"".join(stream) + banana.LIST, maxima=maxima)
