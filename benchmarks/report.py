# -*- test-case-name: pbcopy.test.test_benchmarks -*-
"""
What was measured, as text and as JSON.
"""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import version
from statistics import median
from typing import Any

from figures import exponent
from floors import FLOORS
from measuring import Measuring, Result
from peers import PEERS

_UNITS = [(1.0, "s "), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]


def duration(seconds: float) -> str:
    """
    Give a time with its unit.
    """
    size, unit = next(
        ((size, unit) for size, unit in _UNITS if seconds >= size), _UNITS[-1]
    )
    return f"{seconds / size:.3g} {unit}"


def _value(result: Result) -> str:
    if result.workload.kind == "memory":
        return f"{median(result.values):.0f} B"
    return duration(median(result.values))


def _times(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def lines(measuring: Measuring) -> Iterator[str]:
    """
    Give the table: for each workload, a line for each peer.
    """
    title = ""
    for (key, name), result in measuring.results.items():
        if title != key:
            title = key
            yield ""
            yield f"{key}: {result.workload.title}"
            yield f"    {'':15}{'':>10}{'x stock':>10}{'x stock, CPU of server':>24}"
        if result.failed:
            yield f"    {name:15}{'-':>10}  {result.failed}"
            continue
        values = _times(measuring.ratio(key, name))
        server = _times(measuring.serverRatio(key, name))
        yield f"    {name:15}{_value(result):>10}{values:>10}{server:>24}"
    yield ""
    yield from _growth(measuring)
    yield from _floors(measuring)
    yield from _peers(measuring)


def exponents(measuring: Measuring) -> dict[tuple[str, str], float]:
    """
    Tell with which power of its size each workload grows, for each peer.
    """
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for (_, name), result in measuring.results.items():
        if result.workload.series and result.values and not result.failed:
            point = (result.workload.size, median(result.values))
            points.setdefault((result.workload.series, name), []).append(point)
    return {key: exponent(each) for key, each in points.items() if len(each) > 1}


def _growth(measuring: Measuring) -> Iterator[str]:
    found = exponents(measuring)
    if found:
        yield "W8: the exponent with which the time grows with the size"
    for series in sorted({series for series, _ in found}):
        each = [f"{name} {found[s, name]:.2f}" for s, name in found if s == series]
        yield f"    {series}: {', '.join(each)}"


def _floors(measuring: Measuring) -> Iterator[str]:
    yield "What is to hold, in times of stock"
    for floor in FLOORS:
        found = measuring.ratio(floor.key, floor.peer, floor.against)
        if found is not None:
            yield f"    {floor.verdict(found)}"


def _peers(measuring: Measuring) -> Iterator[str]:
    yield "The peers, and whether TCP_NODELAY is set"
    for name, noDelay in measuring.noDelay.items():
        yield f"    {name:15}{noDelay:5} {PEERS[name].note}"


def asJSON(measuring: Measuring) -> dict[str, Any]:
    """
    Give all that was measured.
    """
    return {
        "python": platform.python_version(),
        "twisted": version("twisted"),
        "noDelay": measuring.noDelay,
        "exponents": [
            {"series": series, "peer": name, "exponent": value}
            for (series, name), value in exponents(measuring).items()
        ],
        "results": [_asJSON(measuring, each) for each in measuring.results.values()],
    }


def _asJSON(measuring: Measuring, result: Result) -> dict[str, Any]:
    key, name = result.workload.key, result.peer
    return {
        "workload": key,
        "title": result.workload.title,
        "peer": name,
        "failed": result.failed,
        "unit": "bytes" if result.workload.kind == "memory" else "seconds",
        "values": result.values,
        "server": result.server,
        "ratio": measuring.ratio(key, name),
        "serverRatio": measuring.serverRatio(key, name),
    }
