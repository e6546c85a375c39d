# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
S-expressions: what Jelly takes, what pbcopy adds to it, and what is like these.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import attr

from fuzz.choices import Choices
from fuzz.known import Known
from fuzz.notation import Deep, Packed, packed

_SCENE = b"fuzz.scene."
COPIES = tuple(_SCENE + each for each in (b"Note", b"Picky", b"Duck", b"Order"))
CACHES = tuple(_SCENE + each for each in (b"Pond", b"Board", b"Relay"))
STOLEN = tuple(
    _SCENE + each
    for each in (b"StolenCopy", b"StolenCache", b"StolenStock", b"Loot", b"Made")
)
"""What is registered, and may not arrive."""

UNKNOWN = (b"fuzz.bait.Thing", b"twisted.spread.pb.RemoteCopy", b"os.system", b"x.\xff")

VALUES = (
    *((b"enum", _SCENE + b"Colour"), (b"record", _SCENE + b"Point")),
    *((b"record", _SCENE + b"Mark"), (b"namedtuple", _SCENE + b"Pair")),
    *((b"exception", _SCENE + b"Trouble"), (b"enum", _SCENE + b"StolenColour")),
    *((b"record", _SCENE + b"StolenPoint"), (b"record", b"fuzz.bait.Thing")),
    *((b"namedtuple", _SCENE + b"StolenPair"), (b"enum", b"fuzz.bait.Thing")),
    *((b"exception", _SCENE + b"StolenTrouble"), (b"enum", _SCENE + b"Point")),
)
_NAMES = (
    *(b"ticks", b"name", b"x", b"y", b"one", b"other", b"to", b"args", b"GREEN"),
    *(b"postUnjelly", b"__class__", b"__dict__", b"notYours", b"broker", b"luid"),
    *(b"observe_ticks", b"__notes__", b"_pbcopy", b"\xff", b""),
)
_TEXTS = (b"", b"x", b"green", b"\xc3\xa9", b"\xff", b"None", b"1 2 3", b"\0" * 20)
_NUMBERS = (0, 1, 2, -1, 7, 255, 2**31, -(2**31), 2**63, 2**64, -(2**63) - 1, 2**400)
_FLOATS = (0.0, 1.5, -0.0, float("inf"), float("nan"), 1e300)
_OF_PYTHON = (b"module", b"class", b"function", b"instance", b"method", b"persistent")
_BY_TEXT = (
    b"datetime",
    b"date",
    b"time",
    b"timedelta",
    b"decimal",
    b"boolean",
    b"unicode",
)

Expression = Any


