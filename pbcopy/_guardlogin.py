# -*- test-case-name: pbcopy.test.test_guardlogin -*-
"""
What a peer may do that has yet to log in, and for how long: L{LoginBroker}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.python import log
from twisted.python.failure import Failure
from twisted.python.runtime import seconds

from pbcopy._broker import peerOf
from pbcopy._guardrate import Rate
from pbcopy._guardsending import SendingBroker
from pbcopy._limited import checkLimit, limitOf
from pbcopy._policy import isStranger
from pbcopy._status import inOneLine
from pbcopy.errors import Violation


class LoginBroker(SendingBroker):
    """
    A Broker that has no patience with strangers.

    @cvar clock: what tells the time, as a reactor does; C{None} for that of the
        transport.
    """

    clock: IReactorTime | None = None
    _wait: Any = None

    def __init__(self, *args: Any, **kw: Any) -> None:
        """
        @param args: what a factory gives to its protocol.
        """
        stock: Any = super()
        stock.__init__(*args, **kw)
        self._rate = Rate(seconds if self.clock is None else self.clock.seconds)
        self._isClosed = False

    def connectionMade(self) -> None:
        """
        Begin to wait for a login.
        """
        stock: Any = super()
        stock.connectionMade()
        most, clock = limitOf("MAX_SECONDS_BEFORE_LOGIN", self), self._timer()
        if most and clock is not None and isStranger(self):
            self._wait = clock.callLater(most, self._tooLate, most)

    def _timer(self) -> Any:
        if self.clock is not None:
            return self.clock
        transport: Any = self.transport
        try:
            return transport.reactor
        except AttributeError:
            from twisted.internet import reactor

            return reactor

    def _tooLate(self, seconds: int) -> None:
        self._wait = None
        if isStranger(self):
            self._close(
                Violation(
                    "this took too long",
                    where="before login",
                    expected="a login within pbcopy.limits.MAX_SECONDS_BEFORE_LOGIN, "
                    f"{seconds} here",
                )
            )

    def _endWait(self) -> None:
        wait, self._wait = self._wait, None
        if wait is not None:
            wait.cancel()

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """
        Wait no more.
        """
        self._endWait()
        stock: Any = super()
        stock.connectionLost(reason)

    def _mayCall(self) -> bool:
        """
        Tell whether one more message may be taken; if not, the connection is closed.
        """
        if not isStranger(self):
            self._endWait()
            return True
        name, count = "MAX_CALLS_BEFORE_LOGIN", self._rate.another()
        try:
            checkLimit(name, self, count, "messages in a second", "before login")
        except Violation as violation:
            self._close(violation)
            return False
        return True

    def _close(self, why: object) -> None:
        # Now: a peer that does not read would keep it open.
        self._isClosed = True
        log.msg(f"{peerOf(self)} has lost its connection: {inOneLine(why)}")
        transport: Any = self.transport
        getattr(transport, "abortConnection", transport.loseConnection)()
