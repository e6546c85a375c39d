# -*- test-case-name: pbcopy.test.test_publication -*-
"""
Tests for L{pbcopy._publication}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock

from pbcopy import StatusKind, onStatus, pb, statusOf
from pbcopy._hub import hubOf
from pbcopy._publication import MAX_RENEWALS
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import Kit, ReplicaTestCase, register
from pbcopy.testing import connect


class RenewalTestCase(ReplicaTestCase):
    """
    A view of a pond.
    """

    def setUp(self) -> None:
        """
        Fetch the view.
        """
        super().setUp()
        self.view = self.fetch()
        self.kinds: list[StatusKind] = []
        onStatus(self.view, lambda view, status: self.kinds.append(status.kind))

    def ask(self) -> None:
        """
        Have an update fail.
        """
        self.pond.observers[0].callRemote("missing").addErrback(lambda failure: None)
        self.connection.deliver()
        self.flushLoggedErrors(AttributeError)

    def failing(self, perspective: Any, observer: Any) -> Any:
        """
        Keep the observer, and give no state.
        """
        self.pond.observers.append(observer)
        raise RuntimeError("no state today")


class RenewalTests(RenewalTestCase):
    """
    A fresh state has a new observer.
    """

    def test_eachObservationIsStoppedOnce(self) -> None:
        """
        The old observer is stopped, and inert; the new one is stopped when the
        replica is dropped.
        """
        (old,) = self.pond.observers
        self.ask()
        (new,) = self.pond.observers
        self.assertIsNot(old, new)
        self.assertEqual([old], self.pond.stopped)
        self.failureResultOf(old.callRemote("add", "x"), stock.DeadReferenceError)
        del self.view
        self.connection.collect()
        self.assertEqual([old, new], self.pond.stopped)
        self.assertEqual({}, self.connection.server.remotelyCachedObjects)
        self.connection.cut()
        self.assertEqual(2, len(self.pond.stopped))

    def test_updatesInTheHook(self) -> None:
        """
        Updates that are made while the fresh state is computed come after it.
        """

        def hook(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            state = {"ducks": list(self.pond.ducks)}
            self.pond.add("ugly duckling")
            return state

        self.pond.getStateToCacheAndObserveFor = hook
        self.ask()
        self.assertEqual(self.pond.ducks, self.view.ducks)
        self.assertEqual(2, len(self.view.ducks))

    def test_sentWhileItStops(self) -> None:
        """
        A C{stoppedObserving} that sends the object mentions it, and it is
        observed once.
        """
        self.connection.client.setNameForLocal("table", self.kit.Root())
        table = self.connection.client.localObjectForID("table")

        def again(perspective: Any, observer: Any) -> None:
            self.pond.observers.remove(observer)
            del self.pond.stoppedObserving
            remote = self.connection.server.remoteForName("table")
            remote.callRemote("give", self.pond)

        self.pond.stoppedObserving = again
        self.ask()
        self.assertEqual([self.view], table.given)
        self.assertEqual(1, len(self.pond.observers))

    def test_aRaisingStoppedObserving(self) -> None:
        """
        A C{stoppedObserving} that raises is logged, and the fresh state is
        sent.
        """
        self.pond.observers.append(self.pond.observers.pop())
        self.pond.stoppedObserving = lambda perspective, observer: 1 / 0
        self.ask()
        self.assertEqual(1, len(self.flushLoggedErrors(ZeroDivisionError)))
        self.assertEqual([StatusKind.STALE, StatusKind.LIVE], self.kinds)


class NoStateTests(RenewalTestCase):
    """
    A fresh state that cannot be sent leaves the replica stale, until the object
    is mentioned.
    """

    def cannot(self, hook: Any, error: type[Exception]) -> None:
        """
        Have no state, and then one.
        """
        self.pond.getStateToCacheAndObserveFor = hook
        self.ask()
        self.assertEqual(1, len(self.flushLoggedErrors(error)))
        self.assertEqual([], self.pond.observers)
        self.assertEqual(2, len(self.pond.stopped))
        status = statusOf(self.view)
        self.assertIs(StatusKind.STALE, status.kind)
        self.assertIn(error.__name__, str(status.reason))
        self.assertFalse(self.connection.lost)

    def test_raises(self) -> None:
        """
        C{getStateToCacheAndObserveFor} raises.
        """
        self.cannot(self.failing, RuntimeError)

    def test_unsendable(self) -> None:
        """
        The state has something that cannot be sent.
        """

        def hook(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            return {"ducks": [object()]}

        self.cannot(hook, Unsendable)

    def test_theNextMention(self) -> None:
        """
        The next mention of the object fails with the reason as long as there is
        no state; then it brings the same replica up to date, before it arrives.
        """
        self.test_raises()
        call = self.connection.root.callRemote("pond")
        self.connection.deliver()
        self.assertEqual(b"builtins.RuntimeError", self.failureResultOf(call).type)
        self.assertEqual([], self.pond.observers)
        self.flushLoggedErrors(RuntimeError)
        del self.pond.getStateToCacheAndObserveFor
        self.pond.ducks.append("ugly duckling")
        self.assertIs(self.view, self.fetch())
        self.assertTrue(statusOf(self.view).isLive)
        self.pond.add("third")
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, self.view.ducks)
        self.assertEqual(1, len(self.pond.observers))

    def test_thePerspectiveIsKept(self) -> None:
        """
        A mention that has a fresh state sent does not change for whom the rest
        of its message is computed.
        """
        seen: list[Any] = []

        class Named(pb.Copyable):
            def getStateToCopyFor(self, perspective: Any) -> Any:
                seen.append(perspective)
                return {}

        self.connection.client.setNameForLocal("table", self.kit.Root())
        register(self, pb, (Named, pb.RemoteCopy))
        who = stock.Avatar()
        table = stock.RemoteReference(who, self.connection.server, b"table", False)
        table.callRemote("give", self.pond)
        self.connection.deliver()
        self.pond.getStateToCacheAndObserveFor = self.failing
        self.pond.observers[1].callRemote("missing").addErrback(str)
        self.connection.deliver()
        self.flushLoggedErrors()
        self.assertEqual(1, len(self.pond.observers))
        del self.pond.getStateToCacheAndObserveFor
        table.callRemote("give", [self.pond, Named()])
        self.connection.deliver()
        self.assertEqual(2, len(self.pond.observers))
        self.assertEqual([who], seen)

    def test_released(self) -> None:
        """
        It is released as any other, and C{stoppedObserving} is not called once
        more.
        """
        self.test_raises()
        stopped = len(self.pond.stopped)
        del self.view
        self.connection.collect()
        self.assertEqual({}, self.connection.server.remotelyCachedObjects)
        self.assertEqual({}, self.connection.client.locallyCachedObjects)
        self.assertEqual(stopped, len(self.pond.stopped))


class MissedTests(RenewalTestCase):
    """
    An update that cannot be sent makes the replica stale, and a fresh state
    follows.
    """

    def test_oneForAll(self) -> None:
        """
        There is one fresh state for all that could not be sent in a turn, and
        what is sent in between comes to a replica that knows that it is stale.
        """
        (observer,) = self.pond.observers
        states: list[StatusKind] = []
        self.kit.View.observe_note = lambda view: states.append(statusOf(view).kind)
        for bad in ([object()], open, self.kit.View()):
            self.failureResultOf(observer.callRemote("add", bad))
            observer.callRemote("note")
        self.connection.deliver()
        self.assertEqual([StatusKind.STALE] * 3, states)
        self.assertEqual([StatusKind.STALE, StatusKind.LIVE], self.kinds)
        self.assertEqual(1, len(self.pond.stopped))

    def test_theFreshStateCannotBeSentEither(self) -> None:
        """
        If the state cannot be sent either, the replica stays stale.
        """
        self.pond.ducks.append(object())
        call = self.pond.observers[0].callRemote("add", self.pond.ducks[-1])
        self.connection.deliver()
        self.failureResultOf(call, Unsendable)
        self.assertIn("Unsendable", str(statusOf(self.view).reason))
        self.assertEqual(1, len(self.flushLoggedErrors(Unsendable)))
        self.assertEqual([], self.pond.observers)

    def test_beforeThePeerIsKnown(self) -> None:
        """
        An update that cannot be sent before the peer has said what it
        understands is made good when it has.
        """
        connection = connect(self.root)
        received: list[Any] = []
        connection.root.callRemote("pond").addCallback(received.append)
        connection.fromServer.held = True
        connection.deliver()
        self.pond.ducks.append("ugly duckling")
        self.pond.observers[1].callRemote("add", self.kit.View()).addErrback(str)
        connection.fromServer.held = False
        connection.deliver()
        self.assertEqual(self.pond.ducks, received[0].ducks)
        self.assertTrue(statusOf(received[0]).isLive)

    def test_aStockReceiver(self) -> None:
        """
        A stock receiver is sent nothing of this, and its observer is the one
        that it was.
        """
        register(self, pb, (self.kit.Pond, Kit(self, stock).View))
        pond = self.root.pond = self.kit.Pond()
        connection = connect(self.root)
        sent: list[Any] = []
        connection.server.sendCall = lambda *message: sent.append(message)
        connection.server.serialize(pond)
        self.failureResultOf(pond.observers[0].callRemote("add", self.kit.View()))
        connection.deliver()
        self.assertEqual([], sent)
        self.assertEqual([], pond.stopped)

    def test_afterItIsReleased(self) -> None:
        """
        A publication that is released, or whose connection is lost, in the
        meantime sends nothing.
        """
        (observer,) = self.pond.observers
        self.failureResultOf(observer.callRemote("add", self.kit.View()))
        self.connection.cut()
        self.assertEqual([observer], self.pond.stopped)


class BoundTests(RenewalTestCase):
    """
    No two peers ask and send for ever.
    """

    def test_anUpdateInTheHookThatFails(self) -> None:
        """
        A fresh state with an update that fails each time is sent
        L{MAX_RENEWALS} times.  The replica says that it is stale, and the
        application's next update tries again.
        """

        def hook(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            observer.callRemote("missing").addErrback(str)
            return {"ducks": list(self.pond.ducks)}

        self.pond.getStateToCacheAndObserveFor = hook
        self.ask()
        self.assertEqual(MAX_RENEWALS, len(self.pond.stopped))
        self.assertIs(StatusKind.STALE, statusOf(self.view).kind)
        del self.pond.getStateToCacheAndObserveFor
        self.pond.add("ugly duckling")
        self.connection.deliver()
        self.assertTrue(statusOf(self.view).isLive)
        self.assertEqual(self.pond.ducks, self.view.ducks)
        self.flushLoggedErrors()

    def test_anUpdateInTheHookThatIsNotSent(self) -> None:
        """
        So is one with an update that cannot be sent.
        """

        def hook(perspective: Any, observer: Any) -> Any:
            self.pond.observers.append(observer)
            observer.callRemote("add", self.kit.View()).addErrback(str)
            return {"ducks": list(self.pond.ducks)}

        self.pond.getStateToCacheAndObserveFor = hook
        self.ask()
        self.assertEqual(MAX_RENEWALS, len(self.pond.stopped))
        self.assertIs(StatusKind.STALE, statusOf(self.view).kind)

    def test_twoThatTellEachOther(self) -> None:
        """
        Two ponds of which each tells the views of the other when somebody has
        stopped, which these cannot take, come to rest.
        """
        other = self.root.pond = self.kit.Pond()
        held = self.fetch()
        for one, two in ((self.pond, other), (other, self.pond)):

            def stopped(who: Any, o: Any, one: Any = one, two: Any = two) -> None:
                one.stopped.append(o)
                one.observers.remove(o)
                for observer in two.observers:
                    observer.callRemote("missing").addErrback(str)

            one.stoppedObserving = stopped
        self.ask()
        self.flushLoggedErrors()
        count = len(self.pond.stopped) + len(other.stopped)
        self.assertLessEqual(count, 2 * MAX_RENEWALS)
        del held

    def test_aPeerThatAsksAndAsks(self) -> None:
        """
        A peer that asks for a fresh state time and again gets L{MAX_RENEWALS}.
        """
        hub = hubOf(self.connection.client)
        for _ in range(20):
            hub.askFresh(self.view.luid, "for fun")
        self.connection.deliver()
        self.assertEqual(MAX_RENEWALS, len(self.pond.stopped))
        self.assertEqual(1, len(self.pond.observers))
