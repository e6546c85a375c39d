# -*- test-case-name: pbcopy.test.test_declaring -*-
"""
Reads the declaration of a class.

That is a dataclass, an attrs class, or a plain class with annotations, which is
made a dataclass.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import attr

from pbcopy._annotations import ownerOf
from pbcopy._classtypes import SCHEMA, schemaOf
from pbcopy._fields import optionsIn
from pbcopy._replicas import remember
from pbcopy._schema import Field, Schema
from pbcopy._state import localNames
from pbcopy.errors import RegistrationError

_Class = TypeVar("_Class", bound=type)


def declare(cls: _Class) -> _Class:
    """
    Read the declaration of a class that is sent.

    A plain class is made a dataclass that compares by identity; it gets an
    C{__init__} unless it has one.  Where values are compared, the class gets its
    C{__hash__} back: an object that is sent is found by what it is.

    @return: the class.
    @raise RegistrationError: if a field cannot be one.
    """
    hasInit = _isWritten(cls, "__init__", "init")
    _makeDeclared(cls, hasInit, hasInit or _isWritten(cls, "__repr__", "repr"))
    _attach(cls, _fieldsKnown(cls) | _fieldsOf(cls))
    return cls


def declareReplica(master: type | str | bytes, cls: _Class) -> _Class:
    """
    Read the declaration of a class that stands for a peer's, and remember for
    which.

    It has the fields of the master, as far as its class is known here and they are
    sent, and those that it declares itself, in their places.

    @param master: the class, or its name, as the sender says it.
    @return: the class.
    @raise RegistrationError: if a field cannot be one.
    """
    _makeDeclared(cls, True, True)
    known = schemaOf(master) if isinstance(master, type) else None
    fields = _fieldsKnown(cls)
    fields |= {} if known is None else {f.name: f for f in known.byWire.values()}
    for name, field in _fieldsOf(cls).items():
        fields[name] = field.inPlaceOf(fields[name]) if name in fields else field
    _attach(cls, fields)
    remember(master, cls)
    return cls


def _fieldsKnown(cls: type) -> dict[str, Field]:
    """
    Give the fields that were declared for a class and its bases already, some of
    which may be those of a master.
    """
    fields: dict[str, Field] = {}
    for base in reversed(cls.__mro__):
        known = schemaOf(base)
        fields |= {} if known is None else known.fields
    return fields


def _attach(cls: type, fields: dict[str, Field]) -> None:
    setattr(cls, SCHEMA, Schema(cls, fields.values()))


def _makeDeclared(cls: type, hasInit: bool, hasRepr: bool) -> None:
    own = vars(cls)
    if "__dataclass_fields__" not in own and "__attrs_attrs__" not in own:
        _makeDataclass(cls, hasInit, hasRepr)
    if cls.__hash__ is None:
        # The dataclass compares values.
        cls.__hash__ = object.__hash__


def _makeDataclass(cls: type, hasInit: bool, hasRepr: bool) -> None:
    if attr.has(cls):
        raise RegistrationError(
            "this class is not declared, and its base is an attrs class",
            where=cls.__qualname__,
            advice="make it an attrs class, too",
        )
    try:
        dataclasses.dataclass(eq=False, init=not hasInit, repr=not hasRepr)(cls)
    except (TypeError, ValueError) as error:
        raise RegistrationError(str(error), where=cls.__qualname__) from None


def _isWritten(cls: type, method: str, parameter: str) -> bool:
    """
    Tell whether a class has or inherits a method that somebody wrote: neither
    C{object} nor C{dataclass} did.
    """
    base = next(base for base in cls.__mro__ if method in vars(base))
    made = getattr(vars(base).get("__dataclass_params__"), parameter, False)
    return base is not object and not made


def _fieldsOf(cls: type) -> dict[str, Field]:
    """
    Give the fields of a dataclass or an attrs class.
    """
    local = localNames(cls)
    fields = {}
    for name, annotation, metadata, hasDefault, makeDefault in _declared(cls):
        options = optionsIn(metadata)
        isPrivate = options.private or name in local
        owner = ownerOf(cls, name)
        fields[name] = Field(
            owner, name, annotation, options, isPrivate, hasDefault, makeDefault
        )
    return fields


_Declared = tuple[str, Any, Any, bool, Callable[[Any], Any]]


def _declared(cls: Any) -> Iterator[_Declared]:
    isAttrs = "__attrs_attrs__" in vars(cls)
    fields = attr.fields(cls) if isAttrs else dataclasses.fields(cls)
    for each in fields:
        if isinstance(each.default, _MARKS):
            raise RegistrationError(
                "this is the field of another kind of class",
                where=f"{cls.__qualname__}.{each.name}",
                got=type(each.default).__name__,
                advice="write attrs.field(metadata=pbcopy.options(...)) in an attrs "
                "class, and pbcopy.field(...) in any other",
            )
    return map(_ofAttrs if isAttrs else _ofDataclass, fields)


_MARKS = (dataclasses.Field, type(attr.ib()))
"""What stands for a field in the body of a class, and is the default of one where
nobody has understood it."""


_FACTORY: Any = attr.Factory


def _ofAttrs(field: Any) -> _Declared:
    annotation = Any if field.type is None else field.type
    default = field.default
    hasDefault = default is not attr.NOTHING
    if not isinstance(default, _FACTORY):
        make = _constant(default)
    elif default.takes_self:
        make = default.factory
    else:
        make = _calling(default.factory)
    return field.name, annotation, field.metadata, hasDefault, make


def _ofDataclass(field: Any) -> _Declared:
    default, factory = field.default, field.default_factory
    if factory is not dataclasses.MISSING:
        return field.name, field.type, field.metadata, True, _calling(factory)
    hasDefault = default is not dataclasses.MISSING
    return field.name, field.type, field.metadata, hasDefault, _constant(default)


def _constant(value: Any) -> Callable[[Any], Any]:
    return lambda instance: value


def _calling(factory: Callable[[], Any]) -> Callable[[Any], Any]:
    return lambda instance: factory()
