# -*- test-case-name: pbcopy.test.test_schema -*-
"""
What was declared for a class: its fields, their types, and who may see them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from types import MemberDescriptorType
from typing import Any

import attr
from twisted.spread import flavors

from pbcopy._annotations import read, resolved
from pbcopy._classtypes import schemaOf
from pbcopy._description import described
from pbcopy._fields import Options
from pbcopy._state import checkAttribute
from pbcopy._typebase import Type
from pbcopy._types import typeOf
from pbcopy.errors import RegistrationError, Violation

__all__ = ["Field", "Schema", "schemaOf"]


_OURS = ("pbcopy._", "twisted.spread.")
_OF_REPLICAS = ("broker", "luid")


@attr.s(auto_attribs=True, eq=False)
class Field:
    """
    A field of a declared class.

    @ivar owner: the class in which it is annotated.
    @ivar name: the attribute.
    @ivar annotation: what stands there, maybe as text.
    @ivar options: what was said with C{pbcopy.field} or C{pbcopy.options}.
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
        return read(self.annotation, self.owner, self.where, typeOf)

    @property
    def description(self) -> Any:
        """
        Give what a peer is told of the type.
        """
        try:
            return described(self.type)
        except RegistrationError:
            # Whoever sends a value needs no annotation that can be read.
            return None

    @property
    def where(self) -> str:
        """
        Give the place of the field, as in C{DuckPond.ducks}.
        """
        return f"{self.owner.__qualname__}.{self.name}"

    def inPlaceOf(self, other: Field) -> Field:
        """
        Give this field as one that stands for another of its name, whose name on
        the wire it has, and whose rule for who may see it, if it has none.
        """
        options = attr.evolve(
            self.options,
            wireName=self.options.wireName or other.options.wireName,
            visibleTo=self.options.visibleTo or other.options.visibleTo,
        )
        return self if self.private else attr.evolve(self, options=options)

    def default(self, instance: object = None) -> Any:
        """
        Give the value of the field where none came.

        @param instance: the object, for a factory of attrs that takes it.
        """
        return self._makeDefault(instance)

    def check(self, cls: Any) -> None:
        """
        Check a field of a class, as far as that can be done when the class is
        made: a name in the annotation may be there later.

        @raise RegistrationError: if it cannot be one.
        """
        where = f"{cls.__qualname__}.{self.name}"
        self.options.check(where)
        isSlot = isinstance(getattr(cls, self.name, None), MemberDescriptorType)
        if not isSlot:
            self._checkName(cls, where)
        elif issubclass(cls, flavors.RemoteCopy):
            raise RegistrationError(
                "this field of a replica is in a slot",
                where=where,
                expected="a field in the __dict__, which outlives the object",
                advice="make the class with slots=False",
            )
        try:
            resolved(self.annotation, self.owner)
        except NameError:
            return
        _ = self.type

    def _checkName(self, cls: Any, where: str) -> None:
        if self.name in _OF_REPLICAS and issubclass(cls, flavors.RemoteCache):
            raise RegistrationError(
                "each replica has something of its own by this name",
                where=where,
                expected=f"another name than {' and '.join(_OF_REPLICAS)}",
                advice=f"rename the field, with wireName={self.wireName!r}",
            )
        try:
            for base in cls.__mro__:
                # A field with a default hides what it has the name of.
                if base is cls or base.__module__.startswith(_OURS):
                    checkAttribute(base, self.name)
        except Violation as error:
            raise RegistrationError(
                error.what,
                where=where,
                expected=error.expected,
                advice="rename the field",
            ) from None


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

    @cached_property
    def types(self) -> dict[str, Type]:
        """
        Give the types of those that are sent, by their own names.

        @raise RegistrationError: if an annotation cannot be read.
        """
        return {field.name: field.type for field in self.byWire.values()}

    def differences(self, wireNames: Iterable[str], where: str) -> list[Violation]:
        """
        Tell which fields did not come, and have to.  What is not declared is not
        looked at.
        """
        came = set(wireNames)
        return [
            Violation(
                "this field did not come",
                where=f"{where}.{field.name}",
                expected=f"{field.type}, as {field.wireName!r}",
                advice="give it a default at the receiver",
            )
            for name, field in self.byWire.items()
            if field.isRequired and name not in came
        ]

    def defaulted(self, wireNames: Iterable[str]) -> list[Field]:
        """
        Give the fields that did not come, and have a default instead.  What a
        viewer may not see has no value at all.
        """
        came = set(wireNames)
        return [
            field
            for name, field in self.byWire.items()
            if field.hasDefault and not field.visibleTo and name not in came
        ]
