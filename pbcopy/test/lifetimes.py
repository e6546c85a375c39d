# -*- test-case-name: pbcopy.test.test_lifetimes -*-
"""
A Hypothesis state machine that looks for a history after which a replica is
wrong, or somebody is forgotten.

Masters that refer to each other are sent over up to five connections, with
pbcopy or stock flavors at each end.  They change, they are dropped and sent
again, hooks raise, messages are refused, and connections are cut, while bytes
arrive in an order that a seed decides.
"""

from __future__ import annotations

import gc
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy.pb
from pbcopy import StatusKind, _answers, _envelope, _pieces, _publication, statusOf
from pbcopy._slotof import slots
from pbcopy.errors import Unsendable, Violation
from pbcopy.test.freezing import freeze
from pbcopy.test.holders import Client, Kind, Shape
from pbcopy.test.masters import (
    Pond,
    Pool,
    Trouble,
    Viewer,
    reached,
    register,
    require,
    troubles,
)
from pbcopy.testing import Network

CONNECTIONS = 5
PONDS = 4
MANY = 1_000_000
"""More ducks than there are in a history."""
MUD = bytes(900)
"""More than goes in one message, with the pieces as small as L{run} makes them."""

HOOKS = ["getState", "setCopyableState", "observe", "stoppedObserving"]
LOGGED = (Trouble, InsecureJelly, Violation, Unsendable, AttributeError)
"""What may be logged: what this machine has done."""

# All is chosen by number: Hypothesis keeps what it has drawn, and a replica that
# it keeps is not dropped.
WHO = st.integers(0, CONNECTIONS - 1)
WHICH = st.integers(0, 11)
SHAPE = st.sampled_from(Shape)
BAD = st.sampled_from(["", "", "", "before", "after", "unsendable"])


