"""
To hear of changes.
"""

from dataclasses import dataclass, field

from looking import look
from twisted.internet.defer import Deferred

import pbcopy
from pbcopy import pb


@pbcopy.shared
@dataclass
class DuckPond(pb.Cacheable):
    """
    The pond.
    """

    colour: str = "green"
    ducks: list[str] = field(default_factory=list)


@pbcopy.replicaOf(DuckPond)
class PondView(pb.RemoteCache):
    """
    What another process has of it.
    """


def show(changes):
    for change in changes:
        print("subscribed:", change)


async def watch(view):
    async for change in pbcopy.changes(view):
        print("watch:", change)
    print("watch: the end")


pond = DuckPond(ducks=["one duck", "two duck"])
connection, view = look(pond)
stop = view.subscribe(show)
watching = Deferred.fromCoroutine(watch(view))

pond.ducks.append("ugly duckling")
connection.deliver()
pond.ducks[2] = "swan"
pond.colour = "brown"
connection.deliver()
stop()
del pond.ducks[0]
connection.deliver()

try:
    view.ducks.append("goose")
except pbcopy.ReadOnlyReplica as error:
    print(error)
connection.cut()
