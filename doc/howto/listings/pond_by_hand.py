"""
A pond, and what others have of it, written by hand.
"""

from looking import look

from pbcopy import pb


class DuckPond(pb.Cacheable):
    """
    The pond.
    """

    localOnly = ("observers",)

    def __init__(self):
        self.colour = "green"
        self.ducks = []
        self.observers = []

    def setColour(self, colour):
        self.colour = colour
        self.tell("setColour", colour)

    def addDuck(self, duck):
        self.ducks.append(duck)
        self.tell("addDuck", duck)

    def removeDuck(self, duck):
        self.ducks.remove(duck)
        self.tell("removeDuck", duck)

    def tell(self, name, *args):
        for observer in self.observers:
            observer.callRemote(name, *args).addErrback(lambda failure: None)

    def getStateToCacheAndObserveFor(self, perspective, observer):
        self.observers.append(observer)
        return self.getStateToCopyFor(perspective)

    def stoppedObserving(self, perspective, observer):
        self.observers.remove(observer)


class PondView(pb.RemoteCache):
    """
    What another process has of it.
    """

    def observe_setColour(self, colour):
        self.colour = colour

    def observe_addDuck(self, duck):
        self.ducks.append(duck)

    def observe_removeDuck(self, duck):
        self.ducks.remove(duck)


pb.setUnjellyableForClass(DuckPond, PondView)

pond = DuckPond()
connection, view = look(pond)
pond.addDuck("one duck")
pond.addDuck("ugly duckling")
pond.removeDuck("one duck")
pond.setColour("brown")
connection.deliver()
print(view.colour, view.ducks)
