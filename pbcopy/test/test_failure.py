# -*- test-case-name: pbcopy.test.test_failure -*-
"""
Tests for L{pbcopy._failure}.
"""

from __future__ import annotations

from io import StringIO
from typing import Any

from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._failure import CopiedFailure
from pbcopy._registry import _exceptions, copyTags
from pbcopy.errors import Unsendable, Violation
from pbcopy.testing import connect


class PondIsFull(Exception):
    """
    An application's exception, which its C{__init__} makes of a number.
    """

    def __init__(self, ducks: int) -> None:
        super().__init__(f"{ducks:d} ducks")


class FrozenOver(PondIsFull):
    """
    One that is not registered, while its base may be.
    """


class TwoWords(Exception):
    """
    One whose C{__new__} wants two arguments.
    """

    def __new__(cls, one: str, two: str) -> TwoWords:
        """
        Take them.
        """
        return super().__new__(cls, one, two)


class NoRoom(OSError):
    """
    One of Python's own kind, with an C{__init__} of its own.
    """

    def __init__(self, where: str) -> None:
        super().__init__(f"no room in {where}")


class Wordy(Exception):
    """
    One whose text needs what C{__init__} sets.
    """

    def __init__(self, where: str) -> None:
        super().__init__()
        self.where = where

    def __str__(self) -> str:
        return f"no room in {self.where}"


class Raiser(pb.Root):
    """
    A root that raises what a test gave it.
    """

    def __init__(self, error: Exception) -> None:
        self.error = error

    def remote_fail(self) -> None:
        """
        Raise it.
        """
        raise self.error


class FailureTests(SynchronousTestCase):
    """
    An errback sees an exception that is known here.
    """

    def failing(self, error: Exception) -> Any:
        """
        Call a method that raises, and give the failure.
        """
        connection = connect(Raiser(error))
        call = connection.root.callRemote("fail")
        connection.deliver()
        self.flushLoggedErrors(type(error))
        self.assertFalse(connection.lost)
        return self.failureResultOf(call)

    def register(self, *args: Any) -> None:
        """
        Register an exception for one test.
        """
        before = dict(_exceptions)

        def restore() -> None:
            _exceptions.clear()
            _exceptions.update(before)

        self.addCleanup(restore)
        pb.setUnjellyableForException(*args)

    def test_errorsOfPbcopy(self) -> None:
        """
        The errors of pbcopy, and C{InsecureJelly}, arrive as themselves, with
        their text.
        """
        for error in (InsecureJelly("no"), Violation("no"), Unsendable("no")):
            failure = self.failing(error)
            self.assertIs(type(error), failure.type)
            self.assertEqual("no", str(failure.value))
            self.assertEqual("", getattr(failure.value, "where", ""))

    def test_violationIsTrappedAsInsecureJelly(self) -> None:
        """
        Whoever traps C{InsecureJelly} traps a L{Violation} that came from the
        peer.
        """
        self.assertIs(InsecureJelly, self.failing(Violation("no")).trap(InsecureJelly))

    def test_registered(self) -> None:
        """
        An exception that the application registered arrives as itself, its
        C{__init__} not called.
        """
        self.register(PondIsFull)
        failure = self.failing(PondIsFull(7))
        self.assertIs(PondIsFull, failure.type)
        self.assertEqual(("7 ducks",), failure.value.args)
        self.assertIs(PondIsFull, failure.check(OSError, PondIsFull))
        with self.assertRaises(PondIsFull):
            failure.raiseException()

    def test_underAnotherName(self) -> None:
        """
        An exception may be registered for one of the peer's of another name.
        """
        self.register(f"{__name__}.PondIsFull", KeyError)
        self.assertIs(KeyError, self.failing(PondIsFull(7)).type)

    def test_itsNewWantsMore(self) -> None:
        """
        An exception that cannot be made of a text stays as with stock flavors.
        """
        self.register(TwoWords)
        failure = self.failing(TwoWords("no", "pond"))
        self.assertEqual(f"{__name__}.TwoWords".encode(), failure.type)
        self.assertIs(TwoWords, failure.check(TwoWords))

    def test_anOSError(self) -> None:
        """
        An exception whose C{__new__} leaves the arguments to C{__init__} has
        the text all the same.
        """
        self.register(NoRoom)
        failure = self.failing(NoRoom("pond"))
        self.assertEqual(("no room in pond",), failure.value.args)

    def test_itsTextNeedsAttributes(self) -> None:
        """
        An exception whose C{__str__} fails here can be printed.
        """
        self.register(Wordy)
        text = StringIO()
        failure = self.failing(Wordy("pond"))
        failure.printBriefTraceback(text)
        self.assertIn("Wordy", text.getvalue())
        self.assertIs(Wordy, failure.type)

    def test_unknown(self) -> None:
        """
        Another exception arrives as with stock flavors: its name as bytes, its
        text, and what C{trap} says of its bases.
        """
        failure = self.failing(FrozenOver(7))
        self.assertEqual(f"{__name__}.FrozenOver".encode(), failure.type)
        self.assertEqual("7 ducks", failure.value)
        self.assertIs(PondIsFull, failure.check(PondIsFull))

    def test_unknownIsRaisedAsRemoteError(self) -> None:
        """
        C{trap} of another class, and C{inlineCallbacks}, raise a C{RemoteError}
        for it.
        """
        with self.assertRaises(stock.RemoteError) as caught:
            self.failing(FrozenOver(7)).trap(OSError)
        self.assertEqual("7 ducks", str(caught.exception))
        connection = connect(Raiser(FrozenOver(7)))
        raised: list[Any] = []

        @inlineCallbacks
        def calling() -> Any:
            try:
                yield connection.root.callRemote("fail")
            except stock.RemoteError as error:
                raised.append(error)

        calling()
        connection.deliver()
        self.flushLoggedErrors(FrozenOver)
        name = f"{__name__}.FrozenOver".encode()
        self.assertEqual([name], [error.remoteType for error in raised])

    def test_passedOn(self) -> None:
        """
        A failure that a relay passes on arrives as itself.
        """
        inner = connect(Raiser(InsecureJelly("no")))

        class Relay(pb.Root):
            def remote_fail(self) -> Any:
                return inner.root.callRemote("fail")

        outer = connect(Relay())
        call = outer.root.callRemote("fail")
        outer.deliver()
        inner.deliver()
        outer.deliver()
        self.flushLoggedErrors()
        failure = self.failureResultOf(call)
        self.assertIs(InsecureJelly, failure.type)
        self.assertEqual("no", str(failure.value))

    def test_print(self) -> None:
        """
        The traceback of a copied failure says what it is.
        """
        for error in (InsecureJelly("no"), FrozenOver(7)):
            text = StringIO()
            self.failing(error).printTraceback(text)
            name = f"{type(error).__module__}.{type(error).__name__}"
            line = f"Traceback from remote host -- {name}: {error}\n"
            self.assertEqual(line, text.getvalue())

    def test_logged(self) -> None:
        """
        A copied failure can be logged.
        """
        from twisted.python import log

        log.err(self.failing(InsecureJelly("no")))
        self.assertEqual(1, len(self.flushLoggedErrors(InsecureJelly)))


