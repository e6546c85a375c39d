# -*- test-case-name: pbcopy.test.test_guardbroker -*-
"""
The ground for tests of L{pbcopy.Broker}: a peer that writes Banana by hand.
"""

from __future__ import annotations

import gc
from typing import Any

from twisted.cred.checkers import AllowAnonymousAccess
from twisted.cred.portal import IRealm, Portal
from twisted.internet.error import ConnectionAborted
from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import banana, jelly, pb
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer

import pbcopy
from pbcopy._registry import copyTags
from pbcopy._side import ADDRESS, Side
from pbcopy.testing import Connection, connect

VERSION = [b"version", 6]
NO_ARGS: list[Any] = [b"tuple"]
NO_KW: list[Any] = [b"dictionary"]


class Pond(pb.Root):
    """
    A root that notes what was called.
    """

    def __init__(self) -> None:
        self.called: list[Any] = []

    def remote_add(self, *ducks: Any) -> int:
        """
        Note some ducks.
        """
        self.called.append(ducks)
        return len(ducks)


@implementer(IRealm)
class Realm:
    """
    A realm with one avatar.
    """

    def requestAvatar(self, avatarId: Any, mind: Any, *interfaces: Any) -> Any:
        """
        Give it.
        """
        return pb.IPerspective, pb.Avatar(), lambda: None


def portal() -> Portal:
    """
    Make a portal that lets everybody in.
    """
    return Portal(Realm(), [AllowAnonymousAccess()])


class Peer:
    """
    A client of a server's that has no Broker.

    @ivar broker: the server's Broker.
    @ivar raised: what that has let out of C{dataReceived}, as when the reactor
        closes the connection for it.
    """

    raised: Exception | None = None

    def __init__(
        self, root: Any, protocol: Any = pbcopy.Broker, greets: bool = True, **kw: Any
    ) -> None:
        """
        @param root: what a C{PBServerFactory} takes, with C{kw}.
        @param protocol: the Broker's class.
        @param greets: whether the peer begins as PB does.
        """
        factory: Any = pb.PBServerFactory(root, **kw)
        factory.protocol = protocol
        self.broker = factory.buildProtocol(ADDRESS)
        self.side = Side(self.broker, "the server")
        self.broker.makeConnection(self.side)
        if greets:
            self.send(b"pb", VERSION)
            self.heard()

    def write(self, data: bytes) -> None:
        """
        Have the server receive bytes.
        """
        if self.isLost():
            return
        try:
            self.broker.dataReceived(data)
        except Exception as error:
            self.raised = error
            self.broker.connectionLost(Failure(ConnectionAborted()))

    def send(self, *messages: Any) -> None:
        """
        Have the server receive messages.
        """
        self.write(b"".join(banana.encode(message) for message in messages))

    def call(
        self, requestID: int, *args: Any, name: bytes = b"add", objectID: Any = b"root"
    ) -> Any:
        """
        Call a method, and give what is heard.
        """
        arguments = [*NO_ARGS, *args]
        self.send([b"message", requestID, objectID, name, 1, arguments, NO_KW])
        return self.heard()

    def heard(self) -> list[Any]:
        """
        Give what the server has sent since this was asked.
        """
        heard: list[Any] = []
        decoder: Any = banana.Banana()
        decoder.setPrefixLimit(64)
        decoder.currentDialect = b"pb"
        decoder.expressionReceived = heard.append
        decoder.dataReceived(self.side.take(None) or b"")
        return heard

    def isLost(self) -> bool:
        """
        Tell whether the server has closed the connection.
        """
        return self.raised is not None or self.side.isOver()


