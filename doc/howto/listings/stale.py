"""
A replica that goes stale, and is brought up to date again.
"""

import pbcopy
from pbcopy import pb
from pbcopy.testing import connect


class Board(pb.Cacheable):
    """
    Lines that everybody sees.
    """

    def __init__(self):
        self.lines = []
        self.observers = []

    def post(self, line):
        self.lines.append(line)
        for o in self.observers:
            o.callRemote("post", line).addErrback(self.failed)

    def failed(self, failure):
        print("board:", failure.getErrorMessage())

    def getStateToCacheAndObserveFor(self, perspective, observer):
        self.observers.append(observer)
        return {"lines": self.lines}

    def stoppedObserving(self, perspective, observer):
        self.observers.remove(observer)


class BoardView(pb.RemoteCache):
    """
    What one reader sees.
    """

    def observe_post(self, line):
        if len(line) > 20:
            raise ValueError("that line is too long")
        self.lines.append(line)


class PriceView(pbcopy.LiveOnly, BoardView):
    """
    What one trader sees: nothing, rather than what is old.
    """


class Hall(pb.Root):
    """
    What a reader calls.
    """

    def __init__(self):
        self.board = Board()

    def remote_board(self):
        return self.board


def changed(view, status):
    print("view:", status)


def fetch(viewClass):
    pb.setUnjellyableForClass(Board, viewClass)
    views = []
    connection.root.callRemote("board").addCallback(views.append)
    connection.deliver()
    pbcopy.onStatus(views[0], changed)
    return views[0]


hall = Hall()
connection = connect(hall)
view = fetch(BoardView)
hall.board.post("hello")
hall.board.post("a line of more than twenty letters")
hall.board.post("goodbye")
connection.deliver()
print(view.lines)

hall.board = Board()
price = fetch(PriceView)
connection.cut()
print(view.lines)
try:
    print(price.lines)
except pbcopy.StaleReplica as error:
    print(error.where, "cannot be read:", error.advice)
