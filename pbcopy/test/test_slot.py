# -*- test-case-name: pbcopy.test.test_slot -*-
"""
Tests for L{pbcopy._slot}.
"""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy._slotof import slotOf
from pbcopy._status import StatusKind
from pbcopy.errors import PBCopyError
from pbcopy.test.ponds import ReplicaTestCase
from pbcopy.test.sharedponds import Pond, give, meet, takenQuickly


class DroppedTests(ReplicaTestCase):
    """
    An update may come when the replica has gone.
    """

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
