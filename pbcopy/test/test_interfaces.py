# -*- test-case-name: pbcopy.test.test_interfaces -*-
"""
Tests for L{pbcopy.interfaces}.
"""

from __future__ import annotations

from twisted.spread import pb as stock
from twisted.spread.interfaces import IJellyable, IUnjellyable
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyClass, verifyObject

from pbcopy import interfaces, pb
from pbcopy.interfaces import (
    ICacheable,
    ICopyable,
    IObserver,
    IRemoteCache,
    IRemoteCopy,
)

IMPLEMENTED = [
    (ICopyable, pb.Copyable),
    (IRemoteCopy, pb.RemoteCopy),
    (ICacheable, pb.Cacheable),
    (IRemoteCache, pb.RemoteCache),
]


class InterfaceTests(SynchronousTestCase):
    """
    Each flavor provides its interface, and is a stock flavor.
    """

    def test_flavors(self) -> None:
        """
        The flavors implement their interfaces, and so do their instances.
        """
        for interface, flavor in IMPLEMENTED:
            verifyClass(interface, flavor)
            verifyObject(interface, flavor())

    def test_observer(self) -> None:
        """
        An observer provides L{IObserver}.
        """
        verifyObject(IObserver, pb.RemoteCacheObserver(None, None, None))

    def test_jelly(self) -> None:
        """
        The flavors are what Jelly asks for.
        """
        self.assertTrue(ICopyable.implementedBy(pb.Cacheable))
        self.assertTrue(IJellyable.implementedBy(pb.Copyable))
        self.assertTrue(IUnjellyable.implementedBy(pb.RemoteCopy))
        self.assertTrue(IRemoteCopy.implementedBy(pb.RemoteCache))

    def test_stock(self) -> None:
        """
        Each flavor is a subclass of the stock one of its name.
        """
        for name in ("Copyable", "RemoteCopy", "Cacheable", "RemoteCache"):
            self.assertTrue(issubclass(getattr(pb, name), getattr(stock, name)), name)
        self.assertTrue(issubclass(pb.RemoteCacheObserver, stock.RemoteCacheObserver))

    def test_all(self) -> None:
        """
        Each public interface is one that these tests verify.
        """
        verified = {interface.__name__ for interface, _ in IMPLEMENTED}
        self.assertEqual(verified | {"IObserver"}, set(interfaces.__all__))
