# -*- test-case-name: pbcopy.test.test_difference -*-
"""
Tests for L{pbcopy._difference}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._difference import NOTHING, firstDifference
from pbcopy.test.sharedponds import DuckView


class Thing:
    """
    What has attributes.  It equals nothing but itself.
    """

    def __init__(self, **attributes: Any) -> None:
        self.__dict__.update(attributes)


class Sly(Thing):
    """
    What says that it equals anything.
    """

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None  # type: ignore[assignment]


class DifferenceTests(SynchronousTestCase):
    """
    L{firstDifference} compares by structure.
    """

    def assertAlike(self, there: object, should: object) -> None:
        """
        Assert that there is no difference.
        """
        self.assertIsNone(firstDifference("it", there, should))

    def assertDiffer(self, path: str, there: object, should: object) -> None:
        """
        Assert that there is a difference at a path, and from either end.
        """
        for step in (
            firstDifference("it", there, should),
            firstDifference("it", should, there),
        ):
            assert step is not None
            self.assertEqual(path, step[0])

    def test_values(self) -> None:
        """
        Values are equal if their types are; a NaN equals a NaN.
        """
        nan = float("nan")
        for value in (None, True, 1, 1.5, "a", b"a", -nan, 2**80):
            self.assertAlike([value], [value])
        self.assertAlike(nan, float("nan"))
        for one, other in ((1, True), (1, 1.0), ("a", b"a"), (1, 2), (nan, 1.0)):
            self.assertDiffer("it", one, other)
        self.assertDiffer("it", [], ())

    def test_first(self) -> None:
        """
        The first difference is given, with what is on either side.
        """
        step = firstDifference("it", [1, [2, 3], 4], [1, [2, 5], 6])
        self.assertEqual(("it[1][1]", 3, 5), step)
        self.assertEqual(("it[1]", NOTHING, 5), firstDifference("it", [1], [1, 5]))
        self.assertEqual("nothing", repr(NOTHING))

    def test_containers(self) -> None:
        """
        What is in a container is compared, in order if it has one.
        """
        self.assertAlike({"a": [1], 2: {3}}, {2: {3}, "a": [1]})
        self.assertDiffer("it['a'][0]", {"a": [1]}, {"a": [2]})
        self.assertDiffer("it['a']", {"a": None}, {})
        self.assertDiffer("it[(1, 2)]", {(1, 2): 3}, {(1, 2): 4})
        self.assertAlike(frozenset([1, 2]), frozenset([2, 1]))
        self.assertDiffer("it['a']", {"a", "b"}, {"b"})
        self.assertDiffer("it[1]", (1, 2, 3), (1, 3, 3))

    def test_attributes(self) -> None:
        """
        The attributes that there should be are compared; others are not.
        """
        self.assertAlike(Thing(a=1, own=2), Thing(a=1))
        self.assertDiffer("it.a", Thing(a=1), Thing(a=2))
        step = firstDifference("it", Thing(), Thing(a=None))
        self.assertEqual(("it.a", NOTHING, None), step)

    def test_subclassesOfContainers(self) -> None:
        """
        A container that has attributes is compared both ways.
        """

        class Flock(list[Any]):
            """A list."""

        one, other = Flock([1]), Flock([1])
        self.assertAlike(one, other)
        one.name, other.name = "a", "b"  # type: ignore[attr-defined]
        self.assertDiffer("it.name", one, other)
        other.append(2)
        self.assertDiffer("it[1]", one, other)

    def test_noEq(self) -> None:
        """
        No class is asked whether its instances are equal.
        """
        self.assertDiffer("it.a", Sly(a=1), Sly(a=2))

    def test_cycles(self) -> None:
        """
        Cycles are followed once; a difference in one is found.
        """

        def ring(last: int) -> Any:
            ring = [1, {"a": Thing(last=last)}]
            ring[1]["a"].ring = ring  # type: ignore[index]
            return ring

        self.assertAlike(ring(1), ring(1))
        self.assertDiffer("it[1]['a'].last", ring(1), ring(2))

    def test_aChain(self) -> None:
        """
        A long chain is no recursion.
        """

        def chain(last: object) -> Any:
            for _ in range(10_000):
                last = [last]
            return last

        self.assertAlike(chain(1), chain(1))
        self.assertIsNotNone(firstDifference("it", chain(1), chain(2)))

    def test_keysThatAreObjects(self) -> None:
        """
        Keys and members that equal themselves alone are found by what they are
        like, also if they refer to what they are in.
        """

        def flock(*names: str) -> Any:
            flock: set[Any] = set()
            flock.update(Thing(name=name, flock=flock) for name in names)
            return {"flock": flock, **{Thing(key=name): name for name in names}}

        self.assertAlike(flock("a", "b"), flock("b", "a"))
        step = firstDifference("it", flock("a", "b"), flock("a", "c"))
        assert step is not None
        self.assertTrue(step[0].startswith("it['flock'][<"), step)

    def test_classesAndFunctions(self) -> None:
        """
        A class and a function are compared as a whole.
        """
        self.assertAlike([Thing, ring], [Thing, ring])
        self.assertDiffer("it", Thing, Sly)
        self.assertDiffer("it", ring, lambda: None)

    def test_ofTheConnection(self) -> None:
        """
        What replicas have of their connection is not compared, and nor is what
        a remote reference refers to.
        """
        for flavors in (pb, stock):
            one, other = flavors.RemoteCache(), flavors.RemoteCache()
            vars(one).update(luid=1, broker=None, a=1)
            vars(other).update(luid=2, broker=None, a=1)
            self.assertAlike(one, other)
            other.a = 2
            self.assertDiffer("it.a", one, other)
            vars(one).clear()
            vars(other).clear()
        one, other = (stock.RemoteReference(None, None, luid, 0) for luid in (1, 2))
        self.assertAlike([one], [other])
        self.assertDiffer("it[0]", [one], [None])

    def test_localOnly(self) -> None:
        """
        What a class names in C{localOnly} is not compared.
        """

        class View(pb.RemoteCopy):
            localOnly = "seen"

        one, other = View(), View()
        vars(one).update(seen=1)
        vars(other).update(seen=2)
        self.assertAlike(one, other)

    def test_declared(self) -> None:
        """
        A declared field of a replica is nobody's own affair: one that is there, and
        should not be, is a difference.
        """
        there, should = DuckView.__new__(DuckView), DuckView.__new__(DuckView)
        vars(there).update(name="swan", secret="s")
        vars(should).update(name="swan")
        self.assertDiffer("it.secret", there, should)
        vars(should).update(secret="s", another=1)
        self.assertAlike(should, there)

    def test_differs(self) -> None:
        """
        Somebody else may say that two are different, however deep.
        """
        one, other = {1: [Thing()]}, {1: [Thing()]}
        step = firstDifference("it", one, other, lambda a, b: isinstance(a, Thing))
        self.assertEqual(("it[1][0]", one[1][0], other[1][0]), step)


def ring() -> None:
    """
    Be a function.
    """
