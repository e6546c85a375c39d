# -*- test-case-name: pbcopy.test.test_init -*-
"""
Objects that are copied to another process, and kept up to date there.

pbcopy is a plugin for Twisted's Perspective Broker.  Its flavors take the place
of Twisted's C{Copyable} and C{Cacheable}, on the Broker that is there, with a
peer that may or may not have pbcopy.  An application changes one line::

    from pbcopy import pb           # was: from twisted.spread import pb


    class Pond(pb.Cacheable):
        def __init__(self):
            self.ducks = 0
            self.observers = []

        def addDuck(self):
            self.ducks += 1
            for observer in self.observers:
                observer.callRemote("ducks", self.ducks).addErrback(lambda f: None)

        def getStateToCacheAndObserveFor(self, perspective, observer):
            self.observers.append(observer)
            return {"ducks": self.ducks}

        def stoppedObserving(self, perspective, observer):
            self.observers.remove(observer)


    class PondView(pb.RemoteCache):
        def observe_ducks(self, ducks):
            self.ducks = ducks


    pb.setUnjellyableForClass(Pond, PondView)

L{pbcopy.pb} is the drop-in, L{pbcopy.testing} is for the tests of an
application, L{pbcopy.errors} and L{pbcopy.interfaces} say what their names do,
and L{pbcopy.limits} says how much of what is taken.

Where strangers connect, a factory is given a L{Policy}, and a L{Broker}::

    factory = pb.PBServerFactory(portal, security=policy)
    factory.protocol = pbcopy.Broker
"""

from twisted.spread.jelly import InsecureJelly

# A type checker takes those of pbcopy.pb for Twisted's.
from pbcopy._cacheable import Cacheable
from pbcopy._change import Change, ChangeKind
from pbcopy._changing import changing
from pbcopy._copyable import Copyable, RemoteCopy
from pbcopy._fields import field, options
from pbcopy._guardbroker import Broker
from pbcopy._observer import RemoteCacheObserver
from pbcopy._policy import Policy
from pbcopy._reader import changes
from pbcopy._remotecache import RemoteCache
from pbcopy._replicaof import replicaOf
from pbcopy._shared import shared
from pbcopy._sharing import viewersChanged
from pbcopy._status import Status, StatusKind
from pbcopy._watching import LiveOnly, onStatus, statusOf
from pbcopy.errors import (
    PBCopyError,
    ReadOnlyReplica,
    RegistrationError,
    StaleReplica,
    Unsendable,
    Violation,
)
from pbcopy.pb import (
    copyTags,
    setCopierForClass,
    setCopierForClassTree,
    setFactoryForClass,
    setUnjellyableFactoryForClass,
    setUnjellyableForClass,
    setUnjellyableForClassTree,
    setUnjellyableForException,
    setUnjellyableForValue,
)

__all__ = [
    # Flavors.
    "Cacheable",
    "Copyable",
    "RemoteCache",
    "RemoteCacheObserver",
    "RemoteCopy",
    # Registration.
    "copyTags",
    "setCopierForClass",
    "setCopierForClassTree",
    "setFactoryForClass",
    "setUnjellyableFactoryForClass",
    "setUnjellyableForClass",
    "setUnjellyableForClassTree",
    "setUnjellyableForException",
    "setUnjellyableForValue",
    # The border.
    "Broker",
    "Policy",
    # Declared state.
    "Change",
    "ChangeKind",
    "changes",
    "changing",
    "field",
    "options",
    "replicaOf",
    "shared",
    "viewersChanged",
    # Status.
    "StatusKind",
    "LiveOnly",
    "Status",
    "onStatus",
    "statusOf",
    # Errors.
    "InsecureJelly",
    "PBCopyError",
    "ReadOnlyReplica",
    "RegistrationError",
    "StaleReplica",
    "Unsendable",
    "Violation",
]
