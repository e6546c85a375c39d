# -*- test-case-name: pbcopy.test.test_vetlevels -*-
"""
Tests for L{pbcopy._vetlevels}.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import limits
from pbcopy._vetlevels import vetLevels
from pbcopy.errors import Violation


class Duck:
    """
    What may be mentioned.
    """


class VetLevelsTests(SynchronousTestCase):
    """
    States are looked at before anything is made of them.
    """

    def refused(self, *states: Any, size: int = 0) -> str:
        """
        Give why states are refused.
        """
        error = self.assertRaises(Violation, vetLevels, states, {Duck}, None, size)
        return str(error)

    def test_plain(self) -> None:
        """
        Plain values pass, and objects that may be mentioned, wherever they are.
        """
        state = {"a": [1, {"b": Duck()}, Duck()], None: [[]], b"c": {}, 1: 2.5}
        vetLevels([state, {}], {Duck}, None, 10**9)
        vetLevels([], (), None, 0)

    def test_others(self) -> None:
        """
        No other value does, on whichever level, and no key that is not plain.
        """
        now = datetime.now()
        values: list[Any] = [now, (), object()]
        for value in values:
            for state in ({"a": value}, {"a": [value]}, {"a": [{"b": value}, Duck()]}):
                self.assertIn("MessagePack's own", self.refused({}, state))
        keys: list[Any] = [now, (), Duck()]
        for key in keys:
            for state in ({key: 1}, {"a": [{key: 1}]}, {"a": [{key: Duck()}]}):
                self.assertIn("a key", self.refused({}, state))

    def test_nesting(self) -> None:
        """
        What is too deep is refused, whatever its size.
        """
        self.patch(limits, "MAX_NESTING", 3)
        vetLevels([{"a": [[1]]}], (), None, 0)
        self.assertIn("MAX_NESTING", self.refused({"a": [[[1]]]}))
        self.patch(limits, "MAX_NESTING", 0)
        self.assertIn("MAX_NESTING", self.refused({}))

    def test_sizes(self) -> None:
        """
        So is a container or a text that is too large, on whichever level; what has
        fewer bytes than a limit cannot have that.
        """
        self.patch(limits, "MAX_ITEMS", 5)
        self.patch(limits, "MAX_STRING", 5)
        six = {str(each): each for each in range(6)}
        for name, state in (
            ("MAX_ITEMS", six),
            ("MAX_ITEMS", {"a": [six]}),
            ("MAX_ITEMS", {"a": [{}, [1] * 6]}),
            ("MAX_STRING", {"a": "x" * 6}),
            ("MAX_STRING", {"a": [b"x" * 6]}),
            ("MAX_STRING", {"a": [{"\xe4" * 3: 1}]}),
        ):
            self.assertIn(name, self.refused({}, state, size=6))
            vetLevels([{}, state], (), None, 5)
        vetLevels([{"a": [b"x" * 5, "\xe4" * 2, [1] * 5]}], (), None, 6)
