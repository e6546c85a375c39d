# -*- test-case-name: pbcopy.test.test_remotecache -*-
"""
Tests for L{pbcopy._remotecache}.
"""

from __future__ import annotations

import copy
import weakref
from typing import Any

from twisted.spread.jelly import InsecureJelly, jelly, unjelly

from pbcopy import pb
from pbcopy._slotof import slots
from pbcopy.errors import Unsendable, Violation
from pbcopy.test.ponds import Received, ReplicaTestCase, register
from pbcopy.testing import connect


class ReplicaTests(ReplicaTestCase):
    """
    There is one replica for each id.
    """

    def test_lifeCycle(self) -> None:
        """
        A replica's C{__init__} is called without arguments, and then its
        C{setCopyableState}; by then it knows its connection.
        """
        calls: list[Any] = []

        class View(pb.RemoteCache):
            def __init__(self) -> None:
                calls.append(("init", self.broker))
                self.given = None

            def setCopyableState(self, state: Any) -> None:
                calls.append((state, self.broker, self.luid))
                self.__dict__.update(state)

        register(self, pb, (self.kit.Pond, View))
        view = self.fetch()
        expected = ({"ducks": ["one duck"]}, self.connection.client, view.luid)
        self.assertEqual([("init", self.connection.client), expected], calls)
        self.assertEqual(["one duck"], view.ducks)
        self.assertIsNone(view.given)

    def test_aClassThatCannotBeWeaklyReferredTo(self) -> None:
        """
        A replica that is a tuple is held until the connection ends.
        """

        class Row(pb.RemoteCache, tuple):  # type: ignore[type-arg]
            ducks: Any

            def observe_add(self, duck: str) -> None:
                self.ducks.append(duck)

        register(self, pb, (self.kit.Pond, Row))
        before = set(slots.values())
        row = self.fetch()
        self.pond.add("ugly duckling")
        self.connection.deliver()
        self.assertEqual(["one duck", "ugly duckling"], row.ducks)
        self.assertIs(row, self.fetch())
        self.connection.cut()
        self.assertEqual([], self.pond.observers)
        self.assertEqual(set(), set(slots.values()) - before)
        self.assertIsNone(row.broker)

    def test_replacedInPlace(self) -> None:
        """
        An C{observe_} method that replaces the state by C{setCopyableState}
        replaces that of the application's object, for good.
        """
        self.kit.View.observe_reset = lambda view, state: view.setCopyableState(state)
        view = self.fetch()
        self.pond.observers[0].callRemote("reset", {"ducks": []})
        self.pond.add("ugly duckling")
        self.connection.deliver()
        self.assertEqual(["ugly duckling"], view.ducks)

    def test_weakReferenceableAndHashable(self) -> None:
        """
        A replica can be weakly referred to and be in a set, whatever becomes of
        its dict.
        """
        view = self.fetch()
        reference, views = weakref.ref(view), {view}
        view.__dict__ = {}
        self.assertIn(view, views)
        self.assertIs(view, reference())

    def test_aReplicaThatRefersToItself(self) -> None:
        """
        A replica that is part of a cycle is released when the application
        drops it.
        """
        before = set(slots.values())
        view = self.fetch()
        view.me = view
        del view
        for _ in range(3):
            self.connection.collect()
        self.assertEqual([], self.pond.observers)
        self.assertEqual({}, self.connection.client.locallyCachedObjects)
        self.assertEqual(set(), set(slots.values()) - before)


class RefusedTests(ReplicaTestCase):
    """
    A replica whose state cannot be taken costs one call.
    """

    def refuse(self, view: type) -> None:
        """
        Send a pond to a server that registered C{view}, which raises; then send
        it again to one that does not.
        """
        register(self, pb, (self.kit.Pond, view))
        failed = self.give(self.pond)
        self.failureResultOf(failed)
        self.flushLoggedErrors()
        self.assertFalse(self.connection.lost)
        self.assertEqual(1, len(self.pond.stopped))
        self.assertEqual({}, self.connection.client.remotelyCachedObjects)
        self.assertEqual({}, self.connection.server.locallyCachedObjects)
        pb.setUnjellyableForClass(self.kit.Pond, self.kit.View)
        self.successResultOf(self.give(self.pond))
        self.assertEqual(["one duck"], self.root.given[0].ducks)

    def test_init(self) -> None:
        """
        C{__init__} raises: the call fails, and the next one succeeds.
        """

        class View(pb.RemoteCache):
            def __init__(self) -> None:
                raise RuntimeError("no view today")

        self.refuse(View)

    def test_setCopyableState(self) -> None:
        """
        C{setCopyableState} raises: the call fails, and the next one succeeds.
        """

        class View(pb.RemoteCache):
            def setCopyableState(self, state: Any) -> None:
                raise RuntimeError("no state today")

        self.refuse(View)

    def test_namesOfMethods(self) -> None:
        """
        A state that names a method is refused.
        """

        class View(pb.RemoteCache):
            def ducks(self) -> None:
                """Hide what the peer sends."""

        self.refuse(View)

    def test_aCopy(self) -> None:
        """
        A class of caches that is registered for a copy refuses it, and says
        so.
        """

        class Frogs(pb.Copyable):
            pass

        register(self, pb, (Frogs, self.kit.View))
        error = self.failureResultOf(self.give(Frogs()), Violation).value
        self.assertIn("View: what came is a copy", str(error))
        self.assertIn("pb.RemoteCopy", str(error))
        self.flushLoggedErrors(Violation)

    def test_aMentionOfWhatWasRefused(self) -> None:
        """
        A mention of an id whose state was refused, sent before the sender
        hears of it, fails with a L{Violation} at its call.
        """

        class View(pb.RemoteCache):
            def setCopyableState(self, state: Any) -> None:
                raise RuntimeError("no state today")

        register(self, pb, (self.kit.Pond, View))
        first = self.connection.root.callRemote("give", self.pond)
        second = self.connection.root.callRemote("give", self.pond)
        self.connection.deliver()
        self.flushLoggedErrors()
        self.failureResultOf(first)
        self.assertIs(Violation, self.failureResultOf(second).type)
        self.assertEqual(1, len(self.pond.stopped))

    def test_anIdInUse(self) -> None:
        """
        A peer that gives an id twice is refused, and the replica stays.
        """
        view = self.fetch()
        sexp = [self.pond.getTypeToCopy(), view.luid, [b"dictionary"]]
        for luid in (view.luid, b"luid", [b"dictionary"]):
            sexp[1] = luid
            with self.assertRaises(InsecureJelly) as caught:
                self.connection.client.unserialize(list(sexp))
            self.assertIsInstance(caught.exception, Violation)
        self.assertIs(view, self.fetch())


