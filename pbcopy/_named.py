# -*- test-case-name: pbcopy.test.test_named -*-
"""
What a policy names: which classes go with a name of the peer's, or with a class that
is declared, and how to show one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twisted.python.reflect import qual
from twisted.spread import jelly

from pbcopy._classtypes import ObjectOf, schemaOf
from pbcopy._leaftypes import MemberOf
from pbcopy._recordtypes import RecordOf
from pbcopy._registry import copyTags, exceptionNamed
from pbcopy._replicas import replicaFor
from pbcopy._text import asText
from pbcopy._typebase import Type, within
from pbcopy._valueclasses import formOf, registeredFor


def canArrive(given: Any) -> bool:
    """
    Tell whether instances of something can arrive.
    """
    isUnjellyable = isinstance(given, type) and issubclass(given, jelly.Unjellyable)
    return isUnjellyable or isValueClass(given)


def isValueClass(given: Any) -> bool:
    """
    Tell whether something is a class of values.
    """
    isClass = isinstance(given, type) and not issubclass(
        given, (jelly.Jellyable, jelly.Unjellyable)
    )
    return isClass and formOf(given) is not None


def localClasses(name: str) -> list[Any]:
    """
    Give what stands for a name of the peer's here.
    """
    found = [copyTags.get(name.encode("utf-8")), replicaFor(name)]
    found += [registeredFor(name), exceptionNamed(name)]
    return [each for each in found if isinstance(each, type)]


def partsOf(key: type | str) -> set[type]:
    """
    Give the classes that the declaration of a class names, those that stand for
    these here, and what theirs name.
    """
    found: set[type] = set()
    todo: list[Any] = [key]
    for each in todo:
        schema = schemaOf(each) if isinstance(each, type) else None
        types = () if schema is None else schema.types.values()
        named = {part for type_ in types for part in _classesIn(type_)}
        named |= {local for part in named for local in localClasses(qual(part))}
        todo += named - found
        found |= named
    return found


def _classesIn(type_: Type) -> Iterator[type]:
    for each in within(type_):
        if isinstance(each, (MemberOf, ObjectOf, RecordOf)):
            yield each.cls


def described(key: type | str) -> str:
    """
    Describe a class: its names on the wire, and its fields.
    """
    if isinstance(key, str):
        return repr(key)
    tags = [asText(tag) for tag, local in copyTags.items() if local is key]
    schema = schemaOf(key)
    fields = "any attributes"
    if schema is not None:
        said = schema.byWire.items()
        fields = ", ".join(f"{name}: {field.type}" for name, field in said)
    return f"{key.__qualname__} (as {', '.join(tags) or qual(key)}): {fields}"
