"""
A master and its replica, of two versions of a program.
"""

from dataclasses import dataclass, field

from looking import look

import pbcopy
from pbcopy import pb


@pbcopy.shared
@dataclass
class Pond(pb.Cacheable):
    """
    The server has version 2.
    """

    colour: str = "green"
    ducks: list[str] = field(default_factory=list)
    depth: int = 3
    fish: int = 0


@pbcopy.replicaOf("__main__.Pond")
class PondOfOne(pb.RemoteCache):
    """
    This client has version 1: it knows nothing of the fish, and the depth may
    have a fraction.
    """

    colour: str
    ducks: list[str]
    depth: float


connection, view = look(Pond())
print(vars(view)["depth"], hasattr(view, "fish"))


@pbcopy.replicaOf("__main__.Pond")
class PondOfThree(pb.RemoteCache):
    """
    This one has version 3: there are frogs, and another name for the colour.
    """

    color: str = pbcopy.field(wireName="colour")
    ducks: list[str]
    frogs: int = 0


connection, view = look(Pond())
print(view.color, view.frogs)


@pbcopy.replicaOf("__main__.Pond")
class PondOfFour(pb.RemoteCache):
    """
    This one cannot do with what it gets.
    """

    colour: int
    ducks: dict[str, int]
    gates: list[str]


connection, failure = look(Pond())
print(failure.getErrorMessage())
