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

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from twisted.python.failure import Failure
from twisted.spread import pb

from pbcopy._broker import isConnected, peerOf, raiseAtOnce, sendAtOnce, whenLost
from pbcopy._channel import FRESH, HUB, MARK
from pbcopy._counting import Counting
from pbcopy._flow import Flow
from pbcopy._kinds import shortly
from pbcopy._pending import Pending
from pbcopy._refusals import callIn
from pbcopy._status import inOneLine
from pbcopy._tables import (
    Observation,
    publishedBy,
    receivedBy,
    replicaOf,
)
from pbcopy.errors import Violation


class Hub(Counting):
    """
    The control channel of one connection.

    @ivar flow: whether the peer takes what it is sent.
    @ivar pending: what waits to be sent to it.
    """

    def __init__(self, broker: pb.Broker) -> None:
        super().__init__(broker)
        self.flow, self.pending = Flow(broker, self._mark), Pending(broker)
        whenLost(broker, self._lost)

    def remote_hello(self, *words: object) -> None:
        """
        The peer is a pbcopy too.

        @param words: what it understands.  Unknown ones are of a later pbcopy.
        """
        super().remote_hello(*words)
        sendAtOnce(self.broker)
        # Something may have failed before the peer was known.
        for replica in receivedBy(self.broker):
            replica.catchUp()
        for publication in publishedBy(self.broker):
            publication.catchUp()
        luids = [publication.luid for publication in publishedBy(self.broker)]
        if luids:
            self._tell("known", *luids)

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

        @raise Violation: if it is none that a hub is sent.
        """
        try:
            self._hear(message, *callIn(broker, args, kw, f"pbcopy.{message}"))
        except Exception:
            # C{['tuple', luid, state]}, as the peer's Jelly has made it.
            isFresh = message == "fresh" and type(args) is list and len(args) == 3
            luid = args[1] if isFresh else None
            replica = replicaOf(broker, luid)
            if replica is None:
                raise
            replica.refused(Failure())
        return broker.serialize(None)

    def _hear(self, message: str, arguments: Sequence[Any], kw: object) -> None:
        try:
            words: Any = msgspec.convert(arguments, _WORDS.get(message), strict=True)
        except msgspec.ValidationError:
            words = None
        if words is None or kw:
            raise Violation(
                "this is nothing that a hub hears",
                where=f"pbcopy.{message}"[:100],
                got=shortly([arguments, kw]),
                expected="what a pbcopy sends",
            )
        getattr(self, f"remote_{message}")(*words)

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

    def _mark(self) -> bool:
        """
        Ask the peer to say when it has come so far.

        @return: whether it does.
        """
        if not self.understands(MARK):
            return False
        self._tellAside("mark")
        return True

    def remote_mark(self) -> None:
        """
        The peer wants to know that this has come so far.
        """
        self._tell("reached")

    def remote_reached(self) -> None:
        """
        The peer has come to where it was asked.
        """
        self.flow.reached()

    def _lost(self, reason: BaseException) -> None:
        self.flow.stopProducing()
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


_Ids = tuple[int, ...]
_WORDS: dict[str, Any] = {
    "hello": tuple[Any, ...],
    "release": _Ids,
    "recount": _Ids,
    "known": _Ids,
    "forget": _Ids,
    "refresh": tuple[int, Any],
    "fresh": tuple[int, Any],
    "missed": tuple[int, Any, Any],
    "mark": tuple[()],
    "reached": tuple[()],
    "piece": tuple[int, bytes],
    "acknowledge": tuple[()],
    "spent": _Ids,
}
"""What a hub hears, and with which arguments."""


def hubOf(broker: pb.Broker) -> Hub:
    """
    Give the hub of a connection; make it, where this is its first use.
    """
    hub = broker.localObjectForID(HUB)
    if hub is None:
        hub = Hub(broker)
        sendAtOnce(broker)
        broker.setNameForLocal(HUB, hub)
    return cast(Hub, hub)
