# -*- test-case-name: pbcopy.test.test_kinds -*-
"""
Tests for L{pbcopy._kinds}.
"""

from __future__ import annotations

from decimal import Decimal

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import StatusKind
from pbcopy._kinds import (
    TAG,
    encoded,
    pairsOf,
    partsOf,
    refuse,
    refusing,
    shortly,
    textOf,
    unsendable,
)
from pbcopy.errors import Unsendable, Violation


class ErrorTests(SynchronousTestCase):
    """
    Errors say what and where.
    """

    def test_unsendable(self) -> None:
        """
        An error at the sender names the type.
        """
        error = unsendable(1j, "no", got="this", advice="do that")
        self.assertIsInstance(error, Unsendable)
        self.assertEqual("builtins.complex: no (got this); do that", str(error))

    def test_refuse(self) -> None:
        """
        An error at the receiver names the kind, and shows what came, if that is
        short.
        """
        with self.assertRaises(Violation) as caught:
            refuse([TAG, b"complex", b"x" * 1000], "two numbers")
        self.assertEqual("['pbcopy.value', b'complex', …]", caught.exception.where)
        self.assertEqual("two numbers", caught.exception.expected)
        self.assertEqual(100, len(caught.exception.got))
        with self.assertRaises(Violation) as caught:
            refuse([TAG, b"complex", 10**5000], "two numbers")
        self.assertLessEqual(len(caught.exception.got), 100)

    def test_refusing(self) -> None:
        """
        An exception in the block becomes a L{Violation}, which keeps it as its
        cause; a L{Violation} stays.
        """
        with self.assertRaises(Violation) as caught, refusing([TAG, b"x"], "a"):
            raise KeyError("duck")
        self.assertIn("KeyError: 'duck'", caught.exception.got)
        self.assertIsInstance(caught.exception.__cause__, KeyError)
        before = Violation("it")
        with self.assertRaises(Violation) as caught, refusing([TAG, b"x"], "a"):
            raise before
        self.assertIs(before, caught.exception)


class PartTests(SynchronousTestCase):
    """
    Parts of an s-expression are looked at before they are used.
    """

    def test_partsOf(self) -> None:
        """
        They have exactly the types that are wanted.
        """
        self.assertEqual([1, b"x"], partsOf([TAG, b"x", 1, b"x"], int, bytes))
        self.assertEqual([], partsOf([TAG, b"x"]))
        for parts in ([], [1], [b"x", 1], [1, b"x", 1], [True, b"x"]):
            self.assertRaises(Violation, partsOf, [TAG, b"x", *parts], int, bytes)

    def test_pairsOf(self) -> None:
        """
        Pairs are lists of two.
        """
        self.assertEqual([[1, 2]], pairsOf([TAG, b"x", b"y", [1, 2]], 3))
        for pair in ([1], [1, 2, 3], b"xy", 7):
            self.assertRaises(Violation, pairsOf, [TAG, b"x", pair], 2)

    def test_texts(self) -> None:
        """
        Text is UTF-8, at both ends.
        """
        self.assertEqual("ü", textOf([TAG, b"x"], encoded(1, "ü")))
        self.assertRaises(Violation, textOf, [TAG, b"x"], b"\xff")
        self.assertRaises(Violation, textOf, [TAG, b"x"], 7)
        self.assertRaises(Unsendable, encoded, 1, "\ud800")


class Chatty:
    """
    Something of the application's.
    """

    def __repr__(self) -> str:
        """
        Say what is nobody's business.
        """
        return "<Chatty with the password>"


class ShortlyTests(SynchronousTestCase):
    """
    What came is shown in a few words.
    """

    def test_plain(self) -> None:
        """
        Plain values are shown as Python does it.
        """
        for value in (
            None,
            b"x",
            [1, "a", 2.5],
            {"a": ()},
            Decimal(1),
            StatusKind.LIVE,
        ):
            self.assertEqual(repr(value), shortly(value))

    def test_others(self) -> None:
        """
        Of an object of the application's only the class is, wherever it is.
        """
        self.assertEqual("Chatty", shortly(Chatty()))
        self.assertEqual("[('x', Chatty)]", shortly([("x", Chatty())]))
        self.assertEqual("function", shortly(shortly))

    def test_long(self) -> None:
        """
        What is long is cut, and what Python does not print is named.
        """
        deep: list[object] = []
        for _ in range(10_000):
            deep = [deep]
        for value in (b"x" * 10**6, "x" * 10**6, [1] * 10**6, deep, 1 << 10**6):
            self.assertLessEqual(len(shortly(value)), 100)
