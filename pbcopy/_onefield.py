# -*- test-case-name: pbcopy.test.test_onefield -*-
"""
The commonest delta: one field of one object is set to a number, a text or the like.

L{takeField} does for it, in fewer steps, what L{pbcopy._applying.applyTogether} does
for any delta.  Whatever is not that simple, or is not right, it leaves to that one,
with all that it says and refuses.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pbcopy._change import Change, ChangeKind
from pbcopy._delta import SET_FIELD
from pbcopy._leaves import areEqual
from pbcopy._nodes import ATOMS, Attributes, getField
from pbcopy._operations import putField
from pbcopy._schema import schemaOf
from pbcopy._tracked import blocks, pathOf
from pbcopy._view import View

_decode = msgspec.msgpack.Decoder().decode
_OTHERS = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def takeField(view: View, replica: Any, packed: bytes) -> bool:
    """
    Apply a delta to a replica, and tell who listens.

    @param packed: a delta with which nothing has come along, and not a large one.
    @return: whether this was done.  If not, nothing was.
    """
    if blocks:
        return False
    try:
        message = _decode(packed)
    except _OTHERS:
        return False
    if type(message) is not list or len(message) != 4:
        return False
    version, shapes, nodes, operations = message
    if shapes != [] or nodes != [] or type(operations) is not list:
        return False
    if not view.isNext(version) or len(operations) != 1:
        return False
    return _set(view, replica, version, operations[0])


def _set(view: View, replica: Any, version: int, operation: Any) -> bool:
    if type(operation) is not list or len(operation) != 4:
        return False
    number, code, wireName, new = operation
    areThese = type(number) is int and type(code) is int and type(wireName) is str
    if not areThese or code != SET_FIELD or type(new) not in ATOMS:
        return False
    entry = view.known.entryAt(number)
    node = None if entry is None else entry()
    # Another watcher is one who observes the replica in its turn.
    if entry is None or not isinstance(node, Attributes) or node.watchers != (view,):
        return False
    owner = node.owner()
    name = _nameOf(type(owner), wireName, new, entry.types)
    old = getField(owner, name) if name else None
    if not name or type(old) not in ATOMS:
        return False
    putField(owner, name, new)
    view.version = version
    if view.listeners and not areEqual(old, new):
        where = type(owner).__qualname__
        if owner is not replica:
            where = pathOf(node, view.root())
        change = Change(f"{where}.{name}", ChangeKind.CHANGED, old, new)
        view.listeners.tell(replica, (change,))
    return True


def _nameOf(cls: type, wireName: str, new: Any, types: list[Any]) -> str:
    """
    Give the name of a field that takes a value as it is; none, if it does not.

    @param types: what the object is declared as.
    """
    schema: Any = schemaOf(cls)
    field = schema.byWire.get(wireName)
    if field is None:
        return ""
    name: str = field.name
    kind = type(new)
    for each in types:
        wanted = each.fieldType(name)
        if kind not in wanted.exact and not wanted.takesAll((new,)):
            return ""
    return name
