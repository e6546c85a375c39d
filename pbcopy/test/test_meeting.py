# -*- test-case-name: pbcopy.test.test_meeting -*-
"""
Tests for L{pbcopy._meeting}.
"""

from __future__ import annotations

from typing import Any

from twisted.python.reflect import qual
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._broker import mayPack
from pbcopy._channel import RELEASE, wordFor
from pbcopy._hub import Hub, hubOf
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
        kit = self.kit = Kit(self, pb)
        self.root = kit.Root(kit.Pond(["one duck"]))
        return connect(server.PBServerFactory(self.root), client.PBClientFactory())

    def test_bothPbcopy(self) -> None:
        """
        Each knows the other before the first call.
        """
        connection = self.connect(pb, pb)
        for broker in (connection.server, connection.client):
            self.assertTrue(hubOf(broker).understands(RELEASE))

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

    def test_theServerIsLate(self) -> None:
        """
        A server with Twisted's factory has nothing that hears the client when
        that is connected.  They meet with the first object, either way.
        """
        for isSent in (True, False):
            connection = self.connect(stock, pb)
            args = (self.kit.Pond(),) if isSent else ()
            call = connection.root.callRemote("give" if isSent else "pond", *args)
            connection.deliver()
            self.successResultOf(call)
            for broker in (connection.server, connection.client):
                self.assertTrue(hubOf(broker).understands(RELEASE))

    def test_helloIsNotRepeated(self) -> None:
        """
        Each side introduces itself once.  What is told later is of one class.
        """
        said: list[tuple[object, ...]] = []
        real = Hub.remote_hello

        def remote_hello(hub: Hub, *words: object) -> None:
            said.append(words)
            real(hub, *words)

        self.patch(Hub, "remote_hello", remote_hello)
        connection = self.connect(pb, pb)
        call = connection.root.callRemote("give", self.kit.Pond())
        connection.deliver()
        self.successResultOf(call)
        mine, others, *more = said
        self.assertEqual(("release", "heard"), (mine[0], others[0]))
        word = ("heard", wordFor(qual(self.kit.Pond).encode()))
        self.assertEqual([word] if mayPack(connection.client) else [], more)

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
