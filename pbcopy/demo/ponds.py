# -*- test-case-name: pbcopy.test.test_demo -*-
"""
A pond, and the view of it that other processes have.

The publisher and the clients import this module, so the classes have the same
names for both.
"""

from __future__ import annotations

import json
from typing import Any

from pbcopy import pb


class Pond(pb.Cacheable):
    """
    The pond.  The publisher has it.
    """

    def __init__(self, ducks: list[str]) -> None:
        self.ducks = ducks
        self.observers: list[pb.RemoteCacheObserver] = []

    def add(self, duck: str) -> None:
        """
        Change the pond, and tell each observer.
        """
        self.ducks.append(duck)
        for o in self.observers:
            o.callRemote("add", duck).addErrback(lambda failure: None)

    def remove(self, duck: str) -> None:
        """
        Change the pond, and tell each observer.
        """
        self.ducks.remove(duck)
        for o in self.observers:
            o.callRemote("remove", duck).addErrback(lambda failure: None)

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        A client is sent the pond: give its state, and keep the observer.
        """
        self.observers.append(observer)
        return {"ducks": self.ducks}

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        """
        A client has dropped its view, or is gone.
        """
        self.observers.remove(observer)


class PondView(pb.RemoteCache):
    """
    A view of the pond.  Each client has one.
    """

    ducks: list[str]

    def observe_add(self, duck: str) -> None:
        """
        The pond has called C{callRemote("add", duck)}.
        """
        self.ducks.append(duck)
        show(self.ducks)

    def observe_remove(self, duck: str) -> None:
        """
        The pond has called C{callRemote("remove", duck)}.
        """
        self.ducks.remove(duck)
        show(self.ducks)


def show(ducks: list[str]) -> None:
    """
    Print the ducks in one line.
    """
    print(json.dumps(ducks), flush=True)


pb.setUnjellyableForClass(Pond, PondView)
