# -*- test-case-name: pbcopy.test.test_listeners -*-
"""
Tests for L{pbcopy._listeners}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._change import Change, ChangeKind
from pbcopy._listeners import Listeners

ONE, TWO = (
    Change(f"Pond.{name}", ChangeKind.ADDED, None, name) for name in ("one", "two")
)


class ListenersTests(SynchronousTestCase):
    """
    Whoever listens is told, whatever another one does.
    """

    def setUp(self) -> None:
        """
        Have nobody listen.
        """
        self.listeners = Listeners()
        self.told: list[Any] = []

    def note(self, name: str) -> Any:
        """
        Give what notes that it was told.
        """
        return lambda replica, changes: self.told.append((name, replica, changes))

    def test_told(self) -> None:
        """
        All are told, in the order in which they came.
        """
        self.assertFalse(self.listeners)
        self.listeners.add(self.note("a"))
        self.listeners.add(self.note("b"))
        self.assertTrue(self.listeners)
        self.listeners.tell(self, (ONE,))
        self.assertEqual([("a", self, (ONE,)), ("b", self, (ONE,))], self.told)

    def test_nothing(self) -> None:
        """
        Nobody is told that nothing has changed.
        """
        self.listeners.add(self.note("a"))
        self.listeners.tell(self, ())
        self.assertEqual([], self.told)

    def test_stop(self) -> None:
        """
        Who has stopped is not told, also if another one who was told has stopped
        him.
        """
        stops: list[Any] = []
        self.listeners.add(lambda replica, changes: [stop() for stop in stops])
        stops.append(self.listeners.add(self.note("a")))
        self.listeners.add(self.note("b"))
        self.listeners.tell(self, (ONE,))
        stops[0]()
        self.assertEqual(["b"], [name for name, *_ in self.told])

    def test_raises(self) -> None:
        """
        One that raises is logged, and the others are told.
        """

        def fails(replica: object, changes: object) -> None:
            raise SystemExit("no water")

        self.listeners.add(fails)
        self.listeners.add(self.note("a"))
        self.listeners.tell(self, (ONE,))
        self.assertEqual(1, len(self.told))
        self.assertEqual(1, len(self.flushLoggedErrors(SystemExit)))

    def test_interrupted(self) -> None:
        """
        An interrupt is not kept back, and what comes after it is told.
        """

        def interrupts(replica: object, changes: object) -> None:
            stop()
            raise KeyboardInterrupt

        stop = self.listeners.add(interrupts)
        self.listeners.add(self.note("a"))
        self.assertRaises(KeyboardInterrupt, self.listeners.tell, self, (ONE,))
        self.listeners.tell(self, (TWO,))
        self.assertEqual([(TWO,)], [changes for *_, changes in self.told])

    def test_meanwhile(self) -> None:
        """
        What changes while somebody is told is told when all have heard of what came
        before.
        """

        def tells(replica: object, changes: tuple[Change, ...]) -> None:
            if changes == (ONE,):
                self.listeners.tell(replica, (TWO,))

        self.listeners.add(tells)
        self.listeners.add(self.note("a"))
        self.listeners.tell(self, (ONE,))
        self.assertEqual([(ONE,), (TWO,)], [changes for *_, changes in self.told])
