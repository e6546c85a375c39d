# -*- test-case-name: pbcopy.test.test_mentions -*-
"""
Mentions of what a peer has already: C{['cached', luid]}, and C{['lcache', luid]}
and C{['local', luid]} for what comes home.

A message that carried a state may have failed, at its sender or here, because of
something else in it.  The sender then mentions an id that was never heard of.
Twisted's functions raise C{KeyError}, each time until the connection ends.  Here
the sender is told, and sends the state again the next time.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import flavors

from pbcopy._answers import answerFails
from pbcopy._hub import hubOf
from pbcopy._kinds import shortly
from pbcopy._refusals import checkParts
from pbcopy._registry import setUnjellyableForClass
from pbcopy._tables import isPublished, isReceived
from pbcopy.errors import Violation


def unjellyCached(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give the replica for C{['cached', luid]}.

    @raise Violation: if its state never came.
    """
    with answerFails(unjellier.invoker) as failures:
        checkParts(jellyList)
        if not isReceived(unjellier.invoker, jellyList[1]):
            if type(jellyList[1]) is int:
                hubOf(unjellier.invoker).forget(jellyList[1])
            raise Violation(
                "the state for this id never came",
                where=f"['cached', {shortly(jellyList[1])}]",
                expected="an id that was sent with a state",
                advice="send the object again; a pbcopy peer then sends its state",
            )
        return flavors.unjellyCached(unjellier, jellyList)
    return failures[0]


def unjellyLCache(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give the original for C{['lcache', luid]}.

    @raise Violation: if there is none.
    """
    with answerFails(unjellier.invoker) as failures:
        checkParts(jellyList)
        if not isPublished(unjellier.invoker, jellyList[1]):
            raise Violation(
                "no object was sent under this id, or it was released",
                where=f"['lcache', {shortly(jellyList[1])}]",
                expected="the id of a replica that its holder has not dropped",
            )
        return flavors.unjellyLCache(unjellier, jellyList)
    return failures[0]


def unjellyLocal(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give the object for C{['local', luid]}, of which the peer has a reference.

    @raise Violation: if there is none.
    """
    with answerFails(unjellier.invoker) as failures:
        checkParts(jellyList)
        luid = jellyList[1]
        isKnown = type(luid) in (bytes, int)
        found = unjellier.invoker.localObjectForID(luid) if isKnown else None
        if found is None:
            raise Violation(
                "there is no object under this id, or its reference was given back",
                where=f"['local', {shortly(luid)}]",
                expected="the id of a reference that its holder has not dropped",
            )
        return found
    return failures[0]


setUnjellyableForClass("cached", unjellyCached)
setUnjellyableForClass("lcache", unjellyLCache)
setUnjellyableForClass("local", unjellyLocal)
