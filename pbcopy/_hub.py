# -*- test-case-name: pbcopy.test.test_hub -*-
"""
The control channel of a connection: one object on each side.

The hub is a local object of the Broker under the name L{HUB}, made when the
first copy or cache meets the connection.  Two pbcopy peers talk to each other's hub:

 - C{hello}: one side says what it understands, and the hub of the other answers
   likewise.  It is the client where its factory is pbcopy's, the receiver of a
   first copy or cache, or the sender of what was C{Unsendable}.
 - C{release}: a receiver has no use any more for these ids, and has seen them
   mentioned so many times.
 - C{recount}: the sender has mentioned these ids so many times.  A connection
   delivers in order, so whoever reads this has seen, or lost, each mention, and
   its next C{release} counts them all.  This answers a C{release} that counts
   less, and it follows each message with a new state.
 - C{known}: the sender has mentioned these ids before it heard C{hello}.
 - C{piece}: the sender has cut a large state into pieces.  C{acknowledge}: the
   receiver has got one.  C{spent}: the message that mentions these has left, or
   has failed.
 - C{forget}: the receiver does not know these ids.  A message that failed took
   the state along.
 - C{refresh}: a replica of the receiver's may differ from its master.
 - C{fresh}: here is its state once more.
 - C{missed}: the sender could not send what the replica should have got.

None of these asks for an answer, and a Broker drops a message without one to a
name that it does not have, with no word in its log (C{Broker._recvMessage}).
So a stock peer does not notice a C{hello}, and it is sent nothing else.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any, cast

from twisted.python.failure import Failure
from twisted.spread import flavors, pb

from pbcopy._broker import aside, isConnected, peerOf, raiseAtOnce, whenLost
from pbcopy._kinds import TAG
from pbcopy._pieces import Incoming, Outgoing
from pbcopy._status import inOneLine
from pbcopy._tables import (
    Observation,
    Replica,
    isAt,
    publishedBy,
    receivedBy,
    replicaOf,
    withdraw,
)
from pbcopy._turn import afterTurn

HUB = b"pbcopy"
"""The name of each hub on its connection."""

HEARD = "heard"
"""The word for: I have heard your C{hello}."""

RELEASE = "release"
"""The word for: I take C{release}, C{recount} and C{forget}."""

ENVELOPE = "pbcopy.envelope"
"""The word for: I open envelopes (L{pbcopy._envelope}).  It is their tag, too."""

FRESH = "pbcopy.fresh"
"""The word for: I take C{refresh}, C{fresh} and C{missed}.  It is the tag of a fresh
state (L{pbcopy._fresh}), too."""


class Hub(flavors.Referenceable):
    """
    The control channel of one connection.
    """

    def __init__(self, broker: pb.Broker) -> None:
        self.broker = broker
        self._greeted: set[bytes] = set()
        self._peerUnderstands: frozenset[str] = frozenset()
        self._dropped: deque[Replica] = deque()
        self._published: list[int] = []
        self._waiting: list[int] = []
        self.outgoing = Outgoing(self._tellAside)
        self.incoming = Incoming()
        whenLost(broker, self._lost)

    def greet(self, tag: bytes = b"") -> None:
        """
        Tell the peer what this side understands.

        A peer has no hub before its first object of pbcopy's flavors, and drops
        what is said to it.  So, until it answers, it is told with the first
        object of each class.

        @param tag: the class of an object that has come.
        """
        if not self._peerUnderstands and tag not in self._greeted:
            self._greeted.add(tag)
            self._hello()

    def _hello(self, *words: str) -> None:
        # An application's own SecurityOptions may know better.
        allows = self.broker.security.isTypeAllowed
        told = [*words, RELEASE]
        if allows(ENVELOPE.encode("ascii")) and allows(TAG):
            told.append(ENVELOPE)
        if allows(FRESH.encode("ascii")):
            told.append(FRESH)
        self._tell("hello", *told)

    def remote_hello(self, *words: object) -> None:
        """
        The peer is a pbcopy too.

        @param words: what it understands.  Unknown ones are of a later pbcopy.
        """
        self._peerUnderstands |= {word for word in words if isinstance(word, str)}
        if HEARD not in words:
            self._hello(HEARD)
        # Something may have failed before the peer was known.
        for replica in receivedBy(self.broker):
            replica.catchUp()
        for publication in publishedBy(self.broker):
            publication.catchUp()
        luids = [publication.luid for publication in publishedBy(self.broker)]
        if luids:
            self._tell("known", *luids)

    def understands(self, word: str) -> bool:
        """
        Tell whether the peer has said a word.
        """
        return word in self._peerUnderstands

    def drop(self, replica: Replica) -> None:
        """
        Give an id back to the peer after this turn.  Any thread may call this.
        """
        self._dropped.append(replica)
        afterTurn(self._release)

    def _release(self) -> None:
        released: list[int] = []
        while self._dropped:
            replica = self._dropped.popleft()
            # It may be gone, or wanted again, since it was dropped.
            if isAt(self.broker, replica) and not replica.isHeld():
                if RELEASE in self._peerUnderstands:
                    released += (replica.luid, replica.mentions)
                else:
                    self._decache(replica)
        if released:
            self._tell("release", *released)

    def _decache(self, replica: Replica) -> None:
        # A stock peer counts each mention.
        for _ in range(replica.mentions):
            self.broker.decCacheRef(replica.luid)
        replica.mentions = 0

    def remote_release(self, *counts: int) -> None:
        """
        The peer holds none of these replicas.

        @param counts: for each its id, and how many mentions of it the peer has
            seen.  An id that is unknown was released before.
        """
        more: list[int] = []
        for luid, seen in _pairs(counts):
            local = self.broker.remotelyCachedObjects.get(luid)
            if local is not None and local.refcount > seen:
                more += (luid, local.refcount)
            elif local is not None:
                local.refcount = 1
                self.broker.proto_decache(luid)
        if more:
            # The mentions that were counted go first.
            self.outgoing.finish()
            self._tell("recount", *more)

    def published(self, luid: int) -> None:
        """
        See to it that an id that was published is known to the peer, or is
        forgotten here.
        """
        if not self._published:
            afterTurn(self._recountPublished)
        self._published.append(luid)

    def hasPublished(self, luid: int) -> bool:
        """
        Tell whether an id was published in this turn.
        """
        return luid in self._published

    def sentLater(self) -> None:
        """
        A message was sent that had to wait.  It may have published something.
        """
        waiting, self._waiting = self._waiting, []
        for luid in waiting:
            self.published(luid)

    def _recountPublished(self) -> None:
        luids, self._published = self._published, []
        counts: list[int] = []
        for luid in luids:
            local = (self.broker.remotelyCachedObjects or {}).get(luid)
            if isinstance(local, Observation) and local.isWaiting():
                self._waiting.append(luid)
            elif local is not None:
                # Other mentions may wait with a message that is large.
                counts += (luid, 1)
        if counts and RELEASE in self._peerUnderstands:
            self._tell("recount", *counts)

    def remote_recount(self, *counts: int) -> None:
        """
        The peer has mentioned these ids so often.

        @param counts: for each its id, and the number of mentions.
        """
        unknown = []
        for luid, mentions in _pairs(counts):
            replica = self.broker.locallyCachedObjects.get(luid)
            if replica is None:
                unknown.append(luid)
            elif isinstance(replica, Replica) and self._mayRecount(mentions):
                replica.mentions = mentions
                self.drop(replica)
        if unknown:
            self.forget(*unknown)

    def _mayRecount(self, mentions: object) -> bool:
        # To a peer that does not count so, a decache is sent for each mention.
        isCount = type(mentions) is int and mentions > 0
        return isCount and RELEASE in self._peerUnderstands

    def remote_known(self, *luids: int) -> None:
        """
        The peer has mentioned these ids before it knew that this is a pbcopy.
        How often is not said: some may have been given back meanwhile.
        """
        unknown = []
        for luid in luids:
            replica = self.broker.locallyCachedObjects.get(luid)
            if replica is None:
                unknown.append(luid)
            elif isinstance(replica, Replica):
                self.drop(replica)
        if unknown:
            self.forget(*unknown)

    def forget(self, *luids: int) -> None:
        """
        Tell the peer that these ids are not known here.  A stock peer does not
        hear it.
        """
        self._tell("forget", *luids)

    def remote_forget(self, *luids: int) -> None:
        """
        The peer does not know these ids, and never will: what they stand for is
        sent again with its state the next time.
        """
        for luid in luids:
            publication = self.broker.remotelyCachedObjects.get(luid)
            if isinstance(publication, Observation):
                withdraw(self.broker, luid, publication)
                publication.end()

    def askFresh(self, luid: int, why: str) -> bool:
        """
        Ask the peer for a fresh state of a replica.

        @param why: one line, for the peer's log.
        @return: whether that can be asked.
        """
        can = isConnected(self.broker) and self.understands(FRESH)
        if can:
            self._tell("refresh", luid, why)
        return can

    def remote_refresh(self, luid: int, why: object) -> None:
        """
        A replica of the peer's is stale.
        """
        publication = self.broker.remotelyCachedObjects.get(luid)
        if isinstance(publication, Observation) and self.understands(FRESH):
            publication.refresh(f"{peerOf(self.broker)} says: {inOneLine(why)}")

    def sendFresh(self, publication: Any) -> None:
        """
        Send the peer a fresh state.

        @param publication: what jellies it.
        @raise Exception: if it cannot be sent.
        """
        # The peer has no use for it before the first one.
        self.outgoing.finish()
        who = publication.perspective
        hub = pb.RemoteReference(who, self.broker, HUB, False)
        luid = publication.luid
        raiseAtOnce(hub.callRemote("fresh", luid, publication, pbanswer=False))

    def remote_fresh(self, luid: int, replica: object) -> None:
        """
        The peer has sent a fresh state.  C{replica} has taken it by now.
        """

    def remoteMessageReceived(
        self, broker: pb.Broker, message: str, args: Any, kw: Any
    ) -> Any:
        """
        Take a message.  A fresh state that cannot be read is the replica's
        concern.
        """
        stock: Any = super()
        try:
            return stock.remoteMessageReceived(broker, message, args, kw)
        except Exception:
            # C{['tuple', luid, state]}, as the peer's Jelly has made it.
            luid = args[1] if message == "fresh" and len(args) == 3 else None
            replica = replicaOf(broker, luid)
            if replica is None:
                raise
            replica.refused(Failure())
            return broker.serialize(None)

    def missed(self, luid: int, why: str, isComing: bool) -> None:
        """
        Tell the peer, if it wants to hear such, that its replica misses
        something.

        @param isComing: whether a fresh state is to follow.
        """
        if isConnected(self.broker) and self.understands(FRESH):
            self._tell("missed", luid, why, isComing)

    def remote_missed(self, luid: int, why: object, isComing: object) -> None:
        """
        A replica here misses something.
        """
        replica = replicaOf(self.broker, luid)
        if replica is not None:
            replica.missed(inOneLine(why), bool(isComing))

    def _lost(self, reason: BaseException) -> None:
        for replica in receivedBy(self.broker):
            replica.close(reason)

    def remote_piece(self, number: object, piece: object) -> None:
        """
        The peer sends a piece of what a message will mention by C{number}.
        """
        self._tell("acknowledge")
        self.incoming.add(number, piece)

    def remote_acknowledge(self) -> None:
        """
        The peer has one more piece.
        """
        self.outgoing.acknowledged()

    def remote_spent(self, *numbers: object) -> None:
        """
        The peer has sent what mentions these, or never will.
        """
        self.incoming.forget(*numbers)

    def _tellAside(self, message: str, *args: object) -> None:
        # This may be in the middle of the message that needs it.
        if isConnected(self.broker):
            with aside(self.broker):
                self._tell(message, *args)

    def _tell(self, message: str, *args: object) -> None:
        hub = self.broker.remoteForName(HUB)
        hub.callRemote(message, *args, pbanswer=False)


def _pairs(counts: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    # A list for each would be one more type that a peer has to allow.
    return zip(counts[::2], counts[1::2], strict=True)


def hubOf(broker: pb.Broker) -> Hub:
    """
    Give the hub of a connection; make it, where this is its first use.
    """
    hub = broker.localObjectForID(HUB)
    if hub is None:
        hub = Hub(broker)
        broker.setNameForLocal(HUB, hub)
    return cast(Hub, hub)
