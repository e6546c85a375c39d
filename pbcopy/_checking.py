# -*- test-case-name: pbcopy.test.test_checking -*-
"""
Looks whether a value that was received is what was declared.

A state may be deep, and have cycles, so it is walked with a list of what is to be
looked at.  All that is wrong is told in one error.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any

from pbcopy._classtypes import OPEN
from pbcopy._kinds import shortly
from pbcopy._leaftypes import SCALARS
from pbcopy._nodes import Tracked
from pbcopy._paths import LONGEST, shortened, step
from pbcopy._sized import IN_A_SET
from pbcopy._typebase import Type, Unknown, Where
from pbcopy.errors import Violation

MOST_TOLD = 10
"""How many values that are wrong one error tells."""

MOST_DECLARED = 100
"""How many differences of two declarations it tells.  A peer may make up more."""

_SIZED = (list, tuple, dict, set, frozenset)


def check(
    type_: Type,
    value: Any,
    where: str,
    accepted: Callable[[Any, Any], bool],
    mayChange: Callable[[Any], bool] = lambda container: True,
    found: Iterable[Violation] = (),
) -> Any:
    """
    Check a value, and convert what a type converts.

    Lists, dicts, sets and objects stay what they are, and get converted items in
    their places.  An object's fields are checked as its own class declares them.

    @param where: the name of the value.
    @param accepted: is called with each container and object that is met, and the
        type that is the one for it: C{ListOf}, C{DictOf}, C{SetOf} or
        C{ObjectOf}.  If it returns C{True}, there is no need to look into that.
    @param mayChange: is asked whether an item of a container may be converted.
    @param found: differences that are known already.
    @return: the value, converted.
    @raise Violation: if something is not what was declared.
    """
    walk = _Walk(accepted, mayChange)
    try:
        converted = type_.convert(value, walk, where)
        walk.run()
    except RecursionError:
        raise Violation(
            "tuples are nested too deeply", where=where, advice="send lists"
        ) from None
    declared = [*found]
    if declared or walk.differences:
        raise joined([*declared, *walk.differences], len(declared) + MOST_TOLD)
    return converted


def joined(differences: Iterable[Violation], most: int) -> Violation:
    """
    Make one error of several.

    @param most: how many of them it tells.
    """
    different = list({str(each): each for each in differences}.values())
    if len(different) == 1:
        return different[0]
    told = [str(each) for each in different[: min(most, MOST_DECLARED)]]
    if len(different) > len(told):
        told.append("…")
    error = Violation(f"several things are not what was declared: {'; '.join(told)}")
    error.differences = tuple(different)
    return error


def rendered(where: Where) -> str:
    """
    Give a place as a text.
    """
    steps = []
    while isinstance(where, tuple):
        where, key = where
        steps.append("{…}" if key is IN_A_SET else step(key))
    return shortened(where + "".join(reversed(steps)))


class _Walk:
    """
    What is still to be looked at, and what was wrong.
    """

    def __init__(
        self,
        accepted: Callable[[Any, Any], bool],
        mayChange: Callable[[Any], bool],
    ) -> None:
        self._accepted = accepted
        self._mayChange = mayChange
        self._rest: deque[tuple[Any, Any, Where]] = deque()
        self._types: dict[int, list[Any]] = {}
        self.differences: list[Violation] = []

    def meet(self, container: Any, type_: Any, where: Where) -> None:
        """
        Have what is in a container looked at later.
        """
        types = self._types.setdefault(id(container), [])
        if type_ not in types:
            types.append(type_)
            if not (type_.isNode and self._accepted(container, type_)):
                self._rest.append((container, type_, where))

    def run(self) -> None:
        """
        Look at all that was met.
        """
        while self._rest and len(self.differences) <= MOST_TOLD:
            container, type_, where = self._rest.popleft()
            type_.look(container, self, where)

    def mayChange(self, container: Any, type_: Type, where: Where) -> bool:
        """
        Tell whether converted items may be put into a container: not if it is
        declared as something else in another place.
        """
        types = [t for t in self._types[id(container)] if t not in OPEN.values()]
        if len(types) < 2 and self._mayChange(container):
            return True
        self.refuse(container, f"{type_} here, and another type elsewhere", where)
        return False

    def refuse(self, value: object, expected: str, where: Where) -> None:
        """
        Note that a value is not what was declared.
        """
        if len(self.differences) <= MOST_TOLD:
            self.differences.append(
                Violation(
                    "this is not what was declared",
                    where=rendered(where),
                    got=_shown(value),
                    expected=expected,
                )
            )


def _shown(value: Any) -> str:
    """
    Show what came.  What has others in it may be deep, and is only named.
    """
    if isinstance(value, Unknown):
        return f"{value.shown}: {value.reason}"
    # To its reader, a tracked container is a plain one.
    name = (value.plain if isinstance(value, Tracked) else type(value)).__name__
    named = f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"
    if type(value) in (str, bytes):
        return f"{shortly(value[:LONGEST])}, {named}"
    if type(value) in SCALARS or isinstance(value, Enum):
        return f"{shortly(value)}, {named}"
    return f"{named} of {len(value)} items" if isinstance(value, _SIZED) else named
