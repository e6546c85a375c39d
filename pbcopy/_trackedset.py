# -*- test-case-name: pbcopy.test.test_trackedset -*-
"""
A set that says how it changes: L{TrackedSet}.

Each mutator is at most one operation, an C{Alter}.  It makes none if it raises,
and raises what the one of C{set} does.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, SupportsIndex

from pbcopy._adoption import checkLeaf
from pbcopy._contents import leading
from pbcopy._nodes import ATOMS, KINDS
from pbcopy._operations import Alter, Operation
from pbcopy._sentplain import SentPlain
from pbcopy._tracked import change, pathOf


class TrackedSet(set[Any], SentPlain):
    """
    A set of a declared state.  Its members cannot change.
    """

    plain = set

    def __init__(self, items: Iterable[Any] = (), /) -> None:
        self._become(set(items))

    def add(self, item: Any, /) -> None:
        """Have a member."""
        if item not in self:
            self._alter({item}, set())
        else:
            self._alter(set(), set())

    def discard(self, item: Any, /) -> None:
        """Have a member no more."""
        # As in a plain set, a set means the frozen one.
        wanted = frozenset(item) if isinstance(item, set) else item
        self._alter(set(), {_memberOf(self, wanted)} if wanted in self else set())

    def remove(self, item: Any, /) -> None:
        """Have a member no more, that is there."""
        if item not in self:
            raise KeyError(item)
        self.discard(item)

    def pop(self) -> Any:
        """Take some member out."""
        # The very one, so that the next is found as soon as in a plain set.
        item = super().pop()
        super().add(item)
        self._alter(set(), {item})
        return item

    def clear(self) -> None:
        """Have no members."""
        self._alter(set(), set(self))

    def update(self, *others: Iterable[Any]) -> None:
        """Have all members of others, too."""
        self._alter(set().union(*others).difference(self), set())

    def difference_update(self, *others: Iterable[Any]) -> None:
        """Have no members of others."""
        now = set(self)
        now.difference_update(*others)
        self._become(now)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        """Have no members but those of all others."""
        self._become(set(self).intersection(*others))

    def symmetric_difference_update(self, other: Iterable[Any], /) -> None:
        """Have the members of either this or another."""
        self._become(set(self).symmetric_difference(other))

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._with(other, self.update)

    def __iand__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._with(other, self.intersection_update)

    def __isub__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._with(other, self.difference_update)

    def __ixor__(self, other: Any) -> Any:  # type: ignore[misc]
        return self._with(other, self.symmetric_difference_update)

    def _with(self, other: Any, method: Any) -> Any:
        if not isinstance(other, (set, frozenset)):
            return NotImplemented
        method(other)
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """
        Copy and pickle as what nobody watches.
        """
        # The members of what is in a cycle are known later than the set is.
        return type(self), (), list(self)

    def __setstate__(self, items: list[Any]) -> None:
        self.update(items)

    def _become(self, now: set[Any]) -> None:
        for operation in leading(self, set(self), now):
            self._change(operation)

    def _alter(self, added: set[Any], removed: set[Any]) -> None:
        self._change(Alter(self, added, removed))

    def _change(self, operation: Operation) -> None:
        for each in operation.came():
            if type(each) not in ATOMS:
                checkLeaf(each, lambda: f"{pathOf(self)}{{…}}")
        change(operation)


class _Equal:
    """
    Is found in a set where what it is equal to is.
    """

    def __init__(self, item: Any) -> None:
        self.found = self._item = item

    def __hash__(self) -> int:
        return hash(self._item)

    def __eq__(self, other: object) -> bool:
        if other != self._item:
            return False
        self.found = other
        return True


def _memberOf(members: set[Any], item: Any) -> Any:
    """
    Give the member that is equal to an item: C{1}, say, for C{True}.
    """
    wanted = _Equal(item)
    set.__contains__(members, wanted)
    return wanted.found


KINDS[set] = TrackedSet
