# -*- test-case-name: pbcopy.test.test_named -*-
"""
Tests for L{pbcopy._named}.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from twisted.python.reflect import qual
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _valueclasses, pb
from pbcopy._named import canArrive, described, isValueClass, localClasses, partsOf
from pbcopy.test.ponds import register
from pbcopy.test.sharedponds import Duck, DuckView, Nest, NestView, Pond, PondView


class Size(Enum):
    """
    A value.
    """

    SMALL = 1


class Frog(pb.Copyable, pb.RemoteCopy):
    """
    A copy.
    """


class NamedTests(SynchronousTestCase):
    """
    What goes with what a policy names.
    """

    def test_canArrive(self) -> None:
        """
        Instances of what is unjellied arrive, and values; no others.
        """
        for cls in (Frog, PondView, Size):
            self.assertTrue(canArrive(cls))
        for thing in (Pond, object, 7, None, "Frog"):
            self.assertFalse(canArrive(thing))

    def test_isValueClass(self) -> None:
        """
        No flavor is a class of values.
        """
        self.assertTrue(isValueClass(Size))
        for thing in (Frog, Pond, PondView, object, Size.SMALL):
            self.assertFalse(isValueClass(thing))

    def test_localClasses(self) -> None:
        """
        A name stands for what was declared, or registered, for it.
        """
        self.patch(_valueclasses, "_local", dict(_valueclasses._local))
        register(self, pb, (Frog, Frog))
        pbcopy.setUnjellyableForValue(Size)
        for named, local in ((Pond, PondView), (Frog, Frog), (Size, Size)):
            self.assertIn(local, localClasses(qual(named)))
        self.assertEqual([], localClasses("no.such.thing"))

    def test_partsOf(self) -> None:
        """
        With a declared class go the classes that it names, and what stands for them
        here; with another class, or a name, none.
        """
        self.assertEqual({Duck, DuckView}, partsOf(Pond))
        things: tuple[Any, ...] = Frog, "Frog", Nest
        for thing in things:
            self.assertEqual(set(), partsOf(thing))

    def test_described(self) -> None:
        """
        A class is shown with its names, and its fields.
        """
        name = qual(Nest)
        self.assertTrue(
            described(NestView).startswith(f"NestView (as {name}): eggs: list[int]")
        )
        self.assertEqual(f"Frog (as {qual(Frog)}): any attributes", described(Frog))
        self.assertEqual("'a.Name'", described("a.Name"))
