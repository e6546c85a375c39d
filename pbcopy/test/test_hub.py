# -*- test-case-name: pbcopy.test.test_hub -*-
"""
Tests for L{pbcopy._hub}.
"""

from __future__ import annotations

from typing import Any

from twisted.python import log
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly, SecurityOptions
from twisted.spread.pb import PBClientFactory, PBServerFactory
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import StatusKind, limits, pb, statusOf
from pbcopy._channel import FRESH, HUB
from pbcopy._hub import Hub, hubOf
from pbcopy._tables import publishedBy
from pbcopy.errors import Violation
from pbcopy.test.ponds import Kit, Received, register
from pbcopy.test.test_envelope import Raw
from pbcopy.test.test_refusals import RefusalTestCase
from pbcopy.testing import Connection, connect


class HubTestCase(SynchronousTestCase):
    """
    Two peers, and their hubs.
    """

    def setUp(self) -> None:
        """
        Connect a client to a pond.
        """
        self.kit = Kit(self, pb)
        self.pond = self.kit.Pond(["one duck"])
        self.connection = connect(self.kit.Root(self.pond))

    def fetch(self, connection: Connection) -> Any:
        """
        Fetch the pond.
        """
        received = Received(connection.root.callRemote("pond"))
        connection.deliver()
        return received.results[0]

    def watch(self, broker: Any) -> list[Any]:
        """
        Record the messages that a Broker sends from now on.
        """
        sent: list[Any] = []
        send = broker.sendCall

        def sendCall(*expression: Any) -> None:
            sent.append(expression)
            send(*expression)

        broker.sendCall = sendCall
        return sent


class HubTests(HubTestCase):
    """
    Two hubs know of each other, and give back what is not used any more.
    """

    def test_oneForAConnection(self) -> None:
        """
        A connection has no hub until the first cache meets it, and then one.
        """
        self.assertIsNone(self.connection.server.localObjectForID(HUB))
        view = self.fetch(self.connection)
        for broker in (self.connection.server, self.connection.client):
            self.assertIsInstance(broker.localObjectForID(HUB), Hub)
            self.assertIs(hubOf(broker), hubOf(broker))
        del view

    def test_aFreshStateThatIsRefused(self) -> None:
        """
        One with an object in it that cannot be taken leaves the replica stale,
        and the next update has another one sent.
        """

        class Unknown(pb.Copyable):
            pass

        view = self.fetch(self.connection)
        self.pond.ducks.append(Unknown())
        (publication,) = publishedBy(self.connection.server)
        publication.refresh("a test")
        self.connection.deliver()
        status = pbcopy.statusOf(view)
        self.assertFalse(status.isLive)
        self.assertIn("Unknown", str(status.reason))
        self.flushLoggedErrors(InsecureJelly)
        self.pond.ducks.pop()
        self.pond.add("late")
        self.connection.deliver()
        self.assertTrue(pbcopy.statusOf(view).isLive)
        self.assertEqual(self.pond.ducks, view.ducks)

    def test_aHostileFreshState(self) -> None:
        """
        What is none, or is for nobody, is logged, and the connection lives.
        """
        view = self.fetch(self.connection)
        hub = self.connection.server.remoteForName(HUB)
        arguments: list[Any] = [(), (7,), (self.pond,), ("x", 1, 2)]
        keywords: list[Any] = [{}, {"luid": 7}, {"luid": []}, {"x": 1}]
        for args in arguments:
            for kw in keywords:
                hub.callRemote("fresh", *args, pbanswer=False, **kw)
        client: Any = self.connection.client
        for sent in (1.5, [b"list", 1], []):
            client.sendCall(b"message", 7, HUB, b"fresh", 0, sent, [b"dictionary"])
        self.connection.deliver()
        self.flushLoggedErrors()
        self.assertFalse(self.connection.lost)
        self.assertTrue(pbcopy.statusOf(view).isLive)

    def test_aFreshStateAsAnAnswer(self) -> None:
        """
        One that is none fails its call.
        """
        view = self.fetch(self.connection)
        root = self.kit.Root()
        self.connection.server.setNameForLocal("hostile", root)
        for parts in [[], [[b"list"]]]:
            root.pond = Raw([FRESH.encode("ascii"), *parts])
            call = self.connection.client.remoteForName("hostile").callRemote("pond")
            self.connection.deliver()
            self.failureResultOf(call)
            self.assertFalse(self.connection.lost)
        self.assertTrue(pbcopy.statusOf(view).isLive)

    def test_aFailedUpdateOfAStockSender(self) -> None:
        """
        A stock sender is not asked for a fresh state.
        """
        kit = Kit(self, stock)
        register(self, pb, (kit.Pond, self.kit.View))
        pond = kit.Pond()
        connection = connect(kit.Root(pond))
        view = self.fetch(connection)
        sent = self.watch(connection.client)
        pond.observers[0].callRemote("missing").addErrback(lambda failure: None)
        connection.deliver()
        self.assertEqual([b"error"], [message[0] for message in sent])
        self.assertEqual(1, len(self.flushLoggedErrors(AttributeError)))
        del view

    def test_aPeerThatTakesNoFreshState(self) -> None:
        """
        A pbcopy whose policy does not let a fresh state through does not say
        the word, is sent none, and its replica stays stale.
        """

        class Strict(SecurityOptions):
            def isTypeAllowed(self, typeName: Any) -> bool:
                name = typeName if isinstance(typeName, bytes) else typeName.encode()
                return name != FRESH.encode() and bool(super().isTypeAllowed(name))

        options = Strict()
        options.allowBasicTypes()
        connection = connect(
            PBServerFactory(self.kit.Root(self.pond)), PBClientFactory(security=options)
        )
        view = self.fetch(connection)
        sent = self.watch(connection.server)
        observer = self.pond.observers[0]
        self.failureResultOf(observer.callRemote("add", self.kit.View()))
        observer.callRemote("missing").addErrback(lambda failure: None)
        connection.deliver()
        self.assertEqual([b"cachemessage"], [message[0] for message in sent])
        self.assertIs(StatusKind.STALE, statusOf(view).kind)
        self.flushLoggedErrors(AttributeError)

    def test_anUpdateThatFailsBeforeThePeerIsKnown(self) -> None:
        """
        A replica that goes stale before its sender has said hello asks for a
        fresh state when it does.
        """
        connection = connect(self.kit.Root(self.pond))
        received = Received(connection.root.callRemote("pond"))
        connection.deliverOnce()
        self.pond.ducks.append("ugly duckling")
        self.pond.observers[0].callRemote("missing").addErrback(lambda failure: None)
        connection.fromClient.held = True
        connection.deliver()
        (view,) = received.results
        self.assertIs(StatusKind.STALE, statusOf(view).kind)
        connection.fromClient.held = False
        connection.deliver()
        self.assertTrue(statusOf(view).isLive)
        self.assertEqual(self.pond.ducks, view.ducks)
        self.flushLoggedErrors(AttributeError)

    def test_anHostileRefresh(self) -> None:
        """
        What a peer says of ids that are unknown, or as the reason, does no harm;
        of a long text with many lines one line is logged.
        """
        view = self.fetch(self.connection)
        lines: list[Any] = []
        log.addObserver(lines.append)
        self.addCleanup(log.removeObserver, lines.append)
        server, client = hubOf(self.connection.server), hubOf(self.connection.client)
        nonsense: Any
        for nonsense in (None, 7, "a\nb" * 10_000):
            for luid in (99, view.luid):
                server.remote_refresh(luid, nonsense)
                client.remote_missed(luid, nonsense, nonsense)
                self.connection.deliver()
        texts = [log.textFromEventDict(line) or "" for line in lines]
        self.assertEqual([1], list({len(text.splitlines()) for text in texts}))
        self.assertLess(max(len(text) for text in texts), 1000)
        self.assertEqual(["one duck"], view.ducks)
        self.assertEqual(1, len(self.pond.observers))


