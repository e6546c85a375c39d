"""
Watch the board that observers_master.tac keeps, as long as that runs.

Run: python observers_client.py name [port]
"""

import sys

import observers_classes  # noqa: F401  (it registers BoardView)
from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectError
from twisted.internet.task import react

from pbcopy import pb


async def main(reactor, name, port="8800"):
    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", int(port), factory)
    try:
        master = await factory.getRootObject()
    except ConnectError as error:
        raise SystemExit(f"no master: {error}") from error
    gone = Deferred()
    master.notifyOnDisconnect(gone.callback)
    board = await master.callRemote("watch")
    await master.callRemote("post", f"{name} is here")
    await gone
    print("saw", board.lines)


if __name__ == "__main__":
    react(main, sys.argv[1:])
