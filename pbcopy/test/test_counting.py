# -*- test-case-name: pbcopy.test.test_counting -*-
"""
Tests for L{pbcopy._counting}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock

from pbcopy import pb
from pbcopy._hub import hubOf
from pbcopy.test.ponds import Kit, Received, register
from pbcopy.test.test_hub import HubTestCase
from pbcopy.testing import connect, endTurn


class CountingTests(HubTestCase):
    """
    Both sides agree about who holds what.
    """

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
