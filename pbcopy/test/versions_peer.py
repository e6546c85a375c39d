# -*- test-case-name: pbcopy.test.test_versions -*-
"""
One process of L{pbcopy.test.test_versions}, in a folder with a version of the
module C{pond}::

    python -m pbcopy.test.versions_peer sender
    python -m pbcopy.test.versions_peer receiver PORT

A sender prints its port.  It gives a pond to the receiver that comes, changes it,
and prints how the call went.  A receiver prints what it is given, each change, and
what it has in the end.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred
from twisted.python import log

from pbcopy import pb

reactor: Any = _reactor
pond: Any = import_module("pond")


class Sender(pb.Root):
    """
    Gives a pond away.
    """

    def remote_join(self, receiver: Any) -> Deferred[None]:
        """
        Give it to a receiver.
        """
        return Deferred.fromCoroutine(self._give(receiver))

    async def _give(self, receiver: Any) -> None:
        master = pond.made()
        try:
            print(await receiver.callRemote("take", master))
        except Exception as error:
            print(type(error).__name__)
            print(error)
        pond.change(master)
        # Whoever has it has the changes before this.
        await receiver.callRemote("show")

    def remote_end(self) -> None:
        """
        End when this is answered.
        """
        reactor.callLater(0, reactor.stop)


class Receiver(pb.Referenceable):
    """
    Takes it.
    """

    view: Any = None

    def remote_take(self, view: Any) -> str:
        """
        Take it.
        """
        self.view = view
        self.remote_show()
        view.subscribe(lambda changes: print(*changes, sep="; "))
        return "taken"

    def remote_show(self) -> None:
        """
        Print what it is.
        """
        if self.view is not None:
            print(pond.shown(self.view))


def send() -> None:
    """
    Listen on a free port of the loopback interface.
    """
    factory: Any = pb.PBServerFactory(Sender())
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    print(f"port {port.getHost().port}")


async def receive(port: str) -> None:
    """
    Connect, and end when all has come.
    """
    factory: Any = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", int(port), factory)
    try:
        root = await factory.getRootObject()
        await root.callRemote("join", Receiver())
        await root.callRemote("end")
    except Exception:
        log.err()
    reactor.stop()


def main(role: str, *arguments: str) -> None:
    """
    Be one of the two until all is done.
    """
    log.startLogging(sys.stderr, setStdout=False)
    if role == "sender":
        reactor.callWhenRunning(send)
    else:
        reactor.callWhenRunning(lambda: Deferred.fromCoroutine(receive(*arguments)))
    reactor.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
