# -*- test-case-name: pbcopy.test.test_update -*-
"""
Tests for L{pbcopy._update}.
"""

from __future__ import annotations

import asyncio
from typing import Any

from twisted.internet.defer import CancelledError, Deferred
from twisted.python import log
from twisted.spread import pb as stock

import pbcopy
from pbcopy import StatusKind, onStatus, pb, statusOf
from pbcopy._sentfailure import LONGEST_TEXT
from pbcopy.test.ponds import Kit, ReplicaTestCase, register
from pbcopy.testing import connect


class UpdateTestCase(ReplicaTestCase):
    """
    A view, and its log.
    """

    def setUp(self) -> None:
        """
        Fetch the view, and listen to the log.
        """
        super().setUp()
        self.view = self.fetch()
        self.logged: list[str] = []
        self.kinds: list[StatusKind] = []
        onStatus(self.view, lambda view, status: self.kinds.append(status.kind))
        log.addObserver(self.note)
        self.addCleanup(log.removeObserver, self.note)

    def note(self, event: Any) -> None:
        """
        Note what an observer of the log would print.
        """
        self.logged.append(log.textFromEventDict(event) or "")

    def update(self, name: str, *args: Any, **kw: Any) -> Any:
        """
        Send an update.
        """
        call = self.pond.observers[0].callRemote(name, *args, **kw)
        self.connection.deliver()
        return call

    def raising(self, error: BaseException) -> None:
        """
        Have C{observe_bad} raise.
        """

        def bad(view: Any) -> None:
            raise error

        self.kit.View.observe_bad = bad


class ReportTests(UpdateTestCase):
    """
    C{observe_*} that raises, that does not exist, or that gets the wrong
    arguments is reported at both ends with the class, the method and the reason,
    once, not as a traceback in every log.
    """

    def assertReported(self, method: str, error: type, reason: str) -> None:
        """
        Check that each end has logged one line.
        """
        there, here = self.logged
        report = f"View.{method} failed: {error.__name__}: "
        for line in (there, here):
            self.assertEqual(1, len(line.splitlines()))
            self.assertIn(report, line)
            self.assertIn(reason, line)
        name = self.kit.Pond.__qualname__
        self.assertTrue(here.startswith(f"{name} is sent again"))
        self.assertIn("127.0.0.1", here)
        # A test suite is told, as with stock flavors.
        self.assertEqual(1, len(self.flushLoggedErrors(error)))
        self.assertEqual([StatusKind.STALE, StatusKind.LIVE], self.kinds)

    def test_raises(self) -> None:
        """
        It raises.
        """
        self.raising(ValueError("no\nwater"))
        self.failureResultOf(self.update("bad"))
        self.assertReported("observe_bad", ValueError, "no water")

    def test_doesNotExist(self) -> None:
        """
        It does not exist.
        """
        self.failureResultOf(self.update("missing"))
        self.assertReported("observe_missing", AttributeError, "'observe_missing'")

    def test_wrongArguments(self) -> None:
        """
        It gets the wrong arguments.
        """
        self.failureResultOf(self.update("add"))
        self.assertReported("observe_add", TypeError, "missing 1 required")

    def test_withoutAnAnswer(self) -> None:
        """
        Nor is an update reported differently that asks for no answer.
        """
        self.raising(ValueError("no water"))
        self.assertIsNone(self.update("bad", pbanswer=False))
        self.assertReported("observe_bad", ValueError, "no water")

    def test_once(self) -> None:
        """
        Those that fail before the fresh state arrives are made, their callers
        are told, and they are not reported.
        """
        self.raising(ValueError("no water"))
        (observer,) = self.pond.observers
        failed = [observer.callRemote("bad") for _ in range(5)]
        made = observer.callRemote("add", "ugly duckling")
        self.connection.deliver()
        for call in failed:
            self.failureResultOf(call)
        self.assertIsNone(self.successResultOf(made))
        self.assertReported("observe_bad", ValueError, "no water")
        self.assertEqual(1, len(self.pond.stopped))

    def test_anErrorOfPB(self) -> None:
        """
        A C{pb.Error} is no error in the log, as with stock flavors; it is
        reported all the same, and makes the replica stale.
        """
        self.raising(stock.Error("no water"))
        failure = self.failureResultOf(self.update("bad"))
        self.assertEqual(b"twisted.spread.pb.Error", failure.type)
        self.assertEqual(2, len(self.logged))
        self.assertEqual([StatusKind.STALE, StatusKind.LIVE], self.kinds)

    def test_keepsNothing(self) -> None:
        """
        Who keeps what the log was told keeps no replica, whatever was raised.
        """
        for error in ValueError("no water"), stock.Error("no water"):
            self.raising(error)
            self.failureResultOf(self.update("bad"))
            self.assertIsNone(error.__traceback__)
        self.flushLoggedErrors(ValueError)

    def test_anOverride(self) -> None:
        """
        A C{remoteMessageReceived} of the application's is reported, too.
        """

        def refuse(view: Any, broker: Any, message: str, args: Any, kw: Any) -> None:
            raise ValueError("no water")

        self.kit.View.remoteMessageReceived = refuse
        self.failureResultOf(self.update("add", "ugly duckling"))
        self.assertReported("observe_add", ValueError, "no water")


