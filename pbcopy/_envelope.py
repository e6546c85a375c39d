# -*- test-case-name: pbcopy.test.test_envelope -*-
"""
Objects in an answer whose receiver may not know their class.

Jelly refuses a class that is not registered where nothing of pbcopy's is called,
and in an answer that costs the connection.  So a peer that has said that it
understands this is sent each object of an answer as C{['pbcopy.envelope',
expression]}.  The tag is always known there, and what is inside fails its own
call.
"""

from __future__ import annotations

from typing import Any

from pbcopy._answers import answerFails
from pbcopy._hub import ENVELOPE, hubOf
from pbcopy._registry import setUnjellyableForClass
from pbcopy._tables import isAnswering, isLive

TAG = ENVELOPE.encode("ascii")
"""C{SecurityOptions} lets a tag with a dot through."""


def enveloped(jellier: Any, sexp: list[Any]) -> list[Any]:
    """
    Put an object into an envelope, if it is in an answer to a peer that can
    open one.
    """
    broker = jellier.invoker
    if isLive(broker):
        # The hub is made in any case: it is to hear what the peer understands.
        opens = hubOf(broker).understands(ENVELOPE)
        return [TAG, sexp] if opens and isAnswering(broker) else sexp
    return sexp


def announce(invoker: Any) -> None:
    """
    Tell the sender of an object, once, what this side understands.
    """
    if isLive(invoker):
        hubOf(invoker).greet()


def unjellyEnvelope(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give the object in an envelope.
    """
    with answerFails(unjellier.invoker) as failures:
        thing = unjellier.unjelly(jellyList[1])
        # Jelly has put its postUnjelly into the queue, and will do so again for
        # what is returned.
        queue, hook = unjellier.postCallbacks, getattr(thing, "postUnjelly", None)
        if hook is not None and queue and queue[-1] == hook:
            queue.pop()
        return thing
    return failures[0]


setUnjellyableForClass(TAG, unjellyEnvelope)
