# -*- test-case-name: pbcopy.test.test_soak -*-
"""
A long run on TCP, to see whether anything is left behind::

    python -m pbcopy.test.soak                              # half an hour
    python -m pbcopy.test.soak --observers 50 --rounds 300  # some seconds

This process has a master that is written by hand, and two declared ones.  A second
process has a thousand clients, each with a connection of its own over the loopback
interface, and replicas.  A round is:

 1. One client in a hundred drops its replicas, and the master is told that this
    one stopped observing.
 2. Each of these fetches the masters again, so that all observe.
 3. The master changes, each of its observers is called once, and each replica
    answers with what it has now.
 4. The declared masters change, and who may see what is in them
    (L{pbcopy.test.soakponds}), and each client waits until that has arrived.

The clients take turns in dropping.  A step begins when the one before is done
on both sides, so nothing queues up.  A wrong answer or count ends the run.

After the first hundred rounds, at each tenth of the run and at its end, both
processes count what they hold: the memory that they occupy (C{VmRSS}, so this
needs Linux), the objects that the garbage collector knows, and the entries in
all tables of all Brokers and in pbcopy's own.  Before, each declared replica is
compared to a fresh one, and the declared masters are given what they had in the
beginning.  At the end, each table must have what it had after the first hundred
rounds, and the memory and the number of objects must not have grown by more than a
twentieth.  Otherwise the run says what has, and its exit status is 1.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sys
import time
from functools import partial
from typing import Any

from twisted.internet.defer import Deferred, ensureDeferred, gatherResults
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.internet.protocol import ProcessProtocol
from twisted.internet.task import react
from twisted.python.failure import Failure

from pbcopy import _answers, _delta, _slotof, _turn, pb, statusOf
from pbcopy._difference import firstDifference
from pbcopy._hub import Hub
from pbcopy.test import soakponds
from pbcopy.test.soakponds import NAMES, Ponds, PondView

FIRST = 100
"""After how many rounds nothing may grow any more, unless C{--first} says otherwise."""

TOLERANCE = 0.05
"""By how much the memory and the objects may grow all the same: Python's
allocator does not give back each page in which something is free."""

TABLES = (
    "localObjects",
    "luids",
    "remotelyCachedObjects",
    "remotelyCachedLUIDs",
    "locallyCachedObjects",
    "waitingForAnswers",
    "disconnects",
)
"""The tables of a Broker."""

QUEUES = ("_dropped", "_published")
"""The queues of a hub."""

Figures = dict[str, int]


class Master(pb.Cacheable):
    """
    What is observed.
    """

    def __init__(self) -> None:
        self.number = 0
        self.stopped = 0
        self.observers: list[Any] = []

    def getTypeToCopy(self) -> str:
        """
        Give a name that does not tell how this module is run.
        """
        return "pbcopy.test.soak.Master"

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Begin to be observed.
        """
        self.observers.append(observer)
        return {"number": self.number}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        """
        Be observed by one less.
        """
        self.stopped += 1
        self.observers.remove(observer)

    async def change(self, number: int) -> list[int]:
        """
        Change, and give what each replica answers.
        """
        self.number = number
        calls = [observer.callRemote("change", number) for observer in self.observers]
        return await gatherResults(calls, consumeErrors=True)


class View(pb.RemoteCache):
    """
    What a client has of the L{Master}.
    """

    number: int

    def observe_change(self, number: int) -> int:
        """
        Take a change, and answer with it.
        """
        self.number = number
        return self.number


class ServerFactory(pb.PBServerFactory):
    """
    A factory whose connections do not wait.  The kernel holds back what is
    written right after something else, as an update after a C{recount}, until
    that is acknowledged, some 40 ms later.
    """

    def clientConnectionMade(self, protocol: Any) -> None:
        """
        Write at once.
        """
        protocol.transport.setTcpNoDelay(True)


class ClientFactory(pb.PBClientFactory):
    """
    Likewise.
    """

    def clientConnectionMade(self, broker: Any) -> None:
        """
        Write at once.
        """
        broker.transport.setTcpNoDelay(True)
        super().clientConnectionMade(broker)


class Stage(pb.Root):
    """
    What a client finds when it connects.
    """

    def __init__(self) -> None:
        self.master = Master()
        self.ponds = Ponds()
        self.joined: Deferred[Any] = Deferred()

    def remote_master(self) -> Master:
        """
        Give the master.
        """
        return self.master

    def remote_viewer(self, name: str) -> pb.ViewPoint:
        """
        Give the door to the declared masters for somebody.
        """
        return pb.ViewPoint(name, self.ponds)

    def remote_ping(self) -> None:
        """
        Answer: what was sent before is there then.
        """

    def remote_join(self, clients: Any) -> None:
        """
        Take the process of the clients.
        """
        self.joined.callback(clients)


