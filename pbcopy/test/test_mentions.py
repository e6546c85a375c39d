# -*- test-case-name: pbcopy.test.test_mentions -*-
"""
Tests for L{pbcopy._mentions}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import pb as stock
from twisted.spread.banana import BananaError
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy.errors import Violation
from pbcopy.test.ponds import Kit, Received, register
from pbcopy.testing import Connection, connect


class Unknown(pb.Copyable):
    """
    What nobody registers.
    """


class LostStateTests(SynchronousTestCase):
    """
    A state that was lost with its message is sent again.
    """

    def setUp(self) -> None:
        """
        Connect a client that has a pond to a server, and let the two know each
        other.
        """
        self.kit = Kit(self, pb)
        self.root = self.kit.Root()
        self.root.remote_take = lambda *things: None
        self.connection = connect(self.root)
        self.give(self.kit.Pond())
        self.pond = self.kit.Pond(["one duck"])

    def give(self, thing: Any) -> Any:
        """
        Send something to the server, which keeps it.
        """
        call = self.connection.root.callRemote("give", thing)
        self.connection.deliver()
        return call

    def assertSentAgain(self) -> None:
        """
        Check that a pond whose message was lost is observed by nobody, that the
        next send just works, and that nothing is left when it is dropped.
        """
        self.flushLoggedErrors()
        self.assertFalse(self.connection.lost)
        self.assertEqual([], self.pond.observers)
        self.assertEqual(1, len(self.pond.stopped))
        self.root.given.clear()
        self.successResultOf(self.give(self.pond))
        self.pond.add("ugly duckling")
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, self.root.given[0].ducks)
        self.root.given.clear()
        self.connection.collect()
        self.assertEqual([], self.pond.observers)
        self.assertEqual({}, self.connection.client.remotelyCachedObjects)
        self.assertEqual({}, self.connection.client.remotelyCachedLUIDs)
        self.assertEqual({}, self.connection.server.locallyCachedObjects)

    def test_theSiblingCannotBeJellied(self) -> None:
        """
        Another argument cannot be jellied.
        """
        take = self.connection.root.callRemote("take", self.pond, self.kit.View())
        self.connection.deliver()
        self.failureResultOf(take)
        self.assertSentAgain()

    def test_theSiblingCannotBeEncoded(self) -> None:
        """
        Another argument is too long for Banana.
        """
        huge = b"x" * 1024 * 1024
        with self.assertRaises(BananaError):
            self.connection.root.callRemote("take", self.pond, huge)
        self.connection.deliver()
        self.assertSentAgain()

    def test_theSiblingIsRefused(self) -> None:
        """
        The receiver refuses another argument, before or after.
        """
        for things in ((Unknown(), self.pond), ([self.pond], Unknown())):
            take = self.connection.root.callRemote("take", *things)
            self.connection.deliver()
            self.failureResultOf(take, InsecureJelly)
            # The logged traceback has the arguments.
            self.flushLoggedErrors(InsecureJelly)
            self.connection.collect()
            self.assertSentAgain()
            self.pond.stopped.clear()

    def test_itIsRefusedItself(self) -> None:
        """
        The receiver does not accept its class.
        """
        tag = self.pond.getTypeToCopy()
        view = pb.copyTags.pop(tag)
        self.failureResultOf(self.give(self.pond), InsecureJelly)
        pb.copyTags[tag] = view
        self.assertSentAgain()

    def test_thereIsNobody(self) -> None:
        """
        The target of the call does not exist.
        """
        nobody = self.connection.client.remoteForName("nobody")
        call = nobody.callRemote("take", self.pond)
        self.connection.deliver()
        self.failureResultOf(call)
        self.assertSentAgain()

    def test_nobodyWantsTheAnswer(self) -> None:
        """
        It is returned by a method that is called without wanting an answer.
        """
        self.connection.client.setNameForLocal("ponds", self.kit.Root(self.pond))
        ponds = self.connection.server.remoteForName("ponds")
        ponds.callRemote("pond", pbanswer=False)
        self.connection.deliver()
        self.assertSentAgain()

    def test_theAnswerCannotBeEncoded(self) -> None:
        """
        It is in an answer that comes later, and has a part that is too long.
        """
        later: Deferred[Any] = Deferred()
        self.connection.client.setNameForLocal("ponds", self.kit.Root(later))
        ponds = self.connection.server.remoteForName("ponds")
        ponds.callRemote("pond")
        self.connection.deliver()
        later.callback([self.pond, b"x" * 1024 * 1024])
        self.failureResultOf(later, BananaError)
        self.connection.deliver()
        self.assertSentAgain()

    def test_onTheFirstContact(self) -> None:
        """
        Where the lost message was the first one, the sender does not know yet
        that its peer can tell.  It hears so with the next mention, which fails
        with a L{Violation} that says what to do.
        """
        self.connection = connect(self.root)
        take = self.connection.root.callRemote("take", Unknown(), self.pond)
        self.connection.deliver()
        self.failureResultOf(take, InsecureJelly)
        failure = self.failureResultOf(self.give(self.pond), Violation)
        self.assertIn("send the object again", str(failure.value))
        self.assertSentAgain()


class UnknownIdTests(SynchronousTestCase):
    """
    An id that is not known fails its own call.
    """

    def setUp(self) -> None:
        """
        Connect a client to a pond.
        """
        self.kit = Kit(self, pb)
        self.pond = self.kit.Pond(["one duck"])
        self.connection = connect(self.kit.Root(self.pond))

    def answers(self, connection: Connection, sexp: Any) -> Any:
        """
        Have the server answer with an s-expression.
        """

        class Raw(stock.Copyable):
            def jellyFor(self, jellier: Any) -> Any:
                return sexp

        root = connection.server.localObjectForID("root")
        root.remote_raw = Raw
        call = connection.root.callRemote("raw")
        connection.deliver()
        return call

    def test_inAnAnswer(self) -> None:
        """
        An answer with an id that is not known, or that is none, fails its call,
        and the connection lives.
        """
        for verb in (b"cached", b"lcache"):
            for luid in (99, b"x", [b"dictionary"]):
                call = self.answers(self.connection, [verb, luid])
                failure = self.failureResultOf(call, Violation)
                self.assertIn(repr(luid), failure.value.where)
            call = self.answers(self.connection, [verb, [b"dictionary"]])
            self.failureResultOf(call, Violation)
        self.assertFalse(self.connection.lost)

    def test_asAnArgument(self) -> None:
        """
        Likewise for an argument.
        """
        for verb in (b"cached", b"lcache", b"local"):
            with self.assertRaises(Violation):
                self.connection.server.unserialize([verb, 99])

    def test_aLocalObject(self) -> None:
        """
        A reference that comes home is the object itself.  One to what is not there,
        for which Twisted has C{None}, is refused.
        """
        server = self.connection.server
        root = server.localObjectForID("root")
        self.assertIs(root, server.unserialize([b"local", b"root"]))
        for luid in (99, b"nobody", [], [b"root"], 0.5):
            with self.assertRaises(Violation):
                server.unserialize([b"local", luid])

    def test_aStockSenderIsNotDisturbed(self) -> None:
        """
        A stock sender does not notice that it is told.
        """
        kit = Kit(self, stock)
        register(self, pb, (kit.Pond, self.kit.View))
        connection = connect(kit.Root(kit.Pond()))
        self.failureResultOf(self.answers(connection, [b"cached", 99]), Violation)
        received = Received(connection.root.callRemote("pond"))
        connection.deliver()
        self.assertEqual([], received.results[0].ducks)

    def test_stockReplicasAreMentioned(self) -> None:
        """
        Mentions of stock replicas, and of stock originals, are read as ever.
        """
        kit = Kit(self, stock)
        root = kit.Root(kit.Pond())
        connection = connect(root)
        views = []
        for _ in range(2):
            received = Received(connection.root.callRemote("pond"))
            connection.deliver()
            views.append(received.results[0])
        self.assertIs(views[0].__dict__, views[1].__dict__)
        call = connection.root.callRemote("isPond", views[0])
        connection.deliver()
        self.assertTrue(self.successResultOf(call))
