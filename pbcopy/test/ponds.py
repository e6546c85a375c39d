# -*- test-case-name: pbcopy.test.test_ponds -*-
"""
The ponds that the tests send: written once, on the flavors that a test chooses.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from twisted.python.reflect import qual
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy.pb
from pbcopy import _replicas, onStatus
from pbcopy.test.freezing import freezeOnce
from pbcopy.testing import Connection, connect


def register(case: SynchronousTestCase, pb: ModuleType, *pairs: Any) -> None:
    """
    Register C{(sent, received)} pairs for as long as one test runs.
    """
    for sent, received in pairs:
        pb.setUnjellyableForClass(sent, received)
        case.addCleanup(pb.copyTags.pop, qual(sent).encode("utf-8"), None)


class Kit:
    """
    A pond, its view and a root that gives ponds away, all on one kind of
    flavors, written as an application writes them.

    @ivar Pond: a Cacheable that keeps its observers in a list.
    @ivar View: what a client has of it.
    @ivar Root: publishes C{pond}, and takes what it is given.

    As far as peers are told, nothing else was declared in this process.
    """

    def __init__(self, case: SynchronousTestCase, pb: Any) -> None:
        # A greeting has a word for each class that any test has declared.
        case.patch(_replicas, "_replicas", {})
        freezeOnce()

        class Pond(pb.Cacheable):  # type: ignore[misc]
            def __init__(self, ducks: list[str] | None = None) -> None:
                self.ducks = ducks or []
                self.observers: list[Any] = []
                self.stopped: list[Any] = []

            def add(self, duck: str) -> None:
                self.ducks.append(duck)
                for observer in self.observers:
                    update = observer.callRemote("add", duck)
                    update.addErrback(lambda failure: None)

            def getStateToCacheAndObserveFor(self, perspective: Any, o: Any) -> Any:
                self.observers.append(o)
                return {"ducks": self.ducks}

            def stoppedObserving(self, perspective: Any, observer: Any) -> None:
                self.stopped.append(observer)
                self.observers.remove(observer)

        class View(pb.RemoteCache):  # type: ignore[misc]
            def observe_add(self, duck: str) -> None:
                self.ducks.append(duck)

        class Root(pb.Root):  # type: ignore[misc]
            def __init__(self, pond: Any = None) -> None:
                self.pond = pond
                self.given: list[Any] = []

            def remote_pond(self) -> Any:
                return self.pond

            def remote_give(self, thing: Any) -> None:
                self.given.append(thing)

            def remote_isPond(self, thing: Any) -> bool:
                return thing is self.pond

        # One name a kit: two kits in a test must not meet in the registry.
        Pond.__name__ = f"Pond{id(self):x}"
        register(case, pb, (Pond, View))
        self.Pond: Any = Pond
        self.View: Any = View
        self.Root: Any = Root


class Received:
    """
    What a call gave, kept here and nowhere else.
    """

    def __init__(self, call: Any) -> None:
        self.results: list[Any] = []
        call.addBoth(self.results.append)


class ReplicaTestCase(SynchronousTestCase):
    """
    A pond, and a client that fetches it.
    """

    def setUp(self) -> None:
        """
        Connect a client to a pond.
        """
        self.kit = Kit(self, pbcopy.pb)
        self.pond = self.kit.Pond(["one duck"])
        self.root = self.kit.Root(self.pond)
        self.connection = connect(self.root)

    def fetch(self, connection: Connection | None = None) -> Any:
        """
        Fetch the pond, over the test's own connection or another one.
        """
        connection = connection or self.connection
        received = Received(connection.root.callRemote("pond"))
        connection.deliver()
        return received.results[0]

    def give(self, thing: Any) -> Any:
        """
        Send C{thing} to the server, as an argument.
        """
        call = self.connection.root.callRemote("give", thing)
        self.connection.deliver()
        return call


class Dried(Exception):
    """
    What the views here raise.
    """


def dry(view: Any, *args: Any) -> None:
    """
    Fail to take an update.
    """
    raise Dried("no water")


class WatchedTestCase(ReplicaTestCase):
    """
    A view whose status is watched.
    """

    def setUp(self) -> None:
        """
        Have a view that fails to dry.
        """
        super().setUp()
        self.kit.View.observe_dry = dry
        self.told: list[Any] = []

    def watched(self) -> Any:
        """
        Fetch the pond, and have each change of the view's status noted.
        """
        view = self.fetch()
        onStatus(view, lambda view, status: self.told.append(status.kind))
        return view

    def dries(self, name: str = "dry") -> None:
        """
        Send an update that fails.
        """
        call = self.pond.observers[0].callRemote(name)
        call.addErrback(lambda failure: None)
        self.connection.deliver()

    def stocked(self) -> None:
        """
        Have a stock sender.
        """
        kit = Kit(self, stock)
        register(self, pbcopy.pb, (kit.Pond, self.kit.View))
        self.pond = self.root.pond = kit.Pond(["one duck"])
