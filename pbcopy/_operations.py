# -*- test-case-name: pbcopy.test.test_operations -*-
"""
A change as data: what happens to one node of a declared state.

A node is what can change: a list, a dict, a set, or the attributes of an object.
Each mutation of one is one of these, at its master, on the wire, and at its
replica.  To make one says nothing to anybody (L{pbcopy._tracked.perform}).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import attr


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


ABSENT: Any = _Absent()
"""What is found where an attribute or a key is not there."""


class Operation(Protocol):
    """
    What happens to one node.

    @ivar node: what changes.
    """

    node: Any

    def came(self) -> Iterable[Any]:
        """Give the values that come into the node."""

    def went(self) -> Iterable[Any]:
        """Give the values that leave it."""

    def isVoid(self) -> bool:
        """Tell whether nothing changes."""

    def apply(self) -> None:
        """Make the change."""

    def merged(self, later: Any) -> Operation | None:
        """
        Give one operation that does what this one and then C{later} does to the
        same node; C{None} if there is none.
        """


@attr.s(auto_attribs=True, slots=True, eq=False)
class Set:
    """
    An attribute is set, or goes.

    @ivar old: what it was; L{ABSENT} if it was not there.
    @ivar new: what it is; L{ABSENT} if it goes.
    """

    node: Any
    name: str
    old: Any
    new: Any

    def came(self) -> Iterable[Any]:
        """Give the values that come into the node."""
        return (self.new,)

    def went(self) -> Iterable[Any]:
        """Give the values that leave it."""
        return (self.old,)

    def isVoid(self) -> bool:
        """Tell whether nothing changes."""
        return self.old is self.new

    def apply(self) -> None:
        """Make the change."""
        owner = self.node.owner()
        if self.new is ABSENT:
            object.__delattr__(owner, self.name)
        else:
            object.__setattr__(owner, self.name, self.new)

    def merged(self, later: Any) -> Set | None:
        """Give one operation for this one and a later one."""
        if type(later) is Set and later.name == self.name:
            return Set(self.node, self.name, self.old, later.new)
        return None


@attr.s(auto_attribs=True, slots=True, eq=False)
class Splice:
    """
    C{node[start:stop] = new}.
    """

    node: Any
    start: int
    stop: int
    old: list[Any]
    new: list[Any]

    def came(self) -> Iterable[Any]:
        """Give the values that come into the node."""
        return self.new

    def went(self) -> Iterable[Any]:
        """Give the values that leave it."""
        return self.old

    def isVoid(self) -> bool:
        """Tell whether nothing changes."""
        return _areSame(self.old, self.new)

    def apply(self) -> None:
        """Make the change."""
        list.__setitem__(self.node, slice(self.start, self.stop), self.new)

    def merged(self, later: Any) -> Splice | None:
        """Give one operation for this one and a later one within what it put in."""
        end = self.start + len(self.new)
        if type(later) is not Splice or not self.start <= later.start <= end:
            return None
        inside, more = min(later.stop, end), max(later.stop - end, 0)
        new = self.new.copy()
        new[later.start - self.start : inside - self.start] = later.new
        rest = later.old[len(later.old) - more :] if more else []
        return Splice(self.node, self.start, self.stop + more, [*self.old, *rest], new)


@attr.s(auto_attribs=True, slots=True, eq=False)
class Stride:
    """
    C{node[start:stop:step] = new}, with a step of its own.

    @ivar new: as many as there were; C{None} if they go.
    """

    node: Any
    start: int
    stop: int
    step: int
    old: list[Any]
    new: list[Any] | None

    @property
    def range(self) -> slice:
        """
        What is meant.  A stop before the first item has no number of its own.
        """
        return slice(self.start, None if self.stop < 0 else self.stop, self.step)

    def came(self) -> Iterable[Any]:
        """Give the values that come into the node."""
        return self.new or ()

    def went(self) -> Iterable[Any]:
        """Give the values that leave it."""
        return self.old

    def isVoid(self) -> bool:
        """Tell whether nothing changes."""
        return not self.old or (self.new is not None and _areSame(self.old, self.new))

    def apply(self) -> None:
        """Make the change."""
        if self.new is None:
            list.__delitem__(self.node, self.range)
        else:
            list.__setitem__(self.node, self.range, self.new)

    def merged(self, later: Any) -> None:
        """Give C{None}: there is no such operation."""
        return None


@attr.s(auto_attribs=True, slots=True, eq=False)
class Order:
    """
    The items of a list change their places: the new item at C{i} is the old one
    at C{order[i]}.
    """

    node: Any
    order: list[int]

    def came(self) -> Iterable[Any]:
        """Give the values that come into the node: none."""
        return ()

    def went(self) -> Iterable[Any]:
        """Give the values that leave it: none."""
        return ()

    def isVoid(self) -> bool:
        """Tell whether nothing changes."""
        return all(at == each for at, each in enumerate(self.order))

    def apply(self) -> None:
        """Make the change."""
        before = list(self.node)
        list.__setitem__(self.node, slice(None), [before[at] for at in self.order])

    def merged(self, later: Any) -> Order | None:
        """Give one operation for this one and a later one."""
        if type(later) is Order:
            return Order(self.node, [self.order[at] for at in later.order])
        return None


@attr.s(auto_attribs=True, slots=True, eq=False)
class Update:
    """
    Keys of a dict are set, in order.

    @ivar old: what those had that were there.
    """

    node: Any
    old: dict[Any, Any]
    new: dict[Any, Any]

    def came(self) -> Iterable[Any]:
        """Give the values that come into the node."""
        return self.new.values()

    def went(self) -> Iterable[Any]:
        """Give the values that leave it."""
        return self.old.values()

    def isVoid(self) -> bool:
        """Tell whether nothing changes."""
        return all(self.old.get(k, ABSENT) is v for k, v in self.new.items())

    def apply(self) -> None:
        """Make the change."""
        dict.update(self.node, self.new)

    def merged(self, later: Any) -> Update | None:
        """Give one operation for this one and a later one."""
        if type(later) is not Update:
            return None
        old = {k: v for k, v in later.old.items() if k not in self.new}
        return Update(self.node, {**old, **self.old}, {**self.new, **later.new})


@attr.s(auto_attribs=True, slots=True, eq=False)
class Remove:
    """
    Keys of a dict go.

    @ivar old: the keys, with what they had.
    """

    node: Any
    old: dict[Any, Any]

    def came(self) -> Iterable[Any]:
        """Give the values that come into the node: none."""
        return ()

    def went(self) -> Iterable[Any]:
        """Give the values that leave it."""
        return self.old.values()

    def isVoid(self) -> bool:
        """Tell whether nothing changes."""
        return not self.old

    def apply(self) -> None:
        """Make the change."""
        for key in self.old:
            dict.__delitem__(self.node, key)

    def merged(self, later: Any) -> Remove | None:
        """Give one operation for this one and a later one."""
        if type(later) is Remove:
            return Remove(self.node, {**self.old, **later.old})
        return None


@attr.s(auto_attribs=True, slots=True, eq=False)
class Alter:
    """
    Members of a set come and go.  None does both.
    """

    node: Any
    added: set[Any]
    removed: set[Any]

    def came(self) -> Iterable[Any]:
        """Give the values that come into the node."""
        return self.added

    def went(self) -> Iterable[Any]:
        """Give the values that leave it."""
        return self.removed

    def isVoid(self) -> bool:
        """Tell whether nothing changes."""
        return not self.added and not self.removed

    def apply(self) -> None:
        """Make the change."""
        set.difference_update(self.node, self.removed)
        set.update(self.node, self.added)

    def merged(self, later: Any) -> Alter | None:
        """Give one operation for this one and a later one."""
        if type(later) is not Alter:
            return None
        added = (self.added - later.removed) | (later.added - self.removed)
        removed = (self.removed - later.added) | (later.removed - self.added)
        return Alter(self.node, added, removed)


def between(node: Any, before: Any) -> Iterator[Operation]:
    """
    Give the operations that lead from what a node was to what it is.

    @param before: its plain contents: a list, a dict or a set; for the
        attributes of an object, a dict of its fields.
    """
    if isinstance(node, list):
        yield _splice(node, before)
    elif isinstance(node, set):
        now = set(node)
        yield Alter(node, now - before, before - now)
    elif hasattr(node, "owner"):
        now = node.fields()
        for name in {**before, **now}:
            yield Set(node, name, before.get(name, ABSENT), now.get(name, ABSENT))
    else:
        yield Remove(node, {k: v for k, v in before.items() if k not in node})
        new = {k: v for k, v in node.items() if before.get(k, ABSENT) is not v}
        yield Update(node, {k: before[k] for k in new if k in before}, new)


def _splice(node: list[Any], before: list[Any]) -> Splice:
    most = min(len(node), len(before))
    start = next((at for at in range(most) if node[at] is not before[at]), most)
    end = 0
    while end < most - start and node[-1 - end] is before[-1 - end]:
        end += 1
    stop = len(before) - end
    return Splice(node, start, stop, before[start:stop], node[start : len(node) - end])


def _areSame(some: list[Any], others: list[Any]) -> bool:
    return len(some) == len(others) and all(map(_isSame, some, others))


def _isSame(one: object, other: object) -> bool:
    return one is other
