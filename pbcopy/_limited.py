# -*- test-case-name: pbcopy.test.test_limited -*-
"""
The limits of one connection: those of L{pbcopy.limits}, but for what the policy of
its factory says otherwise (L{pbcopy.Policy.limit}).
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from twisted.spread.jelly import SecurityOptions

from pbcopy import limits
from pbcopy.errors import Violation


def limitOf(name: str, broker: Any) -> int:
    """
    Give a limit for a connection.

    @param name: the name in L{pbcopy.limits}.
    """
    security = getattr(broker, "security", None)
    # That one has none, and is the usual one.
    isPlain = type(security) is SecurityOptions
    said = None if isPlain else getattr(security, "limitOf", None)
    limit: int = getattr(limits, name) if said is None else said(name, broker)
    return limit


class Several:
    """
    Several limits at once.
    """

    def __init__(self, *names: str) -> None:
        """
        @param names: two or more names in L{pbcopy.limits}.
        """
        self._names = names
        self._get = attrgetter(*names)

    def of(self, broker: Any) -> tuple[int, ...]:
        """
        Give them for a connection.
        """
        if type(getattr(broker, "security", None)) is SecurityOptions:
            found: tuple[int, ...] = self._get(limits)
            return found
        return tuple(limitOf(name, broker) for name in self._names)


def checkLimit(name: str, broker: Any, count: int, what: str, where: str) -> None:
    """
    Check that something that came is not too much.

    @param what: what was counted, in the plural.
    @param where: the class of it, and the path in that, as far as it is known.
    @raise Violation: if it is more than the limit.
    """
    limit = limitOf(name, broker)
    if count > limit:
        raise Violation(
            f"these are too many {what}",
            where=where,
            got=f"{count}",
            expected=f"at most pbcopy.limits.{name}, {limit} here",
            advice="send less at once, or have the receiver raise it with Policy.limit",
        )
