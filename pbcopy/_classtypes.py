# -*- test-case-name: pbcopy.test.test_classtypes -*-
"""
Types of objects, of what is one of several, and of anything.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

import attr

from pbcopy._containertypes import DictOf, ListOf, SetOf
from pbcopy._leaftypes import SCALARS
from pbcopy._replicas import isReplicaOf
from pbcopy._tupletypes import FrozenSetOf, TupleOf
from pbcopy._typebase import Type, Unknown, Walk, Where

if TYPE_CHECKING:
    from pbcopy._schema import Schema

SCHEMA = "__pbcopySchema__"
"""The attribute of a declared class where its schema is.  No peer can choose such
a name."""


def schemaOf(cls: type) -> Schema | None:
    """
    Find what was declared for a class.

    @return: C{None} for one that was not declared itself.
    """
    schema: Schema | None = vars(cls).get(SCHEMA)
    return schema


@attr.s(auto_attribs=True, frozen=True, str=False)
class ObjectOf(Type):
    """
    An instance of a class, or of what stands for the class here.

    It has the class alone, whose fields may be of such a type again.
    """

    cls: type
    isNode: ClassVar[bool] = True

    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Look at the class alone.
        """
        return isinstance(value, self.cls) or isReplicaOf(type(value), self.cls)

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Have the fields looked at later, as the value's own class declares them.
        """
        if not self.claims(value, True):
            walk.refuse(value, str(self), where)
        elif schemaOf(type(value)) is not None:
            walk.meet(value, ObjectOf(type(value)), where)
        return value

    def look(self, container: Any, walk: Walk, where: Where) -> None:
        """
        Check the fields that an object has, and convert them there.
        """
        attributes = vars(container)
        for name, type_ in self._types().items():
            value = attributes.get(name)
            if type(value) not in type_.exact and name in attributes:
                converted = type_.convert(value, walk, (where, name))
                if converted is not value:
                    dict.__setitem__(attributes, name, converted)

    def fieldType(self, name: str) -> Type:
        """
        Give the type of a field.
        """
        return self._types()[name]

    def _types(self) -> dict[str, Type]:
        schema = schemaOf(self.cls)
        return {} if schema is None else schema.types

    def __str__(self) -> str:
        return self.cls.__qualname__


@attr.s(auto_attribs=True, frozen=True, str=False)
class UnionOf(Type):
    """
    One of several types.  The first that has a value as it is is chosen, or else
    the first that can convert it.
    """

    arms: tuple[Type, ...]
    exact: frozenset[type] = attr.ib(init=False, eq=False)

    @exact.default
    def _makeExact(self) -> frozenset[type]:
        return frozenset().union(*(arm.exact for arm in self.arms))

    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Ask each.
        """
        return any(arm.claims(value, asItIs) for arm in self.arms)

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Choose one.
        """
        if type(value) in self.exact:
            return value
        for asItIs in (True, False):
            for arm in self.arms:
                if arm.claims(value, asItIs):
                    return arm.convert(value, walk, where)
        walk.refuse(value, str(self), where)
        return value

    def __str__(self) -> str:
        return " | ".join(map(str, self.arms))


@attr.s(auto_attribs=True, frozen=True, str=False)
class AliasOf(Type):
    """
    What a name stands for, which may be in it again.
    """

    alias: Any
    _target: list[Type] = attr.ib(init=False, eq=False, repr=False, factory=list)

    @property
    def target(self) -> Type:
        """
        What the name stands for.
        """
        return self._target[0]

    def means(self, type_: Type) -> None:
        """
        Say what the name stands for.
        """
        self._target[:] = [type_]

    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Ask what the name stands for.
        """
        return self.target.claims(value, asItIs)

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Convert as what the name stands for.
        """
        return self.target.convert(value, walk, where)

    def takesAll(self, values: Collection[Any]) -> bool:
        """
        Ask what the name stands for.
        """
        return self.target.takesAll(values)

    def __str__(self) -> str:
        return str(self.alias.__name__)


class Anything(Type):
    """
    What may be anything.  The objects in it are checked as their own classes
    declare them.
    """

    exact = frozenset(SCALARS)

    def claims(self, value: object, asItIs: bool) -> bool:
        """
        Claim everything.
        """
        return True

    def convert(self, value: Any, walk: Walk, where: Where) -> Any:
        """
        Look for objects.
        """
        if isinstance(value, Unknown):
            walk.refuse(value, str(self), where)
            return value
        for type_ in OPEN.values():
            if type_.claims(value, True):
                return type_.convert(value, walk, where)
        return _OBJECT.convert(value, walk, where)

    def __str__(self) -> str:
        return "Any"


ANYTHING = Anything()
_OBJECT = ObjectOf(object)

OPEN: dict[type, Type] = {
    list: ListOf(ANYTHING),
    dict: DictOf(ANYTHING, ANYTHING),
    set: SetOf(ANYTHING),
    frozenset: FrozenSetOf(ANYTHING),
    tuple: TupleOf(ANYTHING),
}
"""The containers of anything."""
