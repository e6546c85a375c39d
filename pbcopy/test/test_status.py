# -*- test-case-name: pbcopy.test.test_status -*-
"""
Tests for L{pbcopy._status}.
"""

from __future__ import annotations

import asyncio
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _status
from pbcopy._status import (
    DETACHED,
    LONGEST_REASON,
    Status,
    StatusKind,
    Watch,
    inOneLine,
)


class StatusTests(SynchronousTestCase):
    """
    A status is a kind, a time and a reason.
    """

    def test_aValue(self) -> None:
        """
        A status cannot be changed, and is equal to one with the same facts.
        """
        reason = ValueError("x")
        status = Status(StatusKind.STALE, 7.0, reason)
        self.assertEqual(Status(StatusKind.STALE, 7.0, reason), status)
        self.assertEqual("stale: ValueError: x", str(status))
        with self.assertRaises(AttributeError):
            status.since = 8.0  # type: ignore[misc]

    def test_isLive(self) -> None:
        """
        Only a live one is live.
        """
        live = [kind for kind in StatusKind if Status(kind, 7.0).isLive]
        self.assertEqual([StatusKind.LIVE], live)
        self.assertIsNone(DETACHED.since)

    def test_inOneLine(self) -> None:
        """
        A reason is logged as one line of a limited length, whatever it says.
        """

        class Mute(Exception):
            def __str__(self) -> str:
                raise RuntimeError("no text")

        self.assertEqual("ValueError: a b", inOneLine(ValueError("a\n  b")))
        self.assertEqual(LONGEST_REASON, len(inOneLine("x" * 10_000)))
        self.assertEqual(1, len(inOneLine(Mute()).splitlines()))


class WatchTests(SynchronousTestCase):
    """
    Whoever has asked is told of each change.
    """

    def setUp(self) -> None:
        """
        Watch something, at a time that the test sets.
        """
        self.time = 1.0
        self.patch(_status, "now", lambda: self.time)
        self.watch = Watch()
        self.told: list[Any] = []

    def tell(self, replica: object, status: Status) -> None:
        """
        Note what is told.
        """
        self.told.append((replica, status.kind, status.since, str(status.reason)))

    def stale(self, text: str) -> bool:
        """
        Have it go stale.
        """
        return self.watch.change(StatusKind.STALE, ValueError(text), "view")

    def test_told(self) -> None:
        """
        A callback is given the replica and the status, which says since when it
        holds.
        """
        self.assertEqual(Status(StatusKind.LIVE, 1.0), self.watch.status)
        self.watch.add(self.tell)
        self.time = 2.0
        self.assertTrue(self.stale("x"))
        self.assertEqual([("view", StatusKind.STALE, 2.0, "x")], self.told)

    def test_onceForAReason(self) -> None:
        """
        The same again is no change.  Another reason is, and does not change
        since when it is stale.
        """
        self.watch.add(self.tell)
        self.stale("x")
        self.time = 3.0
        self.assertFalse(self.stale("x"))
        self.assertTrue(self.stale("y"))
        self.assertEqual([1.0, 1.0], [since for _, _, since, _ in self.told])

    def test_closedIsTheEnd(self) -> None:
        """
        Nothing follows the end.
        """
        self.watch.add(self.tell)
        self.watch.change(StatusKind.CLOSED, ValueError("x"), "view")
        self.assertFalse(self.watch.change(StatusKind.LIVE, None, "view"))
        self.assertEqual(1, len(self.told))
        self.assertIs(StatusKind.CLOSED, self.watch.status.kind)

    def test_stop(self) -> None:
        """
        Whoever has stopped is not told, not even of the change that had
        somebody else stop it; stopping twice is nothing.
        """
        stops: list[Any] = []
        stops.append(self.watch.add(lambda *_: stops[1]()))
        stops.append(self.watch.add(self.tell))
        self.stale("x")
        stops[0]()
        stops[0]()
        self.stale("y")
        self.assertEqual([], self.told)

    def test_nobodyHoldsIt(self) -> None:
        """
        A change of what nobody holds is known, and told to nobody.
        """
        self.watch.add(self.tell)
        self.assertTrue(self.watch.change(StatusKind.STALE, ValueError("x"), None))
        self.assertEqual([], self.told)

    def test_aCallbackThatRaises(self) -> None:
        """
        A callback that raises, whatever it raises, is logged once, and the
        others are told.
        """
        for error in (ValueError, asyncio.CancelledError):

            def fail(*told: Any, error: type[BaseException] = error) -> None:
                raise error("a callback")

            stop = self.watch.add(fail)
            self.watch.add(self.tell)
            self.stale(error.__name__)
            self.assertEqual(1, len(self.flushLoggedErrors(error)))
            stop()
        self.assertEqual(["ValueError"] + 2 * ["CancelledError"], self.reasons())

    def reasons(self) -> list[str]:
        """
        Give the reasons that were told.
        """
        return [reason for *_, reason in self.told]

    def test_keyboardInterrupt(self) -> None:
        """
        A C{KeyboardInterrupt} is the user's, and passes.
        """

        def interrupt(*told: Any) -> None:
            raise KeyboardInterrupt

        self.watch.add(interrupt)
        self.assertRaises(KeyboardInterrupt, self.stale, "x")

    def test_aChangeInACallback(self) -> None:
        """
        A callback that changes the status has the others told of the new one
        alone.
        """
        self.watch.add(
            lambda view, status: self.watch.change(
                StatusKind.CLOSED, ValueError("y"), view
            )
        )
        self.watch.add(self.tell)
        self.stale("x")
        self.assertEqual(["y"], self.reasons())

    def test_framesAreLetGo(self) -> None:
        """
        A reason refers to no frame and no object, nor do those that it was
        raised for: the replica is in them.
        """

        class View:
            pass

        view = View()
        try:
            try:
                view.duks  # type: ignore[attr-defined]  # noqa: B018
            except AttributeError:
                raise ValueError("x") from None
        except ValueError as error:
            self.watch.change(StatusKind.STALE, error, None)
        reason: Any = self.watch.status.reason
        self.assertIsNone(reason.__traceback__)
        self.assertIsNone(reason.__context__.__traceback__)
        self.assertIsNone(reason.__context__.obj)
