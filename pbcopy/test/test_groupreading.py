# -*- test-case-name: pbcopy.test.test_groupreading -*-
"""
Tests for L{pbcopy._groupreading}.
"""

from __future__ import annotations

import contextlib
import struct
import tracemalloc
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from msgspec.msgpack import Ext
from twisted.spread.jelly import InsecureJelly, SecurityOptions

import pbcopy
from pbcopy import limits
from pbcopy._groupreading import checkName
from pbcopy.errors import Violation
from pbcopy.test.test_compacted import (
    MENTION,
    NAME,
    CompactedTestCase,
    Duck,
    Hooked,
    Stock,
)
from pbcopy.test.test_packing import CALM

_encode = msgspec.msgpack.Encoder().encode


class GroupReadingTests(CompactedTestCase):
    """
    Copies come in groups, each behind those that it mentions.
    """

    def test_mentions(self) -> None:
        """
        An object is found by its place.
        """
        duck = self.read({"a": 1}, {"x": [MENTION], "y": MENTION}, places=[0, 0])
        self.assertIs(duck.x[0], duck.y)
        self.assertEqual({"a": 1}, vars(duck.y))

    def test_groups(self) -> None:
        """
        Several objects of a class may be in one group, and are found by their places
        among all objects.
        """
        states: list[Any] = [[{"a": 1}, {"a": 2}], [{"a": 3}], {"x": [MENTION] * 3}]
        for kinds, cls in (([0, 0, 0], Duck), ([0, 1, 0], Hooked)):
            names = [NAME, b"test.Hooked"]
            for each in states[1][0], states[2]:
                each["name"] = "x"
            duck = self.read(*states, names=names, kinds=kinds, places=[1, 2, 0])
            self.assertEqual([2, 3, 1], [each.a for each in duck.x])
            self.assertEqual([Duck, cls, Duck], [type(each) for each in duck.x])

    def test_whatIsNotThere(self) -> None:
        """
        No object mentions itself, or one of its group, or one that comes later, or
        what is no object.
        """
        for place in (1, 2, 2**31, 2**64 - 1, -1, -2, None):
            for first in ({"a": MENTION}, [{}, {"a": MENTION}], [{"a": MENTION}, {}]):
                for kinds in ([0, 0], [0, 1]):
                    names = [NAME, b"test.Stock"]
                    text = self.refused(first, {}, names=names, kinds=kinds)
                    self.assertIn("what is not there", text)
                    given: Any = {"names": names, "kinds": kinds, "places": [place]}
                    self.assertIn("no objects", self.refused(first, {}, **given))
        text = self.refused({}, {"b": Ext(2, b"")}, places=[0])
        self.assertIn("no objects", text)

    def test_numberOfMentions(self) -> None:
        """
        There are as many places as mentions.
        """
        for places in ([], [0, 0]):
            text = self.refused({}, {"a": MENTION}, places=places)
            self.assertIn("no objects", text)
        for place in (0, 1, 2**40):
            self.assertIn("another number", self.refused({}, places=[place]))

    def test_manyGroups(self) -> None:
        """
        Groups are counted before anything is made of them, be they no lists.
        """
        self.patch(limits, "MAX_OBJECTS", 1000)
        size = 2**22
        groups = msgspec.Raw(b"\xdd" + struct.pack("!I", size) + b"\xc0" * size)
        packed = _encode(([NAME], [0], groups, []))
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        error = self.assertRaises(Violation, self.readBytes, packed)
        self.assertIn("pbcopy.limits.MAX_OBJECTS", str(error))
        self.assertLess(tracemalloc.get_traced_memory()[1], 2 * size)

    @CALM
    @given(
        st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 255)), max_size=4),
        st.sampled_from([NAME, b"test.Stock"]),
    )
    def test_damaged(self, changes: list[tuple[int, int]], name: bytes) -> None:
        """
        What is damaged is read, or refused with one error that says so.
        """
        states = [
            [{"a": 1}, {"a": [b"x"]}],
            {"b": {"c": MENTION}},
            {"x": [MENTION] * 3},
        ]
        names, kinds, places = [NAME, name], [0, 1, 0], [1, 2, 0, 2]
        packed = bytearray(_encode((names, kinds, states, places)))
        for at, value in changes:
            packed[at % len(packed)] = value
        with contextlib.suppress(Violation, InsecureJelly):
            made = self.readBytes(bytes(packed))
            self.assertIsInstance(made, (Duck, Stock))

    def test_names(self) -> None:
        """
        A name is asked for as Jelly would, or as the policy says.
        """
        options = SecurityOptions()
        self.assertRaises(InsecureJelly, checkName, b"Duck", self.broker, options)
        options.allowTypes(b"Duck")
        checkName(b"Duck", self.broker, options)
        policy = pbcopy.Policy()
        self.assertRaises(Violation, checkName, NAME, self.broker, policy)
        policy.allowArriving(Duck)
        checkName(NAME, self.broker, policy)
