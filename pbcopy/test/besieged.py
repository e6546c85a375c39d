# -*- test-case-name: pbcopy.test.test_hostile -*-
"""
What a hostile peer attacks (L{pbcopy.test.hostile}), and who must not notice::

    python besieged.py server stock        (or: pbcopy)
    python besieged.py client PORT

The server prints its port.  For each line of stdin it then has its pond change,
waits until the client has seen that and no other connection is open, and prints
what has happened since the last line, in JSON.  Both end when stdin does.
"""

from __future__ import annotations

import json
import os
import resource
import sys
from collections import namedtuple
from dataclasses import dataclass
from enum import Enum
from typing import Any

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import UsernamePassword
from twisted.cred.portal import IRealm, Portal
from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.stdio import StandardIO
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python import log
from zope.interface import implementer

import pbcopy
from pbcopy import pb
from pbcopy._broker import hasAvatar

reactor: Any = _reactor

happened: list[str] = []
"""What must not happen: the code of classes that was run, and methods."""


class Marked:
    """
    What tells that it was made.
    """

    def __new__(cls, *args: Any, **kw: Any) -> Any:
        happened.append(f"made {cls.__name__}")
        return super().__new__(cls)


class Hooked:
    """
    What tells that somebody has called it, who should not.
    """

    def shout(self) -> None:
        happened.append(f"called {type(self).__name__}.shout")


class Greeting(Hooked, pb.RemoteCopy):
    """
    What may arrive from strangers.
    """


class Order(Hooked, pb.RemoteCopy):
    """
    What may arrive after login.
    """


class PondView(Hooked, pb.RemoteCache):
    """
    A cache that may arrive after login.
    """

    def observe_add(self, duck: object) -> None:
        if duck != 1:
            happened.append(f"added {duck}")


@pbcopy.replicaOf("app.Board")
class BoardView(pb.RemoteCache):
    """
    A declared one.
    """

    title: str

    def titleChanged(self) -> None:
        happened.append("called titleChanged")


class Colour(Enum):
    """
    A value that may arrive after login.
    """

    RED = 1


@dataclass
class Point:
    """
    A value that may arrive after login.
    """

    x: int


class Trouble(Exception):
    """
    A value that may arrive after login.
    """


class Hidden(Marked, Hooked, pb.RemoteCopy):
    """
    What is registered, and may not arrive.
    """


class HiddenView(Marked, Hooked, pb.RemoteCache):
    """
    The same, of a cache.
    """


class HiddenColour(Enum):
    """
    The same, of a value.
    """

    RED = 1

    @classmethod
    def _missing_(cls, value: object) -> Any:
        happened.append("asked HiddenColour")
        return None


@dataclass
class HiddenPoint(Marked):
    """
    The same, of a value.
    """

    x: int


class HiddenPair(Marked, namedtuple("HiddenPair", "a")):
    """
    The same, of a value.
    """


class HiddenError(Marked, Exception):
    """
    The same, of a value.
    """


def makeHidden(state: Any) -> Any:
    """
    Make something of what may not arrive.
    """
    happened.append("called makeHidden")


def register() -> None:
    """
    Register all classes.
    """
    for name, cls in (("Greeting", Greeting), ("Order", Order), ("Pond", PondView)):
        pb.setUnjellyableForClass(f"app.{name}", cls)
    pb.setUnjellyableForClass("app.Hidden", Hidden)
    pb.setUnjellyableForClass("app.HiddenView", HiddenView)
    pb.setUnjellyableFactoryForClass("app.HiddenMade", makeHidden)
    for each in (Colour, Point, Trouble, HiddenColour, HiddenPoint, HiddenPair):
        pb.setUnjellyableForValue(f"app.{each.__name__}", each)
    pb.setUnjellyableForValue("app.HiddenError", HiddenError)


