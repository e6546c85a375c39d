# -*- test-case-name: pbcopy.test.test_exceptions -*-
"""
Exceptions as values: their arguments and attributes, without cause and traceback.

This is not how a remote method's exception travels (L{pbcopy._failure}): nobody
has asked for that one to be sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MemberDescriptorType
from typing import Any

from pbcopy._cycles import beingMade, whenKnown
from pbcopy._kinds import Kind, encoded, pairsOf, refuse, refusing, textOf
from pbcopy._state import checkAttribute
from pbcopy._valueclasses import EXCEPTION, classNameOf, localClass, nativeBase

_NOTES = "__notes__"
"""Where C{add_note} keeps its notes."""

_NOT_SENT = frozenset(["__suppress_context__", "obj"])
"""What Python itself keeps beside the arguments: C{obj} is the object without
the attribute of an C{AttributeError}."""


def _parts(jellier: Any, value: Exception) -> list[Any]:
    return [
        classNameOf(value),
        [jellier.jelly(each) for each in value.args],
        *(
            [encoded(value, name), jellier.jelly(each)]
            for name, each in _attributes(value)
        ),
    ]


def _attributes(value: Exception) -> Iterator[tuple[str, Any]]:
    yield from vars(value).items()
    for name in sorted(_slots(type(value))):
        each = getattr(value, name, None)
        if each is not None:
            yield name, each


def _slots(cls: type) -> set[str]:
    """
    Give the attributes that instances have outside of their dict, as the
    C{filename} of an C{OSError}.
    """
    return {
        name
        for base in cls.__mro__
        for name, member in vars(base).items()
        if type(member) is MemberDescriptorType
    } - _NOT_SENT


def _value(unjellier: Any, sexp: list[Any]) -> Exception:
    cls = localClass(sexp)
    if len(sexp) < 4 or type(sexp[3]) is not list:
        refuse(sexp, "a class and a list of arguments")
    native = nativeBase(cls)
    made: Exception = native.__new__(cls)
    args: list[Any] = list(range(len(sexp[3])))
    attributes: dict[str, Any] = {}

    def finish() -> None:
        with refusing(sexp, f"arguments that {native.__name__} takes"):
            # Not that of the class.  OSError's only gives it its arguments.
            native.__init__(made, *args)
            made.args = tuple(args)
            for name, value in attributes.items():
                _check(cls, name, value)
                object.__setattr__(made, name, value)

    with beingMade(unjellier, sexp, made):
        for index, part in enumerate(sexp[3]):
            unjellier.unjellyInto(args, index, part)
        for name, part in pairsOf(sexp, 4):
            unjellier.unjellyInto(attributes, textOf(sexp, name), part)
        whenKnown(unjellier, finish)
        return made


def _check(cls: type, name: str, value: object) -> None:
    """
    Check that a peer may choose an attribute of an exception.

    @raise Violation: if it may not.
    """
    isNotes = name == _NOTES and type(value) is list
    if isNotes and all(type(note) is str for note in value):  # type: ignore[attr-defined]
        return
    if name not in _slots(cls):
        checkAttribute(cls, name)


EXCEPTION_KIND = Kind(EXCEPTION, _parts, _value, isShared=True)
