# -*- test-case-name: pbcopy.test.test_refusals -*-
"""
What Jelly raises for lists that have not the form that it wants.

It does not check them: there may be an C{IndexError}, an C{AssertionError}, or
whatever else Python has for what was tried.  Here that becomes a L{Violation}.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from twisted.persisted import crefutil
from twisted.python import compat
from twisted.spread import flavors, jelly, pb
from twisted.spread.jelly import InsecureJelly

from pbcopy import limits
from pbcopy._kinds import shortly
from pbcopy._twisteds import flatCall
from pbcopy.errors import Violation


@contextmanager
def jellysRefusals(where: str) -> Iterator[None]:
    """
    Raise a L{Violation} for what Jelly itself raises in a block.

    @param where: what is unjellied there.
    """
    try:
        yield
    except RecursionError:
        raise Violation(
            "this is nested too deeply",
            where=where,
            expected=f"at most {limits.MAX_NESTING} containers in each other",
        ) from None
    except Exception as error:
        if not isJellysOwn(error):
            raise
        raise Violation(
            "nothing can be made of this",
            where=where,
            got=f"{type(error).__name__}: {error}"[:200],
            expected="what Jelly makes",
        ) from None


def callIn(
    broker: Any, args: Any, kw: Any, where: str
) -> tuple[Sequence[Any], dict[Any, Any]]:
    """
    Give the arguments and the keywords of a message.

    @param args: their expression.  A Broker of pbcopy's may have made them already.
    @param where: how an error names it.
    @raise Violation: if they are none.
    """
    if type(args) is tuple and type(kw) is dict:
        return args, kw
    flat = flatCall(broker, args, kw)
    if flat is not None:
        return flat
    with jellysRefusals(where):
        arguments, keywords = broker.unserialize(args), broker.unserialize(kw)
    if not isinstance(arguments, (list, tuple)) or not isinstance(keywords, dict):
        raise Violation(
            "these are no arguments",
            where=where,
            got=f"{type(arguments).__name__} and {type(keywords).__name__}",
            expected="a tuple and a dict",
        )
    return arguments, keywords


def checkParts(expression: list[Any], least: int = 1) -> None:
    """
    Check that a list has something behind its tag.

    @param least: how much at least.
    @raise Violation: if it has less.
    """
    if len(expression) <= least:
        raise Violation("this has nothing in it", where=shortly(expression))


def isJellysOwn(error: BaseException) -> bool:
    """
    Tell whether Jelly itself has raised an error, as it does for a list that has
    not the form that it wants, and not what it called.
    """
    if isinstance(error, InsecureJelly):
        return False
    frames = traceback.walk_tb(error.__traceback__)
    modules = [frame.f_globals["__name__"] for frame, _ in frames]
    # A call of a hook's goes through pbcopy's Broker, too.
    callers = [
        each
        for each in modules
        if each not in _JELLYS and not each.startswith("pbcopy._guard")
    ]
    # A hook of the application's may call something of Twisted's.
    isOurs = bool(callers) and callers[-1].partition(".")[0] == "pbcopy"
    return isOurs and modules[-1] in _JELLYS


_JELLYS = (
    *(jelly.__name__, flavors.__name__, pb.__name__, crefutil.__name__),
    # It compares references that are keys of a dict.
    compat.__name__,
)
