# -*- test-case-name: pbcopy.test.test_slot -*-
"""
Tests for L{pbcopy._slot}.
"""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb, statusOf
from pbcopy._slot import _slots, slotOf
from pbcopy._status import StatusKind
from pbcopy.errors import PBCopyError, Violation
from pbcopy.test.ponds import Kit, Received, ReplicaTestCase, register
from pbcopy.test.sharedponds import Pond, give, meet, takenQuickly


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
        before = set(_slots.values())
        view = self.fetch()
        self.assertIsInstance(view, View)
        del view
        self.connection.collect()
        self.assertEqual([], self.pond.observers)
        self.assertEqual(set(), set(_slots.values()) - before)


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

    def test_anUpdateAfterTheDrop(self) -> None:
        """
        An update for a replica that was just dropped is answered, and hurts
        nobody.
        """
        view = self.fetch()
        self.connection.fromClient.held = True
        del view
        self.connection.collect()
        answer = self.pond.observers[0].callRemote("add", "ugly duckling")
        self.connection.deliver()
        self.connection.fromClient.held = False
        self.connection.collect()
        self.assertIsNone(self.successResultOf(answer))
        self.assertEqual([], self.pond.observers)


class QuickTests(SynchronousTestCase):
    """
    A change of one field is applied by the slot.
    """

    def setUp(self) -> None:
        """
        Note what the slot applies.
        """
        self.taken = takenQuickly(self)
        self.connection = meet()

    def changed(self, master: Any, view: Any, name: str = "colour") -> Any:
        """
        Change a master, and give what the replica has then.
        """
        setattr(master, name, "brown")
        self.connection.deliver()
        return getattr(view, name)

    def test_taken(self) -> None:
        """
        So it is with Twisted's Broker.  While it is told of, the replica is being
        updated.
        """
        master = Pond()
        view = give(self.connection, master)
        slot: Any = slotOf(view)
        told: list[bool] = []
        view.subscribe(lambda changes: told.append(slot.isUpdating))
        self.assertEqual("brown", self.changed(master, view))
        self.assertEqual([True], self.taken)
        self.assertEqual(([True], False), (told, slot.isUpdating))

    def test_anApplications(self) -> None:
        """
        A replica that looks at each message has it shown.
        """
        master = Watched()
        view = give(self.connection, master)
        self.assertEqual("brown", self.changed(master, view))
        self.assertEqual({False}, {*self.taken})
        # The arguments are as a Broker gives them.
        message, args, kw = WatchedView.shown.pop()
        broker = self.connection.client
        self.assertEqual("pbcopy.delta", message)
        self.assertEqual([bytes], [*map(type, broker.unserialize(args))])
        self.assertEqual({}, broker.unserialize(kw))

    def test_stale(self) -> None:
        """
        One that may differ from its master waits for a fresh state.
        """
        master = Pond()
        view = give(self.connection, master)
        slot: Any = slotOf(view)
        slot.watch.change(StatusKind.STALE, PBCopyError("missed"), None)
        self.assertEqual("brown", self.changed(master, view))
        self.assertEqual({False}, {*self.taken})


@pbcopy.shared
class Watched(pbcopy.Cacheable):
    """
    A master.
    """

    colour: str = "green"


@pbcopy.replicaOf(Watched)
class WatchedView(pbcopy.RemoteCache):
    """
    What a client has of one, that looks at each message.
    """

    colour: str
    shown: ClassVar[list[Any]] = []

    def remoteMessageReceived(
        self, broker: Any, message: Any, args: Any, kw: Any
    ) -> Any:
        """
        Note it.
        """
        self.shown.append((message, args, kw))
        return super().remoteMessageReceived(broker, message, args, kw)
