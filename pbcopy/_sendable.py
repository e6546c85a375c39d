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
from math import inf
from typing import Any

from twisted.python.reflect import safe_repr
from twisted.spread import banana

from pbcopy.errors import Unsendable

LARGEST = 2 ** (64 * 7) - 1
"""The largest integer, either way, that C{banana.setPrefixLimit(64)} leaves.  A
connected Broker has its own."""


def checkSendable(name: str, sexp: Any, broker: Any = None) -> None:
    """
    Check that Banana can send an s-expression.

    @param name: what it stands for, for the error.
    @param broker: the Broker that is to send it.
    @raise Unsendable: if it cannot.  The error names the path.
    """
    largest = getattr(broker, "_largestLongInt", LARGEST)
    if not _isSendable(sexp, banana.SIZE_LIMIT, largest):
        _complain(name, sexp, banana.SIZE_LIMIT, largest)


def checkTypes(name: str, sexp: Any) -> None:
    """
    Check that there is nothing in an s-expression that Banana cannot send,
    however large it is.

    @raise Unsendable: if there is.  The error names the path.
    """
    _complain(name, sexp, inf, inf)


def _isSendable(sexp: Any, longest: int, largest: int) -> bool:
    stack = [sexp]
    while stack:
        each = stack.pop()
        if isinstance(each, bytes):
            fits = len(each) <= longest
        elif isinstance(each, (list, tuple)):
            fits = len(each) <= longest
            stack.extend(each)
        elif isinstance(each, int):
            fits = -largest <= each <= largest
        else:
            fits = isinstance(each, float)
        if not fits:
            return False
    return True


def _complain(name: str, sexp: Any, longest: float, largest: float) -> None:
    """
    Find the path of what is not sendable.
    """
    stack = [(name, sexp)]
    while stack:
        path, each = stack.pop()
        if isinstance(each, (list, tuple)) and len(each) <= longest:
            stack.extend(_parts(path, each))
        elif isinstance(each, (bytes, list, tuple)) and len(each) > longest:
            kind = "bytes" if isinstance(each, bytes) else "items"
            raise _tooLarge(path, f"{len(each)} {kind}", f"{longest} {kind}")
        elif isinstance(each, int) and not -largest <= each <= largest:
            bits = f"an int of {each.bit_length()} bits"
            raise _tooLarge(path, bits, f"{int(largest).bit_length()} bits")
        elif not isinstance(each, (bytes, int, float)):
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
    # There are integers that Python does not print.
    return f"[{safe_repr(key)}]"
