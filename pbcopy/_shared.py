# -*- test-case-name: pbcopy.test.test_shared -*-
"""
The declaration of a master, or of a part of one: L{shared}.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, overload

import attr

from pbcopy._copyable import Copyable
from pbcopy._declaring import declare
from pbcopy._fields import checkPace, field
from pbcopy._lens import maySee
from pbcopy._nodes import getField, noteFields
from pbcopy._operations import ABSENT
from pbcopy._pace import noteDefault, notePaces
from pbcopy._schema import schemaOf
from pbcopy._setting import trackSetting
from pbcopy.errors import RegistrationError

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**said):
        return lambda decorator: decorator


_Class = TypeVar("_Class", bound=type)


@overload
@dataclass_transform(
    eq_default=False, field_specifiers=(field, dataclasses.field, attr.field)
)
def shared(cls: _Class, /) -> _Class: ...


@overload
def shared(
    *, latest: bool | None = None, rate: float | None = None
) -> Callable[[_Class], _Class]: ...


def shared(
    cls: Any = None, /, *, latest: bool | None = None, rate: float | None = None
) -> Any:
    """
    Declare a class of objects whose state replicates itself.

    It is a L{Cacheable<pbcopy.Cacheable>}, or a L{Copyable<pbcopy.Copyable>} that
    is sent by itself or as a part of one.  Its fields are those of a dataclass, of
    an attrs class, or the annotations of a plain class, which is made a dataclass.

    @param latest: whether only the newest values matter, of all fields that say
        nothing themselves: they are sent at the end of the reactor's turn.
    @param rate: how many messages a second there may be of them.
    @return: the class; where the class is not given, what declares one.
    @raise RegistrationError: if it is no such class, if a field cannot be one, or
        if the class says by a method what its state is.
    """
    if cls is None:
        return partial(_declare, latest=latest, rate=rate)
    return _declare(cls, latest, rate)


def _declare(cls: Any, latest: bool | None, rate: float | None) -> Any:
    if not (isinstance(cls, type) and issubclass(cls, Copyable)):
        raise RegistrationError(
            "this is no class of objects that are sent",
            where="shared",
            got=repr(cls),
            expected="a subclass of pbcopy.Copyable or pbcopy.Cacheable",
        )
    for name in _STATE:
        if hasattr(cls, name) and not _isOurs(getattr(cls, name)):
            raise RegistrationError(
                "the fields say what is sent, and this method says it, too",
                where=f"{cls.__qualname__}.{name}",
                advice="remove the method",
            )
    checkPace(latest, rate, cls.__qualname__)
    declare(cls)
    noteDeclared(cls)
    noteDefault(cls, latest, rate)
    notePaces(cls)
    setattr(cls, "getStateToCopyFor", _getStateToCopyFor)  # noqa: B010
    return cls


_STATE = ("getStateToCopy", "getStateToCopyFor", "getStateToCacheAndObserveFor")


def _isOurs(method: Any) -> bool:
    module = getattr(method, "__module__", None) or ""
    return module.startswith(("pbcopy._", "twisted.spread."))


def noteDeclared(cls: Any) -> None:
    """
    Have what is set on the instances of a declared class be tracked.
    """
    schema = schemaOf(cls)
    fields = schema.fields.values() if schema else ()
    noteFields(
        cls,
        tuple(each.name for each in fields if not each.private),
        tuple(each.name for each in fields if each.private),
    )
    trackSetting(cls)


def _getStateToCopyFor(self: Any, perspective: Any) -> dict[str, Any]:
    """
    Give the fields that a perspective may see.
    """
    schema = schemaOf(type(self))
    fields = schema.byWire.items() if schema else ()
    found = {
        wireName: getField(self, each.name)
        for wireName, each in fields
        if maySee(self, each, perspective)
    }
    return {name: value for name, value in found.items() if value is not ABSENT}
