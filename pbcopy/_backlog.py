# -*- test-case-name: pbcopy.test.test_backlog -*-
"""
The updates that an application sends to a peer which takes no more for now.

What an application says by itself cannot be merged.  So it waits in the transport,
up to a limit (L{limits.MAX_PENDING_BYTES}), and is refused past that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.python import log

from pbcopy._broker import peerOf
from pbcopy._channel import FRESH
from pbcopy._flow import Flow
from pbcopy._hub import hubOf
from pbcopy._limited import limitOf
from pbcopy.errors import Unsendable

if TYPE_CHECKING:
    from pbcopy._observer import RemoteCacheObserver


class Backlog:
    """
    The updates that wait for the peer of one observer.
    """

    def __init__(self, observer: RemoteCacheObserver, flow: Flow) -> None:
        self._observer = observer
        self._flow = flow
        self._refusal: Unsendable | None = None

    def refusal(self) -> Unsendable | None:
        """
        Give why an update is not sent now, if it is not.
        """
        if not self._flow.isFull or self._refusal is not None:
            return self._refusal
        broker = self._observer.broker
        most = limitOf("MAX_PENDING_BYTES", broker)
        if self._flow.pending > most:
            self._refusal = _tooMuch(self._observer, self._flow.pending, most)
            log.msg(f"{peerOf(broker)} does not read: {self._refusal}")
            if hubOf(broker).understands(FRESH):
                self._observer.behind(self._refusal)
                self._flow.add(self, self)
            else:
                broker.transport.abortConnection()
        return self._refusal

    def end(self) -> None:
        """
        Hear no more of the peer.
        """
        self._flow.remove(self)

    def paused(self, who: Any) -> None:
        """
        Hear that the peer takes no more for now.
        """

    def due(self, who: Any) -> list[Any]:
        """
        Give nothing: what was refused is gone.
        """
        return []

    def resumed(self, who: Any) -> list[Any]:
        """
        Hear that it takes more again.
        """
        self.end()
        reason, self._refusal = self._refusal, None
        if reason is not None:
            self._observer.missed(reason)
        return []

    def deliver(self, messages: list[Any]) -> None:
        """
        Send nothing.
        """


def _tooMuch(observer: RemoteCacheObserver, pending: int, most: int) -> Unsendable:
    return Unsendable(
        "the peer takes no more updates for now",
        where=type(observer.cached).__qualname__,
        got=f"{pending} bytes that wait for it",
        expected=f"at most pbcopy.limits.MAX_PENDING_BYTES, {most} here",
        advice="send less, or declare the class with pbcopy.shared, which merges",
    )
