# -*- test-case-name: pbcopy.test.test_guardsize -*-
"""
Tests for L{pbcopy._guardsize}.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._guardsize import Maxima, refuse
from pbcopy.errors import Violation

MAXIMA = Maxima(4, 100, "MAX_MESSAGE_BEFORE_LOGIN", 5, 3, {})


class MaximaTests(SynchronousTestCase):
    """
    What is not more than a maximum passes, and an error names what is.
    """

    def test_prefix(self) -> None:
        """
        A number has so many bytes.
        """
        MAXIMA.checkPrefix(4)
        error: Violation = self.assertRaises(Violation, MAXIMA.checkPrefix, 5)
        self.assertEqual("5 bytes", error.got)
        self.assertEqual("at most 4 bytes", error.expected)

    def test_size(self) -> None:
        """
        A message has so many bytes.
        """
        MAXIMA.checkSize(100)
        error: Violation = self.assertRaises(Violation, MAXIMA.checkSize, 101)
        self.assertEqual("101 or more", error.got)
        self.assertIn("MAX_MESSAGE_BEFORE_LOGIN, 100 here", error.expected)

    def test_lists(self) -> None:
        """
        A message has so many lists, and so many in each other.
        """
        MAXIMA.checkLists(5, 3)
        error: Violation = self.assertRaises(Violation, MAXIMA.checkLists, 6, 3)
        self.assertEqual("these are too many lists", error.what)
        self.assertIn("MAX_OBJECTS, 5 here", error.expected)
        error = self.assertRaises(Violation, MAXIMA.checkLists, 5, 4)
        self.assertEqual("these are too many lists in each other", error.what)
        self.assertIn("MAX_NESTING, 3 here", error.expected)

    def test_refuse(self) -> None:
        """
        What is no Banana has no place but the message.
        """
        error: Violation = self.assertRaises(Violation, refuse, "no", "x", "y")
        self.assertEqual("a message: no (got x, expected y)", str(error))
