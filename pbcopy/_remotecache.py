# -*- test-case-name: pbcopy.test.test_remotecache -*-
"""
The replica of a peer's cacheable: L{RemoteCache}, and the L{Slot} behind it.

On the wire a replica comes as C{[type, luid, state]}, is mentioned again as
C{['cached', luid]} and goes home as C{['lcache', luid]}, as stock flavors do.

Stock flavors hand the application a twin of a hidden object.  Here there is one
object for each id, held weakly by its slot, and nothing of the connection is in
the object: copies and pickles of it are detached snapshots.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from twisted.spread import flavors, pb
from twisted.spread.jelly import _createBlank
from zope.interface import implementer

from pbcopy import _hub
from pbcopy._copyable import (
    RemoteCopy,
    applyState,
    jellyStored,
    unjellyStored,
    withTextKeys,
)
from pbcopy._cycles import beingMade, whenKnown
from pbcopy.errors import Unsendable, Violation
from pbcopy.interfaces import IRemoteCache

_slots: dict[int, Slot] = {}
"""The slot of each replica, by the id() of the replica."""


class Slot:
    """
    What stands in the Broker's table of local caches for one id.

    It holds the replica weakly.  Once the application has dropped that, the
    slot keeps its attributes until the sender knows: a mention that is under
    way then still finds them.

    @ivar broker: the connection; C{None} once the sender has heard of the
        release, as C{Broker.proto_uncache} sets it.
    @ivar luid: the id on that connection.
    @ivar mentions: how many times the sender has mentioned the id, less those
        that were given back.
    """

    def __init__(self, broker: pb.Broker, luid: int) -> None:
        self.broker: pb.Broker | None = broker
        self.luid = luid
        self.mentions = 1
        self._replica: Callable[[], RemoteCache | None] = lambda: None
        self._class: type[RemoteCache] | None = None
        self._attributes: dict[str, Any] | None = None
        self._hub = _hub.receive(broker, self)

    @classmethod
    @contextmanager
    def of(cls, unjellier: Any, jellyList: list[Any]) -> Iterator[Slot]:
        """
        Make the slot for C{[type, luid, state]}.  If what is done with it
        raises, the id is given back.
        """
        slot = cls(unjellier.invoker, jellyList[1])
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

    def hold(self, replica: RemoteCache) -> None:
        """
        Make C{replica} the object that this id stands for.
        """
        self._class = type(replica)
        self._attributes = None
        # The callback must not hold the slot: the Broker's table does.
        hub, me = self._hub, weakref.ref(self)

        def dropped(_: object) -> None:
            slot = me()
            if slot is not None:
                hub.drop(slot)

        self._replica = weakref.ref(replica, dropped)
        _slots[id(replica)] = self

    def refuse(self) -> None:
        """
        Give the id back: its state could not be taken.
        """
        self._replica = lambda: None
        self._class = self._attributes = None
        self._hub.drop(self)

    def keep(self, attributes: dict[str, Any]) -> None:
        """
        Keep the attributes of the replica, which is about to go.
        """
        self._attributes = attributes

    def isHeld(self) -> bool:
        """
        Tell whether the application still holds the replica.
        """
        return self._replica() is not None

    def replica(self) -> RemoteCache:
        """
        Give the object for this id, made anew if the application dropped it.

        @raise Violation: if its state never arrived whole.
        """
        replica = self._replica()
        if replica is None:
            if self._class is None or self._attributes is None:
                raise Violation(
                    "there is no state for this id",
                    where=f"['cached', {self.luid}]",
                    expected="an id whose state was accepted",
                    advice="send it again once its release has arrived",
                )
            attributes = self._attributes
            replica = _createBlank(self._class)
            replica.__dict__ = attributes
            self.hold(replica)
        return replica

    def _borgify(self) -> RemoteCache | None:
        """
        Give the object for one more mention of the id.

        The name is the one that C{flavors.unjellyCached} calls.
        """
        self.mentions += 1
        with _hub.answerFails(self._hub.broker):
            return self.replica()
        return None

    def remoteMessageReceived(
        self, broker: pb.Broker, message: str | bytes, args: Any, kw: Any
    ) -> Any:
        """
        Pass an update on to the replica.
        """
        return self.replica().remoteMessageReceived(broker, message, args, kw)


def slotOf(replica: object) -> Slot | None:
    """
    Give the slot of a replica, or C{None} if it is a detached snapshot.
    """
    slot = _slots.get(id(replica))
    return slot if slot is not None and slot._replica() is replica else None


class _FromSlot:
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


@implementer(IRemoteCache)
class RemoteCache(RemoteCopy, flavors.RemoteCache):
    """
    Subclass this to represent a peer's L{Cacheable<pbcopy.pb.Cacheable>}.

    An instance is made, its C{__init__} is called without arguments, it is
    given its state, and then each C{callRemote} of its observer calls the
    C{observe_} method of that name.
    """

    broker = _FromSlot()
    luid = _FromSlot()
    localOnly = ("broker", "luid")

    # Stock flavors hash by the dict that the twins share, so that replacing the
    # dict loses the replica in a set.
    __hash__ = object.__hash__

    def remoteMessageReceived(
        self, broker: pb.Broker, message: str | bytes, args: Any, kw: Any
    ) -> Any:
        """
        Take an update: call C{observe_message} with its arguments.

        @return: the jellied answer.
        @raise AttributeError: if there is no such method.
        """
        name = message if isinstance(message, str) else message.decode("utf-8")
        arguments = broker.unserialize(args)
        keywords = withTextKeys(broker.unserialize(kw))
        method = getattr(self, f"observe_{name}")
        result = method(*arguments, **keywords)
        return broker.serialize(result, None, method, arguments, keywords)

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give the s-expression C{['lcache', luid]}, by which the original is
        found at home.

        @raise Unsendable: if this is not the connection that it came by.
        """
        if jellier.invoker is None:
            return jellyStored(self, jellier)
        home = homeward(self, jellier)
        if home is not None:
            return home
        if isinstance(self, flavors.Cacheable):
            # A class of both flavors is published further.  The stock class
            # stands between this one and Cacheable.
            further: Any = super(flavors.RemoteCache, self)
            return further.jellyFor(jellier)
        raise Unsendable(
            "a replica can be sent only to where it came from",
            where=type(self).__qualname__,
            got="a detached copy" if slotOf(self) is None else "another connection",
            expected="the connection that it came by",
            advice="derive its class from pb.Cacheable too, to publish it further",
        )

    def unjellyFor(self, unjellier: Any, jellyList: list[Any]) -> Any:
        """
        Become the replica in C{[type, luid, state]}.

        @return: this object.
        """
        if unjellier.invoker is None:
            return unjellyStored(self, unjellier, jellyList)
        with (
            _hub.answerFails(unjellier.invoker),
            Slot.of(unjellier, jellyList) as slot,
            beingMade(unjellier, jellyList, self),
        ):
            slot.hold(self)
            _leavePlaces(self)
            self.__init__()  # type: ignore[misc]
            state = unjellier.unjelly(jellyList[2])
            whenKnown(unjellier, lambda: self._applyState(slot, state))
        return self

    def _applyState(self, slot: Slot, state: Any) -> None:
        with slot.orRefused():
            applyState(self, state)
            _leavePlaces(self)

    def __del__(self) -> None:
        """
        Leave the attributes to the slot.  Nothing is sent from here: this runs
        in whatever thread drops the last reference.
        """
        slot = _slots.pop(id(self), None)
        if slot is not None:
            slot.keep(self.__dict__)