class PeerTests(SynchronousTestCase):
    """
    What a peer sends for a failure is not trusted.
    """

    def copied(self, state: Any = None, **more: Any) -> CopiedFailure:
        """
        Take a state.
        """
        failure = CopiedFailure.__new__(CopiedFailure)
        failure.setCopyableState({**(state or {}), **more})
        return failure

    def test_oldTwisted(self) -> None:
        """
        A failure of a Twisted that sends no C{parents}, or bytes keys, is
        taken.
        """
        failure = self.copied(type=b"twisted.spread.jelly.InsecureJelly", value="no")
        self.assertIs(InsecureJelly, failure.type)
        failure = self.copied({b"type": b"far.Away", b"value": "no"})
        self.assertEqual(b"far.Away", failure.type)

    def test_onlyWhatAFailureHas(self) -> None:
        """
        Other attributes are left out, among them those that Jelly or
        C{Failure} would call.
        """
        failure = self.copied(
            type=b"far.Away",
            value="no",
            postUnjelly=1,
            trap=2,
            __class__=3,
        )
        for name in ("postUnjelly", "trap", "__class__"):
            self.assertNotIn(name, vars(failure))

    def test_nothing(self) -> None:
        """
        An empty failure is one.
        """
        failure = self.copied()
        self.assertEqual((b"", "", []), (failure.type, failure.value, failure.parents))
        self.assertIsNone(failure.check(ValueError))

    def test_repr(self) -> None:
        """
        It can be shown, also where its class is not known.
        """
        name = "pbcopy._failure.CopiedFailure"
        failure = self.copied(type=b"far.Away", value=self.copied(value="no"))
        self.assertEqual(f"<{name} far.Away: no>", repr(failure))
        failure = self.copied(type=b"twisted.spread.jelly.InsecureJelly", value="no")
        known = "twisted.spread.jelly.InsecureJelly"
        self.assertEqual(f"<{name} {known}: no>", repr(failure))
        self.assertEqual(f"<{name} : >", repr(CopiedFailure.__new__(CopiedFailure)))

    def test_frames(self) -> None:
        """
        No frames are taken: a Deferred would look into them, and fail.
        """
        told = {"type": b"far.Away", "value": "no", "captureVars": 1, "pickled": 0}
        call: Any = Deferred()
        call.errback(self.copied(frames=7, _frames=7, stack=[7], tb=7, **told))
        call.addErrback(lambda failure: failure)
        self.assertEqual([], self.failureResultOf(call).frames)

    def test_malformed(self) -> None:
        """
        What is not as C{Failure} has it is refused.
        """
        for name in ("parents", "traceback", "type", "value"):
            error: Any = self.assertRaises(Violation, self.copied, **{name: 7})
            self.assertEqual((f"a failure.{name}", "int"), (error.where, error.got))

    def test_theRegistry(self) -> None:
        """
        A failure of any peer arrives as a L{CopiedFailure}.
        """
        tag = b"twisted.spread.pb.CopyableFailure"
        self.assertIs(CopiedFailure, copyTags[tag])
        self.assertIs(CopiedFailure, pb.CopiedFailure)
