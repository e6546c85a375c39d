"""
Changes of which the newest alone matters.
"""

from looking import look

import pbcopy
from pbcopy import pb


@pbcopy.shared(latest=True)
class DuckPond(pb.Cacheable):
    """
    A pond with a gauge that changes all the time.
    """

    depth: float = 0.0
    ducks: list[str] = pbcopy.field(default_factory=list)
    wind: float = pbcopy.field(default=0.0, rate=10)
    alarm: str = pbcopy.field(default="", latest=False)


@pbcopy.replicaOf(DuckPond)
class PondView(pb.RemoteCache):
    """
    What another process has of it.
    """


def show(changes):
    print("heard:", *changes, sep="\n  ")


pond = DuckPond()
connection, view = look(pond)
view.subscribe(show)

for number in range(10_000):
    pond.depth = number / 100
pond.ducks += ["swan", "duck"]
pond.ducks.remove("duck")
connection.deliver()

pond.depth = 3.5
pond.alarm = "a fox"
connection.deliver()
