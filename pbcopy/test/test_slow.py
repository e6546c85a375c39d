# -*- test-case-name: pbcopy.test.test_slow -*-
"""
Tests for L{pbcopy._slow}.
"""

from __future__ import annotations

from typing import Any

import pbcopy
from pbcopy import _sharing, limits, pb, statusOf
from pbcopy.test.sharedponds import SEERS, Duck, Nest, Pond, Taker, give, meet
from pbcopy.test.waiting import WaitingTestCase, stopReading
from pbcopy.testing import Connection


class SlowTestCase(WaitingTestCase):
    """
    A pond, with one client that reads nothing for a while, and one that does.
    """

    kind = Pond
    fields = "colour", "depth", "tags"

    def setUp(self) -> None:
        """
        Give the pond to both.
        """
        super().setUp()
        self.slow, self.quick = self.connection, meet()
        self.other = give(self.quick, self.pond)

    def stop(self, connection: Connection | None = None) -> None:
        """
        Have a client read nothing, and the server know that it does not.
        """
        stopReading(connection or self.slow)
        self.pond.depth = -1.0
        self.deliver()

    def go(self) -> None:
        """
        Have it read again.
        """
        self.slow.fromServer.held = False
        self.deliver()

    def deliver(self) -> None:
        """
        Deliver what can be delivered.
        """
        self.slow.deliver()
        self.quick.deliver()

    def waiting(self) -> int:
        """
        Tell how many bytes wait to be read.
        """
        return len(self.slow.fromServer.outgoing)

    def assertSame(self) -> None:
        """
        Both have what the pond has.
        """
        self.deliver()
        for view in (self.view, self.other):
            self.assertAlike(view)


