"""
A state with more than lists and dicts in it.
"""

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from pbcopy import Unsendable, pb
from pbcopy.testing import connect


class Weather(Enum):
    """
    A member is sent by its name.
    """

    SUNNY = "sun"
    RAINY = "rain"


@dataclass(frozen=True)
class Duck:
    """
    An instance is sent field by field.
    """

    name: str
    weight: float


class Day(pb.Copyable, pb.RemoteCopy):
    """
    What is sent.
    """

    def __init__(self, **state):
        vars(self).update(state)


class Pond(pb.Root):
    """
    It tells what arrives.
    """

    def remote_take(self, day):
        for name, value in vars(day).items():
            print(f"{name}: {value!r}")


pb.setUnjellyableForClass(Day, Day)
pb.setUnjellyableForValue(Weather)
pb.setUnjellyableForValue(Duck)

connection = connect(Pond())


def send(**state):
    call = connection.root.callRemote("take", Day(**state))
    connection.deliver()
    return call


# The peer says that it takes values when it gets its first copy.
send()
send(
    weather=Weather.RAINY,
    ducks=deque([Duck("ugly", 1.5)], maxlen=3),
    at=datetime(2026, 7, 1, 12, 30, tzinfo=ZoneInfo("Europe/Berlin")),
    map=PurePosixPath("maps/pond.txt"),
)
send(swim=lambda: "away").addErrback(
    lambda failure: print("not sent:", failure.check(Unsendable) is Unsendable)
)
