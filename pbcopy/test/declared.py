"""
Declared classes, for the tests of what is declared.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from pbcopy import pb
from pbcopy._declaring import declare
from pbcopy._fields import field as declaredField


class Colour(enum.Enum):
    """
    What a pond may look like.
    """

    GREEN = "green"
    BROWN = "brown"


@declare
@dataclass(eq=False)
class Duck(pb.Copyable):
    """
    A duck, which may have a friend.
    """

    name: str
    weight: float = 1.0
    friend: Duck | None = None


@declare
@dataclass(eq=False)
class Pond(pb.Cacheable):
    """
    A pond with a field of each kind.
    """

    colour: Colour = Colour.GREEN
    ducks: list[Duck] = field(default_factory=list)
    depths: dict[str, tuple[int, float]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    ratings: Annotated[list[int], msgspec.Meta(max_length=3)] = field(
        default_factory=list
    )
    secret: bytes = declaredField(default=b"", private=True)
