# -*- test-case-name: pbcopy.test.test_vetting -*-
"""
Tests for L{pbcopy._vetting}.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import limits, pb
from pbcopy._channel import BESIDE, ENVELOPE
from pbcopy._envelope import TAG, unjellyEnvelope
from pbcopy._packing import pack
from pbcopy._registry import copyTags
from pbcopy._vetting import vet
from pbcopy.errors import Violation
from pbcopy.testing import connect


class Hook(pb.RemoteCopy):
    """
    A copy that notes what is done to it.
    """

    made: list[str] = []  # noqa: RUF012

    def setCopyableState(self, state: Any) -> None:
        """
        Note it.
        """
        self.made.append("set")
        raise RuntimeError("not today")

    def __hash__(self) -> int:
        raise TypeError("not in a set")


class VettingTestCase(SynchronousTestCase):
    """
    What the tests of L{vet} have in common.
    """

    def setUp(self) -> None:
        self.policy = pbcopy.Policy()
        factory = stock.PBServerFactory(stock.Root(), security=self.policy)
        self.connection = connect(factory)
        self.broker = self.connection.server
        pb.setUnjellyableForClass("some.Hook", Hook)
        self.addCleanup(copyTags.pop, b"some.Hook")
        self.patch(Hook, "made", [])

    def refused(self, *expressions: Any) -> Violation:
        """
        Give the error for what is refused.
        """
        error: Violation = self.assertRaises(
            Violation, vet, list(expressions), self.broker, "here"
        )
        return error


class CountTests(VettingTestCase):
    """
    What came is counted.
    """

    def test_objects(self) -> None:
        """
        Each list is an object, or a container.
        """
        self.policy.limit(MAX_OBJECTS=4)
        vet([[b"list", [b"None"]], [b"None"]], self.broker, "here")
        error = self.refused([b"list", [b"list", [b"None"], [b"None"]]])
        self.assertIn("MAX_OBJECTS, 4", error.expected)
        self.assertEqual(("here", "5"), (error.where, error.got))

    def test_items(self) -> None:
        """
        The items of a container are counted, and not its tag.
        """
        self.policy.limit(MAX_ITEMS=2)
        pair: list[Any] = [1, [b"unicode", b"x"]]
        vet([[b"dictionary", pair, pair], [b"tuple", 1, 2]], self.broker, "here")
        for expression in ([b"dictionary", pair, pair, pair], [b"set", 1, 2, 3]):
            self.assertIn("MAX_ITEMS, 2", self.refused(expression).expected)

    def test_strings(self) -> None:
        """
        The bytes of a text are counted.  A packed state is none.
        """
        self.policy.limit(MAX_STRING=20)
        self.policy.allowArriving("some.Hook")
        vet([[b"some.Hook", 1, bytes(100), [BESIDE]]], self.broker, "here")
        self.assertIn("20", self.refused([b"unicode", bytes(21)]).expected)

    def test_nesting(self) -> None:
        """
        Containers in each other are counted; what is around them is not.
        """
        self.policy.limit(MAX_NESTING=3)
        deep: list[Any] = [b"list", [b"dictionary", [1, [b"tuple"]]]]
        vet([[b"reference", 1, deep]], self.broker, "here")
        for expression in ([b"set", deep], [b"dictionary", [deep, 1]]):
            self.assertIn("MAX_NESTING, 3", self.refused(expression).expected)

    def test_noBroker(self) -> None:
        """
        Without a policy the limits of the process count.
        """
        self.patch(limits, "MAX_ITEMS", 1)
        vet([[b"list", 1]], None, "here")
        self.assertRaises(Violation, vet, [[b"list", 1, 2]], None, "here")


class ClassTests(VettingTestCase):
    """
    Each class is asked for.
    """

    def test_named(self) -> None:
        """
        Wherever it is in the message.
        """
        hook = [b"some.Hook", [b"dictionary"]]
        around: list[list[Any]] = [
            hook,
            [b"reference", 1, hook],
            [b"list", hook],
            [b"dictionary", [hook, 1]],
            [b"dictionary", [1, hook]],
            [b"pbcopy.value", b"OrderedDict", [1, hook]],
            [b"pbcopy.value", b"deque", [b"None"], hook],
            [BESIDE, [b"tuple", hook]],
        ]
        for expression in around:
            self.assertIn("some.Hook", self.refused([b"None"], expression).where)
        self.policy.allowArriving("some.Hook")
        vet(around, self.broker, "here")

    def test_keysAreNoClasses(self) -> None:
        """
        Bytes that look like the name of a class are none where a value stands.
        """
        pair = [b"some.Hook", b"other.Hook"]
        record = [b"pbcopy.value", b"record", b"some.Record", [b"a.b", b"c.d"]]
        self.policy.allowArriving("some.Record")
        vet([[b"dictionary", pair], record], self.broker, "here")

    def test_values(self) -> None:
        """
        The class of a value is asked for, unless it is beside packed bytes, where
        it may not be needed.
        """
        value = [b"pbcopy.value", b"enum", b"some.Size", b"SMALL"]
        self.assertIn("some.Size", self.refused(value).where)
        for each in (value, [b"reference", 1, value]):
            vet([[BESIDE, each]], self.broker, "here")
        self.assertIn("some.Size", self.refused([BESIDE, [b"list", value]]).where)


class OrderTests(VettingTestCase):
    """
    Nothing is made of a message, of which something is refused.
    """

    def opened(self, *expressions: Any) -> Exception:
        """
        Give what the call of somebody fails with who sends an envelope.
        """
        sexp = [b"tuple", [TAG, pack(list(expressions))]]
        try:
            self.broker.unserialize(sexp)
        except Exception as error:
            return error
        raise AssertionError(f"{expressions} was not refused")

    def test_beforeAHook(self) -> None:
        """
        No hook runs before the last class is known.
        """
        self.policy.allowArriving("some.Hook")
        hook = [b"some.Hook", [b"dictionary"]]
        self.assertIsInstance(self.opened(hook, [b"some.Other"]), Violation)
        self.assertEqual([], Hook.made)
        self.assertIsInstance(self.opened(hook), RuntimeError)
        self.assertEqual(["set"], Hook.made)

    def test_whatJellyDoesNotTake(self) -> None:
        """
        What has not the form that Jelly wants is a C{Violation}, whatever Jelly
        raises.
        """
        expressions: tuple[Any, ...] = (
            *([], [[]], [7], [b"unicode"], [b"unicode", b"\xff"], [b"list", []]),
            *([b"dictionary", 7], [b"dictionary", [1]], [b"boolean"], [b"decimal", 1]),
            *([b"datetime", b"2000 13 1"], [b"date", b"x"], [b"time", b"25"]),
            *([b"reference", 1], [b"dereference"], [b"set", [b"list"]]),
            *([b"dereference", [b"list"]], [b"dictionary", [[b"list"], 1]]),
            *([b"timedelta", b"9999999999 0 0"], [b"remote"]),
            *([b"cached", 5], [b"lcache", 5], [b"pbcopy.value"], [b"pbcopy.fresh"]),
        )
        for expression in expressions:
            error = self.opened(expression)
            self.assertIsInstance(error, Violation, repr(expression))

    def test_whatIsNotThere(self) -> None:
        """
        So is a mention of what is not in the message, also by itself.
        """
        for expression in ([b"dereference", 0], [b"list", [b"dereference", 0]]):
            self.assertIsInstance(self.opened(expression), Violation)

    def test_whatIsInAnotherEnvelope(self) -> None:
        """
        So is one of what only another envelope of the message has.
        """
        one = [[b"reference", 1, [b"dereference", 2]]]
        other = [[b"reference", 1, [b"dereference", 3]], [b"reference", 1, 1]]
        sent = [[TAG, pack(each)] for each in (one, other)]
        self.assertRaises(Violation, self.broker.unserialize, [b"tuple", *sent])

    def test_whatAHookRaises(self) -> None:
        """
        What a method of the application's raises stays what it is.
        """
        self.patch(Hook, "setCopyableState", lambda self, state: None)
        self.policy.allowArriving("some.Hook")
        hook = [b"some.Hook", [b"dictionary"]]
        error = self.opened([b"set", hook])
        self.assertEqual((TypeError, "not in a set"), (type(error), str(error)))

    def test_whatBananaDoesNotSend(self) -> None:
        """
        MessagePack has more kinds of values than Banana, and they are refused.
        """
        now: Any = datetime.now(timezone.utc)
        parts: tuple[Any, ...] = (None, "x", {b"x": []}, now)
        for part in parts:
            for expression in (part, [b"list", part], [b"dictionary", [1, part]]):
                self.assertRaises(Violation, vet, [expression], self.broker, ENVELOPE)

    def test_anAnswer(self) -> None:
        """
        L{unjellyEnvelope} is what does so.
        """
        self.assertIs(unjellyEnvelope, copyTags[TAG])