class MergedTests(SlowTestCase):
    """
    What changes while a peer takes nothing is merged.
    """

    def test_latest(self) -> None:
        """
        Of a field it gets the latest value, in one message; whoever reads gets
        each.
        """
        self.stop()
        before = self.waiting()
        seen: list[Any] = []
        self.other.subscribe(seen.append)
        for depth in range(1000):
            self.pond.depth = float(depth)
        self.assertEqual(before, self.waiting())
        self.quick.deliver()
        self.assertEqual(1000, len(seen))
        told: list[Any] = []
        self.view.subscribe(told.append)
        self.go()
        self.assertEqual([-1.0, 999.0], [change.new for (change,) in told])
        self.assertSame()

    def test_composed(self) -> None:
        """
        What is done to containers and parts is composed, and parts stay the
        objects that they are.
        """
        _, first = self.view.ducks
        self.stop()
        self.pond.ducks.append(Duck("third", eggs=[1]))
        self.pond.ducks[2].eggs += [2, 3]
        self.pond.ducks[1].age = 7
        self.pond.ducks[1].eggs.append(4)
        self.pond.ducks.insert(0, self.pond.ducks.pop())
        self.pond.tags |= {1, 2}
        self.pond.tags.discard(1)
        self.go()
        self.assertIs(first, self.view.ducks[2])
        self.assertSame()
        self.pond.ducks[2].eggs.append(5)
        self.pond.ducks[1].age = 8
        self.assertSame()

    def test_nothing(self) -> None:
        """
        If all is as it was, nothing is sent.
        """
        self.quick.cut()
        self.stop()
        before = self.waiting()
        self.pond.ducks.append(Duck("third"))
        del self.pond.ducks[2]
        self.slow.fromServer.held = False
        told: list[Any] = []
        self.view.subscribe(told.append)
        self.slow.deliver()
        self.assertEqual((before > 0, 1), (True, len(told)))
        self.pond.depth = 3.0
        self.slow.deliver()
        self.assertEqual(3.0, self.view.depth)

    def test_outAndIn(self) -> None:
        """
        A part that was taken out and put back is there once, and is updated.
        """
        self.stop()
        duck = self.pond.ducks.pop()
        duck.age = 9
        self.pond.ducks.append(duck)
        self.go()
        self.assertSame()
        duck.age = 10
        self.assertSame()

    def test_newcomer(self) -> None:
        """
        Who comes meanwhile gets the state, and all have the same at the end.
        """
        self.stop()
        self.pond.ducks.append(Duck("third"))
        late = meet()
        view = give(late, self.pond)
        self.pond.ducks[2].age = 5
        self.pond.things = [1]
        self.go()
        self.assertSame()
        late.deliver()
        self.assertEqual(5, view.ducks[2].age)
        self.pond.ducks[2].age = 6
        self.assertSame()

    def test_newcomerAmongTheSlow(self) -> None:
        """
        One that comes while all others read nothing has a state that is ahead of what
        they have, and goes on from that.
        """
        self.quick.cut()
        self.stop()
        self.pond.depth = 1.0
        self.quick = meet()
        self.other = give(self.quick, self.pond)
        heard: list[Any] = []
        pbcopy.onStatus(self.other, lambda replica, status: heard.append(status))
        self.go()
        self.assertSame()
        self.pond.depth = 3.0
        self.assertSame()
        self.assertEqual([], heard)

    def test_oneAfterTheOther(self) -> None:
        """
        Two that have read nothing, one of them for longer, are brought up to date one
        after the other, and both go on from there.
        """
        self.stop()
        self.pond.depth = 1.0
        self.stop(self.quick)
        self.pond.depth = 2.0
        heard: list[Any] = []
        for view in (self.view, self.other):
            pbcopy.onStatus(view, lambda replica, status: heard.append(status))
        self.go()
        self.quick.fromServer.held = False
        self.assertSame()
        self.pond.depth = 3.0
        self.assertSame()
        self.assertEqual([], heard)

    def test_alone(self) -> None:
        """
        The others need not be there.
        """
        self.quick.cut()
        other = meet()
        view = give(other, self.pond)
        self.stop(other)
        self.stop()
        self.pond.ducks.append(Duck("third"))
        self.slow.fromServer.held = False
        self.slow.deliver()
        self.pond.ducks[2].age = 3
        other.fromServer.held = False
        for connection in (other, self.slow):
            connection.deliver()
        self.pond.ducks[2].age += 1
        for connection in (other, self.slow):
            connection.deliver()
        self.assertEqual([4, 4], [each.ducks[2].age for each in (view, self.view)])
        self.assertTrue(statusOf(view).isLive and statusOf(self.view).isLive)

    def test_block(self) -> None:
        """
        A block counts as its changes do, and one that is taken back as none.
        """
        self.stop()
        with pbcopy.changing(self.pond):
            self.pond.ducks.append(Duck("third"))
            self.pond.depth = 4.0
        with self.assertRaises(ZeroDivisionError), pbcopy.changing(self.pond):
            self.pond.ducks.clear()
            _ = 1 / 0
        self.go()
        self.assertSame()

    def test_goesOnInABlock(self) -> None:
        """
        If the peer reads again while a block is open, it is told when that ends.
        """
        self.stop()
        self.pond.depth = 3.0
        with pbcopy.changing(self.pond):
            self.pond.depth = 4.0
            self.go()
            self.assertEqual(-1.0, self.view.depth)
            self.pond.ducks[0].age = 2
        self.assertSame()

    def test_stopsInABlock(self) -> None:
        """
        If it stops while a block is open, it gets a fresh state.
        """
        nest = Nest()
        kept = [give(self.slow, nest)]
        with pbcopy.changing(self.pond):
            self.pond.depth = 4.0
            stopReading(self.slow)
            nest.eggs.append(1)
            self.pond.ducks[0].age = 2
        self.pond.ducks[0].age = 3
        self.go()
        self.assertSame()
        self.assertEqual([1], kept[0].eggs)

    def test_fullTwice(self) -> None:
        """
        If it stops anew before it was told what it has missed, it is told later.
        """
        nest = Nest()
        kept = [give(self.slow, nest)]
        self.stop()
        self.pond.depth = 4.0
        with pbcopy.changing(self.pond):
            self.go()
            self.slow.fromServer.held = True
            nest.eggs.append(1)
        self.assertTrue(self.waiting())
        self.go()
        self.assertSame()
        self.assertEqual([1], kept[0].eggs)

    def test_rights(self) -> None:
        """
        If others may see a field now, it gets a fresh state.
        """
        self.stop()
        self.pond.plan = "a secret"
        SEERS.add(None)
        self.addCleanup(SEERS.discard, None)
        pbcopy.viewersChanged(self.pond)
        self.pond.depth = 5.0
        self.go()
        self.assertSame()
        self.assertEqual(["a secret"] * 2, [self.view.plan, self.other.plan])

    def test_namesAreNotTold(self) -> None:
        """
        It is not told the names of fields that it could see for a while only, when
        it read nothing.
        """
        got: list[bytes] = []
        client: Any = self.slow.client
        received = client.dataReceived

        def taken(data: bytes) -> None:
            got.append(data)
            received(data)

        client.dataReceived = taken
        self.stop()
        SEERS.add(None)
        self.addCleanup(SEERS.discard, None)
        self.pond.ducks.append(Duck("third", secret="hidden"))
        self.pond.ducks.pop()
        SEERS.discard(None)
        self.pond.depth = 5.0
        self.go()
        self.assertSame()
        self.assertNotIn(b"secret", b"".join(got))
        SEERS.add(None)
        self.pond.ducks.append(Duck("third", secret="shown"))
        self.assertSame()
        self.assertEqual("shown", self.view.ducks[2].secret)


