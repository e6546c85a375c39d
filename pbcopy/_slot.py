# -*- test-case-name: pbcopy.test.test_slot -*-
"""
What stands behind a replica, and for it in the Broker: the L{Slot} of its id.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from twisted.python.failure import Failure
from twisted.spread import flavors, pb
from twisted.spread.jelly import _createBlank

from pbcopy._answers import answerFails
from pbcopy._hub import hubOf
from pbcopy._tables import Replica, receive
from pbcopy._turn import afterTurn
from pbcopy.errors import Violation

_slots: dict[int, Slot] = {}
"""The slot of each replica, by the id() of the replica."""


class Slot(Replica):
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
        self._replica: Callable[[], flavors.RemoteCache | None] = lambda: None
        self._class: type[flavors.RemoteCache] | None = None
        self._attributes: dict[str, Any] | None = None
        receive(broker, self)
        self._hub = hubOf(broker)
        self._hub.greet()

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

    def hold(self, replica: flavors.RemoteCache) -> None:
        """
        Make C{replica} the object that this id stands for.
        """
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

    def replica(self) -> flavors.RemoteCache:
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

    def _borgify(self) -> flavors.RemoteCache | Failure:
        """
        Give the object for one more mention of the id.

        The name is the one that C{flavors.unjellyCached} calls.
        """
        self.mentions += 1
        with answerFails(self._hub.broker) as failures:
            return self.replica()
        return failures[0]

    def remoteMessageReceived(
        self, broker: pb.Broker, message: str | bytes, args: Any, kw: Any
    ) -> Any:
        """
        Pass an update on to the replica.
        """
        return self.replica().remoteMessageReceived(broker, message, args, kw)


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
        slot.keep(replica.__dict__)


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
