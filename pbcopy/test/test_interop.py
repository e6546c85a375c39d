# -*- test-case-name: pbcopy.test.test_interop -*-
"""
Tests of stock and pbcopy peers together: real processes, on TCP.
"""

from __future__ import annotations

import os
import re
from typing import ClassVar

import attr
from twisted.trial.unittest import TestCase

from pbcopy.test import processes
from pbcopy.test.processes import Child, startPython

STOCK = "twisted.spread.pb"
PBCOPY = "pbcopy.pb"

PEER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "interop_peer.py")

FROGS = "{'tree': ['green', 2.5], 'pond': (None, b'brown')}"

_VARIES = re.compile(r"^[-\d]+ [:\d]+\S* |0x[0-9a-f]+|\b\d{4,5}\b")
"""What differs from run to run in a log: times, addresses and ports."""


@attr.s(auto_attribs=True)
class Logs:
    """
    What the peers of one scenario logged.

    @ivar master: the lines of the master's log.
    @ivar observers: the lines of the logs of those observers that were not
        killed.
    """

    master: list[str]
    observers: list[list[str]]


def logOf(child: Child) -> list[str]:
    """
    Give what a process logged, in a form that another run's can be compared to.
    """
    return sorted({_VARIES.sub("*", line) for line in child.errors.splitlines()})


class InteropTests(TestCase):
    """
    A master and three observers, on every mix of flavors: copies both ways,
    caches and their updates; one observer is killed, one drops its replica and
    gets it again.
    """

    timeout = 4 * processes.PATIENCE
    ofStock: ClassVar[Logs | None] = None

    def start(self, *arguments: str) -> Child:
        """
        Start a peer in a folder that is not the checkout.
        """
        folder = self.mktemp()
        os.makedirs(folder)
        return startPython(self, PEER, *arguments, folder=folder)

    def tell(self, child: Child, line: str) -> None:
        """
        Have a peer do something.
        """
        transport = child.transport
        assert transport is not None
        transport.write(line.encode("utf-8") + b"\n")

    async def add(self, master: Child, duck: str, answers: list[int]) -> None:
        """
        Have the master add a duck, and check what the observers answered.
        """
        self.tell(master, f"add {duck}")
        await master.line(re.escape(f"added {duck} {answers}"))

    async def shows(self, child: Child, ducks: list[str]) -> None:
        """
        Check the ducks that a peer has.
        """
        self.tell(child, "show")
        await child.line("^shows ")
        self.assertEqual([f"shows {ducks}"], self.linesOf(child, "shows"))

    def linesOf(self, child: Child, word: str) -> list[str]:
        """
        Give the lines of a peer that begin with a word.
        """
        return [line for line in child.lines if line.startswith(word)]

    async def connect(self, master: Child, *observers: Child) -> None:
        """
        Connect observers, one after the other, and check what each first gets.
        """
        port = (await master.line(r"^port (\d+)$"))[1]
        for observer in observers:
            self.tell(observer, f"connect {port}")
            await observer.line("^has ")
            self.assertEqual(
                [f"frogs RemoteFrogs 8 {FROGS}", "has ['one'] True"], observer.lines
            )
        self.assertEqual([f"frogs RemoteFrogs 7 {FROGS}"] * 3, master.lines[1:])

    async def end(self, child: Child, imported: bool) -> list[str]:
        """
        Have a peer end, and give its log.
        """
        self.tell(child, "end")
        self.assertEqual(0, await child.end())
        # A stock peer is a stock peer.
        self.assertEqual(f"over, pbcopy imported: {imported}", child.lines[-1])
        return logOf(child)

    async def scenario(self, sender: str, keep: str, *receivers: str) -> Logs:
        """
        Go through all of it, and give what was logged.
        """
        master = self.start(sender, "master", keep)
        steady, fickle, doomed = [self.start(each, "observer") for each in receivers]
        await self.connect(master, steady, fickle, doomed)
        await self.add(master, "two", [2, 2, 2])
        await doomed.kill()
        await master.line("^observers 2$")
        await self.add(master, "three", [3, 3])
        self.tell(fickle, "drop")
        await master.line("^observers 1$")
        await self.add(master, "four", [4])
        self.tell(fickle, "fetch")
        await fickle.line(r"^has \['one', 'two', 'three', 'four'\] True$")
        await self.add(master, "five", [5, 5])

        ducks = ["one", "two", "three", "four", "five"]
        for child in (master, steady, fickle):
            await self.shows(child, ducks)
        self.assertEqual(
            ["update two 2", "update three 3", "update four 4", "update five 5"],
            self.linesOf(steady, "update"),
        )
        self.assertEqual(
            ["update two 2", "update three 3", "update five 5"],
            self.linesOf(fickle, "update"),
        )
        observed = [
            await self.end(child, flavor == PBCOPY)
            for child, flavor in zip((steady, fickle), receivers, strict=False)
        ]
        return Logs(await self.end(master, sender == PBCOPY), observed)

    async def stockLogs(self) -> Logs:
        """
        Give what stock peers log among themselves.
        """
        if self.ofStock is None:
            logs = await self.scenario(STOCK, "dict", STOCK, STOCK, STOCK)
            type(self).ofStock = logs
            return logs
        return self.ofStock

    def assertQuiet(self, *logs: list[str]) -> None:
        """
        Check that no error was logged.
        """
        for lines in logs:
            text = "\n".join(lines)
            for sign in ("Traceback", "Error", "rror:", "Unhandled", "Exception"):
                self.assertNotIn(sign, text)

    async def test_stockSender(self) -> None:
        """
        A stock sender serves pbcopy receivers, and logs what it logs with stock
        receivers.
        """
        expected = await self.stockLogs()
        found = await self.scenario(STOCK, "dict", PBCOPY, PBCOPY, PBCOPY)
        self.assertEqual(expected.master, found.master)
        self.assertQuiet(found.master, *found.observers)

    async def test_stockReceivers(self) -> None:
        """
        A pbcopy sender, that keeps its observers in a list, serves stock
        receivers, and they log what they log with a stock sender.
        """
        expected = await self.stockLogs()
        found = await self.scenario(PBCOPY, "list", STOCK, STOCK, STOCK)
        self.assertEqual(expected.observers, found.observers)
        self.assertQuiet(found.master, *found.observers)

    async def test_pbcopy(self) -> None:
        """
        A pbcopy sender serves pbcopy receivers, and nobody logs an error.
        """
        found = await self.scenario(PBCOPY, "list", PBCOPY, PBCOPY, PBCOPY)
        self.assertQuiet(found.master, *found.observers)

    async def test_mixed(self) -> None:
        """
        A pbcopy sender serves stock and pbcopy receivers at the same time.
        """
        found = await self.scenario(PBCOPY, "list", STOCK, PBCOPY, STOCK)
        self.assertQuiet(found.master, *found.observers)
        found = await self.scenario(PBCOPY, "dict", PBCOPY, STOCK, PBCOPY)
        self.assertQuiet(found.master, *found.observers)
