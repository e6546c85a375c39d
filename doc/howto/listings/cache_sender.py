"""
Let the receiver that cache_receiver.tac starts follow a pond, then end both.

Run: python cache_sender.py [port]
"""

import sys

from cache_classes import MasterDuckPond
from twisted.internet.error import ConnectError
from twisted.internet.task import react

from pbcopy import pb


async def show(receiver, pond):
    await receiver.callRemote("takePond", pond)
    pond.addDuck("ugly duckling")
    pond.count()
    await receiver.callRemote("checkDucks")
    pond.removeDuck("one duck")
    pond.count()
    await receiver.callRemote("checkDucks")
    await receiver.callRemote("ignorePond")
    try:
        await receiver.callRemote("shutdown")
    except pb.PBConnectionLost:
        pass  # It may be gone before its answer is sent.


async def main(reactor, port="8800"):
    pond = MasterDuckPond(["one duck", "two duck"])
    pond.count()
    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", int(port), factory)
    try:
        receiver = await factory.getRootObject()
    except ConnectError as error:
        raise SystemExit(f"no receiver: {error}") from error
    await show(receiver, pond)


if __name__ == "__main__":
    react(main, sys.argv[1:])