class CallerTests(UpdateTestCase):
    """
    The caller sees the exception that it sees with stock flavors.
    """

    def seen(self, flavors: Any, error: BaseException) -> list[Any]:
        """
        Tell what a caller sees of an exception, where the views are of some
        flavors.
        """
        kit = Kit(self, flavors)

        def bad(view: Any) -> None:
            raise error

        kit.View.observe_bad = bad
        register(self, flavors, (self.kit.Pond, kit.View))
        connection = connect(self.root)
        view = self.fetch(connection)
        failures: list[Any] = []
        observer = next(o for o in self.pond.observers if o.broker is connection.server)
        observer.callRemote("bad").addErrback(failures.append)
        connection.deliver()
        self.flushLoggedErrors()
        del view
        (failure,) = failures
        return [failure.type, failure.value, failure.traceback, failure.parents]

    def test_theSame(self) -> None:
        """
        Its class and text, whether it is known here or not.
        """
        known = pbcopy.Violation("known")
        for error in (ValueError("x"), KeyError("x"), stock.Error("x"), known):
            mine, stocks = self.seen(pb, error), self.seen(stock, error)
            self.assertEqual(repr(stocks), repr(mine))

    def test_whatIsNoException(self) -> None:
        """
        Of a C{SystemExit} or an C{asyncio.CancelledError} likewise.
        """
        for error in (SystemExit("x"), asyncio.CancelledError("x"), GeneratorExit("x")):
            kind, text, _, parents = self.seen(pb, error)
            self.assertTrue(kind.endswith(type(error).__name__.encode("ascii")))
            self.assertEqual("x", text)
            self.assertIn("builtins.BaseException", parents)

    def test_aJellyableException(self) -> None:
        """
        An exception that can be jellied is sent itself.
        """

        class Dried(Exception, pb.Copyable):
            pass

        class RemoteDried(Exception, pb.RemoteCopy):
            pass

        register(self, pb, (Dried, RemoteDried))
        self.raising(Dried("x"))
        failure = self.failureResultOf(self.update("bad"))
        self.assertIsInstance(failure.value, RemoteDried)
        self.flushLoggedErrors(Dried)

    def test_textsThatCannotBeSent(self) -> None:
        """
        A text that is too long is cut, and one that cannot be had is replaced.
        """

        class Mute(Exception):
            def __str__(self) -> str:
                raise RuntimeError("no text")

        self.raising(ValueError("x" * 1_000_000))
        failure = self.failureResultOf(self.update("bad"))
        self.assertEqual(LONGEST_TEXT, len(failure.value))
        self.raising(Mute())
        self.failureResultOf(self.update("bad"))
        self.flushLoggedErrors()
        self.assertFalse(self.connection.lost)

    def test_keyboardInterrupt(self) -> None:
        """
        A C{KeyboardInterrupt} is the user's: it is the Broker's to handle, as
        with stock flavors.
        """
        self.raising(KeyboardInterrupt())
        broker, view = self.connection.client, self.view
        nothing = broker.serialize(()), broker.serialize({})
        slot = broker.locallyCachedObjects[view.luid]
        with self.assertRaises(KeyboardInterrupt):
            slot.remoteMessageReceived(broker, "bad", *nothing)
        self.assertEqual([], self.kinds)


