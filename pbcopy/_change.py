# -*- test-case-name: pbcopy.test.test_change -*-
"""
What has changed in a replica: L{Change}.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import zip_longest
from typing import Any

import attr
from twisted.python.reflect import safe_repr

from pbcopy import _operations as does
from pbcopy._leaves import areEqual
from pbcopy._operations import ABSENT
from pbcopy._paths import step
from pbcopy._tracked import pathOf

LONGEST = 80
"""How many characters of a value are shown."""


class ChangeKind(Enum):
    """
    What has happened to what a path names.

    @cvar ADDED: it is there now.
    @cvar CHANGED: it is another one now.
    @cvar LOST: so many changes were not read in time that they were dropped.
    @cvar MOVED: the items of the list stand in another order.
    @cvar REMOVED: it is not there any more.
    @cvar RENEWED: the replica was given a whole state; anything may be another.
    """

    ADDED = "added"
    CHANGED = "changed"
    LOST = "lost"
    MOVED = "moved"
    REMOVED = "removed"
    RENEWED = "renewed"


@attr.s(auto_attribs=True, frozen=True)
class Change:
    """
    Something that has changed in a replica.

    @ivar path: where, as in C{PondView.ducks[2]}.
    @ivar kind: what has happened.
    @ivar old: what was there; C{None} if nothing was.  Of a C{LOST}, how many
        changes were dropped.
    @ivar new: what is there; C{None} if nothing is.
    """

    path: str
    kind: ChangeKind
    old: Any
    new: Any

    def __str__(self) -> str:
        start = f"{self.path} {self.kind.value}"
        if self.kind is ChangeKind.ADDED:
            return f"{start} {_shown(self.new)}"
        if self.kind is ChangeKind.REMOVED:
            return f"{start} {_shown(self.old)}"
        if self.kind is ChangeKind.CHANGED:
            return f"{start} {_shown(self.old)} to {_shown(self.new)}"
        if self.kind is ChangeKind.MOVED:
            return f"{start} to {_shown(self.new)}"
        if self.kind is ChangeKind.LOST:
            return f"{start} {self.old} changes"
        return start


def _shown(value: object) -> str:
    text: str = safe_repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def changesBy(operation: Any, root: Any) -> Iterator[Change]:
    """
    Give the changes that an operation, which is not made yet, makes.

    @param root: the node of the replica.
    """
    path = pathOf(operation.node, root)
    for each in _CHANGES[type(operation)](path, operation):
        # A part of what is replaced may be what it was.
        if each.kind is not ChangeKind.CHANGED or not areEqual(each.old, each.new):
            yield each


def wayOf(operation: Any) -> str:
    """
    Give the step from its node to what an operation changes first.
    """
    if type(operation) is does.Set:
        return f".{operation.name}"
    if type(operation) in (does.Splice, does.Stride):
        return f"[{operation.start}]"
    if type(operation) is does.Update:
        return next(map(step, operation.new), "")
    return next(map(step, operation.old), "") if type(operation) is does.Remove else ""


def _one(path: str, old: Any, new: Any) -> Change:
    if old is ABSENT:
        return Change(path, ChangeKind.ADDED, None, new)
    if new is ABSENT:
        return Change(path, ChangeKind.REMOVED, old, None)
    return Change(path, ChangeKind.CHANGED, old, new)


def _bySet(path: str, operation: does.Set) -> Iterator[Change]:
    yield _one(f"{path}.{operation.name}", operation.old, operation.new)


def _bySplice(path: str, operation: does.Splice) -> Iterator[Change]:
    pairs = zip_longest(operation.old, operation.new, fillvalue=ABSENT)
    for at, (old, new) in enumerate(pairs, operation.start):
        yield _one(f"{path}[{at}]", old, new)


def _byStride(path: str, operation: does.Stride) -> Iterator[Change]:
    places = range(*operation.range.indices(len(operation.node)))
    new = operation.new or [ABSENT] * len(operation.old)
    for at, old, other in zip(places, operation.old, new, strict=True):
        yield _one(f"{path}[{at}]", old, other)


def _byOrder(path: str, operation: does.Order) -> Iterator[Change]:
    before = list(operation.node)
    after = [before[at] for at in operation.order]
    yield Change(path, ChangeKind.MOVED, before, after)


def _byUpdate(path: str, operation: does.Update) -> Iterator[Change]:
    for key, new in operation.new.items():
        yield _one(path + step(key), operation.old.get(key, ABSENT), new)


def _byRemove(path: str, operation: does.Remove) -> Iterator[Change]:
    for key, old in operation.old.items():
        yield _one(path + step(key), old, ABSENT)


def _byAlter(path: str, operation: does.Alter) -> Iterator[Change]:
    for each in operation.removed:
        yield _one(path, each, ABSENT)
    for each in operation.added:
        yield _one(path, ABSENT, each)


_CHANGES: dict[Any, Any] = {
    does.Set: _bySet,
    does.Splice: _bySplice,
    does.Stride: _byStride,
    does.Order: _byOrder,
    does.Update: _byUpdate,
    does.Remove: _byRemove,
    does.Alter: _byAlter,
}
