# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
What a viewer should see of a master, for L{pbcopy.test.replicating}.

It is read from the master itself, with the test's own knowledge of its fields and
of who may see them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any
from uuid import UUID

from pbcopy.test.declarations import ClassSaid, Declarations, FieldSaid, Rights
from pbcopy.test.masters import require

NOTHING = object()
"""What is found where there is no value."""

_TOKEN = re.compile(rb"q[0-9]+z")


def valueOf(owner: Any, name: str) -> Any:
    """
    Give the value of an object's own attribute; L{NOTHING} if there is none.
    """
    if name in vars(owner):
        return vars(owner)[name]
    slot = getattr(type(owner), name, None)
    # A default of a dataclass is no value of the object's own.
    return getattr(owner, name, NOTHING) if hasattr(slot, "__set__") else NOTHING


def tokensIn(data: bytes) -> set[bytes]:
    """
    Find the tokens in some bytes.
    """
    return set(_TOKEN.findall(data))


def partsOf(thing: Any) -> Iterator[Any]:
    """
    Give what is in a container.
    """
    if isinstance(thing, dict):
        for pair in thing.items():
            yield from pair
    elif isinstance(thing, (set, frozenset)):
        # Their order is another one in each run.
        yield from sorted(thing, key=orderOf)
    elif isinstance(thing, (list, tuple)):
        yield from thing


def orderOf(thing: Any) -> str:
    """
    Give what to sort by, which is the same in each run.
    """
    name = type(thing).__name__
    if isinstance(thing, (tuple, frozenset)):
        return f"{name} {sorted(map(orderOf, thing))}"
    if isinstance(thing, (list, dict, set)):
        return name
    return f"{name} {getattr(thing, 'serial', thing)!r}"


def tokensInAll(things: Any) -> set[bytes]:
    """
    Find the tokens in plain values, and in the copies among them.
    """
    found: set[bytes] = set()
    seen: set[int] = set()
    todo = [things]
    while todo:
        thing = todo.pop()
        if isinstance(thing, (str, bytes)):
            found |= tokensIn(thing.encode() if isinstance(thing, str) else thing)
        elif id(thing) not in seen:
            seen.add(id(thing))
            todo += partsOf(thing)
            todo += [getattr(thing, "state", None), getattr(thing, "name", None)]
    return found


class Sight:
    """
    What one viewer may see now.
    """

    def __init__(self, declarations: Declarations, rights: Rights, viewer: Any) -> None:
        self._classes = declarations.classes
        self._rights = rights
        self.viewer = viewer

    def fields(self, owner: Any) -> Iterator[FieldSaid]:
        """
        Give the fields of an object that the viewer may see.
        """
        for field in self._classes[type(owner)].fields:
            label = field.label
            isOpen = label is None or self._rights.sees(label, owner, self.viewer)
            if isOpen and not field.isPrivate:
                yield field

    def values(self, owner: Any) -> Iterator[tuple[FieldSaid, Any]]:
        """
        Give those that have a value, with that.
        """
        for field in self.fields(owner):
            value = valueOf(owner, field.name)
            if value is not NOTHING:
                yield field, value

    def declared(self, thing: Any) -> ClassSaid:
        """
        Give the declaration of an object.
        """
        return self._classes[type(thing)]

    def isObject(self, thing: Any) -> bool:
        """
        Tell whether something is a master, or a part of one.
        """
        return type(thing) in self._classes

    def isMaster(self, thing: Any) -> bool:
        """
        Tell whether something is a master.
        """
        return self.isObject(thing) and self._classes[type(thing)].isMaster

    def tokens(self, master: Any) -> set[bytes]:
        """
        Find all that the viewer may be sent of a master, and C{@number} for each
        other one that is mentioned in it.
        """
        found: set[bytes] = set()
        for thing in self._walk(master):
            if not self.isObject(thing):
                found |= tokensInAll(thing)
                continue
            found |= tokensInAll(type(thing).__name__)
            if thing is master or not self.isMaster(thing):
                for field, _ in self.values(thing):
                    found |= tokensInAll([field.wireName, *field.sort.classNames()])
            if self.isMaster(thing):
                found.add(b"@%d" % thing.number)
        return found

    def restricted(self, master: Any) -> set[tuple[int, str]]:
        """
        Give each restricted field of what is in a master that the viewer may see,
        and that has a value.
        """
        return {
            (id(thing), field.label)
            for thing in self._walk(master)
            if self.isObject(thing) and (thing is master or not self.isMaster(thing))
            for field, _ in self.values(thing)
            if field.label is not None
        }

    def _walk(self, master: Any) -> Iterator[Any]:
        seen: set[int] = set()
        todo = [master]
        while todo:
            thing = todo.pop()
            if isinstance(thing, (str, bytes)):
                yield thing
            elif id(thing) not in seen:
                seen.add(id(thing))
                if self.isObject(thing):
                    yield thing
                    if thing is master or not self.isMaster(thing):
                        todo += [value for _, value in self.values(thing)]
                else:
                    todo += partsOf(thing)


