# -*- test-case-name: pbcopy.test.test_tables -*-
"""
The Broker's tables of caches.

In the table of remote caches, a L{publication
<pbcopy._publication.Publication>} stands for a cacheable; in that of local
caches, a L{slot<pbcopy._slot.Slot>} stands for a replica.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from twisted.python.failure import Failure
from twisted.spread import pb

from pbcopy._broker import isConnected
from pbcopy._kinds import shortly
from pbcopy._limited import checkLimit, limitOf
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
    def updateFailed(self, message: str, args: Any, failure: Failure) -> None:
        """Hear that an update cannot be taken; C{args} are as they came."""

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
    most = limitOf("MAX_CACHES", broker)
    if count >= most:
        raise Unsendable(
            "this connection has too many caches for one more",
            where=name,
            got=f"{count} that the peer has not given back",
            expected=f"at most {most}",
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


def isReceived(broker: pb.Broker, luid: Any) -> bool:
    """
    Tell whether something stands for an id of the peer's.
    """
    return type(luid) is int and luid in broker.locallyCachedObjects


def isPublished(broker: pb.Broker, luid: Any) -> bool:
    """
    Tell whether something was sent to the peer under an id.
    """
    table = broker.remotelyCachedObjects
    return table is not None and type(luid) is int and luid in table


def receive(broker: pb.Broker, replica: Replica) -> None:
    """
    Put what stands for a replica into the Broker's tables.

    @raise Violation: if the peer uses the id for another one, or has sent too many.
    """
    if not isinstance(replica.luid, int) or replica.luid in broker.locallyCachedObjects:
        raise Violation(
            "an id that is in use, or is none, was given to a cache",
            where="luid",
            got=shortly(replica.luid),
            expected="an int that the connection does not use yet",
        )
    count = len(broker.locallyCachedObjects) + 1
    checkLimit("MAX_CACHES", broker, count, "caches of one connection", "luid")
    broker.cacheLocally(replica.luid, replica)


def isAt(broker: pb.Broker, replica: Replica) -> bool:
    """
    Tell whether the peer may still mention a replica's id.
    """
    table = broker.locallyCachedObjects
    return table is not None and table.get(replica.luid) is replica
