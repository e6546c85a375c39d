# -*- test-case-name: pbcopy.test.test_tables -*-
"""
The Broker's tables of caches, and what else pbcopy knows of a Broker.

In the table of remote caches, a L{publication
<pbcopy._publication.Publication>} stands for a cacheable; in that of local
caches, a L{slot<pbcopy._slot.Slot>} stands for a replica.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.spread import jelly, pb

from pbcopy import limits
from pbcopy.errors import Unsendable, Violation


class Observation(ABC):
    """
    What stands for a cacheable in the Broker's table of remote caches, as a
    C{pb.Local} does for a stock one.
    """

    luid: int
    refcount: int

    @abstractmethod
    def isWaiting(self) -> bool:
        """Tell whether the message with its state waits to be sent."""

    @abstractmethod
    def processUniqueID(self) -> Any:
        """Give the key that C{publicationFor} finds this by."""

    @abstractmethod
    def end(self) -> None:
        """Tell the cacheable that nobody observes it here."""

    @abstractmethod
    def refresh(self, why: str) -> None:
        """Send the peer a fresh state."""

    @abstractmethod
    def catchUp(self) -> None:
        """Send a fresh state, if the peer has missed an update."""


class Replica(ABC):
    """
    What stands for a replica in the Broker's table of local caches.
    """

    luid: int
    mentions: int

    @abstractmethod
    def isHeld(self) -> bool:
        """Tell whether the application still holds the replica."""

    @abstractmethod
    def replica(self) -> Any:
        """Give the replica."""

    @abstractmethod
    def catchUp(self) -> None:
        """Ask for a fresh state, if one is wanted."""

    @abstractmethod
    def missed(self, text: str, isComing: bool) -> None:
        """Hear from the sender that the replica misses something."""

    @abstractmethod
    def refused(self, failure: Failure) -> None:
        """Hear that a fresh state cannot be taken."""

    @abstractmethod
    def close(self, reason: BaseException) -> None:
        """Hear that the connection is gone."""


def publicationFor(broker: pb.Broker, key: object) -> tuple[int, Any] | None:
    """
    Find what stands for a cacheable that the peer was sent.

    @return: its id and itself, or C{None} if the peer does not have it.
    @raise pb.DeadReferenceError: if the connection is gone.
    """
    if broker.disconnected:
        raise pb.DeadReferenceError("Calling Stale Broker")
    luid = broker.remotelyCachedLUIDs.get(key)
    return None if luid is None else (luid, broker.remotelyCachedObjects[luid])


def publish(broker: pb.Broker, publication: Observation, name: str) -> int:
    """
    Put what stands for a cacheable into the Broker's tables.

    C{Broker.cacheRemotely} would do so too.  It takes no more caches than
    references, and closes the connection when it is asked for some more.

    @param name: what it stands for, for the error.
    @return: its id.
    @raise Unsendable: if the connection has as many as it may
        (L{limits.MAX_CACHES<pbcopy.limits.MAX_CACHES>}).
    """
    count = len(broker.remotelyCachedObjects)
    if count >= limits.MAX_CACHES:
        raise Unsendable(
            "this connection has too many caches for one more",
            where=name,
            got=f"{count} that the peer has not given back",
            expected=f"at most {limits.MAX_CACHES}",
            advice="have the peer drop some, or raise pbcopy.limits.MAX_CACHES",
        )
    luid: int = broker.newLocalID()
    broker.remotelyCachedLUIDs[publication.processUniqueID()] = luid
    broker.remotelyCachedObjects[luid] = publication
    return luid


def withdraw(broker: pb.Broker, luid: int, publication: Observation) -> None:
    """
    Take back L{publish}: the peer never came to know the id.
    """
    # A connection that was lost meanwhile has told all that stood there.
    if isConnected(broker):
        del broker.remotelyCachedObjects[luid]
        del broker.remotelyCachedLUIDs[publication.processUniqueID()]


def retire(broker: pb.Broker, key: object) -> object:
    """
    Free the key of what is no longer observed: it may be sent again before the
    Broker has taken the old entry out.

    @return: the key under which the Broker finds the old entry now.
    """
    luids, retired = broker.remotelyCachedLUIDs, object()
    if key in luids:
        luids[retired] = luids.pop(key)
    return retired


def published(broker: pb.Broker) -> list[tuple[int, Any, Any]]:
    """
    Give what the peer of a live connection was sent, in the order in which it
    was: the id of each, the cacheable, and the perspective that sees it.  There
    may be stock flavors among them.
    """
    table = sorted(broker.remotelyCachedObjects.items())
    return [(luid, local.object, local.perspective) for luid, local in table]


def masterAt(broker: pb.Broker | None, luid: Any) -> Any:
    """
    Give the cacheable that the peer was sent under an id.

    @param broker: C{None}, if there is no connection.
    @return: the cacheable; C{None} if there is none.
    """
    local = broker and broker.remotelyCachedObjects.get(luid)
    return local and local.object


def replicaAt(broker: pb.Broker, luid: int) -> Any:
    """
    Give the replica that a peer sent under an id; it may be of a stock flavor.

    @return: the replica; C{None} if it was dropped, or never came.
    """
    found = broker.locallyCachedObjects.get(luid)
    if isinstance(found, Replica):
        return found.replica() if found.isHeld() else None
    return found


def replicaOf(broker: pb.Broker, luid: Any) -> Replica | None:
    """
    Give what stands for a replica of pbcopy's under an id; C{None} if nothing
    does.
    """
    found = broker.locallyCachedObjects.get(luid) if type(luid) is int else None
    return found if isinstance(found, Replica) else None


def isConnected(broker: pb.Broker) -> bool:
    """
    Tell whether the connection is there.
    """
    return not broker.disconnected


def whenLost(broker: pb.Broker, lost: Callable[[BaseException], object]) -> None:
    """
    Have C{lost(reason)} called when the connection is lost.

    C{Broker.connectionLost} does not tell the reason to whom it notifies.  It is
    in the frame of that method.
    """

    def notify() -> None:
        frame = sys._getframe(1)
        isKnown = frame.f_code is pb.Broker.connectionLost.__code__
        reason = frame.f_locals["reason"] if isKnown else None
        value = reason.value if isinstance(reason, Failure) else None
        lost(value or pb.PBConnectionLost())

    broker.notifyOnDisconnect(notify)


def receivedBy(broker: pb.Broker) -> list[Replica]:
    """
    Give what stands for each replica that came over a connection.
    """
    table = broker.locallyCachedObjects or {}
    return [each for each in table.values() if isinstance(each, Replica)]


def publishedBy(broker: pb.Broker) -> list[Observation]:
    """
    Give what stands for each cacheable that went over a connection.
    """
    table = broker.remotelyCachedObjects or {}
    return [each for each in table.values() if isinstance(each, Observation)]


def peerOf(broker: pb.Broker) -> str:
    """
    Name the peer of a connection, for a log.
    """
    transport: Any = broker.transport
    return str(transport.getPeer())


def isLive(invoker: Any) -> bool:
    """
    Tell whether Jelly's invoker is a Broker whose connection is there, and not
    what stands for one in somebody's test.
    """
    return isinstance(invoker, pb.Broker) and isConnected(invoker)


@contextmanager
def undisturbed(broker: Any) -> Iterator[Any]:
    """
    Do what may serialize something else in the middle of a serialization.

    C{Broker.serialize} forgets at its end for whom and for what it was, and a
    C{callRemote} in an application's hook serializes too.  What comes after
    that would be computed for nobody.

    @return: a context manager that gives the perspective, and keeps it.
    """
    names = "serializingPerspective", "jellyMethod", "jellyArgs", "jellyKw"
    before = {name: getattr(broker, name, None) for name in names}
    try:
        yield broker.serializingPerspective
    finally:
        for name, value in before.items():
            setattr(broker, name, value)


@contextmanager
def aside(broker: Any) -> Iterator[None]:
    """
    Send messages that ask for no answer in the middle of another message.  They
    do not use up the id that it is about to get.
    """
    before = broker.currentRequestID
    with undisturbed(broker):
        yield
    broker.currentRequestID = before


def isAnswering(broker: pb.Broker) -> bool:
    """
    Tell whether what is being jellied is for an answer.  What is for a call has
    a name: C{Broker._sendMessage} gives it as bytes.
    """
    return not isinstance(broker.jellyMethod, bytes)


def isWholeMessage() -> bool:
    """
    Tell whether the object that is being jellied is by itself what a Broker
    serializes.  If not, what is around it may refer to what is in it.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not _JELLY_OBJECT:
        frame = frame.f_back
    callers = frame and frame.f_back, frame and frame.f_back and frame.f_back.f_back
    return [each and each.f_code for each in callers] == _WHOLE


