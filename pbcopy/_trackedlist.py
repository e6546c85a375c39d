# -*- test-case-name: pbcopy.test.test_trackedlist -*-
"""
A list that says how it changes: L{TrackedList}.

Each mutator is at most one operation: a C{Splice}, a C{Stride} or an C{Order}.
It makes none if it raises, and raises what the one of C{list} does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import index as asIndex
from sys import maxsize
from typing import Any, SupportsIndex

from pbcopy._adoption import adoptedAll
from pbcopy._leaves import areEqual
from pbcopy._nodes import KINDS, SIMPLE
from pbcopy._operations import Order, Splice, Stride
from pbcopy._sentplain import SentPlain
from pbcopy._tracked import change, pathOf

_append = list.append


class TrackedList(list[Any], SentPlain):
    """
    A list of a declared state.

    Its methods are what is seen.  C{heapq} writes past them: use it on a plain list,
    and set the items to that.
    """

    # What is in a slot is found sooner.
    __slots__ = ("holders", "watchers")
    plain = list

    def __new__(cls, *args: Any, **kw: Any) -> Any:
        """Make one that nobody holds or watches."""
        made = super().__new__(cls)
        made.holders, made.watchers = {}, ()
        return made

    def __init__(self, items: Iterable[Any] = (), /) -> None:
        self._splice(0, len(self), list(items))

    # What is called most often.
    def append(self, item: Any, /) -> None:
        """Append an item."""
        if type(item) in SIMPLE and not self.watchers:
            _append(self, item)
        else:
            self._splice(len(self), len(self), [item])

    def extend(self, items: Iterable[Any], /) -> None:
        """Append items.  If they cannot all be had, there are none of them."""
        new = list(items)
        self._splice(len(self), len(self), new)

    def insert(self, index: SupportsIndex, item: Any, /) -> None:
        """Insert an item before an index."""
        at, length = asIndex(index), len(self)
        if not -maxsize <= at <= maxsize:
            # It raises.
            super().insert(at, item)
        at = min(at, length) if at >= 0 else max(at + length, 0)
        self._splice(at, at, [item])

    def pop(self, index: SupportsIndex = -1, /) -> Any:
        """Take an item out."""
        at = asIndex(index)
        if not -len(self) <= at < len(self):
            return super().pop(at)
        item = self[at]
        del self[at]
        return item

    def remove(self, item: Any, /) -> None:
        """Take the first item out that is equal to another one."""
        for at, each in enumerate(self):
            if each is item or each == item:
                del self[at]
                return
        raise ValueError("list.remove(x): x not in list")

    def clear(self) -> None:
        """Take all items out."""
        self._splice(0, len(self), [])

    def sort(
        self, *, key: Callable[[Any], Any] | None = None, reverse: bool = False
    ) -> None:
        """Put the items in order."""
        before = list(self)
        keys = before if key is None else list(map(key, before))
        order = sorted(range(len(keys)), key=keys.__getitem__, reverse=reverse)
        if len(self) != len(before) or any(
            one is not other for one, other in zip(self, before, strict=True)
        ):
            raise ValueError("list modified during sort")
        change(Order(self, order))

    def reverse(self) -> None:
        """Turn the items round."""
        change(Order(self, list(range(len(self) - 1, -1, -1))))

    def __setitem__(self, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            self._setSlice(index, list(value))
            return
        at = self._at(index)
        if at is None:
            # It raises.
            super().__setitem__(index, value)
        else:
            self._splice(at, at + 1, [value])

    def __delitem__(self, index: Any) -> None:
        if isinstance(index, slice):
            self._setSlice(index, None)
            return
        at = self._at(index)
        if at is None:
            super().__delitem__(index)
        else:
            self._splice(at, at + 1, [])

    def __iadd__(self, items: Iterable[Any]) -> Any:  # type: ignore[misc]
        self.extend(items)
        return self

    def __imul__(self, times: Any) -> Any:  # type: ignore[misc]
        try:
            number = asIndex(times)
        except TypeError:
            return NotImplemented
        if number > 0:
            self.extend(list(self) * (number - 1))
        else:
            self._splice(0, len(self), list(self) * number)
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """
        Copy and pickle as what nobody holds or watches.
        """
        return type(self), (), None, iter(list(self))

    def _at(self, index: Any) -> int | None:
        """
        Give the place that an index means; C{None} if it means none.
        """
        if not hasattr(type(index), "__index__"):
            return None
        at = asIndex(index)
        at += len(self) if at < 0 else 0
        return at if 0 <= at < len(self) else None

    def _setSlice(self, where: slice, items: list[Any] | None) -> None:
        start, stop, by = where.indices(len(self))
        if by == 1:
            self._splice(start, max(start, stop), items or [])
            return
        places = range(start, stop, by)
        if items is not None and len(items) != len(places):
            # It raises.
            super().__setitem__(where, items)
        old = [self[at] for at in places]
        new = None if items is None else self._kept(places, old, items)
        change(Stride(self, start, stop, by, old, new))

    def _splice(self, start: int, stop: int, items: list[Any]) -> None:
        """
        Put items in the place of others, less those at both ends that stay.
        """
        old = super().__getitem__(slice(start, stop))
        most, before, after = min(len(old), len(items)), 0, 0
        while before < most and areEqual(old[before], items[before]):
            before += 1
        while after < most - before and areEqual(old[-1 - after], items[-1 - after]):
            after += 1
        start += before
        old = old[before : len(old) - after]
        new = items[before : len(items) - after]
        places = range(start, start + len(new))
        new = self._kept(places, old, new)
        change(Splice(self, start, start + len(old), old, new))

    def _kept(self, places: range, old: list[Any], items: list[Any]) -> list[Any]:
        """
        Give what to have for items: at each place the old one, if it is equal.
        """
        kept = items.copy()
        for at, (before, item) in enumerate(zip(old, items, strict=False)):
            if areEqual(before, item):
                kept[at] = before
        return adoptedAll(kept, lambda at: self._pathTo(places[at]))

    def _pathTo(self, place: int) -> str:
        return f"{pathOf(self)}[{place}]"


KINDS[list] = TrackedList
