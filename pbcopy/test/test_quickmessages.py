# -*- test-case-name: pbcopy.test.test_quickmessages -*-
"""
Tests for L{pbcopy._quickmessages}.
"""

from __future__ import annotations

import string
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._channel import COMPACT, DELTA
from pbcopy._flat import LONGEST, MOST_PARTS, jellyFlat, unjellyFlat
from pbcopy._quickmessages import MOST, Answer, Call, Update, messageIn
from pbcopy.test.test_bananadecoding import EXPRESSIONS, QUIET, WORDS, Stock

NAME = DELTA.encode("ascii")
TAG = COMPACT.encode("ascii")
NO_KW: Any = [b"dictionary"]

NUMBERS = st.integers(0, 2**28 - 1)
NAMES = st.text(string.ascii_letters + string.digits + "_.", min_size=1, max_size=127)
VALUES = st.one_of(
    st.integers(1 - 2**28, 2**28 - 1),
    st.floats(),
    st.booleans(),
    st.none(),
    st.binary(max_size=150),
    st.text(st.characters(max_codepoint=127), max_size=150),
)
ARGUMENTS = st.lists(VALUES, max_size=5).map(tuple)
AROUND = st.binary(max_size=5)


def asBytes(*message: Any) -> bytes:
    """
    Give the bytes of a message.
    """
    return Stock().encoded([*message])


def name(text: str) -> bytes:
    """
    Give a name as bytes, one that is no word.
    """
    encoded = text.encode("ascii")
    assume(encoded not in WORDS)
    return encoded


def anyWord(values: Any) -> bool:
    """
    Tell whether one of some values is sent as a word.
    """
    texts = (each.encode("ascii") if type(each) is str else each for each in values)
    return any(type(each) is bytes and each in WORDS for each in texts)


class MessageTestCase(SynchronousTestCase):
    """
    What the tests have in common.
    """

    def assertLike(self, expected: Any, found: Any) -> None:
        """
        Check that two values are the same, NaN included.
        """
        self.assertEqual(repr(expected), repr(found))

    def found(self, said: bytes, before: bytes = b"", after: bytes = b"") -> Any:
        """
        Give the message in some bytes, without its end, which is checked.
        """
        found = messageIn(before + said + after, len(before))
        if found is None:
            self.fail(f"{said!r} is not found")
        self.assertEqual(len(before + said), found.end)
        return found[:-1]


class FoundTests(MessageTestCase):
    """
    The commonest messages are found as what Twisted's Banana makes of them.
    """

    @QUIET
    @given(NUMBERS, NUMBERS, st.binary(max_size=LONGEST), AROUND, AROUND)
    def test_updates(
        self, requestID: int, luid: int, packed: bytes, before: bytes, after: bytes
    ) -> None:
        """
        So it is for all ids and deltas, and packed arguments, whatever is around them.
        """
        assume(packed not in WORDS)
        for parts in ((NAME, 0), (b"add", 0), (b"add", 1)):
            said = asBytes(b"cachemessage", requestID, luid, *parts, packed, 0)
            expected = requestID, luid, *parts, packed
            self.assertEqual(expected, self.found(said, before, after))
            self.assertLessEqual(len(said), MOST)

    @QUIET
    @given(st.data(), NUMBERS, NAMES, ARGUMENTS, AROUND, AROUND)
    def test_calls(
        self,
        data: Any,
        requestID: int,
        text: str,
        args: tuple[Any, ...],
        before: bytes,
        after: bytes,
    ) -> None:
        """
        So it is for calls of all objects, with all flat arguments.
        """
        assume(not anyWord(args))
        isUpdate, wanted = data.draw(st.booleans()), data.draw(st.integers(0, 1))
        objectID = data.draw(NUMBERS | NAMES.map(name))
        verb = b"cachemessage" if isUpdate else b"message"
        parts = (requestID, objectID, name(text), wanted)
        said = asBytes(verb, *parts, jellyFlat(args), NO_KW)
        self.assertLike((isUpdate, *parts, args), self.found(said, before, after))

    @QUIET
    @given(NUMBERS, VALUES, AROUND, AROUND)
    def test_answers(
        self, requestID: int, value: Any, before: bytes, after: bytes
    ) -> None:
        """
        So it is for answers that are one value, or a copy.
        """
        assume(not anyWord([value]))
        said = asBytes(b"answer", requestID, jellyFlat(value))
        self.assertLike((requestID, value, False), self.found(said, before, after))
        if type(value) is bytes:
            said = asBytes(b"answer", requestID, [TAG, value])
            self.assertEqual((requestID, value, True), self.found(said, before, after))

    def test_manyArguments(self) -> None:
        """
        So it is for as many arguments as may be flat.
        """
        args = tuple(range(MOST_PARTS - 1))
        said = asBytes(b"message", 1, 2, b"add", 1, jellyFlat(args), NO_KW)
        self.assertEqual(args, self.found(said)[-1])


