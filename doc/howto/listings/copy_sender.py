"""
Send a pond to the receiver that copy_receiver.tac starts.

Run: python copy_sender.py [port]
"""

import sys

from twisted.internet.task import react
from twisted.python.reflect import qual
from twisted.spread.jelly import InsecureJelly

from pbcopy import pb


class LilyPond:
    """
    A pond, which knows nothing of PB.
    """

    def __init__(self, color, frogs):
        self.color = color
        self.frogs = frogs

    def countFrogs(self):
        print(f"{self.frogs} frogs")


class CopyPond(LilyPond, pb.Copyable):
    """
    A pond that can be sent.
    """


def arrived(answer):
    print("pond arrived", answer)


def notArrived(failure):
    print("error during takePond:")
    if failure.type is InsecureJelly:
        print(" InsecureJelly")
    else:
        raise SystemExit(failure.getErrorMessage())


def notConnected(failure):
    raise SystemExit(f"no receiver: {failure.getErrorMessage()}")


def main(reactor, port="8800"):
    pond = CopyPond("green", 7)
    pond.countFrogs()
    print(qual(CopyPond))

    def send(receiver):
        call = receiver.callRemote("takePond", pond)
        return call.addCallbacks(arrived, notArrived)

    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", int(port), factory)
    return factory.getRootObject().addCallbacks(send, notConnected)


if __name__ == "__main__":
    # In the script itself the class is called __main__.CopyPond, a name that
    # no receiver has registered.
    import copy_sender

    react(copy_sender.main, sys.argv[1:])
