# -*- test-case-name: pbcopy.test.test_block -*-
"""
Tests for L{pbcopy._block}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.python.reflect import requireModule
from twisted.trial.unittest import SkipTest, SynchronousTestCase

from pbcopy import _tracked
from pbcopy._adoption import attributesOf
from pbcopy._block import Block, opened
from pbcopy._contents import contentsOf
from pbcopy._journal import Changed
from pbcopy._nodes import ATOMS, SIMPLE, watch
from pbcopy._operations import Operation, Order, Splice
from pbcopy._tracked import holdersOf
from pbcopy.test.nodes import (
    Duck,
    Mirror,
    Pond,
    applied,
    areSame,
    holdersSought,
    reachable,
)

if TYPE_CHECKING or requireModule("hypothesis") is not None:
    from hypothesis import given, settings
    from hypothesis import strategies as st

    from pbcopy.test.programs import Step, World, programs


class Trouble(Exception):
    """
    What is done in a block has failed.
    """


class Lens:
    """
    Watches all nodes of a master, and is told of what is done in a block when that
    ends.

    @ivar heard: what was told outside of blocks.
    """

    def __init__(self, master: Any) -> None:
        self.master = master
        self.heard: list[Operation] = []
        for node in reachable(attributesOf(master)):
            watch(node, self)

    def permit(self, operation: Operation) -> None:
        """
        Permit it.
        """

    def about(self, operation: Operation) -> None:
        """
        Hear of a change before it is made.
        """

    def changed(self, operation: Operation) -> None:
        """
        Hear of a change now, or later.
        """
        for block in _tracked.blocks:
            if block.covers(self.master):
                block.defer(self)
                return
        self.heard.append(operation)


class BlockTestCase(SynchronousTestCase):
    """
    What the tests of blocks have in common.

    @ivar told: who was told of what.
    """

    def setUp(self) -> None:
        """
        Make two masters.
        """
        self.told: list[tuple[list[Any], list[Changed]]] = []
        self.pond, self.lake = Pond(), Pond()
        self.addCleanup(self._assertClosed)

    def _assertClosed(self) -> None:
        self.assertEqual(([], ATOMS), (_tracked.blocks, SIMPLE))

    def block(self, *masters: Any) -> Block:
        """
        Make a block.
        """

        def tell(watchers: Any, changes: Any) -> Any:
            # Without changes there is nothing to tell of the nodes.
            told = [(watchers, changes)] if changes else []
            return lambda: self.told.extend(told)

        return Block(masters, tell)


class CommitTests(BlockTestCase):
    """
    What a block did is told when it ends.
    """

    def test_once(self) -> None:
        """
        The watchers of its masters are told once, of each node that was changed,
        with what it was.
        """
        lens = Lens(self.pond)
        ducks = self.pond.ducks
        with opened(self.block(self.pond)):
            self.pond.colour = "blue"
            ducks.append(1)
            ducks.append(2)
            self.pond.colour = "red"
            self.assertEqual(([], []), (lens.heard, self.told))
        [(watchers, changes)] = self.told
        self.assertEqual([lens], watchers)
        attributes, items = changes
        self.assertIs(attributesOf(self.pond), attributes.node)
        self.assertEqual({"colour": "green", "ducks": ducks}, attributes.before)
        self.assertEqual([], attributes.log)
        self.assertEqual((ducks, []), (items.node, items.before))
        [splice] = items.log
        self.assertEqual((Splice, [1, 2]), (type(splice), splice.came()))
        self.pond.colour = "black"
        self.assertEqual(1, len(lens.heard))

    def test_log(self) -> None:
        """
        Of what was done to a list, what can be one operation is one, and what comes
        to nothing is none.
        """
        Lens(self.pond)
        ducks = self.pond.ducks = [3, 1, 2]
        ducks = self.pond.ducks
        with opened(self.block(self.pond)) as block:
            ducks.append(4)
            ducks.pop()
            ducks.sort()
            ducks.reverse()
            ducks.append(5)
            self.assertEqual(
                [Order, Splice], [type(each) for each in block.changes()[0].log]
            )
        self.assertEqual([3, 2, 1, 5], ducks)

    def test_nobodyWatches(self) -> None:
        """
        Where nobody watches, nobody is told.
        """
        with opened(self.block(self.pond)):
            self.pond.colour = "blue"
        with opened(self.block(self.pond)):
            pass
        self.assertEqual([], self.told)

    def test_others(self) -> None:
        """
        The watchers of other masters hear at once.
        """
        lens, part = Lens(self.lake), Duck()
        self.pond.ducks.append(part)
        with opened(self.block(self.pond)):
            self.lake.colour = "blue"
            self.assertEqual(1, len(lens.heard))
        self.assertEqual([], self.told)

    def test_several(self) -> None:
        """
        A block may have several masters.
        """
        lenses = [Lens(self.pond), Lens(self.lake)]
        with opened(self.block(self.pond, self.lake)):
            self.pond.colour = self.lake.colour = "blue"
        [(watchers, changes)] = self.told
        self.assertEqual((lenses, 2), (watchers, len(changes)))

    def test_aPart(self) -> None:
        """
        A block of what is in masters is one of these.
        """
        duck = Duck()
        self.pond.ducks.append(duck)
        self.lake.ducks.append((duck,))
        Lens(self.pond), Lens(self.lake)
        with opened(self.block(duck)) as block:
            self.assertTrue(block.covers(self.pond) and block.covers(self.lake))
            self.assertFalse(block.covers(Pond()))
            duck.name = "x"
            self.pond.colour = "blue"
        [(watchers, changes)] = self.told
        self.assertEqual((2, 2), (len(watchers), len(changes)))

    def test_newParts(self) -> None:
        """
        Of what came into a master in the block, only what was done since is
        remembered.
        """
        Lens(self.pond)
        duck = Duck()
        with opened(self.block(self.pond)) as block:
            duck.friends.append(1)
            self.assertEqual([], block.changes())
            self.pond.ducks.append(duck)
            duck.friends.append(2)
            [_, friends] = block.changes()
        self.assertEqual([1], friends.before)

    def test_aTellerThatRaises(self) -> None:
        """
        If telling fails, the block has ended all the same.
        """

        def fail(*told: Any) -> Any:
            raise Trouble

        Lens(self.pond)
        with self.assertRaises(Trouble):
            with opened(Block([self.pond], fail)):
                self.pond.colour = "blue"
        self.assertEqual("blue", self.pond.colour)


class RollbackTests(BlockTestCase):
    """
    What a block did goes back if it raises.
    """

    def test_everything(self) -> None:
        """
        Everything is the same object, with the same in it, in the same order, and
        nobody is told.
        """
        first, second = Duck("first"), Duck("second")
        self.pond.ducks = [{"a": first, "b": 2, "c": {1, 2}}, [second]]
        mapping, items = self.pond.ducks
        members, ducks = mapping["c"], self.pond.ducks
        lens = Lens(self.pond)
        with self.assertRaises(Trouble), opened(self.block(self.pond)):
            ducks.reverse()
            members.clear()
            mapping["a"] = mapping.pop("a")
            del mapping["b"]
            items[:] = [1, 2]
            second.name = "changed"
            self.pond.ducks = None
            del self.pond.colour
            raise Trouble
        self.assertIs(ducks, self.pond.ducks)
        self.assertIs(mapping, ducks[0])
        self.assertIs(items, ducks[1])
        self.assertEqual([("a", first), ("b", 2), ("c", members)], [*mapping.items()])
        self.assertEqual(({1, 2}, [second], "second"), (members, items, second.name))
        self.assertEqual("green", self.pond.colour)
        self.assertEqual(([], []), (self.told, lens.heard))
        for child, holder in [(ducks, attributesOf(self.pond)), (items, ducks)]:
            self.assertEqual([holder], list(holdersOf(child)))

    def test_whatLeft(self) -> None:
        """
        What was taken out, changed and let go goes back, too.
        """
        duck = Duck("x")
        self.pond.ducks.append([duck])
        with self.assertRaises(Trouble), opened(self.block(self.pond)):
            inner = self.pond.ducks.pop()
            duck.name = "y"
            inner.append(3)
            inner.remove(duck)
            del inner, duck
            raise Trouble
        self.assertEqual("x", self.pond.ducks[0][0].name)
        self.assertEqual(1, len(self.pond.ducks[0]))

    def test_private(self) -> None:
        """
        So do private fields of the objects in the masters, and no others.
        """
        duck, stranger = Pond(), Pond()
        self.pond.secret = secret = [1]
        with self.assertRaises(Trouble), opened(self.block(self.pond)):
            self.pond.secret = 2
            self.pond.secret = 3
            stranger.secret = 4
            duck.secret = 5
            self.pond.undeclared = 6  # type: ignore[attr-defined]
            raise Trouble
        self.assertIs(secret, self.pond.secret)
        self.assertEqual((4, 5), (stranger.secret, duck.secret))
        with self.assertRaises(Trouble), opened(self.block(self.pond)):
            del self.pond.secret
            raise Trouble
        self.assertIs(secret, self.pond.secret)
        del self.pond.secret
        with self.assertRaises(Trouble), opened(self.block(self.pond)):
            self.pond.secret = 1
            raise Trouble
        self.assertNotIn("secret", vars(self.pond))

    def test_others(self) -> None:
        """
        The watchers of other masters, which heard of a change of what is in both,
        hear that it goes back.
        """
        duck = Duck("x")
        self.pond.ducks.append(duck)
        self.lake.ducks.append(duck)
        block = self.block(self.pond)
        third = Pond()
        third.ducks.append(duck)
        mirror = Mirror(third)
        with self.assertRaises(Trouble), opened(block):
            duck.name = "y"
            duck.friends.append(1)
            raise Trouble
        self.assertEqual([], mirror.differences())
        self.assertEqual(4, len(mirror.heard))

    def test_interrupted(self) -> None:
        """
        So it is whatever ends the block.
        """
        for error in (KeyboardInterrupt, GeneratorExit, SystemExit):
            with self.assertRaises(error), opened(self.block(self.pond)):
                self.pond.colour = "blue"
                raise error
            self.assertEqual("green", self.pond.colour)

    def test_simple(self) -> None:
        """
        What else nobody would hear of goes back.
        """
        with self.assertRaises(Trouble), opened(self.block(self.pond)):
            self.pond.ducks.append(1)
            self.pond.colour = 2
            raise Trouble
        self.assertEqual(([], "green"), (self.pond.ducks, self.pond.colour))


class NestedTests(BlockTestCase):
    """
    There may be several blocks at a time.
    """

    def test_inner(self) -> None:
        """
        An inner block of the same master is told with the outer one.
        """
        Lens(self.pond)
        with opened(self.block(self.pond)):
            self.pond.colour = "blue"
            with opened(self.block(self.pond)):
                self.pond.colour = "red"
            self.assertEqual([], self.told)
        [(_, [change])] = self.told
        self.assertEqual("green", change.before["colour"])

    def test_innerRaises(self) -> None:
        """
        If the inner one raises, what the outer one did before stays.
        """
        Lens(self.pond)
        with opened(self.block(self.pond)):
            self.pond.ducks.append(1)
            with self.assertRaises(Trouble), opened(self.block(self.pond)):
                self.pond.ducks.append(2)
                raise Trouble
            self.pond.ducks.append(3)
        [(_, [change])] = self.told
        self.assertEqual([1, 3], self.pond.ducks)
        self.assertEqual([Splice], [type(each) for each in change.log])

    def test_outerRaises(self) -> None:
        """
        If the outer one raises, what the inner one did goes back, too.
        """
        Lens(self.pond)
        with self.assertRaises(Trouble), opened(self.block(self.pond)):
            with opened(self.block(self.pond)):
                self.pond.colour = "red"
            raise Trouble
        self.assertEqual(("green", []), (self.pond.colour, self.told))

    def test_anotherMaster(self) -> None:
        """
        An inner block of another master is told when it ends.
        """
        lens = Lens(self.lake)
        with opened(self.block(self.pond)):
            with opened(self.block(self.lake)):
                self.lake.colour = "red"
            self.assertEqual([[lens]], [watchers for watchers, _ in self.told])

    def test_oneMore(self) -> None:
        """
        An inner block with one more master is told with the outer one, as its
        changes leave together.
        """
        lenses = [Lens(self.pond), Lens(self.lake)]
        with opened(self.block(self.pond)):
            with opened(self.block(self.pond, self.lake)):
                self.pond.colour = self.lake.colour = "red"
            self.assertEqual([], self.told)
        self.assertEqual(lenses, [each for told, _ in self.told for each in told])

    def test_overlapping(self) -> None:
        """
        Of blocks that overlap, the last to end has all told, whichever that is.
        """
        Lens(self.pond)
        for isFirstLast in (True, False):
            one, other = self.block(self.pond), self.block(self.pond)
            before = self.pond.colour
            one.open()
            self.pond.colour = "blue"
            other.open()
            self.pond.colour = f"red {isFirstLast}"
            (other if isFirstLast else one).close(isDone=True)
            self.assertEqual([], self.told)
            self.pond.ducks.append(1)
            (one if isFirstLast else other).close(isDone=True)
            [(_, changes)] = self.told
            self.assertEqual(before, changes[0].before["colour"])
            self.assertEqual(2, len(changes))
            self.told.clear()

    def test_overlappingRaises(self) -> None:
        """
        If the first of them ends well, and the later one raises, what the first one
        did is told.
        """
        Lens(self.pond)
        one, other = self.block(self.pond), self.block(self.pond)
        one.open()
        self.pond.ducks.append(1)
        other.open()
        self.pond.ducks.append(2)
        one.close(isDone=True)
        self.pond.ducks.append(3)
        other.close(isDone=False)
        [(_, [change])] = self.told
        self.assertEqual(([], [1]), (change.before, change.node))

    def test_whatHasNeverBeen(self) -> None:
        """
        If the first of them raises, and then the later one, what the first one did
        does not come back.
        """
        Lens(self.pond)
        one, other = self.block(self.pond), self.block(self.pond)
        one.open()
        self.pond.ducks.append(1)
        other.open()
        self.pond.ducks.append(2)
        one.close(isDone=False)
        self.assertEqual([], self.pond.ducks)
        self.pond.ducks.append(3)
        other.close(isDone=False)
        [(_, [change])] = self.told
        self.assertEqual(([], [], []), (self.pond.ducks, change.before, change.log))

    def test_whatHasNeverBeenIsNotTold(self) -> None:
        """
        If the first of them raises, and the later one ends well, what is told
        begins with what was there before the first one.
        """
        Lens(self.pond)
        one, other = self.block(self.pond), self.block(self.pond)
        one.open()
        self.pond.ducks.append(1)
        other.open()
        self.pond.ducks.append(2)
        one.close(isDone=False)
        self.assertEqual([], self.told)
        self.pond.ducks.append(3)
        other.close(isDone=True)
        [(_, [change])] = self.told
        self.assertEqual(([], [3]), (change.before, change.node))
        now: list[Any] = []
        for operation in change.log:
            applied(operation, now)
        self.assertEqual([3], now)


class ProgramTests(SynchronousTestCase):
    """
    Whatever is done in a block, it goes back, or is told.
    """

    def setUp(self) -> None:
        """
        Look for Hypothesis.
        """
        if requireModule("hypothesis") is None:
            raise SkipTest("Hypothesis is not installed")

    def test_rollback(self) -> None:
        """
        A block that raises leaves each master as it was, to the order and identity
        of what is in it, with those who hold each.
        """

        @settings(max_examples=200, deadline=None, database=None, derandomize=True)
        @given(programs(12), programs(12), programs(4), st.booleans())
        def check(
            some: list[Step], inside: list[Step], inner: list[Step], raises: bool
        ) -> None:
            world = World()
            for step in some:
                world.run(step)
            before = [
                (node, contentsOf(node))
                for master in world.masters
                for node in reachable(attributesOf(master))
            ]
            secrets = [each.secret for each in world.masters]
            with self.assertRaises(Trouble):
                with opened(Block(world.masters, lambda *told: list)):
                    for step in inside:
                        world.run(step)
                    self._runInside(world, inner, raises)
                    raise Trouble
            for node, contents in before:
                self.assertTrue(areSame(contents, contentsOf(node)))
            self.assertEqual(secrets, [each.secret for each in world.masters])
            nodes = world.allNodes()
            known = {id(each) for each in nodes}
            for node in nodes:
                found = {id(each) for each in holdersOf(node)} & known
                self.assertEqual(holdersSought(node, nodes), found)

        check()

    def _runInside(self, world: Any, program: Any, raises: bool) -> None:
        try:
            with opened(Block(world.masters[:1], lambda *told: list)):
                for step in program:
                    world.run(step)
                if raises:
                    raise Trouble
        except Trouble:
            pass

    def test_changes(self) -> None:
        """
        Each list that was changed while it was in a master has become what its log
        makes of what it was.
        """

        @settings(max_examples=200, deadline=None, database=None, derandomize=True)
        @given(programs(12), programs(12))
        def check(some: list[Step], inside: list[Step]) -> None:
            world = World()
            for step in some:
                world.run(step)
            with opened(Block(world.masters, lambda *told: list)) as block:
                before = {
                    id(node): contentsOf(node)
                    for master in world.masters
                    for node in reachable(attributesOf(master))
                }
                for step in inside:
                    world.run(step)
                changes = block.changes()
            changed = {id(each.node): each for each in changes}
            for node in world.allNodes():
                if id(node) in before and id(node) not in changed:
                    self.assertTrue(areSame(before[id(node)], contentsOf(node)))
            for each in changes:
                then = before.get(id(each.node), each.before)
                self.assertTrue(areSame(then, each.before))
                if isinstance(each.node, list):
                    now = list(each.before)
                    for operation in each.log:
                        applied(operation, now)
                    self.assertTrue(areSame(now, list(each.node)))

        check()
