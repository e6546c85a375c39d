# -*- test-case-name: pbcopy.test.test_recordtypes -*-
"""
Types of values that are the sum of their fields: named tuples, and instances of
dataclasses and attrs classes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import attr
import msgspec

from pbcopy._annotations import annotationOf
from pbcopy._typebase import Type, Walk, Where, changes


@attr.s(auto_attribs=True, frozen=True, str=False)
class RecordOf(Type):
    """
    A record.  Nothing in it is converted: it cannot change.  It may come as the
    tuple or the dict that it is for a receiver which is not known to have its class
    (L{pbcopy._plain}).

    @ivar typeOf: reads the annotation of a field, when it is needed.
    """

    cls: Any
    _typeOf: Callable[[Any], Type] = attr.ib(eq=False)
    _types: dict[str, Type] = attr.ib(init=False, eq=False, factory=dict)

    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Look at the class alone.
        """
        return isinstance(value, self.cls) or (not asItIs and self._isPlain(value))

    def _isPlain(self, value: object) -> bool:
        return type(value) is (tuple if issubclass(self.cls, tuple) else dict)

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Have the fields looked at later.
        """
        if isinstance(value, self.cls):
            walk.meet(value, self, where)
            return value
        if self._isPlain(value):
            try:
                return msgspec.convert(value, self.cls, strict=True)
            except (msgspec.ValidationError, TypeError, RecursionError):
                # It has a field of another kind.
                pass
        walk.refuse(value, str(self), where)
        return value

    def parts(self) -> Iterator[Type]:
        """
        Give the types of the fields.
        """
        yield from self.fieldTypes().values()

    def look(self, container: Any, walk: Walk, where: Where) -> None:
        """
        Check the fields.
        """
        for name, type_ in self.fieldTypes().items():
            pairs = (
                [(name, getattr(container, name))] if hasattr(container, name) else []
            )
            for _, value in changes(type_, pairs, walk, where):
                # An int may stand for a float.
                if value != pairs[0][1]:
                    walk.refuse(pairs[0][1], str(type_), (where, name))

    def fieldTypes(self) -> dict[str, Type]:
        """
        Give the types of the fields, by their names.

        @raise RegistrationError: if an annotation cannot be read.
        """
        for name in _fieldNames(self.cls):
            if name not in self._types:
                self._types[name] = annotationOf(self.cls, name, self._typeOf)
        return self._types

    def __str__(self) -> str:
        return str(self.cls.__qualname__)


def requiredFields(cls: Any) -> list[str]:
    """
    Give the names of the fields that every instance has.
    """
    names = _fieldNames(cls)
    if issubclass(cls, tuple):
        return [*names]
    declared: Any = attr.fields_dict(cls) if attr.has(cls) else cls.__dataclass_fields__
    return [name for name in names if declared[name].init]


def _fieldNames(cls: Any) -> tuple[str, ...]:
    names: tuple[str, ...] | None = getattr(cls, "_fields", None)
    if names is None:
        declared: Any = attr.fields(cls) if attr.has(cls) else dataclasses.fields(cls)
        names = tuple(each.name for each in declared)
    return names
