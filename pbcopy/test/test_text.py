# -*- test-case-name: pbcopy.test.test_text -*-
"""
Tests for L{pbcopy._text}.
"""

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._text import asText


class TextTests(SynchronousTestCase):
    """
    L{asText} takes text and bytes.
    """

    def test_both(self) -> None:
        """
        Text stays as it is, and bytes are UTF-8.
        """
        self.assertEqual("näme", asText("näme"))
        self.assertEqual("näme", asText("näme".encode()))
        self.assertRaises(UnicodeDecodeError, asText, b"\xff")
