# -*- test-case-name: pbcopy.test.test_benchmarks -*-
"""
The benchmark of tracking runs, and the parts of the comparison with other libraries
that only compute.  What is measured is not tested: it depends on the machine.

They are found in the folder that the environment variable C{PBCOPY_BENCHMARKS}
names, or in C{benchmarks} of a checkout.
"""

from __future__ import annotations

import os
import runpy
import sys
from io import StringIO
from typing import Any

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from pbcopy.test.processes import PACKAGES

BENCHMARKS = os.environ.get("PBCOPY_BENCHMARKS") or os.path.join(PACKAGES, "benchmarks")


def module(name: str) -> dict[str, Any]:
    """
    Give the names of one of the benchmarks.

    @raise SkipTest: if they are not installed.
    """
    if not os.path.isdir(BENCHMARKS):
        raise SkipTest(f"the benchmarks are not installed: no folder {BENCHMARKS}")
    return runpy.run_path(os.path.join(BENCHMARKS, name))


class BenchmarkTests(SynchronousTestCase):
    """
    Each benchmark prints what it has measured.
    """

    def test_tracking(self) -> None:
        """
        That of tracking has a line for each case.
        """
        tracking = module("tracking.py")
        written = StringIO()
        self.patch(sys, "stdout", written)
        tracking["main"](count=10, rounds=2)
        lines = written.getvalue().splitlines()
        self.assertEqual(len(tracking["cases"]()), len(lines))
        self.assertIn("times list, at most 5", lines[-1])


class FigureTests(SynchronousTestCase):
    """
    What is computed from what was measured.
    """

    def setUp(self) -> None:
        """
        Find them.
        """
        self.figures = module("figures.py")

    def test_ratio(self) -> None:
        """
        A ratio is the median of those of the rounds, not that of the medians.
        """
        self.assertEqual(3, self.figures["ratio"]([3, 60, 5], [1, 20, 1]))

    def test_exponent(self) -> None:
        """
        What is four times as much at twice the size grows with its square,
        whatever it is multiplied by.
        """
        exponent = self.figures["exponent"]
        squares = [(size, 7 * size**2) for size in (1, 2, 5)]
        self.assertAlmostEqual(2, exponent(squares))
        self.assertAlmostEqual(0, exponent([(1, 4), (10, 4), (100, 4)]))

    def test_roundsOf(self) -> None:
        """
        Something is done as often as fills a round, and at least once.
        """
        roundsOf = self.figures["roundsOf"]
        self.assertEqual([5, 1, 10_000], [roundsOf(s, 1) for s in (0.2, 3, 0)])


class FloorTests(SynchronousTestCase):
    """
    What is to hold.
    """

    def setUp(self) -> None:
        """
        Find it.
        """
        self.floors = module("floors.py")

    def test_margin(self) -> None:
        """
        A floor fails below its margin alone, and says where a ratio is.
        """
        floor = self.floors["Floor"]("W2", "pbcopy", 100)
        self.assertEqual([False, False, True], [*map(floor.fails, (100, 75, 74))])
        said = [floor.verdict(found).rpartition(": ")[2] for found in (100, 75, 74)]
        self.assertEqual(["reached", "within the margin", "NOT REACHED"], said)

    def test_goal(self) -> None:
        """
        A goal fails nothing, and is told.
        """
        goal = self.floors["Floor"]("W2", "pbcopy", 100, isGoal=True)
        self.assertFalse(goal.fails(1))
        self.assertIn("goal 100: NOT REACHED", goal.verdict(1))


class WorkloadTests(SynchronousTestCase):
    """
    What is measured.
    """

    def test_sizes(self) -> None:
        """
        The data of a workload is as large as its name says.
        """
        plain = module("workloads.py")["plain"]
        self.assertEqual(8, len(plain("small")))
        self.assertEqual([5] * 7, [len(each) for each in plain("records:7")["records"]])
        self.assertEqual(500, len(plain("bytes:500")["data"]))
        self.assertEqual(9, len(plain("dicts:9")["dicts"]))
        nodes = [plain("tree:35")]
        for node in nodes:
            nodes += node["children"]
        self.assertEqual(list(range(35)), sorted(node["value"] for node in nodes))

    def test_keys(self) -> None:
        """
        Each has a name of its own, and each floor is one of them.
        """
        keys = [each.key for each in module("workloads.py")["WORKLOADS"]]
        self.assertEqual(len(keys), len({*keys}))
        self.assertLessEqual({f.key for f in module("floors.py")["FLOORS"]}, {*keys})
