# -*- test-case-name: pbcopy.test.test_limited -*-
"""
The limits of one connection: those of L{pbcopy.limits}, but for what the policy of
its factory says otherwise (L{pbcopy.Policy.limit}).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.spread.jelly import SecurityOptions

from pbcopy import limits
from pbcopy.errors import Violation


def limitOf(name: str, broker: Any) -> int:
    """
    Give a limit for a connection.

    @param name: the name in L{pbcopy.limits}.
    """
    limit: int = getattr(limitsOf(broker), name)
    return limit


def limitsOf(broker: Any) -> Any:
    """
    Give what has the limits for a connection as its attributes, as L{pbcopy.limits}
    has those of the process.
    """
    security = getattr(broker, "security", None)
    # That one has none, and is the usual one.
    isPlain = type(security) is SecurityOptions
    said = None if isPlain else getattr(security, "limitOf", None)
    return limits if said is None else _Said(said, broker)


class _Said:
    """
    The limits that a policy says.
    """

    def __init__(self, said: Callable[[str, Any], int], broker: Any) -> None:
        self._said, self._broker = said, broker

    def __getattr__(self, name: str) -> int:
        return self._said(name, self._broker)


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
