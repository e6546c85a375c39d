# -*- test-case-name: pbcopy.test.test_annotations -*-
"""
Finds annotations, and what the names in them stand for.
"""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable
from types import GenericAlias, UnionType
from typing import Annotated, Any, TypeVar, Union

from pbcopy.errors import RegistrationError

_Read = TypeVar("_Read")


def resolved(annotation: Any, owner: type) -> Any:
    """
    Resolve the names in an annotation that stands in a class.

    @raise NameError: if there is no such thing yet.
    """
    return _completed(_hint(annotation, owner), owner)


def _hint(annotation: Any, owner: type) -> Any:
    holder = type("holder", (), {"__annotations__": {"it": annotation}})
    # As for a class: what is in its module comes before what is in itself.
    own = {each.__name__: each for each in getattr(owner, "__type_params__", ())}
    own |= {**vars(owner), owner.__name__: owner}
    module = vars(sys.modules[owner.__module__])
    return typing.get_type_hints(holder, own, module, include_extras=True)["it"]


def _completed(hint: Any, owner: type) -> Any:
    """
    Resolve what Python leaves in a hint: C{Self}, and, up to 3.10, the text in
    C{list["Duck"]}.
    """
    if isinstance(hint, str):
        return resolved(hint, owner)
    if getattr(hint, "_name", None) == "Self":
        # That of typing or of typing_extensions.
        return owner
    parts = tuple(_completed(each, owner) for each in _typesIn(hint))
    if parts == _typesIn(hint):
        return hint
    if isinstance(hint, GenericAlias):
        return GenericAlias(typing.get_origin(hint), parts)
    if typing.get_origin(hint) is Annotated:
        return Annotated[(*parts, *hint.__metadata__)]
    return Union[parts]  # noqa: UP007


def _typesIn(hint: Any) -> tuple[Any, ...]:
    origin = typing.get_origin(hint)
    isRead = isinstance(hint, GenericAlias) or origin in (Annotated, Union, UnionType)
    return hint.__args__ if isRead else ()


def ownerOf(cls: type, name: str) -> type:
    """
    Find the class in which a field is annotated.
    """
    for base in cls.__mro__:
        if name in inspect.get_annotations(base):
            return base
    return cls


def read(
    annotation: Any, owner: type, where: str, typeOf: Callable[[Any], _Read]
) -> _Read:
    """
    Read an annotation that stands in a class.

    @raise RegistrationError: if it names what there is not, or says nothing that
        can be checked.
    """
    try:
        return typeOf(resolved(annotation, owner))
    except RegistrationError as error:
        raise error.at(where) from None
    except NameError as error:
        raise RegistrationError(
            "a name in this annotation is not known",
            where=where,
            got=str(error),
            advice="import it in the module of the class, also at run time",
        ) from None


def annotationOf(cls: type, name: str, typeOf: Callable[[Any], _Read]) -> _Read:
    """
    Read what is annotated of a field of a class.

    @raise RegistrationError: as of L{read}.
    """
    owner = ownerOf(cls, name)
    annotation = inspect.get_annotations(owner).get(name, Any)
    return read(annotation, owner, f"{cls.__qualname__}.{name}", typeOf)
