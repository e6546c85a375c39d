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
from pbcopy import StatusKind, pb, statusOf
from pbcopy._hub import FRESH, HUB, Hub, hubOf
from pbcopy._tables import publishedBy
from pbcopy.test.ponds import Kit, Received, register
from pbcopy.test.test_envelope import Raw
from pbcopy.testing import Connection, connect, endTurn


class HubTests(SynchronousTestCase):
    """
    Two hubs know of each other, and give back what is not used any more.
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

    def test_helloIsSaidOnce(self) -> None:
        """
        The receiver of the first cache says hello, and so does its sender,
        once; neither asks for an answer.
        """
        sent = self.watch(self.connection.client), self.watch(self.connection.server)
        views = [self.fetch(self.connection) for _ in range(3)]
        for messages in sent:
            hellos = [m for m in messages if m[0] == b"message" and m[3] == b"hello"]
            self.assertEqual(1, len(hellos))
            self.assertEqual(HUB, hellos[0][2])
            self.assertFalse(hellos[0][4])
        del views

    def test_releaseIsOneMessage(self) -> None:
        """
        Two pbcopy peers release by id: what is dropped in one turn is given
        back in one message, however often it was mentioned.
        """
        root = self.kit.Root()
        ponds = [self.kit.Pond() for _ in range(5)]
        root.pond = [*ponds, *ponds]
        connection = connect(root)
        held = [self.fetch(connection), self.fetch(connection)]
        sent = self.watch(connection.client)
        held.clear()
        connection.collect()
        self.assertEqual([b"release"], [message[3] for message in sent])
        self.assertEqual([[]] * 5, [pond.observers for pond in ponds])

    def test_releaseToAStockSender(self) -> None:
        """
        A stock sender is given back each mention.  It was sent no other
        message that it does not know, but for a hello that it drops.
        """
        kit = Kit(self, stock)
        register(self, pb, (kit.Pond, self.kit.View))
        pond = kit.Pond()
        connection = connect(kit.Root(pond))
        sent = self.watch(connection.client)
        views = [self.fetch(connection) for _ in range(3)]
        self.assertEqual(1, len(set(views)))
        views.clear()
        connection.collect()
        self.assertEqual([], pond.observers)
        decaches = [message for message in sent if message[0] == b"decache"]
        self.assertEqual(3, len(decaches))
        others = {message[3] for message in sent if message[0] == b"message"}
        self.assertEqual({b"pond", b"hello"}, others)
        self.assertEqual({}, connection.client.locallyCachedObjects)

    def test_aStockReceiverIsToldNothing(self) -> None:
        """
        A stock receiver gets what a stock sender sends, and nothing else.
        """
        register(self, pb, (self.kit.Pond, Kit(self, stock).View))
        connection = connect(self.kit.Root(self.pond))
        sent = self.watch(connection.server)
        views = [self.fetch(connection), self.fetch(connection)]
        self.pond.add("ugly duckling")
        connection.deliver()
        self.assertEqual(["one duck", "ugly duckling"], views[0].ducks)
        views.clear()
        connection.collect()
        self.assertEqual([], self.pond.observers)
        verbs = [message[0] for message in sent]
        self.assertEqual([b"answer", b"answer", b"cachemessage", b"uncache"], verbs)

    def test_releaseTwice(self) -> None:
        """
        A release of an id that was released before is nothing.
        """
        view = self.fetch(self.connection)
        luid = view.luid
        del view
        self.connection.collect()
        hubOf(self.connection.server).remote_release(luid, 1)
        self.assertEqual(1, len(self.pond.stopped))

    def test_aMentionThatWasLost(self) -> None:
        """
        A mention that a failing message lost does not keep the sender
        observing: the peers recount.
        """

        class Unknown(pb.Copyable):
            pass

        root = self.kit.Root(self.pond)
        root.remote_both = lambda: None
        connection = connect(self.kit.Root())
        keep = connection.root.callRemote("give", self.pond)
        connection.deliver()
        lost = connection.root.callRemote("give", [Unknown(), self.pond])
        connection.deliver()
        self.successResultOf(keep)
        self.failureResultOf(lost)
        self.flushLoggedErrors()
        publication = connection.client.remotelyCachedObjects[1]
        self.assertEqual(2, publication.refcount)
        given = connection.server.localObjectForID("root").given
        self.assertEqual(1, len(given))
        given.clear()
        connection.collect()
        self.assertEqual([], self.pond.observers)
        self.assertEqual({}, connection.server.locallyCachedObjects)

    def test_theFirstMessageFails(self) -> None:
        """
        What was in the first message of a connection, and did not arrive since
        something before it was refused, is not observed.
        """

        class Unknown(pb.Copyable):
            pass

        connection = connect(self.kit.Root())
        never = self.kit.Pond()
        things = [self.pond, Unknown(), never]
        lost = connection.root.callRemote("give", things)
        endTurn()
        connection.deliver()
        self.failureResultOf(lost)
        self.flushLoggedErrors()
        connection.collect()
        self.assertEqual([[], []], [self.pond.observers, never.observers])
        self.assertEqual({}, connection.client.remotelyCachedObjects)

    def test_aMentionOfWhatWasRefused(self) -> None:
        """
        A mention that was under way when the state was refused is given back,
        also where the peers have not met yet.
        """

        def refuse(view: Any, state: Any) -> None:
            raise RuntimeError("no")

        self.patch(self.kit.View, "setCopyableState", refuse)
        root = self.connection.root
        calls = [root.callRemote("pond"), root.callRemote("pond")]
        while self.connection.deliverOnce(1):
            pass
        for call in calls:
            self.failureResultOf(call)
        self.connection.collect()
        self.assertEqual([], self.pond.observers)
        self.assertEqual({}, self.connection.client.locallyCachedObjects)

    def test_aHelloThatCrossesADecache(self) -> None:
        """
        A sender that hears a hello does not say how often it has mentioned what
        its peer is giving back one by one.
        """
        connection = self.connection
        calls = [Received(connection.root.callRemote("pond")) for _ in range(2)]
        while not calls[0].results:
            connection.deliverOnce(1)
        connection.fromServer.held = True
        calls[0].results.clear()
        connection.fromClient.held = True
        connection.collect()
        connection.fromClient.held = False
        while connection.deliverOnce(1):
            pass
        calls.append(Received(connection.root.callRemote("pond")))
        connection.deliver()
        connection.fromServer.held = False
        connection.deliver()
        (view,) = calls[2].results
        self.assertEqual([view], calls[1].results)
        publication = connection.server.remotelyCachedObjects[view.luid]
        slot = connection.client.locallyCachedObjects[view.luid]
        self.assertEqual((2, 2), (publication.refcount, slot.mentions))

    def test_helloToASenderOfStockFlavors(self) -> None:
        """
        A sender whose first object is of stock flavors does not hear that its
        peer has pbcopy.  It does with its first object of pbcopy's.
        """
        kit = Kit(self, stock)
        register(self, pb, (kit.Pond, self.kit.View))
        root = self.kit.Root(kit.Pond())
        connection = connect(root)
        views = [self.fetch(connection)]
        self.assertIsNone(connection.server.localObjectForID(HUB))
        root.pond = self.pond
        views.append(self.fetch(connection))
        self.assertTrue(hubOf(connection.server).understands(FRESH))

    def test_helloToAStockSender(self) -> None:
        """
        A stock sender is sent a hello for each class, and not for each object.
        """
        kit = Kit(self, stock)
        register(self, pb, (kit.Pond, self.kit.View))
        root = kit.Root([kit.Pond(), kit.Pond()])
        connection = connect(root)
        sent = self.watch(connection.client)
        views = self.fetch(connection)
        self.assertEqual(2, len(views))
        hellos = [message for message in sent if message[3] == b"hello"]
        self.assertEqual(1, len(hellos))

    def test_wordsOfALaterPbcopy(self) -> None:
        """
        Unknown words in a hello are ignored, and so are unknown ids.
        """
        view = self.fetch(self.connection)
        hub = self.connection.client.remoteForName(HUB)
        for message, args in (
            ("hello", ("release", "fly", 7)),
            ("release", (99, 1)),
            ("recount", (99, 1)),
        ):
            call = hub.callRemote(message, *args)
            self.connection.deliver()
            self.assertIsNone(self.successResultOf(call))
        self.assertEqual(["one duck"], view.ducks)

    def test_aRecountOfAStockReplica(self) -> None:
        """
        A recount of an id that stands for a stock replica is ignored.
        """
        kit = Kit(self, stock)
        connection = connect(self.kit.Root(self.pond))
        self.fetch(connection)
        register(self, stock, (kit.Pond, kit.View))
        connection.server.localObjectForID("root").pond = kit.Pond()
        view = self.fetch(connection)
        call = connection.client.remoteForName("root").callRemote("isPond", view)
        hubOf(connection.client).remote_recount(view.luid, 7)
        connection.deliver()
        self.assertTrue(self.successResultOf(call))

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

    def test_aHostileRecount(self) -> None:
        """
        A peer that does not count so cannot have this side count for it, nor
        can it take back what it said; and a count is a count.
        """
        kit = Kit(self, stock)
        register(self, pb, (kit.Pond, self.kit.View))
        connection = connect(kit.Root(kit.Pond()))
        view = self.fetch(connection)
        hub, luid = hubOf(connection.client), view.luid
        hub.remote_hello()
        hub.remote_recount(luid, 10**15)
        del view
        connection.collect()
        self.assertEqual({}, connection.client.locallyCachedObjects)
        view = self.fetch(self.connection)
        hub, luid = hubOf(self.connection.client), view.luid
        hub.remote_hello()
        nonsense: Any
        for nonsense in (-1, "x", None, [1], True):
            hub.remote_recount(luid, nonsense)
        del view
        self.connection.collect()
        self.assertEqual([], self.pond.observers)

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

    def test_aStrictPolicy(self) -> None:
        """
        With the types allowed that stock caches need, and no more, a replica is
        released.
        """
        options = SecurityOptions()
        options.allowTypes("tuple", "dictionary", "list")
        options.allowTypes("cached", "lcache", "remote", "local")
        options.allowTypes(self.pond.getTypeToCopy())
        strict = PBClientFactory(security=options)
        server = PBServerFactory(self.kit.Root(self.pond), security=options)
        connection = connect(server, strict)
        view = self.fetch(connection)
        self.assertEqual(["one duck"], view.ducks)
        del view
        connection.collect()
        self.assertEqual([], self.pond.observers)
