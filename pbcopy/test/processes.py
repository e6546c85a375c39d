# -*- test-case-name: pbcopy.test.test_listings -*-
"""
Real child processes, for tests that two Brokers in one process cannot make.

A test starts each with L{startPython} or L{startTwistd}, awaits what it prints,
and never sleeps::

    class PondTests(TestCase):
        timeout = 60

        async def test_arrives(self):
            server = startTwistd(self, "-ny", "server.tac", folder=folder)
            client = startPython(self, "client.py", await server.port(), folder=folder)
            self.assertEqual(0, await client.end())
            self.assertEqual(["done"], client.lines)

Each child can import the pbcopy that the tests run from.  Each is killed at the
end of its test, and each wait fails, with all that was printed, when it takes
longer than L{PATIENCE}.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Any, NoReturn, TypeVar

from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure
from twisted.trial.unittest import TestCase

import pbcopy

reactor: Any = _reactor
_T = TypeVar("_T")

PATIENCE = 60.0
"""How many seconds a child may take for what a test waits for.  The slowest
start-up seen on a very busy machine is half of it."""

PACKAGES = os.path.dirname(os.path.dirname(os.path.abspath(pbcopy.__file__)))
"""The folder that has the pbcopy under test."""

# A script of one's own does not see the current folder, and "-c" does.
_TWISTD = (
    "import sys; sys.path[:] = filter(None, sys.path); "
    "from twisted.scripts.twistd import run; run()"
)

# "2026-01-31T12:00:00+0000 [system] text".
_LOGGED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S* \[([^]]*)\] ?")

# What twistd itself says under the systems "-", "twisted.*" and that of the
# factory when it starts, listens and stops.  Errors are not among it.
_SYSTEM = re.compile(r"-$|twisted\.|pbcopy\._meeting\.")
_TWISTDS_OWN = re.compile(
    r"Loading |Loaded\.$|twistd \S+ \(|reactor class: |\S+ starting on \d+$"
    r"|Starting factory |Received SIG|\(TCP Port \d+ Closed\)$|Stopping factory "
    r"|Main loop terminated\.$|Server Shut Down\.$"
)


class Child(ProcessProtocol):
    """
    A process that a test has started.

    @ivar lines: the whole lines that it has printed to stdout.
    @ivar errors: what it has written to stderr.
    @ivar code: its exit code; minus a signal's number if that killed it;
        C{None} while it runs.
    """

    def __init__(self, name: str) -> None:
        self.lines: list[str] = []
        self.errors = ""
        self.code: int | None = None
        self._name = name
        self._partial = b""
        self._waiting: list[tuple[re.Pattern[str], Deferred[re.Match[str]]]] = []
        self._ending: list[Deferred[int]] = []

    @property
    def printed(self) -> list[str]:
        """
        The lines of a program under C{twistd}, each without the prefix that
        the log gives it, and without those that twistd itself logs when it
        starts, listens and stops.  Errors that are logged stay.
        """
        found = []
        for line in self.lines:
            logged = _LOGGED.match(line)
            text = line[logged.end() :] if logged else line
            if not (logged and _SYSTEM.match(logged[1]) and _TWISTDS_OWN.match(text)):
                found.append(text)
        return found

    async def line(self, pattern: str) -> re.Match[str]:
        """
        Wait until a line, printed before or from now on, has a match.

        @param pattern: a regular expression.
        @return: the first match.
        """
        expression = re.compile(pattern)
        for line in self.lines:
            match = expression.search(line)
            if match is not None:
                return match
        waiting: Deferred[re.Match[str]] = Deferred()
        self._waiting.append((expression, waiting))
        self._endWaits()
        return await self._patiently(waiting, f"did not print {pattern!r}")

    async def port(self) -> str:
        """
        Wait until a child under C{twistd} listens, and give its first port.
        """
        return (await self.line(r"\] \S+ starting on (\d+)$"))[1]

    async def end(self) -> int:
        """
        Wait until it has ended, and so has a daemon that it has started.

        @return: its L{code}.
        """
        waiting: Deferred[int] = Deferred()
        self._ending.append(waiting)
        self._endWaits()
        return await self._patiently(waiting, "did not end")

    def signal(self, name: str) -> None:
        """
        Send a signal, such as C{"INT"}; nothing happens if it has ended.
        """
        try:
            if self.transport is not None:
                self.transport.signalProcess(name)
        except ProcessExitedAlready:
            pass

    async def kill(self) -> None:
        """
        Kill it, and wait until it has ended.
        """
        self.signal("KILL")
        await self.end()

    def outReceived(self, data: bytes) -> None:
        """
        Take what it printed.
        """
        *whole, self._partial = (self._partial + data).split(b"\n")
        for line in whole:
            self._gotLine(line.decode("utf-8", "replace"))

    def errReceived(self, data: bytes) -> None:
        """
        Take what it wrote to stderr.
        """
        self.errors += data.decode("utf-8", "replace")

    def processEnded(self, reason: Failure) -> None:
        """
        Take its exit code.
        """
        ended: Any = reason.value
        self.code = ended.exitCode if ended.signal is None else -ended.signal
        if self._partial:
            self._gotLine(self._partial.decode("utf-8", "replace"))
        self._endWaits()

    def _gotLine(self, line: str) -> None:
        self.lines.append(line)
        for entry in list(self._waiting):
            match = entry[0].search(line)
            if match is not None:
                self._waiting.remove(entry)
                entry[1].callback(match)

    def _endWaits(self) -> None:
        if self.code is not None:
            lines, self._waiting = self._waiting, []
            ends, self._ending = self._ending, []
            for expression, line in lines:
                what = f"ended without printing {expression.pattern!r}"
                line.errback(self._complaint(what))
            for end in ends:
                end.callback(self.code)

    async def _patiently(self, waiting: Deferred[_T], what: str) -> _T:
        def tooLate(result: object, seconds: float) -> NoReturn:
            raise self._complaint(f"{what} within {seconds} seconds")

        return await waiting.addTimeout(PATIENCE, reactor, tooLate)

    def _complaint(self, what: str) -> AssertionError:
        output = "\n".join([*self.lines, self.errors])
        return AssertionError(f"{self._name} {what}; code {self.code}\n{output}")


def startPython(
    test: TestCase,
    *arguments: str,
    folder: str,
    environment: dict[str, str] | None = None,
) -> Child:
    """
    Start Python with some arguments.

    @param test: who kills it in the end.
    @param folder: its current folder.  This should not be the checkout.
    @param environment: variables to set, beside those of this process.
    """
    child = Child(" ".join(arguments[-2:]))
    paths = [PACKAGES, os.environ.get("PYTHONPATH", "")]
    environ = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        **(environment or {}),
    }
    reactor.spawnProcess(
        child,
        sys.executable,
        [sys.executable, "-u", *arguments],
        env=environ,
        path=os.path.abspath(folder),
        # A daemon closes the first three, and it ends after who started it.
        childFDs={0: "w", 1: "r", 2: "r", 3: "r"},
    )
    test.addCleanup(lambda: Deferred.fromCoroutine(child.kill()))
    return child


def startTwistd(
    test: TestCase,
    *arguments: str,
    folder: str,
    environment: dict[str, str] | None = None,
) -> Child:
    """
    Start C{twistd} with some arguments.  The program sees what it would under
    the installed script: the current folder is not on C{sys.path}.

    @param test: who kills it in the end.
    @param folder: its current folder.
    @param environment: variables to set.  C{PB_PORT=0} is set already: a server
        that reads it takes a free port.
    """
    return startPython(
        test,
        "-c",
        _TWISTD,
        "--pidfile=",
        *arguments,
        folder=folder,
        environment={"PB_PORT": "0", **(environment or {})},
    )
