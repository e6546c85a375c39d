# -*- test-case-name: pbcopy.test.test_broker -*-
"""
What is known of a Broker, but for its tables (L{pbcopy._tables}): whether it is
there, what it is serializing, and how it sends.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.spread import jelly, pb


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


def sendAtOnce(broker: pb.Broker) -> None:
    """
    Have TCP send small messages at once (C{TCP_NODELAY}), if they may leave at once.

    An update asks for no answer.  TCP would keep the second one back until the
    peer has acknowledged the first, which takes it 40 ms.
    """
    transport: Any = broker.transport
    if mayHurry(broker) and hasattr(transport, "setTcpNoDelay"):
        # A Unix socket of an older Twisted has the method, and no such option.
        with suppress(OSError):
            transport.setTcpNoDelay(True)


def mayHurry(broker: pb.Broker) -> bool:
    """
    Tell whether small messages may leave at once: not where the factory of the
    connection has a C{noDelay} that is false.
    """
    return bool(getattr(getattr(broker, "factory", None), "noDelay", True))


def mayPack(broker: pb.Broker) -> bool:
    """
    Tell whether what pbcopy sends and takes on a connection may be packed: unless its
    factory has a C{packing} that is false.
    """
    return bool(getattr(getattr(broker, "factory", None), "packing", True))


def peerOf(broker: pb.Broker) -> str:
    """
    Name the peer of a connection, for a log.
    """
    transport: Any = broker.transport
    return str(transport.getPeer())


def hasAvatar(broker: Any) -> bool:
    """
    Tell whether the peer of a connection has logged in, and not out again.

    A portal's wrapper notes there what is to be done at the logout.
    """
    return bool(getattr(broker, "_localCleanup", None))


def awaitsLogin(broker: Any) -> bool:
    """
    Tell whether a connection begins with a login: whether its root is a portal's.
    """
    root = broker.localObjects.get(b"root")
    return root is not None and isinstance(root.object, pb._PortalWrapper)


def isLive(invoker: Any) -> bool:
    """
    Tell whether Jelly's invoker is a Broker whose connection is there, and not
    what stands for one in somebody's test.
    """
    return isinstance(invoker, pb.Broker) and not invoker.disconnected


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
    # Whoever asks was called by a jellyFor, or by what that has called.
    frame: FrameType | None = sys._getframe(3)
    while frame is not None and frame.f_code is not _JELLY_OBJECT:
        frame = frame.f_back
    for caller in _WHOLE:
        frame = frame and frame.f_back
        if frame is None or frame.f_code is not caller:
            return False
    return True


_JELLY_OBJECT = jelly._Jellier.jelly.__code__
_WHOLE = jelly.jelly.__code__, pb.Broker.serialize.__code__


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
