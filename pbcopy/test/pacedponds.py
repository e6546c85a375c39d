"""
Declared ponds whose changes may wait, for tests.
"""

from __future__ import annotations

from typing import Any

import pbcopy
from pbcopy.test.sharedponds import Duck, isSeen


@pbcopy.shared
class PacedPond(pbcopy.Cacheable):
    """
    A master with fields of each kind.
    """

    depth: float = pbcopy.field(default=0.0, latest=True)
    eggs: list[int] = pbcopy.field(default_factory=list, latest=True)
    deep: Any = pbcopy.field(default=None, latest=True)
    ducks: list[Duck] = pbcopy.field(default_factory=list, latest=True)
    wind: float = pbcopy.field(default=0.0, rate=2)
    colour: str = "green"
    plain: Any = None
    plan: Any = pbcopy.field(default=None, visibleTo=isSeen)
    secret: Any = pbcopy.field(default=None, visibleTo=isSeen, latest=True)


@pbcopy.replicaOf(PacedPond)
class PacedView(pbcopy.RemoteCache):
    """
    What a client has of one.
    """


@pbcopy.shared(rate=4)
class Gauge(pbcopy.Cacheable):
    """
    A master whose class says when its changes leave.
    """

    level: int = 0
    note: str = pbcopy.field(default="", latest=False)
    newest: int = pbcopy.field(default=0, latest=True)
    marks: dict[str, int] = pbcopy.field(default_factory=dict)
    hidden: int = pbcopy.field(default=0, private=True)


@pbcopy.replicaOf(Gauge)
class GaugeView(pbcopy.RemoteCache):
    """
    What a client has of one.
    """


@pbcopy.shared
class Dial(Gauge):
    """
    A subclass that says nothing.
    """

    hand: int = 0


@pbcopy.shared(latest=False)
class Lamp(Gauge):
    """
    A subclass that takes back what its base has said.
    """

    hand: int = pbcopy.field(default=0, rate=8)
