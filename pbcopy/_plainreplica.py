# -*- test-case-name: pbcopy.test.test_plainreplica -*-
"""
The C{observe_} methods of a declared replica whose master sends it plain values
still (L{pbcopy._plain}).

A path comes from a peer, and leads through the declared fields of the replica and
of its parts, and through lists and dicts: never to another attribute of anything.
What is put there is checked as in a state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from pbcopy._checking import check
from pbcopy._kinds import shortly
from pbcopy._leaves import isMention
from pbcopy._nodes import attributesDict
from pbcopy._operations import ABSENT
from pbcopy._paths import shortened, step
from pbcopy._schema import schemaOf
from pbcopy.errors import PBCopyError, Violation


def plainMethod(replica: Any, name: str) -> Callable[..., None] | None:
    """
    Give the method for an update.

    @param name: that of the method, with C{observe_}.
    @return: C{None} if there is none of that name.
    """
    if name not in _METHODS:
        return None
    method, arguments = _METHODS[name]

    def update(*given: Any, **named: Any) -> None:
        try:
            found = [*given, *named.items()]
            path, *more = msgspec.convert(found, arguments, strict=True)
        except msgspec.ValidationError as error:
            raise Violation(
                "this update has other arguments",
                where=f"{type(replica).__qualname__}.{name}",
                got=str(error),
            ) from None
        try:
            method(_Place(replica), path, *more)
        except Violation:
            raise
        except PBCopyError as error:
            # The replica is sent packed changes, or cannot have such a value.
            raise Violation(error.what, where=error.where, got=error.got) from None

    return update


class _Place:
    """
    What a path leads to in a replica.

    @ivar value: it.
    @ivar where: the path, as errors tell it.
    """

    def __init__(self, replica: Any) -> None:
        self.value = replica
        self.where = type(replica).__qualname__
        self._replica = replica
        self._types: dict[int, list[Any]] = {}

    def outside(self, way: object) -> Violation:
        """
        Make the error for a step that leads nowhere.
        """
        where = shortened(f"{self.where}[{shortly(way)}]")
        return Violation("there is no such place", where=where)

    def follow(self, path: list[Any]) -> None:
        """
        Go along a path.

        @raise Violation: if there is none.
        """
        for way in path:
            if isinstance(self.value, list):
                self._enter(self.value[self.index(way)], f"[{way}]")
            elif isinstance(self.value, dict):
                key = self.key(way)
                if key not in self.value:
                    raise self.outside(way)
                self._enter(self.value[key], step(key))
            else:
                field = self.field(way)
                attributes = attributesDict(self.value)
                if field.name not in attributes:
                    raise self.outside(way)
                self._enter(attributes[field.name], f".{field.name}")
                # From here on it is known what each container was declared as.
                check(field.type, self.value, self.where, self._meet)

    def _enter(self, value: Any, way: str) -> None:
        self.value, self.where = value, self.where + way

    def _meet(self, container: Any, type_: Any) -> bool:
        types = self._types.setdefault(id(container), [])
        types += [] if type_ in types else [type_]
        return self._isOther(container, type_)

    def _isOther(self, container: Any, type_: object) -> bool:
        return isMention(container) and container is not self._replica

    def field(self, way: object) -> Any:
        """
        Find a declared field of what is here, by its name on the wire.
        """
        schema = schemaOf(type(self.value))
        # Another replica is told of changes by itself.
        if schema is not None and not self._isOther(self.value, None):
            field = schema.byWire.get(way) if isinstance(way, str) else None
            if field is not None:
                return field
        raise self.outside(way)

    def index(self, way: object) -> int:
        """
        Check an index in the list that is here.
        """
        if type(way) is int and 0 <= way < len(self.value):
            return way
        raise self.outside(way)

    def key(self, way: object) -> Any:
        """
        Check a key for the dict that is here.
        """
        for type_ in self.types():
            way = check(type_.key, way, f"{self.where}{{key}}", self._isOther)
        try:
            hash(way)
        except TypeError:
            raise self.outside(way) from None
        return way

    def members(self, items: list[Any]) -> set[Any]:
        """
        Check members for the set that is here.
        """
        for type_ in self.types():
            items = [
                check(type_.item, each, self.where + "{…}", self._isOther)
                for each in items
            ]
        try:
            return set(items)
        except TypeError:
            raise self.outside("what can change") from None

    def types(self) -> list[Any]:
        """
        Give what the container that is here was declared as.
        """
        return self._types.get(id(self.value), [])

    def checked(self, value: Any, field: Any = None) -> Any:
        """
        Check what is to be here, or in a field of what is here.
        """
        where = self.where if field is None else f"{self.where}.{field.name}"
        for type_ in self.types() if field is None else [field.type]:
            value = check(type_, value, where, self._isOther)
        return value

    def must(self, kind: type) -> None:
        """
        Check that what is here is of a kind.
        """
        if not isinstance(self.value, kind):
            raise Violation(
                "this update is for something else",
                where=self.where,
                got=type(self.value).__name__,
                expected=kind.__name__,
            )


def _set(place: _Place, path: list[Any], value: Any) -> None:
    way = _last(place, path)
    if isinstance(place.value, (list, dict)):
        isList = isinstance(place.value, list)
        key: Any = place.index(way) if isList else place.key(way)
        new: Any = list(place.value) if isList else dict(place.value)
        new[key] = value
        place.value[key] = place.checked(new)[key]
    else:
        field = place.field(way)
        setattr(place.value, field.name, place.checked(value, field))


def _remove(place: _Place, path: list[Any]) -> None:
    way = _last(place, path)
    if isinstance(place.value, dict):
        new, key = dict(place.value), place.key(way)
        if new.pop(key, ABSENT) is ABSENT:
            raise place.outside(way)
        place.checked(new)
        del place.value[key]
        return
    field = place.field(way)
    if field.isRequired:
        raise Violation(
            "this field is to go",
            where=f"{place.where}.{field.name}",
            expected=str(field.type),
            advice="give it a default at the receiver",
        )
    if field.hasDefault and not field.visibleTo:
        setattr(place.value, field.name, field.default(place.value))
    elif field.name in attributesDict(place.value):
        delattr(place.value, field.name)


def _splice(
    place: _Place, path: list[Any], start: int, stop: int, items: list[Any]
) -> None:
    place.follow(path)
    place.must(list)
    if not 0 <= start <= stop <= len(place.value):
        raise place.outside(f"{start}:{stop}")
    new = list(place.value)
    new[start:stop] = items
    place.value[start:stop] = place.checked(new)[start : start + len(items)]


def _alter(
    place: _Place, path: list[Any], added: list[Any], removed: list[Any]
) -> None:
    place.follow(path)
    place.must(set)
    come, go = place.members(added), place.members(removed)
    new = (place.value - go) | come
    place.checked(new)
    place.value.difference_update(go - come)
    place.value.update(come)


def _last(place: _Place, path: list[Any]) -> Any:
    if not path:
        raise Violation("a path has no step", where=place.where)
    place.follow(path[:-1])
    return path[-1]


_METHODS: dict[str, tuple[Callable[..., None], Any]] = {
    "observe_set": (_set, tuple[list[Any], Any]),
    "observe_remove": (_remove, tuple[list[Any]]),
    "observe_splice": (_splice, tuple[list[Any], int, int, list[Any]]),
    "observe_alter": (_alter, tuple[list[Any], list[Any], list[Any]]),
}
