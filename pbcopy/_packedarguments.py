# -*- test-case-name: pbcopy.test.test_packedarguments -*-
"""
The arguments of an update, packed.

Between two pbcopy an update that an observer is told by hand has some bytes in the
place of its arguments, and nothing in that of its keywords: a list of the arguments, in
MessagePack.  So it has half the parts, and Banana takes its time for each.  A delta has
such bytes, too (L{pbcopy._delta}).

That is for arguments that are numbers, texts and the like, few and short.
"""

from __future__ import annotations

from typing import Any

import msgspec

from pbcopy._flat import LONGEST, MOST_PARTS
from pbcopy._levels import SCALARS
from pbcopy.errors import Violation


def isAlone(args: Any, kw: Any) -> bool:
    """
    Tell whether a message has some bytes in the place of its arguments, and nothing
    else.
    """
    return type(args) is bytes and kw == 0


def packArguments(args: tuple[Any, ...]) -> bytes | None:
    """
    Give arguments, packed.

    @param args: all of types that are L{SCALARS}.
    @return: C{None} if they are to be sent in the other way.
    """
    if len(args) > MOST_PARTS or any(map(_isLong, args)):
        return None
    try:
        packed = _encode(args)
    except (OverflowError, UnicodeEncodeError):
        return None
    return packed if len(packed) <= LONGEST else None


def _isLong(arg: Any) -> bool:
    return type(arg) in _STRINGS and len(arg) > LONGEST


def argumentsIn(packed: bytes, where: str) -> tuple[Any, ...]:
    """
    Give the arguments that came.

    @param where: how an error names them.
    @raise Violation: if they are none.
    """
    args: Any = None
    if len(packed) <= LONGEST:
        try:
            args = _decode(packed)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass
    if type(args) is not list or not SCALARS.issuperset(map(type, args)):
        _refuse("bytes that are none", where)
    if len(args) > MOST_PARTS:
        _refuse(f"{len(args)} of them", where)
    return tuple(args)


def _refuse(got: str, where: str) -> None:
    raise Violation(
        "these are no packed arguments",
        where=where,
        got=got,
        expected=f"at most {MOST_PARTS} numbers, texts and the like, in at most "
        f"{LONGEST} bytes of MessagePack",
    )


_STRINGS = frozenset([bytes, str])
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode
