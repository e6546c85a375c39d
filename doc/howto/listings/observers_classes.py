"""
A board with lines on it, and what its observers see.
"""

from pbcopy import pb


class Board(pb.Cacheable):
    """
    The board itself.
    """

    def __init__(self):
        self.lines = []
        self.observers = []

    def post(self, line):
        self.lines.append(line)
        for o in self.observers:
            o.callRemote("post", line).addErrback(lambda f: None)

    def getStateToCacheAndObserveFor(self, perspective, observer):
        self.observers.append(observer)
        return {"lines": self.lines}

    def stoppedObserving(self, perspective, observer):
        self.observers.remove(observer)
        self.post(f"{len(self.observers)} still watch")


class BoardView(pb.RemoteCache):
    """
    What an observer sees of the board.
    """

    def observe_post(self, line):
        self.lines.append(line)
        print(line)


pb.setUnjellyableForClass(Board, BoardView)
