# -*- test-case-name: pbcopy.test.test_benchmarks -*-
"""
How many times as fast as stock PB something has to be: the table L{FLOORS}.
"""

from __future__ import annotations

import attr

MARGIN = 0.75
"""A ratio may be that much of its floor, as a busy machine does not slow two
processes alike.  The rounds take turns, and the median of their ratios counts, so
this is for what is left."""


@attr.s(auto_attribs=True, frozen=True)
class Floor:
    """
    One line of the table.

    @ivar key: the workload.
    @ivar peer: what of pbcopy is meant.
    @ivar least: how many times as fast as C{against} it has to be.
    @ivar isGoal: whether it is not, yet.  Then it is told, and fails nothing.
    @ivar against: what it is compared with.
    """

    key: str
    peer: str
    least: float
    isGoal: bool = False
    against: str = "stock"

    def holds(self, found: float) -> bool:
        """
        Tell whether a ratio is enough.
        """
        return found >= self.least * MARGIN

    def fails(self, found: float) -> bool:
        """
        Tell whether a ratio is too little for a floor that is to hold.
        """
        return not self.isGoal and not self.holds(found)

    def verdict(self, found: float) -> str:
        """
        Say what a ratio is worth.
        """
        kind = "goal" if self.isGoal else "floor"
        if found >= self.least:
            word = "reached"
        else:
            word = "within the margin" if self.holds(found) else "NOT REACHED"
        of = "" if self.against == "stock" else f" of {self.against}"
        name = f"{self.key} {self.peer}"
        return f"{name:28}{found:8.3g}{of}, {kind} {self.least:g}: {word}"


FLOORS = [
    # What holds.
    Floor("W1.64", "pbcopy", 3),
    Floor("W1.64", "pbcopy+Broker", 7),
    Floor("W1.64", "shared", 3),
    Floor("W1.64", "shared+Broker", 7),
    Floor("W2", "pbcopy", 100),
    Floor("W2", "pbcopy+Broker", 100),
    Floor("W3.bytes", "pbcopy", 0.75, against="bare"),
    Floor("W3.bytes", "pbcopy+Broker", 0.75, against="bare"),
    Floor("W4", "pbcopy", 25),
    Floor("W4", "pbcopy+Broker", 25),
    Floor("W5.100", "pbcopy", 2.2),
    Floor("W5.100", "pbcopy+Broker", 3),
    Floor("W5.100", "shared", 1.8),
    Floor("W5.100", "shared+Broker", 3),
    Floor("W6.block", "shared", 35),
    Floor("W6.block", "shared+Broker", 35),
    Floor("W6.latest", "shared", 35),
    Floor("W6.latest", "shared+Broker", 35),
    # What is to hold.
    Floor("W1.64", "pbcopy", 4, isGoal=True),
    Floor("W1.64", "pbcopy+Broker", 12, isGoal=True),
    Floor("W2", "pbcopy", 120, isGoal=True),
    Floor("W2", "pbcopy+Broker", 120, isGoal=True),
    Floor("W3.bytes", "pbcopy", 1, isGoal=True, against="bare"),
    Floor("W3.bytes", "pbcopy+Broker", 1, isGoal=True, against="bare"),
    Floor("W4", "pbcopy", 60, isGoal=True),
    Floor("W4", "pbcopy+Broker", 60, isGoal=True),
    Floor("W5.100", "pbcopy", 2.5, isGoal=True),
    Floor("W5.100", "pbcopy+Broker", 4.5, isGoal=True),
    Floor("W5.100", "shared", 2.5, isGoal=True),
    Floor("W5.100", "shared+Broker", 4.5, isGoal=True),
]
"""What is to be.  60 times 5 MB a second, where a bare protocol does 80, is three
quarters of it."""
