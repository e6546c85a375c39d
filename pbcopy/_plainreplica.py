# -*- test-case-name: pbcopy.test.test_plainreplica -*-
"""
The C{observe_} methods of a declared replica whose master sends it plain values
still (L{pbcopy._plain}).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pbcopy._schema import schemaOf


def plainMethod(replica: Any, name: str) -> Callable[..., None] | None:
    """
    Give the method for an update.

    @param name: that of the method, with C{observe_}.
    @return: C{None} if there is none of that name.
    """
    method = _METHODS.get(name)
    return None if method is None else partial(method, replica)


def _set(replica: Any, path: list[Any], value: Any) -> None:
    holder, step = _at(replica, path[:-1]), path[-1]
    if isinstance(holder, (dict, list)):
        holder[step] = value
    else:
        setattr(holder, _nameOf(holder, step), value)


def _remove(replica: Any, path: list[Any]) -> None:
    holder, step = _at(replica, path[:-1]), path[-1]
    if isinstance(holder, dict):
        del holder[step]
    else:
        delattr(holder, _nameOf(holder, step))


def _splice(
    replica: Any, path: list[Any], start: int, stop: int, items: list[Any]
) -> None:
    _at(replica, path)[start:stop] = items


def _alter(replica: Any, path: list[Any], added: list[Any], removed: list[Any]) -> None:
    members = _at(replica, path)
    members.difference_update(removed)
    members.update(added)


def _at(thing: Any, path: list[Any]) -> Any:
    for step in path:
        isItem = isinstance(thing, (dict, list))
        thing = thing[step] if isItem else getattr(thing, _nameOf(thing, step))
    return thing


def _nameOf(thing: Any, step: str) -> str:
    """
    Give the name of a field for its name on the wire.
    """
    schema = schemaOf(type(thing))
    field = schema.byWire.get(step) if schema is not None else None
    return step if field is None else field.name


_METHODS: dict[str, Callable[..., None]] = {
    "observe_set": _set,
    "observe_remove": _remove,
    "observe_splice": _splice,
    "observe_alter": _alter,
}
