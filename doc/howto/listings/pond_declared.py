"""
The same pond, declared.
"""

from dataclasses import dataclass, field

from looking import look

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

    colour: str
    ducks: list[str]


pond = DuckPond()
connection, view = look(pond)
pond.ducks.append("one duck")
pond.ducks.append("ugly duckling")
pond.ducks.remove("one duck")
pond.colour = "brown"
connection.deliver()
print(view.colour, view.ducks)

pond.ducks[0:1] = ["swan", "cygnet"]
pond.ducks += ["goose"]
pond.ducks.sort()
connection.deliver()
print(view.colour, view.ducks)
