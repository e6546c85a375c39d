# -*- test-case-name: pbcopy.test.test_lifetimes -*-
"""
A Hypothesis state machine that looks for a history after which a replica is
wrong, or somebody is forgotten.

It fetches, changes and drops replicas over connections that deliver bit by bit
and are cut.
"""

from __future__ import annotations

import gc
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    precondition,
    rule,
    run_state_machine_as_test,
)
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy.pb
from pbcopy import StatusKind, statusOf
from pbcopy._slot import _slots
from pbcopy.errors import Violation
from pbcopy.test.ponds import Kit, register
from pbcopy.testing import Connection, connect

CONNECTIONS = 4
EXPECTED = (InsecureJelly, RuntimeError, KeyError)
"""What is logged: a KeyError for an update to an id whose state was lost."""
SIDE = st.sampled_from(["fromServer", "fromClient"])


def makePond(pb: Any) -> Any:
    """
    Define a pond on some flavors that counts its observations.
    """

    class Pond(pb.Cacheable):  # type: ignore[misc]
        def __init__(self) -> None:
            self.ducks: list[int] = []
            # Stock flavors give another observer to stoppedObserving.
            self.observers: dict[Any, Any] = {}
            self.opened = 0
            self.closed = 0
            self.isFailing = False

        def add(self, duck: int) -> None:
            self.ducks.append(duck)
            self.tell(duck)

        def tell(self, argument: Any) -> None:
            for observer in list(self.observers.values()):
                observer.callRemote("add", argument).addErrback(lambda failure: None)

        def getStateToCacheAndObserveFor(self, perspective: Any, o: Any) -> Any:
            assert o.broker not in self.observers
            self.observers[o.broker] = o
            self.opened += 1
            if self.isFailing:
                raise Trouble("the pond has no state")
            return {"ducks": self.ducks}

        def stoppedObserving(self, perspective: Any, observer: Any) -> None:
            del self.observers[observer.broker]
            self.closed += 1

    return Pond


class Trouble(RuntimeError):
    """
    What a hook raises when it is told to.
    """


class View(pbcopy.pb.RemoteCache):
    """
    A view whose hooks fail when they are told to.

    @cvar updatesFail: whether updates fail.
    @cvar statesFail: whether states do.
    """

    ducks: list[int]
    updatesFail = False
    statesFail = False

    def setCopyableState(self, state: Any) -> None:
        """
        Take the state, or fail.
        """
        if View.statesFail:
            raise Trouble("the view takes no state")
        super().setCopyableState(state)

    def observe_add(self, duck: int) -> None:
        """
        Take a duck, or fail.
        """
        if View.updatesFail:
            raise Trouble("the view takes no update")
        self.ducks.append(duck)


class Unknown(pbcopy.pb.Copyable):
    """
    What no client registers.
    """


class Table(stock.Referenceable):
    """
    A client's object that takes things, and keeps nothing.
    """

    def remote_take(self, *things: Any) -> None:
        """
        Take them.
        """


