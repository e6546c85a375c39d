"""
Compare pbcopy with stock PB and with its peers::

    $ python benchmarks/run.py
    $ python benchmarks/run.py --short
    $ python benchmarks/run.py --peers pbcopy,bare --workloads W1,W2
    $ python benchmarks/run.py --profile --peers pbcopy --workloads W2

Each peer has a server and a client of its own, which are processes that speak over
TCP on the loopback interface.  All peers are measured in turns.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from floors import FLOORS
from measuring import Measuring
from peers import PEERS
from plot import plot
from report import asJSON, lines
from workloads import WORKLOADS, Workload, bursts

SHORT = ["W1.64", "W2", "W3.bytes", "W4", "W5.100", "W6.block", "W6.latest"]
SHORT_PEERS = ["stock", *sorted({floor.peer for floor in FLOORS}), "bare"]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="compare pbcopy with its peers")
    parser.add_argument("--short", action="store_true", help="only what has a floor")
    parser.add_argument("--peers", default="", help="only these, and stock")
    parser.add_argument("--workloads", default="", help="only these, such as W1,W5.100")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, help="how long a peer has in a round")
    parser.add_argument("--profile", action="store_true", help="see where time goes")
    parser.add_argument("--json", help="write what was measured to this file")
    parser.add_argument("--plot", help="draw it in this file, such as ratios.svg")
    return parser.parse_args(given)


def _workloads(arguments: argparse.Namespace) -> list[Workload]:
    chosen = WORKLOADS
    if arguments.short:
        shorter = {each.key: each for each in bursts(2000)}
        chosen = [shorter.get(each.key, each) for each in chosen if each.key in SHORT]
    wanted = tuple(name for name in arguments.workloads.split(",") if name)
    if not wanted:
        return chosen
    return [each for each in chosen if _isMeant(each.key, wanted)]


def _isMeant(key: str, wanted: Sequence[str]) -> bool:
    return key in wanted or key.partition(".")[0] in wanted


def _peers(arguments: argparse.Namespace) -> list[str]:
    names = [name for name in arguments.peers.split(",") if name]
    unknown = set(names) - set(PEERS)
    if unknown:
        raise SystemExit(f"no such peers: {', '.join(sorted(unknown))}")
    names = names or (SHORT_PEERS if arguments.short else list(PEERS))
    if not arguments.profile:
        names = list(dict.fromkeys(["stock", *names]))
    for name in names:
        if not PEERS[name].isInstalled():
            _say(f"{name} is left out: {PEERS[name].needs} is not installed")
    return [name for name in names if PEERS[name].isInstalled()]


def _write(arguments: argparse.Namespace, measuring: Measuring) -> None:
    for line in lines(measuring):
        _say(line)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(asJSON(measuring), file, indent=1)
    if arguments.plot:
        try:
            plot(measuring, arguments.plot)
        except ImportError:
            _say("there is no plot: matplotlib is not installed")


def main(given: Sequence[str] | None = None) -> int:
    """
    Measure, and say what was found.

    @return: how many floors do not hold.
    """
    arguments = _arguments(given)
    target = arguments.seconds or (0.1 if arguments.short else 0.3)
    measuring = Measuring(_peers(arguments), arguments.rounds, target, _say)
    try:
        for workload in _workloads(arguments):
            if arguments.profile:
                measuring.profile(workload)
            else:
                measuring.measure(workload)
    finally:
        measuring.end()
    if not arguments.profile:
        _write(arguments, measuring)
    return len(broken(measuring)) + len(lost(measuring))


def broken(measuring: Measuring) -> list[str]:
    """
    Name the floors that do not hold.
    """
    found = [
        (floor, measuring.ratio(floor.key, floor.peer, floor.against))
        for floor in FLOORS
    ]
    return [
        f"{floor.key} {floor.peer}"
        for floor, ratio in found
        if ratio is not None and floor.fails(ratio)
    ]


def lost(measuring: Measuring) -> list[str]:
    """
    Name what pbcopy could not do at all.
    """
    return [
        f"{key} {name}"
        for (key, name), result in measuring.results.items()
        if result.failed and PEERS[name].needs == "pbcopy"
    ]


if __name__ == "__main__":
    raise SystemExit(min(main(), 1))
