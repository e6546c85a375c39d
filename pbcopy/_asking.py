# -*- test-case-name: pbcopy.test.test_asking -*-
"""
What Jelly does not say when it asks its C{security} about a type: which way that
goes, by which Broker, and in the state of what.  It is in the frames of who asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType
from typing import Any

from twisted.spread import flavors, jelly, pb

_JELLY = jelly._Jellier.jelly.__code__


def flavorsAround(frame: FrameType | None) -> Iterator[type]:
    """
    Give the classes of the flavors of which Jelly is looking at a state.

    It does not ask for a flavor: that jellies itself, and its state is what is asked
    for then.  A state may be a flavor in turn.
    """
    while frame is not None and frame.f_code is _JELLY:
        frame = frame.f_back
        owner = frame.f_locals.get("self") if frame is not None else None
        isOwner = frame is not None and frame.f_code.co_name == "jellyFor"
        if not isOwner or not isinstance(owner, flavors.Copyable):
            return
        # What a call has failed with is always told.
        if not isinstance(owner, pb.CopyableFailure):
            yield type(owner)
        frame = frame.f_back if frame is not None else None


def isSending(frame: FrameType) -> bool:
    """
    Tell whether Jelly asks about what is to be sent.
    """
    return isinstance(frame.f_locals.get("self"), jelly._Jellier)


def receiverOf(frame: FrameType) -> Any:
    """
    Give the Broker that has received what Jelly asks about.
    """
    return getattr(frame.f_locals.get("self"), "invoker", None)
