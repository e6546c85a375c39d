# -*- test-case-name: pbcopy.test.test_watching -*-
"""
Tests for L{pbcopy._watching}.
"""

from __future__ import annotations

import copy
import pickle
from typing import Any

from pbcopy import LiveOnly, StaleReplica, Status, StatusKind, onStatus, pb, statusOf
from pbcopy.test.ponds import Dried, WatchedTestCase, register


class SavedView(pb.RemoteCache):
    """
    A view that can be pickled.
    """

    ducks: list[str]


class StatusOfTests(WatchedTestCase):
    """
    A replica has a status.
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


class OnStatusTests(WatchedTestCase):
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


class LiveOnlyTests(WatchedTestCase):
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
