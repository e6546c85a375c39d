# -*- test-case-name: pbcopy.test.test_replicaof -*-
"""
The declaration of a replica: L{replicaOf}.
"""

from __future__ import annotations

from collections.abc import Callable
from reprlib import recursive_repr
from typing import Any, TypeVar

from twisted.spread import flavors

from pbcopy._checking import MOST_DECLARED, check, joined
from pbcopy._copyable import RemoteCopy
from pbcopy._declaring import declareReplica
from pbcopy._leaftypes import MemberOf
from pbcopy._nodes import getField
from pbcopy._operations import ABSENT
from pbcopy._recordtypes import RecordOf
from pbcopy._registry import checkName, setUnjellyableForClass
from pbcopy._schema import schemaOf
from pbcopy._shared import noteDeclared
from pbcopy._state import withTextKeys
from pbcopy._subscribing import Subscribe
from pbcopy._typebase import Type, within
from pbcopy._valueclasses import isRegistered, setUnjellyableForValue
from pbcopy.errors import RegistrationError, Violation

_Class = TypeVar("_Class", bound=type)


def replicaOf(master: type | str | bytes) -> Callable[[_Class], _Class]:
    """
    Declare which class represents a shared class of the peer's.  This registers
    it, and the C{Enum}s, named tuples and records in the types of its fields.

    It is a L{RemoteCache<pbcopy.RemoteCache>} for a C{Cacheable}, or a
    L{RemoteCopy<pbcopy.RemoteCopy>} for a C{Copyable}.  It has the fields of the
    master, and those that it annotates itself.  They are checked as they arrive.

    @param master: the class, or its name as the sender says it, where the class
        is not here.  Then the annotations are all that is known.
    @return: a decorator for the class.
    @raise RegistrationError: if one of the two is of no such kind, if a field
        cannot be one, or if the class says by a method what it does with a state.
    """
    checkName("replicaOf", master)
    if isinstance(master, type):
        _checkMaster(master)

    def decorate(cls: _Class) -> _Class:
        _checkClass(cls)
        _checkKind(master, cls)
        declareReplica(master, cls)
        noteDeclared(cls)
        declared: Any = cls
        declared.setCopyableState = _setCopyableState
        if declared.__repr__ is object.__repr__:
            declared.__repr__ = _repr
        if not hasattr(cls, "subscribe"):
            declared.subscribe = Subscribe()
        setUnjellyableForClass(master, cls)
        _registerValues(cls)
        return cls

    return decorate


def _checkClass(cls: Any) -> None:
    if not (isinstance(cls, type) and issubclass(cls, RemoteCopy)):
        raise RegistrationError(
            "this is no class of objects that are received",
            where="replicaOf",
            got=repr(cls),
            expected="a subclass of pbcopy.RemoteCache or pbcopy.RemoteCopy",
        )
    module = getattr(cls.setCopyableState, "__module__", None) or ""
    if not module.startswith(("pbcopy._", "twisted.spread.")):
        raise RegistrationError(
            "the fields say what is taken, and this method says it, too",
            where=f"{cls.__qualname__}.setCopyableState",
            advice="remove the method, or register with setUnjellyableForClass",
        )


def _checkMaster(master: type) -> None:
    if issubclass(master, flavors.Copyable) and schemaOf(master) is not None:
        return
    raise RegistrationError(
        "this is no shared class",
        where="replicaOf",
        got=repr(master),
        expected="a class that is declared with pbcopy.shared, or a name",
        advice="declare it; if its methods say what is sent, give its name as a text"
        if issubclass(master, flavors.Copyable)
        else "write @pbcopy.replicaOf(Master) above the class of the replica",
    )


def _checkKind(master: type | str | bytes, cls: type) -> None:
    if not isinstance(master, type):
        return
    isCache = issubclass(master, flavors.Cacheable)
    if issubclass(cls, flavors.RemoteCache) is not isCache:
        kinds = ("pb.Copyable", "pb.RemoteCopy"), ("pb.Cacheable", "pb.RemoteCache")
        sent, received = kinds[isCache]
        raise RegistrationError(
            f"{master.__qualname__} is a {sent}, and this class is not for one",
            where=cls.__qualname__,
            expected=f"a subclass of {received}",
        )


@recursive_repr()
def _repr(self: Any) -> str:
    """
    Show the fields that are there, as a dataclass does.
    """
    schema: Any = schemaOf(type(self))
    fields = schema.fields if schema else ()
    found = {name: getField(self, name) for name in fields}
    shown = [f"{name}={each!r}" for name, each in found.items() if each is not ABSENT]
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _setCopyableState(self: Any, state: Any) -> None:
    """
    Take the fields that came.

    @raise Violation: if they are not what was declared.
    """
    name = type(self).__qualname__
    if not isinstance(state, dict):
        raise Violation(
            "a declared class takes fields",
            where=name,
            got=type(state).__name__,
            expected="dict",
        )
    schema: Any = schemaOf(type(self))
    if schema is None:
        raise Violation(
            "its class is not declared, and a base of it is",
            where=name,
            advice="declare it with pbcopy.replicaOf, too",
        )
    came = {
        schema.byWire[wireName].name: value
        for wireName, value in withTextKeys(state).items()
        if wireName in schema.byWire
    }
    wrong = schema.differences(state, name)
    for field in [schema.fields[each] for each in came]:
        try:
            value = check(field.type, came[field.name], field.where, _never)
            came[field.name] = value
        except Violation as error:
            wrong += error.differences or [error]
    if wrong:
        raise joined(wrong, MOST_DECLARED)
    for field in schema.byWire.values():
        if field.name in came:
            object.__setattr__(self, field.name, came[field.name])
        elif field.hasDefault and not field.visibleTo:
            object.__setattr__(self, field.name, field.default(self))


def _never(container: object, type_: object) -> bool:
    return False


def _registerValues(cls: type) -> None:
    schema: Any = schemaOf(cls)
    for field in schema.byWire.values():
        try:
            classes = _valuesIn(field.type)
        except RegistrationError:
            # A name that is not known yet.  Whoever needs it is told.
            continue
        for each in classes:
            if not isRegistered(each):
                setUnjellyableForValue(each)


def _valuesIn(type_: Type) -> list[type]:
    """
    Give the classes of the values that a type allows.
    """
    return [each.cls for each in within(type_) if isinstance(each, _VALUES)]


_VALUES = (MemberOf, RecordOf)