class HomeTests(ReplicaTestCase):
    """
    A replica goes home as the original.
    """

    def test_home(self) -> None:
        """
        The sender gets its own object back.
        """
        view = self.fetch()
        self.successResultOf(self.give([view, view]))
        self.assertIs(self.pond, self.root.given[0][0])
        self.assertIs(self.pond, self.root.given[0][1])

    def test_theLastReferenceGoesHome(self) -> None:
        """
        The release of a replica does not overtake the call that takes its last
        reference home.
        """
        self.successResultOf(self.give(self.fetch()))
        self.assertIs(self.pond, self.root.given[0])
        self.connection.collect()
        self.assertEqual([], self.pond.observers)

    def test_homeFromBothFlavors(self) -> None:
        """
        A class of both flavors, in either order, goes home as the original,
        and is published by its holder to others.
        """

        class CacheableFirst(self.kit.Pond, pb.RemoteCache):  # type: ignore[misc,name-defined]
            observers: Any
            stopped: Any

            def setCopyableState(self, state: Any) -> None:
                self.ducks, self.observers, self.stopped = state["ducks"], [], []

        class ReplicaFirst(pb.RemoteCache, self.kit.Pond):  # type: ignore[misc,name-defined]
            observers: Any
            stopped: Any

            def setCopyableState(self, state: Any) -> None:
                self.ducks, self.observers, self.stopped = state["ducks"], [], []

        for relay in (CacheableFirst, ReplicaFirst):
            register(self, pb, (self.kit.Pond, relay), (relay, self.kit.View))
            self.pond = self.root.pond = self.kit.Pond(["one duck"])
            held = self.fetch()
            self.assertIsInstance(held, relay)
            self.successResultOf(self.give(held))
            self.assertIs(self.pond, self.root.given.pop())
            further = connect(self.kit.Root(held))
            received = Received(further.root.callRemote("pond"))
            further.deliver()
            view = received.results[0]
            self.assertIsInstance(view, self.kit.View)
            held.add("ugly duckling")
            further.deliver()
            self.assertEqual(["one duck", "ugly duckling"], view.ducks)

    def test_notOverAnotherConnection(self) -> None:
        """
        A replica that is no cacheable cannot be sent over another connection,
        nor can one that has none; the sender is told.
        """
        view = self.fetch()
        other = connect(self.kit.Root())
        for stranger, got in (
            (view, "another connection"),
            (copy.copy(view), "a detached copy"),
        ):
            failed = other.root.callRemote("give", stranger)
            error = self.failureResultOf(failed, Unsendable).value
            self.assertEqual(got, error.got)
            self.assertIn("pb.Cacheable", error.advice)

    def test_stored(self) -> None:
        """
        Without a Broker, the attributes of a replica are stored.
        """
        view = self.fetch()
        register(self, pb, (type(view), type(view)))
        again = unjelly(jelly(view))
        self.assertEqual(["one duck"], again.ducks)
        self.assertIsNone(again.broker)


class UpdateTests(ReplicaTestCase):
    """
    An update calls C{observe_} and the name.
    """

    def test_keywordsAsBytes(self) -> None:
        """
        Keywords that come as bytes, as from Python 2, are text.
        """
        self.kit.View.observe_set = lambda view, duck: setattr(view, "ducks", [duck])
        view = self.fetch()
        broker = self.connection.client
        sexp = broker.serialize({b"duck": "old"})
        view.remoteMessageReceived(broker, b"set", broker.serialize(()), sexp)
        self.assertEqual(["old"], view.ducks)

    def test_answer(self) -> None:
        """
        The observer gets what the method returned, or what it raised.
        """
        view = self.fetch()
        self.kit.View.observe_count = lambda view: len(view.ducks)
        answer = self.pond.observers[0].callRemote("count")
        failed = self.pond.observers[0].callRemote("missing")
        self.connection.deliver()
        self.assertEqual(len(view.ducks), self.successResultOf(answer))
        self.assertEqual(b"builtins.AttributeError", self.failureResultOf(failed).type)
        self.flushLoggedErrors(AttributeError)
