# -*- test-case-name: pbcopy.test.test_sharing -*-
"""
Who observes the shared objects, and when they are sent what has changed.

All observers with the same perspective have the same of a master: they are one
L{Audience}, with one lens.  A change leaves at once, so that it comes before
whatever is sent later on the same connection.  What a block has changed leaves
when the block ends, in one message for each connection.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pbcopy._adoption import attributesOf
from pbcopy._audience import Audience
from pbcopy._journal import Changed
from pbcopy._nodes import fieldsOf
from pbcopy._observer import RemoteCacheObserver
from pbcopy._outbox import send, together
from pbcopy._turn import afterTurn
from pbcopy.errors import RegistrationError

_audiences: dict[Any, Audience] = {}
"""All that there are, by the key of a publication."""

_audienceOf: dict[object, Audience] = {}
"""The one that each observer, and who waits for a change, is in, and that each lens
is of."""


def commit(lenses: list[Any], changes: list[Changed]) -> Callable[[], None]:
    """
    Make the messages for what a block has changed.

    @param lenses: those that have heard of it.
    @return: what sends them.
    """
    audiences = [_audienceOf[each] for each in lenses if each in _audienceOf]
    messages = [each for some in audiences for each in some.commit(changes)]
    return partial(send, together(messages))


def join(
    key: Any,
    master: Any,
    perspective: Any,
    observer: RemoteCacheObserver,
    isDeclared: bool,
) -> Any:
    """
    Have an observer hear of what changes in a shared object.

    @param key: that of its publication.
    @return: the state for it: bytes and what goes along, or plain attributes.
    @raise Unsendable: if the object is being changed in a block, or something in
        its state cannot be sent.
    """
    audience = _audienceFor(key, master, perspective, observer)
    try:
        return audience.join(observer, isDeclared)
    except BaseException:
        leave(observer)
        raise


def callAtNextChange(
    key: Any, master: Any, perspective: Any, who: object, call: Callable[[], None]
) -> None:
    """
    Have C{call} called when a perspective can see that something changes.

    @param who: what to L{leave} with, to end this.
    """
    _audienceFor(key, master, perspective, who).await_(who, call)


def _audienceFor(key: Any, master: Any, perspective: Any, who: object) -> Audience:
    audience = _audiences.get(key)
    if audience is None:
        audience = _audiences[key] = Audience(key, master, perspective)
        _audienceOf[audience.lens] = audience
    _audienceOf[who] = audience
    return audience


def leave(who: object) -> None:
    """
    Have an observer, or who waits for a change, hear of nothing any more.
    """
    audience = _audienceOf.pop(who, None)
    if audience is not None:
        audience.leave(who)
        # One that is to have a fresh state joins again in the same turn.
        afterTurn(partial(_closeIfEmpty, audience))


def _closeIfEmpty(audience: Audience) -> None:
    if audience.isEmpty() and _audiences.get(audience.key) is audience:
        del _audiences[audience.key], _audienceOf[audience.lens]
        audience.close()


def viewersChanged(shared: Any) -> None:
    """
    Say that other perspectives may see the restricted fields of an object, or of
    what is in it.  Each C{visibleTo} is asked again.  What appears and vanishes
    is sent at once; in a block of C{changing}, with the rest.

    @raise RegistrationError: if the object is not shared.
    """
    if fieldsOf(shared) is None:
        raise RegistrationError(
            "this is no shared object",
            where="viewersChanged",
            got=repr(shared),
            expected="an object whose class is declared with pbcopy.shared",
        )
    watchers = attributesOf(shared).watchers
    for audience in [_audienceOf[each] for each in watchers if each in _audienceOf]:
        audience.reconsider()
