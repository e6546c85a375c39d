# -*- test-case-name: pbcopy.test.test_hostile -*-
"""
A hostile peer, over TCP: each row of the threat table of the howto's page
C{boundary.rst}.

The peer (L{pbcopy.test.hostile}), the server and an honest client of the same
server (L{pbcopy.test.besieged}) are processes of their own.  They run while the
tests do, and end when this process does.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from functools import cache
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy.test import hostile
from pbcopy.test.processes import PACKAGES, PATIENCE

MEMORY = 16 * 1024 * 1024
"""How many bytes the memory of the server may grow, by all that is tried.  Its policy
allows a state of 1 MB, pieces of 2 MB, and what Python makes of 40,000 lists.  The
600,000 that are sent would take 38 MB."""

_ERRORS = ("pbcopy.errors.Violation: ", "twisted.spread.pb.Error: ")

_HERE = os.path.dirname(os.path.abspath(__file__))
_HOSTILE = os.path.join(_HERE, "hostile.py")
_BESIEGED = os.path.join(_HERE, "besieged.py")

_ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(
        filter(None, [PACKAGES, os.environ.get("PYTHONPATH", "")])
    ),
}


class Program:
    """
    A process that answers each line with a line.
    """

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
        )
        self._name = " ".join(arguments)
        atexit.register(self.kill)

    def line(self) -> str:
        """
        Wait for the next line.
        """
        stdout: Any = self._process.stdout
        patience = threading.Timer(PATIENCE, self._process.kill)
        patience.start()
        line: bytes = stdout.readline()
        patience.cancel()
        if not line:
            raise AssertionError(f"{self._name} ended:\n{self._errors()}")
        return line.decode("utf-8").rstrip("\n")

    def ask(self, what: str) -> Any:
        """
        Say a line, and give what is answered in JSON.
        """
        stdin: Any = self._process.stdin
        stdin.write(what.encode("utf-8") + b"\n")
        stdin.flush()
        return json.loads(self.line())

    def kill(self) -> None:
        """
        End it.
        """
        self._process.kill()
        self._process.communicate()

    def _errors(self) -> str:
        self._process.kill()
        errors = self._process.communicate()[1].decode("utf-8", "replace")
        return errors


class Siege:
    """
    A server, its honest client, and who attacks it.

    @ivar welcome: what became of what an honest peer does.
    @ivar before: what the server has told of that.
    """

    def __init__(self, broker: str) -> None:
        """
        @param broker: that of the server: C{"stock"} or C{"pbcopy"}.
        """
        self._server = Program("-u", _BESIEGED, "server", broker)
        port = self._server.line()
        self._client = Program("-u", _BESIEGED, "client", port)
        self._client.line()
        self.hostile = Program("-I", "-S", _HOSTILE, port)
        self.welcome = self.hostile.ask("welcome")
        self.before = self._server.ask("report")
        # What Python needs to tell of this much is there now.
        self._memory = self._server.ask("report")["memory"]

    def attack(self, name: str) -> tuple[list[str], dict[str, Any]]:
        """
        Try a row.

        @return: what became of that, and what the server tells of it.
        """
        found = self.hostile.ask(name)
        told = self._server.ask("report")
        told["growth"] = told["memory"] - self._memory
        return found, told


@cache
def siege(broker: str) -> Siege:
    """
    Give the processes for one kind of Broker.
    """
    return Siege(broker)


class BesiegedTestCase(SynchronousTestCase):
    """
    What both kinds of servers have in common.
    """

    broker = ""

    def assertHolds(self, name: str) -> None:
        """
        Check that a row is refused, and leaves nothing behind.
        """
        row = hostile.ROWS[name]
        found, told = siege(self.broker).attack(name)
        self.assertNotEqual([], found)
        self.assertEqual([], [each for each in found if not _isRefused(row, each)])
        self.assertEqual(([], []), (told["happened"], told["events"]))
        most = max(len(found), row.messages)
        self.assertLessEqual(told["lines"], most, "\n".join(told["log"]))
        self.assertLessEqual(told["growth"], MEMORY)
        self.assertTrue(told["isHonestHappy"], "the client has missed an update")


def _isRefused(row: hostile.Row, outcome: str) -> bool:
    isTyped = outcome.startswith((*_ERRORS, *(f"{each}: " for each in row.errors)))
    return isTyped or outcome == "closed" or (row.mayBeIgnored and outcome == "ignored")


def _testOf(name: str) -> Any:
    def test(self: BesiegedTestCase) -> None:
        self.assertHolds(name)

    test.__name__ = f"test_{name}"
    test.__doc__ = hostile.ROWS[name].attack.__doc__
    return test


class StockBrokerTests(BesiegedTestCase):
    """
    What the policy and pbcopy's flavors refuse by themselves, on Twisted's Broker.
    """

    broker = "stock"

    def test_welcome(self) -> None:
        """
        What an honest peer sends is taken: the other tests refuse no honest one.
        """
        found, told = siege(self.broker).welcome, siege(self.broker).before
        self.assertEqual([], [each for each in found if not each.startswith("answer")])
        self.assertEqual(14, len(told["happened"]))

    def test_sharesNoCode(self) -> None:
        """
        The hostile peer has nothing but Python's own library.
        """
        modules = siege(self.broker).hostile.ask("modules")
        names = {each.partition(".")[0] for each in modules} - {"__main__"}
        self.assertEqual(set(), names - set(sys.stdlib_module_names))

    def test_eachSignIsSeen(self) -> None:
        """
        What the other tests do not find would be found: a method that is called, an
        import, a file, code that is run, memory, and lines in the log.
        """
        found, told = siege(self.broker).attack("misbehave")
        self.assertEqual(["answer [b'None']"], found)
        self.assertEqual(["called misbehave"], told["happened"])
        events = {each.partition(" ")[0] for each in told["events"]}
        self.assertEqual(set(), {"compile", "exec", "import", "open"} - events)
        self.assertEqual(2, told["lines"])


class GuardedTests(BesiegedTestCase):
    """
    What a server with C{pbcopy.Broker} refuses: everything.
    """

    broker = "pbcopy"

    def test_welcome(self) -> None:
        """
        What an honest peer sends is taken.
        """
        found = siege(self.broker).welcome
        self.assertEqual([], [each for each in found if not each.startswith("answer")])


for _name, _row in hostile.ROWS.items():
    setattr(GuardedTests, f"test_{_name}", _testOf(_name))
    if not _row.needsBroker:
        setattr(StockBrokerTests, f"test_{_name}", _testOf(_name))
