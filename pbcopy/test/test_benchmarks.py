# -*- test-case-name: pbcopy.test.test_benchmarks -*-
"""
The benchmarks run.  What they measure is not tested: it depends on the machine.

They are found in the folder that the environment variable C{PBCOPY_BENCHMARKS}
names, or in C{benchmarks} of a checkout.
"""

from __future__ import annotations

import os
import runpy
import sys
from io import StringIO

from twisted.trial.unittest import SkipTest, SynchronousTestCase

from pbcopy.test.processes import PACKAGES

BENCHMARKS = os.environ.get("PBCOPY_BENCHMARKS") or os.path.join(PACKAGES, "benchmarks")


class BenchmarkTests(SynchronousTestCase):
    """
    Each benchmark prints what it has measured.
    """

    def test_tracking(self) -> None:
        """
        That of tracking has a line for each case.
        """
        if not os.path.isdir(BENCHMARKS):
            raise SkipTest(f"the benchmarks are not installed: no folder {BENCHMARKS}")
        written = StringIO()
        self.patch(sys, "stdout", written)
        module = runpy.run_path(os.path.join(BENCHMARKS, "tracking.py"))
        module["main"](count=10, rounds=2)
        lines = written.getvalue().splitlines()
        self.assertEqual(len(module["cases"]()), len(lines))
        self.assertIn("times list, at most 5", lines[-1])
