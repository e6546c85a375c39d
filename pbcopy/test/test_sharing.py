"""
Tests for L{pbcopy._sharing}.
"""

from __future__ import annotations

import copy
import gc
import pickle
from typing import Any

import msgspec
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _sharing
from pbcopy._converged import assertConverged
from pbcopy._hub import hubOf
from pbcopy._lens import Lens
from pbcopy._memory import resultOf
from pbcopy.errors import RegistrationError, Unsendable
from pbcopy.test import sharedponds
from pbcopy.test.sharedponds import Duck, Nest, Pond, PondView, give, meet, told
from pbcopy.testing import endTurn


class ChangesTests(SynchronousTestCase):
    """
    Tests for what leaves when something changes.
    """

    def setUp(self) -> None:
        self.pond = Pond(ducks=[Duck("swan"), Duck("goose")])
        self.connection = meet()
        self.view = give(self.connection, self.pond)

    def test_state(self) -> None:
        """
        A replica has the fields of its master, and is live.
        """
        self.assertIsInstance(self.view, PondView)
        self.assertEqual("green", self.view.colour)
        self.assertEqual(["swan", "goose"], [duck.name for duck in self.view.ducks])
        self.assertNotIn("private", vars(self.view))
        self.assertTrue(pbcopy.statusOf(self.view).isLive)

    def test_everyChange(self) -> None:
        """
        Whatever is changed at the master, at whatever depth, changes the replica.
        """
        self.pond.colour = "blue"
        self.pond.ducks.insert(0, Duck("coot"))
        self.pond.ducks[1].eggs += [1, 2]
        self.pond.ducks.sort(key=lambda duck: duck.name)
        self.pond.named["a"] = [{"b": {1, 2}}]
        self.pond.named["a"][0]["b"].add(3)
        self.pond.tags ^= {4}
        self.pond.things = (1, [2])
        self.pond.things[1].append(3)
        self.connection.deliver()
        self.assertEqual("blue", self.view.colour)
        names = [duck.name for duck in self.view.ducks]
        self.assertEqual(["coot", "goose", "swan"], names)
        self.assertEqual([1, 2], self.view.ducks[2].eggs)
        self.assertEqual({"a": [{"b": {1, 2, 3}}]}, self.view.named)
        self.assertEqual({4}, self.view.tags)
        self.assertEqual((1, [2, 3]), self.view.things)
        assertConverged(self.connection)

    def test_slots(self) -> None:
        """
        So it is where the fields are in slots, as C{attrs.define} makes them.
        """
        nest = Nest()
        view = give(self.connection, nest)
        nest.eggs.append(1)
        nest.bird = Nest([2], bird=Duck("swan"))
        with self.assertRaises(ZeroDivisionError), pbcopy.changing(nest):
            nest.eggs = [3]
            del nest.bird
            nest.eggs[1 // 0] = 3
        nest.secret = 3
        nest.bird.eggs[:] = [4, 5]
        self.connection.deliver()
        self.assertEqual([1], view.eggs)
        self.assertEqual([4, 5], view.bird.eggs)
        self.assertEqual("swan", view.bird.bird.name)
        self.assertFalse(hasattr(view, "secret"))
        assertConverged(self.connection)
        self.assertEqual([1], pickle.loads(pickle.dumps(nest)).eggs)
        copied = copy.deepcopy(nest)
        copied.eggs.append(2)
        self.assertEqual(([1], [1, 2]), (nest.eggs, copied.eggs))

    def test_identity(self) -> None:
        """
        What is at two places is one object, and changes once.
        """
        swan = self.pond.ducks[0]
        self.pond.named["first"] = swan
        swan.friend = swan
        self.connection.deliver()
        heard = told(self.view)
        swan.name = "black swan"
        self.connection.deliver()
        self.assertIs(self.view.ducks[0], self.view.named["first"])
        self.assertIs(self.view.ducks[0], self.view.ducks[0].friend)
        self.assertEqual(1, len(heard))

    def test_moved(self) -> None:
        """
        An object that is moved in a block stays the same object.
        """
        swan = self.view.ducks[0]
        with pbcopy.changing(self.pond):
            self.pond.named["x"] = self.pond.ducks.pop(0)
        self.connection.deliver()
        self.assertIs(swan, self.view.named["x"])

    def test_equal(self) -> None:
        """
        An equal value is no change, and nothing is sent.
        """
        heard = told(self.view)
        self.pond.colour = "green"
        self.pond.named = {}
        self.pond.tags |= set()
        self.connection.deliver()
        self.assertEqual([], heard)

    def test_atOnce(self) -> None:
        """
        A change precedes a later call on the same connection.
        """
        seen: list[Any] = []
        view = self.view

        class Look(pbcopy.pb.Referenceable):
            def remote_look(self) -> None:
                seen.append(view.colour)

        self.connection.client.setNameForLocal("look", Look())
        self.pond.colour = "blue"
        look = self.connection.server.remoteForName("look")
        self.pond.colour = "red"
        resultOf(self.connection, look.callRemote("look"))
        self.assertEqual(["red"], seen)

    def test_manyObservers(self) -> None:
        """
        All clients get a change, also after one of them is gone.
        """
        others = [meet() for _ in range(3)]
        views = [give(each, self.pond) for each in others]
        self.pond.ducks.pop()
        others[0].cut()
        self.pond.colour = "blue"
        for each in others[1:]:
            each.deliver()
            assertConverged(each)
        self.assertEqual(["blue"] * 2, [view.colour for view in views[1:]])

    def test_forgotten(self) -> None:
        """
        Nothing is left of a master whose clients are gone.
        """
        self.connection.cut()
        endTurn()
        self.assertNotIn(
            self.pond, [each.lens.master for each in _sharing._audiences.values()]
        )

    def test_dropped(self) -> None:
        """
        A replica that is dropped is not updated any more, and can be fetched again.
        """
        self.view = None
        gc.collect()
        self.connection.deliver()
        self.pond.colour = "blue"
        self.connection.deliver()
        self.assertEqual("blue", give(self.connection, self.pond).colour)

    def test_joinsWhileTold(self) -> None:
        """
        Where telling one master's observers of a change sends the state of another
        one that has it, too, that state's replica does not take the change twice.
        """
        lake = Pond(things=[])
        self.pond.things = lake.things
        other = meet()
        lakeView = give(other, lake)
        lake.things.append(lake)
        for each in (self.connection, other):
            each.deliver()
        self.assertEqual([lakeView], lakeView.things)
        [sameLake] = self.view.things
        self.assertEqual([sameLake], sameLake.things)

    def test_stale(self) -> None:
        """
        A delta that does not follow makes the replica stale, and a fresh state
        comes.  What was there stays the same object.
        """
        swan, ducks = self.view.ducks[0], self.view.ducks
        (audience,) = [
            each
            for each in _sharing._audiences.values()
            if each.lens.master is self.pond
        ]
        kinds: list[Any] = []
        pbcopy.onStatus(self.view, lambda view, status: kinds.append(status.kind.value))
        audience.lens.version += 1
        self.pond.colour = "blue"
        self.connection.deliver()
        self.assertEqual(["stale", "live"], kinds)
        self.assertEqual("blue", self.view.colour)
        self.assertIs(ducks, self.view.ducks)
        self.assertIs(swan, self.view.ducks[0])
        self.assertEqual(1, len(self.flushLoggedErrors()))

    def test_staleOften(self) -> None:
        """
        However often that happens, a fresh state comes, if the last one has helped.
        """
        (audience,) = [
            each
            for each in _sharing._audiences.values()
            if each.lens.master is self.pond
        ]
        for at in range(10):
            audience.lens.version += 1
            self.pond.depth = float(at)
            self.connection.deliver()
            self.assertTrue(pbcopy.statusOf(self.view).isLive)
            self.assertEqual(at, self.view.depth)
        self.assertEqual(10, len(self.flushLoggedErrors()))

    def test_cannotBeSentAgain(self) -> None:
        """
        Where a fresh state cannot be sent, each change tries again, and the same
        reason is logged once.
        """
        self.pond.things = ["\ud800"]
        self.connection.deliver()
        count = len(self.flushLoggedErrors())
        for colour in ("blue", "red"):
            self.pond.colour = colour
            self.connection.deliver()
        self.assertEqual("green", self.view.colour)
        self.assertFalse(pbcopy.statusOf(self.view).isLive)
        self.assertEqual((2, 0), (count, len(self.flushLoggedErrors())))
        self.pond.things = None
        self.connection.deliver()
        self.assertTrue(pbcopy.statusOf(self.view).isLive)
        self.assertEqual("red", self.view.colour)

    def test_sentAgainAfterABlock(self) -> None:
        """
        A fresh state that is asked for in a block comes when that has ended.
        """
        with pbcopy.changing(self.pond):
            self.pond.colour = "blue"
            hubOf(self.connection.client).askFresh(1, "why not")
            self.connection.deliver()
            self.assertFalse(pbcopy.statusOf(self.view).isLive)
        self.connection.deliver()
        self.assertEqual("blue", self.view.colour)
        self.assertTrue(pbcopy.statusOf(self.view).isLive)
        self.flushLoggedErrors()

    def test_waitingIsForgotten(self) -> None:
        """
        Who waits for a change is forgotten with its connection.
        """
        self.pond.things = ["\ud800"]
        self.connection.deliver()
        self.connection.cut()
        endTurn()
        self.flushLoggedErrors()
        masters = [each.lens.master for each in _sharing._audiences.values()]
        self.assertNotIn(self.pond, masters)

    def test_lateMeeting(self) -> None:
        """
        Peers that meet by their first object get the packed state after it.
        """
        connection = meet(isMet=False)
        view = give(connection, self.pond)
        self.pond.ducks.append(Duck("coot"))
        connection.deliver()
        self.assertEqual(3, len(view.ducks))
        self.assertRaises(pbcopy.ReadOnlyReplica, view.ducks.clear)


class BlockTests(SynchronousTestCase):
    """
    Tests for what a block sends.
    """

    def setUp(self) -> None:
        self.pond, self.lake = Pond(ducks=[Duck("swan")]), Pond()
        self.connection = meet()
        self.views = [give(self.connection, each) for each in (self.pond, self.lake)]

    def test_asOne(self) -> None:
        """
        What is changed in a block comes as one, in two objects, too: whoever is
        told of the first has both.
        """
        pond, lake = self.views
        seen: list[Any] = []
        pond.subscribe(lambda changes: seen.append((len(changes), len(lake.ducks))))
        with pbcopy.changing(self.pond, self.lake):
            self.lake.ducks.append(self.pond.ducks.pop())
            self.pond.colour = "blue"
            self.pond.colour = "red"
            self.connection.deliver()
            self.assertEqual([], seen)
        self.connection.deliver()
        self.assertEqual([(2, 1)], seen)
        assertConverged(self.connection)

    def test_raises(self) -> None:
        """
        If a block raises, nothing leaves, and the master is as it was.
        """
        heard = told(self.views[0])
        swan = self.pond.ducks[0]

        def change() -> None:
            with pbcopy.changing(self.pond):
                self.pond.colour = "blue"
                self.pond.ducks.clear()
                swan.name = "goose"
                raise ValueError

        self.assertRaises(ValueError, change)
        self.connection.deliver()
        self.assertEqual([], heard)
        self.assertEqual("green", self.pond.colour)
        self.assertEqual([swan], self.pond.ducks)
        self.assertEqual("swan", swan.name)
        self.pond.ducks.append(swan)
        assertConverged(self.settled())

    def settled(self) -> Any:
        """
        Give the connection, where all has arrived.
        """
        self.connection.deliver()
        return self.connection

    def test_another(self) -> None:
        """
        What is no master of the block is sent at once.
        """
        with pbcopy.changing(self.pond):
            self.lake.colour = "blue"
            self.connection.deliver()
            self.assertEqual("blue", self.views[1].colour)

    def test_notFetched(self) -> None:
        """
        A master that is being changed cannot be fetched.
        """
        with pbcopy.changing(self.pond):
            error = self.assertRaises(Unsendable, give, meet(), self.pond)
        self.assertIn("being changed", str(error))
        self.assertEqual("green", give(meet(), self.pond).colour)

    def test_firstDropped(self) -> None:
        """
        A replica that was dropped does not keep another one from what a block has
        changed in both.
        """
        view = self.views.pop()
        self.views.clear()
        gc.collect()
        with pbcopy.changing(self.pond, self.lake):
            self.pond.colour = self.lake.colour = "blue"
        self.connection.deliver()
        self.assertEqual("blue", view.colour)

    def test_transient(self) -> None:
        """
        What is put in and taken out in one block is never sent.
        """
        heard = told(self.views[0])
        with pbcopy.changing(self.pond):
            duck = Duck("coot")
            self.pond.ducks.append(duck)
            self.pond.ducks.remove(duck)
        self.connection.deliver()
        self.assertEqual([], heard)

    def test_joinsWhileTold(self) -> None:
        """
        Where two blocks end at once, a state that is sent with what one did is not
        sent again what the other did.
        """
        pond, lake, other = Pond(), Pond(things=[]), meet()
        view, lakeView = give(self.connection, pond), give(other, lake)
        with pbcopy.changing(pond):
            with pbcopy.changing(pond, lake):
                lake.things.append(1)
            pond.things = lake
        for each in (self.connection, other):
            each.deliver()
        self.assertEqual([[1], [1]], [view.things.things, lakeView.things])

    def test_movedIntoNew(self) -> None:
        """
        What a block changes, and moves into something new, arrives changed.
        """
        duck = self.pond.ducks[0]
        with pbcopy.changing(self.pond):
            duck.name = "goose"
            self.pond.ducks.clear()
            self.pond.things = {"moved": [duck]}
        self.connection.deliver()
        self.assertEqual("goose", self.views[0].things["moved"][0].name)


class ViewersTests(SynchronousTestCase):
    """
    Tests for fields that some perspectives see.
    """

    def setUp(self) -> None:
        self.patch(sharedponds, "SEERS", {"owner"})
        self.pond = Pond(ducks=[Duck("swan", secret="s")], plan=["hidden"])
        self.connection = meet()
        self.owner = give(self.connection, self.pond, "owner")
        self.other = give(self.connection, self.pond, "other")

    def test_state(self) -> None:
        """
        A field is in the state of those who may see it.
        """
        self.assertEqual(["hidden"], self.owner.plan)
        self.assertEqual("s", self.owner.ducks[0].secret)
        self.assertNotIn("plan", vars(self.other))
        self.assertNotIn("secret", vars(self.other.ducks[0]))

    def test_types(self) -> None:
        """
        The types of a field are told to those who may see it.
        """
        for who, count in (("owner", 7), ("other", 6)):
            lens = Lens(self.pond, who, lambda operation: None)
            _, shapes, _, _, _, _, types = msgspec.msgpack.decode(lens.state()[0])
            self.assertEqual([count, count - 2], [len(each) for each in types])
            self.assertEqual([count, count - 2], [len(each) - 1 for each in shapes])

    def test_delta(self) -> None:
        """
        A change of one is sent to those who may see it, and the others get no
        version for it.
        """
        heard = told(self.other)
        self.pond.plan.append("more")
        self.pond.ducks[0].secret = "t"
        self.pond.colour = "blue"
        self.connection.deliver()
        self.assertEqual(["hidden", "more"], self.owner.plan)
        self.assertEqual("t", self.owner.ducks[0].secret)
        self.assertEqual([["PondView.colour changed 'green' to 'blue'"]], heard)
        self.assertTrue(pbcopy.statusOf(self.other).isLive)

    def test_rightsChange(self) -> None:
        """
        When the master says so, values appear and vanish, and both are told.
        """
        owner, other = told(self.owner), told(self.other)
        sharedponds.SEERS = {"other"}
        pbcopy.viewersChanged(self.pond)
        self.connection.deliver()
        self.assertNotIn("plan", vars(self.owner))
        self.assertEqual(["hidden"], self.other.plan)
        self.assertEqual("s", self.other.ducks[0].secret)
        self.assertEqual("PondView.plan removed ['hidden']", owner[0][0])
        self.assertEqual(1, len(other))
        self.pond.plan.append("more")
        self.connection.deliver()
        self.assertEqual(["hidden", "more"], self.other.plan)

    def test_rightsChangeInBlock(self) -> None:
        """
        What a block deletes, or sets, while it takes or gives the right to see it,
        is told as what that comes to.
        """
        self.pond.ducks.append(Duck("goose", secret="old"))
        self.connection.deliver()
        owner, other = told(self.owner), told(self.other)
        with pbcopy.changing(self.pond):
            sharedponds.SEERS = {"other"}
            del self.pond.plan
            del self.pond.ducks[0].secret
            self.pond.ducks[1].secret = "new"
            pbcopy.viewersChanged(self.pond)
        self.connection.deliver()
        self.assertNotIn("plan", vars(self.owner))
        for duck in self.owner.ducks:
            self.assertNotIn("secret", vars(duck))
        self.assertEqual([3], list(map(len, owner)))
        self.assertEqual("new", self.other.ducks[1].secret)
        self.assertEqual([["PondView.ducks[1].secret added 'new'"]], other)

    def test_rightsChangeInBlockThatRaises(self) -> None:
        """
        Rights are not the block's: they have changed, also if it raises.
        """

        def change() -> None:
            with pbcopy.changing(self.pond):
                self.pond.plan = ["newer"]
                sharedponds.SEERS = {"other"}
                pbcopy.viewersChanged(self.pond)
                raise ValueError

        self.assertRaises(ValueError, change)
        self.connection.deliver()
        self.assertNotIn("plan", vars(self.owner))
        self.assertEqual(["hidden"], self.other.plan)

    def test_rightsChangeInNew(self) -> None:
        """
        A right to see changes for what moves by that into something new, too.
        """
        duck = self.pond.ducks.pop()
        self.pond.ducks.append(Duck("goose", friend=duck))
        self.pond.plan = [[duck]]
        sharedponds.SEERS = {"owner", "other"}
        with pbcopy.changing(self.pond):
            self.pond.ducks.clear()
            pbcopy.viewersChanged(self.pond)
        self.connection.deliver()
        self.assertEqual("s", self.other.plan[0][0].secret)

    def test_namesAreNotTold(self) -> None:
        """
        Who comes when a field may not be seen any more is not told its name.
        """
        sharedponds.SEERS = {"other"}
        pbcopy.viewersChanged(self.pond)
        sharedponds.SEERS = set()
        pbcopy.viewersChanged(self.pond)
        for audience in _sharing._audiences.values():
            if audience.lens.master is self.pond:
                packed, _ = audience.lens.state()
                self.assertNotIn(b"plan", packed)
                self.assertNotIn(b"secret", packed)
        self.pond.colour = "blue"
        view = give(meet(), self.pond, "other")
        self.assertEqual("blue", view.colour)

    def test_failing(self) -> None:
        """
        What cannot be told may not be seen.
        """

        class Unhashable:
            __hash__ = None  # type: ignore[assignment]

        view = give(meet(), self.pond, Unhashable())
        self.assertNotIn("plan", vars(view))
        self.assertNotEqual([], self.flushLoggedErrors(TypeError))

    def test_noMaster(self) -> None:
        """
        An object that is not shared has no viewers.
        """
        self.assertRaises(RegistrationError, pbcopy.viewersChanged, object())


class BytesTests(SynchronousTestCase):
    """
    Tests for how much is sent.
    """

    def setUp(self) -> None:
        self.pond = Pond(ducks=[Duck(f"duck {at}") for at in range(1000)])
        self.connection = meet()
        self.view = give(self.connection, self.pond)
        self.connection.deliver()

    def sent(self) -> int:
        """
        Give the number of bytes that wait at the server, and deliver them.
        """
        data = self.connection.fromServer.take(None)
        self.connection.server.transport.write(data)
        self.connection.deliver()
        return len(data)

    def test_oneField(self) -> None:
        """
        One field that changes among 1,000 objects takes less than 120 bytes.
        """
        self.pond.ducks[500].name = "swan"
        self.assertLess(self.sent(), 120)
        self.assertEqual("swan", self.view.ducks[500].name)

    def test_oneAppended(self) -> None:
        """
        So does one object that is appended.
        """
        self.pond.ducks.append(Duck("swan"))
        self.assertLess(self.sent(), 120)
        self.assertEqual("swan", self.view.ducks[-1].name)
