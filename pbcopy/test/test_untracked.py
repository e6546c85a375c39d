# -*- test-case-name: pbcopy.test.test_untracked -*-
"""
Tests for L{pbcopy._untracked}.
"""

from __future__ import annotations

import gc
from datetime import datetime, timezone
from typing import Any
from unittest import skipIf

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._untracked import arePlain, collections

_LOOKS_AT_ALL = gc.is_tracked(msgspec.msgpack.decode(b"\x81\xa1a\x01"))
"""Whether Python's collector looks at each dict."""


def known(state: Any, nesting: int = 100) -> bool:
    """
    Tell whether a state is known to be plain when it has come.
    """
    packed = msgspec.msgpack.encode(state)
    since = collections(packed)
    return arePlain(msgspec.msgpack.decode(packed), packed, since, nesting)


def large(*values: Any) -> Any:
    """
    Give a large state with some values in it.
    """
    return {"many": [{"a": 1, "b": "text" * 10}] * 100, "some": [*values]}


class ArePlainTests(SynchronousTestCase):
    """
    What is plain is mostly known to be; what is not never is.
    """

    @skipIf(_LOOKS_AT_ALL, "Python's collector looks at each dict")
    def test_plain(self) -> None:
        """
        Plain values are, each of them, and in each other.
        """
        values: list[Any] = [
            None,
            True,
            1,
            -1,
            2**63,
            1.5,
            "\xe4",
            b"\xff",
            [],
            {},
            [[{"a": 1}]],
        ]
        self.assertTrue(known(large(*values, {1: 2, None: b"c"}, {"a": {"b": [1]}})))

    def test_small(self) -> None:
        """
        Of a small state nothing is known.
        """
        self.assertFalse(known({"some": [1]}))

    def test_dates(self) -> None:
        """
        MessagePack's own dates are not plain, in any of their forms, among numbers
        that look like them, and behind many such.
        """
        seconds = 1.5, 2**32 + 7, 2**36, -1
        dates = [datetime.fromtimestamp(each, timezone.utc) for each in seconds]
        texts: list[Any] = ["", b"\xff" * 99, b"\xff" * 101, 0xD6FF00, 0xFF, -1]
        for date in dates:
            for text in texts:
                values: list[Any] = [date, {"a": date}, {date: 1}, [{"a": [date]}]]
                for value in values:
                    state = large(text, value)
                    packed = msgspec.msgpack.encode(state)
                    self.assertIn("datetime", str(msgspec.msgpack.decode(packed)))
                    self.assertFalse(known(state))

    def test_objects(self) -> None:
        """
        Nor is an object.
        """
        packed = msgspec.msgpack.encode(large())
        values: list[Any] = [SynchronousTestCase(), (1, []), {1, 2}, lambda: None]
        for value in values:
            state = large({"a": value})
            self.assertFalse(arePlain(state, packed, collections(packed), 100))

    def test_keys(self) -> None:
        """
        Nor is a key that was a list; and after the collector has looked at all, it
        is not known what is.
        """
        state = large({(1, 2): 3})
        self.assertFalse(known(state))
        packed = msgspec.msgpack.encode(state)
        since = collections(packed)
        came = msgspec.msgpack.decode(packed)
        # By this, neither the key nor the dict need be looked at any more.
        gc.collect()
        gc.collect()
        self.assertFalse(arePlain(came, packed, since, 100))

    @skipIf(_LOOKS_AT_ALL, "Python's collector looks at each dict")
    def test_nesting(self) -> None:
        """
        A dict with nothing but numbers in it is as deep as another container.
        """
        self.assertTrue(known({**large(), "one": [[{"a": 1}]]}, 4))
        self.assertFalse(known({**large(), "one": [[{"a": 1}]]}, 3))
        self.assertFalse(known({**large(), "one": [[[1]]]}, 3))
