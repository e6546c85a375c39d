"""
Follow a pond that cache_sender.py has.

Run: twistd -ny cache_receiver.tac
"""

import os
import sys

from twisted.application import service, strports
from twisted.internet import reactor

from pbcopy import pb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cache_classes  # noqa: F401  (it registers SlaveDuckPond)


class Receiver(pb.Root):
    """
    What the sender calls.
    """

    def remote_takePond(self, pond):
        self.pond = pond
        print("got pond:", pond)
        self.remote_checkDucks()

    def remote_checkDucks(self):
        ducks = self.pond.ducks
        print(f"[{len(ducks)}] ducks: ", ducks)

    def remote_ignorePond(self):
        print("dropping pond")
        self.pond = None  # The sender hears of it: stoppedObserving is called.

    def remote_shutdown(self):
        reactor.stop()


port = os.environ.get("PB_PORT", "8800")
application = service.Application("cache receiver")
server = strports.service(
    f"tcp:{port}:interface=127.0.0.1", pb.PBServerFactory(Receiver())
)
server.setServiceParent(application)
