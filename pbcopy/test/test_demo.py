# -*- test-case-name: pbcopy.test.test_demo -*-
"""
Tests for C{python -m pbcopy.demo}, whole and in parts.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import sys
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.internet.error import ProcessExitedAlready, ProcessTerminated
from twisted.internet.task import Clock
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase, TestCase

from pbcopy.demo.ponds import PondView
from pbcopy.demo.publisher import Publisher
from pbcopy.demo.show import PATIENCE, Child, Show, ShowError, differences
from pbcopy.test.processes import startPython
from pbcopy.testing import connect

# The demo with one client, where something happens once all children are started.
MEDDLED = """
import os, signal
from twisted.internet.task import react
from pbcopy.demo import show

start = show.Show.start

async def startAndMeddle(self):
    await start(self)
    {}

show.CLIENTS = ("bob",)
show.Show.start = startAndMeddle
react(show.main)
"""


class DemoTests(TestCase):
    """
    The demo as a newcomer runs it.
    """

    timeout = 120

    def setUp(self) -> None:
        """
        Have a folder that has nothing in it.
        """
        self.folder = self.mktemp()
        os.mkdir(self.folder)

    def assertEnded(self, lines: list[str], count: int) -> None:
        """
        Assert that no process is left of those that some lines name.
        """
        started = re.findall(r"is started, process (\d+)", "\n".join(lines))
        self.assertEqual(count, len(started))
        for process in started:
            self.assertRaises(ProcessLookupError, os.kill, int(process), 0)

    async def test_demo(self) -> None:
        """
        It ends well, from any folder.  Each client had what the publisher had,
        at the start and after each of three changes; the one that was killed
        until then; and no process is left.
        """
        demo = startPython(self, "-m", "pbcopy.demo", folder=self.folder)
        self.assertEqual((0, ""), (await demo.end(), demo.errors))
        had: dict[str, list[Any]] = {}
        for line in demo.lines:
            match = re.match(r"    (\w+) has +(\[.*\])$", line)
            if match:
                had.setdefault(match[1], []).append(ast.literal_eval(match[2]))
        changes = had["publisher"]
        self.assertEqual(4, len(changes))
        self.assertEqual(4, len(set(map(tuple, changes))))
        self.assertEqual(
            {
                "publisher": changes,
                "alice": changes,
                "bob": changes,
                "carol": changes[:2],
            },
            had,
        )
        self.assertIn("carol is killed (SIGKILL)", demo.lines)
        self.assertEqual(
            "Each client had what the publisher had, after each change.",
            demo.lines[-1],
        )
        self.assertEnded(demo.lines, 4)

    async def assertFails(self, meddling: str, expected: str) -> None:
        """
        Assert that the demo ends with 1, after a last line, when something
        happens to it; and that no process is left.
        """
        demo = startPython(self, "-c", MEDDLED.format(meddling), folder=self.folder)
        self.assertEqual(1, await demo.end())
        self.assertEqual(expected, demo.lines[-1])
        self.assertNotIn("Traceback", demo.errors)
        self.assertEnded(demo.lines, 2)

    async def test_clientDies(self) -> None:
        """
        The demo fails if a client dies that should not.
        """
        await self.assertFails(
            "self.children['bob'].kill()",
            "FAILED: bob has ended: A process has ended with a probable error "
            "condition: process ended by signal 9.",
        )

    async def test_interrupted(self) -> None:
        """
        The demo fails if somebody ends it.
        """
        await self.assertFails(
            "os.kill(os.getpid(), signal.SIGTERM)", "FAILED: interrupted"
        )

    async def test_demoKilled(self) -> None:
        """
        The children end by themselves when the demo is killed.
        """
        # The children have their stderr from the demo, which has it from here.
        # It is closed when the last of them has ended.
        meddling = "os.kill(os.getpid(), signal.SIGKILL)"
        demo = startPython(self, "-c", MEDDLED.format(meddling), folder=self.folder)
        self.assertEqual(-9, await demo.end())


class Process:
    """
    What stands for a process: it does what it is told, and ends when it is killed.
    """

    pid = 1

    def __init__(self, child: Child, master: list[str]) -> None:
        self.child = child
        self.master = master
        self.hasEnded = False
        child.transport = self  # type: ignore[assignment]

    def show(self) -> None:
        """
        Print the ducks.
        """
        self.child.outReceived(json.dumps(self.master).encode("utf-8") + b"\n")

    def write(self, data: bytes) -> None:
        """
        Be told to add a duck.
        """
        self.master.append(data.decode("utf-8").split()[1])

    def signalProcess(self, name: str) -> None:
        """
        Be killed.
        """
        if self.hasEnded:
            raise ProcessExitedAlready()
        self.hasEnded = True
        self.child.processEnded(Failure(ProcessTerminated(signal=9)))


class Processes(Clock):
    """
    A reactor whose processes all have one list of ducks.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ducks = ["one duck"]
        self.processes: list[Process] = []

    def spawnProcess(self, child: Child, *arguments: Any, **kw: Any) -> Process:
        """
        Start one.
        """
        process = Process(child, self.ducks)
        self.processes.append(process)
        if child.name == "publisher":
            child.outReceived(b"8787\n")
        process.show()
        return process


