# -*- test-case-name: pbcopy.test.test_flat -*-
"""
Tests for L{pbcopy._flat}.
"""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from enum import IntEnum
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.spread import jelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import limits
from pbcopy._flat import (
    LONGEST,
    MOST_PARTS,
    NOT_FLAT,
    isKnown,
    isRoomy,
    jellyFlat,
    mayArrive,
    unjellyFlat,
)
from pbcopy._vetting import vet
from pbcopy.test.test_bananadecoding import QUIET

PARTS: Any = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.binary(max_size=8),
    st.text(max_size=8),
)

TAGS: Any = st.sampled_from(
    [b"None", b"boolean", b"dictionary", b"list", b"set", b"tuple", b"unicode"]
)

EXPRESSIONS: Any = st.recursive(
    st.one_of(
        TAGS, st.sampled_from([b"true", b"false", b"", b"\xff"]), st.integers(0, 3)
    ),
    lambda inner: (
        st.builds(
            lambda tag, parts: [tag, *parts], TAGS | inner, st.lists(inner, max_size=3)
        )
        | st.just([])
    ),
    max_leaves=6,
)


def hasOtherText(thing: Any) -> bool:
    """
    Tell whether there is a text that is not ASCII, by itself or in a tuple.
    """
    parts = thing if type(thing) is tuple else [thing]
    return any(type(part) is str and not part.isascii() for part in parts)


class Colour(IntEnum):
    """
    An integer that is more.
    """

    RED = 1


class Invoker:
    """
    What has limits.
    """

    def __init__(self, security: Any = jelly.globalSecurity) -> None:
        self.security = security


class JellyTests(SynchronousTestCase):
    """
    What is flat becomes the expression that Jelly gives.
    """

    @QUIET
    @given(PARTS | st.builds(tuple, st.lists(PARTS, max_size=5)) | st.just({}))
    def test_same(self, thing: Any) -> None:
        """
        Whatever is not left to Jelly is as Jelly has it, and arrives as it was.
        """
        flat = jellyFlat(thing)
        whole: Any = jelly.jelly
        if flat is not NOT_FLAT:
            self.assertEqual(repr(whole(thing, jelly.globalSecurity)), repr(flat))
            self.assertEqual(repr(thing), repr(unjellyFlat(flat)))
        else:
            self.assertTrue(hasOtherText(thing))

    def test_empty(self) -> None:
        """
        The arguments of a call that has none are flat.
        """
        self.assertEqual([b"tuple"], jellyFlat(()))
        self.assertEqual([b"dictionary"], jellyFlat({}))

    def test_others(self) -> None:
        """
        All that is more is left to Jelly.
        """
        pair: Any = namedtuple("pair", "one")
        others: list[Any] = [
            [1],
            {1: 2},
            {1},
            OrderedDict(),
            pair(1),
            Colour.RED,
            object(),
            "ü",
        ]
        for other in others:
            self.assertIs(NOT_FLAT, jellyFlat(other))
            self.assertIs(NOT_FLAT, jellyFlat((1, other)))
        self.assertIs(NOT_FLAT, jellyFlat(((),)))

    def test_security(self) -> None:
        """
        An application's own C{SecurityOptions} is asked.
        """

        class Own(jelly.SecurityOptions):
            pass

        self.assertTrue(isKnown(jelly.globalSecurity))
        self.assertTrue(isKnown(pbcopy.Policy()))
        self.assertFalse(isKnown(Own()))
        self.assertFalse(isKnown(jelly.DummySecurityOptions()))


class UnjellyTests(SynchronousTestCase):
    """
    A flat expression becomes what Jelly makes of it.
    """

    @QUIET
    @given(EXPRESSIONS)
    def test_same(self, expression: Any) -> None:
        """
        Whatever is not left to Jelly is as Jelly has it, and would be let through.
        """
        flat = unjellyFlat(expression)
        if flat is not NOT_FLAT:
            whole: Any = jelly.unjelly
            self.assertEqual(repr(whole(expression)), repr(flat))
            vet([expression], Invoker(), "an argument")

    def test_large(self) -> None:
        """
        What is not small is left to Jelly, and to who looks at its size.
        """
        long = b"x" * LONGEST
        most = [b"tuple", *[1] * (MOST_PARTS - 1)]
        for each in (long, [b"unicode", long], [b"tuple", long], most):
            self.assertIsNot(NOT_FLAT, unjellyFlat(each))
        longer = long + b"x"
        for each in (longer, [b"unicode", longer], [b"tuple", longer], [*most, 1]):
            self.assertIs(NOT_FLAT, unjellyFlat(each))

    def test_others(self) -> None:
        """
        So is what Banana does not send, and what has another form.
        """
        others: list[Any] = [
            True,
            None,
            "text",
            [],
            [b"tuple", True],
            [b"tuple", [b"tuple"]],
            [b"boolean", b"perhaps"],
            [b"unicode", 1],
            [b"unicode", "\xfc".encode()],
            [b"unicode"],
            [b"None", b"None"],
            [b"dictionary", [1, 2]],
            [1],
        ]
        for other in others:
            self.assertIs(NOT_FLAT, unjellyFlat(other))

    def test_security(self) -> None:
        """
        What is not allowed, or has been registered for something else, is Jelly's.
        """
        self.assertTrue(mayArrive(jelly.globalSecurity))
        self.assertTrue(mayArrive(pbcopy.Policy()))
        options: Any = jelly.SecurityOptions
        self.assertFalse(mayArrive(options()))
        self.assertFalse(mayArrive(jelly.DummySecurityOptions()))
        registry: Any = jelly.unjellyableRegistry
        registry[b"tuple"] = object
        self.addCleanup(registry.pop, b"tuple", None)
        self.assertFalse(mayArrive(jelly.globalSecurity))
        del registry[b"tuple"]
        self.assertTrue(mayArrive(jelly.globalSecurity))

    def test_limits(self) -> None:
        """
        Where a connection has small limits, there is no room for what is flat.
        """
        self.assertTrue(isRoomy(Invoker()))
        for name in ("MAX_OBJECTS", "MAX_ITEMS", "MAX_STRING", "MAX_NESTING"):
            policy: Any = pbcopy.Policy()
            self.assertTrue(isRoomy(Invoker(policy)))
            policy.limit(**{name: 0})
            self.assertFalse(isRoomy(Invoker(policy)))
            self.patch(limits, name, 0)
            self.assertFalse(isRoomy(Invoker()))
            self.patch(limits, name, 10**6)
