# -*- test-case-name: pbcopy.test.test_replicas -*-
"""
Which declared class of this process stands for which class of a peer's.

The table is process-wide, as Jelly's is, and the last declaration for a name
wins.
"""

from __future__ import annotations

from typing import Any

from twisted.python.reflect import qual
from twisted.spread import flavors, pb

from pbcopy._registry import copyTags, nameOf

_replicas: dict[str, type] = {}
"""The replica classes, by the names that the sender says."""


def remember(master: type | str | bytes, cls: type) -> None:
    """
    Have a class stand for a class of a peer's.

    @param master: the class, or its name, as the sender says it.
    """
    _replicas[nameOf(master)] = cls


def replicaFor(wireName: str) -> type | None:
    """
    Find the class that was declared for a name.
    """
    found = _replicas.get(wireName)
    # What was registered with Jelly for the name since then wins.
    registered = copyTags.get(wireName.encode("utf-8"), found)
    return found if registered is found else None


def localFor(wireName: str) -> Any:
    """
    Find what was declared or registered for a name: a class, or a factory;
    C{None} if nothing was.
    """
    return replicaFor(wireName) or copyTags.get(wireName.encode("utf-8"))


def declaredNames() -> list[str]:
    """
    Give the names for which a class was declared.
    """
    return [name for name in _replicas if replicaFor(name) is not None]


def isReplicaOf(valueClass: type, cls: type) -> bool:
    """
    Tell whether what is of a class here may be of C{cls}, or of a subclass, at
    its sender.

    That is so for what was declared or registered for one of these, and for a
    C{RemoteReference} where C{cls} is referenced.
    """
    if issubclass(valueClass, pb.RemoteReference):
        return issubclass(cls, (flavors.Referenceable, flavors.Viewable))
    return any(_isFor(each, valueClass) for each in _family(cls))


def _isFor(master: type, valueClass: type) -> bool:
    name = qual(master)
    local = _replicas.get(name) or copyTags.get(name.encode("utf-8"))
    return isinstance(local, type) and issubclass(valueClass, local)


def _family(cls: type) -> set[type]:
    """
    Give a class and all of its subclasses.
    """
    family: set[type] = set()
    stack = [cls]
    while stack:
        each = stack.pop()
        if each not in family:
            family.add(each)
            stack.extend(type.__subclasses__(each))
    return family
