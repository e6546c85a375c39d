"""
Take ponds from copy_sender.py.

Run: twistd -ny copy_receiver.tac
"""

import os
import sys

from twisted.application import service, strports

from pbcopy import pb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from copy_sender import CopyPond, LilyPond


class ReceiverPond(pb.RemoteCopy, LilyPond):
    """
    A pond that was received.
    """


pb.setUnjellyableForClass(CopyPond, ReceiverPond)


class Receiver(pb.Root):
    """
    What senders call.
    """

    def remote_takePond(self, pond):
        print(" got pond:", pond)
        pond.countFrogs()
        return "safe and sound"


port = os.environ.get("PB_PORT", "8800")
application = service.Application("copy receiver")
server = strports.service(
    f"tcp:{port}:interface=127.0.0.1", pb.PBServerFactory(Receiver())
)
server.setServiceParent(application)