class Client:
    """
    A connection, and what its client holds.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.views: list[Any] = []
        self.unanswered = 0
        self.failures: list[Any] = []
        connection.client.setNameForLocal("table", Table())

    def lose(self, things: Any) -> None:
        """
        Be sent things of which one is refused.
        """
        table = self.connection.server.remoteForName("table")
        table.callRemote("take", *things).addErrback(lambda failure: None)

    def fetch(self, method: str) -> None:
        """
        Ask for the pond, and hold what comes.
        """
        self.unanswered += 1
        call = self.connection.root.callRemote(method)
        call.addCallbacks(self._take, self._failed)

    def _take(self, answer: Any) -> None:
        self.unanswered -= 1
        self.views += answer if isinstance(answer, list) else [answer]

    def _failed(self, failure: Any) -> None:
        self.unanswered -= 1
        self.failures.append(failure)


class Lifetimes(RuleBasedStateMachine):
    """
    One pond that several clients fetch, drop and see change.

    @cvar sending: the module of the server's flavors.
    @cvar receiving: the module of the clients' flavors.
    """

    case: SynchronousTestCase
    sending: Any
    receiving: Any

    def __init__(self) -> None:
        super().__init__()
        self.before = set(_slots.values())
        Pond, received = makePond(self.sending), Kit(self.case, self.receiving).View
        if self.isPbcopyOnly():
            received = View
        View.updatesFail = View.statesFail = False
        register(self.case, self.receiving, (Pond, received))
        pond = self.pond = Pond()

        class Root(stock.Root):
            def remote_pond(self) -> Any:
                return pond

            def remote_twice(self) -> Any:
                return [pond, {"again": pond}["again"]]

        self.root = Root()
        self.clients: list[Client] = []

    def client(self, data: Any) -> Client:
        """
        Choose one of the clients.
        """
        chosen: Client = data.draw(st.sampled_from(self.clients))
        return chosen

    @precondition(lambda self: len(self.clients) < CONNECTIONS)
    @rule(keeps=st.booleans())
    def join(self, keeps: bool) -> None:
        """
        A client connects, and the two hear what they understand.
        """
        client = Client(connect(self.root))
        self.clients.append(client)
        self.pond.isFailing, isFailing = False, self.pond.isFailing
        client.fetch("pond")
        client.connection.deliver()
        self.pond.isFailing = isFailing
        if not keeps:
            client.views.clear()

    @precondition(lambda self: self.clients)
    @rule(data=st.data(), method=st.sampled_from(["pond", "twice"]))
    def fetch(self, data: Any, method: str) -> None:
        """
        A client asks for the pond.
        """
        self.client(data).fetch(method)

    @precondition(lambda self: self.clients)
    @rule(data=st.data())
    def obtain(self, data: Any) -> None:
        """
        A client asks for the pond, and all arrives that is not held.
        """
        client = self.client(data)
        client.fetch("pond")
        client.connection.deliver()

    @precondition(lambda self: self.clients)
    @rule(data=st.data())
    def drop(self, data: Any) -> None:
        """
        A client drops all that it holds.
        """
        self.client(data).views.clear()
        gc.collect()

    @precondition(lambda self: self.clients and self.isPbcopyOnly())
    @rule(data=st.data(), first=st.booleans())
    def lose(self, data: Any, first: bool) -> None:
        """
        The pond is in a message that its receiver refuses.
        """
        things = (Unknown(), self.pond) if first else (self.pond, Unknown())
        self.client(data).lose(things)

    def isPbcopyOnly(self) -> bool:
        """
        Tell whether a lost message can be made good.
        """
        return self.sending is self.receiving is pbcopy.pb

    @rule()
    def add(self) -> None:
        """
        The pond changes.
        """
        self.pond.add(len(self.pond.ducks))

    @precondition(lambda self: self.isPbcopyOnly())
    @rule(what=st.sampled_from(["updatesFail", "statesFail"]), fails=st.booleans())
    def trouble(self, what: str, fails: bool) -> None:
        """
        The hooks of the views begin to fail, or stop to.
        """
        setattr(View, what, fails)

    @precondition(lambda self: self.isPbcopyOnly())
    @rule(fails=st.booleans())
    def troubleAtHome(self, fails: bool) -> None:
        """
        The hook of the pond begins to fail, or stops to.
        """
        self.pond.isFailing = fails

    @precondition(lambda self: self.isPbcopyOnly())
    @rule()
    def addUnsendable(self) -> None:
        """
        The pond changes, and cannot say so.
        """
        self.pond.ducks.append(len(self.pond.ducks))
        self.pond.tell(View())

    @precondition(lambda self: self.clients)
    @rule(data=st.data(), count=st.sampled_from([1, 30, 10_000]))
    def deliver(self, data: Any, count: int) -> None:
        """
        Some bytes arrive, each way.
        """
        self.client(data).connection.deliverOnce(count)

    @precondition(lambda self: self.clients)
    @rule(data=st.data(), side=SIDE, held=st.booleans())
    def hold(self, data: Any, side: str, held: bool) -> None:
        """
        One direction of a connection stops, or goes on.
        """
        getattr(self.client(data).connection, side).held = held

    @precondition(lambda self: self.clients)
    @rule(data=st.data())
    def cut(self, data: Any) -> None:
        """
        A connection is lost, with all that was under way.
        """
        client = self.client(data)
        client.connection.cut()
        self.case.flushLoggedErrors(*EXPECTED)
        assert not client.unanswered
        for view in client.views:
            if self.receiving is pbcopy.pb:
                assert statusOf(view).kind is StatusKind.CLOSED
        client.views.clear()
        self.clients.remove(client)

    @rule()
    def settle(self) -> None:
        """
        When all has arrived, each replica equals the pond or is stale, there is
        one for a connection, and nobody is observed who holds none.  When the
        hooks do not fail any more, and the pond has changed and was asked for,
        none is stale.
        """
        for client in self.clients:
            for side in (client.connection.fromServer, client.connection.fromClient):
                side.held = False
            self.arrive(client)
            self.check(client)
        if self.isPbcopyOnly():
            self.heal()
        holding = [client for client in self.clients if client.views]
        assert len(self.pond.observers) == len(holding)
        assert self.pond.opened - self.pond.closed == len(holding)

    def arrive(self, client: Client) -> None:
        """
        Have all arrive that is under way.
        """
        client.connection.deliver()
        # The logged traceback of what was refused has the arguments.
        self.case.flushLoggedErrors(*EXPECTED)
        client.connection.collect()
        assert not client.connection.lost
        self.checkFailures(client)
        assert not client.unanswered

    def heal(self) -> None:
        """
        Check that nobody stays stale when nothing fails any more.
        """
        View.updatesFail = View.statesFail = self.pond.isFailing = False
        self.add()
        for client in self.clients:
            self.arrive(client)
            if client.views:
                client.fetch("pond")
                self.arrive(client)
            self.check(client)
            for view in client.views:
                assert statusOf(view).isLive, statusOf(view)

    def checkFailures(self, client: Client) -> None:
        """
        Check that nothing failed but a mention that was under way when the
        state before it was lost.
        """
        expected = (Violation, Trouble)
        lost = [failure for failure in client.failures if failure.check(*expected)]
        assert len(lost) == len(client.failures), client.failures
        assert not lost or self.isPbcopyOnly(), lost
        client.failures.clear()

    def check(self, client: Client) -> None:
        """
        Check what one client holds, and what its connection remembers.
        """
        for view in client.views:
            isLive = self.receiving is stock or statusOf(view).isLive
            assert isLive or self.isPbcopyOnly()
            if isLive:
                assert view.ducks == self.pond.ducks, (view.ducks, self.pond.ducks)
        if self.receiving is pbcopy.pb:
            assert len(set(client.views)) <= 1
        count = bool(client.views)
        server, mine = client.connection.server, client.connection.client
        assert len(server.remotelyCachedObjects) == count
        assert len(server.remotelyCachedLUIDs) == count
        assert len(mine.locallyCachedObjects) == count

    def teardown(self) -> None:
        """
        After the last connection is lost, nothing is left.
        """
        self.settle()
        while self.clients:
            client = self.clients.pop()
            client.connection.cut()
            client.views.clear()
        gc.collect()
        assert not self.pond.observers
        assert self.pond.opened == self.pond.closed
        assert not set(_slots.values()) - self.before


def run(case: SynchronousTestCase, sends: Any, receives: Any, examples: int) -> None:
    """
    Try many histories between two kinds of flavors.

    @param sends: the module of the server's flavors.
    @param receives: the module of the clients' flavors.
    @param examples: how many histories.
    """
    # The collector runs at each step; it need not look at what is there already.
    gc.collect()
    gc.freeze()
    case.addCleanup(gc.unfreeze)
    machine = type(
        "Machine",
        (Lifetimes,),
        {"case": case, "sending": sends, "receiving": receives},
    )
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
