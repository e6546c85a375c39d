"""
Declared classes, for the tests of what is declared.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec

from pbcopy import pb
from pbcopy._checking import check
from pbcopy._declaring import declare
from pbcopy._fields import field as declaredField
from pbcopy._types import typeOf
from pbcopy.errors import Violation


class Colour(enum.Enum):
    """
    What a pond may look like.
    """

    GREEN = "green"
    BROWN = "brown"


@declare
@dataclass(eq=False)
class Duck(pb.Copyable):
    """
    A duck, which may have a friend.
    """

    name: str
    weight: float = 1.0
    friend: Duck | None = None


@declare
@dataclass(eq=False)
class Pond(pb.Cacheable):
    """
    A pond with a field of each kind.
    """

    colour: Colour = Colour.GREEN
    ducks: list[Duck] = field(default_factory=list)
    depths: dict[str, tuple[int, float]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    ratings: Annotated[list[int], msgspec.Meta(max_length=3)] = field(
        default_factory=list
    )
    secret: bytes = declaredField(default=b"", private=True)


class TrackedList(list[Any]):
    """
    A list that must not be changed by its own methods.
    """

    def _refuse(self, *args: Any) -> Any:
        raise AssertionError

    __setitem__ = append = extend = insert = _refuse


class TrackedDict(dict[Any, Any]):
    """
    A dict that must not be changed by its own methods.
    """

    def _refuse(self, *args: Any) -> Any:
        raise AssertionError

    __setitem__ = __delitem__ = clear = _refuse
    update: Any = _refuse


class TrackedSet(set[Any]):
    """
    A set that must not be changed by its own methods.
    """

    def _refuse(self, *args: Any) -> Any:
        raise AssertionError

    add = remove = clear = update = difference_update = _refuse


def checked(annotation: Any, value: Any, **options: Any) -> Any:
    """
    Check a value, whose name is C{it}.
    """
    options.setdefault("accepted", lambda container, type_: False)
    return check(typeOf(annotation), value, "it", **options)


def refusal(annotation: Any, value: Any, **options: Any) -> Violation:
    """
    Give the error for a value that is refused.
    """
    try:
        taken = checked(annotation, value, **options)
    except Violation as error:
        return error
    raise AssertionError(f"{annotation} took {taken!r}")