class HearingTests(RefusalTestCase):
    """
    A hub hears what a pbcopy sends, and nothing else.
    """

    def refusal(self, name: str, args: Any, kw: Any = (b"dictionary",)) -> Violation:
        """
        Give the error for a message.
        """
        error: Violation = self.assertRaises(
            Violation,
            hubOf(self.broker).remoteMessageReceived,
            *(self.broker, name, args, [*kw]),
        )
        return error

    def test_heard(self) -> None:
        """
        What it hears has no answer but C{None}.
        """
        hub = hubOf(self.broker)
        for name, *args in (("release", 1, 2), ("acknowledge",), ("hello", b"x", 7)):
            answer = hub.remoteMessageReceived(
                self.broker, name, [b"tuple", *args], [b"dictionary"]
            )
            self.assertEqual([b"None"], answer)
        self.assertIs(hub, self.broker.localObjectForID(HUB))

    def test_others(self) -> None:
        """
        It refuses another message, other arguments, and keywords.
        """
        nothing: list[Any] = [b"list"]
        for name, *args in (
            *(("take",), ("_tell", 1), ("", 1), ("acknowledge", 1), ("missed", 1)),
            *(("release", nothing, 1), ("recount", 1.5, 1), ("known", b"x")),
            *(("release", 1), ("recount", 1, 2, 3), ("forget", [b"None"])),
            *(("spent", nothing), ("piece", 1, 2), ("refresh", 1, 2, 3)),
        ):
            error = self.refusal(name, [b"tuple", *args])
            self.assertIn("pbcopy.", error.where)
        self.refusal("acknowledge", [b"tuple"], (b"dictionary", [b"x", 1]))

    def test_references(self) -> None:
        """
        A reference among the words of a C{hello} is no word.
        """
        hubOf(self.broker).remoteMessageReceived(
            *(self.broker, "hello", [b"tuple", [b"remote", b"x"]], [b"dictionary"])
        )
        self.assertFalse(hubOf(self.broker).understands("x"))

    def test_words(self) -> None:
        """
        The words that a peer may say are bounded.
        """
        self.patch(limits, "MAX_WORDS", 3)
        hub = hubOf(self.broker)
        hub.remote_hello("heard", "a")
        error = self.assertRaises(Violation, hub.remote_hello, "heard", "b", "c")
        self.assertIn("MAX_WORDS, 3", error.expected)
        self.assertFalse(hub.understands("b"))

    def test_mentions(self) -> None:
        """
        An id that is no number is unknown, and the sender is not told to forget it.
        """
        sent: list[Any] = []
        self.patch(self.broker, "sendCall", lambda *args: sent.append(args))
        for tag in (b"cached", b"lcache"):
            self.refused(tag, [b"list"])
        self.assertEqual([], sent)
        (none,) = self.broker.unserialize(
            [b"tuple", [b"pbcopy.fresh", [b"list"], [b"dictionary"]]]
        )
        self.assertIsNone(none)
