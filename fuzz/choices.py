# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
Where the choices of a generator come from.

A generator asks for nothing but numbers below others.  So each source of numbers
can drive it, and a source that gives 0 for ever makes it come to an end with what
is simplest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

_T = TypeVar("_T")


class Choices(ABC):
    """
    A source of choices.
    """

    @abstractmethod
    def below(self, count: int) -> int:
        """Choose a number from 0 up to, and without, C{count}."""

    def isOver(self) -> bool:
        """
        Tell whether there are no more choices, but 0.
        """
        return False

    def pick(self, items: Sequence[_T]) -> _T:
        """
        Choose one of some things.  The first one is the simplest.
        """
        return items[self.below(len(items))]

    def oneIn(self, count: int) -> bool:
        """
        Say yes one time in C{count}.
        """
        return self.below(count) == count - 1

    def some(self, most: int, make: Callable[[], _T]) -> list[_T]:
        """
        Make at most so many things.
        """
        return [make() for _ in range(self.below(most + 1))]


class Seeded(Choices):
    """
    Choices of a random number generator.
    """

    def __init__(self, seed: str) -> None:
        self._random = Random(seed).random

    def below(self, count: int) -> int:
        """
        Choose a number.
        """
        return int(self._random() * count)


class Spent(Choices):
    """
    Choices that bytes stand for, one or two bytes each, as atheris gives them.
    When there are no more bytes, each choice is 0.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def below(self, count: int) -> int:
        """
        Choose a number.
        """
        size = 1 if count <= 256 else 4
        part = self._data[self._at : self._at + size]
        self._at += size
        return int.from_bytes(part, "big") % count

    def isOver(self) -> bool:
        """
        Tell whether there are no more bytes.
        """
        return self._at >= len(self._data)


class Drawn(Choices):
    """
    Choices that something else draws, as Hypothesis does.
    """

    def __init__(self, draw: Callable[[int], int]) -> None:
        """
        @param draw: gives a number below another one.
        """
        self._draw = draw

    def below(self, count: int) -> int:
        """
        Choose a number.
        """
        return self._draw(count)
