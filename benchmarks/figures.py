# -*- test-case-name: pbcopy.test.test_benchmarks -*-
"""
What is computed from what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from statistics import median


def ratio(stock: Sequence[float], other: Sequence[float]) -> float:
    """
    Tell how many times as fast as stock another one is.

    @param stock: its times, one for each round.
    @param other: those of the other one, of the same rounds.
    @return: the median of the ratios of the rounds.  What slows the machine down for
        a round slows both.
    """
    return median(slow / fast for slow, fast in zip(stock, other, strict=True))


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """
    Tell with which power of its size something grows.

    @param points: sizes, and what was measured for them.
    @return: the slope of the line through their logarithms, by least squares.
    """
    xs = [log(size) for size, _ in points]
    ys = [log(value) for _, value in points]
    middle, height = sum(xs) / len(xs), sum(ys) / len(ys)
    slopes = sum((x - middle) * (y - height) for x, y in zip(xs, ys, strict=True))
    return slopes / sum((x - middle) ** 2 for x in xs)


def roundsOf(seconds: float, target: float) -> int:
    """
    Tell how many times something is to be done in a round.

    @param seconds: how long it takes.
    @param target: how long a round is to be.
    """
    return max(1, min(10_000, round(target / max(seconds, 1e-9))))
