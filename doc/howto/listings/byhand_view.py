"""
A view of a declared pond, for a program that has Twisted alone.
"""

from twisted.spread import pb


class DuckView(pb.RemoteCopy):
    """
    A duck, elsewhere.
    """


class PondView(pb.RemoteCache):
    """
    The pond, elsewhere.  All of it would do for any other declared master.
    """

    def inside(self, path):
        there = vars(self)
        for step in path:
            there = there[step]
            if isinstance(there, pb.RemoteCopy):
                there = vars(there)
        return there

    def observe_set(self, path, value):
        self.inside(path[:-1])[path[-1]] = value

    def observe_remove(self, path):
        del self.inside(path[:-1])[path[-1]]

    def observe_splice(self, path, start, stop, items):
        self.inside(path)[start:stop] = items

    def observe_alter(self, path, added, removed):
        members = self.inside(path)
        members.difference_update(removed)
        members.update(added)


pb.setUnjellyableForClass("duckpond.Duck", DuckView)
pb.setUnjellyableForClass("duckpond.DuckPond", PondView)
