# -*- test-case-name: pbcopy.test.test_coalescing -*-
"""
Tests for L{pbcopy._coalescing}.
"""

from __future__ import annotations

from typing import Any

from twisted.python.reflect import qual
from twisted.spread import jelly
from twisted.spread import pb as stock

import pbcopy
from pbcopy import _coalescing, _sharing, _turn, pb
from pbcopy._observer import RemoteCacheObserver
from pbcopy._publication import Publication
from pbcopy.test.pacedponds import Gauge, PacedPond
from pbcopy.test.sharedponds import SEERS, Duck, Nest, give, meet
from pbcopy.test.waiting import WaitingTestCase, stopReading
from pbcopy.testing import endTurn, useClock


class CoalescingTestCase(WaitingTestCase):
    """
    A pond, and a client that has it.
    """

    kind = PacedPond
    fields = "depth", "eggs", "deep", "wind", "colour", "plain"

    def setUp(self) -> None:
        """
        Give the pond, and count the messages of pbcopy's own.
        """
        endTurn()
        # Tests that ran before may have left some.
        self.patch(_coalescing, "_waiting", {})
        self.clock = useClock(self)
        self.told: list[tuple[Any, str]] = []
        tell, told = RemoteCacheObserver.tell, self.told

        def counted(observer: RemoteCacheObserver, name: str, *args: Any) -> Any:
            told.append((observer.cached, name))
            return tell(observer, name, *args)

        self.patch(RemoteCacheObserver, "tell", counted)
        super().setUp()
        endTurn()

    def assertNothingWaits(self) -> None:
        """
        Nothing is left anywhere.
        """
        self.assertEqual({}, _coalescing._waiting)
        self.assertEqual([], self.clock.getDelayedCalls())
        self.assertNotIn("serialize", vars(self.connection.server))

    def assertSame(self) -> None:
        """
        The client has what the pond has, and nothing waits.
        """
        self.connection.deliver()
        self.assertAlike(self.view)
        self.assertNothingWaits()


class LatestTests(CoalescingTestCase):
    """
    Of what waits for the end of the turn, the newest is told.
    """

    def test_many(self) -> None:
        """
        10,000 changes in one turn are one message to each observer.
        """
        others = [meet() for _ in range(3)]
        views = [give(each, self.pond) for each in others]
        heard: list[Any] = []
        self.view.subscribe(heard.append)
        for number in range(1, 10_001):
            self.pond.depth = float(number)
        self.assertEqual([], self.told)
        endTurn()
        self.assertEqual(4, len(self.told))
        self.assertSame()
        for each in others:
            each.deliver()
        self.assertEqual([10_000.0] * 3, [each.depth for each in views])
        self.assertEqual([[10_000.0]], [[c.new for c in each] for each in heard])

    def test_containers(self) -> None:
        """
        So is whatever is done to lists, dicts and parts, and each part stays the
        object that it is.
        """
        first = self.view.ducks[0]
        for number in range(200):
            self.pond.eggs.append(number)
        self.pond.deep = {"a": [1]}
        self.pond.deep["a"].append(2)
        del self.pond.eggs[3:]
        self.pond.ducks.reverse()
        self.pond.ducks.append(Duck("third"))
        self.pond.ducks[2].age = 3
        endTurn()
        self.assertEqual(1, len(self.told))
        self.assertSame()
        self.assertIs(first, self.view.ducks[1])
        self.pond.ducks[2].age = 4
        self.pond.deep["a"].append(3)
        endTurn()
        self.assertSame()

    def test_nothing(self) -> None:
        """
        If all is as it was, nothing is told.
        """
        before = self.pond.depth
        self.pond.depth = 3.0
        self.pond.ducks.append(Duck("third"))
        self.pond.depth = before
        self.pond.ducks.pop()
        endTurn()
        self.assertEqual([], self.told)
        self.assertSame()

    def test_eachTurn(self) -> None:
        """
        Each turn has its own message.
        """
        for depth in (1.0, 2.0):
            self.pond.depth = depth
            self.pond.depth += 0.5
            endTurn()
        self.assertEqual(2, len(self.told))
        self.assertSame()

    def test_other(self) -> None:
        """
        A change that may not wait leaves at once, with all that waits.
        """
        self.pond.depth = 1.0
        self.pond.colour = "brown"
        self.assertEqual(1, len(self.told))
        self.connection.deliver()
        self.assertEqual((1.0, "brown"), (self.view.depth, self.view.colour))
        self.pond.ducks[0].age = 5
        self.assertEqual(2, len(self.told))
        self.assertSame()

    def test_stock(self) -> None:
        """
        Who has Twisted's flavors is told of each field that has changed, once.
        """
        connection, calls = meet(isMet=False), list[Any]()

        class StockView(stock.RemoteCache):
            def observe_set(self, path: list[Any], value: Any) -> None:
                calls.append((path, value))

        tag = qual(PacedPond).encode("ascii")
        self.patch(jelly, "unjellyableRegistry", {**jelly.unjellyableRegistry})
        registry: Any = jelly.unjellyableRegistry
        registry[tag] = StockView
        self.patch(Publication, "_replica", lambda publication: "nobody has this")
        view = give(connection, self.pond)
        self.told.clear()
        for number in range(100):
            self.pond.depth = float(number)
            self.pond.eggs.append(number)
        endTurn()
        connection.deliver()
        self.assertEqual([(["depth"], 99.0), (["eggs"], [*range(100)])], calls)
        self.assertEqual(3, len(self.told))
        self.assertIsInstance(view, StockView)


