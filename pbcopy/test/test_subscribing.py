# -*- test-case-name: pbcopy.test.test_subscribing -*-
"""
Tests for L{pbcopy._subscribing}.
"""

from __future__ import annotations

import gc
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy.errors import PBCopyError
from pbcopy.test.sharedponds import Pond, PondView, give, meet, told


class SubscribeTests(SynchronousTestCase):
    """
    Tests for L{pbcopy._subscribing.subscribe}.
    """

    def setUp(self) -> None:
        self.pond = Pond()
        self.connection = meet()
        self.view = give(self.connection, self.pond)

    def test_text(self) -> None:
        """
        A change says where, what, and which values, once all is in place.
        """
        heard = told(self.view)
        self.pond.tags.add(3)
        self.pond.named["ugly duckling"] = "a"
        self.pond.colour = "blue"
        self.pond.named.clear()
        self.pond.things = [2, 1]
        self.pond.things.sort()
        self.connection.deliver()
        self.assertEqual(
            [
                ["PondView.tags added 3"],
                ["PondView.named['ugly duckling'] added 'a'"],
                ["PondView.colour changed 'green' to 'blue'"],
                ["PondView.named['ugly duckling'] removed 'a'"],
                ["PondView.things changed None to [2, 1]"],
                ["PondView.things moved to [1, 2]"],
            ],
            heard,
        )

    def test_stop(self) -> None:
        """
        Who has stopped is not told any more.
        """
        heard: list[Any] = []
        stop = self.view.subscribe(heard.append)
        stop()
        stop()
        self.pond.colour = "blue"
        self.connection.deliver()
        self.assertEqual([], heard)

    def test_raises(self) -> None:
        """
        One that raises is logged, and the others are told.
        """
        self.view.subscribe(lambda changes: 1 / 0)
        heard = told(self.view)
        self.pond.colour = "blue"
        self.connection.deliver()
        self.assertEqual(1, len(heard))
        self.assertEqual(1, len(self.flushLoggedErrors(ZeroDivisionError)))
        self.assertTrue(pbcopy.statusOf(self.view).isLive)

    def test_notHeld(self) -> None:
        """
        A replica that is listened to is freed as any other.
        """
        told(self.view)
        self.view = None
        gc.collect()
        self.connection.deliver()
        self.assertEqual({}, self.connection.server.remotelyCachedObjects)

    def test_detached(self) -> None:
        """
        Nothing updates an object that came by no connection.
        """
        error = self.assertRaises(PBCopyError, PondView().subscribe, print)
        self.assertIn("PondView", str(error))
