# -*- test-case-name: pbcopy.test.test_guardbroker -*-
"""
Tests for L{pbcopy._guardbroker}.
"""

from __future__ import annotations

from typing import Any

from twisted.cred.credentials import Anonymous
from twisted.internet.task import Clock
from twisted.spread import banana, flavors, pb
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
import pbcopy.pb
from pbcopy import limits
from pbcopy.test.guards import (
    NO_ARGS,
    NO_KW,
    VERSION,
    GuardTestCase,
    Peer,
    Pond,
    errorIn,
    portal,
)
from pbcopy.testing import connect


def nested(depth: int) -> list[Any]:
    """
    Make lists in each other, for Jelly.
    """
    whole: list[Any] = [b"list"]
    for _ in range(depth - 1):
        whole = [b"list", whole]
    return whole


class SizeTests(GuardTestCase):
    """
    Too much closes the connection, before it is there.
    """

    def test_aMessage(self) -> None:
        """
        A message that is larger than it may be closes the connection as soon as
        that is announced.
        """
        self.patch(limits, "MAX_MESSAGE", 1000)
        peer = Peer(self.root)
        peer.write(b"\x02\x80\x00\x08\x82")
        self.assertClosed(peer, "bytes", "pbcopy.limits.MAX_MESSAGE, 1000 here", "1030")

    def test_whatFollows(self) -> None:
        """
        What came before it is done, and nothing that comes after.
        """
        self.patch(limits, "MAX_MESSAGE", 1000)
        peer = Peer(self.root)
        fine = [b"message", 1, b"root", b"add", 0, NO_ARGS, NO_KW]
        peer.send(fine, fine, [b"x" * 2000], fine)
        peer.broker.dataReceived(banana.encode(fine))
        self.assertEqual([(), ()], self.root.called)
        self.assertClosed(peer)

    def test_stock(self) -> None:
        """
        Twisted's Broker takes a message of any size.
        """
        peer = Peer(self.root, pb.Broker)
        for _ in range(40):
            peer.write(b"\x00\x00\x28\x80" if _ == 0 else banana.encode(bytes(600_000)))
        self.assertFalse(peer.isLost())
        held = sum(len(item) for item in peer.broker.listStack[0][1])
        self.assertGreater(held, limits.MAX_MESSAGE)

    def test_lists(self) -> None:
        """
        So do too many lists, and too many in each other.
        """
        self.patch(limits, "MAX_OBJECTS", 50)
        peer = Peer(self.root)
        peer.write(b"\x64\x80" + b"\x80" * 60)
        self.assertClosed(peer, "lists", "pbcopy.limits.MAX_OBJECTS, 50 here")
        self.patch(limits, "MAX_OBJECTS", 10_000)
        peer = Peer(self.root)
        peer.write(b"\x01\x80" * 1001)
        self.assertClosed(peer, "pbcopy.limits.MAX_NESTING, 1000 here")

    def test_ofAPolicy(self) -> None:
        """
        A policy has its own.
        """
        policy = pbcopy.Policy()
        policy.limit(MAX_MESSAGE=500)
        peer = Peer(self.root, security=policy)
        self.assertAlive(peer)
        peer.call(1, bytes(600))
        self.assertClosed(peer, "pbcopy.limits.MAX_MESSAGE, 500 here")
        self.root.called.clear()
        self.assertAlive(Peer(self.root))

    def test_lessOfAPolicy(self) -> None:
        """
        Where a policy takes less of what is in a message, that fails the call.
        """
        policy = pbcopy.Policy()
        policy.limit(MAX_OBJECTS=10, MAX_NESTING=4)
        peer = Peer(self.root, security=policy)
        for sent in ([b"list", *[[b"None"]] * 20], nested(5)):
            name = errorIn(peer.call(1, sent))[1]
            self.assertEqual("pbcopy.errors.Violation", name)
            self.assertLine("pbcopy.limits.")
            self.assertAlive(peer)

    def test_notBanana(self) -> None:
        """
        What is not Banana closes the connection.
        """
        for data in (b"\x90", b"\x01" * 65, b"\x7f\x87", b"\x7f\x7f\x7f\x80"):
            peer = Peer(self.root)
            peer.write(data)
            self.assertClosed(peer, "a message: ")
            stock = Peer(self.root, pb.Broker)
            stock.write(data)
            self.assertIsNotNone(stock.raised)

    def test_inPieces(self) -> None:
        """
        A message may come byte by byte.
        """
        peer = Peer(self.root)
        message = [b"message", 1, b"root", b"add", 1, [*NO_ARGS, 1.5, b"duck"], NO_KW]
        for byte in banana.encode(message):
            peer.write(bytes([byte]))
        self.assertEqual([(1.5, b"duck")], self.root.called)


