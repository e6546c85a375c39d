# -*- test-case-name: pbcopy.test.test_demo -*-
"""
Starts the publisher and the clients, has the pond changed, and compares what
they have.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NoReturn

from twisted.internet.defer import (
    CancelledError,
    Deferred,
    DeferredQueue,
    ensureDeferred,
)
from twisted.internet.error import ProcessExitedAlready
from twisted.internet.protocol import ProcessProtocol
from twisted.python.failure import Failure

CLIENTS = ("alice", "bob", "carol")

PATIENCE = 30.0
"""How many seconds a child may take for what is waited for.  On an idle machine
the whole show takes one or two."""


class ShowError(Exception):
    """
    Something differs, or did not happen.
    """


class Child(ProcessProtocol):
    """
    A process that the show has started.

    @ivar ended: fires when it has ended.
    """

    def __init__(self, name: str, clock: Any) -> None:
        self.name = name
        self.ended: Deferred[None] = Deferred()
        self._clock = clock
        self._lines: DeferredQueue[Any] = DeferredQueue()
        self._partial = b""

    async def line(self) -> Any:
        """
        Wait for the next line that it prints, and give what that says.

        @raise ShowError: if it ends, or prints nothing for too long.
        """
        line = self._lines.get()
        return json.loads(await line.addTimeout(PATIENCE, self._clock, self._tooLate))

    def say(self, line: str) -> None:
        """
        Type a line for it.
        """
        self.transport.write(line.encode("utf-8") + b"\n")  # type: ignore[union-attr]

    def kill(self) -> None:
        """
        Kill it; nothing happens if it has ended.
        """
        try:
            self.transport.signalProcess("KILL")  # type: ignore[union-attr]
        except ProcessExitedAlready:
            pass

    def outReceived(self, data: bytes) -> None:
        """
        Take what it printed.
        """
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._lines.put(line)

    def processEnded(self, reason: Failure) -> None:
        """
        Take how it ended.
        """
        how = ShowError(f"{self.name} has ended: {reason.getErrorMessage()}")
        self._lines.put(Failure(how))
        self.ended.callback(None)

    def _tooLate(self, result: object, seconds: float) -> NoReturn:
        raise ShowError(f"{self.name} did not answer within {seconds:g} seconds")


class Show:
    """
    One run of the demo.

    @ivar children: the processes that should be running, by name.
    """

    def __init__(self, reactor: Any, say: Callable[[str], object]) -> None:
        """
        @param say: is called with each line for who watches.
        """
        self.children: dict[str, Child] = {}
        self._reactor = reactor
        self._say = say

    async def run(self) -> None:
        """
        Perform, and see that no child is left.

        @raise ShowError: if something differs, or did not happen.
        """
        try:
            await self.start()
            await self.change("add ugly duckling")
            await self.kill("carol")
            await self.change("remove one duck")
            await self.change("add swan")
            self._say("Each client had what the publisher had, after each change.")
        finally:
            await self.close()

    async def start(self) -> None:
        """
        Start the publisher and the clients, and compare.
        """
        port = await self._spawn("publisher", "publisher").line()
        for name in CLIENTS:
            self._spawn(name, "client", str(port))
        await self.compare()

    async def change(self, change: str) -> None:
        """
        Have the publisher change the pond, and compare.
        """
        self._say(f"The publisher is told: {change}")
        self.children["publisher"].say(change)
        await self.compare()

    async def compare(self) -> None:
        """
        Take one line of each child, and see that each client has what the
        publisher has.

        @raise ShowError: if a client has anything else.
        """
        had = {name: await self._printed(name) for name in self.children}
        different = differences(had.pop("publisher"), had)
        if different:
            raise ShowError("; ".join(different))

    async def kill(self, name: str) -> None:
        """
        Kill a child, and go on without it.
        """
        child = self.children.pop(name)
        child.kill()
        await child.ended
        self._say(f"{name} is killed (SIGKILL)")

    async def close(self) -> None:
        """
        Kill all children that are left.
        """
        for child in self.children.values():
            child.kill()
        for child in self.children.values():
            await child.ended

    def _spawn(self, name: str, program: str, *arguments: str) -> Child:
        child = self.children[name] = Child(name, self._reactor)
        command = [sys.executable, "-m", f"pbcopy.demo.{program}", *arguments]
        # Wherever this process has its modules from, the child has them too.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        process = self._reactor.spawnProcess(
            child, command[0], command, environment, childFDs={0: "w", 1: "r", 2: 2}
        )
        self._say(f"{name} is started, process {process.pid}")
        return child

    async def _printed(self, name: str) -> list[str]:
        ducks: list[str] = await self.children[name].line()
        self._say(f"    {name + ' has':13} {ducks}")
        return ducks


def differences(master: list[str], views: dict[str, list[str]]) -> list[str]:
    """
    Compare what the clients have with what the publisher has.

    @return: a text for each client that has something else.
    """
    return [
        f"{name} has {view}, and the publisher has {master}"
        for name, view in views.items()
        if view != master
    ]


def main(reactor: Any) -> Deferred[None]:
    """
    Perform, and print what happens.

    @return: a Deferred that fails with C{SystemExit} if anything differs, or
        does not happen.
    """
    performance: Deferred[None] = ensureDeferred(perform(reactor))

    def interrupted() -> Deferred[None]:
        performance.cancel()
        return performance

    reactor.addSystemEventTrigger("before", "shutdown", interrupted)
    return performance


async def perform(reactor: Any) -> None:
    """
    Perform, and print what happens.

    @raise SystemExit: if anything differs, or does not happen.
    """
    try:
        await Show(reactor, partial(print, flush=True)).run()
    except CancelledError:
        print("FAILED: interrupted")
        raise SystemExit(1) from None
    except ShowError as error:
        print(f"FAILED: {error}")
        raise SystemExit(1) from None
