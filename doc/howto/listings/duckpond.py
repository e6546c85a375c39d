"""
A pond with ducks, and what others have of it.
"""

from dataclasses import dataclass, field

import pbcopy
from pbcopy import pb


@pbcopy.shared
@dataclass
class Duck(pb.Copyable):
    """
    A duck, which is a part of its pond.
    """

    name: str
    food: list[str] = field(default_factory=list)


@pbcopy.shared
@dataclass
class DuckPond(pb.Cacheable):
    """
    The pond.
    """

    colour: str = "green"
    ducks: list[Duck] = field(default_factory=list)
    queen: Duck | None = None
    depths: dict[str, tuple[float, float]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    gate: bytes = pbcopy.field(default=b"1234", private=True)


@pbcopy.replicaOf(Duck)
class DuckView(pb.RemoteCopy):
    """
    A duck, elsewhere.
    """


@pbcopy.replicaOf(DuckPond)
class PondView(pb.RemoteCache):
    """
    The pond, elsewhere.
    """
