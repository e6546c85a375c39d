"""
A server that shows one thing, and a client that looks at it.
"""

from pbcopy import pb
from pbcopy.testing import connect


class Park(pb.Root):
    """
    What a visitor calls.
    """

    def __init__(self, thing):
        self.thing = thing

    def remote_look(self):
        return self.thing


def look(thing):
    """
    Fetch a thing over a new connection.  Give the connection, and what arrived.
    """
    server, client = pb.PBServerFactory(Park(thing)), pb.PBClientFactory()
    connection = connect(server, client)
    arrived = []
    connection.root.callRemote("look").addBoth(arrived.append)
    connection.deliver()
    return connection, arrived[0]
