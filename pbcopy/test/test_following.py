# -*- test-case-name: pbcopy.test.test_following -*-
"""
Tests for L{pbcopy._following}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure

import pbcopy
from pbcopy import StatusKind, onStatus, pb, statusOf
from pbcopy.test.ponds import Dried, WatchedTestCase, dry


class FollowingTests(WatchedTestCase):
    """
    A replica knows whether it equals its master; whoever asked is told when that
    changes.
    """

    def test_aLostConnection(self) -> None:
        """
        A lost connection closes each replica, dropped or not, with its reason,
        and a callback that raises keeps nobody else from being told.
        """
        view = self.fetch()
        onStatus(view, dry)
        self.root.pond = self.kit.Pond()
        other = self.watched()
        self.root.pond = self.kit.Pond()
        onStatus(self.fetch(), lambda view, status: self.told.append("dropped"))
        lost = ConnectionLost("a cable")
        self.connection.cut(Failure(lost))
        self.assertEqual(1, len(self.flushLoggedErrors(Dried)))
        self.assertEqual([StatusKind.CLOSED], self.told)
        for each in (view, other):
            status = statusOf(each)
            self.assertIs(StatusKind.CLOSED, status.kind)
            self.assertIs(lost, status.reason)

    def test_aConnectionThatIsClosed(self) -> None:
        """
        One that was closed has its reason, too.
        """
        view = self.fetch()
        self.connection.cut()
        self.assertIsInstance(statusOf(view).reason, ConnectionDone)

    def test_aFailedUpdate(self) -> None:
        """
        A failed update makes the replica stale, and a fresh state makes it live
        again, without the application's doing.
        """
        view = self.watched()
        self.pond.ducks.append("ugly duckling")
        self.dries()
        self.assertEqual([StatusKind.STALE, StatusKind.LIVE], self.told)
        self.assertEqual(self.pond.ducks, view.ducks)
        self.assertEqual(1, len(self.flushLoggedErrors(Dried)))

    def test_aRefusedUpdate(self) -> None:
        """
        So does an update with something that is not registered.
        """

        class Unknown(pb.Copyable):
            pass

        view = self.watched()
        self.pond.ducks.append(unknown := "ugly duckling")
        call = self.pond.observers[0].callRemote("add", Unknown())
        self.connection.deliver()
        self.failureResultOf(call, pbcopy.InsecureJelly)
        self.assertEqual([StatusKind.STALE, StatusKind.LIVE], self.told)
        self.assertIn(unknown, view.ducks)
        self.assertEqual(1, len(self.flushLoggedErrors(pbcopy.InsecureJelly)))

    def test_anUpdateThatIsNotSent(self) -> None:
        """
        So does an update that cannot be sent; its caller is told, too.
        """
        view = self.watched()
        self.pond.ducks.append("ugly duckling")
        self.failureResultOf(self.pond.observers[0].callRemote("add", view))
        self.connection.deliver()
        self.assertEqual([StatusKind.STALE, StatusKind.LIVE], self.told)
        self.assertEqual(self.pond.ducks, view.ducks)

    def test_aStockSender(self) -> None:
        """
        A replica of a stock sender stays stale, with the first reason, and is
        reported once; a new one is live.
        """
        self.stocked()
        view = self.watched()
        self.dries()
        self.dries("missing")
        self.pond.add("ugly duckling")
        self.connection.deliver()
        status = statusOf(view)
        self.assertIs(StatusKind.STALE, status.kind)
        self.assertIsInstance(status.reason, Dried)
        self.assertEqual([StatusKind.STALE], self.told)
        self.assertEqual(self.pond.ducks, view.ducks)
        self.assertEqual(1, len(self.flushLoggedErrors()))
        del view
        self.connection.collect()
        self.assertTrue(statusOf(self.fetch()).isLive)

    def test_givenBack(self) -> None:
        """
        A replica that an update gave to somebody while its release was under
        way is closed, and says so.
        """
        kept: list[Any] = []
        self.kit.View.observe_keep = lambda view: kept.append(view)
        view = self.watched()
        self.connection.fromClient.held = True
        del view
        self.connection.collect()
        self.pond.observers[0].callRemote("keep")
        self.connection.fromServer.held = True
        self.connection.fromClient.held = False
        self.connection.deliver()
        self.connection.fromServer.held = False
        self.connection.deliver()
        self.assertEqual([], self.pond.observers)
        self.assertIs(StatusKind.CLOSED, statusOf(kept[0]).kind)
        self.assertEqual([StatusKind.CLOSED], self.told)

    def test_aReplicaThatFailedIsReleased(self) -> None:
        """
        What an update raised does not keep the replica alive, nor does the log
        of it, though its frames have had it.
        """
        view = self.fetch()
        self.pond.getStateToCacheAndObserveFor = dry
        self.dries("missing")
        self.assertIs(StatusKind.STALE, statusOf(view).kind)
        del view
        self.connection.collect()
        self.assertEqual({}, self.connection.client.locallyCachedObjects)
        self.flushLoggedErrors()

    def test_revived(self) -> None:
        """
        A replica that was dropped and is given out again is watched still.
        """
        view = self.watched()
        received: list[Any] = []
        self.connection.root.callRemote("pond").addCallback(received.append)
        self.connection.fromServer.held = True
        self.connection.deliver()
        del view
        self.connection.collect()
        self.connection.fromServer.held = False
        self.connection.deliver()
        self.dries()
        self.assertEqual([StatusKind.STALE, StatusKind.LIVE], self.told)
        self.assertEqual(1, len(received))
        self.flushLoggedErrors(Dried)
