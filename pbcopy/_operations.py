# -*- test-case-name: pbcopy.test.test_operations -*-
"""
A change as data: what happens to one node of a declared state.

A node is what can change: a list, a dict, a set, or the attributes of an object.
Each mutation of one is one of these, at its master, on the wire, and at its
replica.  To make one says nothing to anybody (L{pbcopy._tracked.perform}).
"""

from __future__ import annotations

from collections.abc import Iterable
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
        same node; C{None} if there is none.  One that was given so may be changed by
        that, and given again.
        """


def putField(owner: Any, name: str, value: Any) -> None:
    """
    Set an attribute, or delete it, with a word to nobody.

    @param value: what it gets; L{ABSENT} to delete it.
    """
    if value is ABSENT:
        object.__delattr__(owner, name)
    else:
        object.__setattr__(owner, name, value)


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
        putField(self.node.owner(), self.name, self.new)

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
    _isMerged: bool = attr.ib(default=False, init=False, repr=False)

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
        """Give one operation for this one and a later one that touches what it put
        in.  One that was given by this is changed, and given again: a copy for each
        of many would take the square of their number."""
        end = self.start + len(self.new)
        if type(later) is not Splice or later.start > end or later.stop < self.start:
            return None
        # The first one may be somebody else's, too.
        both = self
        if not self._isMerged:
            both = Splice(self.node, self.start, self.stop, [*self.old], [*self.new])
            both._isMerged = True
        both._take(later, end)
        return both

    def _take(self, later: Splice, end: int) -> None:
        before, after = max(self.start - later.start, 0), max(later.stop - end, 0)
        since, until = max(later.start - self.start, 0), min(later.stop, end)
        self.new[since : until - self.start] = later.new
        self.old[:0] = later.old[:before]
        self.old += later.old[len(later.old) - after :]
        self.start, self.stop = self.start - before, self.stop + after


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
    Members of a set come and go.  What does both is replaced by what is equal and
    not the same, as C{1} by C{1.0}.
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
        # What comes again may be equal to what went, and look different.
        if type(later) is not Alter or self.removed & later.added:
            return None
        if self.added & self.removed or later.added & later.removed:
            return None
        added = (self.added - later.removed) | (later.added - self.removed)
        removed = (self.removed - later.added) | (later.removed - self.added)
        return Alter(self.node, added, removed)


def _areSame(some: list[Any], others: list[Any]) -> bool:
    return len(some) == len(others) and all(map(isSame, some, others))


PLAINLY = frozenset([bool, bytes, int, str])
"""Types whose equal instances are the same for all that anybody sees."""


def isSame(one: object, other: object) -> bool:
    """
    Tell whether nobody sees a difference between two values.
    """
    return one is other or (
        type(one) in PLAINLY and type(one) is type(other) and one == other
    )
