"""
Fields: what is said of them, and in which form.
"""

from dataclasses import dataclass, field
from typing import Any

import attrs
from looking import look

import pbcopy
from pbcopy import pb


@pbcopy.shared
@dataclass
class DuckPond(pb.Cacheable):
    """
    A dataclass.
    """

    colour: str = pbcopy.field(default="green", wireName="color")
    ducks: list[str] = field(default_factory=list)
    gate: bytes = pbcopy.field(default=b"1234", private=True)


@pbcopy.replicaOf(DuckPond)
class PondView(pb.RemoteCache):
    """
    It has the fields of the pond, but for the private one.
    """


@pbcopy.shared
@attrs.define
class FrogPond(pb.Cacheable):
    """
    A class of attrs.
    """

    frogs: int = 0
    gate: bytes = attrs.field(default=b"1234", metadata=pbcopy.options(private=True))


@pbcopy.replicaOf(FrogPond)
class FrogView(pb.RemoteCache):
    """
    It says for itself what it has.
    """

    frogs: int
    seen: Any = pbcopy.field(default=None, private=True)


@pbcopy.shared
class Lake(pb.Cacheable):
    """
    A plain class, with an C{__init__} of its own.
    """

    depth: float
    boats: list[str]

    def __init__(self, depth):
        self.depth = depth
        self.boats = []


@pbcopy.replicaOf("__main__.Lake")
class LakeView(pb.RemoteCache):
    """
    Where the class of the master is not at hand, its name will do.
    """

    depth: float
    boats: list[str]


for master in (DuckPond(), FrogPond(frogs=7), Lake(3.5)):
    connection, view = look(master)
    shown = {name: v for name, v in vars(view).items() if v is not None}
    print(type(view).__name__, shown)
