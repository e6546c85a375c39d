# -*- test-case-name: pbcopy.test.test_tupletypes -*-
"""
Types of tuples and frozensets, which are made anew if something in them is
converted.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attr

from pbcopy._sized import Sized, SizedSet
from pbcopy._typebase import Type, Walk, Where, changes


@attr.s(auto_attribs=True, frozen=True, str=False)
class FrozenSetOf(SizedSet):
    """
    A frozenset.
    """

    item: Type
    minLength: int = 0
    maxLength: int | None = None

    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Look at the class alone.
        """
        return type(value) is frozenset

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Convert the items.
        """
        if type(value) is not frozenset:
            walk.refuse(value, str(self), where)
            return value
        changed = self.converted(value, walk, where)
        return frozenset(changed.get(i, i) for i in value) if changed else value

    def __str__(self) -> str:
        return self.shown("frozenset", self.item)


class _Tuple(Sized):
    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Look at the class and the length alone.
        """
        return type(value) is tuple and self.allowsLength(len(value))

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Convert the items.
        """
        if type(value) is not tuple:
            walk.refuse(value, str(self), where)
            return value
        self.lookAtLength(value, walk, where)
        changed = dict(self.changed(value, walk, where))
        if not changed:
            return value
        return tuple(changed.get(index, each) for index, each in enumerate(value))

    def changed(
        self, value: tuple[Any, ...], walk: Walk, where: Where
    ) -> Iterable[tuple[int, Any]]:
        """
        Convert the items, and give those that were changed, with their indices.
        """
        raise NotImplementedError


@attr.s(auto_attribs=True, frozen=True, str=False)
class TupleOf(_Tuple):
    """
    A tuple of any length.
    """

    item: Type
    minLength: int = 0
    maxLength: int | None = None

    def changed(
        self, value: tuple[Any, ...], walk: Walk, where: Where
    ) -> Iterable[tuple[int, Any]]:
        """
        Convert the items.
        """
        if self.item.takesAll(value):
            return ()
        return changes(self.item, enumerate(value), walk, where)

    def __str__(self) -> str:
        return self.shown("tuple", self.item, "...")


@attr.s(auto_attribs=True, frozen=True, str=False)
class FixedTuple(_Tuple):
    """
    A tuple that has a type for each item.
    """

    items: tuple[Type, ...]
    bounds = frozenset()

    def allowsLength(self, length: int) -> bool:
        """
        Tell whether there are as many types.
        """
        return length == len(self.items)

    def changed(
        self, value: tuple[Any, ...], walk: Walk, where: Where
    ) -> Iterable[tuple[int, Any]]:
        """
        Convert each item by its own type.
        """
        for index, (type_, each) in enumerate(zip(self.items, value, strict=False)):
            yield from changes(type_, [(index, each)], walk, where)

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items)) or '()'}]"
