# -*- test-case-name: pbcopy.test.test_declared -*-
"""
What a declared replica is sent: C{[type, luid, packed, objects]}, and deltas.

A master that does not know yet that its receiver has a declared class sends it
plain values, as any receiver, until it hears of that.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cache
from typing import Any

import attr
from twisted.python.failure import Failure
from twisted.spread import flavors, pb

from pbcopy._applying import applyTogether
from pbcopy._hub import hubOf
from pbcopy._plainreplica import plainMethod
from pbcopy._reading import malformed
from pbcopy._replicas import replicaFor
from pbcopy._schema import schemaOf
from pbcopy._slot import Slot
from pbcopy._slotof import slotOf
from pbcopy._text import asText
from pbcopy._view import View, viewOf
from pbcopy.errors import Violation


@attr.s(auto_attribs=True, slots=True, frozen=True)
class Packed:
    """
    A state that was packed by a lens.

    @ivar data: the bytes.
    @ivar objects: what goes along.
    """

    data: bytes
    objects: list[Any]


def stateIn(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give the state in C{[type, luid, state]}: a L{Packed}, or what is unjellied.
    """
    if len(jellyList) == 4 and type(jellyList[2]) is bytes:
        return Packed(jellyList[2], unjellier.unjelly(jellyList[3]))
    name = asText(jellyList[0])
    if replicaFor(name) is not None:
        hubOf(unjellier.invoker).tellOf(name)
    return unjellier.unjelly(jellyList[2])


def takePacked(replica: flavors.RemoteCache, state: Packed) -> None:
    """
    Give a declared replica a state.

    @raise Violation: if it is not what was declared.
    """
    slot = slotOf(replica)
    if slot is None or schemaOf(type(replica)) is None:
        raise Violation(
            "what came is for a declared class, and that is not one",
            where=type(replica).__qualname__,
            advice="declare it with pbcopy.replicaOf, or register it before connecting",
        )
    viewOf(slot, replica).take(state.data, state.objects)


def takeDeltas(first: Slot | None, broker: pb.Broker, arguments: Sequence[Any]) -> None:
    """
    Apply the deltas of one message: C{(packed, objects, luid, packed, objects,
    …)}.

    @param first: that of the replica that the first delta is for.
    @raise Violation: if one cannot be applied.  Then none is.
    """
    more = arguments if len(arguments) > 1 else (*arguments, [])
    if len(more) % 3 != 2:
        raise malformed(f"{len(arguments)} arguments")
    slots: list[Any] = [first]
    for luid in more[2::3]:
        slot = broker.locallyCachedObjects.get(luid) if type(luid) is int else None
        slots.append(slot if isinstance(slot, Slot) and slot.isMade else None)
    # One that was dropped needs no update.
    present = [each for each in slots if each is not None and not each.isGone()]
    if len({id(each) for each in present}) < len(present):
        raise malformed("two changes of one replica")
    try:
        # This keeps them.
        replicas = {each: each.replica() for each in present}
        applyTogether(
            (_viewOf(slot, replicas[slot]), packed, objects)
            for slot, packed, objects in zip(slots, more[0::3], more[1::3], strict=True)
            if slot in replicas
        )
    except Exception:
        for each in slots[1:]:
            if each is not None:
                each.failedWith(Failure())
        raise


def _viewOf(slot: Slot, replica: flavors.RemoteCache) -> View:
    if schemaOf(type(replica)) is None:
        raise Violation(
            "a change came for what is not declared",
            where=type(replica).__qualname__,
            advice="declare its class with pbcopy.replicaOf",
        )
    return viewOf(slot, replica)


def methodOf(replica: flavors.RemoteCache, name: str) -> Any:
    """
    Give the method of a replica for an update.

    @raise AttributeError: if there is none.
    """
    method = getattr(replica, name, None)
    if method is None and schemaOf(type(replica)) is not None:
        method = plainMethod(replica, name)
    return getattr(replica, name) if method is None else method


def initialize(replica: flavors.RemoteCache) -> None:
    """
    Call the C{__init__} of a replica, without arguments.  That of a declared
    class may want its fields, and is not called then.
    """
    cls: Any = type(replica)
    if schemaOf(cls) is None or _takesNothing(cls.__init__):
        cls.__init__(replica)


@cache
def _takesNothing(method: Any) -> bool:
    try:
        inspect.signature(method).bind(None)
    except (TypeError, ValueError):
        return False
    return True


Slot.takeDeltas = staticmethod(takeDeltas)