class BoundTests(CoalescingTestCase):
    """
    What is kept meanwhile is bounded by what the client had.
    """

    def size(self) -> int:
        """
        Tell how many values are kept.
        """
        (waiting,) = _coalescing._waiting
        assert waiting._journal is not None
        return waiting._journal.size

    def test_cameAndWent(self) -> None:
        """
        What comes and goes meanwhile is not kept.
        """
        for number in range(100):
            self.pond.deep = {"a": [number]}
            self.pond.deep["a"].append(1)
            self.pond.ducks.append(Duck("third", eggs=[1]))
            self.pond.ducks[-1].age = number
            self.pond.ducks[-1].eggs.append(2)
            self.pond.ducks.pop()
        self.assertLess(self.size(), 20)
        endTurn()
        self.assertSame()

    def test_operations(self) -> None:
        """
        Nor is what is done to a list, where it has more values than that.
        """
        self.pond.eggs[:] = range(100)
        endTurn()
        for number in range(1000):
            self.pond.eggs.reverse()
            self.pond.eggs[5] = self.pond.eggs[90] = number
            self.assertLess(self.size(), 500)
        endTurn()
        self.assertSame()


class BeforeTests(CoalescingTestCase):
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

        self.connection.client.setNameForLocal("table", Table())
        table = self.connection.server.remoteForName("table")
        for depth in (1.0, 2.0):
            self.pond.depth = depth
            table.callRemote("look").addErrback(self.fail)
        self.assertSame()
        self.assertEqual([1.0, 2.0], seen)

    def test_masters(self) -> None:
        """
        Nor does a change of another master on the same connection.
        """
        nest, seen = Nest(), list[Any]()
        view = give(self.connection, nest)
        view.subscribe(lambda _: seen.append((self.view.depth, *view.eggs)))
        self.pond.depth = 4.0
        nest.eggs.append(1)
        self.assertSame()
        self.assertEqual([(4.0, 1)], seen)

    def test_perspectives(self) -> None:
        """
        Nor does one of the same master for other eyes on that connection.
        """
        other = give(self.connection, self.pond, "owner")
        self.told.clear()
        self.pond.depth = 4.0
        self.pond.secret = 5
        self.pond.plan = "a plan"
        self.assertSame()
        self.assertEqual((4.0, 5, "a plan"), (other.depth, other.secret, other.plan))

    def test_together(self) -> None:
        """
        What waits of several masters is one message, in their order.
        """
        ponds = [PacedPond() for _ in range(3)]
        views = [give(self.connection, each) for each in ponds]
        seen: list[Any] = []
        for each in views:
            each.subscribe(lambda _: seen.append([view.depth for view in views]))
        for each in ponds:
            each.depth = 1.0
        endTurn()
        self.assertEqual([(ponds[0], "pbcopy.delta")], self.told)
        self.assertSame()
        self.assertEqual([[1.0] * 3] * 3, seen)

    def test_newcomer(self) -> None:
        """
        Who comes while something waits has it, and hears of what comes later.
        """
        self.pond.ducks.append(Duck("third"))
        connection = meet()
        view = give(connection, self.pond)
        self.assertEqual(1, len(self.told))
        self.pond.ducks[2].age = 3
        endTurn()
        connection.deliver()
        self.assertEqual(3, view.ducks[2].age)
        self.assertSame()


