# -*- test-case-name: pbcopy.test.test_quickdeltas -*-
"""
Tests for L{pbcopy._quickdeltas}.
"""

from __future__ import annotations

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._channel import DELTA
from pbcopy._flat import LONGEST
from pbcopy._quickdeltas import MOST, deltaIn
from pbcopy.test.test_bananadecoding import EXPRESSIONS, QUIET, WORDS, Stock

NAME = DELTA.encode("ascii")


def message(requestID: int, luid: int, packed: Any, *more: Any) -> bytes:
    """
    Give the bytes of a message with a delta.
    """
    parts = more or (0,)
    return Stock().encoded([b"cachemessage", requestID, luid, NAME, 0, packed, *parts])


class DeltaTests(SynchronousTestCase):
    """
    A message that is a delta is found as what Twisted's Banana makes of it.
    """

    @QUIET
    @given(
        st.integers(0, 2**28 - 1),
        st.integers(0, 2**28 - 1),
        st.binary(max_size=LONGEST),
        st.binary(max_size=5),
        st.binary(max_size=5),
    )
    def test_found(
        self, requestID: int, luid: int, packed: bytes, before: bytes, after: bytes
    ) -> None:
        """
        So it is for all ids and deltas, whatever is around them.
        """
        assume(packed not in WORDS)
        said = message(requestID, luid, packed)
        found = deltaIn(before + said + after, len(before))
        self.assertEqual((luid, packed, len(before + said)), found)
        self.assertLessEqual(len(said), MOST)

    @QUIET
    @given(st.integers(0, 2**28 - 1), st.binary(max_size=300), st.data())
    def test_cut(self, luid: int, packed: bytes, data: Any) -> None:
        """
        One that has not come in whole is not found.
        """
        said = message(1, luid, packed)
        cut = data.draw(st.integers(0, len(said) - 1))
        self.assertIsNone(deltaIn(said[:cut], 0))

    @QUIET
    @given(EXPRESSIONS)
    def test_others(self, expression: Any) -> None:
        """
        Nothing else is found.
        """
        self.assertIsNone(deltaIn(Stock().encoded(expression), 0))
        if type(expression) is not bytes:
            self.assertIsNone(deltaIn(message(1, 2, expression), 0))
        if expression != 0:
            self.assertIsNone(deltaIn(message(1, 2, b"", expression), 0))

    def test_almost(self) -> None:
        """
        Nor is one with an answer, with another name, with more, that is too long, or
        with a number that is.
        """
        call = [b"cachemessage", 1, 2, NAME, 0, b"packed", 0]
        self.assertEqual(2, deltaIn(Stock().encoded(call), 0)[0])  # type: ignore[index]
        for at, other in [(0, b"message"), (3, b"other"), (4, 1), (5, b"x" * 1025)]:
            changed = [*call]
            changed[at] = other
            self.assertIsNone(deltaIn(Stock().encoded(changed), 0))
        self.assertIsNone(deltaIn(Stock().encoded([*call, 0]), 0))
        self.assertIsNone(deltaIn(message(1, 2**28, b""), 0))
        self.assertIsNone(deltaIn(b"", 0))
        self.assertIsNone(deltaIn(Stock().encoded(call), 1))
