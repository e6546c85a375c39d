# -*- test-case-name: pbcopy.test.test_quickcalls -*-
"""
Tests for L{pbcopy._quickcalls}.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._quickcalls import Tails, headOf
from pbcopy.test.test_bananadecoding import QUIET, Stock
from pbcopy.test.test_flat import PARTS, hasOtherText

NAMES: Any = st.sampled_from([b"add", b"login", b"", "ü".encode(), b"x" * 200])
IDS: Any = st.one_of(
    st.integers(0, 300), st.integers(0, 2**40), st.sampled_from([b"root", b"x" * 200])
)


class BytesTests(SynchronousTestCase):
    """
    The bytes are those of Twisted's Broker.
    """

    def stock(self, *args: Any, **kw: Any) -> bytes:
        """
        Give what Twisted's Broker sends for a call.
        """
        broker: Any = pb.Broker(False)
        sent = Stock()
        broker.transport = sent
        broker.connectionMade()
        broker.currentDialect = b"pb"
        broker.currentRequestID = self.requestID - 1
        sent.written.clear()
        broker._sendMessage(*args, kw)
        return b"".join(sent.written)

    @QUIET
    @given(
        st.sampled_from([b"", b"cache"]),
        NAMES,
        IDS,
        st.integers(1, 2**30),
        st.lists(st.lists(PARTS, max_size=3).map(tuple), max_size=3),
        st.booleans(),
    )
    def test_same(
        self,
        prefix: bytes,
        name: bytes,
        objectID: Any,
        requestID: int,
        calls: list[Any],
        isAnswered: bool,
    ) -> None:
        """
        So it is for all names, ids and arguments, and for one call after the other.
        """
        self.requestID = requestID
        tails, encode = Tails(), self.encode()
        for args in [*calls, *reversed(calls)]:
            tail = tails.of(name, int(isAnswered), args, encode)
            head = headOf(prefix, requestID, objectID, encode)
            if tail:
                stock = self.stock(
                    prefix, None, objectID, name, args, pbanswer=isAnswered
                )
                self.assertEqual(stock, head + tail)
            else:
                self.assertTrue(hasOtherText(args))

    def encode(self) -> Any:
        """
        Give what encodes the unusual.
        """
        stock: Any = Stock()
        return stock._encode

    def test_equalValues(self) -> None:
        """
        What is equal, and not the same, is not taken for it.
        """
        tails = Tails()
        values: list[Any] = [0, 0.0, -0.0, False, 1, 1.0, True, b"1", "1"]
        for _ in range(2):
            said = [tails.of(b"add", 1, (each,), self.encode()) for each in values]
            self.assertEqual(len(values), len(set(said)))

    def test_others(self) -> None:
        """
        What is more than atoms is left to Jelly, and is not compared.
        """

        class Strange:
            def __eq__(self, other: object) -> bool:
                raise AssertionError

            __hash__ = None  # type: ignore[assignment]

        tails = Tails()
        for _ in range(2):
            others: list[Any] = [Strange(), [1], {}, "ü", (1,)]
            for other in others:
                self.assertEqual(b"", tails.of(b"add", 1, (other,), self.encode()))

    def test_forgotten(self) -> None:
        """
        Of the arguments of calls only the last are remembered, and no long ones.
        """
        tails = Tails()
        tails.of(b"add", 1, (b"secret",), self.encode())
        tails.of(b"add", 1, (b"x" * 5000,), self.encode())
        self.assertIn((b"secret",), tails._last)
        tails.of(b"add", 1, (1,), self.encode())
        self.assertNotIn((b"secret",), tails._last)