class Lifetimes(RuleBasedStateMachine):
    """
    Some masters, and clients that fetch, drop and see change.

    @cvar kinds: which flavors there may be at the ends of a connection.
    """

    case: SynchronousTestCase
    kinds: list[Kind]

    @initialize(seed=st.integers(0, 2**16), ponds=st.integers(1, 3))
    def begin(self, seed: int, ponds: int) -> None:
        """
        There are some ponds and a pool, and nobody is connected.
        """
        # The collector runs at each rest; it need not look at what is there already,
        # such as all that Hypothesis knows of the histories before.
        gc.freeze()
        troubles.armed.clear()
        self.before = set(slots.values())
        self.network = Network(seed)
        self.masters: list[Any] = [Pool(0), *(Pond(n + 1) for n in range(ponds))]
        self.shared = [Viewer(False, onlyEven=False), Viewer(False, onlyEven=True)]
        self.clients: list[Client] = []
        self.wasTrouble = False
        self.wasLoop = False
        self.ducks = 100

    @property
    def ponds(self) -> list[Pond]:
        """
        The masters of pbcopy's flavors.
        """
        return self.masters[1:]

    def client(self, who: int) -> Client | None:
        """
        Choose one of the clients that are connected.
        """
        able = [each for each in self.clients if not each.connection.lost]
        return able[who % len(able)] if able else None

    def pond(self, which: int) -> Pond:
        """
        Choose a pond.
        """
        return self.ponds[which % len(self.ponds)]

    def numbers(self, client: Client, which: int, other: int) -> list[int]:
        """
        Choose one master or two that a client can be sent.  A stock one loses its
        count where something else in its message fails, so it goes alone.
        """
        if client.kind is Kind.STOCK_SERVER:
            return [0]
        least = 1 if client.kind is Kind.STOCK_CLIENT else 0
        count = len(self.masters) - least
        number = least + which % count
        if not number or other % 2:
            return [number]
        return [number, self.pond(other // 2).number]

    def newDuck(self) -> int:
        """
        Give a duck that nobody has.
        """
        self.ducks += 1
        return self.ducks

    @precondition(lambda self: len(self.clients) < CONNECTIONS)
    @rule(which=WHICH, introduces=st.booleans(), own=st.booleans())
    def join(self, which: int, introduces: bool, own: bool) -> None:
        """
        A client connects.  It looks with two pairs of eyes.
        """
        kind = self.kinds[which % len(self.kinds)]
        isPlain = kind is Kind.STOCK_CLIENT
        viewers = [Viewer(isPlain, False), Viewer(isPlain, True)]
        if not own and not isPlain:
            viewers = self.shared
        client = Client(self.network, kind, viewers, self.masters, introduces)
        self.clients.append(client)

    @precondition(lambda self: self.clients)
    @rule(
        isAnswer=st.booleans(),
        who=WHO,
        at=st.integers(0, 1),
        shape=SHAPE,
        which=WHICH,
        other=WHICH,
        bad=BAD,
    )
    def send(
        self,
        isAnswer: bool,
        who: int,
        at: int,
        shape: Shape,
        which: int,
        other: int,
        bad: str,
    ) -> None:
        """
        A client asks for masters, or is given some.
        """
        client = self.client(who)
        if client is None:
            return
        numbers = self.numbers(client, which, other)
        # As with stock flavors, a bad answer costs the connection then.
        isUnpacked = not getattr(stock.PBServerFactory, "packing", True)
        if numbers == [0] or not client.hasMet() or (isUnpacked and isAnswer):
            # What a stock peer, or one that may be stock, cannot make good.
            bad = ""
        send = client.fetch if isAnswer else client.take
        send(0 if numbers == [0] else at, shape, numbers, bad)

    @precondition(lambda self: self.clients)
    @rule(
        who=WHO,
        at=st.integers(0, 1),
        shape=SHAPE,
        which=WHICH,
        other=WHICH,
        drops=st.booleans(),
    )
    def give(
        self, who: int, at: int, shape: Shape, which: int, other: int, drops: bool
    ) -> None:
        """
        A client sends home what it has, and perhaps drops that at once.
        """
        client = self.client(who)
        views = client.views() if client is not None else []
        if client is not None and views:
            chosen = [views[which % len(views)], views[other % len(views)]]
            client.give(at, shape, chosen)
            if drops:
                client.held.clear()

    @precondition(lambda self: self.clients)
    @rule(who=WHO, at=st.integers(0, 1), which=WHICH)
    def bounce(self, who: int, at: int, which: int) -> None:
        """
        A client is given a master, and gives it back in its answer.
        """
        client = self.client(who)
        if client is not None and client.isPbcopy:
            client.bounce(at, self.pond(which).number)

    @precondition(lambda self: self.clients)
    @rule(who=WHO, which=st.none() | WHICH)
    def drop(self, who: int, which: int | None) -> None:
        """
        A client drops what it holds, or some of it.
        """
        client = self.client(who)
        if client is not None and client.held:
            if which is None:
                client.held.clear()
            else:
                del client.held[which % len(client.held)]
            gc.collect()

    @precondition(lambda self: len(self.ponds) < PONDS)
    @rule(which=WHICH)
    def dig(self, which: int) -> None:
        """
        There is one pond more, and another one refers to it.
        """
        pond, neighbour = Pond(len(self.masters)), self.pond(which)
        self.masters.append(pond)
        neighbour.link(pond)

    @rule(which=WHICH)
    def add(self, which: int) -> None:
        """
        A master has a duck more.
        """
        self.masters[which % len(self.masters)].add(self.newDuck())

    @rule(which=WHICH, duck=WHICH, replaced=st.booleans())
    def remove(self, which: int, duck: int, replaced: bool) -> None:
        """
        A pond loses a duck, or has another one in its place.
        """
        pond = self.pond(which)
        if pond.ducks:
            gone = pond.ducks[duck % len(pond.ducks)]
            if replaced:
                pond.replace(gone, gone + MANY)
            else:
                pond.remove(gone)

    @rule(which=WHICH, mud=st.sampled_from([b"", MUD]))
    def reset(self, which: int, mud: bytes) -> None:
        """
        A pond becomes quite another one.
        """
        self.pond(which).reset(mud)

    @rule(which=WHICH, other=st.none() | WHICH)
    def link(self, which: int, other: int | None) -> None:
        """
        A pond refers to another one, or to the last one no more.
        """
        pond = self.pond(which)
        if other is not None:
            neighbour = self.pond(other)
            self.wasLoop = self.wasLoop or pond in reached([neighbour])
            pond.link(neighbour)
        elif pond.neighbours:
            pond.unlink()

    @rule(which=WHICH, how=st.sampled_from(["unsendable", "refused", "noSuchMethod"]))
    def fumble(self, which: int, how: str) -> None:
        """
        A pond changes, and its observers cannot be told.
        """
        self.pond(which).fumble(self.newDuck(), how)

    @rule(hook=st.sampled_from(HOOKS), count=st.sampled_from([1, 1, 2, 6]))
    def trouble(self, hook: str, count: int) -> None:
        """
        A hook is to raise, the next time or more often.
        """
        troubles.armed[hook] = count
        self.wasTrouble = True

    @precondition(lambda self: self.clients)
    @rule(who=WHO, fromServer=st.booleans(), what=st.integers(0, 3))
    def hinder(self, who: int, fromServer: bool, what: int) -> None:
        """
        One direction of a connection stops, or is slow or late, or no more.
        """
        client = self.client(who)
        if client is not None:
            side = client.connection.sides[fromServer]
            side.held = what == 1
            side.rate = 7 if what == 2 else None
            side.delay = 9 if what == 3 else 0

    @rule(count=st.sampled_from([1, 5, 30, 200]))
    def step(self, count: int) -> None:
        """
        Some bytes arrive.
        """
        for _ in range(count):
            self.network.step()

    @precondition(lambda self: self.clients)
    @rule(who=WHO, fromServer=st.booleans(), count=st.integers(0, 400))
    def cut(self, who: int, fromServer: bool, count: int) -> None:
        """
        A connection is to be lost after so many bytes.
        """
        client = self.client(who)
        if client is not None:
            client.mayBeLost = True
            if count:
                client.connection.sides[fromServer].cutAfter(count)
            else:
                client.connection.cut()

    @rule(audit=st.booleans())
    def settle(self, audit: bool) -> None:
        """
        When all has arrived, each live replica equals its master, and the tables
        have what is held.  When hooks raise no more, all are live.
        """
        self.rest()
        self.checkAll()
        self.heal()
        self.checkAll()
        self.checkObservers()
        if audit:
            self.network.assertConverged()
            self.rest()
            self.checkObservers()
        self.wasTrouble = False
        for client in self.clients:
            client.isHurt = False

    def rest(self) -> None:
        """
        Have all arrive that is under way, and take leave of who is lost.
        """
        for client in self.clients:
            for side in client.connection.sides:
                side.held, side.rate, side.delay = False, None, 0
        self.network.settle()
        # The logged traceback of what was refused has the arguments.
        self.flush()
        for client in self.clients:
            self.checkFailures(client)
        self.network.collect()
        for client in self.clients.copy():
            require(not client.unanswered, client.unanswered)
            if client.connection.lost:
                self.leave(client)
        self.network.collect()
        self.flush()

    def flush(self) -> None:
        """
        Look at what was logged.
        """
        for failure in self.case.flushLoggedErrors():
            isHurt = self.wasTrouble or any(each.isHurt for each in self.clients)
            # An update of what was lost with its message.
            expected = (*LOGGED, KeyError) if isHurt else LOGGED
            require(failure.check(*expected), failure)

    def leave(self, client: Client) -> None:
        """
        Take leave of a client whose connection is lost.
        """
        require(client.mayBeLost, client.connection, client.connection.reason)
        if client.kind is not Kind.STOCK_CLIENT:
            for view in client.views():
                require(statusOf(view).kind is StatusKind.CLOSED, statusOf(view))
        client.held.clear()
        self.clients.remove(client)

    def checkFailures(self, client: Client) -> None:
        """
        Check that a call has failed for a reason.
        """
        for failure, bad in client.failures:
            expected: list[Any] = []
            if client.connection.lost:
                expected += [stock.PBConnectionLost, stock.DeadReferenceError]
            if bad:
                expected += [InsecureJelly, Unsendable]
            if client.isPbcopy and self.wasTrouble:
                expected += [Trouble]
            if client.isPbcopy and (self.wasTrouble or self.wasLoop or client.isHurt):
                # A mention that was under way when the state before it was lost, or
                # when a cycle was dropped.
                expected += [Violation]
                # Or one that was to be sent in the turn in which that failed.
                if "has just failed" in failure.getErrorMessage():
                    expected += [Unsendable]
            require(failure.check(*expected), failure, client.kind, bad)
        client.failures.clear()

    def heal(self) -> None:
        """
        Have no hook raise any more.  Each replica is live after the next update,
        or, where its master could not give it a state, after the next mention.
        """
        troubles.armed.clear()
        for master in self.masters:
            # Not everybody sees an odd one.
            master.add(self.newDuck())
            master.add(self.newDuck())
        self.rest()
        if self.wasTrouble:
            for client in self.clients:
                if client.isPbcopy:
                    self.mention(client)
            self.rest()
        for client in self.clients:
            if client.kind is not Kind.STOCK_CLIENT:
                for view in client.views():
                    require(statusOf(view).isLive, statusOf(view), view.number)

    def mention(self, client: Client) -> None:
        """
        Mention each replica that is stale.
        """
        names = [viewer.name for viewer in client.viewers]
        stale = [view for view in client.views() if not statusOf(view).isLive]
        for view in stale:
            client.take(names.index(view.viewer), Shape.ALONE, [view.number])

    def checkAll(self) -> None:
        """
        Check what each client holds, and what is remembered of it.
        """
        count = 0
        for client in self.clients:
            views = client.views()
            for view in views:
                self.check(client, view)
            client.checkTables()
            if client.kind is not Kind.STOCK_CLIENT:
                require(len(views) == len(client.places()), views)
                count += len(views)
        require(len(set(slots.values()) - self.before) == count, count, slots)
        require(not _answers._failing, _answers._failing)
        require(not _publication._renewing, _publication._renewing)
        for master in self.masters:
            require(not master.unanswered, master.unanswered)

    def check(self, client: Client, view: Any) -> None:
        """
        Check that a view that is live equals its master.
        """
        if client.kind is not Kind.STOCK_CLIENT:
            kind = statusOf(view).kind
            require(kind in (StatusKind.LIVE, StatusKind.STALE), kind, view)
            if kind is StatusKind.STALE:
                return
        master = self.masters[view.number]
        if view.viewer is None:
            require(view.ducks == master.ducks, view.ducks, master.ducks)
            return
        viewer = next(each for each in client.viewers if each.name == view.viewer)
        should = master.stateFor(viewer)
        neighbours = [each.number for each in should.pop("neighbours")]
        there = {name: getattr(view, name) for name in should}
        require(there == should, there, should)
        seen = [(each.number, each.viewer) for each in view.neighbours]
        require(seen == [(n, viewer.name) for n in neighbours], seen, neighbours)

    def checkObservers(self) -> None:
        """
        Check that each master knows who holds it, and that each observation that
        is over has ended once.
        """
        places = [n for client in self.clients for n, _ in client.places()]
        for master in self.masters:
            holders = places.count(master.number)
            open = len(master.opened) - len(master.stopped)
            require(holders == open == len(master.observers), holders, open)
            if isinstance(master, Pond):
                ends = [id(observer) for observer in master.stopped]
                require(len(set(ends)) == len(ends), ends)
                rest = {id(each) for each in master.opened} - set(ends)
                require(rest == {id(each) for each in master.observers}, rest)

    def teardown(self) -> None:
        """
        When all is dropped, nothing is left, while the connections are there and
        after they are lost.
        """
        if not hasattr(self, "network"):
            return
        self.settle(audit=True)
        for client in self.clients:
            client.held.clear()
        self.rest()
        self.checkAll()
        self.checkObservers()
        for client in self.clients:
            client.mayBeLost = True
            client.connection.cut()
        self.rest()
        require(not self.clients, self.clients)
        self.checkAll()
        self.checkObservers()


def run(case: SynchronousTestCase, kinds: list[Kind], examples: int) -> None:
    """
    Try many histories.

    @param kinds: which flavors there may be at the ends of a connection.
    @param examples: how many histories.
    """
    register(case)
    case.patch(_pieces, "PIECE", 256)
    case.patch(_pieces, "WINDOW", 2)
    case.patch(_envelope, "PIECE", 256)
    pbcopy.pb.setUnjellyableForException(Trouble)
    freeze()
    case.addCleanup(freeze)
    machine = type("Machine", (Lifetimes,), {"case": case, "kinds": kinds})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
