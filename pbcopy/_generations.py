# -*- test-case-name: pbcopy.test.test_generations -*-
"""
The copies that one copy refers to, in generations: those of the next one are
mentioned in the states of this one, and have not been met before.

Nothing of an application's is called to find them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate, chain, count, islice
from operator import attrgetter
from typing import Any

import attr

from pbcopy import limits
from pbcopy._levels import (
    PLAIN,
    SCALARS,
    areDicts,
    containersIn,
    contentsOf,
    haveScalarKeys,
    those,
)

_State = dict[Any, Any]
_dictOf: Callable[[Any], _State] = attrgetter("__dict__")


@attr.s(auto_attribs=True, frozen=True, slots=True, eq=False)
class Group:
    """
    Copies of one class that do not mention each other.

    @ivar states: the state of each of them.
    """

    cls: type
    copies: list[Any]
    states: list[_State]


def shown(state: _State, hidden: set[str]) -> _State:
    """
    Give what may be seen of the attributes of an object.
    """
    if type(state) is dict and hidden.isdisjoint(state):
        return state
    return {k: v for k, v in state.items() if k not in hidden}


class Generations:
    """
    The copies of one message.

    @ivar mentions: how often one of them is mentioned.
    """

    def __init__(self, learn: Callable[[Any], set[str] | None]) -> None:
        """
        @param learn: tells, for the first copy of each class that is mentioned, which
            attributes of these stay here; C{None} if they cannot be sent so.
        """
        self.mentions = 0
        self._learn = learn
        self._hidden: dict[type, set[str]] = {}
        # The number of each copy that was met, by its id.
        self._known: dict[int, int] = {}
        self._groups: list[Group] = []
        self._containers: set[int] = set()

    def find(self, copy: Any, hidden: set[str]) -> bool:
        """
        Find all that a copy refers to.

        @param hidden: which attributes of it stay here.
        @return: whether each is a copy that can be sent so, or plain, and no list or
            dict is in two places.
        """
        self._known[id(copy)] = 0
        groups = [_grouped(type(copy), [copy], hidden)]
        while True:
            self._groups += groups
            states = groups[0].states
            if len(groups) > 1:
                states = [*chain.from_iterable(each.states for each in groups)]
            mentioned = self._mentionedIn(states)
            if not mentioned:
                return mentioned is not None
            self.mentions += len(mentioned)
            groups = self._groupsOf(self._new(mentioned))
            if not groups:
                return True

    def _new(self, copies: list[Any]) -> list[Any]:
        known, before = self._known, len(self._known)
        known.update(zip(map(id, copies), count(before), strict=False))
        if len(known) == before + len(copies):
            return copies
        # A dict keeps what is new at its end.
        new = islice(reversed(known.values()), len(known) - before)
        return [copies[number - before] for number in new][::-1]

    def _groupsOf(self, copies: list[Any]) -> list[Group]:
        classes: dict[type, list[Any]] = {each: [] for each in {*map(type, copies)}}
        if len(classes) == 1:
            classes = dict.fromkeys(classes, copies)
        else:
            for each in copies:
                classes[type(each)].append(each)
        return [_grouped(cls, of, self._hidden[cls]) for cls, of in classes.items()]

    def _mentionedIn(self, states: list[Any]) -> list[Any] | None:
        """
        Give the copies in some states; C{None} if something else is not plain.
        """
        mentioned: list[Any] = []
        level = states
        kinds: set[type] = {dict}
        for _ in range(limits.MAX_NESTING):
            values, above = contentsOf(level, kinds), kinds
            kinds = {*map(type, values)}
            if SCALARS >= kinds:
                return mentioned
            if not PLAIN >= kinds:
                copies = values
                if not PLAIN.isdisjoint(kinds):
                    copies = those(values, kinds - PLAIN)
                if not self._areKnown(copies, kinds - PLAIN):
                    return None
                if not haveScalarKeys(level, above):
                    return None
                mentioned += copies
            level = containersIn(values, kinds)
            if not self._areNew(level):
                return None
            if not level:
                return mentioned
        return None

    def _areKnown(self, copies: list[Any], classes: set[type]) -> bool:
        for cls in classes - self._hidden.keys():
            hidden = self._learn(next(each for each in copies if type(each) is cls))
            if hidden is None:
                return False
            self._hidden[cls] = hidden
        return True

    def _areNew(self, containers: list[Any]) -> bool:
        before = len(self._containers)
        self._containers.update(map(id, containers))
        return len(self._containers) == before + len(containers)

    def inwards(self) -> list[Group] | None:
        """
        Give the groups, each after those that it mentions.

        @return: C{None} if there is a cycle.
        """
        return self._groups[::-1] if self._isTree() else self._layers()

    def _isTree(self) -> bool:
        return self.mentions == len(self._known) - 1

    def numbered(self, groups: list[Group]) -> tuple[dict[int, int], Sequence[int]]:
        """
        Give the number of each copy by its C{id}, and its place by its number.

        @param groups: what L{inwards} has given.
        """
        if self._isTree() and self._areInOrder():
            ends = accumulate(len(each.copies) for each in groups)
            ranges = [
                range(end - len(each.copies), end)
                for each, end in zip(groups, ends, strict=True)
            ]
            return self._known, [*chain.from_iterable(reversed(ranges))]
        copies = [*chain.from_iterable(each.copies for each in groups)]
        places = range(len(copies))
        return dict(zip(map(id, copies), places, strict=True)), places

    def _areInOrder(self) -> bool:
        """
        Tell whether the copies of a tree were met in the order in which they are in
        the groups.  That is so where no generation has several classes.
        """
        sizes = (len(each.copies) for each in self._groups)
        starts = accumulate(sizes, initial=0)
        return all(
            self._known[id(each.copies[0])] == start
            for each, start in zip(self._groups, starts, strict=False)
        )

    def _layers(self) -> list[Group] | None:
        copies = chain.from_iterable(each.copies for each in self._groups)
        states = chain.from_iterable(each.states for each in self._groups)
        stateOf = {id(each): state for each, state in zip(copies, states, strict=True)}
        layers = self._layersOf(self._groups[0].copies[0], stateOf)
        if layers is None:
            return None
        groups: dict[Any, Group] = {}
        for copy, layer in layers:
            cls = type(copy)
            group = groups.setdefault((layer, cls), Group(cls, [], []))
            group.copies.append(copy)
            group.states.append(stateOf[id(copy)])
        return [groups[key] for key in sorted(groups, key=lambda key: key[0])]

    def _layersOf(
        self, root: Any, stateOf: dict[int, _State]
    ) -> list[tuple[Any, int]] | None:
        """
        Give each copy with the number of its layer, which is higher than those of all
        that it mentions.

        @return: C{None} if there is a cycle.
        """
        found: list[tuple[Any, int]] = []
        layers: dict[int, int] = {}
        begun: dict[int, list[Any]] = {}
        path = [root]
        while path:
            copy, key = path[-1], id(path[-1])
            if key not in layers and key not in begun:
                mentioned = begun[key] = self._copiesIn(stateOf[key])
                if not begun.keys().isdisjoint(map(id, mentioned)):
                    return None
                path += reversed(mentioned)
                continue
            path.pop()
            if key in begun:
                below = (layers[id(each)] for each in begun.pop(key))
                layers[key] = 1 + max(below, default=-1)
                found.append((copy, layers[key]))
        return found

    def _copiesIn(self, state: _State) -> list[Any]:
        copies: list[Any] = []
        level: list[Any] = [state]
        kinds: set[type] = {dict}
        while level:
            values = contentsOf(level, kinds)
            kinds = {*map(type, values)}
            copies += [each for each in values if type(each) not in PLAIN]
            level = containersIn(values, kinds)
        return copies


def _grouped(cls: type, copies: list[Any], hidden: set[str]) -> Group:
    states = [*map(_dictOf, copies)]
    if hidden or not areDicts(states):
        states = [shown(each, hidden) for each in states]
    return Group(cls, copies, states)
