# -*- test-case-name: pbcopy.test.test_trackedlist -*-
"""
A list that says how it changes: L{TrackedList}.

Each mutator is one operation: a C{Splice}, a C{Stride} or an C{Order}.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pbcopy._adoption import adopted, areEqual
from pbcopy._nodes import KINDS, SIMPLE, Tracked
from pbcopy._operations import Splice
from pbcopy._tracked import change, pathOf


class TrackedList(list[Any], Tracked):
    """
    A list of a declared state.
    """

    __slots__ = ("holders", "watchers")
    plain = list

    def __init__(self, items: Iterable[Any] = ()) -> None:
        self.holders = []
        self.watchers = ()
        self.extend(items)

    # What is called most often.
    def append(self, item: Any, _append: Callable[..., None] = list.append) -> None:
        """Append an item."""
        if not self.watchers and type(item) in SIMPLE:
            _append(self, item)
        else:
            self._splice(len(self), len(self), [item])

    def _splice(self, start: int, stop: int, items: list[Any]) -> None:
        old = list.__getitem__(self, slice(start, stop))
        change(Splice(self, start, stop, old, self._adopted(start, old, items)))

    def _adopted(self, start: int, old: list[Any], items: list[Any]) -> list[Any]:
        def where() -> str:
            return f"{pathOf(self)}[{start + at}]"

        new = items.copy()
        for at, item in enumerate(items):
            isSame = at < len(old) and areEqual(old[at], item)
            new[at] = old[at] if isSame else adopted(item, where)
        return new


KINDS[list] = TrackedList
