# -*- test-case-name: pbcopy.test.test_flow -*-
"""
Whether the peer takes what it is sent: the L{Flow} of a connection.

A transport pauses its producer while it has more to write than it wants to keep.
A connection has room for one producer, which may be the application's, and a
transport with one is not closed before that says so.  So there is one here only
while an update is written, and while the transport is full.

That of TLS gathers what is written, and writes it in the reactor's next turn.  There
the producer stays for that turn, or until the application has one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from twisted.internet.interfaces import IPushProducer, ISSLTransport
from twisted.python import log
from twisted.spread import pb
from zope.interface import implementer

from pbcopy._prompt import Prompt, hasten
from pbcopy._turn import installed
from pbcopy._window import Window


def _nothing() -> None:
    pass


class Sender(Protocol):
    """
    Who sends to a peer.
    """

    def paused(self, who: Any) -> None:
        """Hear that the peer of an observer takes no more for now."""

    def resumed(self, who: Any) -> list[Any]:
        """Hear that it takes more again, and give what is sent to it now."""

    def due(self, who: Any) -> list[Any]:
        """Give what is sent to it before anything else."""

    def deliver(self, messages: list[Any]) -> None:
        """Send what these gave."""


@implementer(IPushProducer)
class Flow:
    """
    Whether the peer of one connection takes what it is sent.

    @ivar isFull: whether the transport has more to write than it wants to keep, or the
        peer has yet to take as many updates as it may.
    @ivar pending: how many bytes were written while it was.
    """

    def __init__(
        self, broker: pb.Broker, ask: Callable[[], bool] = lambda: False
    ) -> None:
        """
        @param ask: asks the peer to say when it has come so far (L{reached}), and
            tells whether it will.
        """
        self.isFull = False
        self.pending = 0
        self._broker = broker
        self._window = Window(broker, ask)
        self._isHeld = self._isAhead = False
        self._prompt = Prompt(broker)
        self._isProducer = False
        self._uncount: Callable[[], object] = _nothing
        self._leave: Callable[[], object] = _nothing
        # A dict keeps its order.
        self._senders: dict[Any, Sender] = {}

    def add(self, who: Any, sender: Sender) -> None:
        """
        Have C{sender} told of an observer when this changes.
        """
        self._senders[who] = sender

    def remove(self, who: Any) -> None:
        """
        Have nothing told of an observer any more.
        """
        self._senders.pop(who, None)

    def write(self, data: bytes) -> None:
        """
        Write an update.
        """
        left = data if self.isFull else self._prompt.write(data)
        if left:
            with self:
                transport: Any = self._broker.transport
                transport.write(left)
        else:
            self._sent()

    def _sent(self) -> None:
        self._window.sent()
        if self._window.isFull and not self._isAhead:
            self._isAhead = True
            self._filled()

    def reached(self) -> None:
        """
        Hear from the peer that it has come to where it was asked.
        """
        self._window.reached()
        if self._isAhead and not self._window.isFull:
            self._isAhead = False
            self._emptied()

    def __enter__(self) -> None:
        """
        Look, for as long as this lasts, whether what is written fills the
        transport.
        """
        self._register()

    def __exit__(self, *error: object) -> None:
        """
        Look no more, unless it is full, or has yet to write this.
        """
        if self._isProducer and not self._isHeld:
            transport: Any = self._broker.transport
            reactor = self._gathering(transport)
            if reactor is None:
                self._unregister()
            elif self._leave is _nothing:
                self._stay(transport, reactor)
        # That is not done while there is a producer.
        hasten(self._broker)
        self._sent()

    def _register(self) -> None:
        transport: Any = self._broker.transport
        if self._isProducer or not hasattr(transport, "registerProducer"):
            return
        try:
            transport.registerProducer(self, True)
        except RuntimeError:
            # The application has one of its own there.
            return
        self._isProducer = True

    def _gathering(self, transport: Any) -> Any:
        """
        Give the reactor of a transport that writes in its next turn; else C{None}.
        """
        if not ISSLTransport.providedBy(transport):
            return None
        return getattr(transport, "reactor", None) or installed()

    def _stay(self, transport: Any, reactor: Any) -> None:
        """
        Stay registered until the transport has written what it has gathered.
        """
        # What is to be written comes before this.  A later update does not put it
        # off, or a connection with many could not be closed.
        soon = reactor.callLater(0, self._unregister)
        register, own = transport.registerProducer, vars(transport)

        def giveWay(producer: Any, streaming: bool) -> None:
            self._unregister()
            register(producer, streaming)

        def leave() -> None:
            self._leave = _nothing
            own.pop("registerProducer", None)
            if soon.active():
                soon.cancel()

        own["registerProducer"], self._leave = giveWay, leave

    def _unregister(self) -> None:
        self._leave()
        if self._isProducer:
            self._isProducer = False
            transport: Any = self._broker.transport
            transport.unregisterProducer()

    def pauseProducing(self) -> None:
        """
        Hear from the transport that it is full.  Twisted's say so with each write.
        """
        if not self._isHeld:
            self._isHeld = True
            self._leave()
            self._filled()

    def _filled(self) -> None:
        if self.isFull:
            return
        self.isFull = True
        self._count()
        for who, sender in list(self._senders.items()):
            try:
                sender.paused(who)
            except Exception:
                # It comes from the transport, which would lose the connection.
                log.err(None, "Somebody could not be told that a peer is slow")

    def resumeProducing(self) -> None:
        """
        Hear from the transport that it has written all.
        """
        self._isHeld = False
        # What is told may fill it again.
        self._unregister()
        self._emptied()

    def _emptied(self) -> None:
        if not self._isHeld and not self._isAhead:
            self._countNoMore()
            gather(self._senders, lambda who, sender: sender.resumed(who))

    def stopProducing(self) -> None:
        """
        Hear from the transport that the connection is gone.
        """
        self._countNoMore()
        self._leave()
        self._isProducer = self._isHeld = self._isAhead = False

    def _count(self) -> None:
        """
        Count what is written.  A transport does not say how much it keeps.
        """
        transport: Any = self._broker.transport
        write, own = transport.write, vars(transport)
        # That of TLS has such an attribute already.
        isOwn = "write" in own

        def counted(data: bytes) -> None:
            self.pending += len(data)
            write(data)

        def uncount() -> None:
            if isOwn:
                own["write"] = write
            else:
                own.pop("write", None)

        own["write"], self._uncount = counted, uncount

    def _countNoMore(self) -> None:
        uncount, self._uncount = self._uncount, _nothing
        uncount()
        self.isFull, self.pending = False, 0


def gather(senders: dict[Any, Sender], ask: Callable[[Any, Sender], list[Any]]) -> None:
    """
    Ask all senders for what they have to send, and have it sent together.
    """
    messages: list[Any] = []
    deliver: Callable[[list[Any]], None] | None = None
    for who, sender in list(senders.items()):
        try:
            found = ask(who, sender)
            if found:
                messages += found
                deliver = sender.deliver
        except Exception:
            log.err(None, "What waited to be sent could not be made")
    if deliver is not None:
        deliver(messages)
