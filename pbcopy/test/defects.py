# -*- test-case-name: pbcopy.test.test_defects -*-
"""
The ground for tests that hold for pbcopy's flavors and fail for Twisted's.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly
from twisted.trial.reporter import TestResult
from twisted.trial.unittest import SynchronousTestCase

import pbcopy.pb
from pbcopy._registry import copyTags
from pbcopy.test.ponds import Kit, Received
from pbcopy.test.swapped import unregister
from pbcopy.testing import Connection, connect


class DefectTestCase(SynchronousTestCase):
    """
    A pond and a root, on the flavors under test.

    @cvar pb: the module of the flavors.
    """

    pb: Any = pbcopy.pb

    def setUp(self) -> None:
        """
        Make the pond and the root.
        """
        self.kit = Kit(self, self.pb)
        self.pond = self.kit.Pond(["one duck"])
        self.root = self.kit.Root(self.pond)

    def observe(self, connection: Connection) -> Any:
        """
        Fetch the pond over a connection.
        """
        received = Received(connection.root.callRemote("pond"))
        connection.deliver()
        return received.results[0]

    def refused(self, thing: Any) -> list[Any]:
        """
        Send C{thing} to the root, and give what the call failed with.
        """
        connection = connect(self.root)
        failures: list[Any] = []
        connection.root.callRemote("give", thing).addErrback(failures.append)
        connection.deliver()
        self.flushLoggedErrors(InsecureJelly)
        return failures


def assertStockFails(
    case: SynchronousTestCase, tests: type[DefectTestCase], reasons: dict[str, str]
) -> None:
    """
    Check that each test fails with Twisted's flavors, and for the right reason.

    @param case: who checks.
    @param reasons: for each test, by its name, a regular expression of what it
        says.
    """
    before = dict(copyTags)
    case.addCleanup(copyTags.update, before)
    unregister()
    for name in sorted(reasons):
        test = tests(name)
        test.pb = stock
        result = TestResult()
        test.run(result)
        case.assertEqual(1, result.testsRun, name)
        failures: list[Any] = [*result.failures, *result.errors]
        said = "\n".join(str(failure[1].value) for failure in failures)
        case.assertRegex(said, reasons[name], name)
    case.flushLoggedErrors()
