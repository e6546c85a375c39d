# -*- test-case-name: pbcopy.test.test_watching -*-
"""
Tests for L{pbcopy._watching}.
"""

from __future__ import annotations

import copy
import pickle
from typing import Any

from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.python.failure import Failure
from twisted.spread import pb as stock

import pbcopy
from pbcopy import LiveOnly, StaleReplica, Status, StatusKind, onStatus, pb, statusOf
from pbcopy.test.ponds import Kit, ReplicaTestCase, register


class SavedView(pb.RemoteCache):
    """
    A view that can be pickled.
    """

    ducks: list[str]


class Dried(Exception):
    """
    What the views here raise.
    """


def dry(view: Any, *args: Any) -> None:
    """
    Fail to take an update.
    """
    raise Dried("no water")


class WatchingTestCase(ReplicaTestCase):
    """
    A view whose status is watched.
    """

    def setUp(self) -> None:
        """
        Have a view that fails to dry.
        """
        super().setUp()
        self.kit.View.observe_dry = dry
        self.told: list[Any] = []

    def watched(self) -> Any:
        """
        Fetch the pond, and have each change of the view's status noted.
        """
        view = self.fetch()
        onStatus(view, lambda view, status: self.told.append(status.kind))
        return view

    def dries(self, name: str = "dry") -> None:
        """
        Send an update that fails.
        """
        call = self.pond.observers[0].callRemote(name)
        call.addErrback(lambda failure: None)
        self.connection.deliver()

    def stocked(self) -> None:
        """
        Have a stock sender.
        """
        kit = Kit(self, stock)
        register(self, pb, (kit.Pond, self.kit.View))
        self.pond = self.root.pond = kit.Pond(["one duck"])


class StatusOfTests(WatchingTestCase):
    """
    A replica has a status, a time and a reason; whoever asked is told when it
    changes.
    """

    def test_live(self) -> None:
        """
        A replica is live, since it came.
        """
        status = statusOf(self.fetch())
        self.assertTrue(status.isLive)
        self.assertIsNotNone(status.since)
        self.assertIsNone(status.reason)

    def test_detached(self) -> None:
        """
        A copy, a pickle and an object that came from nowhere are detached, and
        watching them is nothing.
        """
        register(self, pb, (self.kit.Pond, SavedView))
        view = self.fetch()
        pickled = pickle.loads(pickle.dumps(view))
        for detached in (copy.copy(view), pickled, SavedView()):
            self.assertIs(StatusKind.DETACHED, statusOf(detached).kind)
            stop = onStatus(detached, lambda view, status: None)
            stop()

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


class OnStatusTests(WatchingTestCase):
    """
    A callback lasts as long as the slot, and holds nothing.
    """

    def test_stop(self) -> None:
        """
        Whoever has stopped is not told.
        """
        view = self.fetch()
        stop = onStatus(view, lambda view, status: self.told.append(status))
        stop()
        self.connection.cut()
        self.assertEqual([], self.told)

    def test_aMethodOfTheReplica(self) -> None:
        """
        A method of the replica may be the callback, from its C{__init__} on, and
        the replica is released when it is dropped.
        """
        told = self.told

        class View(self.kit.View):  # type: ignore[misc,name-defined]
            def __init__(self) -> None:
                method: Any = self.changed
                onStatus(self, method)

            def changed(self, status: Status) -> None:
                told.append((self, status.kind))

        register(self, pb, (self.kit.Pond, View))
        view = self.fetch()
        self.dries()
        kinds = [StatusKind.STALE, StatusKind.LIVE]
        self.assertEqual([(view, kind) for kind in kinds], told)
        self.flushLoggedErrors(Dried)
        told.clear()
        del view
        self.connection.collect()
        self.assertEqual([], self.pond.observers)

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


class LiveOnlyTests(WatchingTestCase):
    """
    Reading a stale replica is allowed unless its class says otherwise.
    """

    def setUp(self) -> None:
        """
        Have a class that says so, and a stock sender, so that it stays stale.
        """
        super().setUp()

        class Strict(LiveOnly, self.kit.View):  # type: ignore[misc,name-defined]
            limit = 7

            def observe_first(self) -> Any:
                return self.ducks[0]

        self.Strict = Strict

    def test_allowed(self) -> None:
        """
        A class that says nothing can be read while it is stale or closed.
        """
        self.stocked()
        view = self.fetch()
        self.dries()
        self.flushLoggedErrors(Dried)
        self.assertEqual(["one duck"], view.ducks)
        self.connection.cut()
        self.assertEqual(["one duck"], view.ducks)

    def strict(self) -> Any:
        """
        Fetch a view of the strict class from a stock sender.
        """
        self.stocked()
        register(self, pb, (self.pond.__class__, self.Strict))
        return self.fetch()

    def test_stale(self) -> None:
        """
        A data attribute cannot be read, and the error says of what, since when,
        why and what to do; what the class has can be.
        """
        view = self.strict()
        self.assertEqual(["one duck"], view.ducks)
        self.dries()
        self.flushLoggedErrors(Dried)
        with self.assertRaises(StaleReplica) as caught:
            view.ducks  # noqa: B018
        error = caught.exception
        self.assertTrue(error.where.endswith("Strict.ducks"), error.where)
        self.assertIn(f"since {statusOf(view).since}", error.got)
        self.assertIn("Dried: no water", error.got)
        self.assertIn("onStatus", error.advice)
        self.assertEqual(7, view.limit)
        self.assertIs(self.connection.client, view.broker)
        self.assertEqual(["one duck"], copy.copy(view).ducks)

    def test_closed(self) -> None:
        """
        Nor can it after the connection is lost.
        """
        view = self.strict()
        self.connection.cut()
        with self.assertRaises(StaleReplica) as caught:
            view.ducks  # noqa: B018
        self.assertIn("again", caught.exception.advice)

    def test_updates(self) -> None:
        """
        An C{observe_} method of a stale replica reads what it changes.
        """
        view = self.strict()
        self.dries()
        self.flushLoggedErrors(Dried)
        first = self.pond.observers[0].callRemote("first")
        self.connection.deliver()
        self.assertEqual("one duck", self.successResultOf(first))
        self.assertRaises(StaleReplica, lambda: view.ducks)

    def test_freshStates(self) -> None:
        """
        A C{setCopyableState} reads what it changes, and after it the replica can
        be read.
        """

        class Counting(self.Strict):  # type: ignore[misc,name-defined]
            def setCopyableState(self, state: Any) -> None:
                before = vars(self).get("ducks") and self.ducks
                super().setCopyableState({**state, "before": before})

        register(self, pb, (self.kit.Pond, Counting))
        view = self.fetch()
        self.dries()
        self.flushLoggedErrors(Dried)
        self.assertEqual(["one duck"], view.before)