class Comparison:
    """
    A comparison of replicas with their masters, side by side.

    What is one object in a master is one in its declared replica.  A receiver with
    Twisted's flavors has plain values.
    """

    def __init__(self, sight: Sight, isStock: bool) -> None:
        self._sight = sight
        self._isStock = isStock
        self._there: dict[Any, Any] = {}
        self._should: dict[Any, Any] = {}
        self._keep: list[Any] = []
        self._todo: list[tuple[str, Any, Any, Any]] = []
        self._master: Any = None

    def check(self, path: str, there: Any, should: Any) -> None:
        """
        Compare a replica with its master.

        @raise AssertionError: where they differ.
        """
        self._master = None
        self._meet(path, there, should)
        while self._todo:
            path, there, should, self._master = self._todo.pop()
            self._compare(path, there, should)

    def _meet(self, path: str, there: Any, should: Any) -> None:
        self._todo.append((path, there, should, self._master))

    def _compare(self, path: str, there: Any, should: Any) -> None:
        if self._sight.isMaster(should):
            self._master = None
        isObject = self._sight.isObject(should)
        if not isObject and not isinstance(should, _KINDS):
            wanted = plain(should) if self._isStock else should
            require(_isSame(there, wanted), path, there, wanted)
        elif isinstance(should, (tuple, frozenset)):
            self._look(path, there, should)
        elif not self._isKnown(path, there, should):
            if self._sight.isMaster(should):
                self._master = should
            self._look(path, there, should)

    def _isKnown(self, path: str, there: Any, should: Any) -> bool:
        """
        Tell whether the two have met, and check that they have met no others.  What
        is in two masters is two objects in their replicas.
        """
        scope = id(self._master)
        self._keep += [there, should]
        if self._isStock:
            pair: Any = (id(there), id(should))
            isKnown = pair in self._there
            self._there[pair] = there
            return isKnown
        isKnown = (scope, id(should)) in self._there
        met = self._there.setdefault((scope, id(should)), there)
        require(met is there, path, "is another one", there, met)
        met = self._should.setdefault((scope, id(there)), should)
        require(met is should, path, "is one for two", should, met)
        return isKnown

    def _look(self, path: str, there: Any, should: Any) -> None:
        if self._sight.isObject(should):
            self._object(path, there, should)
            return
        kind = next(each for each in _KINDS if isinstance(should, each))
        isKind = isinstance(there, kind) and type(there).__name__ in _NAMES
        require(isKind, path, type(there), kind)
        require(len(there) == len(should), path, there, should)
        if kind in (set, frozenset):
            pairs = zip(self._sorted(there), self._sorted(should), strict=True)
            for here, wanted in pairs:
                self._meet(path + "{}", here, wanted)
        elif kind is dict:
            pairs = zip(there.items(), should.items(), strict=True)
            for (key, value), (wantedKey, wanted) in pairs:
                self._meet(f"{path}{{{key!r}}}", key, wantedKey)
                self._meet(f"{path}[{key!r}]", value, wanted)
        else:
            for at, (here, wanted) in enumerate(zip(there, should, strict=True)):
                self._meet(f"{path}[{at}]", here, wanted)

    def _sorted(self, members: Any) -> list[Any]:
        def key(each: Any) -> Any:
            number = getattr(each, "number", None)
            if number is not None:
                return "", str(number)
            value = plain(each) if self._isStock else each
            return type(value).__name__, repr(value)

        return sorted(members, key=key)

    def _object(self, path: str, there: Any, should: Any) -> None:
        said = self._sight.declared(should)
        require(hasattr(there, "__dict__"), path, there, should)
        if not self._isStock:
            require(type(there) is said.replica, path, type(there), said.replica)
        seen = {field.name: value for field, value in self._sight.values(should)}
        for field in said.fields:
            name = field.wireName if self._isStock else field.name
            here = vars(there).get(name, NOTHING)
            if field.name in seen:
                require(here is not NOTHING, f"{path}.{name} is missing")
                self._meet(f"{path}.{name}", here, seen[field.name])
            elif field.default is None or field.isHidden() or self._isStock:
                require(here is NOTHING, f"{path}.{name}", here)
            else:
                self._meet(f"{path}.{name}", here, field.default())


_KINDS = (list, dict, set, tuple, frozenset)
_NAMES = {"TrackedList", "TrackedDict", "TrackedSet", *(k.__name__ for k in _KINDS)}


def plain(leaf: Any) -> Any:
    """
    Give what a receiver without declared classes has for a value.
    """
    if isinstance(leaf, Enum):
        return leaf.value
    return str(leaf) if isinstance(leaf, UUID) else leaf


def _isSame(there: Any, should: Any) -> bool:
    # There are 1 and 1.0, 0.0 and -0.0, and what is not equal to itself.
    return type(there) is type(should) and repr(there) == repr(should)


def isAlike(one: Any, other: Any) -> bool:
    """
    Tell whether two things are alike, through cycles: lists, dicts and sets may be
    tracked or not.  Other objects are the same.
    """
    seen: set[tuple[int, int]] = set()
    todo = [(one, other)]
    while todo:
        some, others = todo.pop()
        pair = id(some), id(others)
        if some is others or pair in seen:
            continue
        seen.add(pair)
        kind = next((each for each in _KINDS if isinstance(some, each)), None)
        if kind is None:
            if not _isSame(some, others):
                return False
        elif not isinstance(others, kind) or len(some) != len(others):
            return False
        elif kind in (set, frozenset):
            if some != others or {*map(type, some)} != {*map(type, others)}:
                return False
        else:
            todo += zip(partsOf(some), partsOf(others), strict=True)
    return True


def plainCopy(value: Any) -> Any:
    """
    Give a plain copy of the lists, dicts and sets in a value.
    """
    if type(value) is tuple:
        return tuple(map(plainCopy, value))
    if isinstance(value, dict):
        return {key: plainCopy(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plainCopy(each) for each in value]
    return set(value) if isinstance(value, set) else value
