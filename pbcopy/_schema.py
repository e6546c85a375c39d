# -*- test-case-name: pbcopy.test.test_schema -*-
"""
What was declared for a class: its fields, their types, and who may see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

import attr

from pbcopy._checking import joined
from pbcopy._classtypes import schemaOf
from pbcopy._fields import Options
from pbcopy._leaftypes import Type
from pbcopy._state import checkAttribute
from pbcopy._types import resolved, typeOf, unresolved
from pbcopy.errors import RegistrationError, Violation

__all__ = ["Field", "Schema", "schemaOf"]


@attr.s(auto_attribs=True, eq=False)
class Field:
    """
    A field of a declared class.

    @ivar owner: the class in which it is annotated.
    @ivar name: the attribute.
    @ivar annotation: what stands there, maybe as text.
    @ivar options: what was said with L{pbcopy.field} or L{pbcopy.options}.
    @ivar private: whether it never leaves the process.
    @ivar hasDefault: whether there is a value for it where none came.
    """

    owner: Any
    name: str
    annotation: Any
    options: Options
    private: bool
    hasDefault: bool
    _makeDefault: Callable[[Any], Any]

    @property
    def wireName(self) -> str:
        """
        Give the name under which it is sent.
        """
        return self.options.wireName or self.name

    @property
    def visibleTo(self) -> Callable[[Any, Any], bool] | None:
        """
        Give what tells for an object and a perspective whether the field may be
        seen, or C{None} if all may see it.
        """
        return self.options.visibleTo

    @property
    def isRequired(self) -> bool:
        """
        Tell whether a state without it is refused.
        """
        return not (self.private or self.hasDefault or self.visibleTo)

    @cached_property
    def type(self) -> Type:
        """
        Give what the annotation says.

        @raise RegistrationError: if it names what there is not, or says nothing
            that can be checked.
        """
        try:
            return self._read()
        except NameError as error:
            raise unresolved(error).at(self.where) from None

    def _read(self) -> Type:
        try:
            return typeOf(resolved(self.annotation, self.owner))
        except RegistrationError as error:
            raise error.at(self.where) from None

    @property
    def where(self) -> str:
        """
        Give the place of the field, as in C{DuckPond.ducks}.
        """
        return f"{self.owner.__qualname__}.{self.name}"

    def default(self, instance: object = None) -> Any:
        """
        Give the value of the field where none came.

        @param instance: the object, for a factory of attrs that takes it.
        """
        return self._makeDefault(instance)

    def check(self, cls: Any) -> None:
        """
        Check a field of a class.

        @raise RegistrationError: if it cannot be one.
        """
        self.options.check(self.where)
        try:
            checkAttribute(cls, self.name)
        except Violation as error:
            raise RegistrationError(
                error.what,
                where=self.where,
                expected=error.expected,
                advice="rename the field",
            ) from None
        try:
            self._read()
        except NameError:
            # It may be there when it is needed.
            pass


class Schema:
    """
    What was declared for a class.

    @ivar cls: the class.
    @ivar fields: the fields, in order, by their names.
    @ivar byWire: those that are sent, by their names on the wire.
    """

    def __init__(self, cls: type, fields: Iterable[Field]) -> None:
        self.cls = cls
        self.fields = {each.name: each for each in fields}
        self.byWire: dict[str, Field] = {}
        for each in self.fields.values():
            each.check(cls)
            if not each.private:
                self._put(each)

    def _put(self, field: Field) -> None:
        other = self.byWire.setdefault(field.wireName, field)
        if other is not field:
            raise RegistrationError(
                "two fields have one name on the wire",
                where=field.where,
                got=repr(field.wireName),
                expected=f"another name than that of {other.name}",
            )

    def missing(self, wireNames: Iterable[str]) -> list[Field]:
        """
        Give the fields that did not come, and have to.
        """
        came = set(wireNames)
        return [
            field
            for name, field in self.byWire.items()
            if field.isRequired and name not in came
        ]

    def differences(self, wireNames: Iterable[str], where: str) -> list[Violation]:
        """
        Tell which fields did not come, and have to.
        """
        return [
            Violation(
                "this field did not come",
                where=f"{where}.{field.name}",
                expected=f"{field.type}, as {field.wireName!r}",
                advice="give it a default at the receiver",
            )
            for field in self.missing(wireNames)
        ]

    def take(self, wireNames: Iterable[str], where: str) -> None:
        """
        Check that the fields that came are enough.  What is not declared is not
        looked at.

        @raise Violation: if some did not come.  It names all of them.
        """
        differences = self.differences(wireNames, where)
        if differences:
            raise joined(differences)