def policy() -> pbcopy.Policy:
    """
    Draw the border.
    """
    # Whoever can do nothing but log in needs to say no more than a portal does.
    made = pbcopy.Policy(isLoggedIn=lambda broker: hasAvatar(broker))
    made.allowArriving(Greeting)
    late = Order, PondView, BoardView, Colour, Point, Trouble
    made.allowArriving(*late, afterLogin=True)
    made.limit(
        MAX_CACHES=100,
        MAX_ITEMS=10_000,
        MAX_NESTING=50,
        MAX_OBJECTS=10_000,
        MAX_PENDING_BYTES=1_000_000,
        MAX_PIECES=2_000_000,
        MAX_STATE=1_000_000,
        MAX_STRING=100_000,
    )
    made.limit(
        beforeLogin=True,
        MAX_SECONDS_BEFORE_LOGIN=4,
        MAX_CACHES=0,
        MAX_ITEMS=100,
        MAX_OBJECTS=100,
        MAX_PIECES=0,
        MAX_STATE=10_000,
        MAX_STRING=1000,
    )
    return made


class Ticker(pb.Cacheable):
    """
    What the honest client follows.
    """

    def __init__(self) -> None:
        self.ticks = 0
        self.observers: list[Any] = []

    def getTypeToCopyFor(self, perspective: Any) -> bytes:
        return b"app.Ticker"

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        self.observers.append(observer)
        return {"ticks": self.ticks}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        self.observers.remove(observer)

    def tick(self) -> Deferred[list[int]]:
        self.ticks += 1
        calls = [each.callRemote("tick", self.ticks) for each in self.observers]
        return gatherResults(calls)


class Noise(pb.Cacheable):
    """
    What is told much about.
    """

    def __init__(self) -> None:
        self.observers: list[Any] = []

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        self.observers.append(observer)
        return {}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        self.observers.remove(observer)


class TickerView(pb.RemoteCache):
    """
    What the honest client has.  It answers with the number of updates in a row.
    """

    ticks: int

    def observe_tick(self, ticks: int) -> int:
        self.ticks = ticks if ticks == self.ticks + 1 else -1
        return self.ticks


class User(pb.Avatar):
    """
    What somebody who has logged in may call.
    """

    def __init__(self, ticker: Ticker) -> None:
        self.ticker = ticker
        self.noises = Noise()
        self.kept: list[Any] = []

    def perspective_take(self, thing: Any) -> str:
        happened.append(f"took {type(thing).__name__}")
        return type(thing).__name__

    def perspective_keep(self, thing: Any) -> str:
        self.kept.append(thing)
        return type(thing).__name__

    def perspective_misbehave(self) -> None:
        """
        Do what no peer may bring about.
        """
        happened.append("called misbehave")
        open(os.devnull).close()
        exec("import colorsys")
        log.msg("two\nlines")

    def perspective_ping(self) -> bytes:
        return b"pong"

    def perspective_noise(self) -> Noise:
        return self.noises

    def perspective_bustle(self, count: int) -> None:
        """
        Tell much: 10 kB each time.
        """
        for _ in range(count):
            for each in self.noises.observers:
                each.callRemote("hear", b"x" * 10_000, pbanswer=False)

    def perspective_ticker(self) -> Ticker:
        return self.ticker


class Entrance(pb.Referenceable):
    """
    What a stranger may call.
    """

    def __init__(self, gate: Any) -> None:
        self.gate = gate

    def remote_login(self, username: Any) -> Any:
        return self.gate.remote_login(username)

    def remote_greet(self, greeting: Any) -> str:
        happened.append(f"greeted by {type(greeting).__name__}")
        return type(greeting).__name__

    def remote_ping(self) -> bytes:
        return b"pong"


@implementer(IRealm, pb.IPBRoot)
class House:
    """
    The root of each connection, and the realm.
    """

    def __init__(self) -> None:
        self.ticker = Ticker()
        checker = InMemoryUsernamePasswordDatabaseDontUse(user=b"secret")
        self.portal = Portal(self, [checker])

    def rootObject(self, broker: Any) -> Entrance:
        return Entrance(pb.IPBRoot(self.portal).rootObject(broker))

    def requestAvatar(self, name: Any, mind: Any, *interfaces: Any) -> Any:
        return pb.IPerspective, User(self.ticker), lambda: None


