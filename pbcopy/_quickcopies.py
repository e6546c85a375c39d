# -*- test-case-name: pbcopy.test.test_quickcopies -*-
"""
Answers that are one plain copy (L{pbcopy._compact}), without Jelly.

Nothing else is in such a message, so there is nothing that Jelly would have to know
of.  It is left to it, with all that it says and refuses, where an application has a
security of its own, or represents a class by something that does not just take a
state.
"""

from __future__ import annotations

from typing import Any

from pbcopy._broker import isConnected
from pbcopy._compact import isUnderstood
from pbcopy._compacted import isCompact, readCompact
from pbcopy._copyable import Copyable
from pbcopy._envelope import compacted
from pbcopy._flat import isKnown


def jellyCopy(thing: Any, broker: Any) -> Any:
    """
    Give the expression for a copy that is the whole of an answer.

    @return: the expression, or a Deferred of it; C{None} if it is to be made in
        another way.
    @raise Unsendable: if it may not leave, or is too large.
    """
    if not isinstance(thing, Copyable) or not isConnected(broker):
        return None
    return compacted(thing, broker) if isUnderstood(broker, broker.security) else None


def unjellyCopy(expression: Any, broker: Any) -> Any:
    """
    Give the copy for an expression.

    @return: C{None} if it is to be made in another way.
    @raise Violation: if it cannot be taken.
    """
    isQuick = isCompact(expression) and isKnown(broker.security)
    return readCompact(expression, broker) if isQuick else None
