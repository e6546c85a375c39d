# -*- test-case-name: pbcopy.test.test_benchmarks -*-
"""
What is measured: the workloads, and the plain data that they carry.
"""

from __future__ import annotations

from typing import Any

import attr


@attr.s(auto_attribs=True, frozen=True)
class Workload:
    """
    One line of the table.

    @ivar key: its short name.
    @ivar title: what it does.
    @ivar kind: C{fetch} (a call is answered with data), C{change} (one change goes
        to observers), C{burst} (many changes in one turn) or C{memory}.
    @ivar what: the data: C{small}, or a kind of data and a size.
    @ivar inFlight: how many calls there are at a time.
    @ivar observers: how many observers there are, each with its own connection.
    @ivar changes: how many changes a burst has.
    @ivar way: how a burst may be made as one: C{block} or C{latest}; else empty.
    @ivar rounds: how many rounds there are at most.
    @ivar peers: who does it; everybody, if it is empty.
    @ivar series: the name under which this is one point of a curve.
    @ivar size: where on that curve.
    @ivar seconds: how long its first run may take.  What stock PB cannot send, its
        caller waits for in vain.
    """

    key: str
    title: str
    kind: str
    what: str = ""
    inFlight: int = 1
    observers: int = 0
    changes: int = 0
    way: str = ""
    rounds: int = 100
    peers: tuple[str, ...] = ()
    series: str = ""
    size: int = 0
    seconds: float = 60


def _fetch(key: str, title: str, what: str, **kw: Any) -> Workload:
    return Workload(key, title, "fetch", what, **kw)


def _records(key: str, size: int) -> Workload:
    title = f"an object with {size:,} records of 5 fields"
    return _fetch(key, title, f"records:{size}", series="W2", size=size)


def _tree(key: str, size: int) -> Workload:
    title = f"a tree of {size:,} objects"
    return _fetch(key, title, f"tree:{size}", series="W4", size=size)


def _change(key: str, observers: int, series: str = "") -> Workload:
    title = f"one change to {observers:,} observer{'s' if observers > 1 else ''}"
    return Workload(
        key, title, "change", observers=observers, series=series, size=observers
    )


def _memory(key: str, title: str) -> Workload:
    peers = ("stock", "pbcopy", "pbcopy+Broker", "shared", "shared+Broker")
    return Workload(key, title, "memory", "ponds", peers=peers)


def bursts(changes: int) -> list[Workload]:
    """
    Give the workloads with many changes in one turn.
    """
    title = f"{changes:,} changes in one turn to 10 observers"
    each = Workload("W6", title, "burst", observers=10, changes=changes)
    peers = ("stock", "shared", "shared+Broker")
    ways = {"block": "as a block", "latest": "of which the newest counts"}
    joined = [
        attr.evolve(
            each, key=f"W6.{way}", title=f"{title}, {how}", way=way, peers=peers
        )
        for way, how in ways.items()
    ]
    return [each, *joined]


WORKLOADS = [
    _fetch("W1.1", "a small copy, 1 call in flight", "small"),
    _fetch("W1.64", "a small copy, 64 calls in flight", "small", inFlight=64),
    _records("W2", 1000),
    _fetch("W3.bytes", "a copy with 5 MB of bytes", "bytes:5000000", seconds=15),
    _fetch("W3.dicts", "a copy with 100,000 small dicts", "dicts:100000", rounds=1),
    _tree("W4", 10_000),
    _change("W5.1", 1),
    _change("W5.10", 10),
    *bursts(10_000),
    _change("W5.100", 100, "W5"),
    _change("W5.300", 300, "W5"),
    _change("W5.1000", 1000, "W5"),
    Workload("W7.copy", "memory of a small copy, at its receiver", "memory", "small"),
    _memory("W7.observer", "memory of an observer, at the sender"),
    _memory("W7.replica", "memory of a replica, at the receiver"),
    _records("W8.records", 3000),
    _records("W8.records+", 10_000),
    _tree("W8.tree-", 1000),
    _tree("W8.tree", 3000),
]

SMALL: dict[str, Any] = {
    "name": "ugly duckling",
    "count": 7,
    "ratio": 0.25,
    "flag": True,
    "nothing": None,
    "blob": b"\x00\xff" * 8,
    "big": 2**40,
    "title": "Ente, häßlich",
}
"""The fields of a small copy."""


def plain(what: str) -> Any:
    """
    Give the data of a name, as plain values.
    """
    kind, _, size = what.partition(":")
    return _MAKERS[kind](int(size or 0))


def _record(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"duck {number}",
        "weight": number / 8,
        "isWhite": number % 2 == 0,
        "note": b"quack",
    }


def _dict(number: int) -> dict[str, Any]:
    return {"x": number, "y": str(number)}


def _treeOf(size: int) -> dict[str, Any]:
    nodes: list[dict[str, Any]] = [
        {"name": f"node {number}", "value": number, "children": []}
        for number in range(size)
    ]
    for number in range(1, size):
        nodes[(number - 1) // 10]["children"].append(nodes[number])
    return nodes[0]


_MAKERS: dict[str, Any] = {
    "small": lambda size: dict(SMALL),
    "smalls": lambda size: [dict(SMALL) for _ in range(size)],
    "records": lambda size: {"records": [_record(each) for each in range(size)]},
    "bytes": lambda size: {"data": bytes(range(250)) * (size // 250)},
    "dicts": lambda size: {"dicts": [_dict(each) for each in range(size)]},
    "tree": _treeOf,
}
