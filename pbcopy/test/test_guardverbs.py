# -*- test-case-name: pbcopy.test.test_guardverbs -*-
"""
Tests for L{pbcopy._guardverbs}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._guardverbs import (
    VERBS,
    brief,
    checkArguments,
    checkFlat,
    checkForm,
    isToHub,
    nameOf,
    requestOf,
    verbOf,
)
from pbcopy.errors import Violation

CALL: list[Any] = [b"message", 5, b"root", b"add", 1, [b"tuple"], [b"dictionary"]]


class VerbTests(SynchronousTestCase):
    """
    A message has a verb, and what that wants.
    """

    def test_eachOfTwisteds(self) -> None:
        """
        The verbs are those of Twisted's Broker.
        """
        names = {name for name in dir(pb.Broker) if name.startswith("proto_")}
        self.assertEqual({f"proto_{verb}" for verb in VERBS}, names)

    def test_verbOf(self) -> None:
        """
        The verb is a text at the beginning of a list.
        """
        self.assertEqual("message", verbOf(CALL))
        messages: list[Any] = [[], 7, b"message", [7], [b"\xff"], [CALL]]
        for message in messages:
            error: Any = self.assertRaises(Violation, verbOf, message)
            self.assertEqual(brief(message), error.got)

    def test_checkForm(self) -> None:
        """
        What follows is told by the names of its types.
        """
        checkForm("message", CALL)
        checkForm("cachemessage", [*CALL[:2], 7, *CALL[3:]])
        checkForm("answer", [b"answer", 1, 1.5])
        error: Any = self.assertRaises(Violation, checkForm, "answer", [b"answer"])
        self.assertEqual(("answer", "[]"), (error.where, error.got))
        self.assertEqual("int, bytes or float or int or list", error.expected)
        for at in range(1, len(CALL)):
            bad = [*CALL[:at], 1.5, *CALL[at + 1 :]]
            self.assertRaises(Violation, checkForm, "message", bad)
        self.assertRaises(Violation, checkForm, "message", [*CALL, 7])

    def test_requestOf(self) -> None:
        """
        A call that wants an answer has an id, as far as it goes.
        """
        self.assertEqual(5, requestOf("message", CALL))
        self.assertEqual(5, requestOf("cachemessage", CALL[:2]))
        for message in ([b"message"], [b"message", b"5"], [*CALL[:4], 0, 7, 7]):
            self.assertIsNone(requestOf("message", message))
        self.assertIsNone(requestOf("answer", CALL))

    def test_nameOf(self) -> None:
        """
        The name of what is called is a text.
        """
        self.assertEqual("füttern", nameOf("füttern".encode()))
        self.assertRaises(Violation, nameOf, b"\xff")

    def test_checkArguments(self) -> None:
        """
        The arguments of a call are a tuple, or a list, and its keywords a dict.
        """
        kw: list[Any] = [b"dictionary"]
        for args in ([b"tuple", 7], [b"list"]):
            checkArguments(args, kw)
        others: list[Any] = [[], [b"None"], [[b"tuple"]], [b"reference", 1, [b"tuple"]]]
        for other in others:
            self.assertRaises(Violation, checkArguments, other, kw)
            self.assertRaises(Violation, checkArguments, [b"tuple"], other)

    def test_brief(self) -> None:
        """
        What a peer sent is shown in a few words, however long or deep it is, and
        also where Python does not print a number.
        """
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]
        for sent in (b"x" * 10**6, [b"y" * 10**6] * 100, deep, 1 << 400, -(1 << 10**5)):
            self.assertLess(len(brief(sent)), 600)


class HubTests(SynchronousTestCase):
    """
    What two pbcopy say to each other is known by where it goes.
    """

    def test_isToHub(self) -> None:
        """
        A fresh state is as any other call.
        """
        self.assertTrue(isToHub(b"pbcopy", "hello"))
        self.assertFalse(isToHub(b"pbcopy", "fresh"))
        self.assertFalse(isToHub(b"root", "hello"))

    def test_checkFlat(self) -> None:
        """
        There are numbers and texts in it.
        """
        kw: list[Any] = [b"dictionary"]
        checkFlat("hello", [b"tuple", 7, b"x", [b"unicode", b"x"], [b"None"]], kw)
        for sent in ([b"list", [b"None"]], [[b"None"]]):
            self.assertRaises(Violation, checkFlat, "hello", [b"tuple", sent], kw)
        self.assertRaises(Violation, checkFlat, "hello", [b"tuple"], [*kw, [1, []]])
