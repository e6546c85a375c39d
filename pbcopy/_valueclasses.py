# -*- test-case-name: pbcopy.test.test_valueclasses -*-
"""
Classes whose instances are values, and which of them a peer may send.

A class has one of four forms, which is the kind of its values on the wire.  The
classes of the two peers need not be the same, but their forms.
"""

from __future__ import annotations

import builtins
import dataclasses
from enum import Enum
from typing import Any

import attr
from twisted.python.reflect import qual

from pbcopy._kinds import refuse, shortly, textOf, whereOf
from pbcopy._registry import checkName, nameOf
from pbcopy.errors import RegistrationError, Violation

ENUM = b"enum"
NAMED_TUPLE = b"namedtuple"
RECORD = b"record"
"""A dataclass or an attrs class."""

EXCEPTION = b"exception"

FORMS = frozenset([ENUM, NAMED_TUPLE, RECORD, EXCEPTION])
"""All of them."""

_local: dict[str, type] = {}
"""The classes that were registered, by the name that the sender says."""


def setUnjellyableForValue(
    classname: type | str | bytes, valueClass: type | None = None
) -> None:
    """
    Say which local class stands for a class of the peer's whose instances are
    sent as values: an C{Enum}, a named tuple, a dataclass, an attrs class or an
    exception.

    A received member of an C{Enum} is the local member of that name.  For the
    others neither C{__init__} nor C{__post_init__} is called.  The last
    registration for a name wins.

    @param classname: the class as the sender names it: a class or a full name.
    @param valueClass: the local class; C{classname} itself where left out.

    @raise RegistrationError: if it is of none of these forms.
    """
    checkName("setUnjellyableForValue", classname)
    local = classname if valueClass is None else valueClass
    if not isinstance(local, type) or formOf(local) is None:
        raise RegistrationError(
            "the instances of that are not sent as values",
            where="setUnjellyableForValue",
            got=repr(local),
            expected="an Enum, a named tuple, a dataclass, an attrs class or an "
            "exception",
            advice="send a pb.Copyable, and register it with setUnjellyableForClass",
        )
    _local[nameOf(classname)] = local


def isRegistered(valueClass: type) -> bool:
    """
    Tell whether something was registered under the name of a class.
    """
    return nameOf(valueClass) in _local


def registeredFor(name: str) -> type | None:
    """
    Find the class that was registered for a name.
    """
    return _local.get(name)


def localClass(sexp: list[Any]) -> Any:
    """
    Find the local class for C{['pbcopy.value', form, name, …]}.

    @raise Violation: if none was registered, or it has another form.
    """
    if len(sexp) < 3:
        refuse(sexp, "the name of a class")
    name = textOf(sexp, sexp[2])
    local = registeredFor(name)
    if local is None:
        raise Violation(
            "no class is registered for these values",
            where=whereOf(sexp),
            got=shortly(name),
            expected="a class that the receiver registered",
            advice="call setUnjellyableForValue at the receiver",
        )
    if formOf(local) != sexp[1]:
        raise Violation(
            "the class that is registered for these values has another form",
            where=whereOf(sexp),
            got=shortly(name),
            expected=f"what {qual(local)} is",
        )
    return local


def classNameOf(value: object) -> bytes:
    """
    Give the name under which the peer looks for its own class.
    """
    return qual(type(value)).encode("utf-8")


def formOf(cls: type) -> bytes | None:
    """
    Tell the form of a class.

    @return: C{None} if instances of it are not sent as values.
    """
    if issubclass(cls, Enum):
        return ENUM
    if issubclass(cls, Exception):
        return None if issubclass(cls, _IN_MEMORY) else EXCEPTION
    if issubclass(cls, tuple):
        return NAMED_TUPLE if _isNamed(cls) else None
    isRecord = attr.has(cls) or dataclasses.is_dataclass(cls)
    return RECORD if isRecord and nativeBase(cls) is object else None


_IN_MEMORY: tuple[type, ...] = (
    UnicodeDecodeError,
    UnicodeEncodeError,
    UnicodeTranslateError,
    # From Python 3.11 on.
    *filter(None, [getattr(builtins, "ExceptionGroup", None)]),
)
"""Exceptions that have more in memory than their arguments: an index that a peer
must not choose, or other exceptions."""
_HEAP_TYPE = 1 << 9
"""Python's flag for a class that is not compiled in."""


def nativeBase(cls: type) -> Any:
    """
    Give the built-in class that decides what an instance is in memory.
    """
    while cls.__flags__ & _HEAP_TYPE and cls.__base__ is not None:
        cls = cls.__base__
    return cls


def _isNamed(cls: type) -> bool:
    fields = getattr(cls, "_fields", None)
    return (
        nativeBase(cls) is tuple
        and isinstance(fields, tuple)
        and all(isinstance(name, str) for name in fields)
    )
