# -*- test-case-name: pbcopy.test.test_converged -*-
"""
Tests for L{pbcopy._converged}.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from twisted.python.reflect import qual
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly, SecurityOptions
from twisted.trial.unittest import FailTest, SynchronousTestCase

import pbcopy.pb
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import Kit, Received, register
from pbcopy.testing import Network

FLAVORS = (pbcopy.pb, stock)


class Avatar(stock.Avatar):
    """
    Who looks at a salary.
    """

    def __init__(self, thing: Any, mayKnow: bool) -> None:
        self.thing = thing
        self.mayKnow = mayKnow

    def perspective_look(self) -> Any:
        """
        Give it.
        """
        return self.thing


class ConvergedTestCase(SynchronousTestCase):
    """
    A network, and clients that hold what they fetch.
    """

    def setUp(self) -> None:
        """
        Make a network.
        """
        self.network = Network()
        self.held: list[Any] = []

    def fetch(self, root: Any) -> Any:
        """
        Have a new client fetch what a root publishes, and hold it.
        """
        received = Received(self.network.connect(root).root.callRemote("pond"))
        self.network.settle()
        self.held.append(received)
        return received.results[0]

    def assertDiverged(self, *words: str) -> None:
        """
        Assert that the network is not converged, and is told why.
        """
        error = self.assertRaises(FailTest, self.network.assertConverged)
        for word in words:
            self.assertIn(word, str(error))


class PondTests(ConvergedTestCase):
    """
    Replicas of a pond, on each pair of flavors.
    """

    def kits(self) -> Any:
        """
        Give a pond's class, its root's and a class of replicas of the flavors
        of each pair.
        """
        for sending in FLAVORS:
            for receiving in FLAVORS:
                kit, other = Kit(self, sending), Kit(self, receiving)
                register(self, receiving, (kit.Pond, other.View))
                self.network = Network()
                self.held.clear()
                yield kit

    def test_equal(self) -> None:
        """
        Replicas that follow their master are converged, and a check leaves the
        master, its observers and the history as they were.
        """
        for kit in self.kits():
            pond = kit.Pond(["a"])
            views = [self.fetch(kit.Root(pond)) for _ in range(3)]
            pond.add("b")
            self.network.settle()
            observers, history = pond.observers.copy(), self.network.history.copy()
            self.network.assertConverged()
            self.network.assertConverged()
            self.assertEqual(list(map(id, observers)), list(map(id, pond.observers)))
            self.assertEqual(history, self.network.history)
            pond.add("c")
            self.network.settle()
            self.assertEqual([["a", "b", "c"]] * 3, [view.ducks for view in views])
            self.network.assertConverged()

    def test_different(self) -> None:
        """
        A replica that differs is named, with the first difference, its path and
        its connection.
        """
        for kit in self.kits():
            pond = kit.Pond(["a", "b"])
            _, view = (self.fetch(kit.Root(pond)) for _ in range(2))
            view.ducks[1] = "c"
            name = type(view).__name__
            self.assertDiverged(
                f"<connection 2>: {name}.ducks[1]: "
                "the replica has 'c', a fresh one has 'b'"
            )

    def test_underWay(self) -> None:
        """
        What is not delivered is a difference, and the side that has it is named.
        """
        for kit in self.kits():
            pond = kit.Pond(["a"])
            self.fetch(kit.Root(pond))
            pond.add("b")
            self.assertDiverged(
                "ducks[1]: the replica has nothing, a fresh one has 'b'",
                "<server's side of connection 1, ",
            )
            self.network.settle()
            self.network.assertConverged()

    def test_dropped(self) -> None:
        """
        A replica that its holder has dropped is not compared.
        """
        for kit in self.kits():
            view = self.fetch(kit.Root(kit.Pond(["a"])))
            view.ducks.append("b")
            isKnown = isinstance(view, pbcopy.pb.RemoteCache)
            del view
            self.held.clear()
            if isKnown:
                self.network.assertConverged()
            # Of a stock replica that is known once its release has arrived.
            self.network.collect()
            self.network.assertConverged()

    def test_fromTheClient(self) -> None:
        """
        A replica that the server holds is compared, too.
        """
        for kit in self.kits():
            pond, root = kit.Pond(["a"]), kit.Root()
            self.network.connect(root).root.callRemote("give", pond)
            self.network.settle()
            self.network.assertConverged()
            root.given[0].ducks.clear()
            self.assertDiverged("ducks[0]: the replica has nothing")

    def test_lost(self) -> None:
        """
        A replica whose connection is lost is not compared.
        """
        for kit in self.kits():
            view = self.fetch(kit.Root(kit.Pond(["a"])))
            view.ducks.clear()
            self.network.connections[0].cut()
            self.network.assertConverged()

    def test_unsendable(self) -> None:
        """
        A master that cannot be sent any more is an error that says so.
        """
        kit = Kit(self, pbcopy.pb)
        pond = kit.Pond(["a"])
        self.fetch(kit.Root(pond))
        pond.ducks.append(open)
        self.assertDiverged("cannot be sent afresh: ", Unsendable.__name__)
        self.assertEqual(1, len(pond.observers))

    def test_somethingOfThePeers(self) -> None:
        """
        A master that has a reference to an object of the peer's cannot be sent
        over another connection, and that is no success.
        """
        kit = Kit(self, pbcopy.pb)
        pond, root = kit.Pond(), kit.Root()
        root.pond = pond
        connection = self.network.connect(root)
        visitor = stock.Referenceable()
        connection.root.callRemote("give", visitor)
        self.network.settle()
        pond.ducks += root.given
        self.held.append(Received(connection.root.callRemote("pond")))
        self.network.settle()
        self.assertIs(visitor, self.held[0].results[0].ducks[0])
        self.assertDiverged("connection 1>: ")

    def test_security(self) -> None:
        """
        A fresh replica is taken under the rules of the receiver's own factory.
        """
        kit = Kit(self, pbcopy.pb)
        client = stock.PBClientFactory(security=SecurityOptions())
        connection = self.network.connect(kit.Root(kit.Pond(["a"])), client)
        client.security.allowBasicTypes()
        client.security.allowTypes("cached", qual(kit.Pond))
        call = connection.root.callRemote("pond")
        self.network.settle()
        view = self.successResultOf(call)
        self.network.assertConverged()
        client.security.allowedTypes.pop(b"list")
        self.assertDiverged("cannot be sent afresh: ", "InsecureJelly")
        self.flushLoggedErrors(InsecureJelly)
        del view


class StructureTests(ConvergedTestCase):
    """
    Replicas that refer to others, and to copies.
    """

    def setUp(self) -> None:
        """
        Publish a pond that has a duck and a frog, which refer to it.
        """
        super().setUp()
        self.kit = Kit(self, pbcopy.pb)

        class Frog(pbcopy.pb.Copyable, pbcopy.pb.RemoteCopy):
            """A copy in a replica."""

        register(self, pbcopy.pb, (Frog, Frog))
        self.pond, self.other = self.kit.Pond(), self.kit.Pond()
        frog: Any = Frog()
        frog.pond, frog.legs = self.pond, {"left": 1, "right": 1}
        self.pond.ducks += [self.other, frog]
        self.other.ducks.append(self.pond)
        self.view = self.fetch(self.kit.Root(self.pond))

    def test_equal(self) -> None:
        """
        Cycles are compared.
        """
        self.assertIs(self.view, self.view.ducks[0].ducks[0])
        self.network.assertConverged()

    def test_aCopyInside(self) -> None:
        """
        A difference in a copy has a path through it.
        """
        self.view.ducks[1].legs["right"] = 2
        self.assertDiverged("View.ducks[1].legs['right']: the replica has 2, ")

    def test_aReplicaInside(self) -> None:
        """
        A difference in another replica has a path through it.
        """
        self.view.ducks[0].ducks.append("swan")
        self.assertDiverged(
            "View.ducks[0].ducks[1]: the replica has 'swan', a fresh one has nothing"
        )

    def test_anotherReplicaThatLooksTheSame(self) -> None:
        """
        A replica of another master is a difference, even if the two masters
        are like each other.
        """
        twin = self.kit.Pond()
        self.pond.ducks.append(twin)
        self.pond.observers[0].callRemote("add", twin)
        twin.ducks.append(self.pond)
        twin.observers[0].callRemote("add", self.pond)
        self.network.settle()
        self.network.assertConverged()
        ducks = self.view.ducks
        ducks[0], ducks[2] = ducks[2], ducks[0]
        self.assertDiverged(
            f"View.ducks[0]: the replica has one of {twin!r}, "
            f"a fresh one has one of {self.other!r}"
        )


class PerspectiveTests(ConvergedTestCase):
    """
    A replica is compared with what its own perspective sees.
    """

    def test_perspectives(self) -> None:
        """
        Two that see different states are converged; one that sees the other's
        is not.
        """

        class Salary(pbcopy.pb.Cacheable):
            def getStateToCacheAndObserveFor(self, perspective: Any, o: Any) -> Any:
                return {"sum": 1000 if perspective.mayKnow else None}

        class View(pbcopy.pb.RemoteCache):
            """What is seen of it."""

        register(self, pbcopy.pb, (Salary, View))
        salary = Salary()
        views = []
        for mayKnow in (True, False):
            connection = self.network.connect(stock.Root())
            avatar = stock.AsReferenceable(Avatar(salary, mayKnow), "perspective")
            connection.server.setNameForLocal("avatar", avatar)
            call = connection.client.remoteForName("avatar").callRemote("look")
            self.network.settle()
            views.append(self.successResultOf(call))
        self.assertEqual([1000, None], [view.sum for view in views])
        self.network.assertConverged()
        views[1].sum = 1000
        self.assertDiverged(
            "connection 2>: View.sum: the replica has 1000, a fresh one has None"
        )

    def test_localOnly(self) -> None:
        """
        Attributes of the replica's own are not compared: those that a fresh one
        does not have, and those that its class says are local.
        """
        kit = Kit(self, pbcopy.pb)

        class View(pbcopy.pb.RemoteCache):
            localOnly = ("seen",)

            def setCopyableState(self, state: Any) -> None:
                super().setCopyableState(state)
                self.seen = 0

        register(self, pbcopy.pb, (kit.Pond, View))
        view = self.fetch(kit.Root(kit.Pond()))
        view.seen, view.window = 7, object()
        self.network.assertConverged()
        del view.ducks
        self.assertDiverged("View.ducks: the replica has nothing, a fresh one has []")


class MetTests(ConvergedTestCase):
    """
    Replicas of peers that know each other.
    """

    def setUp(self) -> None:
        """
        Have a client hold a pond that only a peer that is known can be sent.
        """
        super().setUp()
        self.kit = Kit(self, pbcopy.pb)
        self.pond = self.kit.Pond([UUID(int=7), b"x" * 700_000])
        factory = pbcopy.pb.PBServerFactory(self.kit.Root(self.pond))
        connection = self.network.connect(factory, pbcopy.pb.PBClientFactory())
        self.received = Received(connection.root.callRemote("pond"))
        self.network.settle()

    def test_valuesAndLargeStates(self) -> None:
        """
        What is sent afresh may be all that the replica may be.
        """
        self.network.assertConverged()
        self.received.results[0].ducks[0] = UUID(int=8)
        self.assertDiverged("View.ducks[0]: the replica has UUID('0000")

    def test_stale(self) -> None:
        """
        A replica that knows that it differs says so.
        """
        self.pond.getStateToCacheAndObserveFor = None
        self.pond.observers[0].callRemote("fail").addErrback(lambda failure: None)
        self.network.settle()
        self.flushLoggedErrors()
        del self.pond.getStateToCacheAndObserveFor
        self.pond.ducks = ["another duck"]
        self.assertDiverged("the replica has UUID", "; it is stale: ")
