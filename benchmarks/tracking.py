"""
What it costs to change a shared object that nobody observes.

C{python benchmarks/tracking.py} prints ratios, of medians of interleaved rounds:
an attribute that is set, to one of a dataclass that has a property; an item that is
appended to a tracked list, to one that is appended to a plain list.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field as plainField
from timeit import default_timer
from typing import Any

import pbcopy

ROUNDS = 15
COUNT = 2000


@dataclass
class Property:
    """
    What setting is compared to.
    """

    _x: int = 0

    @property
    def x(self) -> int:
        """
        A number.
        """
        return self._x

    @x.setter
    def x(self, value: int) -> None:
        self._x = value


@pbcopy.shared
@dataclass
class Number(pbcopy.Cacheable):
    """
    A shared object with one attribute.
    """

    x: int = 0


@pbcopy.shared
@dataclass
class Listed(pbcopy.Cacheable):
    """
    A shared object that has a list, too.
    """

    x: int = 0
    items: list[Any] = plainField(default_factory=list)


def _set(thing: Any) -> None:
    for number in range(COUNT):
        thing.x = number


def _append(items: list[Any]) -> None:
    for number in range(COUNT):
        items.append(number)


_WORK: dict[str, tuple[Callable[[Any], None], Callable[[], Any]]] = {
    "property": (_set, Property),
    "attribute": (_set, Number),
    "attribute beside a list": (_set, Listed),
    "list": (_append, list),
    "tracked list": (_append, lambda: Listed().items),
}


def measure() -> dict[str, float]:
    """
    Give the median of the seconds that each work takes.
    """
    seconds: dict[str, list[float]] = {name: [] for name in _WORK}
    for _ in range(ROUNDS):
        for name, (work, make) in _WORK.items():
            thing = make()
            start = default_timer()
            work(thing)
            seconds[name].append(default_timer() - start)
    return {name: statistics.median(each) for name, each in seconds.items()}


def main() -> None:
    """
    Print the ratios.
    """
    seconds = measure()
    for name, base in (
        ("attribute", "property"),
        ("attribute beside a list", "property"),
        ("tracked list", "list"),
    ):
        print(f"{name}: {seconds[name] / seconds[base]:.2f} x {base}")


if __name__ == "__main__":
    main()
