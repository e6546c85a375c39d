"""
Several changes that belong together.
"""

from dataclasses import dataclass, field

from looking import look

import pbcopy
from pbcopy import pb


@pbcopy.shared
@dataclass
class DuckPond(pb.Cacheable):
    """
    A pond that counts its ducks.
    """

    ducks: list[str] = field(default_factory=list)
    count: int = 0


@pbcopy.replicaOf(DuckPond)
class PondView(pb.RemoteCache):
    """
    What another process has of it.
    """


def show(changes):
    print("heard:", *changes, sep="\n  ")


def add(*ducks):
    with pbcopy.changing(pond):
        for duck in ducks:
            pond.ducks.append(duck)
            pond.count += 1
            if duck == "fox":
                raise ValueError("that is no duck")


pond = DuckPond()
connection, view = look(pond)
view.subscribe(show)

add("one duck", "two duck")
connection.deliver()
print(view.count, view.ducks)

try:
    add("three duck", "fox")
except ValueError as error:
    print("not added:", error)
connection.deliver()
print(pond.count, pond.ducks)
print(view.count, view.ducks)
