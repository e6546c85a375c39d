# -*- test-case-name: pbcopy.test.test_reader -*-
"""
Tests for L{pbcopy._reader}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy.test.sharedponds import Pond, give, meet


class ChangesTests(SynchronousTestCase):
    """
    Tests for L{pbcopy.changes}.
    """

    def setUp(self) -> None:
        self.pond = Pond()
        self.connection = meet()
        self.view = give(self.connection, self.pond)
        self.read: list[str] = []

    async def reading(self, changes: Any) -> None:
        """
        Read all changes.
        """
        async for change in changes:
            self.read.append(str(change))

    def test_read(self) -> None:
        """
        Each change is read in its turn, until the connection is gone.
        """
        done = Deferred.fromCoroutine(self.reading(pbcopy.changes(self.view)))
        self.pond.tags.add(1)
        self.pond.tags.add(2)
        self.connection.deliver()
        self.assertNoResult(done)
        self.connection.cut()
        self.successResultOf(done)
        self.assertEqual(["PondView.tags added 1", "PondView.tags added 2"], self.read)

    def test_full(self) -> None:
        """
        If more wait than there is room for, they are dropped, and it is told how
        many.
        """
        changes = pbcopy.changes(self.view, size=3)
        for tag in range(6):
            self.pond.tags.add(tag)
        self.connection.deliver()
        Deferred.fromCoroutine(self.reading(changes))
        self.assertEqual(
            ["PondView lost 4 changes", "PondView.tags added 4"], self.read[:2]
        )
        self.assertEqual(set(range(6)), self.view.tags)

    def test_close(self) -> None:
        """
        C{aclose} ends it.
        """
        changes = pbcopy.changes(self.view)
        done = Deferred.fromCoroutine(self.reading(changes))
        Deferred.fromCoroutine(changes.aclose())
        self.successResultOf(done)
