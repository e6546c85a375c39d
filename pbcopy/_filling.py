# -*- test-case-name: pbcopy.test.test_filling -*-
"""
Blank copies, and the states that they are given, many at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from pbcopy._state import applyState, areOrdinary, checkAttribute

TAKES: dict[str, Any] = {}
"""The methods of C{RemoteCopy} that take a state as it is, by their names."""

_State = dict[Any, Any]
_object: Any = object
_new = _object.__new__
_set = _object.__setattr__


def takesAState(cls: Any) -> bool:
    """
    Tell whether a state can be given to a blank instance.
    """
    isOwn = getattr(cls, "unjellyFor", None) is TAKES["unjellyFor"]
    if not isOwn or not isinstance(cls, type):
        return False
    # Nothing of an application's is called before all is looked at.
    isBlank = cls.__new__ is _new
    return isBlank and cls.__hash__ in (None, _object.__hash__)


def blanks(cls: Any, count: int) -> list[Any]:
    """
    Give some copies without a state.

    @param cls: a class that L{takesAState}.
    """
    return [*map(_new, repeat(cls, count))]


def filled(cls: Any, state: _State) -> Any:
    """
    Give a copy with a state.

    @raise Violation: if a name in it is not one of a data attribute.
    """
    copy = _new(cls)
    if _isTaken(cls, state):
        # A frozen dataclass, say, refuses to have attributes set.
        _set(copy, "__dict__", state)
    else:
        applyState(copy, state)
    return copy


def fill(cls: Any, copies: Sequence[Any], states: Sequence[_State]) -> None:
    """
    Give each of some copies of one class its state.

    @raise Violation: if a name in it is not one of a data attribute.
    """
    if not _isTaken(cls, dict.fromkeys(set().union(*states))):
        for copy, state in zip(copies, states, strict=True):
            applyState(copy, state)
    elif cls.__setattr__ is _set:
        for copy, state in zip(copies, states, strict=True):
            copy.__dict__ = state
    else:
        for copy, state in zip(copies, states, strict=True):
            _set(copy, "__dict__", state)


def _isTaken(cls: Any, names: _State) -> bool:
    """
    Tell whether copies of a class take a state with these names as it is.
    """
    isOwn = cls.setCopyableState is TAKES["setCopyableState"]
    return isOwn and (areOrdinary(cls, names) or _areAttributes(cls, names))


def hooksOf(cls: Any, copies: Sequence[Any]) -> list[Any]:
    """
    Give the C{postUnjelly} of each of some copies of one class that has one.
    """
    # What none of these has, none of the copies has.
    if (
        hasattr(cls, "postUnjelly")
        or hasattr(cls, "__getattr__")
        or cls.__getattribute__ is not _object.__getattribute__
        or cls.setCopyableState is not TAKES["setCopyableState"]
    ):
        return [each.postUnjelly for each in copies if hasattr(each, "postUnjelly")]
    return []


def _areAttributes(cls: type, names: _State) -> bool:
    """
    Tell whether the keys of a state are names of attributes.

    @raise Violation: if one is none, or is a method.
    """
    for name in names:
        if type(name) is not str:
            return False
        # What the class does not have hides nothing.
        if hasattr(cls, name) or name[:2] == "__" or name == "postUnjelly":
            checkAttribute(cls, name)
    return True
