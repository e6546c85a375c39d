"""
Tests for the application in ponds.py on a network that is bad.

Run: PYTHONPATH=. trial test_network
"""

from ponds import Park
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import UsernamePassword
from twisted.cred.portal import Portal
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy.testing import Network


class Day:
    """
    A park, a network, and visitors who look at the pond.
    """

    def __init__(self, seed):
        self.park = Park()
        self.network = Network(seed)
        users = InMemoryUsernamePasswordDatabaseDontUse(alice=b"secret")
        self.portal = Portal(self.park, [users])

    def visit(self):
        factory = pb.PBClientFactory()
        connection = self.network.connect(self.portal, factory)
        login = factory.login(UsernamePassword(b"alice", b"secret"))
        view = login.addCallback(lambda visitor: visitor.callRemote("look"))
        return connection, view


class NetworkTests(SynchronousTestCase):
    """
    What happens to one visitor is nothing to the others.
    """

    def cut(self, side, count):
        """
        Have the connection of one of two visitors cut, and tell whether it was.
        """
        day = Day(seed=count)
        (connection, mine), (_, other) = day.visit(), day.visit()
        getattr(connection, side).cutAfter(count)
        day.network.settle()
        day.park.pond.add("swan")
        day.network.settle()

        day.network.assertConverged()
        self.assertEqual(["swan"], self.successResultOf(other).ducks)
        self.assertEqual(len(day.network.connections), len(day.park.pond.observers))
        # It has failed, or succeeded, but it does not wait any more.
        mine.addErrback(lambda failure: failure.trap(pb.PBConnectionLost))
        self.successResultOf(mine)
        return connection.lost

    def test_cutFromTheServer(self):
        """
        Wherever what the server sends to one visitor is cut, the view of the
        other one follows the pond, and the pond forgets the first.
        """
        count = 0
        while self.cut("fromServer", count):
            count += 1

    def test_cutFromTheClient(self):
        """
        Likewise for what one visitor sends.
        """
        count = 0
        while self.cut("fromClient", count):
            count += 1

    def test_anyOrder(self):
        """
        Visitors come and go while the pond changes, in whatever order that
        arrives.
        """
        for seed in range(50):
            day = Day(seed)
            visits = [day.visit() for _ in range(4)]
            visits[0][0].fromServer.delay = 20
            visits[1][0].fromServer.rate = 3
            for duck in range(10):
                day.park.pond.add(duck)
                for _ in range(seed):
                    day.network.step()
            day.network.settle()
            day.network.assertConverged()

    def test_slow(self):
        """
        While one visitor hears nothing, the other ones do.
        """
        day = Day(seed=1)
        (slow, mine), (_, other) = day.visit(), day.visit()
        day.network.settle()
        slow.fromServer.held = True
        day.park.pond.add("swan")
        day.network.settle()
        self.assertEqual([], self.successResultOf(mine).ducks)
        self.assertEqual(["swan"], self.successResultOf(other).ducks)
        slow.fromServer.held = False
        day.network.settle()
        day.network.assertConverged()
