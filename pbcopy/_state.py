# -*- test-case-name: pbcopy.test.test_state -*-
"""
The attributes that are sent, and what a state that a peer sent may do to the object
that takes it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from twisted.spread import flavors

from pbcopy._kinds import shortly
from pbcopy._text import asText
from pbcopy.errors import Violation


def localNames(cls: type) -> set[str]:
    """
    Give the names of the attributes that a class and its bases keep to
    themselves, in C{localOnly}.
    """
    local: set[str] = set()
    for base in cls.__mro__:
        names = base.__dict__.get("localOnly")
        if names:
            # Of ("password") Python makes a text, and its letters hide nothing.
            local.update([names] if isinstance(names, str) else names)
    return local


def applyState(copy: flavors.RemoteCopy, state: Any) -> None:
    """
    Give a copy the state that its peer sent, whoever wrote its
    C{setCopyableState}.

    @raise Violation: if a name that the peer chose now hides a method.
    """
    if type(state) is dict and areOrdinary(type(copy), state):
        copy.setCopyableState(state)
        return
    withTextKeys(state)
    sent = state.copy() if isinstance(state, dict) else {}
    copy.setCopyableState(state)
    # An override may install what came without a look, as
    # "self.__dict__ = state" does.
    for name, value in sent.items():
        installed = copy.__dict__.get(name, _sentinel) is value
        if installed and not _isDataDescriptor(type(copy), name):
            checkAttribute(type(copy), name)


def withTextKeys(state: Any) -> Any:
    """
    Turn keys of a state that came as bytes, as from Python 2, into str.

    The dict is changed in place: a cycle in the message may still refer to it.

    @return: the state.
    @raise Violation: if one is no UTF-8.
    """
    if isinstance(state, dict) and any(isinstance(key, bytes) for key in state):
        for key in list(state):
            value = state.pop(key)
            state[_named(key) if isinstance(key, bytes) else key] = value
    return state


def _named(key: bytes) -> str:
    try:
        return asText(key)
    except UnicodeDecodeError:
        raise Violation(
            "the name of an attribute is no text",
            where="a state",
            got=repr(key)[:100],
            expected="UTF-8",
        ) from None


def checkAttributes(cls: type, state: dict[Any, Any]) -> None:
    """
    Check that a peer may choose all names in a state.

    @raise Violation: if it may not.
    """
    if not areOrdinary(cls, state):
        for name in state:
            checkAttribute(cls, name)


def checkAttribute(cls: type, name: object) -> None:
    """
    Check that a peer may choose C{name} for an attribute of a C{cls}.

    @raise Violation: if it is no str, or Python's or Jelly's own (C{__x__},
        C{postUnjelly}), or names a method or another descriptor of the class.
    """
    if not isinstance(name, str):
        problem = "an attribute name must be str"
    elif name == "postUnjelly" or (name.startswith("__") and name.endswith("__")):
        problem = "that name is called or read by Python or Jelly itself"
    elif _isCode(cls, name):
        problem = "that name is a method or a descriptor of the class"
    else:
        return
    raise Violation(
        problem,
        where=f"{cls.__qualname__}.{name if type(name) is str else shortly(name)}",
        got=shortly(name),
        expected="the name of a data attribute",
        advice="rename it at the sender, or take it in setCopyableState",
    )


_ordinary: set[str] = set()
"""Names that are neither Python's nor Jelly's own.  These have been looked at."""

_MOST_ORDINARY = 10_000

_flavors: set[type] = set()
_reserved: set[str] = set()


def reserve(flavor: type) -> None:
    """
    Take the names in a flavor, and in its bases, for none that are ordinary, so that
    these need not be looked through again.
    """
    for base in flavor.__mro__:
        _flavors.add(base)
        _reserved.update(vars(base))


def areOrdinary(cls: type, state: dict[Any, Any]) -> bool:
    """
    Tell whether no name in a state is one of a class's own, or Python's.  Then a
    peer may choose each.
    """
    names = state.keys()
    if not names <= _ordinary:
        for name in state:
            if type(name) is not str or name.startswith("__") or name == "postUnjelly":
                return False
            if name in _reserved:
                return False
        if len(_ordinary) + len(state) <= _MOST_ORDINARY:
            _ordinary.update(state)
    for base in cls.__mro__:
        if base not in _flavors and not base.__dict__.keys().isdisjoint(names):
            return False
    return True


def _isCode(cls: type, name: str) -> bool:
    found = _find(cls, name)
    # A cached_property keeps its value in the instance's dict.
    if isinstance(found, cached_property) or getattr(found, "isData", False):
        return False
    return callable(found) or hasattr(type(found), "__get__")


def _isDataDescriptor(cls: type, name: object) -> bool:
    # An entry in an instance's dict does not hide one, and may be its own.
    return hasattr(type(_find(cls, name)), "__set__")


_sentinel = object()


def _find(cls: type, name: Any) -> Any:
    for base in cls.__mro__:
        if name in vars(base):
            return vars(base)[name]
    return _sentinel
