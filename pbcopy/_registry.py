# -*- test-case-name: pbcopy.test.test_registry -*-
"""
Names on the wire, and what represents them here.

The tables are Twisted's own, so pbcopy's functions and those of
C{twisted.spread.pb} may be mixed.  A registration is process-wide, and the last
one for a name wins; but Jelly takes a class before a factory that was registered
by Twisted's own function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from twisted.python.reflect import qual
from twisted.spread import jelly

from pbcopy._text import asText
from pbcopy.errors import RegistrationError

copyTags: Any = jelly.unjellyableRegistry
"""Jelly's table of classes, by the bytes of their names."""

setUnjellyableForClassTree = jelly.setUnjellyableForClassTree

_exceptions: dict[str, type[Exception]] = {}


def checkName(function: str, classname: object) -> None:
    """
    Check the first argument of a registry function.

    @raise RegistrationError: if it names no class.
    """
    if not isinstance(classname, (type, str, bytes)):
        raise RegistrationError(
            "the first argument names no class",
            where=function,
            got=repr(classname),
            expected="a class, or its full name as the sender says it",
        )


def checkCallable(function: str, given: object, expected: str) -> None:
    """
    Check the second argument of a registry function.

    @raise RegistrationError: if it cannot be called.
    """
    if not callable(given):
        raise RegistrationError(
            "the second argument makes no object",
            where=function,
            got=repr(given),
            expected=expected,
        )


def _checkReceives(unjellyable: Callable[..., Any]) -> None:
    """
    Check that Jelly can make something of what it gets.

    It calls the C{unjellyFor} of an instance, or else C{unjellyable} itself.
    """
    if hasattr(unjellyable, "unjellyFor"):
        return
    try:
        inspect.signature(unjellyable).bind("unjellier", "jellyList")
    except ValueError:
        # A builtin does not say what it takes.
        return
    except TypeError:
        raise RegistrationError(
            "what is registered cannot be received",
            where="setUnjellyableForClass",
            got=repr(unjellyable),
            expected="a subclass of pb.RemoteCopy or pb.RemoteCache, or a callable "
            "that takes (unjellier, jellyList)",
            advice="derive the class from pb.RemoteCopy too",
        ) from None


def setUnjellyableForClass(
    classname: type | str | bytes, unjellyable: Callable[..., Any]
) -> None:
    """
    Say which local class represents a class of the peer.

    @param classname: the class as the sender names it: the class itself, or
        its full name, or the tag that its C{getTypeToCopyFor} returns.
    @param unjellyable: a subclass of L{RemoteCopy<pbcopy.pb.RemoteCopy>} or
        L{RemoteCache<pbcopy.pb.RemoteCache>}, or a callable that takes
        C{(unjellier, jellyList)}.

    @raise RegistrationError: if one of the two is of no such kind.
    """
    checkName("setUnjellyableForClass", classname)
    checkCallable("setUnjellyableForClass", unjellyable, "a RemoteCopy subclass")
    _checkReceives(unjellyable)
    jelly.setUnjellyableForClass(classname, unjellyable)


def setUnjellyableForException(
    classname: type | str | bytes, exceptionClass: type[Exception] | None = None
) -> None:
    """
    Say which local exception stands for an exception that a peer's method
    raised.

    An errback for a call that failed with it then sees the real class:
    C{failure.type}, C{failure.value}, C{failure.trap}, C{await}.  Its
    C{__init__} is not called; its only argument is the text that the peer sent.

    @param classname: the exception as the peer names it: a class or a full name.
    @param exceptionClass: the local class; C{classname} itself where left out.

    @raise RegistrationError: if it is not a subclass of C{Exception}.
    """
    checkName("setUnjellyableForException", classname)
    local = classname if exceptionClass is None else exceptionClass
    if not (isinstance(local, type) and issubclass(local, Exception)):
        raise RegistrationError(
            "that is not an exception class",
            where="setUnjellyableForException",
            got=repr(local),
            expected="a subclass of Exception",
        )
    _exceptions[nameOf(classname)] = local


def exceptionNamed(name: str) -> type[Exception] | None:
    """
    Find the local exception for the full name that a peer sent.

    @return: the class, or C{None} where none was registered.
    """
    return _exceptions.get(name)


def nameOf(classname: type | str | bytes) -> str:
    """
    Give the full name that is meant by a class, a text or bytes.
    """
    if isinstance(classname, type):
        return qual(classname)
    return asText(classname)