class Factory(pb.PBServerFactory):
    """
    Knows which connections are open.
    """

    def __init__(self, house: House) -> None:
        super().__init__(house, security=policy())
        self.open: set[Any] = set()
        self.waiting: list[Deferred[None]] = []

    def buildProtocol(self, addr: Any) -> Any:
        broker = super().buildProtocol(addr)
        self.open.add(broker)
        lost = broker.connectionLost

        def connectionLost(reason: Any) -> None:
            self.open.discard(broker)
            lost(reason)
            waiting, self.waiting = self.waiting, []
            for each in waiting:
                each.callback(None)

        broker.connectionLost = connectionLost
        return broker

    async def alone(self) -> None:
        """
        Wait until one connection is left.
        """
        while len(self.open) > 1:
            change: Deferred[None] = Deferred()
            self.waiting.append(change)
            await change


class Lines:
    """
    The log.
    """

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> None:
        """
        Take a part of it.
        """
        self.text += text

    def flush(self) -> None:
        """
        Nothing is kept back.
        """


_DANGEROUS = (
    *("import", "open", "compile", "exec", "code.__new__", "marshal.", "pickle."),
    *("os.", "shutil.", "glob.", "tempfile.", "subprocess.", "ctypes.", "mmap."),
    *("socket.connect", "socket.bind", "socket.getaddrinfo", "webbrowser."),
)
"""What Python tells of before it is done, and a peer must not bring about."""


class Watch:
    """
    What has happened in this process since somebody asked.
    """

    def __init__(self, log: Lines) -> None:
        self._log = log
        self._events: list[str] = []
        self._isOn = False
        sys.addaudithook(self._audit)

    def _audit(self, event: str, arguments: Any) -> None:
        if self._isOn and event.startswith(_DANGEROUS):
            self._events.append(f"{event} {arguments!r}"[:200])

    def report(self) -> dict[str, Any]:
        """
        Tell it, and begin again.
        """
        self._isOn = False
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        lines = self._log.text.splitlines()
        found = {
            "happened": happened[:],
            "events": self._events[:50],
            "lines": len(lines),
            "log": lines[:50],
            "memory": memory * (1 if sys.platform == "darwin" else 1024),
        }
        happened.clear()
        self._log.text = ""
        self._events = []
        self._isOn = True
        return found


class Commands(LineOnlyReceiver):
    """
    The lines of stdin.
    """

    delimiter = b"\n"

    def __init__(self, asked: Any) -> None:
        self._asked = asked

    def lineReceived(self, line: bytes) -> None:
        """
        Answer one.
        """
        Deferred.fromCoroutine(self._asked()).addErrback(failed)

    def connectionLost(self, reason: Any = None) -> None:
        """
        Whoever started this has ended.
        """
        if reactor.running:
            reactor.stop()


def failed(failure: Any) -> None:
    """
    Tell the test.
    """
    print(json.dumps({"failed": failure.getTraceback()}), flush=True)


def serve(broker: str) -> None:
    """
    Be the server.
    """
    lines = Lines()
    log.startLogging(lines, setStdout=False)
    register()
    house = House()
    factory = Factory(house)
    if broker == "pbcopy":
        factory.protocol = pbcopy.Broker
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    watch = Watch(lines)

    async def report() -> None:
        await factory.alone()
        seen = await house.ticker.tick()
        told = watch.report()
        told["isHonestHappy"] = seen == [house.ticker.ticks]
        print(json.dumps(told), flush=True)

    StandardIO(Commands(report))
    print(port.getHost().port, flush=True)


followed: list[Any] = []
"""What the honest client holds.  Without its avatar it would be logged out."""


def follow(port: int) -> None:
    """
    Be the honest client.
    """
    pb.setUnjellyableForClass("app.Ticker", TickerView)
    factory = pb.PBClientFactory()

    async def start() -> None:
        user = await factory.login(UsernamePassword(b"user", b"secret"))
        followed.extend([user, await user.callRemote("ticker")])
        print("follows", flush=True)

    async def nothing() -> None:
        pass

    StandardIO(Commands(nothing))
    reactor.connectTCP("127.0.0.1", port, factory)
    Deferred.fromCoroutine(start()).addErrback(failed)


def main(role: str, argument: str) -> None:
    """
    Be one of the two until stdin ends.
    """
    if role == "server":
        serve(argument)
    else:
        follow(int(argument))
    reactor.run()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
