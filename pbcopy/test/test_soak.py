# -*- test-case-name: pbcopy.test.test_soak -*-
"""
Tests for L{pbcopy.test.soak}.
"""

from __future__ import annotations

import gc
import os
import sys

from twisted.trial.unittest import TestCase

from pbcopy.test import processes
from pbcopy.test.ponds import ReplicaTestCase
from pbcopy.test.processes import startPython
from pbcopy.test.soak import differences, figures
from pbcopy.testing import endTurn


class FiguresTests(ReplicaTestCase):
    """
    What is left behind is counted, and told.
    """

    if sys.platform != "linux":
        skip = "there is no /proc"

    def test_aReplica(self) -> None:
        """
        A replica that is left behind is in the tables of both sides.
        """
        # What other tests have left behind waits for the end of the turn.
        gc.collect()
        while endTurn():
            gc.collect()
        before = figures()
        self.root.kept = self.fetch()
        wrong = "\n".join(differences(before, figures()))
        for table in ("remotelyCachedObjects", "locallyCachedObjects", "_slots"):
            count = before[table]
            self.assertIn(f"{table} was {count} and is {count + 1}", wrong)

    def test_memory(self) -> None:
        """
        Memory and objects may grow a little, and shrink; a table may not even
        do that.
        """
        before = {"VmRSS/kB": 1000, "objects": 1000, "_slots": 1000}
        self.assertEqual([], differences(before, before))
        for name in ("VmRSS/kB", "objects"):
            for size, isRight in ((1050, True), (1051, False), (10, True)):
                found = differences(before, {**before, name: size})
                self.assertEqual(isRight, not found, found)
        for size in (999, 1001):
            found = differences(before, {**before, "_slots": size})
            self.assertEqual([f"_slots was 1000 and is {size}"], found)


class SoakTests(TestCase):
    """
    The command runs, on TCP.
    """

    timeout = 2 * processes.PATIENCE

    if sys.platform != "linux":
        skip = "there is no /proc"

    async def test_short(self) -> None:
        """
        A short run ends well, and says so.
        """
        folder = self.mktemp()
        os.makedirs(folder)
        words = ("-m", "pbcopy.test.soak", "--observers", "6", "--first", "19")
        child = startPython(self, *words, "--rounds", "20", folder=folder)
        self.assertEqual(0, await child.end(), "\n".join(child.lines))
        self.assertEqual("", child.errors)
        self.assertEqual("nothing has grown", child.lines[-1])
        rounds = [line for line in child.lines if line.startswith("round")]
        self.assertTrue(any(each.startswith("round 19,") for each in rounds))
        self.assertEqual("round 20", rounds[-1].split(",")[0])
