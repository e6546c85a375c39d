# -*- test-case-name: pbcopy.test.test_adoption -*-
"""
What a value becomes when a node takes it.

A plain list, dict or set becomes a tracked one with the same contents, so that
what happens to it later is seen.  What is immutable stays as it is, as does what
has an identity of its own on the wire, such as a C{pb.Cacheable}.  Anything else
could change with nobody seeing it, and is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from twisted.python.reflect import qual, safe_repr
from twisted.spread import flavors

from pbcopy._leaves import isLeaf, isMention
from pbcopy._nodes import (
    ATOMS,
    KINDS,
    Attributes,
    FreshAttributes,
    Tracked,
    attributesDict,
    fieldsOf,
    getField,
    hasBegun,
    link,
)
from pbcopy._operations import ABSENT, putField
from pbcopy._paths import shortened, step
from pbcopy.errors import Unsendable

Where = Callable[[], str]
"""Gives the path of what is adopted.  It is called for an error alone."""


def adopted(value: Any, where: Where) -> Any:
    """
    Give what a node is to have for a value.  Nothing has changed if it is refused.

    @raise Unsendable: if the value, or something in it, could change unseen.
    """
    if type(value) in ATOMS:
        return value
    return _Adoption().adopt([value], lambda at: where())[0]


def adoptedAll(values: list[Any], where: Callable[[int], str]) -> list[Any]:
    """
    Give what a node is to have for several values, where what is one object in
    them stays one.

    @param where: gives the path of the value at an index.
    @raise Unsendable: if one of them, or something in it, could change unseen.
    """
    if ATOMS.issuperset(map(type, values)):
        return values
    return _Adoption().adopt(values, where)


def attributesOf(owner: Any) -> Attributes:
    """
    Give the node of a shared object; make it, where this is its first use.

    @raise Unsendable: if one of its fields could change unseen.  What is set
        past C{__setattr__}, as in a frozen class or a copy, is seen here.
    """
    if not _isSettled(owner):
        _Adoption().settle(owner)
    attributes: Any = attributesDict(owner)
    return attributes  # type: ignore[no-any-return]


def _isSettled(owner: Any) -> bool:
    attributes = attributesDict(owner)
    if type(attributes) is FreshAttributes:
        # Its slots may have been set past it meanwhile.
        return not attributes.fields()
    return isinstance(attributes, Attributes)


class _Adoption:
    """
    The adoption of values, which may have themselves in them, and be deep.

    A path is a pair of what is around and a step; the outermost is a function that
    gives the text for the first step.
    """

    def __init__(self) -> None:
        self._made: dict[int, Any] = {}
        self._todo: list[tuple[Any, Any, Any]] = []
        self._holds: list[tuple[Any, Iterable[Any]]] = []
        self._owners: list[tuple[Any, dict[str, Any]]] = []

    def adopt(self, values: list[Any], where: Callable[[int], str]) -> list[Any]:
        """
        Adopt values, and what is in them.
        """
        try:
            result = [self._one(each, (where, at)) for at, each in enumerate(values)]
            while self._todo:
                self._fill(*self._todo.pop())
        except RecursionError:
            raise Unsendable(
                "tuples are nested too deeply in this",
                where=where(0),
                advice="use lists",
            ) from None
        self._commit()
        return result

    def settle(self, owner: Any) -> None:
        """
        Adopt what a shared object has already, and make its node.
        """

        def where(at: int) -> str:
            return type(owner).__qualname__

        self._queue(owner, (where, 0))
        self.adopt([], where)

    def _one(self, value: Any, path: Any) -> Any:
        kind = type(value)
        if kind in ATOMS or isinstance(value, Tracked):
            return value
        if kind in KINDS:
            return self._shell(kind, value, path)
        if kind is tuple:
            parts = [
                self._one(each, (path, f"[{at}]")) for at, each in enumerate(value)
            ]
            isSame = all(one is other for one, other in zip(parts, value, strict=True))
            return value if isSame else tuple(parts)
        if fieldsOf(value) is None:
            self._leaf(value, path)
        elif not isMention(value):
            self._queue(value, path)
        return value

    def _shell(self, kind: type, value: Any, path: Any) -> Any:
        made = self._made.get(id(value))
        if made is None:
            made = self._made[id(value)] = KINDS[kind]()
            self._todo.append((made, value, path))
        return made

    def _queue(self, owner: Any, path: Any) -> None:
        if not _isSettled(owner) and id(owner) not in self._made:
            self._made[id(owner)] = owner
            self._todo.append((owner, None, path))

    def _fill(self, made: Any, plain: Any, path: Any) -> None:
        kind = type(plain)
        if plain is None:
            self._owners.append((made, self._fields(made, path)))
        elif kind is list:
            list.extend(made, self._items(plain, path))
            self._holds.append((made, made))
        elif kind is dict:
            dict.update(made, self._entries(plain, path))
            self._holds.append((made, made.values()))
        else:
            for each in plain:
                self._leaf(each, (path, "{…}"))
            set.update(made, plain)

    def _items(self, items: list[Any], path: Any) -> Iterator[Any]:
        for at, each in enumerate(items):
            yield each if type(each) in ATOMS else self._one(each, (path, f"[{at}]"))

    def _entries(self, plain: dict[Any, Any], path: Any) -> dict[Any, Any]:
        entries = {}
        for key, value in plain.items():
            if type(key) not in ATOMS:
                self._leaf(key, (path, "{key " + safe_repr(key) + "}"))
            isAtom = type(value) in ATOMS
            entries[key] = value if isAtom else self._one(value, (path, step(key)))
        return entries

    def _fields(self, owner: Any, path: Any) -> dict[str, Any]:
        names = fieldsOf(owner) or ()
        found = {name: getField(owner, name) for name in names}
        return {
            name: self._one(value, (path, f".{name}"))
            for name, value in found.items()
            if value is not ABSENT
        }

    def _commit(self) -> None:
        for owner, found in self._owners:
            node = self._nodeOf(owner, found)
            for name, value in found.items():
                if getField(owner, name) is not value:
                    putField(owner, name, value)
            self._holds.append((node, found.values()))
        for holder, values in self._holds:
            hold(holder, values)

    def _nodeOf(self, owner: Any, found: dict[str, Any]) -> Attributes:
        node = attributesDict(owner)
        if not isinstance(node, Attributes):
            return (Attributes if found else FreshAttributes).of(owner)
        hasBegun(node)
        return node

    def _leaf(self, value: Any, path: Any) -> None:
        if not isLeaf(value):
            raise self._error(value, path)

    def _error(self, value: Any, path: Any) -> Unsendable:
        steps = []
        outer, way = path
        while not callable(outer):
            steps.append(way)
            outer, way = outer
        return refusal(value, shortened("".join([outer(way), *reversed(steps)])))


def checkLeaf(value: Any, where: Where) -> None:
    """
    Check a key of a dict, or a member of a set.

    @raise Unsendable: if it could change.
    """
    if not isLeaf(value):
        raise refusal(value, where())


def refusal(value: Any, where: str) -> Unsendable:
    """
    Give the error for a value that no node takes.
    """
    kind = type(value)
    got = f"{safe_repr(value)[:100]}, a {qual(kind)}"
    if kind in (*KINDS, tuple, frozenset) or fieldsOf(value) is not None:
        return Unsendable(
            "only what is immutable may be a key, or be in a set",
            where=where,
            got=got,
            advice="use a list or the values of a dict",
        )
    return Unsendable(
        "this could change without anybody seeing it",
        where=where,
        got=got,
        expected="what is immutable, a list, a dict, a set, or a shared object",
        advice=_advice(value),
    )


def _advice(value: object) -> str:
    if isinstance(value, flavors.Copyable):
        return "declare its class with pbcopy.shared"
    for base in (str, bytes, int, float, tuple, frozenset):
        if isinstance(value, base):
            return f"use a plain {base.__name__}"
    if isinstance(value, (bytearray, memoryview)):
        return "use bytes"
    for abstract, name in ((Mapping, "dict"), (Set, "set"), (Sequence, "list")):
        if isinstance(value, abstract):
            return f"use a plain {name}"
    return (
        "declare its class with pbcopy.shared, have it and all in it be immutable, "
        "or keep it in a private field"
    )


def hold(holder: Any, values: Iterable[Any]) -> None:
    """
    Have the nodes in some values know that they are held.
    """
    for value in values:
        if type(value) not in ATOMS:
            for child in nodesIn(value):
                link(child, holder)


def ownersIn(values: Iterable[Any]) -> Iterator[Any]:
    """
    Give the shared objects that some values are, or, if one is a tuple, has in it.
    """
    for value in values:
        if type(value) is tuple:
            yield from ownersIn(value)
        elif fieldsOf(value) is not None and not isMention(value):
            yield value


def nodesIn(value: Any) -> Iterator[Any]:
    """
    Give the nodes that a value is, or, if it is a tuple, has in it.
    """
    if type(value) in ATOMS:
        return
    if isinstance(value, Tracked):
        yield value
    elif type(value) is tuple:
        for each in value:
            yield from nodesIn(each)
    elif fieldsOf(value) is not None and not isMention(value):
        yield attributesOf(value)
