# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
What a hostile peer may say: messages that are valid, nearly valid, and not at all.
"""

from __future__ import annotations

from typing import Any

import attr

from fuzz.choices import Choices
from fuzz.declared import Declared
from fuzz.expressions import Expressions
from fuzz.known import Known
from fuzz.notation import Packed, Split, encoded

HUB = b"pbcopy"

_METHODS = (
    *(b"get", b"take", b"echo", b"call", b"fail", b"large", b"notYours"),
    *(b"remote_get", b"__init__", b"postUnjelly", b"", b"ticks", b"later"),
    *(b"pbcopy.delta", b"loginAnonymous", b"login", b"respond"),
)
_GETS = (b"pond", b"board", b"both", b"desk", b"note", b"kept", b"later", b"?")
_DEEDS = ("update", "get", "give", "take")
"""What the application does."""


@attr.s(auto_attribs=True)
class Generator:
    """
    What makes the steps of a peer.

    @ivar choices: where they come from.
    @ivar known: what the peer has found out.
    """

    choices: Choices
    known: Known

    def __attrs_post_init__(self) -> None:
        self.expressions = Expressions(self.choices, self.known)
        self.declared = Declared(self.choices, self.known, self.expressions)
        self.expressions.declared = self.declared

    def step(self) -> Any:
        """
        Make a step.
        """
        kind = self.choices.below(40)
        if kind < 2:
            return self.choices.pick(_DEEDS)
        message = self.choices.pick(_MESSAGES)(self)
        if kind < 6 and len(message) > 2:
            at = -1 - self.choices.below(2) if kind < 5 else self.choices.below(2)
            message[at] = self.expressions.bent(message[at])
            if at == -2:
                message[-1] = _NO_KW
        if kind == 6:
            return Split(message, self.choices.below(200))
        if kind == 7:
            return self._broken(encoded(message))
        return message

    # Messages.

    def _call(self) -> Any:
        where = self.choices.pick([b"root", *self.known.locals])
        name = self.choices.pick(_METHODS)
        if self.choices.oneIn(20):
            name = self.expressions.any()
        return self._said(b"message", where, name)

    def _get(self) -> Any:
        where = self.choices.pick([b"root", *self.known.locals])
        what = [b"unicode", self.choices.pick(_GETS)]
        return [b"message", self._number(), where, b"get", 1, [b"tuple", what], _NO_KW]

    def _take(self) -> Any:
        where = self.choices.pick([b"root", *self.known.locals])
        return self._said(b"message", where, self.choices.pick((b"take", b"echo")))

    def _sent(self) -> Any:
        where = self.choices.pick([b"root", *self.known.locals])
        pond = self.expressions.pond()
        if self.choices.below(2):
            pond = [b"pbcopy.envelope", Packed([pond])]
        return [b"message", 1, where, b"take", 1, [b"tuple", pond], _NO_KW]

    def _update(self) -> Any:
        if not self.known.received and self.choices.below(10):
            return self._take()
        luid = self.expressions.luid(self.known.received)
        name = self.choices.pick((b"ticks", b"later", *_METHODS))
        if self.choices.below(3):
            return self._said(b"cachemessage", luid, name)
        packed = Packed(self.choices.some(3, lambda: self.choices.pick(_PLAIN)))
        head = [b"cachemessage", self._number(), luid, name, self.choices.below(2)]
        return [*head, packed, 0]

    def _delta(self) -> Any:
        if not self.known.views and self.choices.below(10):
            return self._sent()
        luid = self.expressions.luid(self.known.views)
        head = [b"cachemessage", self._number(), luid, b"pbcopy.delta"]
        if self.choices.below(2):
            # It is mostly by itself, and wants no answer.
            return [*head, int(self.choices.oneIn(8)), self.declared.field(luid), 0]
        args = [b"tuple", *self.declared.deltas(luid)]
        return [*head, self.choices.below(2), args, _NO_KW]

    def _said(self, verb: bytes, where: Any, name: bytes) -> list[Any]:
        make = self.expressions.argument
        args = [b"tuple", *self.choices.some(3, make)]
        kw: list[Any] = _NO_KW
        if self.choices.oneIn(8) and "dereference" not in repr(args):
            kw = [b"dictionary", [[b"unicode", b"x"], make()]]
        answered = 1 if self.choices.below(4) else 0
        return [verb, self._number(), where, name, answered, args, kw]

    def _answer(self) -> Any:
        if not self.known.requests and self.choices.below(10):
            return self._take()
        request = self.expressions.luid(self.known.requests)
        return [b"answer", request, self.expressions.argument()]

    def _error(self) -> Any:
        if not self.known.requests and self.choices.below(10):
            return self._take()
        request = self.expressions.luid(self.known.requests)
        make = self.expressions
        what = make.failure() if self.choices.below(4) else make.argument()
        return [b"error", request, what]

    def _counted(self) -> Any:
        verb = self.choices.pick((b"decache", b"decref", b"uncache"))
        ids: dict[bytes, list[Any]] = {
            b"decache": self.known.published,
            b"decref": self.known.locals,
            b"uncache": self.known.received,
        }
        if not ids[verb] and self.choices.below(10):
            return self._hub()
        return [verb, self.expressions.luid(ids[verb])]

    def _other(self) -> Any:
        if self.choices.below(4):
            return self._get()
        verb = self.choices.pick((b"version", b"didNotUnderstand", b"what", b""))
        return [verb, *self.choices.some(2, self.expressions.any)]

    def _hub(self) -> Any:
        name = self.choices.pick([*_HUBS])
        args = [b"tuple", *_HUBS[name](self)]
        if self.choices.oneIn(6):
            args = self.expressions.bent(args)
        # An answer is what it never asks for.
        answered = int(self.choices.oneIn(5))
        return [b"message", self._number(), HUB, name, answered, args, _NO_KW]

    def _number(self) -> int:
        return self.choices.below(1000)

    # What a hub hears.

    def _words(self) -> list[Any]:
        words = [self.choices.pick(_WORDS) for _ in range(4)]
        words.append(b"replica:%d" % self.choices.below(200))
        return [[b"unicode", each] for each in words]

    def _pairs(self) -> list[Any]:
        ids = [*self.known.received, *self.known.published]
        pair = [self.expressions.luid(ids), self.expressions.count()]
        return pair * (1 + self.choices.below(2))

    def _ids(self) -> list[Any]:
        ids = [*self.known.published, *self.known.received]
        return self.choices.some(3, lambda: self.expressions.luid(ids))

    def _why(self) -> list[Any]:
        luid = self.expressions.luid([*self.known.published, *self.known.received])
        why = [b"unicode", b"for this\nand that"]
        return [luid, why, [b"boolean", b"true"]][: 2 + self.choices.below(2)]

    def _fresh(self) -> list[Any]:
        luid = self.expressions.luid(self.known.received)
        return [luid, self.expressions.fresh(luid)]

    def _piece(self) -> list[Any]:
        data = self.expressions.pieces()
        cut = self.choices.below(len(data) + 1)
        number = self.choices.below(4)
        self.known.pieces[number] = len(data)
        return [number, self.choices.pick((data, data[:cut], data[cut:]))]

    # Bytes.

    def _broken(self, data: bytes) -> bytes:
        at, more = self.choices.below(len(data)), self.choices.below(256)
        kind = self.choices.below(4)
        middle = (b"", bytes([more]), bytes([data[at], more]), data[at:] * 2)[kind]
        return data[:at] + middle + data[at + 1 :]


_NO_KW: list[Any] = [b"dictionary"]
"""What goes along with arguments that may be none.  Python never lets go of C{kw} in
C{f(*1, **kw)}, and with a stock Broker nothing is between that and a peer."""

_WORDS = (
    *(b"release", b"pbcopy.envelope", b"pbcopy.fresh", b"heard", b"another"),
    *(b"replica:fuzz.scene.Pond", b"replica:fuzz.scene.Duck", b"replica:"),
)

_HUBS: dict[bytes, Any] = {
    b"hello": Generator._words,
    b"release": Generator._pairs,
    b"recount": Generator._pairs,
    b"known": Generator._ids,
    b"forget": Generator._ids,
    b"refresh": Generator._why,
    b"missed": Generator._why,
    b"fresh": Generator._fresh,
    b"piece": Generator._piece,
    b"acknowledge": lambda self: [],
    b"spent": lambda self: [self.choices.below(4)],
    b"notYours": lambda self: [],
}

_PLAIN: tuple[Any, ...] = (7, -1, 2**40, 1.5, "x", b"x", None, True, [7], {})

_MESSAGES = (
    *[Generator._take] * 8,
    *[Generator._get] * 3,
    *[Generator._call] * 3,
    *[Generator._hub] * 6,
    *[Generator._answer] * 5,
    *[Generator._error] * 2,
    *[Generator._update] * 2,
    *[Generator._delta] * 5,
    *[Generator._counted] * 2,
    Generator._other,
)