class LoginTests(GuardTestCase):
    """
    Who has yet to log in may do less.
    """

    def clocked(self) -> Any:
        """
        Give a class of Brokers whose time stands.
        """
        self.clock = Clock()

        class Clocked(pbcopy.Broker):
            clock = self.clock

        return Clocked

    def test_size(self) -> None:
        """
        Before the login there is another limit for the size of a message.
        """
        peer = Peer(portal())
        peer.call(1, bytes(limits.MAX_MESSAGE_BEFORE_LOGIN))
        self.assertClosed(peer, "pbcopy.limits.MAX_MESSAGE_BEFORE_LOGIN, 65536 here")

    def test_afterLogin(self) -> None:
        """
        After the login it does not count, nor does that of messages in a second.
        """
        peer = Peer(portal(), self.clocked())
        (answer,) = peer.call(1, [b"None"], name=b"loginAnonymous")
        self.assertEqual([b"answer", 1], answer[:2])
        for _ in range(2 * limits.MAX_CALLS_BEFORE_LOGIN):
            peer.call(2, bytes(limits.MAX_MESSAGE_BEFORE_LOGIN), name=b"quack")
        self.assertFalse(peer.isLost())

    def test_rate(self) -> None:
        """
        Before the login, messages beyond so many in a second close the connection.
        """
        peer = Peer(portal(), self.clocked())
        unwanted = [b"message", 1, b"nobody", b"add", 0, NO_ARGS, NO_KW]
        for _ in range(5):
            self.clock.advance(1)
            peer.send(*[unwanted] * limits.MAX_CALLS_BEFORE_LOGIN)
            self.assertFalse(peer.isLost())
        peer.send(*[unwanted] * 100)
        name = f"pbcopy.limits.MAX_CALLS_BEFORE_LOGIN, {limits.MAX_CALLS_BEFORE_LOGIN}"
        self.assertClosed(peer, "before login: ", "messages in a second", name)

    def test_noLogin(self) -> None:
        """
        Where the root is no portal's, nobody has to log in.
        """
        peer = Peer(self.root, self.clocked())
        peer.call(1, bytes(limits.MAX_MESSAGE_BEFORE_LOGIN))
        for _ in range(2 * limits.MAX_CALLS_BEFORE_LOGIN):
            peer.call(1)
        self.assertAlive(peer)

    def test_anotherLogin(self) -> None:
        """
        A policy may know who has logged in, and have limits for the others.
        """
        isOpen: list[Any] = []
        policy = pbcopy.Policy(isLoggedIn=lambda broker: broker in isOpen)
        policy.limit(MAX_CALLS_BEFORE_LOGIN=5, MAX_MESSAGE_BEFORE_LOGIN=500)
        peer = Peer(self.root, self.clocked(), security=policy)
        isOpen.append(peer.broker)
        for _ in range(10):
            peer.call(1, bytes(1000))
        self.assertAlive(peer)
        isOpen.clear()
        peer.call(1, bytes(1000))
        self.assertClosed(peer, "MAX_MESSAGE_BEFORE_LOGIN, 500 here")

    def test_theSmallerOne(self) -> None:
        """
        What a policy says for all who have yet to log in counts, if it is less.
        """
        policy = pbcopy.Policy()
        policy.limit(beforeLogin=True, MAX_MESSAGE=300)
        peer = Peer(portal(), security=policy)
        peer.call(1, bytes(400))
        self.assertClosed(peer, "pbcopy.limits.MAX_MESSAGE, 300 here")

    def test_clients(self) -> None:
        """
        A client's peer has nothing to log in to.  A login works.
        """
        server: Any = pbcopy.pb.PBServerFactory(portal())
        client: Any = pbcopy.pb.PBClientFactory()
        client.protocol = server.protocol = self.clocked()
        connection = connect(server, client)
        call = client.login(Anonymous(), Pond())
        connection.deliver()
        self.successResultOf(call)
        self.assertEqual([], self.lines)


