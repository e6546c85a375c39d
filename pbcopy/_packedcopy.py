# -*- test-case-name: pbcopy.test.test_packedcopy -*-
"""
A copy that is the whole of an answer, and whose state is plain data
(L{pbcopy._packedstate}): it is C{['pbcopy.envelope', type, packed]}.

Nothing else is in such a message, so there is nothing that could be shared with it.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from twisted.python.reflect import qual
from twisted.spread.jelly import SecurityOptions, unjellyableRegistry

from pbcopy._channel import COPY, HUB
from pbcopy._copyable import Copyable, RemoteCopy
from pbcopy._envelope import TAG
from pbcopy._packedstate import packedState, unpackedState
from pbcopy._policy import Policy, checkLeaving
from pbcopy._state import applyState, checkAttributes


def packedCopy(thing: Any, broker: Any) -> list[Any] | None:
    """
    Give the expression of a copy, if nothing of the application's is to be called
    for that.

    @return: C{None} if it is to be made in another way.
    @raise Unsendable: if it may not leave.
    """
    cls = type(thing)
    if not isinstance(thing, Copyable) or _METHODS(cls) != _USUAL:
        return None
    hub = broker.localObjectForID(HUB)
    if hub is None or not hub.understands(COPY):
        return None
    packed = packedState(thing.getStateToCopy())
    if packed is None:
        return None
    if type(broker.security) is not SecurityOptions:
        checkLeaving(cls, broker)
    return [TAG, qual(cls).encode("utf-8"), packed]


_METHODS = attrgetter(
    "jellyFor",
    "getStateToCopyFor",
    "getStateToCopy",
    "getTypeToCopyFor",
    "getTypeToCopy",
)
"""Gives what a class may override."""

_USUAL = _METHODS(Copyable)


def isPackedCopy(expression: Any) -> bool:
    """
    Tell whether an expression is one of these.
    """
    return (
        type(expression) is list
        and len(expression) == 3
        and expression[0] == TAG
        and type(expression[1]) is bytes
        and type(expression[2]) is bytes
    )


def quickCopy(expression: list[Any], broker: Any) -> RemoteCopy | None:
    """
    Give the copy for an expression, if its class is one that needs no more than to
    be given a state.

    @return: C{None} if it is to be made in another way.
    @raise Violation: if it cannot be taken.
    """
    _, tag, packed = expression
    cls: Any = unjellyableRegistry.get(tag)
    isOwn = getattr(cls, "unjellyFor", None) is RemoteCopy.unjellyFor
    if not isOwn or hasattr(cls, "postUnjelly"):
        return None
    security = broker.security
    if isinstance(security, Policy):
        security.checkArriving(tag, broker)
    elif type(security) is not SecurityOptions or b"." not in tag:
        return None
    copy: RemoteCopy = cls.__new__(cls)
    state = unpackedState(packed, broker)
    if cls.setCopyableState is RemoteCopy.setCopyableState:
        checkAttributes(cls, state)
        object.__setattr__(copy, "__dict__", state)
    else:
        applyState(copy, state)
    return copy
