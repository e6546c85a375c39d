# -*- test-case-name: pbcopy.test.test_compact -*-
"""
Copies with plain states, as MessagePack itself.

Of the expressions that Jelly makes of a state, MessagePack needs none: it has lists,
dicts, texts, bytes, numbers, C{True}, C{False} and C{None} as they are.  So where a
message is one object, and all that it refers to is made of these and of other
copies, it is sent as C{['pbcopy.compact', packed]}, with three things packed: the
names of classes; for each object the place of its name among these; and for each
object its state.  One object mentions another by an extension, with its place.
What is mentioned stands before what mentions it, and the outermost object is the
last.

Nothing of an application's is called to see whether that can be done.  Where it
cannot, the message is made in the other way (L{pbcopy._envelope}): where there is a
value of another type, however similar, a state that somebody makes himself, a
list or a dict that is in two places, or a cycle.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import attrgetter
from typing import Any

import attr
import msgspec
from msgspec.msgpack import Ext
from twisted.python.reflect import qual
from twisted.spread import flavors, jelly

from pbcopy import limits
from pbcopy._broker import isLive, isWholeMessage
from pbcopy._channel import COMPACT, HUB
from pbcopy._policy import Policy, checkLeaving
from pbcopy._state import localNames

MENTION = 1
"""The code of MessagePack's extension for the place of an object."""

SCALARS = frozenset([bool, bytes, float, int, str, type(None)])
"""What is in MessagePack, exactly, and has nothing in it."""

CONTAINERS = frozenset([dict, list])
_DICT = frozenset([dict])
_PLAIN = SCALARS | CONTAINERS

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
    if type(jellier) is not _JELLIER or jellier.persistentStore is not None:
        return False
    # A Broker of pbcopy's has tried that before it asked Jelly.
    isUntried = isLive(broker) and not getattr(broker, "triesCompact", False)
    return isUntried and isUnderstood(broker, jellier.taster) and isWholeMessage()


def isUnderstood(broker: Any, security: Any) -> bool:
    """
    Tell whether a peer reads such messages, and all that is in them may leave as
    far as Jelly asks.
    """
    if type(security).isTypeAllowed not in _ASKED:
        return False
    hub = broker.localObjectForID(HUB)
    return hub is not None and bool(hub.understands(COMPACT))


def compact(flavor: Any, broker: Any) -> bytes | None:
    """
    Give an object, and all that it refers to, packed.

    @return: C{None} if it cannot be sent so.
    @raise Unsendable: if one of them may not leave.
    """
    if not isOrdinary(type(flavor)):
        return None
    state = vars(flavor)
    try:
        if isFlat(state):
            return _packedAlone(type(flavor), state, broker)
        found = _Found(flavor, broker)
        return found.packed() if found.isAll() else None
    except (OverflowError, UnicodeEncodeError):
        # Whoever takes the other way says what is wrong.
        return None


def isOrdinary(cls: type) -> bool:
    """
    Tell whether instances of a class are copies, and it makes neither their state
    nor their name.
    """
    return issubclass(cls, flavors.Copyable) and methodsOf(cls) in ORDINARY


def isFlat(state: Any) -> bool:
    """
    Tell whether a state is a dict with nothing in it but numbers, texts and the like.
    """
    return (
        type(state) is dict
        and SCALARS.issuperset(map(type, state))
        and SCALARS.issuperset(map(type, state.values()))
    )


def _packedAlone(cls: type, state: dict[Any, Any], broker: Any) -> bytes:
    checkLeaving(cls, broker)
    sent = _shown(state, localNames(cls))
    return _encoder.encode(([qual(cls).encode("utf-8")], [0], [sent]))


def _shown(state: dict[Any, Any], hidden: set[str]) -> dict[Any, Any]:
    if type(state) is dict and hidden.isdisjoint(state):
        return state
    return {k: v for k, v in state.items() if k not in hidden}


@attr.s(auto_attribs=True, frozen=True, slots=True)
class _Class:
    """
    What is known of a class.

    @ivar kind: the place of its name.
    @ivar hidden: the attributes that it does not send.
    """

    kind: int
    hidden: set[str]


def dictsIn(containers: list[Any]) -> list[dict[Any, Any]]:
    """
    Give those containers that are dicts.
    """
    if _DICT.issuperset(map(type, containers)):
        return containers
    return [each for each in containers if type(each) is dict]


def valuesIn(containers: list[Any], dicts: list[dict[Any, Any]]) -> Iterator[Any]:
    """
    Give all that is in lists and dicts, but for the keys.

    @param dicts: those of them that are dicts.
    """
    values = chain.from_iterable(map(dict.values, dicts))
    if len(dicts) == len(containers):
        return values
    lists = [each for each in containers if type(each) is list]
    return chain(values, chain.from_iterable(lists))