class OthersTests(MessageTestCase):
    """
    Nothing else is found.
    """

    @QUIET
    @given(NUMBERS, ARGUMENTS, st.binary(max_size=300), st.data())
    def test_cut(
        self, luid: int, args: tuple[Any, ...], packed: bytes, data: Any
    ) -> None:
        """
        What has not come in whole is not.
        """
        for said in (
            asBytes(b"cachemessage", 1, luid, b"add", 1, packed, 0),
            asBytes(b"message", 1, luid, b"add", 1, jellyFlat(args), NO_KW),
            asBytes(b"answer", luid, [TAG, packed]),
            asBytes(b"answer", luid, packed),
        ):
            cut = data.draw(st.integers(0, len(said) - 1))
            self.assertIsNone(messageIn(said[:cut], 0))

    @QUIET
    @given(st.lists(EXPRESSIONS, min_size=5, max_size=5), st.integers(0, 127))
    def test_anyParts(self, parts: list[Any], number: int) -> None:
        """
        What is found in any message at all is what it says.
        """
        requestID, objectID, name, args, kw = parts
        usual = [b"add", 1, [b"tuple", 7], NO_KW]
        for verb in (b"message", b"cachemessage"):
            for tail in (
                [name, *usual[1:]],
                [b"add", 1, args, NO_KW],
                [b"add", 1, [b"tuple", args], NO_KW],
                [b"add", 1, [b"tuple", *args] if type(args) is list else 7, NO_KW],
                [b"add", requestID, [b"tuple"], kw],
                [b"add", number, [b"tuple"], NO_KW],
                [NAME, 0, args, 0],
                [NAME, number, b"packed", 0],
                [NAME, 0, b"packed", kw],
            ):
                self.check(verb, 1, 2, *tail)
            self.check(verb, requestID, 2, *usual)
            self.check(verb, 1, objectID, *usual)
        for answer in (args, [TAG, args], [args, b"packed"], [TAG, b"", kw]):
            self.check(b"answer", 1, answer)
            self.check(b"answer", requestID, answer)
        self.check(*parts)

    def check(self, *message: Any) -> None:
        """
        Check that what is found of a message is what it says.
        """
        said = asBytes(*message)
        found = messageIn(said, 0)
        if found is None:
            return
        self.assertEqual(len(said), found.end)
        if isinstance(found, Update):
            self.assertEqual((b"cachemessage", *found[:-1], 0), message)
        elif isinstance(found, Answer):
            value = [TAG, found.value] if found.isCopy else found.value
            made = message[2] if found.isCopy else unjellyFlat(message[2])
            self.assertEqual((b"answer", found.requestID), message[:2])
            self.assertLike(made, value)
        else:
            verb = b"cachemessage" if found.isUpdate else b"message"
            self.assertEqual((verb, *found[1:5]), message[:5])
            self.assertLike(unjellyFlat(message[5]), found.args)
            self.assertEqual(NO_KW, message[6])

    def test_almost(self) -> None:
        """
        Nor is what is longer, has more, or has a larger number.
        """
        long, large = b"x" * (LONGEST + 1), 2**28
        usual = [b"message", 1, 2, b"add", 1, [b"tuple", 7], NO_KW]
        self.assertIsInstance(messageIn(asBytes(*usual), 0), Call)
        for at, other in [
            *((1, large), (1, -1), (1, 1.0), (2, large), (2, -1), (2, b"x" * 200)),
            *((2, "ä".encode()), (3, b"add more"), (3, b"x" * 128), (3, b"list")),
            *((4, 2), (4, b"1"), (5, [b"list", 7]), (5, [b"tuple", long])),
            *((5, [b"tuple", [b"unicode", "ä".encode()]]), (5, [b"tuple", large])),
            *(
                (5, [b"tuple", *range(MOST_PARTS)]),
                (5, [b"tuple", b"x" * 600, b"x" * 600]),
            ),
            *((5, [b"tuple", [b"boolean", b"maybe"]]), (5, [b"tuple", [b"None", 7]])),
            *((5, []), (5, b"packed"), (6, [b"dictionary", [b"x", 7]]), (6, 0)),
        ]:
            changed = [*usual]
            changed[at] = other
            self.assertIsNone(messageIn(asBytes(*changed), 0), (at, other))
        self.assertIsNone(messageIn(asBytes(*usual, 7), 0))
        self.assertIsNone(messageIn(asBytes(*usual), 1))
        self.assertIsNone(messageIn(b"", 0))

    def test_almostUpdates(self) -> None:
        """
        Nor is an update with a name for an id, or that is too long.
        """
        usual = [b"cachemessage", 1, 2, NAME, 0, b"packed", 0]
        self.assertIsInstance(messageIn(asBytes(*usual), 0), Update)
        for at, other in [
            *((0, b"message"), (2, b"root"), (3, b"add more"), (4, 2)),
            *((5, b"x" * (LONGEST + 1)), (6, 1)),
        ]:
            changed = [*usual]
            changed[at] = other
            self.assertIsNone(messageIn(asBytes(*changed), 0), (at, other))

    def test_almostAnswers(self) -> None:
        """
        Nor is an answer with more, or that is too large.
        """
        self.assertIsInstance(messageIn(asBytes(b"answer", 1, [TAG, b"x"]), 0), Answer)
        long = b"x" * (MOST + 1)
        for said in ([TAG, long], [TAG, 7], [TAG], [b"other", b"x"], long, 2**28):
            self.assertIsNone(messageIn(asBytes(b"answer", 1, said), 0), said)
        self.assertIsNone(messageIn(asBytes(b"answer", 2**28, 7), 0))
        self.assertIsNone(messageIn(asBytes(b"error", 1, 7), 0))
