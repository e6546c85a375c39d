# -*- test-case-name: pbcopy.test.test_factory -*-
"""
Tests for L{pbcopy._factory}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import jelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._registry import copyTags
from pbcopy._slotof import slotOf
from pbcopy.test.ponds import Kit, Received
from pbcopy.testing import connect, sendAcross


class FactoryTests(SynchronousTestCase):
    """
    A factory makes the object for what a peer sent.
    """

    def setUp(self) -> None:
        """
        Make a pond.
        """
        self.kit = Kit(self, pb)
        self.pond = self.kit.Pond(["one duck"])

    def fetch(self, factory: Any) -> tuple[Any, list[Any]]:
        """
        Register a factory, and fetch the pond.
        """
        pb.setUnjellyableFactoryForClass(self.kit.Pond, factory)
        connection = connect(self.kit.Root(self.pond))
        received = Received(connection.root.callRemote("pond"))
        connection.deliver()
        return connection, received.results

    def test_copy(self) -> None:
        """
        A factory for a copyable is given its state, with text for keys.
        """

        class Frogs(pb.Copyable):
            def getStateToCopy(self) -> Any:
                return {b"count": 7}

        pb.setUnjellyableFactoryForClass(Frogs, list)
        self.addCleanup(copyTags.pop, Frogs().getTypeToCopy())
        self.assertEqual(["count"], sendAcross(Frogs()))

    def test_stored(self) -> None:
        """
        Without a Broker, a factory is given the stored state.
        """
        pb.setUnjellyableFactoryForClass(self.kit.Pond, dict)
        stored = jelly.jelly(self.pond)
        self.assertEqual(["one duck"], jelly.unjelly(stored)["ducks"])

    def test_somethingElse(self) -> None:
        """
        An object of a factory that is no L{RemoteCache} is handed out, and the
        sender hears that nobody observes.
        """
        _, results = self.fetch(lambda state: tuple(state["ducks"]))
        self.assertEqual([("one duck",)], results)
        self.assertEqual([], self.pond.observers)
        self.assertEqual(1, len(self.pond.stopped))

    def test_replica(self) -> None:
        """
        A L{RemoteCache} of a factory stands for the id until it is dropped.
        """

        def factory(state: Any) -> Any:
            view = self.kit.View()
            view.setCopyableState(state)
            return view

        connection, results = self.fetch(factory)
        self.assertIs(connection.client, results[0].broker)
        self.assertIsNotNone(slotOf(results[0]))
        results.clear()
        connection.collect()
        self.assertEqual([], self.pond.observers)

    def test_bytesKeys(self) -> None:
        """
        A factory for a cacheable is given text for keys.
        """
        self.pond.getStateToCacheAndObserveFor = lambda p, o: {b"ducks": 2}
        self.pond.stoppedObserving = lambda p, o: None
        _, results = self.fetch(list)
        self.assertEqual([["ducks"]], results)

    def test_failure(self) -> None:
        """
        What a factory raises is an error at the receiver, and the sender hears
        that nobody observes.
        """
        pb.setUnjellyableFactoryForClass(self.kit.Pond, lambda state: 1 // 0)
        connection = connect(self.kit.Root())
        call = connection.root.callRemote("give", self.pond)
        connection.deliver()
        self.flushLoggedErrors(ZeroDivisionError)
        self.failureResultOf(call)
        self.assertFalse(connection.lost)
        self.assertEqual([], self.pond.observers)
        self.assertEqual({}, connection.server.locallyCachedObjects)
