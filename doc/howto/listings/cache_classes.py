"""
A pond of ducks, and the replica of it that follows each change.
"""

from pbcopy import pb


class MasterDuckPond(pb.Cacheable):
    """
    The pond itself.  It changes in its own methods alone.
    """

    def __init__(self, ducks):
        self.ducks = ducks
        self.observers = []

    def count(self):
        print(f"I have [{len(self.ducks)}] ducks")

    def addDuck(self, duck):
        self.ducks.append(duck)
        self._tell("addDuck", duck)

    def removeDuck(self, duck):
        self.ducks.remove(duck)
        self._tell("removeDuck", duck)

    def _tell(self, change, duck):
        for observer in self.observers:
            observer.callRemote(change, duck).addErrback(lambda f: None)

    def getStateToCacheAndObserveFor(self, perspective, observer):
        self.observers.append(observer)
        return self.ducks

    def stoppedObserving(self, perspective, observer):
        self.observers.remove(observer)


class SlaveDuckPond(pb.RemoteCache):
    """
    A replica of the pond.
    """

    def setCopyableState(self, state):
        print(" cache - sitting, er, setting ducks")
        self.ducks = state

    def observe_addDuck(self, duck):
        print(" cache - addDuck")
        self.ducks.append(duck)

    def observe_removeDuck(self, duck):
        print(" cache - removeDuck")
        self.ducks.remove(duck)


pb.setUnjellyableForClass(MasterDuckPond, SlaveDuckPond)
