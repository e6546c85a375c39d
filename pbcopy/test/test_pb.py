# -*- test-case-name: pbcopy.test.test_pb -*-
"""
Tests for L{pbcopy.pb}.
"""

from __future__ import annotations

import types
from unittest import mock

from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import (
    _cacheable,
    _copyable,
    _factory,
    _failure,
    _meeting,
    _observer,
    _registry,
    _remotecache,
    _valueclasses,
    pb,
)

HOMES = {
    "Cacheable": _cacheable,
    "CopiedFailure": _failure,
    "Copyable": _copyable,
    "PBClientFactory": _meeting,
    "PBServerFactory": _meeting,
    "RemoteCache": _remotecache,
    "RemoteCacheObserver": _observer,
    "RemoteCopy": _copyable,
    "setUnjellyableFactoryForClass": _factory,
    "setUnjellyableForClass": _registry,
    "setUnjellyableForException": _registry,
    "setUnjellyableForValue": _valueclasses,
}


class DropInTests(SynchronousTestCase):
    """
    L{pbcopy.pb} has what C{twisted.spread.pb} has.
    """

    def test_everyPublicName(self) -> None:
        """
        Each public name of Twisted's module is here, and is Twisted's own
        unless pbcopy replaces it.
        """
        self.assertEqual(set(), set(dir(stock)) - set(dir(pb)))
        replaced = {*HOMES, "setCopierForClass", "setFactoryForClass"}
        for name in dir(stock):
            if not name.startswith("__") and name not in replaced:
                self.assertIs(getattr(stock, name), getattr(pb, name), name)

    def test_all(self) -> None:
        """
        C{from pbcopy.pb import *} gives what C{from twisted.spread.pb import *}
        gives, and more.
        """
        self.assertEqual(set(), set(stock.__all__) - set(pb.__all__))
        for name in pb.__all__:
            getattr(pb, name)

    def test_homes(self) -> None:
        """
        What pbcopy replaces is the private original.
        """
        for name, home in HOMES.items():
            self.assertIs(getattr(home, name), getattr(pb, name), name)

    def test_aliases(self) -> None:
        """
        The old names of the registry functions are the new ones.
        """
        self.assertIs(pb.setUnjellyableForClass, pb.setCopierForClass)
        self.assertIs(pb.setUnjellyableForClassTree, pb.setCopierForClassTree)
        self.assertIs(pb.setUnjellyableFactoryForClass, pb.setFactoryForClass)

    def test_missing(self) -> None:
        """
        A name that neither module has is an C{AttributeError} of this one.
        """
        with self.assertRaises(AttributeError) as caught:
            getattr(pb, "noSuchName")  # noqa: B009
        self.assertIn("'pbcopy.pb'", str(caught.exception))

    def test_settingALimit(self) -> None:
        """
        An application that raises C{pb.MAX_BROKER_REFS} raises the Broker's.
        """
        before = stock.MAX_BROKER_REFS
        self.addCleanup(setattr, pb, "MAX_BROKER_REFS", before)
        pb.MAX_BROKER_REFS = before + 1
        self.assertEqual(before + 1, stock.MAX_BROKER_REFS)
        stock.MAX_BROKER_REFS = before + 2
        self.assertEqual(before + 2, pb.MAX_BROKER_REFS)

    def test_patching(self) -> None:
        """
        C{mock.patch} of a name of Twisted's patches it there, and puts it back.
        """
        before = stock.portno
        with mock.patch.object(pb, "portno", 7):
            self.assertEqual(7, stock.portno)
        self.assertEqual((before, before), (stock.portno, pb.portno))
        with mock.patch.object(pb, "Copyable", 7):
            self.assertNotEqual(7, stock.Copyable)
        self.assertIs(_copyable.Copyable, pb.Copyable)

    def test_replacingAFlavor(self) -> None:
        """
        Who replaces a name of pbcopy's does not replace Twisted's.
        """
        self.assertIsInstance(pb, types.ModuleType)
        self.patch(pb, "Copyable", object)
        self.assertIsNot(object, stock.Copyable)
