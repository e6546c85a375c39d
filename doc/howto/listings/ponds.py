"""
An application: a pond that users log in to look at.
"""

from twisted.cred.portal import IRealm
from zope.interface import implementer

from pbcopy import pb


class Pond(pb.Cacheable):
    """
    The pond itself.
    """

    localOnly = ("observers",)

    def __init__(self):
        self.ducks = []
        self.observers = []

    def add(self, duck):
        self.ducks.append(duck)
        for observer in self.observers:
            observer.callRemote("add", duck).addErrback(lambda f: None)

    def getStateToCacheAndObserveFor(self, perspective, observer):
        self.observers.append(observer)
        return self.getStateToCopyFor(perspective)

    def stoppedObserving(self, perspective, observer):
        self.observers.remove(observer)


class PondView(pb.RemoteCache):
    """
    What a user sees of it.
    """

    def observe_add(self, duck):
        self.ducks.append(duck)


pb.setUnjellyableForClass(Pond, PondView)


class Visitor(pb.Avatar):
    """
    What a user who is logged in can do.
    """

    def __init__(self, pond):
        self.pond = pond

    def perspective_look(self):
        return self.pond

    def perspective_leave(self, thing):
        self.pond.add(thing.name)


@implementer(IRealm)
class Park:
    """
    It has the pond, and gives each user a L{Visitor}.
    """

    def __init__(self):
        self.pond = Pond()

    def requestAvatar(self, avatarId, mind, *interfaces):
        return pb.IPerspective, Visitor(self.pond), lambda: None
