"""
Take ponds from copy2_sender.py.

Run: twistd -ny copy2_receiver.tac
"""

import os
import sys

from twisted.application import service, strports

from pbcopy import pb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import copy2_classes  # noqa: F401  (it registers ReceiverPond)


class Receiver(pb.Root):
    """
    What senders call.
    """

    def remote_takePond(self, pond):
        print(" got pond:", pond)
        print(" count", pond.count())
        return "safe and sound"


port = os.environ.get("PB_PORT", "8800")
application = service.Application("copy2 receiver")
server = strports.service(
    f"tcp:{port}:interface=127.0.0.1", pb.PBServerFactory(Receiver())
)
server.setServiceParent(application)
