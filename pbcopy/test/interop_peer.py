# -*- test-case-name: pbcopy.test.test_interop -*-
"""
One process of L{pbcopy.test.test_interop}::

    python interop_peer.py twisted.spread.pb master dict
    python interop_peer.py pbcopy.pb observer

The first argument names the module that has the flavors.  A master publishes a
pond and prints its port; its last argument says how it keeps its observers.  An
observer connects when it is told where to, fetches the pond, and prints each
update.  Both do what the lines of stdin say: the methods C{do_*}.  All that is
logged goes to stderr.

This is run as a file, and imports no pbcopy but by the name in its argument.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import Any

from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred, gatherResults
from twisted.internet.stdio import StandardIO
from twisted.protocols.basic import LineOnlyReceiver
from twisted.python import log

reactor: Any = _reactor
pb: Any = import_module(sys.argv[1])


class Frogs(pb.Copyable):  # type: ignore[misc]
    """
    A copy, sent either way.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self.names = {"tree": ["green", 2.5], "pond": (None, b"brown")}

    def getTypeToCopy(self) -> bytes:
        return b"interop.Frogs"


class RemoteFrogs(pb.RemoteCopy):  # type: ignore[misc]
    """
    What arrives of L{Frogs}.
    """


class Pond(pb.Cacheable):  # type: ignore[misc]
    """
    The master.  C{keep} is C{list} for the pattern of Twisted's chapter.  With
    stock flavors and two observers C{list.remove} raises (D1), so there it is
    C{dict}, which finds an observer by its Broker.
    """

    def __init__(self, keep: str) -> None:
        self.ducks = ["one"]
        self.observers: Any = [] if keep == "list" else {}

    def getTypeToCopyFor(self, perspective: Any) -> bytes:
        return b"interop.Pond"

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        if isinstance(self.observers, list):
            self.observers.append(observer)
        else:
            self.observers[id(observer.broker)] = observer
        return {"ducks": self.ducks}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        if isinstance(self.observers, list):
            self.observers.remove(observer)
        else:
            del self.observers[id(observer.broker)]
        print(f"observers {len(self.observers)}")

    def add(self, duck: str) -> Deferred[list[Any]]:
        self.ducks.append(duck)
        observers = self.observers
        if not isinstance(observers, list):
            observers = list(observers.values())
        calls = [
            each.callRemote("add", duck, count=len(self.ducks)) for each in observers
        ]
        return gatherResults(calls)


class PondView(pb.RemoteCache):  # type: ignore[misc]
    """
    The replica.
    """

    def observe_add(self, duck: str, count: int) -> int:
        self.ducks.append(duck)
        print(f"update {duck} {count}")
        return len(self.ducks)


class PondRoot(pb.Root):  # type: ignore[misc]
    """
    Publishes the pond, and takes and gives copies.
    """

    def __init__(self, pond: Pond) -> None:
        self.pond = pond

    def remote_pond(self) -> Pond:
        return self.pond

    def remote_ponds(self) -> list[Pond]:
        return [self.pond, self.pond]

    def remote_isPond(self, thing: Any) -> bool:
        return thing is self.pond

    def remote_swapFrogs(self, frogs: Any) -> Frogs:
        print(f"frogs {type(frogs).__name__} {frogs.count} {frogs.names}")
        return Frogs(frogs.count + 1)


class Master:
    """
    The process that has the pond.
    """

    def __init__(self, keep: str) -> None:
        self.pond = Pond(keep)

    async def start(self) -> None:
        """
        Listen on a free port of the loopback interface.
        """
        factory = pb.PBServerFactory(PondRoot(self.pond))
        port = reactor.listenTCP(0, factory, interface="127.0.0.1")
        print(f"port {port.getHost().port}")

    async def do_add(self, duck: str) -> None:
        """
        Add a duck, and wait for all observers to answer.
        """
        print(f"added {duck} {await self.pond.add(duck)}")

    async def do_show(self) -> None:
        """
        Print the ducks.
        """
        print(f"shows {self.pond.ducks}")


class Observer:
    """
    A process that has a replica.
    """

    def __init__(self) -> None:
        self.view: Any = None

    async def start(self) -> None:
        """
        Wait to be told where the master is.
        """

    async def do_connect(self, port: str) -> None:
        """
        Connect, send a copy, get one, and get the pond.
        """
        factory = pb.PBClientFactory()
        reactor.connectTCP("127.0.0.1", int(port), factory)
        self.root = await factory.getRootObject()
        frogs = await self.root.callRemote("swapFrogs", Frogs(7))
        print(f"frogs {type(frogs).__name__} {frogs.count} {frogs.names}")
        await self.do_fetch()

    async def do_fetch(self) -> None:
        """
        Get the pond, mention it twice more, and send it home.
        """
        self.view = await self.root.callRemote("pond")
        again = await self.root.callRemote("ponds")
        assert all(each.ducks is self.view.ducks for each in again)
        home = await self.root.callRemote("isPond", self.view)
        print(f"has {self.view.ducks} {home}")

    async def do_drop(self) -> None:
        """
        Drop the pond.
        """
        self.view = None
        gc.collect()

    async def do_show(self) -> None:
        """
        Print the ducks.
        """
        print(f"shows {self.view.ducks}")


class Commands(LineOnlyReceiver):
    """
    The lines of stdin.
    """

    delimiter = b"\n"

    def __init__(self, peer: Any) -> None:
        self._peer = peer

    def lineReceived(self, line: bytes) -> None:
        """
        Do what a line says.
        """
        name, *arguments = line.decode("utf-8").split()
        if name == "end":
            reactor.stop()
        else:
            run(getattr(self._peer, f"do_{name}")(*arguments))


def run(coroutine: Any) -> None:
    """
    Run a coroutine, and log its failure.
    """
    Deferred.fromCoroutine(coroutine).addErrback(lambda failure: log.err(failure))


def main(role: str, *arguments: str) -> None:
    """
    Be one of the peers until stdin says C{end}.
    """
    log.startLogging(sys.stderr, setStdout=False)
    pb.setUnjellyableForClass("interop.Frogs", RemoteFrogs)
    pb.setUnjellyableForClass("interop.Pond", PondView)
    peer: Any = (Master if role == "master" else Observer)(*arguments)
    StandardIO(Commands(peer))
    reactor.callWhenRunning(lambda: run(peer.start()))
    reactor.run()
    print(f"over, pbcopy imported: {'pbcopy' in sys.modules}")


if __name__ == "__main__":
    main(*sys.argv[2:])
