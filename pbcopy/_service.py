# -*- test-case-name: pbcopy.test.test_service -*-
"""
C{twistd pbcopy}: publish an object without writing a C{.tac} file.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from twisted.application.internet import StreamServerEndpointService
from twisted.application.service import IService, Service
from twisted.cred.checkers import FilePasswordDB
from twisted.internet.defer import CancelledError
from twisted.internet.endpoints import serverFromString
from twisted.logger import Logger
from twisted.python import usage
from twisted.python.failure import Failure

from pbcopy import pb
from pbcopy._root import inOneLine, rootNamed

DEFAULT_LISTEN = f"tcp:{pb.portno}:interface=127.0.0.1"
"""PB's own port, for the programs of this machine."""


class Options(usage.Options):
    """
    What C{twistd pbcopy} takes.

    After parsing, C{options["endpoint"]} is where to listen, and
    C{options["root"]} the C{IPBRoot} to publish there.
    """

    longdesc = (
        "Publishes an object over Perspective Broker.  Try: "
        "twistd -n pbcopy --root pbcopy.demo.publisher.Publisher"
    )

    optParameters = [  # noqa: RUF012
        ["listen", "l", DEFAULT_LISTEN, "Where to listen: any endpoint string."],
        [
            "root",
            "r",
            None,
            "What to publish: package.module.attribute of an IPBRoot (such as a "
            "pb.Root) or of a callable that gives one.  With --passwd it may be an "
            "IRealm.  This is required.",
        ],
        [
            "passwd",
            "p",
            None,
            "A file of name:password lines.  Who logs in with one of them gets the "
            "root.  Without a file, everybody who connects gets it.",
        ],
    ]

    compData = usage.Completions(optActions={"passwd": usage.CompleteFiles()})

    def postOptions(self) -> None:
        """
        Find what the options name.

        @raise usage.UsageError: if one of them names nothing usable.
        """
        if self["root"] is None:
            raise usage.UsageError(
                "--root is missing; expected package.module.attribute of an IPBRoot"
            )
        checker = None if self["passwd"] is None else passwordsIn(self["passwd"])
        self["endpoint"] = endpointFor(self["listen"])
        self["root"] = rootNamed(self["root"], checker)


def passwordsIn(path: str) -> FilePasswordDB:
    """
    Give the checker for a file of C{name:password} lines.

    @raise usage.UsageError: if the file cannot be read, or has other lines.
    """
    expected = "expected a file of name:password lines that this user can read"
    try:
        with open(path, "rb") as file:
            lines = file.read().splitlines()
    except OSError as error:
        raise usage.UsageError(
            f"--passwd {path}: {error.strerror}; {expected}"
        ) from None
    # FilePasswordDB passes over other lines without a word.
    for number, line in enumerate(lines, 1):
        if line.strip() and b":" not in line:
            raise usage.UsageError(
                f"--passwd {path}: there is no colon in line {number}; {expected}"
            )
    # twistd may change the folder, and the file is read at each login.
    return FilePasswordDB(os.path.abspath(path))


def endpointFor(description: str) -> Any:
    """
    Give the C{IStreamServerEndpoint} that a string describes.

    @raise usage.UsageError: if it describes none.
    """
    from twisted.internet import reactor

    try:
        return serverFromString(reactor, description)
    except Exception as error:
        raise usage.UsageError(
            f"--listen {description}: {inOneLine(error)}; "
            f"expected an endpoint string such as {DEFAULT_LISTEN}"
        ) from None


class CannotListen(SystemExit, Exception):
    """
    The process is to end with one line that says why, and with status 1.

    As a C{SystemExit} it has no traceback.  As an C{Exception} it is what
    C{twistd} cleans up for, and what it tells whoever started a daemon.
    """


class PublisherService(StreamServerEndpointService):
    """
    A service that does not go on when it cannot listen.
    """

    _log = Logger()

    def __init__(self, endpoint: Any, factory: Any, description: str) -> None:
        """
        @param description: the endpoint string, for errors.
        """
        super().__init__(endpoint, factory)  # type: ignore[no-untyped-call]
        self._description = description

    def privilegedStartService(self) -> None:
        """
        Start listening.

        @raise CannotListen: if that fails at once, as it does where a port is
            in use.
        """
        Service.privilegedStartService(self)
        failures: list[Failure] = []
        take = failures.append
        self._waitingForPort = self.endpoint.listen(self.factory)
        self._waitingForPort.addErrback(lambda failure: take(failure))
        if failures:
            raise CannotListen(self._complaint(failures[0]))
        # From now on nobody is there to catch it.
        take = self._failedLater

    def _failedLater(self, failure: Failure) -> None:
        # stopService cancels.
        if not failure.check(CancelledError):
            self._log.critical("{complaint}", complaint=self._complaint(failure))
            # A signal is what makes a running twistd end with another status
            # than 0.
            signal.raise_signal(signal.SIGTERM)

    def _complaint(self, failure: Failure) -> str:
        return f"--listen {self._description}: {inOneLine(failure.value)}"


def makeService(options: Options) -> IService:
    """
    Make the service that publishes the root.
    """
    factory = pb.PBServerFactory(options["root"])
    return PublisherService(options["endpoint"], factory, options["listen"])
