# -*- test-case-name: pbcopy.test.test_compact -*-
"""
Copies with plain states, as MessagePack itself.

Of the expressions that Jelly makes of a state, MessagePack needs none: it has lists,
dicts, texts, bytes, numbers, C{True}, C{False} and C{None} as they are.  So where a
message is one object, and all that it refers to is made of these and of other
copies, it is sent as C{['pbcopy.compact', packed]}, with four lists packed:

 - the names of classes;
 - for each group of objects the place of its class among these;
 - for each group the states of its objects, in a list, or the state of its only one;
 - for each mention of an object its place among all objects.

All objects of a group are of one class.  In a state an extension stands for the next
mention.  What is mentioned is in a group before that of who mentions it, and the
outermost object is the last.

Nothing of an application's is called to see whether that can be done.  Where it
cannot, the message is made in the other way (L{pbcopy._envelope}): where there is a
value of another type, however similar, a state that somebody makes himself, a
list or a dict that is in two places, or a cycle.
"""

from __future__ import annotations

from functools import partial
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.msgpack import Ext
from twisted.python.reflect import qual
from twisted.spread import flavors, jelly

from pbcopy._broker import isLive, isWholeMessage
from pbcopy._channel import COMPACT, HUB
from pbcopy._generations import Generations, shown
from pbcopy._levels import isFlat
from pbcopy._policy import Policy, checkLeaving
from pbcopy._state import localNames

MENTION = 1
"""The code of MessagePack's extension for the next mention of an object."""

_MENTION = Ext(MENTION, b"")

methodsOf = attrgetter(
    "jellyFor",
    "getStateToCopyFor",
    "getStateToCopy",
    "getTypeToCopyFor",
    "getTypeToCopy",
)
"""Gives the methods that a class must not have overridden."""

ORDINARY: list[tuple[Any, ...]] = []
"""What these are: those of C{Copyable}."""

_JELLIER = jelly._Jellier

_ASKED: tuple[Any, ...] = (
    jelly.SecurityOptions.isTypeAllowed,
    Policy.isTypeAllowed,
)
"""What lets all that is sent here through.  An application's own may not."""


def mayBeCompact(jellier: Any) -> bool:
    """
    Tell whether an object that is being jellied is a whole message, to a peer that
    reads such.
    """
    broker = jellier.invoker
    return (
        type(jellier) is _JELLIER
        and jellier.persistentStore is None
        and isLive(broker)
        # A Broker of pbcopy's has tried that before it asked Jelly.
        and not getattr(broker, "triesCompact", False)
        and isUnderstood(broker, jellier.taster)
        and isWholeMessage()
    )


def isUnderstood(broker: Any, security: Any) -> bool:
    """
    Tell whether a peer reads such messages, and all that is in them may leave as
    far as Jelly asks.
    """
    if type(security).isTypeAllowed not in _ASKED:
        return False
    local = broker.localObjects.get(HUB)
    return local is not None and bool(local.object.understands(COMPACT))


def compact(flavor: Any, broker: Any) -> bytes | None:
    """
    Give a C{Copyable}, and all that it refers to, packed.

    @return: C{None} if it cannot be sent so.
    @raise Unsendable: if one of them may not leave.
    """
    cls = type(flavor)
    if methodsOf(cls) not in ORDINARY:
        return None
    state = flavor.__dict__
    try:
        if isFlat(state):
            checkLeaving(cls, broker)
            local = localNames(cls)
            sent = shown(state, local) if local else state
            return _encode(((_nameOf(cls),), (0,), (sent,), ()))
        return _packed(flavor, broker)
    except (OverflowError, UnicodeEncodeError):
        # Whoever takes the other way says what is wrong.
        return None


def isOrdinary(cls: type) -> bool:
    """
    Tell whether instances of a class are copies, and it makes neither their state
    nor their name.
    """
    return issubclass(cls, flavors.Copyable) and methodsOf(cls) in ORDINARY


def _packed(flavor: Any, broker: Any) -> bytes | None:
    """
    Give a copy packed that may refer to others.

    @return: C{None} if it cannot be sent so.
    """
    cls = type(flavor)
    checkLeaving(cls, broker)
    found = Generations(partial(_learn, broker))
    if not found.find(flavor, localNames(cls)):
        return None
    groups = found.inwards()
    if groups is None:
        return None
    kinds: dict[type, int] = {}
    for each in groups:
        kinds.setdefault(each.cls, len(kinds))
    names = [*map(_nameOf, kinds)]
    kindOf = [kinds[each.cls] for each in groups]
    states = [
        each.states if len(each.states) > 1 else each.states[0] for each in groups
    ]
    if not found.mentions:
        return _encode((names, kindOf, states, ()))
    numbers, placeOf = found.numbered(groups)
    mentioned: list[int] = []

    def mention(copy: Any) -> Ext:
        mentioned.append(numbers[id(copy)])
        return _MENTION

    packed = msgspec.Raw(msgspec.msgpack.Encoder(enc_hook=mention).encode(states))
    places = [*map(placeOf.__getitem__, mentioned)]
    return _encode((names, kindOf, packed, places))


def _learn(broker: Any, copy: Any) -> set[str] | None:
    """
    Give the attributes that copies of the class of this one keep to themselves.

    @return: C{None} if none of these copies may be mentioned.
    """
    cls = type(copy)
    if not isOrdinary(cls) or not _isForeign(copy):
        return None
    checkLeaving(cls, broker)
    return localNames(cls)


def _isForeign(copy: Any) -> bool:
    """
    Tell whether MessagePack has no form for copies of a class of its own, as it has
    for dataclasses.
    """
    asked: list[Any] = []
    try:
        msgspec.msgpack.Encoder(enc_hook=asked.append).encode(copy)
    except Exception:
        # A form that it cannot fill is one, too.
        return False
    return len(asked) == 1 and asked[0] is copy


def _nameOf(cls: type) -> bytes:
    return qual(cls).encode()


_encode = msgspec.msgpack.Encoder().encode
