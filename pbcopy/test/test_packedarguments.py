# -*- test-case-name: pbcopy.test.test_packedarguments -*-
"""
Tests for L{pbcopy._packedarguments}.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._flat import LONGEST, MOST_PARTS
from pbcopy._packedarguments import argumentsIn, isAlone, packArguments
from pbcopy.errors import Violation
from pbcopy.test.test_bananadecoding import QUIET

ARGUMENTS = st.lists(
    st.one_of(
        st.integers(-(2**63), 2**64 - 1),
        st.floats(),
        st.booleans(),
        st.none(),
        st.binary(max_size=60),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
    max_size=5,
)


class PackedTests(SynchronousTestCase):
    """
    Arguments arrive as they left.
    """

    @QUIET
    @given(ARGUMENTS)
    def test_all(self, args: list[Any]) -> None:
        """
        So do all numbers and texts, NaN and a zero's sign included.
        """
        packed = packArguments(tuple(args))
        if packed is None:
            self.fail(f"{args!r} were not packed")
        self.assertEqual(repr(tuple(args)), repr(argumentsIn(packed, "Pond.add")))

    def test_others(self) -> None:
        """
        What MessagePack cannot say, what is too long, and what are too many, are not
        packed.
        """
        many: Any = (0,) * MOST_PARTS
        self.assertIsNotNone(packArguments(many))
        for args in ((2**64,), ("\ud800",), ("x" * LONGEST,), (*many, 0)):
            self.assertIsNone(packArguments(args))

    def test_refused(self) -> None:
        """
        Bytes that no pbcopy has packed are refused.
        """
        date = msgspec.msgpack.Ext(7, b"")
        values: Any = [{}, 7, [[7]], [{}], [date], [0] * (MOST_PARTS + 1)]
        encoded = [msgspec.msgpack.encode(value) for value in values]
        deep, long = b"\x91" * 1000, msgspec.msgpack.encode(["x" * LONGEST])
        for packed in (
            *encoded,
            b"",
            b"\x91",
            b"\x91\x01\x01",
            b"\x91\xa1\xff",
            deep,
            long,
        ):
            error: Violation = self.assertRaises(
                Violation, argumentsIn, packed, "Pond.add"
            )
            self.assertIn("Pond.add: these are no packed arguments", str(error))

    def test_alone(self) -> None:
        """
        They are the only thing in the message.
        """
        self.assertTrue(isAlone(b"", 0))
        for args, kw in (([b"tuple"], 0), (b"", [b"dictionary"]), (b"", 1)):
            self.assertFalse(isAlone(args, kw))