class Clients(pb.Referenceable):
    """
    All clients, as the other process directs them.
    """

    def __init__(self) -> None:
        self._roots: list[Any] = []
        self._viewers: list[Any] = []
        self._auditors: dict[str, Any] = {}
        self._views: dict[int, View] = {}
        self._ponds: dict[int, list[PondView]] = {}

    async def join(self, reactor: Any, port: int, count: int) -> None:
        """
        Connect, and stay for as long as the other process does.
        """
        for _ in range(count + 1):
            factory = ClientFactory()
            await TCP4ClientEndpoint(reactor, "127.0.0.1", port).connect(factory)
            self._roots.append(await factory.getRootObject())
        director, over = self._roots.pop(), Deferred[None]()
        for number, root in enumerate(self._roots):
            name = NAMES[number % len(NAMES)]
            self._viewers.append(await root.callRemote("viewer", name))
        for name in NAMES:
            self._auditors[name] = await director.callRemote("viewer", name)
        director.notifyOnDisconnect(lambda _: over.callback(None))
        await director.callRemote("join", self)
        await over

    async def _fetch(self, who: list[int]) -> None:
        calls = [self._roots[each].callRemote("master") for each in who]
        for each, call in zip(who, calls, strict=True):
            call.addCallback(partial(self._views.__setitem__, each))
        ponds = [self._viewers[each].callRemote("ponds") for each in who]
        for each, call in zip(who, ponds, strict=True):
            call.addCallback(partial(self._ponds.__setitem__, each))
        await gatherResults([*calls, *ponds], consumeErrors=True)

    def remote_fetch(self, who: list[int]) -> Deferred[None]:
        """
        Have some clients fetch the master.
        """
        return ensureDeferred(self._fetch(who))

    def remote_drop(self, who: list[int]) -> None:
        """
        Have some clients drop their replica.
        """
        for each in who:
            del self._views[each], self._ponds[each]

    def remote_numbers(self) -> list[int]:
        """
        Give what all replicas have.
        """
        return [view.number for view in self._views.values()]

    async def _settle(self) -> list[int]:
        calls = [root.callRemote("ping") for root in self._roots]
        await gatherResults(calls, consumeErrors=True)
        return [view.number for views in self._ponds.values() for view in views]

    def remote_settle(self) -> Deferred[list[int]]:
        """
        Wait until all that was sent has arrived, and give what all declared
        replicas have.
        """
        return ensureDeferred(self._settle())

    async def _differences(self) -> list[str]:
        found = []
        for at, name in enumerate(NAMES):
            fresh = await self._auditors[name].callRemote("ponds")
            for each in range(at, len(self._roots), len(NAMES)):
                for view, should in zip(self._ponds[each], fresh, strict=True):
                    step = firstDifference(name, view, should)
                    if step is not None or not statusOf(view).isLive:
                        found.append(f"client {each}, {statusOf(view)}: {step}")
        return found

    def remote_differences(self) -> Deferred[list[str]]:
        """
        Tell in what the declared replicas differ from fresh ones.
        """
        return ensureDeferred(self._differences())

    def remote_figures(self) -> Figures:
        """
        Count what this process holds.
        """
        return figures()


class Wrong(Exception):
    """
    Something was not as it should be.
    """


class Child(ProcessProtocol):
    """
    The process of the clients.
    """

    def __init__(self, joined: Deferred[Any]) -> None:
        self._joined = joined

    def processEnded(self, reason: Failure) -> None:
        """
        Where it ends before it has joined, nothing else would tell.
        """
        if not self._joined.called:
            self._joined.errback(reason)


