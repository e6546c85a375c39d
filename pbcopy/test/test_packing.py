# -*- test-case-name: pbcopy.test.test_packing -*-
"""
Tests for L{pbcopy._packing}.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._packing import pack, unpack
from pbcopy.errors import Violation

ATOMS = st.one_of(st.binary(), st.integers(), st.floats(allow_nan=False))
EXPRESSIONS = st.recursive(ATOMS, st.lists)


class PackingTests(SynchronousTestCase):
    """
    Expressions become bytes, and come back as they were.
    """

    @given(st.lists(EXPRESSIONS))
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
            encode(7),
            encode([7])[:1],
            7,
            deep,
            encode([msgspec.msgpack.Ext(9, b"")]),
        ):
            with self.assertRaises(Violation) as caught:
                unpack(packed)
            self.assertEqual("pbcopy.envelope", caught.exception.where)
