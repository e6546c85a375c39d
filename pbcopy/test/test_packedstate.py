# -*- test-case-name: pbcopy.test.test_packedstate -*-
"""
Tests for L{pbcopy._packedstate}.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import IntEnum
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from twisted.spread import jelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import limits
from pbcopy._packedstate import packedState, unpackedState
from pbcopy._pieces import PIECE, WINDOW
from pbcopy.errors import Violation
from pbcopy.test.test_bananadecoding import QUIET
from pbcopy.test.test_flat import Invoker

VALUES: Any = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(),
        st.binary(max_size=40),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abcü", max_size=3), inner, max_size=4)
    ),
    max_leaves=20,
)


class Colour(IntEnum):
    """
    An integer that is more.
    """

    RED = 1


class Text(str):
    """
    A text that is more.
    """


class PackedTests(SynchronousTestCase):
    """
    A plain state is packed, and is the same when it is unpacked.
    """

    @QUIET
    @given(st.dictionaries(st.text("abcü", max_size=3), VALUES, max_size=5))
    def test_same(self, state: Any) -> None:
        """
        All values and types are the same, and the order of the keys.
        """
        packed = packedState(state)
        self.assertIsInstance(packed, bytes)
        assert packed is not None
        self.assertEqual(repr(state), repr(unpackedState(packed, Invoker())))

    def test_others(self) -> None:
        """
        What MessagePack would change, or cannot say, is not packed.
        """
        others: list[Any] = [
            (1,),
            {1},
            bytearray(b"x"),
            Colour.RED,
            Text("x"),
            OrderedDict(),
            {1: 2},
            {b"x": 1},
            {Text("x"): 1},
            2**64,
            -(2**63) - 1,
            "\ud800",
            1j,
            object(),
        ]
        for other in others:
            for state in ({"x": other}, {"x": [other]}, {"x": {"y": [other]}}):
                self.assertIsNone(packedState(state))
        for odd in ({1: 2}, OrderedDict(x=1), [1], "x", None):
            self.assertIsNone(packedState(odd))

    def test_shared(self) -> None:
        """
        Nor is a state in which a container is at two places, or in itself.
        """
        part: list[Any] = []
        around: dict[str, Any] = {}
        around["x"] = around
        inner: list[Any] = [1]
        inner.append([inner])
        for state in (
            {"x": part, "y": part},
            {"x": [part], "y": {"z": [[part]]}},
            {"x": part, "y": [part]},
            around,
            {"x": inner},
        ):
            self.assertIsNone(packedState(state))

    def test_deep(self) -> None:
        """
        Nor is one in which there are too many containers in each other.
        """
        for depth, isPacked in ((limits.MAX_NESTING, True), (10_000, False)):
            state: dict[str, Any] = {}
            for _ in range(depth - 1):
                state = {"x": state}
            self.assertEqual(isPacked, packedState(state) is not None)
        self.assertIsNone(packedState({"x": [state]}))

    def test_large(self) -> None:
        """
        Nor is what is sent in pieces.
        """
        self.assertIsNotNone(packedState({"x": bytes(PIECE * WINDOW - 100)}))
        self.assertIsNone(packedState({"x": bytes(PIECE * WINDOW)}))


class UnpackedTests(SynchronousTestCase):
    """
    Bytes that hold no state, or too much, are refused.
    """

    def refused(self, packed: Any, broker: Any = None) -> Violation:
        """
        Give the error for some bytes.
        """
        error: Violation = self.assertRaises(
            Violation, unpackedState, packed, broker or Invoker()
        )
        self.assertEqual("pbcopy.envelope", error.where)
        return error

    @QUIET
    @given(st.binary(max_size=60))
    def test_anything(self, data: bytes) -> None:
        """
        Of any bytes there comes a dict, or a L{Violation}.
        """
        try:
            self.assertIsInstance(unpackedState(data, Invoker()), dict)
        except Violation:
            pass

    def test_noState(self) -> None:
        """
        These are no states.
        """
        pack = msgspec.msgpack.encode
        deep = b"\x81\xa1x" + b"\x91" * 100_000
        for data in (
            b"",
            b"\xc1",
            pack([1]),
            pack({1: 2}),
            pack({"x": 1}) + b"x",
            deep,
        ):
            self.assertIn("no state", self.refused(data).what)
        extension = pack({"x": msgspec.msgpack.Ext(5, b"x")})
        self.assertIn("extension with the code 5", self.refused(extension).got)

    def test_limits(self) -> None:
        """
        What is in a state is bounded as in any other.
        """
        state: Any = {"x": [[1] * 200, "x" * 300], "y": {"z" * 250: {"z": []}}}
        packed = packedState(state)
        assert packed is not None
        for name, most in (
            ("MAX_ITEMS", 199),
            ("MAX_STRING", 299),
            ("MAX_NESTING", 2),
            ("MAX_STATE", len(packed) - 1),
            ("MAX_OBJECTS", 1),
        ):
            policy: Any = pbcopy.Policy()
            policy.limit(**{name: most})
            error = self.refused(packed, Invoker(policy))
            self.assertIn(f"pbcopy.limits.{name}, {most}", error.expected)
            policy.limit(**{name: most + 1})
            self.assertEqual(state, unpackedState(packed, Invoker(policy)))
        policy.limit(MAX_STRING=249)
        keys = packedState({"z" * 250: 1})
        self.refused(keys, Invoker(policy))
        self.assertIs(jelly.SecurityOptions, type(Invoker().security))
