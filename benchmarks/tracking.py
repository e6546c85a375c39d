# -*- test-case-name: pbcopy.test.test_benchmarks -*-
"""
What it costs to change what nobody observes.

Setting an attribute is measured against a dataclass with a property, and appending
against a plain list.  All are measured in turns, many times.  The least time of each
counts: what is more was something else that the machine had to do::

    $ python benchmarks/tracking.py
"""

from __future__ import annotations

import dataclasses
import sys
import time
from collections.abc import Callable
from typing import Any

import attr

import pbcopy

COUNT = 20_000
ROUNDS = 31


@dataclasses.dataclass
class Plain:
    """
    What is written by hand: a property that could tell of a change.
    """

    _value: int = 0

    @property
    def value(self) -> int:
        """
        Give the value.
        """
        return self._value

    @value.setter
    def value(self, value: int) -> None:
        self._value = value


@pbcopy.shared
@dataclasses.dataclass(eq=False)
class Shared(pbcopy.Copyable):
    """
    A shared class.
    """

    value: int = 0


@pbcopy.shared
@dataclasses.dataclass(eq=False)
class WithAList(pbcopy.Copyable):
    """
    A shared class with a container.
    """

    value: int = 0
    items: list[Any] = dataclasses.field(default_factory=list)


@pbcopy.shared
@attr.s(auto_attribs=True, eq=False, on_setattr=attr.setters.validate)
class Validated(pbcopy.Copyable):
    """
    A shared class with a C{__setattr__} of its own.
    """

    value: int = attr.ib(default=0, validator=attr.validators.instance_of(int))


def setting(target: Any, count: int) -> None:
    """
    Set an attribute many times.
    """
    for number in range(count):
        target.value = number


def appending(target: Any, count: int) -> None:
    """
    Append many items.
    """
    for number in range(count):
        target.append(number)


Case = tuple[str, Callable[[Any, int], None], Callable[[], Any], str, int]


def cases() -> list[Case]:
    """
    Give what is measured: a name, what is done, what to, the name of what it is
    measured against, and how many times as much it may cost; 0 where nothing is said.
    """
    holder = WithAList()
    holder.items = [Shared()]
    return [
        ("dataclass with a property", setting, Plain, "", 0),
        ("shared object", setting, Shared, "dataclass with a property", 3),
        ("with a list", setting, WithAList, "dataclass with a property", 3),
        (
            "held by another",
            setting,
            lambda: holder.items[0],
            "dataclass with a property",
            3,
        ),
        (
            "attrs class that validates",
            setting,
            Validated,
            "dataclass with a property",
            0,
        ),
        ("list", appending, list, "", 0),
        (
            "list of a shared object",
            appending,
            lambda: WithAList().items,
            "list",
            5,
        ),
    ]


def measure(count: int, rounds: int) -> dict[str, float]:
    """
    Give the least time of each case in seconds.
    """
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, act, make, _, _ in cases():
            target = make()
            begin = time.perf_counter()
            act(target, count)
            times.setdefault(name, []).append(time.perf_counter() - begin)
    return {name: min(each) for name, each in times.items()}


def main(count: int = COUNT, rounds: int = ROUNDS) -> None:
    """
    Measure, and print a line for each case.
    """
    times = measure(count, rounds)
    for name, _, _, against, most in cases():
        line = f"{name:28}{times[name] / count * 1e9:8.0f} ns"
        if against:
            line += f"{times[name] / times[against]:8.2f} times {against}"
        if most:
            line += f", at most {most}"
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
