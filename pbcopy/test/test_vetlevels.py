# -*- test-case-name: pbcopy.test.test_vetlevels -*-
"""
Tests for L{pbcopy._vetlevels}.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import msgspec
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
        error = self.assertRaises(
            Violation, vetLevels, states, {Duck}, None, bytes(size)
        )
        return str(error)

    def test_plain(self) -> None:
        """
        Plain values pass, and objects that may be mentioned, wherever they are.
        """
        state = {"a": [1, {"b": Duck()}, Duck()], None: [[]], b"c": {}, 1: 2.5}
        vetLevels([state, {}], {Duck}, None, bytes(10**7))
        vetLevels([], (), None, bytes(0))

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

    def test_dates(self) -> None:
        """
        MessagePack's own dates do not pass, in any of their forms, where there is
        nothing else, and among numbers that look like them.
        """
        seconds = 1.5, 2**32 + 7, 2**36, -1
        dates = [datetime.fromtimestamp(each, timezone.utc) for each in seconds]
        texts: list[Any] = ["", b"\xff" * 99, b"\xff" * 101, 0xD6FF00, 0xFF]
        for date in dates:
            for text in texts:
                packed = msgspec.msgpack.encode({"a": [{"b": text, "c": date}]})
                state = msgspec.msgpack.decode(packed)
                self.assertIn("datetime", str(state))
                call = [state], (), None, packed
                error = self.assertRaises(Violation, vetLevels, *call)
                self.assertIn("MessagePack's own", str(error))

    def test_flat(self) -> None:
        """
        A dict of nothing but texts and numbers may be as deep as another one.
        """
        self.patch(limits, "MAX_NESTING", 3)
        for depth, value in ((2, {"c": 1}), (3, {"c": {"d": 1}})):
            packed = msgspec.msgpack.encode({"a": [value] * 5})
            call = [msgspec.msgpack.decode(packed)], (), None, packed
            if depth == 2:
                vetLevels(*call)
            else:
                error = self.assertRaises(Violation, vetLevels, *call)
                self.assertIn("MAX_NESTING", str(error))

    def test_nesting(self) -> None:
        """
        What is too deep is refused, whatever its size.
        """
        self.patch(limits, "MAX_NESTING", 3)
        vetLevels([{"a": [[1]]}], (), None, bytes(0))
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
            vetLevels([{}, state], (), None, bytes(5))
        vetLevels([{"a": [b"x" * 5, "\xe4" * 2, [1] * 5]}], (), None, bytes(6))
