# -*- test-case-name: pbcopy.test.test_envelope -*-
"""
Tests for L{pbcopy._envelope}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly, jelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._envelope import TAG, announce
from pbcopy.test.ponds import Kit, register
from pbcopy.test.test_cycles import FLAVORS, shapes
from pbcopy.testing import Connection, connect


class Known(pb.Copyable, pb.RemoteCopy):
    """
    What both sides know.
    """


class Unknown(pb.Copyable):
    """
    What the client does not know.
    """


class EnvelopeTests(SynchronousTestCase):
    """
    An object in an answer whose class is not known fails its call.
    """

    def setUp(self) -> None:
        """
        Publish what a test chooses.
        """
        register(self, pb, (Known, Known))
        self.kit = Kit(self, pb)
        self.root = self.kit.Root()

    def met(self) -> Connection:
        """
        Connect a client that has had a copy from the server.
        """
        connection = connect(self.root)
        self.root.pond = Known()
        self.successResultOf(self.ask(connection))
        return connection

    def ask(self, connection: Connection) -> Any:
        """
        Have the server answer.
        """
        call = connection.root.callRemote("pond")
        connection.deliver()
        return call

    def test_unknown(self) -> None:
        """
        Wherever it is in the answer, and be it a copy or a cache, the call
        fails, and the connection lives; a cache is observed by nobody.
        """

        class Pond(self.kit.Pond):  # type: ignore[misc,name-defined]
            pass

        pond = Pond()
        connection = self.met()
        for thing in (Unknown(), pond):
            for answer in (thing, [thing], {"x": (1, thing)}, [Known(), thing]):
                self.root.pond = answer
                failure = self.failureResultOf(self.ask(connection))
                self.assertIs(InsecureJelly, failure.type)
                self.assertFalse(connection.lost)
        self.assertEqual([], pond.observers)
        self.assertEqual({}, connection.server.remotelyCachedObjects)
        self.root.pond = 7
        self.assertEqual(7, self.successResultOf(self.ask(connection)))

    def test_afterACopyTheOtherWay(self) -> None:
        """
        Two peers have met, too, when the client has sent a copy.
        """
        connection = connect(self.root)
        call = connection.root.callRemote("give", Known())
        connection.deliver()
        self.successResultOf(call)
        table = self.kit.Root(Unknown())
        connection.client.setNameForLocal("table", table)
        failing = connection.server.remoteForName("table").callRemote("pond")
        connection.deliver()
        self.assertIs(InsecureJelly, self.failureResultOf(failing).type)
        self.assertFalse(connection.lost)

    def test_calls(self) -> None:
        """
        An argument has no envelope, as its refusal is reported; an answer has.
        """
        connection = self.met()
        call = connection.root.callRemote("give", Known())
        self.assertNotIn(TAG, connection.fromClient.outgoing)
        connection.deliver()
        self.successResultOf(call)
        self.root.pond = Known()
        call = connection.root.callRemote("pond")
        connection.fromServer.held = True
        connection.deliver()
        self.assertIn(TAG, connection.fromServer.outgoing)

    def test_aStockPeer(self) -> None:
        """
        A stock client is sent no envelope, however often it is sent copies.
        """

        class View(stock.RemoteCopy):
            pass

        register(self, pb, (Known, View))
        connection = connect(self.root)
        for _ in range(3):
            self.root.pond = Known()
            self.assertIsInstance(self.successResultOf(self.ask(connection)), View)

    def test_shapes(self) -> None:
        """
        Cycles arrive in envelopes as they do without.
        """
        register(self, pb, *((flavor, flavor) for flavor in FLAVORS))
        connection = self.met()
        for Node in FLAVORS:
            for Other in FLAVORS:
                for name, (message, check) in shapes(Node, Other).items():
                    self.root.pond = message
                    got = self.successResultOf(self.ask(connection))
                    for one, other in check(got):
                        self.assertIs(one, other, name)

    def test_aJellyForOfTheApplications(self) -> None:
        """
        A C{jellyFor} that goes on with what the inherited one gives is given
        C{[type, state]}.
        """

        class Tagged(Known):
            def jellyFor(self, jellier: Any) -> Any:
                sexp = super().jellyFor(jellier)
                return [sexp[0], sexp[1]]

        register(self, pb, (Tagged, Known))
        connection = self.met()
        self.root.pond = Tagged()
        self.assertIsInstance(self.successResultOf(self.ask(connection)), Known)

    def test_noBroker(self) -> None:
        """
        Jelly's invoker may be something else, and a Broker may be gone.
        """

        class Invoker:
            serializingPerspective = None

        announce(Invoker())
        plain = [Known().getTypeToCopy(), [b"dictionary"]]
        self.assertEqual(plain, jelly(Known(), invoker=Invoker()))
        connection = connect(self.root)
        connection.cut()
        self.assertEqual(plain, connection.server.serialize(Known()))