class NegotiationTests(GuardTestCase):
    """
    The two peers find a dialect.
    """

    def test_unknown(self) -> None:
        """
        A dialect that is not known, or is no name, closes the connection.
        """
        for said in (b"pbx", 7, [b"pb"], []):
            peer = Peer(self.root, greets=False)
            peer.send(said, said, said)
            self.assertClosed(peer, "no such dialect")

    def test_toAClient(self) -> None:
        """
        So it is where the server offers none.
        """
        for offered in (7, [], [7, [b"pb"]], b"pb" * 100):
            factory: Any = pb.PBClientFactory()
            factory.protocol = pbcopy.Broker
            connection = connect(self.root)
            broker = factory.buildProtocol(None)
            broker.makeConnection(connection.fromClient)
            broker.dataReceived(banana.encode(offered))
            self.assertLine("no such dialect")
            self.assertTrue(connection.fromClient.isOver())

    def test_withTwisteds(self) -> None:
        """
        Twisted's Broker is understood, and understands, on either side.
        """
        for broker, other in ((pbcopy.Broker, pb.Broker), (pb.Broker, pbcopy.Broker)):
            server: Any = pb.PBServerFactory(self.root)
            client: Any = pb.PBClientFactory()
            server.protocol, client.protocol = broker, other
            connection = connect(server, client)
            self.assertEqual(b"pb", connection.client.currentDialect)
            call = connection.root.callRemote("add", [1.5, -(2**80)])
            connection.deliver()
            self.successResultOf(call)
            self.assertEqual(([1.5, -(2**80)],), self.root.called.pop())

    def test_withoutVocabulary(self) -> None:
        """
        The dialect without words works, and has no words.
        """
        peer = Peer(self.root, greets=False)
        peer.send(b"none", VERSION)
        peer.heard()
        self.assertAlive(peer)
        peer.write(b"\x01\x87")
        self.assertClosed(peer, "vocabulary")

    def test_version(self) -> None:
        """
        Another version of the protocol closes the connection.
        """
        peer = Peer(self.root)
        peer.send([b"version", 7])
        self.assertClosed(peer, "another version", "got 7, expected 6")
        self.assertStockRaises(pb.ProtocolError, [b"version", 7])


