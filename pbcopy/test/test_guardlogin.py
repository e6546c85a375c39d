# -*- test-case-name: pbcopy.test.test_guardlogin -*-
"""
Tests for L{pbcopy._guardlogin}.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from twisted.internet import reactor
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.python.failure import Failure

import pbcopy
from pbcopy import limits
from pbcopy.test.guards import NO_ARGS, NO_KW, GuardTestCase, Peer, portal

PATIENCE = limits.MAX_SECONDS_BEFORE_LOGIN


class WaitTests(GuardTestCase):
    """
    Who does not log in loses the connection.
    """

    def setUp(self) -> None:
        super().setUp()
        self.clock = Clock()

        class Clocked(pbcopy.Broker):
            clock = self.clock

        self.protocol = Clocked

    def peer(self, root: Any = None, **kw: Any) -> Peer:
        """
        Connect a peer.
        """
        return Peer(portal() if root is None else root, self.protocol, **kw)

    def assertTooLate(self, peer: Peer) -> None:
        """
        Check that a peer loses its connection when the time is over, and not before.
        """
        self.clock.advance(PATIENCE - 1)
        self.assertFalse(peer.isLost())
        self.clock.advance(1)
        name = f"pbcopy.limits.MAX_SECONDS_BEFORE_LOGIN, {PATIENCE} here"
        self.assertClosed(peer, "before login: this took too long", name)

    def test_nothing(self) -> None:
        """
        So does who says nothing.
        """
        self.assertTooLate(self.peer(greets=False))

    def test_half(self) -> None:
        """
        So does who sends half a message, and then nothing.
        """
        peer = self.peer()
        peer.write(b"\x06\x80\x07\x82mess")
        self.assertTooLate(peer)

    def test_calls(self) -> None:
        """
        So does who calls, and does not log in.
        """
        peer = self.peer()
        self.clock.advance(PATIENCE - 1)
        peer.send([b"message", 1, b"nobody", b"add", 0, NO_ARGS, NO_KW])
        self.assertFalse(peer.isLost())
        self.clock.advance(1)
        self.assertClosed(peer, "this took too long")

    def test_login(self) -> None:
        """
        Who has logged in stays, also when the avatar is given back later.
        """
        for isUsed in (False, True):
            peer = self.peer()
            ((_, _, (_, luid)),) = peer.call(1, [b"None"], name=b"loginAnonymous")
            if isUsed:
                peer.send([b"decref", luid])
                self.assertEqual([], self.clock.getDelayedCalls())
            self.clock.advance(10 * PATIENCE)
            self.assertFalse(peer.isLost())
        self.assertEqual([], self.lines)

    def test_noLogin(self) -> None:
        """
        Where the root is no portal's, nobody has to log in.
        """
        peer = self.peer(self.root, security=pbcopy.Policy())
        self.assertEqual([], self.clock.getDelayedCalls())
        self.assertAlive(peer)

    def test_anotherLogin(self) -> None:
        """
        A policy may know who has logged in, and have a time of its own, for that.
        """
        policy = pbcopy.Policy(isLoggedIn=lambda broker: False)
        policy.limit(MAX_SECONDS_BEFORE_LOGIN=5)
        peer = self.peer(self.root, security=policy)
        self.clock.advance(5)
        self.assertClosed(peer, "MAX_SECONDS_BEFORE_LOGIN, 5 here")

    def test_forEver(self) -> None:
        """
        With 0, or C{None}, a peer may take any time.
        """
        policy = pbcopy.Policy()
        policy.limit(MAX_SECONDS_BEFORE_LOGIN=0)
        self.peer(security=policy)
        self.patch(limits, "MAX_SECONDS_BEFORE_LOGIN", None)
        self.peer()
        self.assertEqual([], self.clock.getDelayedCalls())

    def test_lost(self) -> None:
        """
        Nothing waits for who is gone.
        """
        peer = self.peer()
        peer.broker.connectionLost(Failure(ConnectionDone()))
        self.assertEqual([], self.clock.getDelayedCalls())


class ClockTests(GuardTestCase):
    """
    The time is that of the connection.
    """

    def test_ofTheTransport(self) -> None:
        """
        It is that of the transport's reactor; a connection in memory has none, and
        what has another transport has the reactor that is installed.
        """
        broker: Any = Peer(portal()).broker
        self.assertIsNone(broker._timer())
        broker.transport.reactor = clock = Clock()
        self.assertIs(clock, broker._timer())
        broker.transport = SimpleNamespace()
        self.assertIs(reactor, broker._timer())