class BlockTests(CoalescingTestCase):
    """
    A block is as it is.
    """

    def test_before(self) -> None:
        """
        What waits leaves when a block begins, and not what is in that.
        """
        self.pond.depth = 1.0
        with pbcopy.changing(self.pond):
            self.assertEqual(1, len(self.told))
            self.pond.depth = 2.0
            self.pond.colour = "brown"
            endTurn()
            self.assertEqual(1, len(self.told))
        self.assertEqual(2, len(self.told))
        self.assertSame()

    def test_after(self) -> None:
        """
        What comes after it waits for the end of the turn.
        """
        with pbcopy.changing(self.pond):
            self.pond.depth = 2.0
        for number in range(5):
            self.pond.depth = float(number)
        self.assertEqual(1, len(self.told))
        endTurn()
        self.assertEqual(2, len(self.told))
        self.assertSame()

    def test_takenBack(self) -> None:
        """
        One that is taken back leaves what was before it.
        """
        self.pond.depth = 1.0
        self.pond.eggs.append(1)
        with self.assertRaises(ZeroDivisionError), pbcopy.changing(self.pond):
            self.pond.depth = 2.0
            self.pond.eggs.append(2)
            _ = 1 / 0
        endTurn()
        self.assertEqual(1, len(self.told))
        self.assertEqual((1.0, [1]), (self.pond.depth, self.pond.eggs))
        self.assertSame()

    def test_another(self) -> None:
        """
        One of another master does not concern what waits.
        """
        with pbcopy.changing(Nest()):
            self.pond.depth = 1.0
            self.pond.depth = 2.0
            self.assertEqual([], self.told)
        endTurn()
        self.assertEqual(1, len(self.told))
        self.assertSame()


class ViewersTests(CoalescingTestCase):
    """
    What waits keeps to what its viewers may see.
    """

    def test_unseen(self) -> None:
        """
        What cannot be seen has nothing leave, and nothing wait.
        """
        self.pond.secret = 1
        self.assertNothingWaits()
        self.pond.depth = 1.0
        self.pond.plan = "hidden"
        self.assertEqual([], self.told)
        endTurn()
        self.assertEqual(1, len(self.told))
        self.assertSame()

    def test_appears(self) -> None:
        """
        When others may see a field, what waits leaves, with that.
        """
        self.addCleanup(SEERS.discard, None)
        self.pond.depth = 1.0
        self.pond.secret = 7
        SEERS.add(None)
        pbcopy.viewersChanged(self.pond)
        self.assertEqual(1, len(self.told))
        self.assertSame()
        self.assertEqual(7, self.view.secret)
        self.pond.secret = 8
        endTurn()
        self.assertSame()
        self.assertEqual(8, self.view.secret)
        self.pond.secret = "not for them"
        SEERS.discard(None)
        pbcopy.viewersChanged(self.pond)
        written = bytes(self.connection.fromServer.outgoing)
        self.assertNotIn(b"not for them", written)
        self.assertSame()
        self.assertFalse(hasattr(self.view, "secret"))


class SlowTests(CoalescingTestCase):
    """
    A peer that takes nothing gets what it has missed, too.
    """

    def test_slow(self) -> None:
        """
        It has all when it reads again, and the others do not wait for it.
        """
        other = meet()
        view = give(other, self.pond)
        side = stopReading(self.connection)
        for depth in (1.0, 2.0, 3.0):
            self.pond.depth = depth
            self.pond.eggs.append(int(depth))
            self.pond.ducks.append(Duck(f"number {depth}"))
            endTurn()
            other.deliver()
            self.assertEqual(depth, view.depth)
            self.pond.ducks[-1].age = 4
        self.pond.depth = 4.0
        side.held = False
        self.assertSame()
        self.pond.ducks[-1].age = 5
        self.pond.depth = 5.0
        endTurn()
        other.deliver()
        self.assertEqual((5, 5.0), (view.ducks[-1].age, view.depth))
        self.assertSame()

    def test_alone(self) -> None:
        """
        So it has if nobody else is there, and a call does not overtake.
        """
        taken: list[Any] = []

        class Table(pb.Referenceable):
            def remote_look(table) -> None:
                taken.append(self.view.depth)

        self.connection.client.setNameForLocal("table", Table())
        side = stopReading(self.connection)
        for depth in (1.0, 2.0):
            self.pond.depth = depth
            endTurn()
        self.pond.depth = 3.0
        table = self.connection.server.remoteForName("table")
        table.callRemote("look").addErrback(self.fail)
        self.pond.depth = 4.0
        side.held = False
        self.assertSame()
        self.assertEqual([3.0], taken)


