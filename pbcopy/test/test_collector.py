# -*- test-case-name: pbcopy.test.test_collector -*-
"""
Tests for L{pbcopy._collector}.
"""

from __future__ import annotations

import gc

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._collector import unhurried


class UnhurriedTests(SynchronousTestCase):
    """
    The collector of garbage waits, and is left as it was.
    """

    def setUp(self) -> None:
        """
        Leave it as it was.
        """
        wasEnabled = gc.isenabled()
        self.addCleanup(gc.enable if wasEnabled else gc.disable)

    def collections(self) -> int:
        """
        Make many objects, and tell how often the collector has looked at them.
        """
        found: list[str] = []

        def notify(phase: str, info: object) -> None:
            found.append(phase)

        gc.callbacks.append(notify)
        kept: list[list[int]] = []
        try:
            for _ in range(20_000):
                kept.append([])
        finally:
            gc.callbacks.remove(notify)
        return len(found)

    def test_waits(self) -> None:
        """
        It looks at nothing while objects are made, and does so again when they are.
        """
        gc.enable()
        self.assertGreater(self.collections(), 0)
        with unhurried():
            self.assertEqual(0, self.collections())
        self.assertTrue(gc.isenabled())
        self.assertGreater(self.collections(), 0)

    def test_errors(self) -> None:
        """
        It is turned on again after an error.
        """
        gc.enable()

        def fail() -> None:
            with unhurried():
                raise ValueError("no object")

        self.assertRaises(ValueError, fail)
        self.assertTrue(gc.isenabled())

    def test_off(self) -> None:
        """
        One that an application has turned off stays off.
        """
        gc.disable()
        with unhurried():
            self.assertFalse(gc.isenabled())
        self.assertFalse(gc.isenabled())
