# -*- test-case-name: pbcopy.test.test_twisteds -*-
"""
Whether a Broker, or a transport, does something as Twisted's does: L{Methods}.

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
    Some methods of a class of Twisted's.
    """

    def __init__(self, *names: str, of: type = pb.Broker) -> None:
        """
        @param names: two or more.
        @param of: the class that has them.
        """
        self._class = of
        self._names = frozenset(names)
        self._found = attrgetter(*names)
        self._known = [self._found(of)]

    def areAlsoOf(self, cls: type) -> None:
        """
        Have those of a class of pbcopy's do, which give the same.
        """
        self._known.append(self._found(cls))

    def areIn(self, thing: Any) -> bool:
        """
        Tell whether a Broker, or what else has them, has these, and none of its own
        instead.
        """
        return (
            isinstance(thing, self._class)
            and thing.__dict__.keys().isdisjoint(self._names)
            and self._found(type(thing)) in self._known
        )


SERIALIZING = Methods("serialize", "unserialize")
"""What makes expressions, and what makes something of them."""


def serializedNothing(broker: Any) -> Any:
    """
    Give the expression for C{None}, as C{Broker.serialize} does.
    """
    if SERIALIZING.areIn(broker) and isKnown(broker.security):
        return [b"None"]
    return broker.serialize(None)


def flatCall(broker: Any, args: Any, kw: Any) -> tuple[tuple[Any, ...], Any] | None:
    """
    Give the arguments and the keywords of a message, as C{Broker.unserialize} does.

    @return: C{None}, if they are not flat (L{pbcopy._flat}).
    """
    if not (SERIALIZING.areIn(broker) and mayArrive(broker.security)):
        return None
    arguments, keywords = unjellyFlat(args), unjellyFlat(kw)
    if type(arguments) is not tuple or type(keywords) is not dict:
        return None
    return arguments, keywords
