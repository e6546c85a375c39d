# -*- test-case-name: pbcopy.test.test_remotecache -*-
"""
The replica of a peer's cacheable: L{RemoteCache}.

On the wire a replica comes as C{[type, luid, state]}, is mentioned again as
C{['cached', luid]} and goes home as C{['lcache', luid]}, as stock flavors do.

Stock flavors hand the application a twin of a hidden object.  Here there is one
object for each id, held weakly by its slot, and nothing of the connection is in
the object: copies and pickles of it are detached snapshots.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from twisted.spread import flavors, pb
from zope.interface import implementer

from pbcopy._answers import answerFails
from pbcopy._channel import DELTA
from pbcopy._copyable import LocalNames, RemoteCopy
from pbcopy._cycles import beingMade, whenKnown
from pbcopy._declared import (
    Packed,
    initialize,
    methodOf,
    stateIn,
    takeDeltas,
    takePacked,
)
from pbcopy._envelope import OWN_JELLY_FOR
from pbcopy._hub import hubOf
from pbcopy._onefield import takeField
from pbcopy._refusals import callIn
from pbcopy._schema import schemaOf
from pbcopy._slot import Slot
from pbcopy._slotof import FromSlot, leave, slotOf
from pbcopy._state import applyState, withTextKeys
from pbcopy._stored import jellyStored, unjellyStored
from pbcopy._text import asText
from pbcopy._twisteds import serializedNothing
from pbcopy._update import serialized
from pbcopy.errors import Unsendable, Violation
from pbcopy.interfaces import IRemoteCache

if TYPE_CHECKING:
    from pbcopy._change import Change


@implementer(IRemoteCache)
class RemoteCache(RemoteCopy, flavors.RemoteCache):
    """
    Subclass this to represent a peer's L{Cacheable<pbcopy.pb.Cacheable>}.

    An instance is made, its C{__init__} is called without arguments, it is
    given its state, and then each C{callRemote} of its observer calls the
    C{observe_} method of that name.
    """

    if TYPE_CHECKING:
        # That of a declared class.  Any other may have a state of that name.
        def subscribe(
            self, callback: Callable[[tuple[Change, ...]], object]
        ) -> Callable[[], None]:
            """See L{pbcopy._subscribing.subscribe}."""

    broker = FromSlot()
    luid = FromSlot()
    localOnly: ClassVar[LocalNames] = ("broker", "luid")

    # Stock flavors hash by the dict that the twins share, so that replacing the
    # dict loses the replica in a set.
    __hash__ = object.__hash__

    def remoteMessageReceived(
        self, broker: pb.Broker, message: str | bytes, args: Any, kw: Any
    ) -> Any:
        """
        Take an update: call C{observe_message} with its arguments.  That may
        be an C{async def}, or return a Deferred.

        @return: the jellied answer.
        @raise AttributeError: if there is no such method.
        """
        what = asText(message)
        name = f"observe_{what}"
        where = f"{type(self).__qualname__}.{name}"
        arguments, keywords = callIn(broker, args, kw, where)
        if what == DELTA:
            takeDeltas(slotOf(self), broker, arguments)
            return serializedNothing(broker)
        if keywords:
            keywords = withTextKeys(keywords)
        method = methodOf(self, name)
        result = method(*arguments, **keywords)
        return serialized(broker, result, method, arguments, keywords)

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
        with answerFails(unjellier.invoker) as failures:
            checkIsCache(self, jellyList)
            if _isPlain(self) and schemaOf(type(self)) is None:
                hubOf(unjellier.invoker).takesArguments(jellyList[0])
            with (
                Slot.of(unjellier, jellyList) as slot,
                beingMade(unjellier, jellyList, self),
            ):
                slot.takes(self, takeState)
                _leavePlaces(self)
                initialize(self)
                state = stateIn(unjellier, jellyList)
                whenKnown(unjellier, lambda: self._applyState(slot, state))
            return self
        return failures[0]

    def _applyState(self, slot: Slot, state: Any) -> None:
        with slot.orRefused():
            takeState(self, state)
            slot.isMade = True

    def __del__(self, leave: Callable[[Any], None] = leave) -> None:
        """
        Leave the attributes to the slot.  Nothing is sent from here: this runs
        in whatever thread drops the last reference.
        """
        leave(self)


def checkIsCache(replica: RemoteCache, jellyList: list[Any]) -> None:
    """
    Check that what came has an id.

    @raise Violation: if it is C{[type, state]}.
    """
    if len(jellyList) < 3:
        raise Violation(
            "what came is a copy, and the class registered for it is one of caches",
            where=type(replica).__qualname__,
            got=repr(jellyList[0]),
            expected="a pb.Cacheable",
            advice="derive the class from pb.RemoteCopy",
        )


def makeReplica(
    unjellier: Any, jellyList: list[Any], factory: Callable[[Any], Any]
) -> Any:
    """
    Have an application's factory make the object for C{[type, luid, state]}.

    @return: what it made.  If that is no L{RemoteCache}, nothing can update it,
        and the id is given back.
    """
    with Slot.of(unjellier, jellyList) as slot:
        made = factory(withTextKeys(unjellier.unjelly(jellyList[2])))
        if isinstance(made, RemoteCache):
            slot.takes(made, lambda replica, state: _remake(replica, state, factory))
            slot.isMade = True
        else:
            slot.refuse()
    return made


def _remake(replica: RemoteCache, state: Any, factory: Callable[[Any], Any]) -> None:
    """
    Give a replica the attributes of what an application's factory makes of a
    fresh state.

    @raise Violation: if that is of another class.
    """
    made = factory(withTextKeys(state))
    if type(made) is not type(replica):
        raise Violation(
            "the factory made another class of a fresh state",
            where=type(replica).__qualname__,
            got=type(made).__qualname__,
            expected=type(replica).__qualname__,
        )
    if made is not replica:
        object.__setattr__(replica, "__dict__", vars(made).copy())


def takeState(replica: RemoteCache, state: Any) -> None:
    """
    Give a replica a state, its first or a fresh one.
    """
    if isinstance(state, Packed):
        takePacked(replica, state)
    else:
        applyState(replica, state)
    _leavePlaces(replica)


def _leavePlaces(replica: RemoteCache) -> None:
    """
    Put a C{broker} and a C{luid} into a replica's dict, where stock flavors have
    them: there is code that deletes both from a copy of the dict, such as
    C{twisted.spread.publish}.  They are empty, for a copy to drag nothing along.
    """
    for name in RemoteCache.localOnly:
        dict.setdefault(vars(replica), name, None)


def homeward(replica: object, jellier: Any) -> list[Any] | None:
    """
    Give the s-expression for a replica on its way home, or C{None} if that is
    not where it goes.
    """
    slot = slotOf(replica)
    if slot is None or slot.broker is not jellier.invoker:
        return None
    return [b"lcache", slot.luid]


def _isPlain(replica: Any) -> bool:
    # An application may want to see each message.
    isOurs = type(replica).remoteMessageReceived is RemoteCache.remoteMessageReceived
    return isOurs and "remoteMessageReceived" not in vars(replica)


def _takeField(slot: Slot, replica: Any, packed: bytes) -> bool:
    view = slot.view
    return view is not None and _isPlain(replica) and takeField(view, replica, packed)


OWN_JELLY_FOR.add(RemoteCache.jellyFor)
Slot.isPlain = staticmethod(_isPlain)
Slot.takeField = _takeField
