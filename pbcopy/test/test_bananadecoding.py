# -*- test-case-name: pbcopy.test.test_bananadecoding -*-
"""
Tests for L{pbcopy._bananadecoding}.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.spread import banana
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._bananadecoding import NOT_WHOLE, Decoder
from pbcopy._guardsize import Maxima
from pbcopy.errors import Violation

VOCABULARY: Any = banana.Banana.incomingVocabulary

ROOMY = Maxima(64, 10**7, "MAX_MESSAGE", 1000, 100, VOCABULARY)

WORDS = tuple(banana.Banana.outgoingVocabulary)

EXPRESSIONS = st.recursive(
    st.one_of(
        st.integers(-300, 300),
        st.integers(-(2**448) + 1, 2**448 - 1),
        st.sampled_from([2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 0x3FFF, 0x4000]),
        st.binary(max_size=300),
        st.sampled_from(WORDS),
        st.floats(allow_nan=False),
    ),
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=20,
)

STREAM: Any = [
    [b"message", 300, b"root", b"quack", 1, [b"tuple", 1.5], [b"dictionary"]],
    -(2**40),
    [],
    [[b"x" * 200, [[], b"", 0]], 2**70, -7],
    b"None",
    -0.0,
]
"""A message of each kind of tokens."""

QUIET = settings(derandomize=True, database=None, deadline=None)


class Stock(banana.Banana):
    """
    Twisted's Banana, and what it has received and written.
    """

    def __init__(self, dialect: bytes = b"pb") -> None:
        stock: Any = super()
        stock.__init__()
        self.received: list[Any] = []
        self.written: list[bytes] = []
        self.raised: Exception | None = None
        self.transport: Any = self
        stock.connectionMade()
        self.currentDialect = dialect

    def write(self, data: bytes) -> None:
        """
        Note what is written.
        """
        self.written.append(data)

    def expressionReceived(self, lst: Any) -> None:
        """
        Note what is received.
        """
        self.received.append(lst)

    def encoded(self, *messages: Any) -> bytes:
        """
        Give some messages as bytes.
        """
        self.written.clear()
        for message in messages:
            sent: Any = self.sendEncoded
            sent(message)
        return b"".join(self.written)

    def take(self, *chunks: bytes) -> Stock:
        """
        Take some bytes, until they are refused.
        """
        for chunk in chunks:
            try:
                received: Any = self.dataReceived
                received(chunk)
            except (banana.BananaError, NotImplementedError, KeyError) as error:
                self.raised = error
                break
        return self


class DecoderTestCase(SynchronousTestCase):
    """
    What the tests have in common.
    """

    def decoded(self, *chunks: bytes, maxima: Maxima = ROOMY) -> list[Any]:
        """
        Give what is in some chunks.
        """
        decoder = Decoder(lambda: maxima)
        return [each for chunk in chunks for each in expressionsIn(decoder, chunk)]

    def refused(self, data: bytes, **maxima: Any) -> Violation:
        """
        Give the error for some bytes, all but the last of which are fine.
        """
        bounds = ROOMY._replace(**maxima)
        self.decoded(data[:-1], maxima=bounds)
        error: Violation = self.assertRaises(
            Violation, self.decoded, data, maxima=bounds
        )
        again: Violation = self.assertRaises(
            Violation, self.decoded, *cut(data, 1), maxima=bounds
        )
        self.assertEqual(str(error), str(again))
        return error


def expressionsIn(decoder: Decoder, chunk: bytes) -> Iterator[Any]:
    """
    Give the expressions that have come in whole with some more bytes.
    """
    data, at = decoder.withHeld(chunk), 0
    while at < len(data):
        expression, at = decoder.next(data, at)
        if expression is not NOT_WHOLE:
            yield expression


def cut(data: bytes, size: int) -> list[bytes]:
    """
    Cut bytes into chunks of a size.
    """
    return [data[at : at + size] for at in range(0, len(data), size)]


class ExpressionsTests(DecoderTestCase):
    """
    Bytes become what they become of Twisted's Banana.
    """

    def assertSame(self, chunks: list[bytes], maxima: Maxima = ROOMY) -> None:
        """
        Assert that chunks become the same expressions, of the same types, as with
        Twisted's Banana, and are refused where that refuses them.
        """
        stock = Stock(b"pb" if maxima.vocabulary else b"none").take(*chunks)
        received: list[Any] = []
        decoder = Decoder(lambda: maxima)
        isRefused = False
        try:
            for chunk in chunks:
                received.extend(expressionsIn(decoder, chunk))
        except Violation:
            isRefused = True
        self.assertEqual(repr(stock.received), repr(received))
        self.assertEqual(stock.raised is not None, isRefused, stock.raised)

    @QUIET
    @given(st.lists(EXPRESSIONS, max_size=4), st.integers(1, 50), st.booleans())
    def test_messages(self, messages: list[Any], size: int, isPB: bool) -> None:
        """
        Messages arrive as they were sent, in either dialect, wherever the bytes are
        cut.
        """
        data = Stock(b"pb" if isPB else b"none").encoded(*messages)
        maxima = ROOMY if isPB else ROOMY._replace(vocabulary={})
        self.assertEqual(messages, self.decoded(data, maxima=maxima))
        self.assertEqual(messages, self.decoded(*cut(data, size), maxima=maxima))
        self.assertSame(cut(data, size), maxima)

    def test_eachSplit(self) -> None:
        """
        A stream may be cut at any two places, or everywhere.
        """
        data = Stock().encoded(*STREAM)
        self.assertSame(cut(data, 1))
        for first in range(len(data)):
            self.assertSame([data[:first], data[first:]])
            for second in range(first, len(data), 7):
                parts = [data[:first], data[first:second], data[second:]]
                self.assertEqual(STREAM, self.decoded(*parts))

    @QUIET
    @given(st.binary(max_size=200), st.integers(1, 70))
    def test_anything(self, data: bytes, size: int) -> None:
        """
        What is refused is what Twisted's Banana refuses, after the same messages.
        """
        self.assertSame([data])
        self.assertSame(cut(data, size))
        self.assertSame([data], ROOMY._replace(vocabulary={}))

    @QUIET
    @given(
        st.lists(EXPRESSIONS, min_size=1, max_size=3),
        st.lists(st.tuples(st.integers(0, 500), st.integers(0, 255)), max_size=3),
        st.integers(1, 70),
    )
    def test_damaged(
        self, messages: list[Any], damage: list[tuple[int, int]], size: int
    ) -> None:
        """
        The same holds for messages of which some bytes are others.
        """
        data = bytearray(Stock().encoded(*messages))
        for place, byte in damage:
            data[place % len(data)] = byte
        self.assertSame([bytes(data)])
        self.assertSame(cut(bytes(data), size))

    @QUIET
    @given(st.binary(max_size=70), st.sampled_from(range(0x80, 0x90)))
    def test_numbers(self, prefix: bytes, kind: int) -> None:
        """
        A token may have any number, also one that is longer than it has to be.
        """
        digits = bytes(each & 0x7F for each in prefix)
        self.assertSame([digits + bytes([kind]) + bytes(8)])

    def test_aStartAtATime(self) -> None:
        """
        What the next message may be is asked when it begins: whoever takes a message
        may have changed it.
        """
        asked: list[Any] = []

        def maxima() -> Maxima:
            asked.append(list(received))
            return ROOMY._replace(vocabulary={1: bytes(len(received))})

        received: list[Any] = []
        for each in expressionsIn(Decoder(maxima), b"\x01\x87\x01\x87"):
            received.append(each)
        self.assertEqual([[], [b""]], asked)
        self.assertEqual([b"", b"\x00"], received)

    def test_beforeARefusal(self) -> None:
        """
        What comes before something that is refused is given.
        """
        given = []
        with self.assertRaises(Violation):
            for each in expressionsIn(Decoder(lambda: ROOMY), b"\x01\x81\x90"):
                given.append(each)
        self.assertEqual([1], given)


class LinearTests(DecoderTestCase):
    """
    The work is proportional to the bytes.
    """

    def test_manyTokens(self) -> None:
        """
        Of bytes that came at once, no more are copied than there are in strings.
        """
        copied: list[int] = []

        class Counting(bytes):
            def __getitem__(self, key: Any) -> Any:
                part = super().__getitem__(key)
                if isinstance(key, slice):
                    copied.append(len(part))
                return part

        strings = [b"duck"] * 1000
        data = Counting(banana.encode([[[each], 7, 2.5] for each in strings]))
        roomy = ROOMY._replace(size=len(data), lists=5000)
        self.assertEqual(1, len(self.decoded(data, maxima=roomy)))
        self.assertEqual(4000, sum(copied))

    def test_smallChunks(self) -> None:
        """
        Of a string that comes in small chunks, these are kept as they are until it
        is whole.
        """
        decoder = Decoder(lambda: ROOMY)
        chunks = cut(banana.encode([7, b"x" * 1000]), 10)
        for count, chunk in enumerate(chunks[:-1], 1):
            self.assertEqual([], list(expressionsIn(decoder, chunk)))
            self.assertEqual(count, len(decoder._held))
        self.assertEqual([[7, b"x" * 1000]], list(expressionsIn(decoder, chunks[-1])))
        self.assertEqual([], decoder._held)


class SizeTests(DecoderTestCase):
    """
    A message has so many bytes.
    """

    def test_bytes(self) -> None:
        """
        All bytes of a message are counted, and only those of one.
        """
        message = banana.encode([b"duck", 1.5, [2**40, -7]])
        for maxima in (ROOMY, ROOMY._replace(size=len(message))):
            wholes = self.decoded(message * 3, maxima=maxima)
            self.assertEqual([[b"duck", 1.5, [2**40, -7]]] * 3, wholes)
        chunks = [message[at : at + 1] for at in range(len(message))]
        maxima = ROOMY._replace(size=len(message) - 1)
        self.assertRaises(Violation, self.decoded, *chunks, maxima=maxima)

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


class ListTests(DecoderTestCase):
    """
    A message has so many lists, and so many in each other.
    """

    def test_lists(self) -> None:
        """
        Empty lists, which take one byte, are counted.
        """
        self.decoded(b"\x03\x80" + b"\x80" * 3, maxima=ROOMY._replace(lists=4))
        error = self.refused(b"\x04\x80" + b"\x80" * 4, lists=4)
        self.assertIn("pbcopy.limits.MAX_OBJECTS, 4", error.expected)
        self.assertEqual("5 or more", error.got)

    def test_nesting(self) -> None:
        """
        Lists in each other are counted, and not those beside each other.
        """
        beside = banana.encode([[1], [[]], [[2]]])
        self.decoded(beside, maxima=ROOMY._replace(nesting=3))
        error = self.refused(b"\x01\x80" * 4, nesting=3)
        self.assertIn("pbcopy.limits.MAX_NESTING, 3", error.expected)


class BananaTests(DecoderTestCase):
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
        self.assertEqual([b"None"], self.decoded(b"\x01\x87"))
        self.assertIn("vocabulary", self.refused(b"\x20\x87").what)
        self.assertIn("vocabulary", self.refused(b"\x01\x87", vocabulary={}).what)

    def test_longNumbers(self) -> None:
        """
        A number has so many bytes, whether its end is there or not.
        """
        self.decoded(b"\x01" * 64 + b"\x85")
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
        self.decoded(b"".join(stream) + banana.LIST, maxima=maxima)
