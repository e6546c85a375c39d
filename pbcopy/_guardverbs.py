# -*- test-case-name: pbcopy.test.test_guardverbs -*-
"""
What a message of the protocol may be: its verb, and what follows that.

A Broker calls the method that has the verb's name with whatever follows.
"""

from __future__ import annotations

from itertools import product
from reprlib import Repr
from typing import Any

from pbcopy._channel import HUB
from pbcopy.errors import Violation

_ID = (int,)
_CALL = (_ID, (int, bytes), (bytes,), (int,), (list,), (list,))
_ANYTHING = (bytes, float, int, list)

VERBS: dict[str, tuple[tuple[type, ...], ...]] = {
    "answer": (_ID, _ANYTHING),
    "cachemessage": (_ID, _ID, *_CALL[2:4], (bytes, list), (int, list)),
    "decache": (_ID,),
    "decref": (_ID,),
    "didNotUnderstand": ((bytes,),),
    "error": (_ID, _ANYTHING),
    "message": _CALL,
    "uncache": (_ID,),
    "version": (_ID,),
}
"""Each verb, and the types of what follows it."""

CALLS = frozenset(["cachemessage", "message"])
"""The verbs that are calls: behind them is the id of the request."""

_FORMS = {
    (verb.encode("ascii"), bytes, *types): f"proto_{verb}"
    for verb, wanted in VERBS.items()
    for types in product(*wanted)
}
"""The method for each verb, with the types of the whole message behind it."""

_LONGEST = 1 + max(map(len, VERBS.values()))

_brief = Repr()
_brief.maxother = _brief.maxstring = 60
_brief.maxlevel = 2


def brief(sent: Any) -> str:
    """
    Show what a peer sent, which may be long, or deep, or an integer that Python does
    not print.
    """
    try:
        return _brief.repr(sent)
    except ValueError:
        return f"{type(sent).__name__} that cannot be shown"


def methodFor(message: Any) -> str | None:
    """
    Give the name of the method for a message.

    @return: C{None}, if the message has not the form of its verb.
    """
    if type(message) is not list or not 0 < len(message) <= _LONGEST:
        return None
    if type(message[0]) is not bytes:
        return None
    return _FORMS.get((message[0], *map(type, message)))


def verbOf(message: Any) -> str:
    """
    Give the verb of a message.

    @raise Violation: if it has none.
    """
    verb = message[0] if isinstance(message, list) and message else None
    try:
        return verb.decode("utf-8") if isinstance(verb, bytes) else _noVerb(message)
    except UnicodeDecodeError:
        return _noVerb(message)


def _noVerb(message: Any) -> str:
    raise Violation(
        "this is no message",
        where="a message",
        got=brief(message),
        expected="a list that begins with a verb",
    )


def checkForm(verb: str, message: list[Any]) -> None:
    """
    Check that what follows a verb is what it wants.

    @raise Violation: if it is not.
    """
    wanted, got = VERBS[verb], message[1:]
    isWhole = len(got) == len(wanted)
    if not isWhole or not all(map(isinstance, got, wanted)):
        raise Violation(
            "this message has another form",
            where=verb,
            got=brief(got),
            expected=", ".join(
                " or ".join(sorted(each.__name__ for each in types)) for types in wanted
            ),
        )


def requestOf(verb: str, message: list[Any]) -> int | None:
    """
    Give the id under which the sender of a message that has not its form waits for
    an answer; C{None} if it waits for none.
    """
    requestID = message[1] if verb in CALLS and len(message) > 1 else None
    wantsAnswer = bool(message[4]) if len(message) > 4 else True
    return requestID if wantsAnswer and isinstance(requestID, int) else None


def nameOf(message: bytes) -> str:
    """
    Give the name of what is called.

    @raise Violation: if it is no text.
    """
    try:
        return message.decode("utf-8")
    except UnicodeDecodeError:
        got = brief(message)
        raise Violation("the name is no text", where="a call", got=got) from None


def checkArguments(args: Any, kw: Any) -> None:
    """
    Check that the arguments of a call are a sequence, and its keywords a dict.
    Twisted gives them to Python as they are, and that never lets go of C{kw} in
    C{f(*1, **kw)}.

    @raise Violation: if they are not.
    """
    isCall = type(args) is list and type(kw) is list
    if not isCall or args[:1] not in _SEQUENCES or kw[:1] != [b"dictionary"]:
        raise Violation(
            "these are no arguments",
            where="a call",
            got=f"{brief(args)} and {brief(kw)}",
            expected="a tuple and a dictionary",
        )


_SEQUENCES = ([b"tuple"], [b"list"])


def isToHub(objectID: Any, name: str) -> bool:
    """
    Tell whether a call is one of those by which two pbcopy talk.  These have many
    numbers, or a piece of something, and have limits of their own.  What a fresh
    state has in it is as in any other call.
    """
    return bool(objectID == HUB) and name != "fresh"


def checkFlat(name: str, args: list[Any], kw: list[Any]) -> None:
    """
    Check the arguments of such a call: numbers, texts and the like.

    @raise Violation: if anything else is among them.
    """
    parts = (part for each in args + kw if type(each) is list for part in each)
    if any(type(part) is list for part in parts):
        raise Violation(
            "there is something in the arguments that is no number and no text",
            where=f"pbcopy.{name}",
        )
