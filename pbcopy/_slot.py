# -*- test-case-name: pbcopy.test.test_slot -*-
"""
What stands behind a replica, and for it in the Broker: the L{Slot} of its id.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.internet.defer import Deferred
from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import flavors, jelly, pb
from twisted.spread.jelly import _createBlank

from pbcopy._answers import answerFails
from pbcopy._channel import DELTA
from pbcopy._flat import isShort, mayArrive
from pbcopy._hub import hubOf
from pbcopy._nodes import Attributes
from pbcopy._packedarguments import argumentsIn, isAlone
from pbcopy._refusals import callIn
from pbcopy._status import StatusKind, Watch, inOneLine
from pbcopy._tables import Replica, receive
from pbcopy._text import asText
from pbcopy._turn import afterTurn
from pbcopy._twisteds import SERIALIZING, serializedNothing
from pbcopy._update import orRefusal, refusal
from pbcopy.errors import PBCopyError, Violation

if TYPE_CHECKING:
    from pbcopy._view import View

Take = Callable[[Any, Any], None]
"""A function that gives a replica a state."""

_DELTA = DELTA.encode("ascii")
_NOTHING = [b"None"]
"""What Jelly has for C{None}."""

_slots: dict[int, Slot] = {}
"""The slot of each replica, by the id() of the replica."""


class Slot(Replica):
    """
    What stands in the Broker's table of local caches for one id.

    It holds the replica weakly.  Once the application has dropped that, the
    slot keeps its attributes until the sender knows: a mention that is under
    way then still finds them.

    @ivar luid: the id on that connection.
    @ivar mentions: how many times the sender has mentioned the id, less those
        that were given back.
    @ivar watch: the status of the replica.
    @ivar isMade: whether the replica was given its state.  One that waits for
        its state is left without, where the message fails.
    @ivar view: what keeps a declared replica up to date
        (L{pbcopy._view.View}).
    @ivar isUpdating: whether pbcopy is calling a method of the replica that
        changes it.
    """

    isPlain: ClassVar[Callable[[flavors.RemoteCache], bool]]
    """Tells whether pbcopy takes the updates of a replica, and not its class."""

    takeField: ClassVar[Callable[[Slot, Any, bytes], bool]]
    """Applies a delta, if it is a simple one (L{pbcopy._onefield.takeField})."""

    takeDeltas: ClassVar[Callable[[Slot, pb.Broker, Sequence[Any]], None]]
    """Applies the deltas of one message (L{pbcopy._declared.takeDeltas})."""

    def __init__(self, broker: pb.Broker, luid: int, tag: bytes = b"") -> None:
        self._broker: pb.Broker | None = broker
        self.luid = luid
        self.mentions = 1
        self.watch = Watch()
        self.isUpdating = False
        self.isMade = False
        self.view: View | None = None
        self._wanted = ""
        self._replica: Callable[[], flavors.RemoteCache | None] = lambda: None
        self._class: type[flavors.RemoteCache] | None = None
        self._attributes: dict[str, Any] | None = None
        self._left: Callable[[], object] = lambda: None
        self._take: Take = lambda replica, state: None
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

    @contextmanager
    def orRefused(self) -> Iterator[None]:
        """
        If what is done in this block raises, give the id back.
        """
        try:
            yield
        except BaseException:
            self.refuse()
            raise

    def takes(self, replica: flavors.RemoteCache, take: Take) -> None:
        """
        Make C{replica} the object that this id stands for.

        @param take: what gives it a fresh state.
        """
        self._take = take
        self._hold(replica)

    def _hold(self, replica: flavors.RemoteCache) -> None:
        self._class = type(replica)
        self._attributes = None
        # The callback must not hold the slot: the Broker's table does.
        hub, me = self._hub, weakref.ref(self)
        isEnding, key = sys.is_finalizing, id(replica)

        def dropped(_: object) -> None:
            slot = me()
            # When Python ends, the modules are not what they were.
            if slot is not None and not isEnding():
                hub.drop(slot)
                afterTurn(lambda: _forget(key, slot))

        try:
            self._replica = weakref.ref(replica, dropped)
        except TypeError:
            # A tuple's subclass, say, is held until the connection ends.
            self._replica = lambda: replica
            self._hub.broker.notifyOnDisconnect(lambda: self._letGo(key))
        _slots[key] = self

    def _letGo(self, key: int) -> None:
        self._replica = lambda: None
        _forget(key, self)

    def refuse(self) -> None:
        """
        Give the id back: its state could not be taken.
        """
        self._replica = lambda: None
        self.isMade = False
        self._class = self._attributes = None
        self._hub.drop(self)

    def keep(
        self, replica: flavors.RemoteCache, refer: Callable[..., Any] = weakref.ref
    ) -> None:
        """
        Keep the attributes of the replica, which is about to go.

        @param refer: gives a weak reference.  When Python ends, the module may
            not have it any more.
        """
        self._attributes = replica.__dict__
        try:
            self._left = refer(replica)
        except TypeError:
            # What cannot be referred to was held until its connection ended.
            self._left = self._replica

    def isHeld(self) -> bool:
        """
        Tell whether the application still holds the replica.
        """
        return self._replica() is not None

    def isWhole(self) -> bool:
        """
        Tell whether there is an object, or what to make it of.
        """
        # The garbage collector takes all replicas of a cycle at once.  Made anew,
        # this one would still refer to the others, which nothing updates any more.
        return self.isMade and (
            self.isHeld() or (self._attributes is not None and self._left() is None)
        )

    def isGone(self) -> bool:
        """
        Tell whether the replica was dropped in a cycle.
        """
        return self.isMade and not self.isWhole()

    def replica(self) -> flavors.RemoteCache:
        """
        Give the object for this id, made anew if the application dropped it.

        @raise Violation: if its state never arrived whole.
        """
        replica = self._replica() if self.isMade else None
        if replica is None:
            if self._class is None or self._attributes is None or not self.isWhole():
                raise Violation(
                    "there is no state for this id",
                    where=f"['cached', {self.luid}]",
                    expected="one whose state was accepted, and not dropped in a cycle",
                    advice="send it again once its release has arrived",
                )
            attributes = self._attributes
            replica = _createBlank(self._class)
            object.__setattr__(replica, "__dict__", attributes)
            if isinstance(attributes, Attributes):
                attributes.owner = weakref.ref(replica)
            self._hold(replica)
            if self.view is not None and not self.view.revived(replica):
                text = f"{self._name()} was dropped, and mentioned again"
                self._turnStale(PBCopyError(text), wanted=text)
                self.catchUp()
        return replica

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

    def _whileUpdating(self, call: Callable[..., Any], *args: Any) -> Any:
        """
        Call what changes the replica.  A class that wants to be L{LiveOnly
        <pbcopy.LiveOnly>} may be read by it.
        """
        before, self.isUpdating = self.isUpdating, True
        try:
            return call(*args)
        finally:
            self.isUpdating = before

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

    def failed(self, message: str | bytes, failure: Failure) -> None:
        """
        Report an update that failed, unless it came to a replica that is stale.
        """
        if self.watch.status.kind is not StatusKind.STALE:
            method = f"{self._name()}.observe_{asText(message)} failed"
            isDelta = asText(message) == DELTA
            what = f"{self._name()} cannot take a change" if isDelta else method
            self._reported(what, failure)
            self.catchUp()

    def failedWith(self, failure: Failure) -> None:
        """
        Know of an update that failed with that of another replica, which reports
        it.
        """
        if self.watch.status.kind is not StatusKind.STALE:
            reason: Any = failure.value
            text = f"{self._name()} cannot take a change: {inOneLine(reason)}"
            self._turnStale(reason, wanted=text)
            self.catchUp()

    def _name(self) -> str:
        return "nothing" if self._class is None else self._class.__qualname__

    def _reported(self, what: str, failure: Failure) -> None:
        reason: Any = failure.value
        text = f"{what}: {inOneLine(reason)}"
        isNews = self._turnStale(reason, wanted=text)
        if isNews or self.watch.status.kind is StatusKind.CLOSED:
            # A line, and not the traceback.  trial's flushLoggedErrors sees it,
            # but for what a Broker does not log either.
            isKnown = failure.check(pb.Error) and not failure.check(Violation)
            log.msg(text, **({} if isKnown else {"isError": 1, "failure": failure}))

    def _turnStale(self, reason: BaseException, wanted: str) -> bool:
        """
        Have the replica say that it may differ from its master.

        @param wanted: why to ask for a fresh state; nothing, if one is under way.
        @return: whether the reason is new.
        """
        self._wanted = wanted
        return self.watch.change(StatusKind.STALE, reason, self._listener())

    def _listener(self) -> flavors.RemoteCache | None:
        return self.replica() if self.isWhole() else None

    def catchUp(self) -> None:
        """
        Ask for a fresh state, if one is wanted and none is under way.
        """
        if self.watch.status.kind is not StatusKind.STALE or not self._wanted:
            return
        if self._hub.isReleasing():
            # It would mention what is given back now, and be refused.
            afterTurn(self.catchUp)
        elif self._hub.askFresh(self.luid, self._wanted):
            self._wanted = ""

    def missed(self, text: str, isComing: bool) -> None:
        """
        Hear from the sender that the replica misses something.

        @param isComing: whether a fresh state is under way.
        """
        text = f"{self._name()} misses an update: {text}"
        if self._turnStale(PBCopyError(text), wanted="" if isComing else text):
            log.msg(text)

    def renew(self, replica: flavors.RemoteCache, state: Any) -> None:
        """
        Give the replica a fresh state.
        """
        try:
            self._whileUpdating(self._take, replica, state)
        except KeyboardInterrupt:
            raise
        except BaseException:
            self.refused(Failure())
        else:
            self.watch.change(StatusKind.LIVE, None, replica)

    def refused(self, failure: Failure) -> None:
        """
        Report a fresh state that cannot be taken.  The next update asks for
        another.  So does a release that is about to leave: the state may have
        mentioned what it gives back.
        """
        failure.cleanFailure()
        self._reported(f"{self._name()} cannot take a fresh state", failure)
        if self._hub.isReleasing():
            afterTurn(self.catchUp)

    def close(self, reason: BaseException) -> None:
        """
        Have the replica say that nothing will update it any more.
        """
        self.watch.change(StatusKind.CLOSED, reason, self._replica())


def _forget(key: int, slot: Slot) -> None:
    """
    Take the entry of a replica out that is gone, if its C{__del__} has not done
    so: a subclass may have one that does not call the inherited one.
    """
    if _slots.get(key) is slot and not slot.isHeld():
        del _slots[key]


def slotOf(replica: object) -> Slot | None:
    """
    Give the slot of a replica, or C{None} if it is a detached snapshot.
    """
    slot = _slots.get(id(replica))
    return slot if slot is not None and slot._replica() is replica else None


def leave(replica: flavors.RemoteCache, slots: dict[int, Slot] = _slots) -> None:
    """
    Have its slot keep the attributes of a replica that is about to go.

    @param slots: the table.  When Python ends, the module may not have it any
        more.
    """
    slot = slots.pop(id(replica), None)
    if slot is not None:
        slot.keep(replica)


class FromSlot:
    """
    An attribute that a replica has from its slot.

    The dict may have an entry of that name too, as where a stock relay sends
    one.  It does not hide the slot's.

    @cvar isData: it does not hide a method, either.
    """

    isData = True

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, replica: object, owner: type) -> Any:
        if replica is None:
            return None
        slot = slotOf(replica)
        if slot is None:
            return vars(replica).get(self._name)
        return getattr(slot, self._name)

    def __set__(self, replica: object, value: object) -> None:
        vars(replica)[self._name] = value

    def __delete__(self, replica: object) -> None:
        vars(replica).pop(self._name, None)
