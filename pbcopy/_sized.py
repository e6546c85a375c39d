# -*- test-case-name: pbcopy.test.test_containertypes -*-
"""
What the types of containers have in common: a number of items.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import attr

from pbcopy._typebase import Type, Walk, Where, changes, shownBounds
from pbcopy.errors import Violation

IN_A_SET = object()
"""Stands in a place for the key to what is in a set."""


class Sized(Type):
    """
    A container with a number of items that may be bounded.
    """

    minLength: int
    maxLength: int | None
    bounds = frozenset({"min_length", "max_length"})

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

    def lookAtLength(self, container: Any, walk: Walk, where: Where) -> None:
        """
        Note it if a container has too few or too many items.
        """
        if not self.allowsLength(len(container)):
            walk.refuse(container, str(self), where)

    def bounded(self, bounds: Mapping[str, Any]) -> Type:
        """
        Give this type with more bounds.
        """
        return attr.evolve(  # type: ignore[misc]
            self,
            minLength=bounds.get("min_length", self.minLength),
            maxLength=bounds.get("max_length", self.maxLength),
        )

    def shown(self, name: str, *items: object) -> str:
        """
        Show this type as its annotation.
        """
        limits = [("min_length", self.minLength)] if self.minLength else []
        limits += [] if self.maxLength is None else [("max_length", self.maxLength)]
        return f"{name}[{', '.join(map(str, items))}]" + shownBounds(limits)


class SizedSet(Sized):
    """
    A set or a frozenset.
    """

    item: Type

    def converted(
        self, items: Collection[Any], walk: Walk, where: Where
    ) -> dict[Any, Any]:
        """
        Convert what is in a set, and give what was changed, by what it was.
        """
        self.lookAtLength(items, walk, where)
        if self.item.takesAll(items):
            return {}
        changed = {
            each: new
            for each in items
            for _, new in changes(self.item, [(IN_A_SET, each)], walk, where)
        }
        if len({changed.get(each, each) for each in items}) < len(items):
            walk.refuse(items, f"{self}, whose items stay different ones", where)
            return {}
        return changed