class _Found:
    """
    The objects of a message, in generations: those of the next one are mentioned in
    the states of this one, and have not been met before.
    """

    def __init__(self, flavor: Any, broker: Any) -> None:
        self._broker = broker
        self._known = {id(flavor)}
        self._generations = [[flavor]]
        self._states: dict[int, dict[Any, Any]] = {}
        self._names: list[bytes] = []
        self._classes: dict[type, _Class | None] = {}
        self._containers: set[int] = set()
        self._mentions = 0

    def isAll(self) -> bool:
        """
        Find them.

        @return: whether each is such a copy.
        """
        self._classOf(type(self._generations[0][0]))
        for generation in self._generations:
            states = [self._stateOf(each) for each in generation]
            self._states.update(zip(map(id, generation), states, strict=True))
            mentioned = self._mentionedIn(states)
            if mentioned is None:
                return False
            if mentioned:
                self._mentions += len(mentioned)
                self._generations.append(self._new(mentioned))
        return True

    def _stateOf(self, flavor: Any) -> dict[Any, Any]:
        known: Any = self._classes[type(flavor)]
        return _shown(vars(flavor), known.hidden)

    def _new(self, flavors: list[Any]) -> list[Any]:
        found = {id(each): each for each in flavors if id(each) not in self._known}
        self._known.update(found)
        return [*found.values()]

    def _mentionedIn(self, states: list[Any]) -> list[Any] | None:
        """
        Give the copies in some states; C{None} if something else is not plain.
        """
        mentioned: list[Any] = []
        level = states
        for _ in range(limits.MAX_NESTING):
            dicts = dictsIn(level)
            if not SCALARS.issuperset(map(type, chain.from_iterable(dicts))):
                return None
            kinds = {*map(type, valuesIn(level, dicts))}
            if SCALARS >= kinds:
                return mentioned
            level = [*valuesIn(level, dicts)]
            if not CONTAINERS >= kinds:
                copies = [each for each in level if type(each) not in _PLAIN]
                if None in map(self._classOf, map(type, copies)):
                    return None
                mentioned += copies
                level = [each for each in level if type(each) in CONTAINERS]
            if not self._areNew(level):
                return None
            if not level:
                return mentioned
        return None

    def _areNew(self, containers: list[Any]) -> bool:
        before = len(self._containers)
        self._containers.update(map(id, containers))
        return len(self._containers) == before + len(containers)

    def _classOf(self, cls: type) -> _Class | None:
        if cls not in self._classes:
            self._classes[cls] = self._learn(cls)
        return self._classes[cls]

    def _learn(self, cls: type) -> _Class | None:
        if not isOrdinary(cls):
            return None
        checkLeaving(cls, self._broker)
        self._names.append(qual(cls).encode("utf-8"))
        return _Class(len(self._names) - 1, localNames(cls))

    def packed(self) -> bytes | None:
        """
        Give them packed; C{None} if there is a cycle.
        """
        if not self._mentions:
            return _encoder.encode((self._names, [0], [*self._states.values()]))
        isTree = self._mentions == len(self._known) - 1
        order = self._outwards() if isTree else self._order()
        if order is None:
            return None
        kinds = [self._kindOf(each) for each in order]
        states = [self._states[id(each)] for each in order]
        return self._withMentions(order, (self._names, kinds, states))

    def _kindOf(self, flavor: Any) -> int:
        known: Any = self._classes[type(flavor)]
        return int(known.kind)

    def _outwards(self) -> list[Any]:
        """
        Give the objects of a tree, each after those that it mentions.
        """
        return [*chain.from_iterable(reversed(self._generations))]

    def _order(self) -> list[Any] | None:
        """
        Give the objects, each after those that it mentions.

        @return: C{None} if there is a cycle.
        """
        order: list[Any] = []
        done: dict[int, bool] = {}
        path = [*self._generations[0]]
        while path:
            flavor = path[-1]
            if id(flavor) in done:
                path.pop()
                if not done[id(flavor)]:
                    done[id(flavor)] = True
                    order.append(flavor)
                continue
            done[id(flavor)] = False
            for each in reversed(self._copiesIn(flavor)):
                if done.get(id(each)) is False:
                    return None
                path.append(each)
        return order

    def _copiesIn(self, flavor: Any) -> list[Any]:
        copies: list[Any] = []
        level: list[Any] = [self._states[id(flavor)]]
        while level:
            values = [*valuesIn(level, dictsIn(level))]
            copies += [each for each in values if type(each) in self._classes]
            level = [each for each in values if type(each) in CONTAINERS]
        return copies

    def _withMentions(self, order: list[Any], message: Any) -> bytes | None:
        mentions = {
            id(each): Ext(MENTION, place.to_bytes(4, "big"))
            for place, each in enumerate(order)
        }
        made: list[Ext] = []

        def mention(flavor: Any) -> Ext:
            made.append(mentions[id(flavor)])
            return made[-1]

        packed = msgspec.msgpack.Encoder(enc_hook=mention).encode(message)
        # It asks for what it has no form for, and a dataclass has one.
        return packed if len(made) == self._mentions else None


_encoder = msgspec.msgpack.Encoder()
