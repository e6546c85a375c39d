"""
Tests for L{pbcopy._subscribing}.
"""

from __future__ import annotations

import gc
from typing import Any

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy.errors import PBCopyError, Violation
from pbcopy.test.sharedponds import Duck, Pond, PondView, give, meet, told


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


class ViewTests(SynchronousTestCase):
    """
    Tests for L{pbcopy._view}: what a replica takes and what it refuses.
    """

    def setUp(self) -> None:
        self.pond = Pond(ducks=[Duck("swan")])
        self.connection = meet()
        self.view = give(self.connection, self.pond)

    def test_readOnly(self) -> None:
        """
        Its holder cannot change it, at whatever depth, and is told where its master
        is.
        """
        for change, where in (
            (lambda: setattr(self.view, "colour", "blue"), "PondView.colour"),
            (lambda: delattr(self.view, "colour"), "PondView.colour"),
            (lambda: self.view.ducks.append(1), "PondView.ducks"),
            (lambda: self.view.tags.add(1), "PondView.tags"),
            (lambda: self.view.named.update(a=1), "PondView.named"),
            (
                lambda: setattr(self.view.ducks[0], "name", ""),
                "PondView.ducks[0].name",
            ),
        ):
            error = self.assertRaises(pbcopy.ReadOnlyReplica, change)
            self.assertEqual(where, error.where)
            self.assertIn("127.0.0.1", str(error))
        self.view.mine = [1]
        self.assertEqual("green", self.view.colour)

    def test_refused(self) -> None:
        """
        A change that is not what was declared is not applied, not even in part; the
        replica is stale until the master is right again.
        """
        heard = told(self.view)
        with pbcopy.changing(self.pond):
            self.pond.colour = "blue"
            self.pond.ducks[0].age = "old"  # type: ignore[assignment]
        self.connection.deliver()
        self.assertEqual("green", self.view.colour)
        status = pbcopy.statusOf(self.view)
        self.assertIn("PondView.ducks[0].age", str(status.reason))
        self.assertIn("'old', a str, expected int", str(status.reason))
        self.pond.ducks[0].age = 3
        self.connection.deliver()
        self.assertTrue(pbcopy.statusOf(self.view).isLive)
        self.assertEqual(("blue", 3), (self.view.colour, self.view.ducks[0].age))
        self.assertEqual(["PondView renewed"], heard[-1])
        self.assertNotEqual([], self.flushLoggedErrors())

    def test_revived(self) -> None:
        """
        A replica that is dropped while a change is under way, and mentioned again,
        takes the change.
        """
        self.pond.colour = "blue"
        self.view = None
        gc.collect()
        view = give(self.connection, self.pond)
        self.pond.ducks[0].name = "goose"
        self.pond.colour = "red"
        self.connection.deliver()
        self.assertEqual(("red", "goose"), (view.colour, view.ducks[0].name))

    def test_converted(self) -> None:
        """
        An int becomes a float where that was declared.
        """
        self.pond.depth = 3
        self.connection.deliver()
        self.assertIs(float, type(self.view.depth))

    def test_refusedState(self) -> None:
        """
        A state that is not what was declared fails the call that it is in, with all
        that is wrong.
        """
        self.pond.colour = 1  # type: ignore[assignment]
        self.pond.tags.add("x")  # type: ignore[arg-type]
        error: Any = self.assertRaises(Violation, give, meet(), self.pond)
        self.assertIn("PondView.colour", str(error))
        self.assertIn("PondView.tags", str(error))
        self.flushLoggedErrors()
