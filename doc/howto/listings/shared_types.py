"""
What arrives is what was declared, or it is refused.
"""

from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from enum import Enum
from typing import Annotated, Literal
from uuid import UUID

from looking import look
from msgspec import Meta

import pbcopy
from pbcopy import pb


class Weather(Enum):
    """
    It has no number.
    """

    SUNNY = "sunny"
    RAINY = "rainy"


@pbcopy.shared
@dataclass
class Duck(pb.Copyable):
    """
    A duck.
    """

    name: Annotated[str, Meta(min_length=1, max_length=20)]
    weight: float = 1.5


@pbcopy.replicaOf(Duck)
class DuckView(pb.RemoteCopy):
    """
    A duck, elsewhere.
    """


@pbcopy.shared
@dataclass
class DuckPond(pb.Cacheable):
    """
    A field of each sort.
    """

    weather: Weather = Weather.SUNNY
    state: Literal["open", "closed"] = "open"
    price: Decimal = Decimal("1.50")
    opened: datetime = datetime(2026, 7, 1, 9, 30, tzinfo=timezone.utc)
    number: UUID | None = None
    corners: tuple[float, float] | None = None
    ducks: list[Duck] = field(default_factory=list)
    names: dict[str, set[int]] = field(default_factory=dict)


@pbcopy.replicaOf(DuckPond)
class PondView(pb.RemoteCache):
    """
    The same, elsewhere.
    """


pond = DuckPond(number=UUID(int=7), corners=(1, 2), ducks=[Duck("Donald", 2)])
connection, view = look(pond)
print(view.weather, view.price, view.opened.tzinfo, view.corners, view.ducks[0].weight)

wrong = DuckPond(state="full", price=1.5, ducks=[Duck("Donald"), Duck("")])
failure = look(wrong)[1]
print(failure.type.__name__)
print(failure.getErrorMessage())

pond.ducks.append("a text")
connection.deliver()
status = pbcopy.statusOf(view)
print(len(pond.ducks), len(view.ducks), status.kind.name)
print(status.reason)
