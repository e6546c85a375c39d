# -*- test-case-name: pbcopy.test.test_slotof -*-
"""
The way from a replica to what stands behind it: L{slotOf}.

A replica has no attributes of its connection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.spread import flavors

if TYPE_CHECKING:
    from pbcopy._holding import Holding
    from pbcopy._slot import Slot

slots: dict[int, Any] = {}
"""The slot of each replica, by the id() of the replica."""


def slotOf(replica: object) -> Slot | None:
    """
    Give the slot of a replica, or C{None} if it is a detached snapshot.
    """
    slot: Slot | None = slots.get(id(replica))
    return slot if slot is not None and slot.isOf(replica) else None


def leave(replica: flavors.RemoteCache, slots: dict[int, Any] = slots) -> None:
    """
    Have its slot keep the attributes of a replica that is about to go.

    @param slots: the table.  When Python ends, the module may not have it any
        more.
    """
    slot = slots.pop(id(replica), None)
    if slot is not None:
        slot.keep(replica)


def forget(key: int, slot: Holding) -> None:
    """
    Take the entry of a replica out that is gone, if its C{__del__} has not done
    so: a subclass may have one that does not call the inherited one.
    """
    if slots.get(key) is slot and not slot.isHeld():
        del slots[key]


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
