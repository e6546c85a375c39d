# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
What is chosen at random, and the types it is chosen for, for
L{pbcopy.test.replicating}.

What is to be found again on the wire is a L{token}: the name of a class or of a
field, and most texts.  So it is seen who was sent it.
"""

from __future__ import annotations

import datetime
import itertools
import uuid
from collections.abc import Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, Optional, TypeVar

import attr

_T = TypeVar("_T")


class Tape:
    """
    Choices that Hypothesis has made: bytes.  Where they end, each choice is the
    first one.
    """

    def __init__(self, data: bytes) -> None:
        self._data = iter(data)

    def below(self, count: int) -> int:
        """
        Choose a number.
        """
        return next(self._data, 0) % count

    def chance(self, percent: int) -> bool:
        """
        Choose C{True} sometimes.
        """
        return self.below(100) >= 100 - percent

    def choose(self, things: Sequence[_T]) -> _T:
        """
        Choose one of some things.
        """
        return things[self.below(len(things))]


_FIRST = 1000
_numbers = [itertools.count(_FIRST)]


def beginTokens() -> None:
    """
    Begin an example: the same choices give the same tokens.
    """
    _numbers[0] = itertools.count(_FIRST)


def token() -> str:
    """
    Give a text that nobody has in this example.
    """
    return f"q{next(_numbers[0])}z"


class Colour(Enum):
    """
    A value that has a class.
    """

    GREEN = "green"
    BROWN = 2


@attr.s(auto_attribs=True, frozen=True)
class Sort:
    """
    A type, as the test knows it.

    @ivar kind: a class of values, or what else it is: C{"any"}, C{"optional"},
        C{"several"} for a tuple of any length, C{"part"} or C{"master"}.
    @ivar of: the types of what is in it.
    @ivar said: the class of a part or a master.
    """

    kind: Any
    annotation: Any = attr.ib(eq=False, repr=False)
    of: tuple[Sort, ...] = ()
    said: Any = attr.ib(default=None, eq=False, repr=False)
    name: str = ""

    def classNames(self) -> list[str]:
        """
        Give the names of the classes in it, which the types that are told have.
        """
        return [self.name, *(name for each in self.of for name in each.classNames())]


ANY = Sort("any", Any)
NAMES = Sort(str, str)
NUMBERS = Sort(int, int)
LEAVES = [
    *(NAMES, NUMBERS, Sort(bool, bool), Sort(float, float)),
    *(Sort(bytes, bytes), Sort(Decimal, Decimal), Sort(Colour, Colour)),
    Sort(datetime.date, datetime.date),
    Sort(datetime.datetime, datetime.datetime),
    Sort(uuid.UUID, uuid.UUID),
]


def optional(sort: Sort) -> Sort:
    """
    Give the type of what may be C{None}, too.
    """
    # The name of a class that is not made yet has no |.
    return Sort("optional", Optional[sort.annotation], (sort,))  # noqa: UP045
