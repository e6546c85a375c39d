# -*- test-case-name: pbcopy.test.test_containertypes -*-
"""
Types of lists, dicts and sets.

What was received stays what it is: its items are converted in their places, by
the methods of C{list}, C{dict} and C{set}, whatever a subclass does.
"""

from __future__ import annotations

from typing import Any, ClassVar

import attr

from pbcopy._sized import Sized, SizedSet
from pbcopy._typebase import Type, Walk, Where, changes


class Kept(Sized):
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
class ListOf(Kept):
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
        self.lookAtLength(container, walk, where)
        if self.item.takesAll(container):
            return
        changed = [*changes(self.item, enumerate(container), walk, where)]
        if changed and walk.mayChange(container, self, where):
            for index, value in changed:
                list.__setitem__(container, index, value)

    def __str__(self) -> str:
        return self.shown("list", self.item)


@attr.s(auto_attribs=True, frozen=True, str=False)
class DictOf(Kept):
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
        self.lookAtLength(container, walk, where)
        if not self.value.takesAll(container.values()):
            changed = [*changes(self.value, container.items(), walk, where)]
            if changed and walk.mayChange(container, self, where):
                dict.update(container, changed)
        if not self.key.takesAll(container):
            pairs = ((key, key) for key in container)
            renamed = dict(changes(self.key, pairs, walk, where))
            if renamed and walk.mayChange(container, self, where):
                self._rename(container, renamed, walk, where)

    def _rename(
        self,
        container: dict[Any, Any],
        renamed: dict[Any, Any],
        walk: Walk,
        where: Where,
    ) -> None:
        items = {renamed.get(key, key): value for key, value in container.items()}
        if len(items) < len(container):
            walk.refuse(container, f"{self}, whose keys stay different ones", where)
            return
        dict.clear(container)
        dict.update(container, items)

    def __str__(self) -> str:
        return self.shown("dict", self.key, self.value)


@attr.s(auto_attribs=True, frozen=True, str=False)
class SetOf(SizedSet, Kept):
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
        changed = self.converted(container, walk, where)
        if changed and walk.mayChange(container, self, where):
            set.difference_update(container, changed.keys())
            set.update(container, changed.values())

    def __str__(self) -> str:
        return self.shown("set", self.item)
