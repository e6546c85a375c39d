# -*- test-case-name: pbcopy.test.test_envelope -*-
"""
What pbcopy's objects travel in, to a peer that has said that it opens it.

Jelly refuses a class that is not registered where nothing of pbcopy's is called,
and in an answer that costs the connection.  It nests what is flat here, and
Banana bounds its size.  So the outermost object of pbcopy's in a message is sent
as C{['pbcopy.envelope', packed]}: a L{graph<pbcopy._graph>} of itself and all
that it refers to, L{packed<pbcopy._packing>}.  Where that is large, it is
C{['pbcopy.envelope', number, size]}, and what was packed has come in
L{pieces<pbcopy._pieces>} before.  The tag is always known there, and what is
inside fails its own call.  An answer of plain copies is sent more plainly, to who reads
that (L{pbcopy._compact}).

To any other peer an object is sent as stock flavors send it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pbcopy import limits
from pbcopy._answers import answerFails
from pbcopy._broker import isAnswering, isLive, isWholeMessage
from pbcopy._channel import COMPACT, ENVELOPE, VALUES
from pbcopy._compact import compact
from pbcopy._cycles import whenKnown
from pbcopy._graph import Graph
from pbcopy._hub import Hub, hubOf
from pbcopy._jellier import Describe, Jellier, Refused, tooDeep, tooDeepForStock
from pbcopy._limited import checkLimit
from pbcopy._packing import checkLists, isPlain, pack, unpack
from pbcopy._paths import shortened
from pbcopy._pieces import PIECE
from pbcopy._policy import checkLeaving
from pbcopy._prompt import hasten
from pbcopy._registry import setUnjellyableForClass
from pbcopy._sendable import checkSendable, checkTypes
from pbcopy._turn import afterTurn
from pbcopy._vetting import vet
from pbcopy.errors import Unsendable

TAG = ENVELOPE.encode("ascii")
"""C{SecurityOptions} lets a tag with a dot through."""

COMPACT_TAG = COMPACT.encode("ascii")

OWN_JELLY_FOR: set[Any] = set()
"""The methods of pbcopy's flavors that give an s-expression."""


def jellied(flavor: Any, jellier: Any, describe: Describe, name: str = "") -> Any:
    """
    Give the s-expression of an object.

    @param describe: gives its head, C{[type]}, and its state.
    @param name: how an error names it; the name of its class where left out.
    @return: the s-expression; in an answer that is large, a Deferred of it, as
        C{Broker.serialize} may return.
    @raise Unsendable: if it cannot be sent.  The error names the path.
    """
    own = Jellier.of(jellier)
    checkLeaving(type(flavor), own.invoker)
    # A jellyFor of the application's may go on with the list.
    isOwn = getattr(flavor.jellyFor, "__func__", None) in OWN_JELLY_FOR
    if isOwn and own.graph is not None:
        return own.graph.mention(flavor, describe)
    if own.isInside:
        own.prepare(flavor)
        return own.preserve(flavor, own.express(flavor, describe))
    name = name or type(flavor).__qualname__
    hub = hubOf(own.invoker) if isLive(own.invoker) else None
    if hub is not None:
        # What was made before need not wait for this.
        hasten(own.invoker)
    isPacked = hub is not None and hub.understands(ENVELOPE)
    own.isFull = isPacked or (hub is not None and hub.understands(VALUES))
    jelly = _enveloped if isOwn and isPacked else _nested
    try:
        with own.undone(), own.inside():
            return jelly(flavor, own, describe, name)
    except Unsendable:
        # A pbcopy that has not met this one may take it the next time.
        if hub is not None:
            hub.greet()
        raise


def compacted(flavor: Any, broker: Any) -> Any:
    """
    Give the s-expression of an object that is a whole message to a peer that reads
    such.

    @return: the s-expression, or a Deferred of it; C{None} if the object is to be
        sent in another way.
    @raise Unsendable: if it may not leave, or is too large.
    """
    packed = compact(flavor, broker)
    if packed is None:
        return None
    if len(packed) <= PIECE:
        return [COMPACT_TAG, packed]
    name = type(flavor).__qualname__
    mayWait = not isinstance(flavor, Exception) and isAnswering(broker)
    return _sealed(COMPACT_TAG, packed, broker, name, mayWait)


