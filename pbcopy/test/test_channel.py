# -*- test-case-name: pbcopy.test.test_channel -*-
"""
Tests for L{pbcopy._channel}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.spread.jelly import SecurityOptions
from twisted.spread.pb import PBClientFactory, PBServerFactory
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb, statusOf
from pbcopy._channel import COMPACT, ENVELOPE, FRESH, HUB
from pbcopy._hub import hubOf
from pbcopy._memory import resultOf
from pbcopy.test.ponds import Kit, register
from pbcopy.test.sharedponds import Duck, Pond, give
from pbcopy.test.test_hub import HubTestCase
from pbcopy.test.values import Access, Color
from pbcopy.test.values import Duck as NamedDuck
from pbcopy.test.values import register as registerValues
from pbcopy.testing import Connection, connect


class ChannelTests(HubTestCase):
    """
    Two peers meet, or do not notice.
    """

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


def met(root: Any, *ends: bool) -> Connection:
    """
    Connect two peers.

    @param ends: of the server and the client, whether they pack.
    """
    factories: Any = pb.PBServerFactory(root), pb.PBClientFactory()
    for each, packing in zip(factories, ends, strict=True):
        each.packing = packing
    return connect(*factories)


class PackingTests(HubTestCase):
    """
    An operator may rule out that anything is packed.
    """

    def test_eitherEnd(self) -> None:
        """
        Either end has neither pack anything, and each knows the other.
        """
        for ends in ((False, True), (True, False), (False, False)):
            connection = met(self.kit.Root(self.pond), *ends)
            sent = self.watch(connection.client), self.watch(connection.server)
            view = self.fetch(connection)
            call = connection.root.callRemote("isPond", view)
            connection.deliver()
            self.assertTrue(self.successResultOf(call))
            for broker in (connection.client, connection.server):
                hub = hubOf(broker)
                self.assertTrue(hub.understands(FRESH))
                self.assertFalse(all(map(hub.understands, (ENVELOPE, COMPACT))))
            for word in (ENVELOPE, COMPACT):
                self.assertNotIn(word.encode(), repr(sent).encode())
            self.pond.add("swan")
            connection.deliver()
            self.assertEqual(self.pond.ducks, view.ducks)
            del view

    def test_values(self) -> None:
        """
        Values that Jelly does not have arrive as they are.
        """
        values = [NamedDuck("swan", 3), [*Color], Access(3), 2.5 + 1j, bytearray(b"x")]
        registerValues(self, NamedDuck, Color, Access)
        for ends in ((False, True), (True, False)):
            connection = met(self.kit.Root(self.pond), *ends)
            self.pond.ducks[:] = values
            view = resultOf(connection, connection.root.callRemote("pond"))
            self.assertEqual(repr(values), repr(view.ducks))
            del view


class DeclaredPackingTests(SynchronousTestCase):
    """
    What is declared has a form of its own.
    """

    def test_declared(self) -> None:
        """
        A declared replica is what it is otherwise: it has changes, not values.
        """
        connection, pond = met(pb.Root(), False, True), Pond(ducks=[Duck("swan")])
        view = give(connection, pond)
        first, heard = view.ducks[0], list[Any]()
        view.subscribe(heard.append)
        pond.ducks[0].age = 3
        connection.deliver()
        self.assertIs(first, view.ducks[0])
        self.assertEqual((3, 1), (first.age, len(heard)))
        self.assertTrue(statusOf(view).isLive)
