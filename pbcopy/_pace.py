# -*- test-case-name: pbcopy.test.test_pace -*-
"""
When a change is told: at once, at the end of the reactor's turn, or not sooner than
some time after the last one (L{paceOf}).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pbcopy._adoption import nodesIn
from pbcopy._lens import Lens
from pbcopy._nodes import ATOMS, Attributes
from pbcopy._operations import Operation, Set
from pbcopy._schema import schemaOf
from pbcopy._tracked import holdersOf

_DEFAULT = "_pbcopyPace"
_PACES = "_pbcopyPaces"

_isUsed = False
"""Whether any field in the process has a pace."""


def noteDefault(cls: type, latest: bool | None, rate: float | None) -> None:
    """
    Note what was said of all fields of a class.  It holds for its subclasses, too.
    """
    if not (latest is None and rate is None):
        setattr(cls, _DEFAULT, _pace(latest, rate))


def notePaces(cls: type) -> None:
    """
    Note the paces of the fields of a declared class.
    """
    global _isUsed
    schema = schemaOf(cls)
    default = getattr(cls, _DEFAULT, None)
    paces: dict[str, float] = {}
    for each in schema.byWire.values() if schema else ():
        said = each.options
        isSaid = not (said.latest is None and said.rate is None)
        pace = _pace(said.latest, said.rate) if isSaid else default
        if pace is not None:
            paces[each.name] = pace
    setattr(cls, _PACES, paces)
    _isUsed = _isUsed or bool(paces)


def _pace(latest: bool | None, rate: float | None) -> float | None:
    if rate is not None:
        return 1 / rate
    return 0.0 if latest else None


def paceOf(operation: Operation, lens: Lens) -> float | None:
    """
    Tell how long a change may wait.

    For what is in a container, each field that has it, and that the perspective
    sees, says so, and the least counts.

    @return: C{None}: it is told at once; 0.0: at the end of the turn; else the
        seconds that there are to be since the last message.
    """
    if not _isUsed:
        return None
    if type(operation) is Set:
        return _ofField(operation.node, operation.name)
    least: float | None = None
    for holder, name in _fieldsWith(operation.node, lens):
        pace = _ofField(holder, name)
        if pace is None:
            return None
        least = pace if least is None else min(least, pace)
    return least


def _ofField(node: Attributes, name: str) -> float | None:
    paces: dict[str, float] = getattr(type(node.owner()), _PACES, {})
    return paces.get(name)


def _fieldsWith(node: Any, lens: Lens) -> Iterator[tuple[Attributes, str]]:
    """
    Give the fields that a container is in.
    """
    seen, todo = {id(node)}, [node]
    for each in todo:
        for holder in holdersOf(each):
            if not lens.knows(holder):
                continue
            if isinstance(holder, Attributes):
                for name in _namesOf(each, holder):
                    if lens.seesField(holder, name):
                        yield holder, name
            elif id(holder) not in seen:
                seen.add(id(holder))
                todo.append(holder)


def _namesOf(node: Any, holder: Attributes) -> Iterator[str]:
    for name, value in holder.fields().items():
        if value is node or (
            type(value) not in ATOMS and any(each is node for each in nodesIn(value))
        ):
            yield name
