# -*- test-case-name: pbcopy.test.test_checking -*-
"""
What the types of values have in common.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, ClassVar, Protocol

import attr

Where = Any
"""The place of a value: a text, or a pair of a place and the key to the value in
what is there.  It is made a text when there is an error to tell."""


@attr.s(auto_attribs=True, frozen=True, eq=False)
class Unknown:
    """
    A value that came, and of which nothing can be made here.  It is of no type.

    @ivar shown: what came.
    @ivar reason: why nothing can be made of it.
    """

    shown: str
    reason: str


class Walk(Protocol):
    """
    What a type tells when it looks at a value.
    """

    def meet(self, container: Any, type_: Any, where: Where) -> None:
        """
        Have what is in a container looked at later.
        """

    def mayChange(self, container: Any, type_: Type, where: Where) -> bool:
        """
        Tell whether converted items may be put into a container, or note that
        they may not.
        """

    def refuse(self, value: object, expected: str, where: Where) -> None:
        """
        Note that a value is not what was declared.
        """


class Type:
    """
    What an annotation says about a value.

    @cvar exact: classes of which each instance is such a value as it is.
    @cvar bounds: the names of what C{msgspec.Meta} can say about such a value.
    @cvar isNode: whether such a value can change.
    """

    exact: frozenset[type] = frozenset()
    bounds: frozenset[str] = frozenset()
    isNode: ClassVar[bool] = False

    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Tell whether this is the type to choose for a value.

        @param asItIs: whether no conversion counts.
        """
        raise NotImplementedError

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Give a value as this type has it.  A list, dict, set or object stays the
        object that it is, and what is in it is met later.
        """
        raise NotImplementedError

    def takesAll(self, values: Collection[Any]) -> bool:
        """
        Tell whether many values are known to be of this type as they are, at less
        than the price of looking at each.
        """
        return self.exact.issuperset(map(type, values))

    def parts(self) -> Iterator[Type]:
        """
        Give the types that this one is made of.
        """
        for found in vars(self).values():
            for each in found if isinstance(found, (tuple, list)) else (found,):
                if isinstance(each, Type):
                    yield each

    def bounded(self, bounds: Mapping[str, Any]) -> Type:
        """
        Give this type with more bounds, whose names are in L{bounds}.
        """
        raise NotImplementedError


def within(type_: Type) -> Iterator[Type]:
    """
    Give a type, and the types that it is made of, each once.
    """
    seen, todo = {id(type_)}, [type_]
    for each in todo:
        yield each
        for part in each.parts():
            if id(part) not in seen:
                seen.add(id(part))
                todo.append(part)


def changes(
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


def shownBounds(bounds: Iterable[tuple[str, Any]]) -> str:
    """
    Show bounds: C{" (ge=0, le=9)"}.
    """
    shown = ", ".join(f"{name}={value!r}" for name, value in bounds)
    return shown and f" ({shown})"
