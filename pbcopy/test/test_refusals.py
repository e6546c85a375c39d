# -*- test-case-name: pbcopy.test.test_refusals -*-
"""
Tests for L{pbcopy._refusals}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb
from pbcopy._refusals import callIn, checkParts, jellysRefusals
from pbcopy._registry import copyTags
from pbcopy.errors import Violation
from pbcopy.testing import connect


class Taken(pb.RemoteCopy):
    """
    A copy.
    """


class View(pb.RemoteCache):
    """
    A cache.
    """

    def observe_take(self, *things: Any) -> None:
        """
        Take something.
        """


class RefusalTestCase(SynchronousTestCase):
    """
    There is a Broker that knows some classes.
    """

    def setUp(self) -> None:
        self.connection = connect(stock.Root())
        self.broker = self.connection.server
        for cls in (Taken, View):
            pb.setUnjellyableForClass(f"some.{cls.__name__}", cls)
            self.addCleanup(copyTags.pop, f"some.{cls.__name__}".encode("ascii"))

    def refused(self, *expression: Any) -> Violation:
        """
        Give the error for an expression.
        """
        error: Violation = self.assertRaises(
            Violation, self.broker.unserialize, [b"tuple", [*expression]]
        )
        return error


class JellyTests(RefusalTestCase):
    """
    What Jelly itself raises is a L{Violation}.
    """

    def test_keysThatCannotBeCompared(self) -> None:
        """
        Neither can a dict of which Twisted cannot compare the keys: a reference, and
        the number that it has.
        """
        inside = [b"dictionary", [2, 1], [[b"remote", 2], 1]]
        self.refused(b"some.Taken", [b"dictionary", [b"x", inside]])

    def test_inAState(self) -> None:
        """
        Wherever it is in an object of pbcopy's, also where that is in no envelope.
        """
        nonsense: tuple[Any, ...] = (
            # Jelly says so with an assert.
            *([[b"boolean", b"x"]] if __debug__ else []),
            *([b"unicode", b"\xff"], [b"datetime", b"x"], []),
            *([b"set", [b"list"]], [b"local", [b"list"]], [b"dictionary", 7]),
            *([b"reference", [], 1], [b"dereference", []], [b"dereference"]),
        )
        for each in nonsense:
            state = [b"dictionary", [[b"unicode", b"x"], each]]
            for expression in (
                [b"some.Taken", state],
                [b"some.View", 1, state],
                [b"pbcopy.beside", each],
                [b"pbcopy.value", b"deque", [b"None"], each],
                [b"twisted.spread.pb.CopyableFailure", state],
            ):
                self.refused(*expression)

    def test_tooDeep(self) -> None:
        """
        So is what is nested more deeply than Python calls itself.
        """
        deep: Any = 1
        for _ in range(2000):
            deep = [b"list", deep]
        self.assertIn("nested", self.refused(b"some.Taken", deep).what)

    def test_nothingBehindTheTag(self) -> None:
        """
        So is a list that has only a tag.
        """
        for expression in (
            *([b"some.Taken"], [b"some.View"], [b"cached"], [b"lcache"], [b"local"]),
            *([b"pbcopy.fresh"], [b"pbcopy.fresh", 1], [b"pbcopy.envelope"]),
            [b"twisted.spread.pb.CopyableFailure"],
        ):
            self.refused(*expression)
        self.assertRaises(Violation, checkParts, [b"x", 1], 2)
        checkParts([b"x", 1])

    def test_anIdThatIsNone(self) -> None:
        """
        So is a value of a class that is not known here, under an id that is none.
        """
        unknown = [b"pbcopy.value", b"enum", b"far.Away", b"ONE"]
        for refid in ([], [b"list"]):
            self.refused(b"pbcopy.beside", [b"reference", refid, unknown])

    def test_aFailureThatIsNone(self) -> None:
        """
        So is a failure whose state is no dict.
        """
        error = self.refused(b"twisted.spread.pb.CopyableFailure", 1.5)
        self.assertEqual("float", error.got)
        empty = [b"twisted.spread.pb.CopyableFailure", [b"dictionary"]]
        self.broker.unserialize([b"tuple", empty])

    def test_aKeyThatHasNoHash(self) -> None:
        """
        So is a dict that has an object as a key that comes later, and has no hash.
        """
        inner = [b"reference", 3, [b"dictionary", [[b"dereference", 3], 1]]]
        error = self.refused(b"some.View", 1, [b"dictionary", [b"x", inner]])
        self.assertIn("key", error.what)

    def test_aMemberThatHasNoHash(self) -> None:
        """
        So is a set that has an object in it that comes later, and has no hash.
        """
        later = [b"list", [b"set", [b"dereference", 2]], [b"reference", 2, [b"set"]]]
        state = [b"dictionary", [[b"unicode", b"x"], later]]
        error = self.refused(b"some.Taken", state)
        self.assertEqual("this cannot be put where it is mentioned", error.what)

    def test_namesThatAreNoText(self) -> None:
        """
        So is the name of an attribute that is not in UTF-8.
        """
        for cls in (b"some.Taken", b"some.View"):
            luid = [1] if cls == b"some.View" else []
            error = self.refused(cls, *luid, [b"dictionary", [b"\xff", 1]])
            self.assertEqual(repr(b"\xff"), error.got)

    def test_namesThatAreNamedByTheirClass(self) -> None:
        """
        So is one that is an object; that is named by its class.
        """
        failure = [b"dictionary", [b"type", b"some.Error"], [b"value", b"x"]]
        key = [b"twisted.spread.pb.CopyableFailure", failure]
        error = self.refused(b"some.Taken", [b"dictionary", [key, 1]])
        self.assertEqual("CopiedFailure", error.got)

    def test_ofAHookThroughPbcopysBroker(self) -> None:
        """
        So does what pbcopy's Broker has a part in.
        """
        broker: Any = pbcopy.Broker()
        broker.disconnected = 1
        hook: dict[str, Any] = {"__name__": "some.application"}
        exec("def take(reference): reference.callRemote('x')", hook)
        reference = stock.RemoteReference(None, broker, 1, False)
        with self.assertRaises(stock.DeadReferenceError):
            with jellysRefusals("here"):
                hook["take"](reference)

    def test_ofAHook(self) -> None:
        """
        What a method of the application's raises stays what it is, also where
        Twisted has raised it for that.
        """
        hook: dict[str, Any] = {"__name__": "some.application"}
        exec("def take(reference): reference.callRemote('x')", hook)
        reference = stock.RemoteReference(None, self.broker, 1, False)
        self.connection.cut()
        with self.assertRaises(stock.DeadReferenceError):
            with jellysRefusals("here"):
                hook["take"](reference)

    def test_declared(self) -> None:
        """
        So does what Jelly refuses by itself.
        """
        with self.assertRaises(InsecureJelly) as caught:
            with jellysRefusals("here"):
                raise InsecureJelly("no")
        self.assertNotIsInstance(caught.exception, Violation)

    def test_aFailureInAnAnswer(self) -> None:
        """
        A failure that cannot be taken fails its own call.
        """
        root: Any = stock.Root()
        root.remote_get = lambda: None
        connection = connect(root)
        call = connection.root.callRemote("get")
        connection.fromClient.clear()
        connection.server.sendCall(
            b"error", 1, [b"twisted.spread.pb.CopyableFailure", 7]
        )
        connection.deliver()
        self.failureResultOf(call, Violation)
        self.assertFalse(connection.lost)


class CallTests(RefusalTestCase):
    """
    What comes with a call is a tuple and a dict.
    """

    def test_callIn(self) -> None:
        """
        L{callIn} gives them.
        """
        args, kw = [b"tuple", 1], [b"dictionary", [b"x", 2]]
        found = callIn(self.broker, args, kw, "here")
        self.assertEqual(((1,), {b"x": 2}), found)
        for args_, kw_ in ((1, kw), (args, 1), ([b"boolean", b"x"], kw), (args, [])):
            error = self.assertRaises(
                Violation, callIn, self.broker, args_, kw_, "here"
            )
            self.assertEqual("here", error.where)

    def test_updates(self) -> None:
        """
        An update that comes with something else fails.
        """
        (view,) = self.broker.unserialize(
            [b"tuple", [b"some.View", 1, [b"dictionary"]]]
        )
        for args in (1, [b"boolean", b"x"]):
            error: Any = self.assertRaises(
                Violation,
                view.remoteMessageReceived,
                *(self.broker, "take", args, [b"dictionary"]),
            )
            self.assertEqual("View.observe_take", error.where)