_JELLY_OBJECT = jelly._Jellier.jelly.__code__
_WHOLE = [jelly.jelly.__code__, pb.Broker.serialize.__code__]


def underWay(broker: pb.Broker, alive: Callable[[], Any]) -> Callable[[], bool]:
    """
    Give a function that tells whether a message that is being computed is not
    sent yet.

    @param alive: gives who computes it, while that is there.  Jelly keeps it
        for as long as it takes.  C{Broker._sendMessage} has one for the
        arguments and then one for the keywords, and takes an id when both are
        done; an answer has one.
    """
    before, isCall = broker.currentRequestID, isinstance(broker.jellyMethod, bytes)
    return lambda: alive() is not None or (isCall and broker.currentRequestID == before)


def sendUpdate(
    broker: pb.Broker,
    perspective: Any,
    luid: int,
    name: str,
    args: tuple[Any, ...],
    kw: dict[str, Any],
) -> Deferred[Any] | None:
    """
    Send the message C{name} to the replica that the peer has under an id.

    @raise pb.DeadReferenceError: if the connection is gone.
    @raise twisted.spread.banana.BananaError: if the message cannot be encoded.
    @raise Exception: if an argument cannot be jellied.
    """
    before = broker.currentRequestID
    try:
        sent: Deferred[Any] | None = broker._sendMessage(
            b"cache", perspective, luid, name.encode("utf-8"), args, kw
        )
    except BaseException:
        # A message that got an id, and could then not be encoded, has no answer
        # to wait for.
        waiting: dict[int, Any] = broker.waitingForAnswers or {}
        if broker.currentRequestID != before:
            waiting.pop(broker.currentRequestID, None)
        raise
    raiseAtOnce(sent)
    return sent


