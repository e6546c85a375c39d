# -*- test-case-name: pbcopy.test.test_kinds -*-
"""
What the kinds of values have in common.

A value is C{['pbcopy.value', kind, part, …]} on the wire.  A kind knows how its
parts are made of a value, and how a value is made of its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from reprlib import Repr
from typing import Any, NoReturn

import attr
from twisted.python.reflect import qual, safe_str

from pbcopy.errors import Unsendable, Violation

TAG = b"pbcopy.value"
"""C{SecurityOptions} lets a tag with a dot through."""


@attr.s(auto_attribs=True, frozen=True, eq=False)
class Kind:
    """
    A kind of values.

    @ivar name: the kind on the wire.
    @ivar parts: a callable that takes a jellier and a value, and gives a list of
        s-expressions.
    @ivar value: a callable that takes an unjellier and the whole s-expression,
        and gives the value.
    @ivar isShared: whether what is one object at the sender is to be one object
        at the receiver.
    """

    name: bytes
    parts: Callable[[Any, Any], list[Any]]
    value: Callable[[Any, list[Any]], Any]
    isShared: bool = False

    def jelly(self, jellier: Any, value: Any) -> list[Any]:
        """
        Give the s-expression of a value.
        """
        if not self.isShared:
            return [TAG, self.name, *self.parts(jellier, value)]
        mention: list[Any] | None = jellier._checkMutable(value)
        if mention is not None:
            return mention
        sexp = jellier.prepare(value)
        sexp.extend([TAG, self.name, *self.parts(jellier, value)])
        preserved: list[Any] = jellier.preserve(value, sexp)
        return preserved


def unsendable(value: object, what: str, **facts: str) -> Unsendable:
    """
    Make the error for a value that cannot be sent.
    """
    return Unsendable(what, where=qual(type(value)), **facts)


def encoded(value: object, text: str) -> bytes:
    """
    Give a text that is part of a value in UTF-8.

    @raise Unsendable: if it has no form there.
    """
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise unsendable(
            value,
            "this text has half of a surrogate pair",
            got=ascii(text[:100]),
            advice="send it as bytes",
        ) from None


def refuse(sexp: list[Any], expected: str, got: str = "") -> NoReturn:
    """
    Refuse an s-expression that is no value of its kind.

    @raise Violation: always.
    """
    raise Violation(
        "what came is not a value of this kind",
        where=whereOf(sexp),
        got=got or shortly(sexp[2:]),
        expected=expected,
    )


@contextmanager
def refusing(sexp: list[Any], expected: str) -> Iterator[None]:
    """
    Refuse an s-expression if making a value of it fails.

    @raise Violation: if there is an exception in the block.
    """
    try:
        yield
    except Violation:
        raise
    except Exception as error:
        # It may quote what came.
        reason = f"{type(error).__name__}: {safe_str(error)[:100]}"
        raise Violation(
            "no value can be made of what came",
            where=whereOf(sexp),
            got=f"{shortly(sexp[2:])}: {reason}",
            expected=expected,
        ) from error


def partsOf(sexp: list[Any], *types: type) -> list[Any]:
    """
    Give the parts of a value, of which each has a certain type.

    @raise Violation: if they have others, or are more or less.
    """
    parts = sexp[2:]
    if [type(part) for part in parts] != list(types):
        refuse(sexp, "the parts " + ", ".join(each.__name__ for each in types))
    return parts


def pairsOf(sexp: list[Any], start: int) -> list[list[Any]]:
    """
    Give the pairs, of a key and a value, that stand from C{start} on.

    @raise Violation: if they are no pairs.
    """
    pairs = sexp[start:]
    if not all(type(pair) is list and len(pair) == 2 for pair in pairs):
        refuse(sexp, "pairs")
    return pairs


def textOf(sexp: list[Any], part: Any) -> str:
    """
    Give a part that is text.

    @raise Violation: if it is none.
    """
    if type(part) is not bytes:
        refuse(sexp, "a text in UTF-8", type(part).__name__)
    with refusing(sexp, "a text in UTF-8"):
        return str(part, "utf-8")


def unjellyInner(unjellier: Any, sexp: list[Any], part: Any, *types: type) -> Any:
    """
    Unjelly a part that is a value of one of some types itself.

    @raise Violation: if it is another.
    """
    inner = unjellier.unjelly(part)
    if type(inner) not in types:
        names = " or ".join(each.__name__ for each in types)
        refuse(sexp, f"a part that is {names}", type(inner).__name__)
    return inner


def whereOf(sexp: list[Any]) -> str:
    """
    Name an s-expression by its kind.
    """
    kind = sexp[1] if len(sexp) > 1 else None
    return f"[{TAG.decode()!r}, {shortly(kind)}, …]"


def shortly(part: object) -> str:
    """
    Show what a peer sent, which may be long, or have something in it that Python
    does not print, or that is the application's own: of that the peer is told the
    class, and not what it says of itself.
    """
    try:
        text = _SHORT.repr(part)
    except Exception:
        text = f"{type(part).__name__} that cannot be shown"
    return text if len(text) <= 100 else text[:99] + "…"


class _Short(Repr):
    """
    What shows plain values.
    """

    def repr_instance(self, part: Any, level: int) -> str:
        kind = type(part)
        isPlain = kind in _SHOWN or kind.__module__ in _MODULES
        return repr(part) if isPlain or isinstance(part, Enum) else kind.__name__


_SHOWN = frozenset([bool, bytearray, bytes, complex, float, type(None)])
_MODULES = frozenset(["datetime", "decimal", "pathlib", "uuid", "zoneinfo"])

_SHORT = _Short()
_SHORT.maxstring = _SHORT.maxlong = 200
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = _SHORT.maxset = 50