class LateTests(UpdateTestCase):
    """
    A method may be an C{async def}, or return a Deferred.
    """

    def setUp(self) -> None:
        """
        Have methods that end when the test has them end.
        """
        super().setUp()
        self.waiting: Deferred[Any] = Deferred()

        async def late(view: Any) -> Any:
            return await self.waiting

        self.kit.View.observe_late = late
        self.kit.View.observe_later = lambda view: self.waiting

    def test_answers(self) -> None:
        """
        The answer is what it gives in the end.
        """
        call = self.update("late")
        self.waiting.callback(7)
        self.connection.deliver()
        self.assertEqual(7, self.successResultOf(call))
        self.assertEqual([], self.kinds)

    def test_fails(self) -> None:
        """
        What it fails with is reported, once, and sent.
        """
        for name in ("late", "later"):
            self.waiting = Deferred()
            call = self.update(name)
            self.waiting.errback(ValueError("no water"))
            self.connection.deliver()
            self.assertEqual(b"builtins.ValueError", self.failureResultOf(call).type)
            self.assertEqual(1, len(self.flushLoggedErrors(ValueError)))
        self.assertEqual(2 * [StatusKind.STALE, StatusKind.LIVE], self.kinds)

    def test_failsAtOnce(self) -> None:
        """
        So is one that has failed already, also where it is cancelled.
        """
        self.waiting.cancel()
        call = self.update("later")
        self.assertTrue(self.failureResultOf(call).check(CancelledError))
        self.assertEqual(1, len(self.flushLoggedErrors(CancelledError)))

    def test_nobodyWantsTheAnswer(self) -> None:
        """
        With no answer asked for, it is reported, and no Deferred is left with an
        error.
        """
        self.update("late", pbanswer=False)
        self.waiting.errback(ValueError("no water"))
        self.connection.deliver()
        self.connection.collect()
        self.assertEqual(1, len(self.flushLoggedErrors()))
        self.assertEqual([StatusKind.STALE, StatusKind.LIVE], self.kinds)

    def test_afterTheConnectionIsLost(self) -> None:
        """
        One that fails after the connection is lost is logged, and the replica
        is closed.
        """
        call = self.update("late")
        self.connection.cut()
        self.waiting.errback(ValueError("no water"))
        self.failureResultOf(call)
        self.assertEqual(1, len(self.flushLoggedErrors(ValueError)))
        self.assertEqual([StatusKind.CLOSED], self.kinds)


class UnanswerableTests(UpdateTestCase):
    """
    An update whose answer cannot be sent was made.
    """

    def test_liveStill(self) -> None:
        """
        Its caller is told, and the replica is live.
        """
        self.kit.View.observe_self = lambda view: self.kit.View()
        call = self.update("self")
        self.assertIs(pbcopy.Unsendable, self.failureResultOf(call).type)
        self.assertEqual(1, len(self.flushLoggedErrors(pbcopy.Unsendable)))
        self.assertEqual([], self.kinds)

    def test_late(self) -> None:
        """
        Likewise where the answer came late.
        """

        async def itself(view: Any) -> Any:
            return self.kit.View()

        self.kit.View.observe_self = itself
        call = self.update("self")
        self.assertIs(pbcopy.Unsendable, self.failureResultOf(call).type)
        self.assertEqual(1, len(self.flushLoggedErrors(pbcopy.Unsendable)))
        self.assertTrue(statusOf(self.view).isLive)
