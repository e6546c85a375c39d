# -*- test-case-name: pbcopy.test.test_guardsending -*-
"""
Tests for L{pbcopy._guardsending}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import banana, pb
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy.test.guards import Pond
from pbcopy.testing import Connection, connect


class CallTests(SynchronousTestCase):
    """
    Calls of L{pbcopy.Broker} are as those of Twisted's.
    """

    def setUp(self) -> None:
        """
        Connect two.
        """
        self.root = Pond()
        server: Any = pb.PBServerFactory(self.root)
        client: Any = pb.PBClientFactory()
        server.protocol = client.protocol = pbcopy.Broker
        self.connection: Connection = connect(server, client)

    def test_answers(self) -> None:
        """
        A call has a Deferred if it wants an answer.
        """
        root = self.connection.root
        call = root.callRemote("add", 1)
        self.assertIsNone(root.callRemote("add", 1, pbanswer=False))
        kept = root.callRemote("add", "x", None, pbanswer=True)
        self.connection.deliver()
        self.assertEqual(1, self.successResultOf(call))
        self.assertEqual(2, self.successResultOf(kept))
        self.assertEqual([(1,), (1,), ("x", None)], self.root.called)
        waiting: Any = self.connection.client.waitingForAnswers
        self.assertEqual({}, waiting)

    def test_keywords(self) -> None:
        """
        Keywords are the method's.
        """
        call = self.connection.root.callRemote("add", duck=1)
        self.connection.deliver()
        self.failureResultOf(call)
        self.flushLoggedErrors()

    def test_tooLarge(self) -> None:
        """
        What Banana does not take is refused as Twisted's Broker does, and the
        connection lives.
        """
        root = self.connection.root
        for large in (2**500, b"x" * 700_000):
            self.assertRaises(banana.BananaError, root.callRemote, "add", large)
        call = root.callRemote("add", 1)
        self.connection.deliver()
        self.assertEqual(1, self.successResultOf(call))

    def test_gone(self) -> None:
        """
        A call to a peer that is gone raises.
        """
        root = self.connection.root
        self.connection.client.disconnected = 1
        self.assertRaises(pb.DeadReferenceError, root.callRemote, "add", 1)

    def test_otherWords(self) -> None:
        """
        Where a connection has words of its own, they are used.
        """
        broker: Any = self.connection.client
        written: list[bytes] = []
        self.patch(broker, "_write", written.append)
        broker.outgoingSymbols[b"add"] = 100
        self.connection.root.callRemote("add", 1)
        self.assertIn(b"\x64\x87", written[0])
        self.assertIsInstance(self.connection.root.callRemote("add"), Deferred)
