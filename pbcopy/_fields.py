# -*- test-case-name: pbcopy.test.test_fields -*-
"""
What may be said of a field beside its type: L{field} and L{options}.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from math import inf
from typing import Any, TypeVar, overload

import attr

from pbcopy.errors import RegistrationError

_KEY = "pbcopy"
"""The key to L{Options} in the metadata of a field."""

_Value = TypeVar("_Value")
_VisibleTo = Callable[[Any, Any], bool]


@attr.s(auto_attribs=True, frozen=True)
class Options:
    """
    What was said of a field.

    @ivar private: whether it never leaves the process.
    @ivar wireName: the name under which it is sent, if that is not its own.
    @ivar visibleTo: tells for an object and a perspective whether the field may be
        seen.
    @ivar latest: whether only the newest value matters; C{None} if nothing was said.
    @ivar rate: how many messages a second there may be of it.
    """

    private: bool = False
    wireName: str | None = None
    visibleTo: _VisibleTo | None = None
    latest: bool | None = None
    rate: float | None = None

    def check(self, where: str) -> None:
        """
        Check that this makes sense.

        @param where: the place of the field.
        @raise RegistrationError: if it does not.
        """
        if self.private and (self.wireName is not None or self.visibleTo is not None):
            raise RegistrationError(
                "a private field is sent to nobody",
                where=where,
                got="a name on the wire, or a rule for who may see it",
                advice="leave that out, or do not make it private",
            )
        if self.wireName is not None and not _isWireName(self.wireName):
            raise RegistrationError(
                "a field cannot be sent under this name",
                where=where,
                got=repr(self.wireName),
                expected="a text that is no name of Python's or Jelly's own",
            )
        if self.visibleTo is not None and not callable(self.visibleTo):
            raise RegistrationError(
                "visibleTo cannot be called",
                where=where,
                got=repr(self.visibleTo),
                expected="a callable that takes (object, perspective)",
            )
        checkPace(self.latest, self.rate, where)
        if self.private and not (self.latest is None and self.rate is None):
            raise RegistrationError(
                "a private field is sent to nobody",
                where=where,
                got="when its changes are sent",
                advice="leave that out, or do not make it private",
            )


def checkPace(latest: Any, rate: Any, where: str) -> None:
    """
    Check what was said of when changes are sent.

    @param where: the place of the field, or the class.
    @raise RegistrationError: if it makes no sense.
    """
    if latest not in (None, True, False):
        raise RegistrationError(
            "latest is no truth value",
            where=where,
            got=repr(latest),
            expected="True or False",
        )
    if rate is None:
        return
    isNumber = isinstance(rate, (int, float)) and not isinstance(rate, bool)
    if not (isNumber and 0 < rate < inf):
        raise RegistrationError(
            "there cannot be so many messages a second",
            where=where,
            got=repr(rate),
            expected="a number that is more than 0",
        )
    if latest is False:
        raise RegistrationError(
            "changes with a rate are not all sent",
            where=where,
            got="latest=False, and a rate",
            advice="leave one of them out",
        )


def _isWireName(name: object) -> bool:
    if not isinstance(name, str) or name in ("", "postUnjelly"):
        return False
    return not (name.startswith("__") and name.endswith("__"))


def options(
    *,
    private: bool = False,
    wireName: str | None = None,
    visibleTo: _VisibleTo | None = None,
    latest: bool | None = None,
    rate: float | None = None,
) -> dict[str, Any]:
    """
    Give the metadata for a field of C{dataclasses.field} or C{attrs.field}.

    @param private: whether it never leaves the process.
    @param wireName: the name under which it is sent, if that is not its own.
    @param visibleTo: tells for an object and a perspective whether the field may
        be seen.
    @param latest: whether only the newest value matters: it is sent at the end of
        the reactor's turn.
    @param rate: how many messages a second there may be of it.
    """
    return {_KEY: Options(private, wireName, visibleTo, latest, rate)}


def optionsIn(metadata: Mapping[Any, Any]) -> Options:
    """
    Find what was said in the metadata of a field.
    """
    found: Options = metadata.get(_KEY) or Options()
    return found


@overload
def field(
    *,
    default: _Value,
    init: bool = True,
    repr: bool | None = None,
    compare: bool = True,
    kw_only: bool = ...,
    private: bool = False,
    wireName: str | None = None,
    visibleTo: _VisibleTo | None = None,
    latest: bool | None = None,
    rate: float | None = None,
) -> _Value: ...


@overload
def field(
    *,
    default_factory: Callable[[], _Value],
    init: bool = True,
    repr: bool | None = None,
    compare: bool = True,
    kw_only: bool = ...,
    private: bool = False,
    wireName: str | None = None,
    visibleTo: _VisibleTo | None = None,
    latest: bool | None = None,
    rate: float | None = None,
) -> _Value: ...


@overload
def field(
    *,
    init: bool = True,
    repr: bool | None = None,
    compare: bool = True,
    kw_only: bool = ...,
    private: bool = False,
    wireName: str | None = None,
    visibleTo: _VisibleTo | None = None,
    latest: bool | None = None,
    rate: float | None = None,
) -> Any: ...


def field(
    *,
    repr: bool | None = None,
    private: bool = False,
    wireName: str | None = None,
    visibleTo: _VisibleTo | None = None,
    latest: bool | None = None,
    rate: float | None = None,
    **ofDataclass: Any,
) -> Any:
    """
    Declare a field, as C{dataclasses.field} does.

    @param repr: whether it is shown; a private one is not, if nothing is said.
    @param private: whether it never leaves the process.
    @param wireName: the name under which it is sent, if that is not its own.
    @param visibleTo: tells for an object and a perspective whether the field may
        be seen.
    @param latest: whether only the newest value matters: it is sent at the end of
        the reactor's turn.
    @param rate: how many messages a second there may be of it.
    @param ofDataclass: C{default}, C{default_factory}, C{init}, C{compare} and
        C{kw_only}.
    """
    return dataclasses.field(
        repr=not private if repr is None else repr,
        metadata=options(
            private=private,
            wireName=wireName,
            visibleTo=visibleTo,
            latest=latest,
            rate=rate,
        ),
        **ofDataclass,
    )