class BeforeTests(SlowTestCase):
    """
    What waits leaves before anything else.
    """

    def test_call(self) -> None:
        """
        A call does not overtake a change.
        """
        seen: list[Any] = []

        class Table(pb.Referenceable):
            def remote_look(table) -> None:
                seen.append(self.view.depth)

        self.slow.client.setNameForLocal("table", Table())
        self.stop()
        self.pond.depth = 5.0
        table = self.slow.server.remoteForName("table")
        table.callRemote("look").addErrback(lambda failure: None)
        self.pond.depth = 6.0
        self.go()
        self.assertEqual([5.0], seen)
        self.assertSame()

    def test_masters(self) -> None:
        """
        What several masters have come to is told as one.
        """
        nest = Nest()
        view = give(self.slow, nest)
        seen: list[Any] = []
        for each in (view, self.view):
            each.subscribe(lambda _: seen.append((self.view.depth, *view.eggs)))
        self.stop()
        with pbcopy.changing(self.pond, nest):
            self.pond.depth = 5.0
            nest.eggs.append(1)
        self.pond.depth = 6.0
        self.go()
        self.assertEqual([(-1.0,), (6.0, 1), (6.0, 1)], seen)
        self.assertSame()


class LimitTests(SlowTestCase):
    """
    What is kept for a peer that takes nothing is bounded.
    """

    def test_fresh(self) -> None:
        """
        Where too much has changed, it gets a fresh state when it reads again.
        """
        self.patch(limits, "MAX_PENDING", 50)
        self.stop()
        before = self.waiting()
        for number in range(100):
            self.pond.ducks.append(Duck(f"number {number}"))
            self.pond.ducks[-1].age = 1
        del self.pond.ducks[5:]
        for duck in self.pond.ducks:
            duck.eggs[:] = range(20)
        self.assertEqual(before, self.waiting())
        self.quick.deliver()
        self.go()
        self.assertSame()
        self.pond.ducks[0].age = 3
        self.assertSame()

    def test_toldBefore(self) -> None:
        """
        It is told that it misses something before anything else that it gets,
        and gets one fresh state, whatever is sent.
        """
        self.patch(limits, "MAX_PENDING", 5)
        self.slow.client.setNameForLocal("table", Taker())
        self.stop()
        kinds: list[Any] = []
        pbcopy.onStatus(self.view, lambda _, status: kinds.append(status.kind.name))
        self.pond.ducks[0].eggs += range(20)
        table = self.slow.server.remoteForName("table")
        for _ in range(50):
            table.callRemote("take", 1).addErrback(self.fail)
        self.assertLess(self.waiting(), 50 * 60 + 500)
        self.go()
        self.assertSame()
        self.assertEqual(["STALE", "LIVE"], kinds)


class LeavingTests(SlowTestCase):
    """
    Nothing is left of who has gone.
    """

    def test_lost(self) -> None:
        """
        A peer that is lost while it takes nothing is forgotten.
        """
        self.stop()
        self.pond.depth = 3.0
        self.slow.cut()
        self.pond.depth = 4.0
        self.quick.deliver()
        audiences = _sharing._audiences.values()
        mine = [each for each in audiences if each.lens.master is self.pond]
        self.assertEqual([[]], [each._slow.observers() for each in mine])
        self.assertEqual(4.0, self.other.depth)

    def test_dropped(self) -> None:
        """
        So is a replica that its holder drops.
        """
        self.stop()
        self.pond.depth = 3.0
        del self.view
        self.slow.collect()
        self.go()
        self.slow.collect()
        self.assertNotIn("serialize", vars(self.slow.server))
