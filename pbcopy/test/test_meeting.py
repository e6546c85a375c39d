# -*- test-case-name: pbcopy.test.test_meeting -*-
"""
Tests for L{pbcopy._meeting}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._hub import ENVELOPE, hubOf
from pbcopy.test.ponds import Kit
from pbcopy.testing import connect


class MeetingTests(SynchronousTestCase):
    """
    The factories of C{pbcopy.pb} introduce their connections.
    """

    def connect(self, server: Any, client: Any) -> Any:
        """
        Connect the factories of two modules.
        """
        kit = Kit(self, pb)
        self.root = kit.Root(kit.Pond(["one duck"]))
        return connect(server.PBServerFactory(self.root), client.PBClientFactory())

    def test_bothPbcopy(self) -> None:
        """
        Each knows the other before the first call.
        """
        connection = self.connect(pb, pb)
        for broker in (connection.server, connection.client):
            self.assertTrue(hubOf(broker).understands(ENVELOPE))

    def test_oneIsStock(self) -> None:
        """
        A stock peer does not notice.
        """
        for server, client in [(pb, stock), (stock, pb)]:
            connection = self.connect(server, client)
            call = connection.root.callRemote("isPond", 7)
            connection.deliver()
            self.assertFalse(self.successResultOf(call))
            self.assertEqual([], self.flushLoggedErrors())

    def test_theyAreTwisteds(self) -> None:
        """
        They are factories of Twisted's, to who asks.
        """
        self.assertTrue(issubclass(pb.PBServerFactory, stock.PBServerFactory))
        self.assertTrue(issubclass(pb.PBClientFactory, stock.PBClientFactory))

    def test_theRootIsReached(self) -> None:
        """
        The client's factory gives the root, as Twisted's does.
        """
        factory = pb.PBClientFactory()
        waiting = factory.getRootObject()
        kit = Kit(self, pb)
        connection = connect(pb.PBServerFactory(kit.Root()), factory)
        root = self.successResultOf(waiting)
        call = root.callRemote("isPond", 7)
        connection.deliver()
        self.assertFalse(self.successResultOf(call))
