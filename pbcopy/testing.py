# -*- test-case-name: pbcopy.test.test_testing -*-
"""
Tools for the tests of an application that uses Perspective Broker.

They run real Brokers, made by real factories, over a connection in memory.  No
reactor runs, so each step is the test's::

    class PondTests(SynchronousTestCase):
        def test_arrives(self):
            connection = connect(PBServerFactory(Receiver()))
            answer = connection.root.callRemote("takePond", pond)
            connection.deliver()
            self.assertEqual("safe", self.successResultOf(answer))

In a L{Network} of connections, a seed decides what arrives next, and a side can
be slow, be held, or be cut at any byte::

    class ParkTests(SynchronousTestCase):
        def test_survives(self):
            network = Network(seed=1)
            one, other = network.connect(Park(pond)), network.connect(Park(pond))
            one.fromServer.cutAfter(100)
            calls = [each.root.callRemote("look") for each in (one, other)]
            network.settle()
            pond.add("swan")
            network.settle()
            self.failureResultOf(calls[0], PBConnectionLost)
            view = self.successResultOf(calls[1])
            network.assertConverged()
"""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.spread import pb
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import FailTest, SynchronousTestCase

from pbcopy import _meeting, _turn
from pbcopy._memory import Connection, connect, resultOf
from pbcopy._network import Network
from pbcopy._side import Side
from pbcopy._turn import endTurn

__all__ = [
    "Connection",
    "Network",
    "Side",
    "assertRefused",
    "connect",
    "endTurn",
    "sendAcross",
    "useClock",
]


class _TurningClock(Clock):
    """
    A reactor whose turns end when a connection delivers.
    """

    def callFromThread(self, call: Any) -> None:
        """
        Leave it to L{endTurn}.
        """


def useClock(case: SynchronousTestCase) -> Clock:
    """
    Have the C{rate} of fields go by a clock of its own until a test ends::

        clock = useClock(self)
        gauge.level = 1
        connection.deliver()
        gauge.level = 2
        clock.advance(0.1)
        connection.deliver()

    Without it, they go by the reactor, or not at all where the process has none.
    """
    clock = _TurningClock()
    case.patch(_turn, "installed", lambda: clock)
    return clock


class _Table(pb.Root):
    """
    A root that takes an object and gives it.
    """

    def __init__(self, thing: object = None) -> None:
        self.thing = thing

    def remote_put(self, thing: object) -> None:
        self.thing = thing

    def remote_get(self) -> object:
        return self.thing


def _connect(table: _Table, asAnswer: bool, isMet: bool, security: Any) -> Connection:
    factories: Any = _meeting if isMet else pb
    said = {} if security is None else {"security": security}
    server, client = ({}, said) if asAnswer else (said, {})
    return connect(
        factories.PBServerFactory(table, **server),
        factories.PBClientFactory(**client),
    )


def sendAcross(
    thing: object,
    asAnswer: bool = False,
    isMet: bool = True,
    security: Any = None,
) -> Any:
    """
    Send an object over a connection, and give what arrives.

    @param asAnswer: send it as the answer of a call; by default it goes as an
        argument.
    @param isMet: whether the peers know that both have pbcopy, as the factories of
        C{pbcopy.pb} do.  With Twisted's own they learn it by this object.
    @param security: the L{Policy<pbcopy.Policy>} of the receiver.
    @raise Exception: what the call failed with, if it did.
    @raise FailTest: if it was not answered at all, as where a stock object in
        an answer cannot be taken.
    """
    table = _Table(thing)
    connection = _connect(table, asAnswer, isMet, security)
    if asAnswer:
        return resultOf(connection, connection.root.callRemote("get"))
    resultOf(connection, connection.root.callRemote("put", thing))
    return table.thing


def assertRefused(
    thing: object,
    expected: type[Exception] = InsecureJelly,
    asAnswer: bool = False,
    isMet: bool = True,
    security: Any = None,
) -> Exception:
    """
    Assert that a receiver refuses an object, that its caller is told, and that
    the connection lives.

    The receiver of an argument logs the refusal, unless that is a C{Violation}; a test
    flushes it with C{flushLoggedErrors}.

    @param expected: the class of the exception that the caller sees.
    @param asAnswer: send it as the answer of a call; by default it goes as an
        argument.
    @param isMet: whether the peers know that both have pbcopy.
    @param security: the L{Policy<pbcopy.Policy>} of the receiver.
    @return: the exception.
    @raise FailTest: if the object arrives, or fails otherwise.
    """
    connection = _connect(_Table(thing), asAnswer, isMet, security)
    if asAnswer:
        call = connection.root.callRemote("get")
    else:
        call = connection.root.callRemote("put", thing)
    failures: list[Failure] = []
    call.addErrback(failures.append)
    connection.deliver()
    if connection.reason is not None:
        cost = connection.reason.value
        raise FailTest(f"{thing!r} cost the connection: {cost!r}")
    if not failures:
        raise FailTest(f"{thing!r} was not refused")
    if not failures[0].check(expected):
        raise FailTest(f"{thing!r} failed with {failures[0]!r}")
    value: Any = failures[0].value
    return cast(Exception, value)
