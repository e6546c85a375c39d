"""
A cache that its receiver only drops.
"""

from pbcopy import pb
from pbcopy.testing import connect


class Pond(pb.Cacheable):
    """
    It says who comes and goes.
    """

    def __init__(self):
        self.observers = set()

    def getStateToCacheAndObserveFor(self, perspective, observer):
        self.observers.add(observer)
        print("observed by", len(self.observers))
        return {}

    def stoppedObserving(self, perspective, observer):
        self.observers.remove(observer)
        print("observed by", len(self.observers))


class PondView(pb.RemoteCache):
    """
    A replica of it.
    """


pb.setUnjellyableForClass(Pond, PondView)


class Park(pb.Root):
    """
    What the client calls.
    """

    def __init__(self):
        self.pond = Pond()

    def remote_pond(self):
        return self.pond


views = []
connection = connect(Park())
for _ in range(3):
    connection.root.callRemote("pond").addCallback(views.append)
connection.deliver()
print("dropping")
views.clear()
connection.collect()
print("hanging up")
connection.cut()
