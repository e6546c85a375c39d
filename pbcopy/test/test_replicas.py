# -*- test-case-name: pbcopy.test.test_replicas -*-
"""
Tests for L{pbcopy._replicas}.
"""

from __future__ import annotations

from twisted.python.reflect import qual
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _replicas, pb
from pbcopy._registry import copyTags
from pbcopy._replicas import declaredNames, isReplicaOf, remember, replicaFor


class Pond(pb.Cacheable):
    """
    A master.
    """


class Lake(Pond):
    """
    A master of a subclass.
    """


class View(pb.RemoteCache):
    """
    A replica.
    """


class SmallView(View):
    """
    A replica of a subclass.
    """


class TableTests(SynchronousTestCase):
    """
    A class of a peer's has a class here.
    """

    def setUp(self) -> None:
        """
        Begin with nothing.
        """
        self.patch(_replicas, "_replicas", {})

    def test_names(self) -> None:
        """
        A class is found by the name of its master, said in whatever form, and the
        last one wins.
        """
        self.assertIsNone(replicaFor(qual(Pond)))
        remember(Pond, View)
        self.assertIs(View, replicaFor(qual(Pond)))
        remember(qual(Pond).encode("ascii"), SmallView)
        self.assertIs(SmallView, replicaFor(qual(Pond)))
        remember("elsewhere.Pond", View)
        self.assertEqual([qual(Pond), "elsewhere.Pond"], declaredNames())

    def test_standsFor(self) -> None:
        """
        A replica, or a subclass of one, stands for its master's class and the
        bases of that, and for no others.
        """
        remember(Lake, View)
        for cls in (Lake, Pond, pb.Cacheable):
            self.assertTrue(isReplicaOf(View, cls))
            self.assertTrue(isReplicaOf(SmallView, cls))
        self.assertFalse(isReplicaOf(View, pb.RemoteCopy))
        self.assertFalse(isReplicaOf(Pond, Lake))
        remember(Lake, SmallView)
        self.assertFalse(isReplicaOf(View, Lake))

    def test_registered(self) -> None:
        """
        A class that was registered with Jelly stands for its master's, too, if
        none was declared.
        """
        pb.setUnjellyableForClass(Pond, View)
        self.addCleanup(lambda: copyTags.pop(qual(Pond).encode("ascii")))
        self.assertTrue(isReplicaOf(View, Pond))
        remember(Pond, pb.RemoteCache)
        self.assertTrue(isReplicaOf(View, Pond))

    def test_references(self) -> None:
        """
        What is referenced is a C{RemoteReference} here.
        """
        for cls in (stock.Referenceable, stock.Root, stock.Viewable):
            self.assertTrue(isReplicaOf(stock.RemoteReference, cls))
        self.assertFalse(isReplicaOf(stock.RemoteReference, Pond))
        self.assertFalse(isReplicaOf(View, stock.Referenceable))
