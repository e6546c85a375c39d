# -*- test-case-name: pbcopy.test.test_fresh -*-
"""
Tests for L{pbcopy._fresh}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly

from pbcopy import StatusKind, onStatus, pb, statusOf
from pbcopy.errors import Violation
from pbcopy.test.ponds import Kit, Received, ReplicaTestCase, register
from pbcopy.testing import connect


class FreshTestCase(ReplicaTestCase):
    """
    A pond that can have its views ask for a fresh state.
    """

    def ask(self, observer: Any = None) -> None:
        """
        Have an update fail.
        """
        observer = observer or self.pond.observers[0]
        observer.callRemote("missing").addErrback(lambda failure: None)
        self.connection.deliver()
        self.flushLoggedErrors(AttributeError)


class TakenTests(FreshTestCase):
    """
    The object that the application holds takes a fresh state.
    """

    def test_inPlace(self) -> None:
        """
        It is the same object, with the attributes that the state has, and it is
        updated further.
        """
        view = self.fetch()
        view.mine = 7
        self.pond.ducks = ["ugly duckling"]
        self.ask()
        self.assertEqual({"broker", "luid", "ducks"}, set(vars(view)))
        self.pond.add("third")
        self.connection.deliver()
        self.assertEqual(["ugly duckling", "third"], view.ducks)
        self.assertIs(view, self.fetch())

    def test_setCopyableState(self) -> None:
        """
        A C{setCopyableState} of the application's takes it, and C{__init__} is
        not called again.
        """
        calls: list[str] = []

        class View(pb.RemoteCache):
            def __init__(self) -> None:
                calls.append("init")

            def setCopyableState(self, state: Any) -> None:
                calls.append("state")
                self.__dict__.update(state)

        register(self, pb, (self.kit.Pond, View))
        view: Any = self.fetch()
        view.mine = 7
        self.ask()
        self.assertEqual(["init", "state", "state"], calls)
        self.assertEqual(7, view.mine)

    def test_aFactory(self) -> None:
        """
        A replica that a factory made has the attributes of what it makes of the
        fresh state; another class is refused.
        """

        def make(state: Any) -> Any:
            view = self.kit.View() if state["ducks"] else pb.RemoteCache()
            view.__dict__.update(count=len(state["ducks"]))
            return view

        pb.setUnjellyableFactoryForClass(self.kit.Pond, make)
        view = self.fetch()
        self.pond.ducks.append("ugly duckling")
        self.ask()
        self.assertEqual(2, view.count)
        self.pond.ducks = []
        self.ask()
        self.assertEqual(2, view.count)
        self.assertIsInstance(statusOf(view).reason, Violation)
        self.assertEqual(1, len(self.flushLoggedErrors(Violation)))

    def test_cycles(self) -> None:
        """
        A state that refers to the object itself, in a tuple, as a key and
        through another cache, is taken, and the references are to the same
        object.
        """
        other = self.kit.Pond()
        other.ducks = [self.pond]
        me = self.pond
        state = {"me": (me, other), "list": [me], "set": {me}, "key": {me: 7}}

        def hook(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            return dict(state)

        self.pond.getStateToCacheAndObserveFor = hook
        view = self.fetch()
        for _ in range(2):
            self.assertIs(view, view.me[0])
            self.assertIs(view, view.list[0])
            self.assertEqual(({view}, {view: 7}), (view.set, view.key))
            self.assertIs(view, view.me[1].ducks[0])
            self.ask()
        self.assertTrue(statusOf(view).isLive)
        self.assertEqual(1, len(other.observers))

    def test_aDroppedReplica(self) -> None:
        """
        A replica that is given out again after it was dropped has the fresh
        state that came in between.
        """
        view = self.fetch()
        received = Received(self.connection.root.callRemote("pond"))
        self.connection.fromClient.held = True
        del view
        self.connection.collect()
        self.pond.ducks = ["ugly duckling"]
        self.ask()
        self.connection.fromClient.held = False
        self.connection.deliver()
        view = received.results[0]
        self.assertEqual(["ugly duckling"], view.ducks)
        self.assertTrue(statusOf(view).isLive)
        self.pond.add("third")
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, view.ducks)

    def test_anUnknownId(self) -> None:
        """
        A fresh state for an id that is not known, or was refused, is ignored,
        and so is one for a stock replica.
        """
        view = self.fetch()
        broker = self.connection.client
        stocked = Kit(self, stock)
        register(self, stock, (self.kit.Pond, stocked.View))
        self.root.pond = self.kit.Pond()
        other = self.fetch()
        for luid in (99, other.luid):
            sexp = [b"pbcopy.fresh", luid, [b"dictionary"]]
            self.assertIsNone(broker.unserialize(sexp))
        self.assertEqual(["one duck"], view.ducks)

    def test_itsOwnPerspective(self) -> None:
        """
        A fresh state is for the perspective that observes, and its updates for
        that one, too.
        """
        seen: list[Any] = []

        def hook(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            seen.append(perspective)
            return {"ducks": [Named()]}

        class Named(pb.Copyable):
            def getStateToCopyFor(self, perspective: Any) -> Any:
                seen.append(perspective)
                return {}

        register(self, pb, (Named, pb.RemoteCopy))
        self.fetch()
        self.connection.collect()
        self.pond.getStateToCacheAndObserveFor = hook
        self.connection.client.setNameForLocal("table", self.kit.Root())
        who = stock.Avatar()
        table = stock.RemoteReference(who, self.connection.server, b"table", False)
        table.callRemote("give", self.pond)
        self.connection.deliver()
        self.ask()
        self.assertEqual([who] * 4, seen)


class RefusedTests(FreshTestCase):
    """
    A fresh state that cannot be taken leaves the replica stale.
    """

    def test_once(self) -> None:
        """
        It is reported once, and the peers do not go on about it.
        """

        class View(self.kit.View):  # type: ignore[misc,name-defined]
            def setCopyableState(self, state: Any) -> None:
                if "ducks" in vars(self):
                    raise RuntimeError("no state today")
                super().setCopyableState(state)

        register(self, pb, (self.kit.Pond, View))
        view = self.fetch()
        self.ask()
        self.assertEqual(["no state today"], [str(statusOf(view).reason)])
        self.assertEqual(1, len(self.pond.stopped))
        # The next update asks for another one.
        self.pond.add("ugly duckling")
        self.connection.deliver()
        self.assertEqual(2, len(self.pond.stopped))
        self.assertEqual(1, len(self.flushLoggedErrors(RuntimeError)))

    def test_brought(self) -> None:
        """
        When it can be taken again, the next update brings the replica up to
        date.
        """

        class Unknown(pb.Copyable):
            pass

        view = self.fetch()
        self.pond.ducks = ["ugly duckling", Unknown()]
        self.ask()
        self.assertIsInstance(statusOf(view).reason, InsecureJelly)
        self.assertEqual(1, len(self.flushLoggedErrors(InsecureJelly)))
        self.pond.ducks = ["ugly duckling"]
        self.pond.add("third")
        self.connection.deliver()
        self.assertTrue(statusOf(view).isLive)
        self.assertEqual(self.pond.ducks, view.ducks)

    def test_aMentionOfADroppedCycle(self) -> None:
        """
        Where it mentions a replica that was dropped with all of its cycle, the
        next one is asked for behind the release, and has that one's state.
        """
        first = self.pond
        view = self.fetch()
        self.root.pond = cycle = self.kit.Pond()
        cycle.ducks = [cycle]
        other = self.fetch()
        first.ducks = [cycle]
        self.connection.fromServer.held = True
        publications = self.connection.server.remotelyCachedObjects
        publications[view.luid].refresh("a test")
        first.observers[0].callRemote("missing").addErrback(lambda failure: None)
        self.connection.deliver()
        del other
        self.connection.collect()
        self.connection.fromServer.held = False
        self.connection.collect()
        self.assertEqual(1, len(self.flushLoggedErrors(Violation)))
        self.assertTrue(statusOf(view).isLive, statusOf(view))
        self.assertIs(view.ducks[0], view.ducks[0].ducks[0])
        cycle.add("third")
        self.connection.deliver()
        self.assertEqual("third", view.ducks[0].ducks[1])


class RelayTests(FreshTestCase):
    """
    A relay that takes a fresh state passes it on.
    """

    def test_relay(self) -> None:
        """
        Those who observe a relay get its fresh state, and are observers still,
        though its C{setCopyableState} has forgotten them.
        """

        class Relay(self.kit.Pond, pb.RemoteCache):  # type: ignore[misc,name-defined]
            observers: Any
            stopped: Any

            def setCopyableState(self, state: Any) -> None:
                self.ducks, self.observers, self.stopped = state["ducks"], [], []

            def observe_add(self, duck: str) -> None:
                self.add(duck)

        register(self, pb, (self.kit.Pond, Relay), (Relay, self.kit.View))
        relay = self.fetch()
        further = connect(self.kit.Root(relay))
        view = self.fetch(further)
        kinds: list[StatusKind] = []
        onStatus(view, lambda view, status: kinds.append(status.kind))
        self.pond.ducks = ["ugly duckling"]
        self.ask()
        further.deliver()
        self.assertEqual(["ugly duckling"], view.ducks)
        self.pond.add("third")
        self.connection.deliver()
        further.deliver()
        self.assertEqual(["ugly duckling", "third"], view.ducks)
        del view
        further.collect()
        self.assertEqual([], relay.observers)