def _enveloped(flavor: Any, own: Jellier, describe: Describe, name: str) -> Any:
    known, isAlone = len(own.preserved), isWholeMessage()
    graph = own.graph = Graph(own)
    try:
        expressions = graph.collect(flavor, describe)
        if not isPlain(expressions):
            checkTypes(name, expressions)
        if not isAlone:
            own.giveIds(known)
        # A Broker sends an exception at once.
        isError = isinstance(flavor, Exception)
        mayWait = isAlone and not isError and isAnswering(own.invoker)
        packed = pack(expressions)
        return _sealed(TAG, packed, own.invoker, name, mayWait, own)
    except Refused as refused:
        raise located(name, graph.fromTheRoot(refused)) from None
    except RecursionError:
        # Records in each other are no containers.
        raise tooDeep().at(name) from None
    finally:
        del own.graph


def _sealed(
    tag: bytes,
    packed: bytes,
    broker: Any,
    name: str,
    mayWait: bool,
    own: Jellier | None = None,
) -> Any:
    if len(packed) > limits.MAX_STATE:
        raise Unsendable(
            "this is too large to be sent",
            where=name,
            got=f"{len(packed)} bytes",
            expected=f"at most pbcopy.limits.MAX_STATE, {limits.MAX_STATE} bytes",
            advice="raise that limit at both ends, or send it in several objects",
        )
    if len(packed) <= PIECE:
        return [tag, packed]
    hub = hubOf(broker)
    if not mayWait:
        return [tag, hub.outgoing.now(packed), len(packed)]
    # Plain copies have nothing that waits with them.
    sent = _waiting(own, hub) if own is not None else hub.sentLater
    answer = hub.outgoing.later(packed, lambda: afterTurn(sent))
    return answer.addCallback(lambda number: [tag, number, len(packed)])


def _waiting(own: Jellier, hub: Hub) -> Callable[[], None]:
    """
    Have a message wait.

    @return: what to call when it was sent.
    """
    # For as long as its jellier is there, a message counts as not sent.
    jellier = own.origin()
    jellier.isWaiting = True
    calls = [*own.whenSent, hub.sentLater]

    def sent() -> None:
        jellier.isWaiting = False
        for call in calls:
            call()

    return sent


def _nested(flavor: Any, own: Jellier, describe: Describe, name: str) -> Any:
    """
    Give the expression that stock flavors send, in which those of other objects
    are.
    """
    own.prepare(flavor)
    try:
        expression = own.preserve(flavor, own.express(flavor, describe))
    except Refused as refused:
        raise located(name, refused) from None
    except RecursionError:
        raise tooDeepForStock().at(name) from None
    checkSendable(name, expression, own.invoker)
    return expression


def located(name: str, refused: Refused) -> Unsendable:
    """
    Give the error for what was refused in the state of an object.
    """
    return refused.error.at(shortened(name + refused.path))


def announce(invoker: Any, tag: bytes = b"") -> None:
    """
    Tell the sender of an object, once, what this side understands.

    @param tag: the class of the object.
    """
    if isLive(invoker):
        hubOf(invoker).greet(tag)


def unjellyEnvelope(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give the object in an envelope.

    @raise Violation: if it is none, or is nested too deeply.
    """
    with answerFails(unjellier.invoker, ENVELOPE) as failures:
        data = opened(unjellier.invoker, jellyList[1:], ENVELOPE)
        checkLists(data, unjellier.invoker, ENVELOPE)
        expressions, thing = unpack(data), None
        vet(expressions, unjellier.invoker, ENVELOPE)
        for expression in expressions:
            thing = unjellier.unjelly(expression)
        # Jelly has put its postUnjelly into the queue, and will do so again for
        # what is returned.
        queue, hook = unjellier.postCallbacks, getattr(thing, "postUnjelly", None)
        if hook is not None and queue and queue[-1] == hook:
            queue.pop()
        # What is missing in the message is an error at its end.
        whenKnown(unjellier, lambda: None)
        return thing
    return failures[0]


def opened(broker: Any, parts: list[Any], where: str) -> Any:
    """
    Give what was packed.

    @param parts: that, or by what it is found among the pieces that came before.
    @param where: how an error names it.
    @raise Violation: if it is too much.
    """
    if len(parts) == 2 and isLive(broker):
        parts = [hubOf(broker).incoming.take(*parts)]
    data: Any = parts[0] if len(parts) == 1 else None
    if type(data) is bytes:
        checkLimit("MAX_STATE", broker, len(data), "bytes in one envelope", where)
    return data


setUnjellyableForClass(TAG, unjellyEnvelope)
