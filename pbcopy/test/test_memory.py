# -*- test-case-name: pbcopy.test.test_memory -*-
"""
Tests for L{pbcopy._memory}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectionAborted, ConnectionDone
from twisted.internet.interfaces import IConsumer, ITransport
from twisted.python.failure import Failure
from twisted.spread import pb, util
from twisted.trial.unittest import FailTest, SynchronousTestCase
from zope.interface.verify import verifyObject

from pbcopy.testing import connect


class Echo(pb.Root):
    """
    A root that gives back what it is given.
    """

    def remote_echo(self, thing: Any) -> Any:
        """
        Give it back.
        """
        return thing

    def remote_pages(self, collector: Any) -> None:
        """
        Send pages, as a pull producer.
        """
        util.StringPager(collector, b"0123456789", 3)


class ConnectionTests(SynchronousTestCase):
    """
    L{connect} joins real Brokers in memory.
    """

    def setUp(self) -> None:
        """
        Join two Brokers.
        """
        self.connection = connect(Echo())

    def test_transport(self) -> None:
        """
        Each side is a transport.
        """
        for side in (self.connection.fromServer, self.connection.fromClient):
            verifyObject(ITransport, side)
            verifyObject(IConsumer, side)
            self.assertEqual("127.0.0.1", side.getHost().host)
            self.assertEqual("127.0.0.1", side.getPeer().host)
            self.assertIn("0 bytes", repr(side))

    def test_stockFactories(self) -> None:
        """
        The Brokers are built by the factories that are given.
        """
        server, client = pb.PBServerFactory(Echo()), pb.PBClientFactory()
        connection = connect(server, client)
        self.assertIs(server, connection.server.factory)
        self.assertIs(client, connection.client.factory)
        root = self.successResultOf(client.getRootObject())
        call = root.callRemote("echo", 7)
        connection.deliver()
        self.assertEqual(7, self.successResultOf(call))

    def test_nothingMovesByItself(self) -> None:
        """
        A call is answered when it is delivered, and not before.
        """
        call = self.connection.root.callRemote("echo", 7)
        self.assertNoResult(call)
        self.connection.deliver()
        self.assertEqual(7, self.successResultOf(call))

    def test_byteByByte(self) -> None:
        """
        Delivery can be as small as a byte.
        """
        call = self.connection.root.callRemote("echo", 7)
        steps = 0
        while self.connection.deliverOnce(1):
            steps += 1
        self.assertEqual(7, self.successResultOf(call))
        self.assertGreater(steps, 10)

    def test_held(self) -> None:
        """
        A side that is held keeps what is written to it.
        """
        self.connection.fromServer.held = True
        call = self.connection.root.callRemote("echo", 7)
        self.connection.deliver()
        self.assertNoResult(call)
        self.connection.fromServer.held = False
        self.connection.deliver()
        self.assertEqual(7, self.successResultOf(call))

    def test_cut(self) -> None:
        """
        A cut loses what was not delivered; both Brokers and the client's
        factory are told, with the reason.
        """
        waiting = self.connection.client.factory.getRootObject()
        self.successResultOf(waiting)
        call = self.connection.root.callRemote("echo", 7)
        self.connection.cut(Failure(ConnectionAborted()))
        self.failureResultOf(call, pb.PBConnectionLost)
        self.assertTrue(self.connection.lost)
        self.assertTrue(self.connection.server.disconnected)
        self.assertTrue(self.connection.client.disconnected)
        self.assertFalse(self.connection.deliverOnce())
        self.connection.cut()

    def test_aPendingRoot(self) -> None:
        """
        A cut fails whoever waits for the root object on the client's factory.
        """
        factory = pb.PBClientFactory()
        connection = connect(Echo(), factory)
        factory._broker = None
        waiting = factory.getRootObject()
        connection.cut()
        self.failureResultOf(waiting, ConnectionDone)

    def test_loseConnectionIsNotAtOnce(self) -> None:
        """
        What was written before the close is delivered first.
        """
        call = self.connection.root.callRemote("echo", 7)
        self.connection.fromClient.held = True
        self.connection.fromClient.loseConnection()
        self.connection.deliver()
        self.assertFalse(self.connection.lost)
        self.connection.fromClient.held = False
        self.connection.deliver()
        self.assertTrue(self.connection.lost)
        call.addErrback(lambda failure: None)

    def test_loseConnection(self) -> None:
        """
        A Broker that closes the connection still has its last words delivered.
        """
        call = self.connection.root.callRemote("echo", 7)
        self.connection.fromClient.loseConnection()
        self.connection.fromServer.held = True
        self.connection.deliver()
        self.assertTrue(self.connection.lost)
        self.failureResultOf(call, pb.PBConnectionLost)

    def test_abortConnection(self) -> None:
        """
        A Broker that aborts has them lost.
        """
        self.connection.root.callRemote("echo", 7).addErrback(lambda failure: None)
        self.connection.fromClient.abortConnection()
        self.connection.deliver()
        self.assertTrue(self.connection.lost)

    def test_anExceptionCostsTheConnection(self) -> None:
        """
        An exception out of C{dataReceived} is logged, and the connection is
        lost, as with the reactor.
        """
        self.connection.fromClient.write(b"\xff")
        self.connection.deliver()
        self.assertEqual(1, len(self.flushLoggedErrors(NotImplementedError)))
        self.assertTrue(self.connection.lost)

    def test_writingAfterwards(self) -> None:
        """
        What is written to a lost connection goes nowhere.
        """
        self.connection.cut(Failure(ConnectionDone()))
        self.connection.fromClient.writeSequence([b"a", b"b"])
        self.assertEqual(b"", self.connection.fromClient.outgoing)

    def test_producers(self) -> None:
        """
        A pull producer, as a C{Pager} is, is asked for more.
        """
        call = util.getAllPages(self.connection.root, "pages")
        self.connection.deliver()
        self.assertEqual(b"0123456789", b"".join(self.successResultOf(call)))

    def test_neverAtRest(self) -> None:
        """
        Two peers that never come to rest are an error.
        """
        self.patch(type(self.connection), "deliverOnce", lambda connection: True)
        error = self.assertRaises(FailTest, self.connection.deliver)
        self.assertIn("still talk", str(error))
