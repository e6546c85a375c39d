# -*- test-case-name: pbcopy.test.test_tracked -*-
"""
Tests for L{pbcopy._tracked}.
"""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

from twisted.python.reflect import requireModule
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from pbcopy._adoption import attributesOf
from pbcopy._operations import Set
from pbcopy._tracked import aboveOf, change, holdersOf, pathOf, perform
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy.test.nodes import (
    Duck,
    Ear,
    Mirror,
    Pond,
    Refused,
    Slotted,
    holdersSought,
    reachable,
)

if TYPE_CHECKING or requireModule("hypothesis") is not None:
    from hypothesis import given, settings

    from pbcopy.test.programs import Step, World, programs


class TellingTests(SynchronousTestCase):
    """
    The watchers of a node are told of its changes.
    """

    def test_refused(self) -> None:
        """
        Nothing changes if one of them does not permit it, even where nothing would.
        """
        pond = Pond()
        ear = Ear(attributesOf(pond))
        ear.isMild = False
        for colour in ("blue", "green"):
            self.assertRaises(Refused, setattr, pond, "colour", colour)
        self.assertEqual(("green", []), (pond.colour, ear.heard))

    def test_void(self) -> None:
        """
        Of what changes nothing nobody hears.
        """
        pond = Pond()
        node = attributesOf(pond)
        ear = Ear(node)
        change(Set(node, "colour", pond.colour, pond.colour))
        self.assertEqual([], ear.heard)

    def test_performed(self) -> None:
        """
        What is performed is not asked for.
        """
        pond = Pond()
        node = attributesOf(pond)
        ear = Ear(node)
        ear.isMild = False
        perform(Set(node, "colour", "green", "blue"))
        self.assertEqual("blue", pond.colour)
        self.assertEqual(1, len(ear.heard))

    def test_inOrder(self) -> None:
        """
        A watcher that makes a change does not have the others hear of that one
        first.
        """
        pond = Pond()
        node = attributesOf(pond)

        class Hasty(Ear):
            def changed(self, operation: Any) -> None:
                super().changed(operation)
                if pond.colour == "blue":
                    pond.colour = "red"

        hasty, other = Hasty(node), Ear(node)
        pond.colour = "blue"
        for ear in (hasty, other):
            self.assertEqual(["blue", "red"], [each.new for each in ear.heard])

    def test_aWatcherThatRaises(self) -> None:
        """
        A watcher that raises does not keep the others from hearing, nor the
        application from going on.
        """
        pond = Pond()
        node = attributesOf(pond)

        class Broken(Ear):
            def changed(self, operation: Any) -> None:
                raise ZeroDivisionError

        _, other = Broken(node), Ear(node)
        pond.colour = "blue"
        pond.colour = "red"
        self.assertEqual(2, len(other.heard))
        self.assertEqual(2, len(self.flushLoggedErrors(ZeroDivisionError)))

    def test_interrupted(self) -> None:
        """
        After a watcher was interrupted, the next change is told.
        """
        pond = Pond()
        node = attributesOf(pond)

        class Interrupted(Ear):
            def changed(self, operation: Any) -> None:
                super().changed(operation)
                if len(self.heard) == 1:
                    raise KeyboardInterrupt

        ear = Interrupted(node)
        self.assertRaises(KeyboardInterrupt, setattr, pond, "colour", "blue")
        pond.colour = "red"
        self.assertEqual(2, len(ear.heard))


class PlaceTests(SynchronousTestCase):
    """
    A node knows where it is.
    """

    def test_pathOf(self) -> None:
        """
        A path begins with what nobody holds.
        """
        pond, duck = Pond(), Duck()
        pond.ducks.append({"first": (0, duck)})
        self.assertEqual("Pond.ducks[0].first.friends", pathOf(duck.friends))
        self.assertEqual("Pond", pathOf(attributesOf(pond)))
        self.assertEqual("list", pathOf(TrackedList()))
        outer = TrackedDict({"a b": {7: []}})
        self.assertEqual("dict['a b'][7]", pathOf(outer["a b"][7]))

    def test_inACycle(self) -> None:
        """
        In a cycle it begins somewhere.
        """
        duck = Duck()
        duck.friends.append(duck)
        self.assertIn(pathOf(duck.friends), ["Duck.friends", "list[0].friends"])

    def test_overwritten(self) -> None:
        """
        An attribute that nobody watches and that is set to something simple holds
        no more what it held.
        """
        duck = Duck()
        friends = duck.friends
        duck.friends = 3
        self.assertEqual([], list(holdersOf(friends)))
        self.assertEqual([friends], list(aboveOf(friends)))
        duck.friends, duck.name = friends, friends
        duck.name = 3
        self.assertEqual([attributesOf(duck)], list(holdersOf(friends)))

    def test_dropped(self) -> None:
        """
        What is garbage holds nothing, and leaves nothing behind.
        """
        kept = TrackedList()
        for _ in range(10):
            cycle = TrackedList([kept])
            cycle.append(cycle)
        del cycle
        gc.collect()
        self.assertEqual({}, kept.holders)

    def test_heldManyTimes(self) -> None:
        """
        What is held ten thousand times in one place is let go as often, and there
        is one link.
        """
        kept, holder = TrackedList(), TrackedList()
        holder.extend([kept] * 10000)
        self.assertEqual(1, len(kept.holders))
        holder.clear()
        self.assertEqual({}, kept.holders)

    def test_slots(self) -> None:
        """
        What is in the slot of an attrs class has a path, too.
        """
        made = Slotted()
        made.friends = [[]]
        self.assertEqual("Slotted.friends[0]", pathOf(made.friends[0]))


class ProgramTests(SynchronousTestCase):
    """
    Whatever is done to nodes that hold each other, what is heard and what is known
    of who holds whom is right.
    """

    def setUp(self) -> None:
        """
        Look for Hypothesis.
        """
        if requireModule("hypothesis") is None:
            raise SkipTest("Hypothesis is not installed")

    def test_mirror(self) -> None:
        """
        Whoever does what it hears has what is there, and hears no more than was
        done.
        """

        @settings(max_examples=200, deadline=None, database=None, derandomize=True)
        @given(programs())
        def check(program: list[Step]) -> None:
            world = World()
            mirrors = [Mirror(each) for each in world.masters]
            for step in program:
                world.run(step)
                for mirror in mirrors:
                    self.assertEqual([], mirror.differences())
                    # That of a dict whose key moves is two.
                    self.assertLessEqual(len(mirror.take()), 2)
            for mirror in mirrors:
                known = mirror.shadows
                root = attributesOf(mirror.root)
                self.assertTrue({*map(id, reachable(root))} <= known.keys())

        check()

    def test_holders(self) -> None:
        """
        Each node knows who holds it, and what is above it.
        """

        @settings(max_examples=200, deadline=None, database=None, derandomize=True)
        @given(programs())
        def check(program: list[Step]) -> None:
            world = World()
            for step in program:
                world.run(step)
            nodes = world.allNodes()
            known = {id(each) for each in nodes}
            for node in nodes:
                found = {id(each) for each in holdersOf(node)} & known
                self.assertEqual(holdersSought(node, nodes), found)
                below = {id(each) for each in reachable(node)}
                for each in nodes:
                    isAbove = any(one is node for one in aboveOf(each))
                    self.assertEqual(id(each) in below, isAbove)

        check()