class Run:
    """
    The whole run, seen from the process of the master.

    @ivar count: how many observers there are.
    """

    def __init__(self, stage: Stage, clients: Any, count: int) -> None:
        self._master = stage.master
        self._ponds = stage.ponds
        self._clients = clients
        self._count = count
        self._fickle = max(1, count // 100)
        self._dropped = 0

    async def begin(self) -> None:
        """
        Have each client observe.
        """
        await self._clients.callRemote("fetch", list(range(self._count)))

    async def round(self, number: int) -> None:
        """
        Do what the docstring of this module says.
        """
        first = number * self._fickle
        who = [each % self._count for each in range(first, first + self._fickle)]
        await self._clients.callRemote("drop", who)
        # What a client sends now comes after its release, which it has sent at
        # the end of the turn in which it dropped.
        await self._clients.callRemote("fetch", who)
        self._dropped += len(who)
        self._expect("observers that stopped", self._dropped, self._master.stopped)
        answers = await self._master.change(number)
        self._expect("answers", [number] * self._count, answers)
        self._ponds.change(number)
        numbers = await self._clients.callRemote("settle")
        self._expect("declared replicas", [number] * self._count * 2, numbers)

    async def end(self) -> None:
        """
        Check that each replica has what the master has.
        """
        expected = [self._master.number] * self._count
        numbers = await self._clients.callRemote("numbers")
        self._expect("replicas", expected, numbers)

    async def figures(self) -> dict[str, Figures]:
        """
        Count what both processes hold, when all is calm.
        """
        self._expect("differences", [], await self._clients.callRemote("differences"))
        self._ponds.calm()
        await self._clients.callRemote("settle")
        self._expect("differences", [], await self._clients.callRemote("differences"))
        # What was fetched for that was dropped.
        await self._clients.callRemote("settle")
        theirs = await self._clients.callRemote("figures")
        return {"master": figures(), "clients": theirs}

    def _expect(self, what: str, expected: object, found: object) -> None:
        if found != expected:
            raise Wrong(f"{what}: expected {expected!r:.60}, found {found!r:.60}")


def figures() -> Figures:
    """
    Count what this process holds.
    """
    gc.collect()
    known = gc.get_objects()
    found = {"VmRSS/kB": _memory(), "objects": len(known)}
    for kind, tables in ((pb.Broker, TABLES), (Hub, QUEUES)):
        things = [each for each in known if type(each) is kind]
        found[f"{kind.__name__}s"] = len(things)
        for table in tables:
            sizes = [len(getattr(thing, table) or ()) for thing in things]
            found[table] = sum(sizes)
    found["_slots"] = len(_slotof.slots)
    found["_failing"] = len(_answers._failing)
    found["_waiting"] = len(_turn._waiting)
    return found | soakponds.figures(known)


def _memory() -> int:
    with open("/proc/self/status") as status:
        (line,) = (line for line in status if line.startswith("VmRSS:"))
    return int(line.split()[1])


def differences(before: Figures, after: Figures) -> list[str]:
    """
    Say which figures are not what they should be.
    """
    wrong = []
    for name, count in before.items():
        if name in ("VmRSS/kB", "objects"):
            isRight = after[name] <= count * (1 + TOLERANCE)
        else:
            isRight = after[name] == count
        if not isRight:
            wrong.append(f"{name} was {count} and is {after[name]}")
    return wrong


def show(number: int, seconds: float, found: dict[str, Figures]) -> None:
    """
    Print what was counted after a round.
    """
    print(f"round {number}, {seconds:.0f} s")
    for process, each in found.items():
        sizes = ", ".join(f"{name} {size}" for name, size in each.items())
        print(f"    {process}: {sizes}", flush=True)


async def soak(reactor: Any, observers: int, rounds: int, first: int) -> list[str]:
    """
    Run it.

    @param first: after how many rounds nothing may grow any more.
    @return: what has grown.
    """
    stage = Stage()
    server = ServerFactory(stage)
    port = reactor.listenTCP(0, server, interface="127.0.0.1").getHost().port
    words = ["-m", "pbcopy.test.soak", "--join", str(port)]
    reactor.spawnProcess(
        Child(stage.joined),
        sys.executable,
        [sys.executable, *words, "--observers", str(observers)],
        env=dict(os.environ),
        childFDs={0: "w", 1: 1, 2: 2},
    )
    run = Run(stage, await stage.joined, observers)
    await run.begin()
    began = time.monotonic()
    before: dict[str, Figures] = {}
    for number in range(1, rounds + 1):
        await run.round(number)
        if number in (first, rounds) or number % max(rounds // 10, 1) == 0:
            found = await run.figures()
            show(number, time.monotonic() - began, found)
            if number == first:
                before = found
    await run.end()
    return [
        f"{process}: {each}"
        for process in found
        for each in differences(before[process], found[process])
    ]


async def main(reactor: Any, *words: str) -> None:
    """
    Do what the command line says.
    """
    parser = argparse.ArgumentParser(prog="python -m pbcopy.test.soak")
    parser.add_argument("--observers", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=FIRST)
    parser.add_argument("--join", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(words)
    if options.join:
        await Clients().join(reactor, options.join, options.observers)
        return
    if options.rounds <= options.first:
        parser.error(f"there must be more than {options.first} rounds")
    wrong = await soak(reactor, options.observers, options.rounds, options.first)
    if wrong:
        raise SystemExit("\n".join(["this has grown:", *wrong]))
    print("nothing has grown")


if __name__ == "__main__":
    pb.setUnjellyableForClass("pbcopy.test.soak.Master", View)
    # Rights come and go in each round, and with them shapes.  This is reached in
    # the first rounds, and then nothing may grow.
    _delta.MOST_SHAPES = 8
    # A process has a file for each connection, and 1024 is a usual limit.
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    react(main, sys.argv[1:])
