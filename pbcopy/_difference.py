# -*- test-case-name: pbcopy.test.test_difference -*-
"""
The first difference between what is there and what should be.

Two objects are compared by structure, through cycles: their classes, their
attributes, and what is in them if they are containers.  A class is not asked
whether two of its instances are equal: most say no, and an C{__eq__} may leave
something out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import zip_longest
from types import FunctionType, ModuleType
from typing import Any

from twisted.python.reflect import safe_repr
from twisted.spread import pb

from pbcopy._nodes import Tracked
from pbcopy._schema import schemaOf
from pbcopy._state import localNames

Step = tuple[str, Any, Any]
"""A path, what is there, and what should be."""

Check = Callable[[Any, Any], bool]
"""A function that may say that two objects stand for different things."""


class _Nothing:
    def __repr__(self) -> str:
        return "nothing"


NOTHING = _Nothing()
"""What is found where there is nothing."""

_WHOLE = (FunctionType, ModuleType, type)
"""What has attributes, but is never sent by them."""

_OF_CONNECTION = {"broker", "luid"}
"""What a stock replica has in its attributes beside its state."""


def firstDifference(
    path: str, there: object, should: object, differs: Check = lambda a, b: False
) -> Step | None:
    """
    Find the first difference between two objects.

    An attribute that only C{there} has is its own affair, unless it was declared
    as a field of a replica, and so is one that its class names in C{localOnly}.
    What a reference to a remote object refers to is not compared.

    @param path: how to call the two.
    @param differs: asked about each two objects of one class.
    @return: the path of the difference and the two things there; C{None} if
        there is no difference.
    """
    return _Walk(differs, set()).first(path, there, should)


class _Walk:
    """
    A walk through two objects side by side.

    It has a stack of its own: a long chain of objects is no recursion.
    """

    def __init__(self, differs: Check, seen: set[tuple[int, int]]) -> None:
        self._differs = differs
        self._seen = seen

    def first(self, path: str, there: Any, should: Any) -> Step | None:
        """
        Find the first difference.  Two that are met again are taken as equal:
        if they are not, that is found where they were met first.
        """
        todo: list[Step] = [(path, there, should)]
        while todo:
            step = path, there, should = todo.pop()
            pair = id(there), id(should)
            if there is should or pair in self._seen:
                continue
            self._seen.add(pair)
            if type(there) is not type(should) or self._differs(there, should):
                return step
            if isinstance(should, _WHOLE) or not _hasParts(should):
                if not _isEqual(there, should):
                    return step
            elif not isinstance(should, pb.RemoteReference):
                todo += reversed(list(self._parts(path, there, should)))
        return None

    def _parts(self, path: str, there: Any, should: Any) -> Iterator[Step]:
        if isinstance(should, dict):
            yield from self._items(path, there, should)
        elif isinstance(should, (set, frozenset)):
            members = ({each: each for each in some} for some in (there, should))
            yield from self._items(path, *members)
        elif isinstance(should, (list, tuple)):
            pairs = zip_longest(there, should, fillvalue=NOTHING)
            for index, (here, wanted) in enumerate(pairs):
                yield f"{path}[{index}]", here, wanted
        yield from _attributes(path, there, should)

    def _items(self, path: str, there: Any, should: Any) -> Iterator[Step]:
        """
        Give the values of two dicts, key by key.  A key that is equal to none
        may still be like one: most objects are equal to themselves alone.
        """
        extra = [key for key in there if key not in should]
        for key, value in should.items():
            like = key if key in there else self._takeLike(key, extra)
            here = NOTHING if like is NOTHING else there[like]
            yield f"{path}[{safe_repr(key)}]", here, value
        for key in extra:
            yield f"{path}[{safe_repr(key)}]", there[key], NOTHING

    def _takeLike(self, wanted: Any, keys: list[Any]) -> Any:
        for index, key in enumerate(keys):
            walk = _Walk(self._differs, self._seen.copy())
            if walk.first("", key, wanted) is None:
                return keys.pop(index)
        return NOTHING


def _hasParts(thing: object) -> bool:
    containers = dict, list, tuple, set, frozenset
    return isinstance(thing, containers) or hasattr(thing, "__dict__")


def _isEqual(there: Any, should: Any) -> bool:
    # A NaN is not equal to itself.
    return bool(there == should or (there != there and should != should))


def _attributes(path: str, there: Any, should: Any) -> Iterator[Step]:
    # What a tracked container has beside its contents says who holds it.
    isTracked = isinstance(should, Tracked)
    attributes = {} if isTracked else getattr(should, "__dict__", {})
    local = localNames(type(should)) if attributes else set()
    if isinstance(should, pb.RemoteCache):
        local |= _OF_CONNECTION
    for name, value in attributes.items():
        if name not in local:
            yield f"{path}.{name}", vars(there).get(name, NOTHING), value
    for name in _declared(should):
        if name not in attributes and name in vars(there):
            yield f"{path}.{name}", vars(there)[name], NOTHING


def _declared(thing: object) -> Iterator[str]:
    schema = schemaOf(type(thing)) if isinstance(thing, pb.RemoteCopy) else None
    if schema is not None:
        for field in schema.byWire.values():
            yield field.name