@attr.s(auto_attribs=True)
class Expressions:
    """
    What makes s-expressions.

    @ivar declared: what makes declared states.
    """

    choices: Choices
    known: Known
    declared: Any = None
    _depth: int = 0

    def argument(self) -> Expression:
        """
        Make what stands for one thing, by itself or in an envelope.
        """
        kind = self.choices.below(20)
        if kind < 9:
            return self.any()
        if kind < 18:
            return self.envelope()
        if kind == 18:
            return self.mentioned()
        return self.deep()

    def any(self) -> Expression:
        """
        Make any expression.
        """
        if self._depth > 4:
            return self.leaf()
        self._depth += 1
        made = self.choices.pick(_KINDS)(self)
        self._depth -= 1
        return self.bent(made) if self.choices.oneIn(25) else made

    def bent(self, expression: Expression) -> Expression:
        """
        Change something small in an expression.
        """
        if type(expression) is not list or not expression:
            return self.any()
        made = expression.copy()
        at = self.choices.below(len(made))
        kind = self.choices.below(6)
        if kind == 0:
            del made[at]
        elif kind == 1:
            made[at] = self.leaf()
        elif kind == 2:
            made.insert(at, self.any())
        elif kind == 3:
            made[at] = [made[at]]
        elif kind == 4:
            made.append(made[at])
        else:
            made[at] = self.bent(made[at])
        return made

    # What has nothing in it.

    def leaf(self) -> Expression:
        """
        Make a simple one.
        """
        kind = self.choices.below(8)
        if kind == 0:
            return self.choices.pick(_NUMBERS)
        if kind == 1:
            return [b"None"]
        if kind == 2:
            return self.choices.pick(_TEXTS)
        if kind == 3:
            return self.choices.pick(_FLOATS)
        if kind == 4:
            return [self.choices.pick(_BY_TEXT), self.choices.pick(_TEXTS)]
        if kind == 5:
            return [b"boolean", self.choices.pick((b"true", b"false", b"", 1))]
        if kind == 6:
            return self.mentioned()
        return [b"unicode", self.choices.pick(_NAMES)]

    def luid(self, known: Collection[Any]) -> Any:
        """
        Choose an id, most often one that is known.
        """
        if known and self.choices.below(20):
            return self.choices.pick([*known])
        if self.choices.oneIn(8):
            return self.leaf()
        return self.choices.below(12)

    def count(self) -> Any:
        """
        Choose a number of something.
        """
        return self.leaf() if self.choices.oneIn(8) else self.choices.below(4)

    def mentioned(self) -> Expression:
        """
        Mention something of the peer's, or of one's own.
        """
        known = self.known
        tag = self.choices.pick((b"cached", b"lcache", b"remote", b"local"))
        ids = {b"cached": known.received, b"lcache": known.published}
        return [tag, self.luid(ids.get(tag, known.locals))]

    def _reference(self) -> Expression:
        return [b"reference", self.choices.below(4), self.any()]

    def _dereference(self) -> Expression:
        return [b"dereference", self.choices.below(4)]

    # What has others in it.

    def _items(self) -> Expression:
        tags = (b"list", b"tuple", b"set", b"frozenset")
        return [self.choices.pick(tags), *self.choices.some(3, self.any)]

    def _dictionary(self) -> Expression:
        return [b"dictionary", *self.choices.some(3, lambda: [self.any(), self.any()])]

    def _state(self) -> Expression:
        if self.choices.oneIn(5):
            return self.any()
        return [b"dictionary", *self.choices.some(3, self._attribute)]

    def _attribute(self) -> Expression:
        name = self.choices.pick(_NAMES)
        return [[b"unicode", name] if self.choices.below(6) else name, self.any()]

    def _copy(self) -> Expression:
        return [self._name(COPIES), self._state()]

    def _name(self, likely: tuple[bytes, ...]) -> bytes:
        kind = self.choices.below(12)
        if kind < 10:
            return self.choices.pick(likely)
        return self.choices.pick(STOLEN if kind == 10 else UNKNOWN)

    def _cache(self) -> Expression:
        name = self._name(CACHES)
        # One that is in use is refused.
        luid = self.choices.below(40) if self.choices.below(6) else self.leaf()
        if name == CACHES[0] and self.choices.below(8):
            return [name, luid, *self.declared.state()]
        return [name, luid, self._state()]

    def pond(self) -> Expression:
        """
        Make a declared cache, with an id that is free as a rule.
        """
        return [CACHES[0], self.choices.below(1000), *self.declared.state()]

    def fresh(self, luid: Any) -> Expression:
        """
        Make a fresh state.
        """
        if luid in [*self.known.views] or self.choices.oneIn(4):
            return [b"pbcopy.fresh", luid, *self.declared.state()]
        return [b"pbcopy.fresh", luid, self._state()]

    def _fresh(self) -> Expression:
        return self.fresh(self.luid(self.known.received))

    def _beside(self) -> Expression:
        return [b"pbcopy.beside", *self.choices.some(3, self.any)]

    def _python(self) -> Expression:
        tag = self.choices.pick(_OF_PYTHON)
        return [tag, *self.choices.some(2, lambda: self.choices.pick(UNKNOWN))]

    def failure(self) -> Expression:
        """
        Make an error.
        """
        names = (
            *(_SCENE + b"Trouble", _SCENE + b"StolenTrouble", b"fuzz.bait.Thing"),
            *(b"twisted.spread.jelly.InsecureJelly", b"pbcopy.errors.Violation"),
            *(b"builtins.KeyError", b"\xff"),
        )
        known: list[Any] = [
            [b"type", self.choices.pick(names)],
            [b"value", self.choices.pick(_TEXTS)],
            [b"parents", [b"list", self.choices.pick(names)]],
            [b"traceback", self.choices.pick(_TEXTS)],
            [b"frames", self.any()],
        ]
        pairs = [
            [name if self.choices.oneIn(6) else [b"unicode", name], value]
            for name, value in known[: 1 + self.choices.below(5)]
        ]
        if self.choices.oneIn(3):
            pairs.append(self._attribute())
        return [b"twisted.spread.pb.CopyableFailure", [b"dictionary", *pairs]]

    # Values.

    def _value(self) -> Expression:
        make = _VALUES[self.choices.below(len(_VALUES))]
        return [b"pbcopy.value", *make(self)]

    def value(self) -> Expression:
        """
        Make a value.
        """
        return self._value()

    def _ofClass(self) -> list[Any]:
        form, name = self.choices.pick(VALUES)
        if form == b"enum":
            return [form, name, self.choices.pick((b"GREEN", b"RED", 1))]
        pairs: list[Any] = [[b"x", self.any()], [b"y", self.any()]]
        if name.endswith(b"Mark"):
            pairs = [[b"name", [b"unicode", b"x"]], [b"to", self.any()]]
        elif form == b"namedtuple":
            pairs = [[b"one", self.any()], [b"other", self.any()]]
        elif form == b"exception":
            more = self.choices.some(1, lambda: [self.choices.pick(_NAMES), self.any()])
            return [form, name, self.choices.some(2, self.any), *more]
        return [form, name, *pairs]

    def _byNumbers(self) -> list[Any]:
        kind = self.choices.pick((b"datetime", b"time", b"timezone", b"complex"))
        size = {b"datetime": 8, b"time": 5, b"timezone": 3, b"complex": 2}[kind]
        parts: list[Any] = [self.choices.below(30) for _ in range(size)]
        if kind == b"complex":
            parts = [self.choices.pick(_FLOATS) for _ in parts]
        zone = [
            b"pbcopy.value",
            b"zone",
            self.choices.pick((b"UTC", b"../x", b"Nowhere")),
        ]
        return [kind, *parts, *([zone] if size > 4 else [])]

    def _byText(self) -> list[Any]:
        kind = self.choices.pick((b"uuid", b"path", b"decimal", b"zone", b"bytearray"))
        texts = (bytes(16), b"PurePosixPath", b"Path", b"NaN", b"-0", b"../x", *_TEXTS)
        return [kind, *self.choices.some(2, lambda: self.choices.pick(texts))]

    def _filled(self) -> list[Any]:
        kind = self.choices.pick((b"deque", b"OrderedDict", b"defaultdict"))
        pairs = self.choices.some(2, lambda: [self.any(), self.any()])
        if kind == b"deque":
            return [kind, self.leaf(), *self.choices.some(3, self.any)]
        if kind == b"defaultdict":
            return [
                kind,
                self.choices.pick((b"list", b"None", b"exec", b"int")),
                *pairs,
            ]
        return [kind, *pairs]

    # What is sent in bytes.

    def envelope(self) -> Expression:
        """
        Make an envelope.
        """
        if self.known.pieces and self.choices.oneIn(6):
            number = self.choices.pick([*self.known.pieces])
            return [b"pbcopy.envelope", number, self.known.pieces[number]]
        return [b"pbcopy.envelope", self._inside()]

    def _inside(self) -> Any:
        kind = self.choices.below(30)
        if kind == 28:
            return self.choices.pick(
                (b"", b"\xc1", b"\x91", b"\xdf\xff\xff\xff\xff", 7)
            )
        if kind == 29:
            # What MessagePack has and Banana has not.
            strange: Any = self.choices.pick((None, "x", True, {b"x": []}))
            return Packed([[b"list", strange]])
        return Packed(self._graph())

    def _graph(self) -> list[Any]:
        count = 1 + self.choices.below(4)
        made = []
        for number in range(count):
            expression = self.any()
            if self.choices.below(3):
                expression = [b"reference", number + 1, expression]
            made.append(expression)
        return made

    def pieces(self) -> bytes:
        """
        Make what is sent in pieces.
        """
        data = packed(self._graph())
        return data * 20 if self.choices.oneIn(10) else data

    def deep(self) -> Expression:
        """
        Make something that is too deep or too large.
        """
        depth = self.choices.pick((10, 29, 31, 90, 300))
        tag = self.choices.pick((b"list", b"tuple", b"reference", b"pbcopy.beside"))
        made: Expression = Deep([tag, 1] if tag == b"reference" else [tag], depth, 1)
        if self.choices.oneIn(3):
            made = [b"list", *[1] * depth]
        isPacked = self.choices.below(2)
        return [b"pbcopy.envelope", Packed([made])] if isPacked else made


_VALUES = (
    *[Expressions._ofClass] * 3,
    Expressions._byNumbers,
    Expressions._byText,
    Expressions._filled,
)

_KINDS = (
    *[Expressions.leaf] * 8,
    *[Expressions._items] * 3,
    *[Expressions._dictionary] * 2,
    *[Expressions._copy] * 4,
    *[Expressions._cache] * 5,
    *[Expressions._value] * 4,
    *[Expressions._reference] * 2,
    *[Expressions._dereference] * 2,
    *[Expressions.mentioned] * 2,
    Expressions._fresh,
    Expressions._beside,
    Expressions._python,
    Expressions.failure,
    Expressions.envelope,
)