def makeReplica(
    unjellier: Any, jellyList: list[Any], factory: Callable[[Any], Any]
) -> Any:
    """
    Have an application's factory make the object for C{[type, luid, state]}.

    @return: what it made.  If that is no L{RemoteCache}, nothing can update it,
        and the id is given back.
    """
    made = None
    with _hub.answerFails(unjellier.invoker), Slot.of(unjellier, jellyList) as slot:
        made = factory(withTextKeys(unjellier.unjelly(jellyList[2])))
        if isinstance(made, RemoteCache):
            slot.hold(made)
        else:
            slot.refuse()
    return made


def _leavePlaces(replica: RemoteCache) -> None:
    """
    Put a C{broker} and a C{luid} into a replica's dict, where stock flavors have
    them: there is code that deletes both from a copy of the dict, such as
    C{twisted.spread.publish}.  They are empty, for a copy to drag nothing along.
    """
    for name in RemoteCache.localOnly:
        vars(replica).setdefault(name, None)


def homeward(replica: object, jellier: Any) -> list[Any] | None:
    """
    Give the s-expression for a replica on its way home, or C{None} if that is
    not where it goes.
    """
    slot = slotOf(replica)
    if slot is None or slot.broker is not jellier.invoker:
        return None
    return [b"lcache", slot.luid]