class ShowTests(SynchronousTestCase):
    """
    Tests for L{Show}, whose children are no real ones.
    """

    def setUp(self) -> None:
        """
        Start a show.
        """
        self.said: list[str] = []
        self.reactor = Processes()
        self.show = Show(self.reactor, self.said.append)
        self.done(self.show.start())
        del self.said[:]

    def done(self, coroutine: Any) -> None:
        """
        Have something done.
        """
        self.successResultOf(Deferred.fromCoroutine(coroutine))

    def change(self) -> Deferred[None]:
        """
        Have a change made, that all processes show.
        """
        change: Any = Deferred.fromCoroutine(self.show.change("add swan"))
        for each in self.reactor.processes:
            if not each.hasEnded:
                each.show()
        return cast("Deferred[None]", change)

    def test_change(self) -> None:
        """
        A change reaches all clients, and each is told of.
        """
        self.successResultOf(self.change())
        ducks = ["one duck", "swan"]
        self.assertEqual(
            [
                "The publisher is told: add swan",
                f"    publisher has {ducks}",
                f"    alice has     {ducks}",
                f"    bob has       {ducks}",
                f"    carol has     {ducks}",
            ],
            self.said,
        )

    def test_differs(self) -> None:
        """
        A client that shows anything else is told of.
        """
        self.show.children["bob"].outReceived(b'["swan"]\n')
        error = self.failureResultOf(self.change(), ShowError).value
        self.assertEqual(
            "bob has ['swan'], and the publisher has ['one duck', 'swan']", str(error)
        )

    def test_kill(self) -> None:
        """
        The others go on when one is killed.
        """
        self.done(self.show.kill("alice"))
        self.assertEqual(["alice is killed (SIGKILL)"], self.said)
        del self.said[:]
        self.successResultOf(self.change())
        self.assertEqual(["publisher", "bob", "carol"], list(self.show.children))
        self.assertEqual(4, len(self.said))

    def test_ends(self) -> None:
        """
        A child that ends is an error: a client, or the publisher.
        """
        for name in ("bob", "publisher"):
            self.setUp()
            self.show.children[name].kill()
            error = self.failureResultOf(self.change(), ShowError).value
            self.assertIn(f"{name} has ended: ", str(error))
            self.assertIn("process ended by signal 9", str(error))

    def test_close(self) -> None:
        """
        Closing a show ends all children, and again does nothing.
        """
        self.done(self.show.close())
        self.done(self.show.close())
        for child in self.show.children.values():
            self.assertTrue(child.ended.called)


class ChildTests(SynchronousTestCase):
    """
    Tests for L{Child}.
    """

    def setUp(self) -> None:
        """
        Have a child.
        """
        self.clock = Clock()
        self.child = Child("bob", self.clock)

    def test_lines(self) -> None:
        """
        Lines are given one by one, however they come.
        """
        self.child.outReceived(b"[1")
        first = Deferred.fromCoroutine(self.child.line())
        self.assertNoResult(first)
        self.child.outReceived(b"]\n[2]\n[")
        self.assertEqual([1], self.successResultOf(first))
        second = Deferred.fromCoroutine(self.child.line())
        self.assertEqual([2], self.successResultOf(second))
        self.assertEqual([], self.clock.getDelayedCalls())

    def test_silent(self) -> None:
        """
        A child that prints nothing is not waited for any longer than
        L{PATIENCE}.
        """
        line = Deferred.fromCoroutine(self.child.line())
        self.clock.advance(PATIENCE - 1)
        self.assertNoResult(line)
        self.clock.advance(1)
        error = self.failureResultOf(line, ShowError).value
        self.assertEqual("bob did not answer within 30 seconds", str(error))


class DifferencesTests(SynchronousTestCase):
    """
    Tests for L{differences}.
    """

    def test_equal(self) -> None:
        """
        There are none where each client has what the publisher has.
        """
        self.assertEqual([], differences(["a"], {"alice": ["a"], "bob": ["a"]}))

    def test_different(self) -> None:
        """
        There is one for each client that has more, less, or another order.
        """
        views = {"a": ["x", "y", "z"], "b": ["x"], "c": ["y", "x"], "d": ["x", "y"]}
        self.assertEqual(
            [
                "a has ['x', 'y', 'z'], and the publisher has ['x', 'y']",
                "b has ['x'], and the publisher has ['x', 'y']",
                "c has ['y', 'x'], and the publisher has ['x', 'y']",
            ],
            differences(["x", "y"], views),
        )


class PondTests(SynchronousTestCase):
    """
    Tests for L{pbcopy.demo.ponds}.
    """

    def test_updates(self) -> None:
        """
        A view has the ducks of the pond, and each change to them, until its
        client is gone.
        """
        self.patch(sys, "stdout", io.StringIO())
        publisher = Publisher()
        connection = connect(publisher)
        call = connection.root.callRemote("getPond")
        connection.deliver()
        view = self.successResultOf(call)
        self.assertIsInstance(view, PondView)
        self.assertEqual(publisher.pond.ducks, view.ducks)
        publisher.pond.ducks.append("swan")
        publisher.pond.ducks.remove("one duck")
        connection.deliver()
        self.assertEqual(["two duck", "swan"], view.ducks)
