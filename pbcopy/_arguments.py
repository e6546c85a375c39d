# -*- test-case-name: pbcopy.test.test_arguments -*-
"""
What goes along with an update: the arguments of C{observe_} methods, and what
these return.

It may be what the state of an object may be, and is sent the same way.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from twisted.spread.banana import SIZE_LIMIT
from twisted.spread.jelly import Jellyable

from pbcopy._beside import Beside
from pbcopy._envelope import OWN_JELLY_FOR, jellied
from pbcopy._jellier import Jellier
from pbcopy._nodes import Tracked

_ATOMS = frozenset([float, bool, type(None)])
_SETTLED = _ATOMS | {bytes, str, int, Decimal, date, datetime, time, timedelta}


class Argument(Jellyable):
    """
    A value, or a container that may have values in it.
    """

    def __init__(self, value: Any, name: str) -> None:
        self._value = value
        self._name = name

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give the s-expression for what this is made of.
        """
        return jellied(self, jellier, self._describe, self._name)

    def _describe(self, jellier: Jellier) -> tuple[None, Any]:
        return None, self._value


def asArgument(value: Any, name: str) -> Any:
    """
    Give what to send for a value.

    @param name: how an error names it.
    """
    isContainer = isinstance(value, (Tracked, Beside))
    isSentItself = isinstance(value, Jellyable) and not isContainer
    if isSentItself or _isShort(value):
        return value
    return Argument(value, name)


def _isShort(value: Any) -> bool:
    kind = type(value)
    if kind in (bytes, str):
        # A character may take four bytes.
        return len(value) <= SIZE_LIMIT // 4
    return kind in _ATOMS or (kind is int and value.bit_length() < 64)


def areSettled(values: Iterable[Any]) -> bool:
    """
    Tell whether values are known to stay as they are.
    """
    return all(
        type(value) in _SETTLED
        or (type(value) in (tuple, frozenset) and _SETTLED.issuperset(map(type, value)))
        for value in values
    )


def areSentThemselves(args: tuple[Any, ...], kw: dict[str, Any]) -> bool:
    """
    Tell whether what is sent for the arguments of a method are these themselves.
    """
    return kw.keys() <= _BROKERS and all(map(_isShort, args))


def asArguments(
    name: str, args: tuple[Any, ...], kw: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """
    Give what to send for the arguments of a method.

    @param name: how an error names the method.
    """
    positional = [asArgument(each, f"{name}({at})") for at, each in enumerate(args)]
    return tuple(positional), {
        key: value if key in _BROKERS else asArgument(value, f"{name}({key}=)")
        for key, value in kw.items()
    }


def settled(value: Any) -> Any:
    """
    Give a value whose plain containers nobody else changes.
    """
    kind = value.plain if isinstance(value, Tracked) else type(value)
    try:
        if kind is dict:
            return {settled(key): settled(each) for key, each in value.items()}
        if kind in (list, tuple, set, frozenset):
            return kind(map(settled, value))
    except RecursionError:
        # It has itself in it, or is too deep to be sent in any case.
        pass
    return value


_BROKERS = frozenset(["pbanswer", "pbcallback", "pberrback"])
"""Keywords that are not the method's."""

OWN_JELLY_FOR.add(Argument.jellyFor)
