# -*- test-case-name: pbcopy.test.test_vetting -*-
"""
What came, looked at as a whole before anything is made of it: L{vet}.

How much there is, and how deep, is counted here, and each class is asked for
(L{pbcopy._policy}).  So no object is made, and no method called, of a message that
is refused.  Whether each list has the form that Jelly wants is left to Jelly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pbcopy._channel import BESIDE, FRESH
from pbcopy._kinds import TAG as VALUE
from pbcopy._kinds import shortly
from pbcopy._limited import checkLimit
from pbcopy._policy import policyOf
from pbcopy._refusals import checkParts
from pbcopy._valueclasses import EXCEPTION, FORMS, NAMED_TUPLE, RECORD
from pbcopy.errors import Violation

_CONTAINERS = frozenset([b"dictionary", b"frozenset", b"list", b"set", b"tuple"])
_PAIRED = frozenset([b"OrderedDict", b"defaultdict", EXCEPTION, NAMED_TUPLE, RECORD])
"""The kinds of values of which the parts are pairs."""

_PLAIN = frozenset([bytes, int, float, bool])
"""What is in expressions, besides others."""

_UNNAMED = frozenset([*_CONTAINERS, b"dereference", b"reference", b"unicode", VALUE])
"""The most frequent tags that are no class's."""


_BARE = frozenset([*_CONTAINERS, b"None", BESIDE])
"""The tags that may stand by themselves."""

_FRESH = FRESH.encode("ascii")


def vet(expressions: list[Any], broker: Any, where: str) -> None:
    """
    Check expressions that came.

    @param where: how an error names them.
    @raise Violation: if there is too much in them, or something that Banana does
        not send, or a class that may not arrive.
    """
    found = _Found()
    level, depth = [[b"list", *expressions]], -1
    while level:
        depth += 1
        below: list[list[Any]] = []
        for each in level:
            # What is no container does not count as a level.
            found.look(each, below if _tagOf(each) in _CONTAINERS else level)
        checkLimit("MAX_NESTING", broker, depth, "containers in each other", where)
        found.check(broker, where)
        level = below
    policy = policyOf(broker)
    if policy is not None:
        for name in found.names - policy.allowedTypes.keys():
            policy.checkArriving(name, broker)


class _Found:
    """
    What is in some expressions.

    @ivar names: the names of classes, and tags that are none.
    """

    def __init__(self) -> None:
        self.names: set[bytes] = set()
        self._lists = self._most = self._longest = 0
        self._beside: set[int] = set()

    def look(self, expression: list[Any], inner: list[list[Any]]) -> None:
        """
        Look at one expression.

        @param inner: where to put those that are in it.
        """
        self._lists += 1
        self._most = max(self._most, len(expression))
        tag = _tagOf(expression)
        if tag not in _UNNAMED:
            self.names.add(tag)
        # What stands in an object by itself is a state that was packed.
        isObject = tag in self.names and b"." in tag
        for part in _partsOf(tag, expression):
            kind = type(part)
            if kind is list:
                inner.append(part)
            elif kind is bytes:
                self._longest = max(self._longest, 0 if isObject else len(part))
            elif kind not in _PLAIN:
                raise Violation(
                    "this is not what Banana sends",
                    where="an expression",
                    got=shortly(part),
                    expected="bytes, a number, or a list of these",
                )
        if tag == BESIDE:
            # Whether such a value is needed at all is not known here.
            self._beside.update(id(_unwrapped(each)) for each in expression)
        if tag not in _BARE:
            checkParts(expression, 2 if tag == _FRESH else 1)
        if tag == b"remote" and [type(each) for each in expression[1:]] != [int]:
            # What Jelly makes before it fails calls the Broker as it goes.
            raise Violation("this is no reference", where=shortly(expression))
        if tag == VALUE and id(expression) not in self._beside:
            self._lookAtValue(expression)

    def _lookAtValue(self, expression: list[Any]) -> None:
        form, name = (*expression[1:3], None, None)[:2]
        if type(form) is bytes and form in FORMS and type(name) is bytes:
            self.names.add(name)

    def check(self, broker: Any, where: str) -> None:
        """
        Check that it is not too much.

        @raise Violation: if it is.
        """
        for name, count, what in (
            ("MAX_OBJECTS", self._lists, "objects in one message"),
            ("MAX_ITEMS", self._most - 1, "items in one container"),
            ("MAX_STRING", self._longest, "bytes in one string"),
        ):
            checkLimit(name, broker, count, what, where)


def _tagOf(expression: list[Any]) -> bytes:
    tag = expression[0] if expression else b""
    return tag if type(tag) is bytes else b""


def _unwrapped(expression: Any) -> Any:
    isReference = type(expression) is list and expression[:1] == [b"reference"]
    return expression[-1] if isReference else expression


def _partsOf(tag: bytes, expression: list[Any]) -> Iterator[Any]:
    kind = expression[1] if tag == VALUE and len(expression) > 1 else None
    if tag == b"dictionary" or (type(kind) is bytes and kind in _PAIRED):
        for each in expression:
            if type(each) is list:
                yield from each
            else:
                yield each
    else:
        yield from expression
