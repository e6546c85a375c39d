# -*- test-case-name: pbcopy.test.test_fresh -*-
"""
A fresh state for a replica that may differ from its master.

It comes as C{['pbcopy.fresh', luid, state]}, in the shape of the first one, and
the object that the application holds takes it.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from twisted.spread import flavors

from pbcopy._answers import answerFails
from pbcopy._channel import FRESH
from pbcopy._cycles import beingMade, whenKnown
from pbcopy._declared import stateIn
from pbcopy._publication import takingState
from pbcopy._refusals import checkParts
from pbcopy._registry import setUnjellyableForClass
from pbcopy._slot import Slot
from pbcopy._tables import replicaOf

TAG = FRESH.encode("ascii")
"""C{SecurityOptions} lets a tag with a dot through."""


def unjellyFresh(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give a replica its state once more.  The hub tells the replica of one that
    cannot be read.

    @return: the replica; C{None} if there is none under that id.
    """
    with answerFails(unjellier.invoker) as failures:
        checkParts(jellyList, 2)
        slot = replicaOf(unjellier.invoker, jellyList[1])
        if not isinstance(slot, Slot) or not slot.isWhole():
            return None
        replica = slot.replica()
        with beingMade(unjellier, jellyList, replica):
            state = stateIn(unjellier, jellyList)
        whenKnown(unjellier, lambda: _take(slot, replica, state))
        return replica
    return failures[0]


def _take(slot: Slot, replica: flavors.RemoteCache, state: Any) -> None:
    # A relay has observers of its own.
    isRelay = isinstance(replica, flavors.Cacheable)
    with takingState(replica) if isRelay else nullcontext():
        slot.renew(replica, state)


setUnjellyableForClass(TAG, unjellyFresh)
