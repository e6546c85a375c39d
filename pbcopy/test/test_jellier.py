# -*- test-case-name: pbcopy.test.test_jellier -*-
"""
Tests for L{pbcopy._jellier}.
"""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import Any
from uuid import UUID

from twisted.spread import pb as stock
from twisted.spread.jelly import _Jellier, globalSecurity
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._jellier import Jellier, Refused
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import Kit, register
from pbcopy.testing import assertRefused, connect


class Table(pb.Copyable, pb.RemoteCopy):
    """
    What has a state.
    """

    data: Any


VALUES: list[Any] = [UUID(int=7), Decimal("-0"), {"a": [UUID(int=8)]}, bytearray(b"x")]


class JellierTests(SynchronousTestCase):
    """
    A jellier of pbcopy's takes the place of Jelly's.
    """

    def setUp(self) -> None:
        """
        Register the table.
        """
        register(self, pb, (Table, Table))
        self.table = Table()

    def test_shares(self) -> None:
        """
        It knows what Jelly's knows, and does not keep that alive.
        """
        origin = _Jellier(globalSecurity, None, None)
        own = Jellier.of(origin)
        self.assertIs(own, Jellier.of(own))
        shared: list[Any] = [1]
        self.assertEqual([b"list", 1], own.jelly(shared))
        self.assertEqual([b"dereference", 1], origin.jelly(shared))
        self.assertIs(origin, own.origin())
        del origin
        self.assertIsNone(own.origin())

    def test_values(self) -> None:
        """
        Peers that have met send each other values, as they are.
        """
        connection = connect(
            pb.PBServerFactory(Kit(self, pb).Root(self.table)), pb.PBClientFactory()
        )
        for value in VALUES:
            self.table.data = value
            call = connection.root.callRemote("pond")
            connection.deliver()
            got = self.successResultOf(call).data
            self.assertEqual((str(value), type(value)), (str(got), type(got)))

    def test_aPeerThatIsNotKnown(self) -> None:
        """
        To any other peer a value is an error that names its path.
        """
        for value in VALUES:
            self.table.data = value
            error: Any = assertRefused(self.table, Unsendable, isMet=False)
            self.assertIn("Table.data", error.where)
            self.assertIn("the peer does not take values of this type", str(error))

    def test_whatCannotBeSent(self) -> None:
        """
        What Jelly would replace by a note is an error that names its path, in
        a state and in one that is inside it.
        """
        inner = Table()
        inner.data = (object(),)
        self.table.data = {"inner": [inner]}
        error: Any = assertRefused(self.table, Unsendable)
        self.assertEqual("Table.data.inner[0].data[0]", error.where)

    def test_tooDeep(self) -> None:
        """
        Values that are inside each other without end are refused by name.
        """
        deep: deque[Any] = deque()
        for _ in range(1000):
            deep = deque([deep])
        self.table.data = deep
        factories = pb.PBServerFactory(Kit(self, pb).Root()), pb.PBClientFactory()
        connection = connect(*factories)
        call = connection.root.callRemote("give", self.table)
        error = self.failureResultOf(call, Unsendable).value
        self.assertIn("Table: this is nested too deeply", str(error))

    def test_inATwistedsCopyable(self) -> None:
        """
        The path leads through an object of Twisted's flavors, too.
        """
        inner: Any = stock.Copyable()
        inner.things = [object()]
        self.table.data = [inner]
        error: Any = assertRefused(self.table, Unsendable)
        self.assertEqual("Table.data[0].things[0]", error.where)

    def test_aReferenceable(self) -> None:
        """
        What has a jelly of its own is sent as ever.
        """
        self.table.data = [stock.Referenceable()]
        connection = connect(Kit(self, pb).Root(self.table))
        call = connection.root.callRemote("pond")
        connection.deliver()
        got = self.successResultOf(call).data[0]
        self.assertIsInstance(got, stock.RemoteReference)

    def test_undone(self) -> None:
        """
        If a block raises, what it left to undo is undone, the last first.
        """
        own, done = Jellier.of(_Jellier(globalSecurity, None, None)), []
        own.undo.append(lambda: done.append("outer"))
        with self.assertRaises(RuntimeError), own.undone():
            own.undo += [lambda: done.append("first"), lambda: done.append("last")]
            raise RuntimeError
        self.assertEqual(["last", "first"], done)

    def test_refused(self) -> None:
        """
        A refusal knows the path from each object that has it.
        """
        refused = Refused("bad", "", Unsendable("no"))
        outer = refused.within("owner", {"x": ["bad"]}).within("all", {"y": "owner"})
        self.assertEqual(".y.x[0]", outer.path)
        for _ in range(1000):
            outer = outer.within("all", {"next": "all"})
        self.assertLess(len(outer.path), 300)
        self.assertTrue(outer.path.startswith(".next.next"), outer.path)
        self.assertTrue(outer.path.endswith(".next.y.x[0]"), outer.path)