class GuardTestCase(SynchronousTestCase):
    """
    A test that counts the lines of the log.
    """

    def setUp(self) -> None:
        self.root = Pond()
        self.lines: list[str] = []
        log.addObserver(self._note)
        self.addCleanup(log.removeObserver, self._note)

    def _note(self, event: Any) -> None:
        text = log.textFromEventDict(event)
        self.lines += (text or "").splitlines()

    def assertLine(self, *parts: str) -> str:
        """
        Check that one line was logged since the last time, with these in it.
        """
        lines, self.lines[:] = self.lines[:], []
        self.assertEqual(1, len(lines), lines)
        for part in parts:
            self.assertIn(part, lines[0])
        return lines[0]

    def assertAlive(self, peer: Peer) -> None:
        """
        Check that the connection is there, and works.
        """
        self.assertFalse(peer.isLost(), peer.raised)
        self.root.called.clear()
        self.assertEqual([[b"answer", 99, 1]], peer.call(99, 7))
        self.assertEqual([(7,)], self.root.called)
        self.assertEqual([], self.lines)

    def assertClosed(self, peer: Peer, *parts: str) -> None:
        """
        Check that the server has closed the connection, of its own accord, with one
        line.
        """
        self.assertIsNone(peer.raised)
        self.assertTrue(peer.isLost())
        self.assertLine("has lost its connection", *parts)

    def assertStockRaises(self, expected: Any, *messages: Any) -> None:
        """
        Check that Twisted's Broker raises for messages, which costs the connection.
        """
        peer = Peer(Pond(), pb.Broker)
        peer.send(*messages)
        self.assertIsInstance(peer.raised, expected)
        self.lines.clear()


class Known(pb.Copyable, pb.RemoteCopy):
    """
    A copy of Twisted's flavor, that notes what is made.
    """

    made: list[Any] = []  # noqa: RUF012

    def setCopyableState(self, state: Any) -> None:
        """
        Note it.
        """
        self.made.append(state)
        if state.get(b"fails") or state.get("fails"):
            raise RuntimeError("not this state")
        self.__dict__.update(state)


class Stranger(pb.Copyable):
    """
    A copy that the receiver does not know.
    """


class Trouble(pb.Error, pb.Copyable):
    """
    An error that is sent itself, and that the receiver does not know.
    """


class CallTestCase(GuardTestCase):
    """
    What the tests have in common.
    """

    def setUp(self) -> None:
        super().setUp()
        pb.setUnjellyableForClass(Known, Known)
        self.addCleanup(copyTags.pop, b"pbcopy.test.guards.Known")
        self.patch(Known, "made", [])

    def connect(self, protocol: Any = pbcopy.Broker, **kw: Any) -> Connection:
        """
        Connect a client to a server of the root.
        """
        server: Any = pb.PBServerFactory(self.root, **kw)
        client: Any = pb.PBClientFactory()
        server.protocol = client.protocol = protocol
        return connect(server, client)

    def called(self, connection: Connection, method: Any) -> list[Any]:
        """
        Have the client call a method, and give what its Deferred has fired with.
        """
        self.root.remote_try = method  # type: ignore[attr-defined]
        results: list[Any] = []
        connection.root.callRemote("try").addBoth(results.append)
        connection.deliver()
        return results

    def failedWith(self, connection: Connection, method: Any) -> Failure:
        """
        Have the client call a method, check that this fails alone, and give the
        failure.
        """
        (failure,) = self.called(connection, method)
        self.assertIsInstance(failure, Failure)
        self.assertWorks(connection)
        assert isinstance(failure, Failure)
        return failure

    def assertWorks(self, connection: Connection) -> None:
        """
        Check that the connection lives.
        """
        self.assertFalse(connection.lost, connection.reason)
        self.assertEqual([7], self.called(connection, lambda: 7))

    def assertStockFails(self, method: Any) -> None:
        """
        Check that with Twisted's Broker a call costs the connection, never ends, or
        does not say what it failed with.
        """
        connection = self.connect(pb.Broker)
        results = self.called(connection, method)
        # The client's own pbcopy may have saved the connection.
        isMended = not (connection.lost or not results)
        self.assertTrue(not isMended or results[0].check(jelly.InsecureJelly), results)
        del connection
        gc.collect()
        self.flushLoggedErrors()
        self.lines.clear()


def errorIn(heard: list[Any]) -> tuple[int, str, str]:
    """
    Give the id, the class and the text of an error that was heard.
    """
    (verb, requestID, (name, state)), *others = heard
    if (verb, name, others) != (b"error", b"twisted.spread.pb.CopyableFailure", []):
        raise ValueError(heard)
    pairs = {_plain(key): _plain(value) for key, value in state[1:]}
    return requestID, pairs["type"], pairs["value"]


def _plain(sexp: Any) -> Any:
    if isinstance(sexp, list) and sexp[0] == b"unicode":
        sexp = sexp[1]
    return sexp.decode("utf-8") if isinstance(sexp, bytes) else sexp
