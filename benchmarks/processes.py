"""
The two processes of a peer: L{Pair}.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from typing import IO, Any

SIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "side.py")
STARTING = 30
"""How many seconds a process has to begin."""


class Failed(Exception):
    """
    A side could not do what it was asked.
    """


class _Process:
    def __init__(self, errors: IO[str], *args: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, SIDE, *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        self.address = self._reply(STARTING)

    def ask(self, seconds: float, name: str, *args: Any) -> Any:
        """
        Ask the process something.

        @param seconds: how long to wait for the answer.
        @raise Failed: if there is none.
        """
        if self._process.stdin is not None:
            self._process.stdin.write(f"{json.dumps([name, *args])}\n")
            self._process.stdin.flush()
        return self._reply(seconds)

    def _reply(self, seconds: float) -> Any:
        lines = self._process.stdout
        if lines is None or not select.select([lines], [], [], seconds)[0]:
            raise Failed(f"no answer in {seconds} seconds")
        line = lines.readline()
        reply = json.loads(line or '{"error": "the process has ended"}')
        if "error" in reply:
            raise Failed(reply["error"])
        return reply["answer"]

    def end(self) -> None:
        """
        End the process.
        """
        self._process.kill()
        self._process.communicate()


class Pair:
    """
    The server and the client of a peer, started when they are first needed.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._server: _Process | None = None
        self._client: _Process | None = None

    def _begin(self) -> None:
        if self._client is None:
            self.end()
            quiet = subprocess.DEVNULL
            errors: Any = None if os.environ.get("BENCHMARKS_ERRORS") else quiet
            self._server = _Process(errors, "server", self.name)
            address = json.dumps(self._server.address)
            self._client = _Process(errors, "client", self.name, address)

    def client(self, seconds: float, name: str, *args: Any) -> Any:
        """
        Ask the client something.

        @raise Failed: if there is no answer.  Both processes have ended then.
        """
        return self._ask("_client", seconds, name, *args)

    def server(self, name: str, *args: Any) -> Any:
        """
        Ask the server something.

        @raise Failed: if there is no answer.  Both processes have ended then.
        """
        return self._ask("_server", STARTING, name, *args)

    def _ask(self, which: str, seconds: float, name: str, *args: Any) -> Any:
        try:
            self._begin()
            return getattr(self, which).ask(seconds, name, *args)
        except (Failed, OSError) as error:
            self.end()
            raise Failed(str(error)) from None

    def end(self) -> None:
        """
        End both processes.
        """
        for process in (self._client, self._server):
            if process is not None:
                process.end()
        self._client = self._server = None