def raiseAtOnce(sent: Deferred[Any] | None) -> None:
    """
    Raise what a message has failed with, if it was not sent.  The Broker has
    that in a Deferred that has failed already; an answer comes later.
    """
    failures: list[Failure] = []
    if sent is not None and sent.called:
        sent.addErrback(failures.append)
    for failure in failures:
        failure.raiseException()


def isReceived(broker: pb.Broker, luid: Any) -> bool:
    """
    Tell whether something stands for an id of the peer's.
    """
    return luid in broker.locallyCachedObjects


def isPublished(broker: pb.Broker, luid: Any) -> bool:
    """
    Tell whether something was sent to the peer under an id.
    """
    table = broker.remotelyCachedObjects
    return table is not None and luid in table


def receive(broker: pb.Broker, replica: Replica) -> None:
    """
    Put what stands for a replica into the Broker's tables.

    @raise Violation: if the peer uses the id for another one.
    """
    if not isinstance(replica.luid, int) or replica.luid in broker.locallyCachedObjects:
        raise Violation(
            "an id that is in use, or is none, was given to a cache",
            where="luid",
            got=repr(replica.luid),
            expected="an int that the connection does not use yet",
        )
    broker.cacheLocally(replica.luid, replica)


def isAt(broker: pb.Broker, replica: Replica) -> bool:
    """
    Tell whether the peer may still mention a replica's id.
    """
    table = broker.locallyCachedObjects
    return table is not None and table.get(replica.luid) is replica
