# -*- test-case-name: pbcopy.test.test_slot -*-
"""
What stands behind a replica, and for it in the Broker: the L{Slot} of its id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.spread import flavors, jelly, pb

from pbcopy._answers import answerFails
from pbcopy._channel import DELTA
from pbcopy._flat import isShort, mayArrive
from pbcopy._following import Following
from pbcopy._hub import hubOf
from pbcopy._packedarguments import argumentsIn, isAlone
from pbcopy._refusals import callIn
from pbcopy._status import StatusKind
from pbcopy._tables import receive
from pbcopy._text import asText
from pbcopy._twisteds import SERIALIZING, serializedNothing
from pbcopy._update import orRefusal, refusal

_DELTA = DELTA.encode("ascii")
_NOTHING = [b"None"]
"""What Jelly has for C{None}."""


class Slot(Following):
    """
    What stands in the Broker's table of local caches for one id.  It holds the
    replica weakly (L{_holding<pbcopy._holding>}), and knows whether that equals its
    master (L{_following<pbcopy._following>}).
    """

    isPlain: ClassVar[Callable[[flavors.RemoteCache], bool]]
    """Tells whether pbcopy takes the updates of a replica, and not its class."""

    takeField: ClassVar[Callable[[Slot, Any, bytes], bool]]
    """Applies a delta, if it is a simple one (L{pbcopy._onefield.takeField})."""

    takeDeltas: ClassVar[Callable[[Slot, pb.Broker, Sequence[Any]], None]]
    """Applies the deltas of one message (L{pbcopy._declared.takeDeltas})."""

    def __init__(self, broker: pb.Broker, luid: int, tag: bytes = b"") -> None:
        super().__init__(luid)
        self._broker: pb.Broker | None = broker
        receive(broker, self)
        self._hub = hubOf(broker)
        self._hub.greet(tag)

    @property
    def broker(self) -> pb.Broker | None:
        """
        The connection; C{None} once the sender has heard of the release, as
        C{Broker.proto_uncache} sets it.
        """
        return self._broker

    @broker.setter
    def broker(self, broker: pb.Broker | None) -> None:
        self._broker = broker
        if broker is None:
            # An update that was under way may have given it back to somebody.
            self.close(pb.DeadReferenceError("it was released"))

    @classmethod
    @contextmanager
    def of(cls, unjellier: Any, jellyList: list[Any]) -> Iterator[Slot]:
        """
        Make the slot for C{[type, luid, state]}.  If what is done with it
        raises, the id is given back.
        """
        slot = cls(unjellier.invoker, jellyList[1], jellyList[0])
        with slot.orRefused():
            yield slot

    def _borgify(self) -> flavors.RemoteCache | Failure:
        """
        Give the object for one more mention of the id.

        The name is the one that C{flavors.unjellyCached} calls.
        """
        self.mentions += 1
        with answerFails(self._hub.broker) as failures, self.orRefused():
            return self.replica()
        return failures[0]

    def remoteMessageReceived(
        self, broker: pb.Broker, message: str | bytes, args: Any, kw: Any
    ) -> Any:
        """
        Pass an update on to the replica.

        @raise Exception: what to tell the sender.
        """
        isDelta = asText(message) == DELTA
        if isDelta and isAlone(args, kw):
            if isShort(args, broker) and self.takeQuickly(args):
                # No pbcopy asks for an answer.
                return _NOTHING
            # As a Broker gives it, for a class that looks at each message.
            args, kw = [b"tuple", args], [b"dictionary"]
        if isDelta and self.isGone():
            # It needs none.  The others that the message is for may be here.
            try:
                arguments, _ = callIn(broker, args, kw, self._name())
            except Exception:
                self._othersFailed(args, Failure())
                raise
            type(self).takeDeltas(self, broker, arguments)
            return serializedNothing(broker)
        replica = self.replica()
        self.catchUp()

        def failed(failure: Failure) -> None:
            self.updateFailed(asText(message), args, failure)

        try:
            passed = self._passOn, replica, broker, message, args, kw
            answer = self._whileUpdating(*passed)
        except KeyboardInterrupt:
            raise
        except BaseException:
            raise refusal(Failure(), failed) from None
        if isinstance(answer, Deferred):
            orRefusal(answer, failed)
        return answer

    def _passOn(
        self,
        replica: flavors.RemoteCache,
        broker: pb.Broker,
        message: str | bytes,
        args: Any,
        kw: Any,
    ) -> Any:
        if isAlone(args, kw):
            args, kw = argumentsIn(args, f"{self._name()}.{asText(message)}"), {}
            # An application may look at what comes in several places.
            isUsual = SERIALIZING.areIn(broker) and mayArrive(broker.security)
            if not (isUsual and type(self).isPlain(replica)):
                args, kw = jelly.jelly(args), jelly.jelly(kw)
        return replica.remoteMessageReceived(broker, message, args, kw)

    def takesMade(self, message: bytes) -> bool:
        """
        Tell whether an update may come with its arguments made, and not as they came.
        """
        replica = self._replica() if self.isMade else None
        isDelta = message == _DELTA
        return replica is not None and not isDelta and type(self).isPlain(replica)

    def takeQuickly(self, packed: bytes) -> bool:
        """
        Take a delta, if it is a simple one.

        @param packed: a delta with which nothing has come along, and that is short.
        @return: whether this was done.  If not, nothing was.
        """
        replica = self._replica() if self.isMade and self.view is not None else None
        if replica is None or self.watch.status.kind is not StatusKind.LIVE:
            return False
        return bool(self._whileUpdating(self.takeField, replica, packed))

    def updateFailed(self, message: str, args: Any, failure: Failure) -> None:
        """
        Report an update that failed, to each replica that it is for.

        @param args: the arguments, as they came.
        """
        self.failed(message, failure)
        if message == DELTA:
            self._othersFailed(args, failure)

    def _othersFailed(self, args: Any, failure: Failure) -> None:
        # As takeDeltas has them, behind what says that they are a tuple.
        luids = args[3::3] if type(args) is list else []
        for luid in luids:
            table = self._hub.broker.locallyCachedObjects
            slot = table.get(luid) if type(luid) is int else None
            if isinstance(slot, Slot) and slot.isMade:
                slot.failedWith(failure)
