"""
Measuring: each workload with each peer, in rounds that take turns.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attr

from figures import ratio, roundsOf
from processes import Failed, Pair
from workloads import Workload

KEPT = 1000
"""How many objects are kept to see what memory one takes."""

SLOW = 1
"""What takes so many seconds is not done again before it is measured."""

DEADLINE = 300
"""How many seconds a round may take."""


@attr.s(auto_attribs=True)
class Result:
    """
    What a peer did with a workload.

    @ivar values: seconds, or bytes, one for each round.
    @ivar server: seconds of the processor in the server, likewise.
    @ivar failed: why there are none; empty if there are.
    """

    workload: Workload
    peer: str
    values: list[float] = attr.ib(factory=list)
    server: list[float] = attr.ib(factory=list)
    failed: str = ""


class Measuring:
    """
    Some peers, and what they did.
    """

    def __init__(
        self, names: list[str], rounds: int, target: float, say: Callable[[str], None]
    ) -> None:
        """
        @param target: how many seconds a peer has in a round.
        @param say: takes a line for whoever waits.
        """
        self.results: dict[tuple[str, str], Result] = {}
        self.noDelay: dict[str, str] = {}
        self._pairs = [Pair(name) for name in names]
        self._rounds = rounds
        self._target = target
        self._say = say

    def measure(self, workload: Workload) -> None:
        """
        Measure a workload.
        """
        self._say(f"{workload.key}: {workload.title}")
        names = workload.peers or [pair.name for pair in self._pairs]
        pairs = [pair for pair in self._pairs if pair.name in names]
        counts = {pair.name: self._prepare(pair, workload) for pair in pairs}
        for _ in range(min(self._rounds, workload.rounds)):
            for pair in pairs:
                result = self.results[workload.key, pair.name]
                if not result.failed:
                    self._attempt(result, self._round, pair, counts[pair.name])

    def _attempt(self, result: Result, act: Any, *args: Any) -> Any:
        try:
            return act(result, *args)
        except Failed as error:
            result.failed = " ".join(str(error).split())
            self._say(f"    {result.peer}: {result.failed}")
        return 0

    def _prepare(self, pair: Pair, workload: Workload) -> int:
        result = Result(workload, pair.name)
        self.results[workload.key, pair.name] = result
        if workload.kind == "memory":
            return 1
        return int(self._attempt(result, self._count, pair))

    def _count(self, result: Result, pair: Pair) -> int:
        """
        Check that a workload is done correctly, and tell how often to do it.
        """
        workload, seconds = result.workload, 0.0
        if workload.kind == "fetch":
            seconds = pair.client(workload.seconds, "check", workload.what)
        else:
            pair.client(workload.seconds, "observe", workload.observers)
        if pair.name not in self.noDelay:
            self.noDelay[pair.name] = _noDelay(pair)
        # The first one is slow.
        for _ in range(2):
            if seconds < SLOW:
                seconds = pair.client(workload.seconds, *_asked(workload, 1))
        return roundsOf(seconds * workload.inFlight, self._target)

    def _round(self, result: Result, pair: Pair, count: int) -> None:
        if result.workload.kind == "memory":
            result.values.append(_memory(pair, result.workload))
            return
        before = pair.server("cpu")
        asked = _asked(result.workload, count)
        result.values.append(pair.client(DEADLINE, *asked))
        calls = count * result.workload.inFlight
        result.server.append((pair.server("cpu") - before) / calls)

    def profile(self, workload: Workload) -> None:
        """
        Say where the time goes.
        """
        for pair in self._pairs:
            result = Result(workload, pair.name)
            count = self._attempt(result, self._count, pair)
            if count:
                self._attempt(result, self._profiled, pair, count)

    def _profiled(self, result: Result, pair: Pair, count: int) -> None:
        pair.client(DEADLINE, "profile")
        pair.server("profile")
        pair.client(DEADLINE, *_asked(result.workload, count))
        self._say(f"{pair.name}, the server:\n{pair.server('profiled')}")
        profiled = pair.client(DEADLINE, "profiled")
        self._say(f"{pair.name}, the client:\n{profiled}")

    def ratio(self, key: str, peer: str, against: str = "stock") -> float | None:
        """
        Tell how many times as fast as stock a peer is; C{None} if one of the two has
        failed.
        """
        return self._ratio(key, peer, against, "values")

    def serverRatio(self, key: str, peer: str, against: str = "stock") -> float | None:
        """
        Tell the same of the processor's time in the server.
        """
        return self._ratio(key, peer, against, "server")

    def _ratio(self, key: str, peer: str, against: str, name: str) -> float | None:
        stock, other = self.results.get((key, against)), self.results.get((key, peer))
        if stock is None or other is None or stock.failed or other.failed:
            return None
        slow, fast = getattr(stock, name), getattr(other, name)
        return ratio(slow, fast) if slow and all(fast) else None

    def end(self) -> None:
        """
        End all processes.
        """
        for pair in self._pairs:
            pair.end()


def _asked(workload: Workload, count: int) -> list[Any]:
    if workload.kind == "fetch":
        return ["fetch", workload.what, workload.inFlight, count]
    if workload.kind == "change":
        return ["change", count]
    return ["burst", workload.changes, workload.way, count]


def _noDelay(pair: Pair) -> str:
    words = {(): "unknown", (False,): "no", (True,): "yes", (False, True): "some"}
    sides = [tuple(pair.server("noDelay")), tuple(pair.client(DEADLINE, "noDelay"))]
    server, client = (words[each] for each in sides)
    return server if server == client else f"server {server}, client {client}"


def _memory(pair: Pair, workload: Workload) -> float:
    what = f"{workload.what}:{KEPT}" if workload.what == "ponds" else f"smalls:{KEPT}"
    isServer = workload.key == "W7.observer"

    def ask(name: str) -> Any:
        return pair.server(name) if isServer else pair.client(DEADLINE, name)

    # What is made once is made before.
    for _ in range(2):
        pair.client(DEADLINE, "keep", what)
        pair.client(DEADLINE, "drop")
    ask("trace")
    try:
        before = ask("traced")
        pair.client(DEADLINE, "keep", what)
        return float(ask("traced") - before) / KEPT
    finally:
        pair.client(DEADLINE, "drop")
        ask("untrace")
