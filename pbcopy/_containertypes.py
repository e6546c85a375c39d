# -*- test-case-name: pbcopy.test.test_containertypes -*-
"""
Types of values that have others in them.

A received list, dict, set or object stays what it is: its items are converted in
their places.  A tuple or frozenset is made anew if something in it is converted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from operator import is_
from typing import Any, ClassVar

import attr

from pbcopy._leaftypes import LENGTH, Type, Walk, Where, shownBounds
from pbcopy.errors import Violation

IN_A_SET = object()
"""Stands in a place for the key to what is in a set."""


def _changes(
    type_: Type, pairs: Iterable[tuple[Any, Any]], walk: Walk, where: Where
) -> Iterator[tuple[Any, Any]]:
    """
    Convert values, and give those that were changed, with their keys.
    """
    exact = type_.exact
    for key, value in pairs:
        if type(value) not in exact:
            converted = type_.convert(value, walk, (where, key))
            if converted is not value:
                yield key, converted


class _Sized(Type):
    """
    A container with a number of items that may be bounded.
    """

    minLength: int
    maxLength: int | None
    bounds = LENGTH

    def checkLength(self, length: int, where: str) -> None:
        """
        Check the number of items that a container is to have.

        @raise Violation: if it is too few or too many.
        """
        if not self.allowsLength(length):
            raise Violation(
                "this has too few or too many items",
                where=where,
                got=f"{length} items",
                expected=str(self),
            )

    def allowsLength(self, length: int) -> bool:
        """
        Tell whether a container may have so many items.
        """
        most = length if self.maxLength is None else self.maxLength
        return self.minLength <= length <= most

    def bounded(self, bounds: Mapping[str, Any]) -> Type:
        """
        Give this type with other bounds.
        """
        return attr.evolve(  # type: ignore[misc]
            self,
            minLength=bounds.get("min_length", self.minLength),
            maxLength=bounds.get("max_length", self.maxLength),
        )

    def _lookAtLength(self, container: Any, walk: Walk, where: Where) -> None:
        if not self.allowsLength(len(container)):
            walk.refuse(container, str(self), where)

    def _shown(self, name: str, *items: object) -> str:
        limits = [("min_length", self.minLength)] if self.minLength else []
        limits += [] if self.maxLength is None else [("max_length", self.maxLength)]
        return f"{name}[{', '.join(map(str, items))}]" + shownBounds(limits)


class _Kept(_Sized):
    """
    A container that stays the object that it is.
    """

    isNode = True
    kind: ClassVar[type]

    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Look at the class alone.
        """
        return isinstance(value, self.kind)

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Have the items looked at later.
        """
        if isinstance(value, self.kind):
            walk.meet(value, self, where)
        else:
            walk.refuse(value, str(self), where)
        return value

    def look(self, container: Any, walk: Walk, where: Where) -> None:
        """
        Check what is in a container, and convert it there.
        """
        raise NotImplementedError


@attr.s(auto_attribs=True, frozen=True, str=False)
class ListOf(_Kept):
    """
    A list.
    """

    item: Type
    minLength: int = 0
    maxLength: int | None = None
    kind: ClassVar[type] = list

    def look(self, container: list[Any], walk: Walk, where: Where) -> None:
        """
        Convert the items.
        """
        self._lookAtLength(container, walk, where)
        if self.item.takesAll(container):
            return
        for index, value in _changes(self.item, enumerate(container), walk, where):
            if walk.mayChange(container, self, where):
                list.__setitem__(container, index, value)

    def __str__(self) -> str:
        return self._shown("list", self.item)


@attr.s(auto_attribs=True, frozen=True, str=False)
class DictOf(_Kept):
    """
    A dict.
    """

    key: Type
    value: Type
    minLength: int = 0
    maxLength: int | None = None
    kind: ClassVar[type] = dict

    def look(self, container: dict[Any, Any], walk: Walk, where: Where) -> None:
        """
        Convert the values, and then the keys.
        """
        self._lookAtLength(container, walk, where)
        if not self.value.takesAll(container.values()):
            for key, value in _changes(self.value, container.items(), walk, where):
                if walk.mayChange(container, self, where):
                    dict.__setitem__(container, key, value)
        if not self.key.takesAll(container):
            pairs = ((key, key) for key in container)
            changed = dict(_changes(self.key, pairs, walk, where))
            if changed and walk.mayChange(container, self, where):
                self._rename(container, changed, walk, where)

    def _rename(
        self,
        container: dict[Any, Any],
        changed: dict[Any, Any],
        walk: Walk,
        where: Where,
    ) -> None:
        renamed = {changed.get(key, key): each for key, each in container.items()}
        if len(renamed) < len(container):
            walk.refuse(container, f"{self}, whose keys stay different ones", where)
            return
        dict.clear(container)
        dict.update(container, renamed)

    def __str__(self) -> str:
        return self._shown("dict", self.key, self.value)


def _convertedSet(
    type_: SetOf | FrozenSetOf, items: Collection[Any], walk: Walk, where: Where
) -> dict[Any, Any]:
    """
    Convert what is in a set, and give what was changed by what it was.
    """
    type_._lookAtLength(items, walk, where)
    if type_.item.takesAll(items):
        return {}
    changed = {
        each: new
        for each in items
        for _, new in _changes(type_.item, [(IN_A_SET, each)], walk, where)
    }
    if len({changed.get(each, each) for each in items}) < len(items):
        walk.refuse(items, f"{type_}, whose items stay different ones", where)
        return {}
    return changed


@attr.s(auto_attribs=True, frozen=True, str=False)
class SetOf(_Kept):
    """
    A set.
    """

    item: Type
    minLength: int = 0
    maxLength: int | None = None
    kind: ClassVar[type] = set

    def look(self, container: set[Any], walk: Walk, where: Where) -> None:
        """
        Convert the items.
        """
        changed = _convertedSet(self, container, walk, where)
        if changed and walk.mayChange(container, self, where):
            set.difference_update(container, changed.keys())
            set.update(container, changed.values())

    def __str__(self) -> str:
        return self._shown("set", self.item)


@attr.s(auto_attribs=True, frozen=True, str=False)
class FrozenSetOf(_Sized):
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
        changed = _convertedSet(self, value, walk, where)
        return frozenset(changed.get(i, i) for i in value) if changed else value

    def __str__(self) -> str:
        return self._shown("frozenset", self.item)


class _AnyTuple(_Sized):
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
        self._lookAtLength(value, walk, where)
        items = list(value)
        for index, new in self.changed(value, walk, where):
            items[index] = new
        isSame = all(map(is_, items, value))
        return value if isSame else tuple(items)

    def changed(
        self, value: tuple[Any, ...], walk: Walk, where: Where
    ) -> Iterable[tuple[int, Any]]:
        """
        Convert the items, and give those that were changed, with their indices.
        """
        raise NotImplementedError


@attr.s(auto_attribs=True, frozen=True, str=False)
class TupleOf(_AnyTuple):
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
        return _changes(self.item, enumerate(value), walk, where)

    def __str__(self) -> str:
        return self._shown("tuple", self.item, "...")


@attr.s(auto_attribs=True, frozen=True, str=False)
class FixedTuple(_AnyTuple):
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
            yield from _changes(type_, [(index, each)], walk, where)

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items)) or '()'}]"