class RateTests(CoalescingTestCase):
    """
    Of what has a rate, there are only so many messages a second.
    """

    def setUp(self) -> None:
        """
        Give a gauge, too.
        """
        super().setUp()
        self.gauge = Gauge()
        self.dial = give(self.connection, self.gauge)
        endTurn()
        self.told.clear()

    def test_rate(self) -> None:
        """
        The first change leaves with the end of the turn, the next ones when it is
        time, with the newest value.
        """
        seen: list[int] = []
        self.dial.subscribe(lambda _: seen.append(self.dial.level))
        for number in range(1, 39):
            self.gauge.level = number
            endTurn()
            self.connection.deliver()
            self.clock.advance(1 / 16)
        self.connection.deliver()
        self.assertEqual([1, *range(4, 37, 4)], seen)
        self.clock.advance(1)
        self.connection.deliver()
        self.assertEqual(38, seen[-1])
        self.assertEqual(11, len(seen))
        self.assertNothingWaits()
        self.clock.advance(0.25)
        self.gauge.marks["a"] = 1
        endTurn()
        self.assertEqual(12, len(self.told))
        self.assertSame()

    def test_sooner(self) -> None:
        """
        The least time counts, and what leaves takes all along.
        """
        self.gauge.level = 1
        endTurn()
        self.gauge.level = 2
        self.assertEqual(1, len(self.clock.getDelayedCalls()))
        self.gauge.newest = 3
        endTurn()
        self.connection.deliver()
        self.assertEqual((2, 3), (self.dial.level, self.dial.newest))
        self.assertNothingWaits()
        self.gauge.level = 4
        self.gauge.note = "now"
        self.connection.deliver()
        self.assertEqual((4, "now"), (self.dial.level, self.dial.note))
        self.assertNothingWaits()

    def test_reset(self) -> None:
        """
        A change that may wait less has the time be sooner.
        """

        @pbcopy.shared
        class Sea(pbcopy.Cacheable):
            slow: int = pbcopy.field(default=0, rate=1)
            quick: int = pbcopy.field(default=0, rate=10)

        @pbcopy.replicaOf(Sea)
        class SeaView(pbcopy.RemoteCache):
            slow: int
            quick: int

        sea = Sea()
        view = give(self.connection, sea)
        sea.slow = 1
        endTurn()
        self.told.clear()
        sea.slow = 2
        sea.quick = 2
        self.clock.advance(0.11)
        self.assertEqual(1, len(self.told))
        self.connection.deliver()
        self.assertEqual((2, 2), (view.slow, view.quick))
        self.assertNothingWaits()

    def test_early(self) -> None:
        """
        The end of a turn in which the journal was taken does not send the next
        one, which has to wait.
        """
        self.gauge.level = 1
        self.gauge.note = "now"
        self.gauge.level = 2
        endTurn()
        self.assertEqual(1, len(self.told))
        self.clock.advance(0.3)
        self.assertEqual(2, len(self.told))
        self.assertSame()

    def test_noReactor(self) -> None:
        """
        Without a reactor, the end of the turn is the time.
        """
        self.patch(_turn, "installed", lambda: None)
        for number in range(1, 5):
            self.gauge.level = number
            endTurn()
        self.assertEqual(4, len(self.told))

    def test_goes(self) -> None:
        """
        Who goes leaves no call behind.
        """
        self.gauge.level = 1
        endTurn()
        self.gauge.level = 2
        self.assertEqual(1, len(self.clock.getDelayedCalls()))
        self.connection.cut()
        endTurn()
        self.assertNothingWaits()
        audiences = _sharing._audiences.values()
        masters = [each.lens.master for each in audiences]
        self.assertFalse(any(each is self.gauge for each in masters))


class LeavingTests(CoalescingTestCase):
    """
    Nothing is left of who has gone.
    """

    def test_lost(self) -> None:
        """
        A connection that is lost while something waits is forgotten, and the
        others are told.
        """
        other = meet()
        view = give(other, self.pond)
        self.pond.depth = 1.0
        self.connection.cut()
        self.pond.depth = 2.0
        other.deliver()
        self.assertEqual(2.0, view.depth)
        self.assertNothingWaits()

    def test_dropped(self) -> None:
        """
        So is a replica that its holder drops.
        """
        del self.view
        self.pond.depth = 1.0
        self.connection.collect()
        self.pond.depth = 2.0
        self.connection.collect()
        self.assertNothingWaits()
