# -*- test-case-name: pbcopy.test.test_turn -*-
"""
Tests for L{pbcopy._turn}.
"""

from __future__ import annotations

import sys
from typing import Any

from twisted.trial.unittest import SynchronousTestCase, TestCase

from pbcopy._turn import afterTurn, endTurn


class TurnTests(SynchronousTestCase):
    """
    L{afterTurn} keeps calls for L{endTurn}.
    """

    def setUp(self) -> None:
        """
        Begin with nothing waiting, and without a reactor.
        """
        endTurn()
        self.patch(sys, "modules", {**sys.modules})
        sys.modules.pop("twisted.internet.reactor", None)

    def test_inOrder(self) -> None:
        """
        Calls are made in the order in which they came, with those that they add.
        """
        made: list[int] = []

        def first() -> None:
            made.append(1)
            afterTurn(lambda: made.append(3))

        afterTurn(first)
        afterTurn(lambda: made.append(2))
        self.assertEqual([], made)
        self.assertTrue(endTurn())
        self.assertEqual([1, 2, 3], made)

    def test_nothing(self) -> None:
        """
        L{endTurn} says that nothing waited.
        """
        self.assertFalse(endTurn())

    def test_aFailingCall(self) -> None:
        """
        A call that raises is logged, and the others are made.
        """
        made: list[int] = []
        afterTurn(lambda: made.append(1 // 0))
        afterTurn(lambda: made.append(2))
        endTurn()
        self.assertEqual([2], made)
        self.assertEqual(1, len(self.flushLoggedErrors(ZeroDivisionError)))

    def test_noReactorIsInstalled(self) -> None:
        """
        L{afterTurn} does not install a reactor where there is none.
        """
        afterTurn(lambda: None)
        self.assertNotIn("twisted.internet.reactor", sys.modules)
        endTurn()

    def test_theReactorsThread(self) -> None:
        """
        A reactor is asked to make the calls in its thread.
        """
        asked: list[Any] = []

        class Reactor:
            callFromThread = asked.append

        sys.modules["twisted.internet.reactor"] = Reactor  # type: ignore[assignment]
        afterTurn(lambda: None)
        self.assertEqual([endTurn], asked)
        endTurn()


class ReactorTests(TestCase):
    """
    A running reactor ends its turns.
    """

    async def test_laterInTheReactorsThread(self) -> None:
        """
        What another thread queues is done in the reactor's thread.
        """
        import threading

        from twisted.internet.defer import Deferred
        from twisted.internet.threads import deferToThread

        done: Deferred[object] = Deferred()
        here = threading.current_thread()
        await deferToThread(
            lambda: afterTurn(lambda: done.callback(threading.current_thread()))
        )
        self.assertIs(here, await done)
