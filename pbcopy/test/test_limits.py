# -*- test-case-name: pbcopy.test.test_limits -*-
"""
Tests for L{pbcopy.limits}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import limits, pb
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import Kit, ReplicaTestCase, register
from pbcopy.testing import connect, sendAcross


class Table(pb.Copyable, pb.RemoteCopy):
    """
    What has a state.
    """

    data: Any


def nested(depth: int) -> list[Any]:
    """
    Make lists inside each other.
    """
    whole: list[Any] = []
    for _ in range(depth - 1):
        whole = [whole]
    return whole


class NestingTests(SynchronousTestCase):
    """
    A limit that is exceeded is named.
    """

    def setUp(self) -> None:
        """
        Register the table.
        """
        register(self, pb, (Table, Table))

    def give(self, table: Table) -> Any:
        """
        Send the table to a server that is known to take what a pbcopy takes.
        """
        root = self.root = Kit(self, pb).Root()
        connection = connect(pb.PBServerFactory(root), pb.PBClientFactory())
        call = connection.root.callRemote("give", table)
        connection.deliver()
        return call

    def test_nesting(self) -> None:
        """
        Containers may be inside each other to a depth that has a name.
        """
        table = Table()
        # The state itself is a dict.
        table.data = nested(limits.MAX_NESTING - 1)
        self.successResultOf(self.give(table))
        self.assertEqual(table.data, self.root.given[0].data)
        table.data = nested(limits.MAX_NESTING)
        error = self.failureResultOf(self.give(table), Unsendable).value
        self.assertIn("Table.data[0][0]", error.where)
        self.assertIn("pbcopy.limits.MAX_NESTING, 100", str(error))
        self.patch(limits, "MAX_NESTING", limits.MAX_NESTING + 1)
        self.successResultOf(self.give(table))
        self.assertEqual(table.data, self.root.given[0].data)

    def test_aPeerThatIsNotKnown(self) -> None:
        """
        A peer that is not known to have pbcopy is sent what Python's stack
        holds, as with stock flavors.
        """
        table = Table()
        table.data = nested(250)
        self.assertEqual(table.data, sendAcross(table, isMet=False).data)
        table.data = nested(1000)
        with self.assertRaises(Unsendable) as caught:
            sendAcross(table, isMet=False)
        self.assertEqual("Table", caught.exception.where)

    def test_aChainToAPeerThatIsNotKnown(self) -> None:
        """
        So is a chain of objects.
        """
        first = last = Table()
        for _ in range(159):
            last.data = following = Table()
            last = following
        last.data = None
        count, each = 0, sendAcross(first, isMet=False)
        while each is not None:
            count, each = count + 1, each.data
        self.assertEqual(160, count)


class MaxCachesTests(ReplicaTestCase):
    """
    L{limits.MAX_CACHES} is the most that one connection has.
    """

    def setUp(self) -> None:
        """
        Have a connection with as many caches as may be, all held by the peer.
        """
        super().setUp()
        self.patch(limits, "MAX_CACHES", 3)
        self.kept = [self.kit.Pond() for _ in range(3)]
        self.successResultOf(self.give(self.kept))

    def test_oneMore(self) -> None:
        """
        One more fails with an error that says which class, how many there are,
        what the limit is and where to raise it.
        """
        error = self.failureResultOf(self.give(self.pond), Unsendable).value
        self.assertEqual(self.kit.Pond.__qualname__, error.where)
        self.assertTrue(error.got.startswith("3 "), error.got)
        self.assertEqual("at most 3", error.expected)
        self.assertIn("pbcopy.limits.MAX_CACHES", str(error))

    def test_howeverOften(self) -> None:
        """
        The connection lives however often that happens, nobody's state is
        asked for, and nothing is left registered.
        """
        client = self.connection.client
        before = dict(client.remotelyCachedObjects)
        for _ in range(10):
            self.failureResultOf(self.give(self.pond), Unsendable)
        self.assertFalse(self.connection.lost)
        self.assertEqual([], self.pond.stopped)
        self.assertEqual(before, client.remotelyCachedObjects)
        self.assertEqual(3, len(client.remotelyCachedLUIDs))

    def test_inAnAnswer(self) -> None:
        """
        One more in an answer fails its call, and the connection lives.
        """
        ponds = [self.kit.Pond() for _ in range(4)]
        self.root.pond = ponds
        for _ in range(5):
            call = self.connection.root.callRemote("pond")
            self.connection.deliver()
            self.flushLoggedErrors(Unsendable)
            self.failureResultOf(call, Unsendable)
        self.assertFalse(self.connection.lost)

    def test_theOthersOfTheMessage(self) -> None:
        """
        The caches before the one that was too many are sent again when there
        is room for them.
        """
        self.drop()
        ponds = [self.kit.Pond() for _ in range(4)]
        self.failureResultOf(self.give(ponds), Unsendable)
        self.successResultOf(self.give(ponds[:3]))
        self.assertEqual([1, 1, 1, 0], [len(pond.observers) for pond in ponds])

    def test_aMention(self) -> None:
        """
        What the peer has already is no more.
        """
        self.successResultOf(self.give(self.kept))

    def test_whatIsGivenBack(self) -> None:
        """
        What the peer gives back makes room.
        """
        self.drop()
        self.successResultOf(self.give(self.pond))

    def test_set(self) -> None:
        """
        A limit that is set holds from then on.
        """
        self.patch(limits, "MAX_CACHES", 4)
        self.successResultOf(self.give(self.pond))

    def test_eachConnection(self) -> None:
        """
        Each connection is counted by itself.
        """
        view = self.fetch()
        self.assertEqual(["one duck"], view.ducks)

    def drop(self) -> None:
        """
        Have the peer drop all that it was given.
        """
        self.root.given.clear()
        self.connection.collect()
