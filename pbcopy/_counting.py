# -*- test-case-name: pbcopy.test.test_counting -*-
"""
Who holds what: the ids that one side of a connection has published, and the
other has seen mentioned.

A connection delivers in order.  So whoever reads how often an id was mentioned
has seen, or lost, each mention.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from twisted.spread import pb

from pbcopy._channel import RELEASE, Channel
from pbcopy._pieces import Incoming, Outgoing
from pbcopy._tables import Observation, Replica, isAt, withdraw
from pbcopy._turn import afterTurn
from pbcopy.errors import Violation


class Counting(Channel):
    """
    The part of a hub that publishes and releases ids.

    @ivar outgoing: the pieces that are sent.  A mention in a message that waits
        for them counts, and goes before its count.
    @ivar incoming: the pieces that have come.
    """

    def __init__(self, broker: pb.Broker) -> None:
        super().__init__(broker)
        self._dropped: deque[Replica] = deque()
        self._published: list[int] = []
        self._waiting: list[int] = []
        self.outgoing = Outgoing(self._tellAside)
        self.incoming = Incoming(self.broker)

    def drop(self, replica: Replica) -> None:
        """
        Give an id back to the peer after this turn.  Any thread may call this.
        """
        self._dropped.append(replica)
        afterTurn(self._release)

    def isReleasing(self) -> bool:
        """
        Tell whether ids are to be given back after this turn.
        """
        return bool(self._dropped)

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


def _pairs(counts: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    # A list for each would be one more type that a peer has to allow.
    if len(counts) % 2:
        raise Violation(
            "an id has no count",
            where="pbcopy.release",
            got=f"{len(counts)} numbers",
            expected="a number for each id",
        )
    return zip(counts[::2], counts[1::2], strict=True)
