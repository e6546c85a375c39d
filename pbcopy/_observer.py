# -*- test-case-name: pbcopy.test.test_observer -*-
"""
The sender's hold of one replica: L{RemoteCacheObserver}.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Protocol

import attr
from twisted.internet import defer
from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import flavors, pb
from zope.interface import implementer

from pbcopy import _broker
from pbcopy._arguments import areSentThemselves, areSettled, asArguments, settled
from pbcopy._backlog import Backlog
from pbcopy._channel import wordFor
from pbcopy._hub import Hub, hubOf
from pbcopy._sentupdate import sendUpdate
from pbcopy._text import asText
from pbcopy._turn import afterTurn
from pbcopy.interfaces import IObserver


def _unordered(self: object, other: object) -> Any:
    return NotImplemented


def _nothing() -> Any:
    return None


def _never() -> bool:
    return False


class Watcher(Protocol):
    """
    Who is told of what an observer sends.
    """

    @abstractmethod
    def updates(self) -> None:
        """Hear that the application sends an update."""

    @abstractmethod
    def missed(self, reason: BaseException) -> None:
        """Hear that an update could not be sent."""

    @abstractmethod
    def behind(self, reason: BaseException) -> None:
        """Hear that one is not sent for now."""


@implementer(IObserver)
class RemoteCacheObserver(flavors.RemoteCacheObserver):
    """
    The sender's hold of one replica.

    A Cacheable is given one by C{getStateToCacheAndObserveFor}, and the same
    one by C{stoppedObserving}.  After that it is inert.

    @ivar broker: the connection that the replica is reached by.
    @ivar cached: the L{Cacheable} that is observed.
    @ivar perspective: who observes, or C{None}.
    """

    _luid: int | None = None
    _watcher: Watcher | None = None
    _hub: Hub | None = None
    _word: str = ""
    _backlog: Backlog | None = None
    _underWay: Callable[[], bool] = staticmethod(_never)
    _origin: Callable[[], Any] = staticmethod(_nothing)

    def __init__(self, broker: Any, cached: Any, perspective: Any) -> None:
        """
        A Broker may make one, as it makes a stock one.  It is inert.
        """
        self.broker = broker
        self.cached = cached
        self.perspective = perspective
        self._queued: list[tuple[defer.Deferred[Any], str | bytes, Any, Any]] = []

    def start(self, luid: int, jellier: Any, watcher: Watcher, tag: bytes) -> None:
        """
        Begin to observe what the peer is about to get under an id.

        @param tag: the name that the peer knows its class by.
        @param jellier: who is computing the message with the state.
        """
        self._luid = luid
        self._watcher = watcher
        self._hub = hubOf(self.broker)
        self._word = wordFor(tag)
        self._underWay = _broker.underWay(self.broker, jellier.origin)
        self._origin = jellier.origin
        jellier.whenSent.append(self._sendQueued)

    @property
    def luid(self) -> int | None:
        """
        The id of the replica on the connection; C{None} once this has stopped.
        """
        return self._luid

    def isReady(self) -> bool:
        """
        Tell whether an update would leave at once.
        """
        isSent = not self._underWay() and not self.isWaiting()
        return self._luid is not None and isSent

    def isWaiting(self) -> bool:
        """
        Tell whether the message with the state waits for its pieces.
        """
        return getattr(self._origin(), "isWaiting", False)

    def isBeingMadeWithout(self, jellier: Any) -> bool:
        """
        Tell whether the message with the state is being made, and is not the one
        of a jellier.
        """
        mine = self._origin()
        if mine is None or self.isWaiting():
            return False
        origin = vars(jellier).get("origin", _nothing)
        return origin() is not mine

    def sendWaiting(self) -> None:
        """
        Send the message with the state now, and the updates that wait for it.
        """
        if _broker.isConnected(self.broker):
            hubOf(self.broker).outgoing.finish()
        self._underWay, self._origin = _never, _nothing
        self._sendQueued()

    def stop(self) -> None:
        """
        Become inert.
        """
        if self._backlog is not None:
            self._backlog.end()
        self._backlog = None
        self._luid = None
        self._origin = _nothing
        self._watcher = None
        self._sendQueued()

    # Stock flavors compare the three attributes with "<", which a Broker does
    # not have, and their hashes collide.
    __eq__ = object.__eq__
    __ne__ = object.__ne__
    __lt__ = __le__ = __gt__ = __ge__ = _unordered
    __hash__ = object.__hash__

    def callRemote(
        self, _name: str | bytes, *args: Any, **kw: Any
    ) -> defer.Deferred[Any] | None:
        """
        Call C{observe_name} of the replica.  This never raises.

        @param kw: beside the method's own, C{pbanswer=False} asks for no answer.

        @return: a Deferred of what the method returned; C{None} if no answer
            was asked for, and then what goes wrong is logged.  It fails with
            C{pb.DeadReferenceError} if the observer has stopped or its
            connection is gone, with L{Unsendable} if an argument cannot be sent, or
            if the peer takes no more for now (L{limits.MAX_PENDING_BYTES}),
            and with whatever else keeps the message from being sent.
        """
        answered = kw.get("pbanswer", True)
        refusal = self._refusal()
        if refusal is not None:
            return defer.fail(refusal) if answered else None
        if self._watcher is not None:
            self._watcher.updates()
        if self.isWaiting() and not areSettled((*args, *kw.values())):
            # They may be others by the time that a kept update is sent.
            self.sendWaiting()
        if self._underWay():
            answer: defer.Deferred[Any] | None = self._queue(_name, args, kw)
        else:
            self._sendQueued()
            answer = self._send(_name, args, kw)
        if answered or answer is None:
            return answer
        answer.addErrback(self._unsent)
        return None

    def _refusal(self) -> BaseException | None:
        """
        Give why nothing is sent now, if nothing is.
        """
        if self._hub is None or not self._hub.flow.isFull:
            return None
        if self._backlog is None:
            self._backlog = Backlog(self, self._hub.flow)
        return self._backlog.refusal()

    def tell(self, name: str, *args: Any) -> BaseException | None:
        """
        Call C{observe_name} of the replica, and ask for no answer.

        @return: why it was not sent; C{None} if it was, or is to be.
        """
        reasons: list[BaseException] = []
        if self._watcher is not None:
            self._watcher.updates()
        if self._underWay():
            self._queue(name, args, {"pbanswer": False}).addErrback(self._unsent)
            return None
        self._sendQueued()
        failed = self._send(name, args, {"pbanswer": False})
        if failed is not None:
            failed.addErrback(self._unsent, reasons.append)
        return reasons[0] if reasons else None

    def missed(self, reason: BaseException) -> None:
        """
        Hear that something the replica should have got could not be sent.
        """
        if self._watcher is not None:
            self._watcher.missed(reason)

    def late(self, reason: BaseException) -> None:
        """
        Hear that the replica takes more again, and has missed too much.  That says
        nothing about the fresh states before.
        """
        if self._watcher is not None:
            self._watcher.updates()
        self.missed(reason)

    def behind(self, reason: BaseException) -> None:
        """
        Hear that something is to follow that the replica should have got by now.
        """
        if self._watcher is not None:
            self._watcher.behind(reason)

    def _unsent(
        self, failure: Failure, tell: Callable[[Any], object] = lambda reason: None
    ) -> None:
        tell(failure.value)
        # That the observer has stopped is no news to who asked for no answer.
        if not failure.check(pb.DeadReferenceError):
            log.err(
                failure, f"An update of {type(self.cached).__qualname__} was not sent"
            )

    def _send(
        self, name: str | bytes, args: Any, kw: Any
    ) -> defer.Deferred[Any] | None:
        try:
            if self._luid is None or self._hub is None:
                raise pb.DeadReferenceError(f"{self!r} has stopped observing")
            name = asText(name)
            if not areSentThemselves(args, kw):
                where = f"{type(self.cached).__qualname__}.{name}"
                args, kw = asArguments(where, args, kw)
            peer = self.broker, self._hub, self.perspective, self._luid
            return sendUpdate(*peer, name, args, kw, self._word)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # The peer is told in order: whatever it gets next comes after this.
            if self._watcher is not None and not isinstance(
                error, pb.DeadReferenceError
            ):
                self._watcher.missed(error)
            return defer.fail()

    def _queue(self, name: str | bytes, args: Any, kw: Any) -> defer.Deferred[Any]:
        """
        Keep an update that is made while the state is computed: the peer does
        not have what it updates yet.
        """
        if not self._queued:
            afterTurn(self._sendQueued)
        answer: defer.Deferred[Any] = defer.Deferred()
        # They may be others by the time that this is sent.
        self._queued.append((answer, name, *settled((args, kw))))
        return answer

    def _sendQueued(self) -> None:
        if not self._queued or self.isWaiting():
            return
        queued, self._queued = self._queued, []
        for answer, name, args, kw in queued:
            sent = self._send(name, args, kw)
            if sent is not None:
                sent.chainDeferred(answer)

    def remoteMethod(self, key: str | bytes) -> RemoteCacheMethod:
        """
        Give a callable that is L{callRemote} for one name.
        """
        return RemoteCacheMethod(self, asText(key))

    def __reduce__(self) -> Any:
        """
        Pickle and deepcopy as an inert observer: a copy of a Cacheable is
        observed by nobody, and must not drag the connection along.
        """
        return RemoteCacheObserver, (None, None, None)


@attr.s(auto_attribs=True, frozen=True)
class RemoteCacheMethod:
    """
    One C{observe_} method of a replica, seen from the sender.
    """

    observer: RemoteCacheObserver
    name: str

    def __call__(self, *args: Any, **kw: Any) -> defer.Deferred[Any] | None:
        """
        Call it; see L{RemoteCacheObserver.callRemote}.
        """
        return self.observer.callRemote(self.name, *args, **kw)
