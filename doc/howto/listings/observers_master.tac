"""
Keep a board for all clients that observers_client.py starts.

Run: twistd -ny observers_master.tac
"""

import os
import sys

from twisted.application import service, strports

from pbcopy import pb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from observers_classes import Board


class Master(pb.Root):
    """
    What clients call.
    """

    def __init__(self):
        self.board = Board()

    def remote_watch(self):
        return self.board

    def remote_post(self, line):
        self.board.post(line)


port = os.environ.get("PB_PORT", "8800")
application = service.Application("master")
server = strports.service(
    f"tcp:{port}:interface=127.0.0.1", pb.PBServerFactory(Master())
)
server.setServiceParent(application)