class MessageTests(GuardTestCase):
    """
    What is no message is refused, and the connection lives.
    """

    def test_D38_unknownVerbs(self) -> None:
        """
        The sender of a verb that is not known is told so.
        """
        peer = Peer(self.root)
        for verb in (b"quack", b"q" * 1000, "ü".encode(), b"_recvMessage"):
            peer.send([verb, 1, 2])
            told = verb[:100] if verb.isascii() else verb
            self.assertEqual([[b"didNotUnderstand", told]], peer.heard())
            self.assertLine("no such verb")
            self.assertAlive(peer)
        self.assertStockRaises(banana.BananaError, [b"quack", 1])

    def test_didNotUnderstand(self) -> None:
        """
        What a peer has not understood is logged, shortened, and not answered.
        """
        peer = Peer(self.root)
        peer.send([b"didNotUnderstand", b"quack\n" * 1000])
        self.assertEqual([], peer.heard())
        self.assertLess(len(self.assertLine("did not understand")), 200)
        self.assertAlive(peer)

    def test_noMessages(self) -> None:
        """
        What has no verb is dropped.
        """
        peer = Peer(self.root)
        said: list[Any] = [7, b"pb", [], [7], [[]], [b"\xff"], [1.5, b"answer"]]
        for sent in said:
            peer.send(sent)
            self.assertEqual([], peer.heard())
            self.assertLine("this is no message")
            self.assertAlive(peer)
            self.assertStockRaises(Exception, sent)

    def test_otherForms(self) -> None:
        """
        What follows a verb has to be what it wants.
        """
        peer = Peer(self.root)
        messages: list[Any] = [
            [b"answer"],
            [b"answer", [], 1],
            [b"answer", 1, 2, 3],
            [b"error", b"1", 2],
            [b"decref", b"root"],
            [b"decref", []],
            [b"decache", 1.5],
            [b"uncache", [1]],
            [b"version"],
            [b"didNotUnderstand", [b"x" * 1000]],
            [b"message"],
            [b"message", b"1", b"root", b"add", 1, NO_ARGS, NO_KW],
            [b"message", 1, [], b"add", 0, NO_ARGS, NO_KW],
            [b"message", 1, b"root", b"add", 0, NO_ARGS],
        ]
        for sent in messages:
            peer.send(sent)
            self.assertEqual([], peer.heard(), sent)
            self.assertLine("another form")
            self.assertAlive(peer)

    def test_anAnswer(self) -> None:
        """
        Whoever waits for the answer to a call that has not its form is told.
        """
        peer = Peer(self.root)
        for sent in (
            [b"message", 5],
            [b"message", 5, b"root", b"add", 1, NO_ARGS],
            [b"message", 5, b"root", 7, 1, NO_ARGS, NO_KW],
            [b"message", 5, 1.5, b"add", 1, NO_ARGS, NO_KW],
            [b"cachemessage", 5, b"root", b"add", 1, NO_ARGS, NO_KW],
            [b"message", 5, b"root", b"add", b"yes", 7, 7],
        ):
            peer.send(sent)
            requestID, name, text = errorIn(peer.heard())
            self.assertEqual((5, "pbcopy.errors.Violation"), (requestID, name))
            self.assertIn("another form", text)
            self.assertLine("another form")
            self.assertAlive(peer)

    def test_unknownIDs(self) -> None:
        """
        Ids that nobody has are dropped.
        """
        peer = Peer(self.root)
        for verb in (b"decref", b"decache", b"uncache"):
            for anID in (7, 0, -1, 2**300):
                peer.send([verb, anID])
                self.assertEqual([], peer.heard())
                self.assertLine(f"{verb.decode()}: there is no such id")
                self.assertAlive(peer)
            self.assertStockRaises(KeyError, [verb, 7])
        for verb in (b"answer", b"error"):
            peer.send([verb, 7, [b"None"]])
            self.assertLine(f"{verb.decode()}: there is no such id")
            self.assertAlive(peer)
            self.assertStockRaises(KeyError, [verb, 7, [b"None"]])

    def test_knownIDs(self) -> None:
        """
        References and caches are let go of as ever.
        """
        self.root.remote_self = lambda: self.root  # type: ignore[attr-defined]
        peer = Peer(self.root)
        ((_, _, (_, luid)),) = peer.call(1, name=b"self")
        self.assertIn(luid, peer.broker.localObjects)
        peer.send([b"decref", luid])
        self.assertNotIn(luid, peer.broker.localObjects)
        cacheable = flavors.Cacheable()
        self.patch(cacheable, "getStateToCacheAndObserveFor", lambda who, how: 1)
        self.root.remote_self = lambda: cacheable  # type: ignore[attr-defined]
        ((_, _, (_, luid, _)),) = peer.call(2, name=b"self")
        peer.send([b"decache", luid])
        self.assertEqual([[b"uncache", luid]], peer.heard())
        self.assertEqual([], self.lines)

    def test_ownVerbs(self) -> None:
        """
        A subclass may have verbs of its own.
        """

        class Talking(pbcopy.Broker):
            said: Any = None

            def proto_say(self, *words: Any) -> None:
                self.said = words

        peer = Peer(self.root, Talking)
        peer.send([b"say", b"quack", [1]])
        self.assertEqual((b"quack", [1]), peer.broker.said)
        self.assertAlive(peer)


class ExportTests(SynchronousTestCase):
    """
    The Broker is pbcopy's own, beside Twisted's.
    """

    def test_names(self) -> None:
        """
        C{pbcopy.pb} has Twisted's, and L{pbcopy} has this.
        """
        self.assertIs(pb.Broker, pbcopy.pb.Broker)
        self.assertTrue(issubclass(pbcopy.Broker, pb.Broker))
