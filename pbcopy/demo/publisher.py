# -*- test-case-name: pbcopy.test.test_demo -*-
"""
The program that has the pond: C{python -m pbcopy.demo.publisher}.

It prints the port that it listens on, and the ducks.  Then it takes lines like
C{add swan} and C{remove one duck}, and prints the ducks after each, until its
input ends.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.stdio import StandardIO
from twisted.internet.task import react
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from pbcopy import pb
from pbcopy.demo.ponds import Pond, show


class Publisher(pb.Root):
    """
    What a client finds when it connects.
    """

    def __init__(self) -> None:
        self.pond = Pond(["one duck", "two duck"])

    def remote_getPond(self) -> Pond:
        """
        Give the pond, of which the client gets a view.
        """
        return self.pond


class Console(LineReceiver):
    """
    Changes the pond as its input says.
    """

    delimiter = b"\n"

    def __init__(self, pond: Pond) -> None:
        self.pond = pond
        self.ended: Deferred[None] = Deferred()

    def lineReceived(self, line: bytes) -> None:
        """
        Take C{add swan}, or C{remove one duck}.
        """
        change, _, duck = line.decode("utf-8").partition(" ")
        ducks = self.pond.ducks
        {"add": ducks.append, "remove": ducks.remove}[change](duck)
        show(ducks)

    def connectionLost(self, reason: Failure | None = None) -> None:
        """
        The input has ended.
        """
        self.ended.callback(None)


async def publish(reactor: Any) -> None:
    """
    Publish a pond until the input ends.
    """
    publisher = Publisher()
    factory = pb.PBServerFactory(publisher)
    port = reactor.listenTCP(0, factory, interface="127.0.0.1")
    print(port.getHost().port, flush=True)
    show(publisher.pond.ducks)
    console = Console(publisher.pond)
    StandardIO(console)
    await console.ended


if __name__ == "__main__":
    react(publish)
