# -*- test-case-name: pbcopy.test.test_converged -*-
"""
Whether the replicas on a connection equal their masters.

A master is sent once more, over a private connection and for the same
perspective, and what arrives is compared with the replica that is there.  What
a perspective may see, and how a state is taken, is for the application's own
hooks to say, and they are asked.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from twisted.python.reflect import safe_repr
from twisted.spread import pb
from twisted.trial.unittest import FailTest

from pbcopy._channel import HUB, RELEASE
from pbcopy._difference import firstDifference
from pbcopy._hub import Hub, hubOf
from pbcopy._memory import Connection, resultOf
from pbcopy._status import StatusKind
from pbcopy._tables import masterAt, published, replicaAt
from pbcopy._watching import statusOf


def assertConverged(connection: Connection) -> None:
    """
    Assert that each replica on a connection, at either end, equals a fresh one.

    @raise FailTest: if one does not; the text names the first difference.
    """
    server, client = connection.server, connection.client
    try:
        _Audit(server, client).assertConverged()
        _Audit(client, server).assertConverged()
    except FailTest as error:
        waiting = [f"; {side!r}" for side in connection.sides if side.outgoing]
        raise FailTest(f"{connection!r}: {error}{''.join(waiting)}") from None


class _Audit:
    """
    A comparison of what one Broker holds with what another publishes to it.
    """

    def __init__(self, sender: pb.Broker, receiver: pb.Broker) -> None:
        self._sender = sender
        self._receiver = receiver

    def assertConverged(self) -> None:
        """
        Compare them all.
        """
        held = list(self._held())
        # A private connection has its price, and most directions have no replica.
        if not held:
            return
        private = _Private(self._sender, self._receiver)
        try:
            for replica, master, perspective in held:
                self._compare(replica, private.fresh(master, perspective), private)
        finally:
            private.close()

    def _held(self) -> Iterator[tuple[Any, Any, Any]]:
        """
        Give each replica that has to equal its master, with that and with the
        perspective that sees it, in the order in which they were published: the
        first mention of an object decides what a stock Broker sends of it.
        """
        for luid, master, perspective in published(self._sender):
            replica = replicaAt(self._receiver, luid)
            if replica is not None:
                yield replica, master, perspective

    def _compare(self, replica: Any, fresh: Any, private: _Private) -> None:
        senders = {self._receiver: self._sender, **private.senders}

        def master(thing: Any) -> Any:
            isReplica = isinstance(thing, pb.RemoteCache)
            return (
                masterAt(senders.get(thing.broker), thing.luid) if isReplica else None
            )

        def differs(mine: Any, wanted: Any) -> bool:
            # Two replicas may look the same and follow different masters.
            one, other = master(mine), master(wanted)
            return one is not None and other is not None and one is not other

        def shown(thing: Any) -> str:
            its = master(thing)
            return safe_repr(thing) if its is None else f"one of {safe_repr(its)}"

        step = firstDifference(type(fresh).__name__, replica, fresh, differs)
        if step is not None:
            path, mine, wanted = step
            text = f"the replica has {shown(mine)}, a fresh one has {shown(wanted)}"
            status = statusOf(replica)
            isKnown = status.kind is StatusKind.STALE
            raise FailTest(f"{path}: {text}" + (f"; it is {status}" if isKnown else ""))


class _Taker(pb.Referenceable):
    """
    What takes the fresh replicas.
    """

    def __init__(self) -> None:
        self.taken: list[Any] = []

    def remote_take(self, replica: Any) -> None:
        """
        Take one, and hold it for as long as others may refer to it.
        """
        self.taken.append(replica)


class _Ordered:
    """
    What makes a Broker comparable.

    C{stoppedObserving} is given an observer that is looked for in a list.  Stock
    observers of different Brokers are compared with "<" there, which a Broker
    does not have.
    """

    def __lt__(self, other: object) -> bool:
        return id(self) < id(other)

    def __gt__(self, other: object) -> bool:
        return id(self) > id(other)


@functools.cache
def _ordered(broker: Any) -> Any:
    return type(broker.__name__, (_Ordered, broker), {})


class _Private:
    """
    A connection over which masters are sent once more, between two Brokers like
    those that are audited.
    """

    def __init__(self, sender: pb.Broker, receiver: pb.Broker) -> None:
        server = pb.PBServerFactory(pb.Root(), security=sender.security)
        broker: Any = type(sender)
        server.protocol = _ordered(broker)
        client = pb.PBClientFactory(security=receiver.security)
        client.protocol = type(receiver)
        self._connection = Connection(server, client, "the private connection")
        self._taker = _Taker()
        self._connection.client.setNameForLocal("taker", self._taker)
        if sender.localObjectForID(HUB) is not None:
            self._introduce(hubOf(sender))
        self.senders = {self._connection.client: self._connection.server}

    def _introduce(self, hub: Hub) -> None:
        """
        Have the two know of each other what those that are audited know.
        """
        if hub.understands(RELEASE):
            hubOf(self._connection.server)
            hubOf(self._connection.client).greet()
            self._connection.deliver()

    def fresh(self, master: Any, perspective: Any) -> Any:
        """
        Give a fresh replica of a master, as one perspective sees it.

        @raise FailTest: if it cannot be sent.
        """
        server = self._connection.server
        taker = pb.RemoteReference(perspective, server, b"taker", 0)
        try:
            resultOf(self._connection, taker.callRemote("take", master))
        except Exception as error:
            text = f"{safe_repr(master)} cannot be sent afresh: {error!r}"
            raise FailTest(text) from error
        return self._taker.taken[-1]

    def close(self) -> None:
        """
        Have nobody observe the masters here any more.
        """
        self._connection.cut()
