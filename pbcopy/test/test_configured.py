# -*- test-case-name: pbcopy.test.test_configured -*-
"""
Tests for L{pbcopy.test.configured}.
"""

from __future__ import annotations

import os
from typing import Any

from twisted.python.reflect import namedAny
from twisted.spread import pb as stock
from twisted.trial.unittest import TestCase

import pbcopy
from pbcopy.test import configured
from pbcopy.test.processes import startPython


class TablesTests(TestCase):
    """
    What runs, and what is left out, is there.
    """

    def test_suites(self) -> None:
        """
        Each suite is a module, once.
        """
        for name in configured.SUITES:
            self.assertEqual(name, namedAny(name).__name__)
        self.assertEqual(len(configured.SUITES), len({*configured.SUITES}))

    def test_leftOut(self) -> None:
        """
        What is left out is a test of one of them, and the reason says which of the
        two ways it is about.
        """
        self.assertEqual([*configured.CONFIGURE], [*configured.LEFT_OUT])
        for way, word in (("--unpacked", "unpacked|envelope"), ("--broker", "Broker")):
            for name, reason in configured.LEFT_OUT[way].items():
                self.assertTrue(callable(namedAny(f"pbcopy.test.test_{name}")))
                suite = f"pbcopy.test.test_{name.partition('.')[0]}"
                self.assertIn(suite, configured.SUITES)
                self.assertRegex(reason, word)


class ConfiguringTests(TestCase):
    """
    A way is one of all factories, for as long as the process runs.
    """

    def test_ways(self) -> None:
        """
        Each sets what an application would set.
        """

        class Factory(stock.PBServerFactory):
            pass

        factory: Any = Factory
        self.patch(pbcopy.limits, "MAX_CALLS_BEFORE_LOGIN", 20)
        for configure in configured.CONFIGURE.values():
            configure([factory])
        self.assertIs(False, factory.packing)
        self.assertIs(pbcopy.Broker, factory.protocol)

    async def execute(self, *arguments: str) -> tuple[int, str]:
        """
        Run the command.
        """
        folder = self.mktemp()
        os.makedirs(folder)
        command = "-m", "pbcopy.test.configured", *arguments
        child = startPython(self, *command, folder=folder)
        return await child.end(), "\n".join(child.lines)

    async def test_skipped(self) -> None:
        """
        A run tells what is left out, and why.
        """
        suite = "pbcopy.test.test_graph"
        status, text = await self.execute("--unpacked", suite)
        self.assertEqual(0, status, text)
        self.assertIn(configured._FLAT, text)
        self.assertIn("skips=3", text)

    async def test_noWay(self) -> None:
        """
        A run that names no way is none.
        """
        status, text = await self.execute("pbcopy.test.test_graph")
        self.assertEqual(2, status, text)
