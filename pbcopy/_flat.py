# -*- test-case-name: pbcopy.test.test_flat -*-
"""
Arguments and answers that are flat: nothing, or numbers, texts and the like, by
themselves or as the arguments of a call.

Jelly makes an object for each expression, and asks for each part of it in turn what
it may be.  Most calls have no more than two or three plain arguments.  What is given
here is what Jelly gives; whatever is not flat, not small, or not as usual is left to
it, with all that it says and refuses.
"""

from __future__ import annotations

from typing import Any

from twisted.spread.jelly import SecurityOptions, unjellyableRegistry

from pbcopy._limited import limitsOf
from pbcopy._policy import Policy

NOT_FLAT: Any = object()
"""What is given for what is not flat."""

MOST_PARTS = 32
"""How many parts there may be."""

LONGEST = 1024
"""How many bytes each text may have."""

_TAGS = frozenset([b"None", b"boolean", b"dictionary", b"tuple", b"unicode"])
_ATOMS = frozenset([bytes, float, int])
_BOOLEANS = {b"true": True, b"false": False}
_KINDS = frozenset([SecurityOptions, Policy])


def isKnown(security: Any) -> bool:
    """
    Tell whether a security lets what is flat through.  An application's own
    C{SecurityOptions} may refuse it.
    """
    return type(security) in _KINDS


def mayArrive(security: Any) -> bool:
    """
    Tell whether what is flat may arrive, and nothing is registered for its tags.
    """
    return (
        type(security) in _KINDS
        and security.allowedTypes.keys() >= _TAGS
        # The registry may be large.
        and unjellyableRegistry.keys().isdisjoint(_TAGS)
    )


def isRoomy(broker: Any) -> bool:
    """
    Tell whether what is flat is within the limits of a connection.
    """
    most = limitsOf(broker)
    return bool(
        most.MAX_OBJECTS > 2 * MOST_PARTS
        and most.MAX_ITEMS >= MOST_PARTS
        and most.MAX_STRING >= LONGEST
        and most.MAX_NESTING > 0
    )


def isShort(found: bytes, broker: Any) -> bool:
    """
    Tell whether some bytes that came are few, and within the limits of a connection,
    whatever is in them.
    """
    return len(found) <= LONGEST and isRoomy(broker)


def jellyFlat(thing: Any) -> Any:
    """
    Give the expression for a plain value, a tuple of such, or an empty dict.

    @return: L{NOT_FLAT}, if it is not flat.
    """
    kind = type(thing)
    if kind is not tuple:
        return [b"dictionary"] if kind is dict and not thing else _jellyPart(thing)
    expression: list[Any] = [b"tuple"]
    for part in thing:
        if type(part) not in _ATOMS:
            part = _jellyPart(part)
            if part is NOT_FLAT:
                return NOT_FLAT
        expression.append(part)
    return expression


def _jellyPart(part: Any) -> Any:
    kind = type(part)
    if part is None:
        return [b"None"]
    if kind is str and part.isascii():
        return [b"unicode", part.encode("ascii")]
    if kind is bool:
        return [b"boolean", b"true" if part else b"false"]
    return part if kind in _ATOMS else NOT_FLAT


def unjellyFlat(expression: Any) -> Any:
    """
    Give what is said by a flat expression.

    @return: L{NOT_FLAT}, if it is not flat.
    """
    if type(expression) is not list:
        return _unjellyAtom(expression)
    if not 0 < len(expression) <= MOST_PARTS:
        return NOT_FLAT
    if expression[0] != b"tuple":
        isEmpty = len(expression) == 1 and expression[0] == b"dictionary"
        return {} if isEmpty else _unjellyPart(expression)
    if len(expression) == 1:
        return ()
    parts = []
    for part in expression[1:]:
        found = _unjellyPart(part) if type(part) is list else _unjellyAtom(part)
        if found is NOT_FLAT:
            return NOT_FLAT
        parts.append(found)
    return tuple(parts)


def _unjellyAtom(atom: Any) -> Any:
    kind = type(atom)
    isFlat = kind in _ATOMS and (kind is not bytes or len(atom) <= LONGEST)
    return atom if isFlat else NOT_FLAT


def _unjellyPart(expression: list[Any]) -> Any:
    """
    Give what stands for a list of one or two items.
    """
    if len(expression) == 1:
        return None if expression[0] == b"None" else NOT_FLAT
    if len(expression) != 2 or type(expression[1]) is not bytes:
        return NOT_FLAT
    tag, said = expression
    if tag == b"unicode" and len(said) <= LONGEST and said.isascii():
        return said.decode("ascii")
    if tag == b"boolean":
        return _BOOLEANS.get(said, NOT_FLAT)
    return NOT_FLAT
