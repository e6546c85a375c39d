# -*- test-case-name: pbcopy.test.test_pace -*-
"""
Tests for L{pbcopy._pace}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _pace
from pbcopy._adoption import attributesOf
from pbcopy._lens import Lens
from pbcopy._operations import Operation, Set, Splice
from pbcopy._pace import paceOf
from pbcopy.errors import RegistrationError
from pbcopy.test.pacedponds import Dial, Gauge, Lamp, PacedPond
from pbcopy.test.sharedponds import Duck


class PaceTests(SynchronousTestCase):
    """
    A field, or its class, says how long a change may wait.
    """

    def lensOf(self, master: Any, perspective: Any = None) -> Lens:
        """
        Give a lens whose receivers have the state of a master.
        """
        lens = Lens(master, perspective, lambda operation: None)
        lens.state()
        self.addCleanup(lens.close)
        return lens

    def ofField(self, master: Any, name: str) -> float | None:
        """
        Give the pace of setting a field.
        """
        change: Operation = Set(attributesOf(master), name, 0, 1)
        return paceOf(change, self.lensOf(master))

    def ofList(self, node: Any, lens: Lens) -> float | None:
        """
        Give the pace of appending to a list.
        """
        return paceOf(Splice(node, 0, 0, [], [1]), lens)

    def test_fields(self) -> None:
        """
        What a field says holds for setting it.
        """
        pond = PacedPond()
        names = ["depth", "wind", "colour"]
        self.assertEqual([0.0, 0.5, None], [self.ofField(pond, n) for n in names])

    def test_classes(self) -> None:
        """
        What a class says holds for the fields that say nothing, and for its
        subclasses, unless they say otherwise.
        """
        names = ["level", "note", "newest"]
        found = [self.ofField(Gauge(), name) for name in names]
        self.assertEqual([0.25, None, 0.0], found)
        names.append("hand")
        found = [self.ofField(Dial(), name) for name in names]
        self.assertEqual([0.25, None, 0.0, 0.25], found)
        found = [self.ofField(Lamp(), name) for name in names]
        self.assertEqual([None, None, 0.0, 0.125], found)

    def test_rateWins(self) -> None:
        """
        Where a field is to have its newest value alone, and a rate, the rate counts.
        """

        @pbcopy.shared
        class Sea(pbcopy.Cacheable):
            tide: int = pbcopy.field(default=0, latest=True, rate=10)

        self.assertEqual(0.1, self.ofField(Sea(), "tide"))

    def test_containers(self) -> None:
        """
        A change in a container may wait if each field that has it says so.
        """
        eggs: list[Any] = []
        pond = PacedPond()
        pond.deep = {"in": (1, [eggs])}
        inner = pond.deep["in"][1]
        lens = self.lensOf(pond)
        self.assertEqual(0.0, self.ofList(inner, lens))
        self.assertEqual(0.0, self.ofList(pond.eggs, lens))
        pond.plain = inner
        self.assertIsNone(self.ofList(inner, lens))
        pond.plain = None
        self.assertEqual(0.0, self.ofList(inner, lens))

    def test_theLeast(self) -> None:
        """
        Of several paces the least counts.
        """
        pond: Any = PacedPond()
        pond.deep = [1]
        pond.wind = pond.deep
        lens = self.lensOf(pond)
        self.assertEqual(0.0, self.ofList(pond.deep, lens))
        del pond.deep
        self.assertEqual(0.5, self.ofList(pond.wind, lens))

    def test_cycle(self) -> None:
        """
        A container may be in itself.
        """
        pond = PacedPond()
        pond.deep = [1]
        pond.deep.append(pond.deep)
        self.assertEqual(0.0, self.ofList(pond.deep, self.lensOf(pond)))

    def test_parts(self) -> None:
        """
        A part of a state says for itself.
        """
        pond = PacedPond(ducks=[Duck("one")])
        lens = self.lensOf(pond)
        duck = pond.ducks[0]
        change: Operation = Set(attributesOf(duck), "age", 0, 1)
        self.assertIsNone(paceOf(change, lens))
        self.assertIsNone(self.ofList(duck.eggs, lens))
        self.assertEqual(0.0, self.ofList(pond.ducks, lens))

    def test_unseen(self) -> None:
        """
        A field that the perspective does not see does not matter.
        """
        pond = PacedPond()
        pond.deep = pond.plan = [1]
        pond.plan = pond.deep
        self.assertEqual(0.0, self.ofList(pond.deep, self.lensOf(pond)))
        self.assertIsNone(self.ofList(pond.deep, self.lensOf(pond, "owner")))

    def test_unused(self) -> None:
        """
        Where no class of the process says anything, nothing is looked at.
        """
        self.patch(_pace, "_isUsed", False)
        node: Any = None
        lens: Any = None
        self.assertIsNone(paceOf(Splice(node, 0, 0, [], []), lens))

    def test_nonsense(self) -> None:
        """
        What makes no sense is refused when the class is made.
        """
        for said in (
            {"rate": 0},
            {"rate": -1.0},
            {"rate": True},
            {"rate": float("nan")},
            {"rate": float("inf")},
            {"rate": "often"},
            {"latest": "yes"},
            {"latest": False, "rate": 3},
        ):
            arguments: Any = said
            with self.assertRaises(RegistrationError) as caught:
                pbcopy.shared(**arguments)(type("Sea", (pbcopy.Cacheable,), {}))
            self.assertIn("Sea", str(caught.exception))
            field = pbcopy.field(default=0, **arguments)
            body = {"__annotations__": {"tide": int}, "tide": field}
            with self.assertRaises(RegistrationError) as caught:
                pbcopy.shared(type("Sea", (pbcopy.Cacheable,), body))
            self.assertIn("Sea.tide", str(caught.exception))

    def test_private(self) -> None:
        """
        A private field has no pace.
        """
        for said in ({"latest": True}, {"rate": 3}):
            arguments: Any = said
            field = pbcopy.field(default=0, private=True, **arguments)
            body = {"__annotations__": {"tide": int}, "tide": field}
            with self.assertRaises(RegistrationError):
                pbcopy.shared(type("Sea", (pbcopy.Cacheable,), body))
