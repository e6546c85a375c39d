# -*- test-case-name: pbcopy.test.test_beside -*-
"""
What goes along with packed bytes, as MessagePack does not have it (L{Beside}).

It is C{['pbcopy.beside', expression, …]}.  The class of a value may be one that
its receiver does not know, and does not need: the field in which it stands may be
one that was added.  So such a value is L{Unknown}, and is refused only where it
is declared as something.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.spread.jelly import Jellyable

from pbcopy._answers import answerFails
from pbcopy._channel import BESIDE
from pbcopy._kinds import TAG as VALUE
from pbcopy._paths import pathTo, shortened
from pbcopy._policy import checkArriving
from pbcopy._records import ENUM_KIND
from pbcopy._registry import setUnjellyableForClass
from pbcopy._typebase import Unknown
from pbcopy._valueclasses import ENUM, NAMED_TUPLE, RECORD, localClass
from pbcopy.errors import Violation


class Beside(list[Any], Jellyable):
    """
    What goes along with what was packed.

    @ivar wayTo: gives the path to the object that has an index here.
    """

    wayTo: Callable[[int], str] = staticmethod(lambda index: "")

    def jellyFor(self, jellier: Any) -> list[Any]:
        """
        Give the s-expression.
        """
        return [BESIDE, *map(jellier.jelly, self)]

    def pathTo(self, sought: object) -> str:
        """
        Find the path to an object that is here, or is in one, in what was packed.
        """
        for index, each in enumerate(self):
            path = pathTo(sought, each)
            if path or each is sought:
                return self.wayTo(index) + path
        return ""


def unjellyBeside(unjellier: Any, jellyList: list[Any]) -> Any:
    """
    Give what came along.
    """
    with answerFails(unjellier.invoker) as failures:
        found: list[Any] = jellyList[1:]
        for index, each in enumerate(found):
            unknown = _unknown(unjellier, each)
            if unknown is None:
                unjellier.unjellyInto(found, index, each)
            else:
                found[index] = unknown
        return found
    return failures[0]


def _unknown(unjellier: Any, sexp: Any) -> Unknown | None:
    """
    Tell why nothing can be made of a value; C{None} if that is not known.
    """
    parts = sexp if type(sexp) is list and len(sexp) == 3 else (None, None)
    # With another id it is Jelly's to refuse.
    isReference = parts[0] == b"reference" and type(parts[1]) is int
    value = sexp[2] if isReference else sexp
    if type(value) is not list or value[:1] != [VALUE] or value[1:2] not in _FORMS:
        return None
    try:
        localClass(value)
        checkArriving(value[2], unjellier.invoker)
        if value[1] == ENUM:
            ENUM_KIND.value(unjellier, value)
    except Violation as error:
        unknown = Unknown(_nameOf(value), error.what)
        if isReference:
            unjellier.references[sexp[1]] = unknown
        return unknown
    return None


_FORMS = ([ENUM], [NAMED_TUPLE], [RECORD])


def _nameOf(value: list[Any]) -> str:
    """
    Name a value by its class, and the member of an C{Enum}.
    """
    names = [each for each in value[2:4] if type(each) is bytes]
    return shortened(b".".join(names).decode("utf-8", "replace"))


setUnjellyableForClass(BESIDE, unjellyBeside)
