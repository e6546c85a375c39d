# -*- test-case-name: pbcopy.test.test_twisteds -*-
"""
Whether a Broker does something as Twisted's does: L{Methods}.

What pbcopy does in fewer steps, with the same result, it must leave to a Broker
whose methods are an application's, and to one that was patched.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from twisted.spread import pb

from pbcopy._flat import isKnown, mayArrive, unjellyFlat


class Methods:
    """
    Some methods of Twisted's Broker.
    """

    def __init__(self, *names: str) -> None:
        """
        @param names: two or more.
        """
        self._names = frozenset(names)
        self._found = attrgetter(*names)
        self._twisteds = self._found(pb.Broker)

    def areIn(self, broker: Any) -> bool:
        """
        Tell whether a Broker has these, and none of its own instead.
        """
        return (
            isinstance(broker, pb.Broker)
            and vars(broker).keys().isdisjoint(self._names)
            and bool(self._found(type(broker)) == self._twisteds)
        )


_SERIALIZING = Methods("serialize", "unserialize")


def serializedNothing(broker: Any) -> Any:
    """
    Give the expression for C{None}, as C{Broker.serialize} does.
    """
    if _SERIALIZING.areIn(broker) and isKnown(broker.security):
        return [b"None"]
    return broker.serialize(None)


def flatCall(broker: Any, args: Any, kw: Any) -> tuple[tuple[Any, ...], Any] | None:
    """
    Give the arguments and the keywords of a message, as C{Broker.unserialize} does.

    @return: C{None}, if they are not flat (L{pbcopy._flat}).
    """
    if not (_SERIALIZING.areIn(broker) and mayArrive(broker.security)):
        return None
    arguments, keywords = unjellyFlat(args), unjellyFlat(kw)
    if type(arguments) is not tuple or type(keywords) is not dict:
        return None
    return arguments, keywords
