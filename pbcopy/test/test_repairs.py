# -*- test-case-name: pbcopy.test.test_repairs -*-
"""
The howto's page C{repairs.rst} says what the tests show.

The page is found beside the folder of L{pbcopy.test.test_listings}.
"""

from __future__ import annotations

import os
import re
from pkgutil import iter_modules

from twisted.python.reflect import namedAny, qual
from twisted.trial.unittest import SkipTest, SynchronousTestCase

import pbcopy.test
from pbcopy.test.defects import DefectTestCase
from pbcopy.test.test_listings import LISTINGS

PAGE = os.path.join(os.path.dirname(LISTINGS), "repairs.rst")

_ROW = re.compile(r"^   \* - (D\d+)$", re.MULTILINE)
_TEST = re.compile(r"``([\w.]+\.test_\w+)``")


def named() -> dict[str, str]:
    """
    Give the full name of each test that is named for a defect, and the number
    of that: those of the modules C{test_defects…}.
    """
    found: dict[str, str] = {}
    for module in _modules():
        for thing in vars(namedAny(module)).values():
            isCase = isinstance(thing, type) and issubclass(thing, DefectTestCase)
            if isCase and thing.__module__ == module:
                for name in dir(thing):
                    match = re.match(r"test_(D\d+)_", name)
                    if match:
                        found[f"{qual(thing)}.{name}"] = match[1]
    return found


def verified() -> set[str]:
    """
    Give the names of the tests that are checked to fail with Twisted's flavors.
    """
    return {name for module in _modules() for name in namedAny(module).REASONS}


def _modules() -> list[str]:
    names = [each.name for each in iter_modules(pbcopy.test.__path__)]
    return [f"pbcopy.test.{name}" for name in names if name.startswith("test_defects")]


def rows(table: str) -> dict[str, list[str]]:
    """
    Give the rows of a table: for each number, the tests that are named there.
    """
    _, *parts = _ROW.split(table)
    texts = zip(parts[::2], parts[1::2], strict=True)
    return {number: _TEST.findall(text) for number, text in texts}


class RepairsTests(SynchronousTestCase):
    """
    The page and the tests agree.
    """

    def setUp(self) -> None:
        """
        Read the page.
        """
        if not os.path.exists(PAGE):
            raise SkipTest(f"the howto is not installed: no {PAGE}")
        with open(PAGE, encoding="utf-8") as page:
            self.page = page.read()
        _, repaired, left = self.page.split("\n.. list-table::\n")
        self.repaired, self.left = rows(repaired), rows(left)

    def assertNone(self, told: list[str]) -> None:
        """
        Assert that there is nothing to do, or tell it.
        """
        if told:
            self.fail("\n".join(["in doc/howto/repairs.rst:", *told]))

    def test_eachTestIsNamed(self) -> None:
        """
        Each test that is named for a defect is in the row of its number.
        """
        self.assertNone(
            [
                f"add ``{test}`` to the row {number}"
                if number in self.repaired
                else f"add a row {number} to the first table, with ``{test}``"
                for test, number in sorted(named().items())
                if test not in self.repaired.get(number, [])
            ]
        )

    def test_eachNameIsATest(self) -> None:
        """
        The page names no test that is not there, or that is for another number.
        """
        tests = named()
        told = [
            f"take ``{test}`` out: there is no such test"
            for test in _TEST.findall(self.page)
            if test not in tests
        ]
        told += [
            f"move ``{test}`` from the row {number} to {tests[test]}"
            for number, found in self.repaired.items()
            for test in found
            if tests.get(test, number) != number
        ]
        self.assertNone(told)

    def test_eachRepairIsShown(self) -> None:
        """
        Each row of what is repaired names a test, and each of its tests is
        checked to fail with Twisted's flavors.
        """
        told = [
            f"name a test in the row {number}, or move the row to the second table"
            for number, found in self.repaired.items()
            if not found
        ]
        told += [
            f"{test} of the row {number} needs an entry in the REASONS of its module"
            for number, found in self.repaired.items()
            for test in found
            if test.rpartition(".")[2] not in verified()
        ]
        self.assertNone(told)

    def test_onePlace(self) -> None:
        """
        A number has one row, the rows are in order, and what is left to do
        names no test.
        """
        numbers = [int(number[1:]) for number in _ROW.findall(self.page)]
        count = len(self.repaired)
        for part in (numbers[:count], numbers[count:]):
            self.assertEqual(sorted(part), part)
        self.assertEqual(len(numbers), len(set(numbers)), "a number has two rows")
        self.assertEqual([], [test for tests in self.left.values() for test in tests])

    def test_aRow(self) -> None:
        """
        The rows of a table are told apart, and their tests are found.
        """
        table = "   * - D1\n     - a\n     - ``b.c.test_D1_x``\n   * - D23\n     - b\n"
        self.assertEqual({"D1": ["b.c.test_D1_x"], "D23": []}, rows(table))
