# -*- test-case-name: pbcopy.test.test_listings -*-
"""
Runs programs of one folder, all at the same time::

    python -m pbcopy.test.runscripts "one.py" "two.py 8787"

Each has a process of its own, that begins as a copy of this one.  So Twisted and
pbcopy are imported once, which takes longer than what the programs do.

It prints one line: the exit code, the output and the errors of each, as JSON.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
from tempfile import TemporaryFile
from typing import IO

import pbcopy  # noqa: F401


class Run:
    """
    One run of a program.
    """

    def __init__(self, command: str) -> None:
        self._command = command
        self._files: list[IO[str]] = [TemporaryFile("w+") for _ in range(2)]

    def start(self) -> bool:
        """
        Start it.

        @return: whether this is the process that is to be the program.
        """
        self._process = os.fork()
        if self._process == 0:
            for number, file in enumerate(self._files, 1):
                os.dup2(file.fileno(), number)
        return self._process == 0

    def be(self) -> None:
        """
        Be the program.
        """
        sys.argv = self._command.split()
        runpy.run_path(sys.argv[0], run_name="__main__")

    def end(self) -> list[object]:
        """
        Wait until it ends, and give its exit code and what it has written.
        """
        _, status = os.waitpid(self._process, 0)
        written = []
        for file in self._files:
            file.seek(0)
            written.append(file.read())
        return [os.waitstatus_to_exitcode(status), *written]


def main(commands: list[str]) -> None:
    """
    Run them all.
    """
    runs = {command: Run(command) for command in commands}
    for run in runs.values():
        if run.start():
            run.be()
            return
    print(json.dumps({command: run.end() for command, run in runs.items()}))


if __name__ == "__main__":
    main(sys.argv[1:])
