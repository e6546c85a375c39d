# -*- test-case-name: pbcopy.test.test_holding -*-
"""
Tests for L{pbcopy._holding}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly

from pbcopy import pb, statusOf
from pbcopy._slotof import slots
from pbcopy.errors import Violation
from pbcopy.test.ponds import Kit, Received, ReplicaTestCase, register


class ForgottenTests(ReplicaTestCase):
    """
    What is gone leaves nothing.
    """

    def test_aDelOfItsOwn(self) -> None:
        """
        A subclass with a C{__del__} that does not call the inherited one keeps
        no connection alive.
        """

        class View(pb.RemoteCache):
            def __del__(self) -> None:  # type: ignore[override]
                """Say nothing."""

        register(self, pb, (self.kit.Pond, View))
        before = set(slots.values())
        view = self.fetch()
        self.assertIsInstance(view, View)
        del view
        self.connection.collect()
        self.assertEqual([], self.pond.observers)
        self.assertEqual(set(), set(slots.values()) - before)


class MentionTests(ReplicaTestCase):
    """
    A mention that is under way when the replica is dropped still finds it.
    """

    def test_aMentionUnderWay(self) -> None:
        """
        The pond is sent once more, and its release is sent before that
        arrives: what arrives has the state, with updates that came in between,
        and is updated further.
        """
        view = self.fetch()
        received = Received(self.connection.root.callRemote("pond"))
        self.connection.fromServer.held = True
        self.connection.deliver()
        self.pond.add("ugly duckling")
        del view
        self.connection.collect()
        self.connection.fromServer.held = False
        self.connection.collect()
        view = received.results[0]
        self.assertEqual(["one duck", "ugly duckling"], view.ducks)
        self.pond.add("third")
        self.connection.deliver()
        self.assertEqual(3, len(view.ducks))
        self.assertEqual([], self.pond.stopped)
        received.results.clear()
        del view
        self.connection.collect()
        self.assertEqual(1, len(self.pond.stopped))
        self.assertEqual({}, self.connection.client.locallyCachedObjects)

    def test_aMentionUnderWayFromAStockSender(self) -> None:
        """
        Likewise with a stock sender, which counts each mention.
        """
        stocked = Kit(self, stock)
        register(self, pb, (stocked.Pond, self.kit.View))
        self.pond = self.root.pond = stocked.Pond(["one duck"])
        self.test_aMentionUnderWay()

    def test_ofWhatNeverGotItsState(self) -> None:
        """
        A replica waits for its state, and its message fails.  A mention that is
        under way fails, too, and the next one has the state sent.
        """
        self.fetch()

        class Unknown(pb.Copyable):
            pass

        around: list[Any] = [self.kit.Pond()]
        around[0].ducks.append(around)
        failing = self.connection.root.callRemote("give", around, Unknown())
        mention = self.connection.root.callRemote("give", around[0])
        update = around[0].observers[0].callRemote("add", "late")
        self.connection.collect()
        self.failureResultOf(failing, InsecureJelly)
        self.failureResultOf(mention, Violation)
        self.failureResultOf(update, Violation)
        self.assertEqual([], self.root.given)
        self.flushLoggedErrors(InsecureJelly)
        self.connection.collect()
        self.give(around[0])
        view = self.root.given[0]
        self.assertIs(view, view.ducks[0][0])

    def test_aMentionUnderWayOfACycle(self) -> None:
        """
        It does not find one that was dropped with all of its cycle, as it would
        refer to a detached one.  The mention fails, and the next one is a state.
        """
        self.pond.ducks = [self.pond]
        view = self.fetch()
        received = Received(self.connection.root.callRemote("pond"))
        self.connection.fromServer.held = True
        self.connection.deliver()
        del view
        self.connection.collect()
        self.connection.fromServer.held = False
        self.connection.collect()
        self.assertIsNotNone(received.results[0].check(Violation))
        received.results.clear()
        self.connection.collect()
        self.assertEqual([], self.pond.observers)
        view = self.fetch()
        self.assertIs(view, view.ducks[0])
        self.assertTrue(statusOf(view).isLive)
