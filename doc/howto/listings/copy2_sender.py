"""
Send a pond to the receiver that copy2_receiver.tac starts.

Run: python copy2_sender.py [port]
"""

import sys

from copy2_classes import SenderPond
from twisted.internet.task import react
from twisted.spread.jelly import InsecureJelly

from pbcopy import pb


def arrived(answer):
    print("pond arrived", answer)


def notArrived(failure):
    print("error during takePond:")
    if failure.check(InsecureJelly):
        print(" InsecureJelly")
    else:
        raise SystemExit(failure.getErrorMessage())


def notConnected(failure):
    raise SystemExit(f"no receiver: {failure.getErrorMessage()}")


def main(reactor, port="8800"):
    pond = SenderPond(frogs=3, toads=4)
    print("count", pond.count())

    def send(receiver):
        call = receiver.callRemote("takePond", pond)
        return call.addCallbacks(arrived, notArrived)

    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", int(port), factory)
    return factory.getRootObject().addCallbacks(send, notConnected)


if __name__ == "__main__":
    react(main, sys.argv[1:])
