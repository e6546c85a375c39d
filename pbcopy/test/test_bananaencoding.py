# -*- test-case-name: pbcopy.test.test_bananaencoding -*-
"""
Tests for L{pbcopy._bananaencoding}.
"""

from __future__ import annotations

import sys
from collections import namedtuple
from enum import IntEnum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.spread import banana
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._bananaencoding import encoded
from pbcopy.test.test_bananadecoding import EXPRESSIONS, QUIET, STREAM, Stock


class Colour(IntEnum):
    """
    An integer of another type.
    """

    RED = 5


class Bytes(bytes):
    """
    Bytes of another type.
    """


Pair: Any = namedtuple("Pair", "one other")

ODD: Any = st.recursive(
    st.one_of(
        EXPRESSIONS,
        st.sampled_from([True, False, Colour.RED, Bytes(b"None"), Bytes(b"duck")]),
        st.sampled_from([b"x" * 127, b"x" * 128, [1] * 127, [1] * 128, (2,) * 129]),
        st.floats(),
    ),
    lambda inner: (
        st.builds(tuple, st.lists(inner, max_size=3)) | st.builds(Pair, inner, inner)
    ),
    max_leaves=10,
)
"""What Twisted's Banana sends, though it is not of the plainest types."""


class EncodedTests(SynchronousTestCase):
    """
    Expressions become the bytes that Twisted's Banana makes of them.
    """

    def encoded(self, expression: Any, dialect: bytes = b"pb") -> bytes:
        """
        Give an expression as bytes.
        """
        stock: Any = Stock(dialect)
        words = stock.outgoingSymbols if dialect == b"pb" else {}
        return encoded(expression, words, stock._encode)

    @QUIET
    @given(ODD, st.sampled_from([b"pb", b"none", None]))
    def test_expressions(self, expression: Any, dialect: Any) -> None:
        """
        Whatever can be sent is the same bytes, in either dialect, and before there
        is one.
        """
        expected = Stock(dialect).encoded(expression)
        self.assertEqual(expected, self.encoded(expression, dialect))

    def test_each(self) -> None:
        """
        So is each kind of token.
        """
        for message in STREAM:
            self.assertEqual(Stock().encoded(message), self.encoded(message))

    def test_numbers(self) -> None:
        """
        So are integers around each length, and the largest.
        """
        for bits in range(449):
            for number in (2**bits - 1, 2**bits, 1 - 2**bits, -(2**bits)):
                if abs(number) < 2**448:
                    self.assertEqual(Stock().encoded(number), self.encoded(number))

    def test_refused(self) -> None:
        """
        What cannot be sent fails with the same error.
        """
        for cannot in (
            None,
            "text",
            {1: 2},
            bytearray(b"duck"),
            2**448,
            -(2**448),
            b"x" * (banana.SIZE_LIMIT + 1),
            [0] * (banana.SIZE_LIMIT + 1),
            (0,) * (banana.SIZE_LIMIT + 1),
        ):
            stock: Any = Stock().encoded
            for sent in (cannot, [1, [cannot]]):
                error = self.assertRaises(banana.BananaError, stock, sent)
                ours = self.assertRaises(banana.BananaError, self.encoded, sent)
                self.assertEqual(str(error), str(ours))

    def test_unprintable(self) -> None:
        """
        The same holds for an integer that Python does not print.
        """
        stock: Any = Stock().encoded
        error = self.assertRaises(ValueError, stock, 10**5000)
        ours = self.assertRaises(ValueError, self.encoded, 10**5000)
        self.assertEqual(str(error), str(ours))

    def test_longest(self) -> None:
        """
        The longest list and string are sent.
        """
        for sent in ([0] * banana.SIZE_LIMIT, b"x" * banana.SIZE_LIMIT):
            self.assertEqual(Stock().encoded(sent), self.encoded(sent))

    def test_otherWords(self) -> None:
        """
        A vocabulary may have numbers of any size.
        """
        stock: Any = Stock()
        stock.outgoingSymbols = {b"duck": 0, b"goose": 127, b"swan": 128, b"": 9000}
        for word in stock.outgoingSymbols:
            expected = stock.encoded(word)
            ours = encoded(word, stock.outgoingSymbols, stock._encode)
            self.assertEqual(expected, ours)

    def test_deep(self) -> None:
        """
        Lists in each other are no calls in each other, up to as many as Python
        takes of these: a list that is in itself has no end.
        """
        deep: list[Any] = []
        depth = sys.getrecursionlimit() - 1
        for _ in range(depth):
            deep = [deep]
        self.assertEqual(b"\x01\x80" * depth + b"\x00\x80", self.encoded(deep))
        endless: list[Any] = []
        endless.append(endless)
        self.assertRaises(RecursionError, self.encoded, endless)
