# -*- test-case-name: pbcopy.test.test_slotof -*-
"""
Tests for L{pbcopy._slotof}.
"""

from __future__ import annotations

import copy
import gc
import pickle

from pbcopy import pb
from pbcopy._slotof import slotOf, slots
from pbcopy.test.ponds import ReplicaTestCase, register


class SavedView(pb.RemoteCache):
    """
    A view that can be pickled.
    """

    ducks: list[str]


class SlotOfTests(ReplicaTestCase):
    """
    A replica finds its slot, and has its connection and its id from it.
    """

    def test_brokerAndLuid(self) -> None:
        """
        A replica has the connection and the id; its dict has empty entries.
        """
        view = self.fetch()
        self.assertIs(self.connection.client, view.broker)
        self.assertIn(view.luid, self.connection.client.locallyCachedObjects)
        expected = {"broker": None, "luid": None, "ducks": ["one duck"]}
        self.assertEqual(expected, vars(view))
        self.assertIsNone(pb.RemoteCache.broker)
        self.assertIsNone(self.kit.View().luid)

    def test_aStockRelaysLeftovers(self) -> None:
        """
        A state with C{broker} and C{luid}, as a stock relay sends it, does not
        hide the replica's own.
        """
        leftovers = {"broker": "stale", "luid": 99}
        self.pond.getStateToCacheAndObserveFor = lambda p, o: leftovers
        view = self.fetch()
        self.assertIs(self.connection.client, view.broker)
        self.assertNotEqual(99, view.luid)

    def test_detachedByTheConnection(self) -> None:
        """
        When the connection is lost, a replica keeps its last state and its
        Broker, and is forgotten with the application's last reference.
        """
        before = set(slots.values())
        view = self.fetch()
        self.connection.cut()
        self.assertEqual(["one duck"], view.ducks)
        self.assertTrue(view.broker.disconnected)
        del view
        gc.collect()
        self.assertEqual(set(), set(slots.values()) - before)

    def test_detachedSnapshots(self) -> None:
        """
        A copy or a pickle of a replica is a snapshot: it has no connection, is
        not updated, and its end means nothing to anybody.
        """
        register(self, pb, (self.kit.Pond, SavedView))
        view = self.fetch()
        snapshots = [
            copy.copy(view),
            copy.deepcopy(view),
            pickle.loads(pickle.dumps(view)),
        ]
        for snapshot in snapshots:
            self.assertEqual(["one duck"], snapshot.ducks)
            self.assertIsNone(snapshot.broker)
            self.assertIsNone(slotOf(snapshot))
        del snapshot, snapshots
        self.connection.collect()
        self.assertEqual(1, len(self.pond.observers))

    def test_deletingTheConnection(self) -> None:
        """
        Deleting C{broker} and C{luid} removes the entries, and not the slot's.
        """
        view = self.fetch()
        del view.broker, view.luid
        self.assertEqual({"ducks"}, set(vars(view)))
        self.assertIs(self.connection.client, view.broker)
