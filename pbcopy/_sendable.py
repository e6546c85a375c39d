# -*- test-case-name: pbcopy.test.test_sendable -*-
"""
What Banana would refuse to send, found before it is too late to say so.

Banana looks at a message when it writes it.  By then an answer has nobody to
tell: the connection is lost, or the caller waits for ever.  So the outermost
object of pbcopy's in a message looks itself, while it is being jellied, where an
error still reaches the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from twisted.spread.banana import SIZE_LIMIT

from pbcopy.errors import Unsendable

LONGEST = SIZE_LIMIT
"""How many bytes a text, and how many items a list, may have: Banana's own limit
(C{banana.SIZE_LIMIT})."""

LARGEST = 2 ** (64 * 7) - 1
"""The largest integer, either way: what C{banana.setPrefixLimit(64)} leaves."""

_INSIDE = "_pbcopyInside"


@contextmanager
def outermost(jellier: Any) -> Iterator[bool]:
    """
    Tell whether an object is the outermost one of pbcopy's in its message.
    """
    if getattr(jellier, _INSIDE, False):
        yield False
        return
    setattr(jellier, _INSIDE, True)
    try:
        yield True
    finally:
        delattr(jellier, _INSIDE)


def checkSendable(name: str, sexp: Any) -> None:
    """
    Check that Banana can send an s-expression.

    @param name: what it stands for, for the error.
    @raise Unsendable: if it cannot.  The error names the path.
    """
    stack = [(name, sexp)]
    while stack:
        path, each = stack.pop()
        if isinstance(each, (list, tuple)):
            if len(each) > LONGEST:
                raise _tooLarge(path, f"{len(each)} items", f"{LONGEST} items")
            stack.extend(_parts(path, each))
        elif isinstance(each, bytes):
            if len(each) > LONGEST:
                raise _tooLarge(path, f"{len(each)} bytes", f"{LONGEST} bytes")
        elif isinstance(each, int):
            if abs(each) > LARGEST:
                bits = f"an int of {each.bit_length()} bits"
                raise _tooLarge(path, bits, f"{LARGEST.bit_length()} bits")
        elif not isinstance(each, float):
            raise Unsendable(
                "Banana cannot send this",
                where=path,
                got=f"{type(each).__name__} in an s-expression",
                expected="bytes, int, float or a list of these",
            )


def _tooLarge(path: str, got: str, most: str) -> Unsendable:
    return Unsendable(
        "this is too large to be sent",
        where=path,
        got=got,
        expected=f"at most {most}",
        advice="send it in several messages",
    )


_CONTAINERS = (b"list", b"tuple", b"set", b"frozenset")


def _parts(path: str, sexp: Any) -> Iterator[tuple[str, Any]]:
    """
    Give the parts of an expression of Jelly's, each with its path.
    """
    verb = sexp[0] if sexp else None
    if verb == b"dictionary":
        for key, value in sexp[1:]:
            yield path, key
            yield path + _step(key), value
    elif isinstance(verb, bytes) and verb in _CONTAINERS:
        for index, value in enumerate(sexp[1:]):
            yield f"{path}[{index}]", value
    else:
        for each in sexp:
            yield path, each


def _step(key: Any) -> str:
    if isinstance(key, list) and len(key) == 2 and key[0] == b"unicode":
        name = key[1].decode("utf-8")
        return f".{name}" if name.isidentifier() else f"[{name!r}]"
    return f"[{key!r}]"
