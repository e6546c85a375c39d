# -*- test-case-name: pbcopy.test.test_sentupdate -*-
"""
How an update is sent: L{sendUpdate}.

The same one goes to each observer of an object, and what differs is the id of the
call and that of the replica.  The rest is encoded once.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import pb

from pbcopy._broker import raiseAtOnce
from pbcopy._hub import Hub
from pbcopy._quickcalls import messageFor
from pbcopy._twisteds import Methods

SENDING = Methods(
    "_sendMessage", "_encode", "newRequestID", "sendCall", "sendEncoded", "serialize"
)
"""What sends a message."""


def sendUpdate(
    broker: pb.Broker,
    hub: Hub,
    perspective: Any,
    luid: int,
    name: str,
    args: tuple[Any, ...],
    kw: dict[str, Any],
    word: str = "",
) -> Deferred[Any] | None:
    """
    Send the message C{name} to the replica that the peer has under an id.

    @param hub: that of the connection.
    @param word: what a peer has said that takes the arguments packed.
    @raise pb.DeadReferenceError: if the connection is gone.
    @raise twisted.spread.banana.BananaError: if the message cannot be encoded.
    @raise Exception: if an argument cannot be jellied.
    """
    message = name.encode("utf-8")
    if SENDING.areIn(broker):
        isPacked = hub.understands(word)
        quick = messageFor(broker, b"cache", luid, message, args, kw, isPacked)
        if quick is not None:
            hub.flow.write(quick[0])
            return quick[1]
    before = broker.currentRequestID
    try:
        with hub.flow:
            sent: Deferred[Any] | None = broker._sendMessage(
                b"cache", perspective, luid, message, args, kw
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
