"""
Tests for the application in ponds.py.

Run: PYTHONPATH=. trial test_ponds
"""

from ponds import Park, PondView
from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.cred.portal import Portal
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy.testing import connect


class Parcel(pb.Copyable):
    """
    Nobody registers it.
    """

    name = "parcel"


class PondTests(SynchronousTestCase):
    """
    One user looks at the pond.
    """

    def setUp(self):
        self.park = Park()
        users = InMemoryUsernamePasswordDatabaseDontUse(alice=b"secret")
        self.portal = Portal(self.park, [users])

    def logIn(self, password):
        factory = pb.PBClientFactory()
        self.connection = connect(self.portal, factory)
        login = factory.login(UsernamePassword(b"alice", password))
        self.connection.deliver()
        return login

    def look(self):
        self.visitor = self.successResultOf(self.logIn(b"secret"))
        call = self.visitor.callRemote("look")
        self.connection.deliver()
        return self.successResultOf(call)

    def test_follows(self):
        """
        The view has each duck that is added.
        """
        view = self.look()
        self.assertIsInstance(view, PondView)
        self.park.pond.add("swan")
        self.connection.deliver()
        self.assertEqual(["swan"], view.ducks)

    def test_held(self):
        """
        The view does not change before the update arrives.
        """
        view = self.look()
        self.connection.fromServer.held = True
        self.park.pond.add("swan")
        self.connection.deliver()
        self.assertEqual([], view.ducks)
        self.connection.fromServer.held = False
        self.connection.deliver()
        self.assertEqual(["swan"], view.ducks)

    def test_dropped(self):
        """
        When the view is dropped, the pond forgets its observer.
        """
        view = self.look()
        self.assertEqual(1, len(self.park.pond.observers))
        del view
        self.connection.collect()
        self.assertEqual([], self.park.pond.observers)

    def test_cut(self):
        """
        When the connection is lost, the pond forgets its observer.
        """
        view = self.look()
        self.connection.cut()
        self.assertEqual([], self.park.pond.observers)
        self.park.pond.add("swan")
        self.assertEqual([], view.ducks)

    def test_refused(self):
        """
        What is not registered is refused, and does not come into the pond.
        """
        self.look()
        call = self.visitor.callRemote("leave", Parcel())
        self.connection.deliver()
        self.failureResultOf(call, InsecureJelly)
        self.assertEqual(1, len(self.flushLoggedErrors(InsecureJelly)))
        self.assertEqual([], self.park.pond.ducks)

    def test_wrongPassword(self):
        """
        Who does not know the password does not get in.
        """
        self.failureResultOf(self.logIn(b"guess"), UnauthorizedLogin)
        self.assertEqual(1, len(self.flushLoggedErrors(UnauthorizedLogin)))
