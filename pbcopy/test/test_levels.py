# -*- test-case-name: pbcopy.test.test_levels -*-
"""
Tests for L{pbcopy._levels}.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _levels
from pbcopy._levels import (
    areDicts,
    containersIn,
    contentsOf,
    dictsIn,
    haveScalarKeys,
    isFlat,
    those,
)


class Text(str):
    """
    What is equal to a text.
    """


class LevelsTests(SynchronousTestCase):
    """
    Plain values are looked at together.
    """

    def test_flat(self) -> None:
        """
        A state is flat that is a dict of nothing but exact numbers, texts and the
        like.
        """
        flat: list[Any] = [{}, {"a": 1, b"b": 2.5, 3: None, True: "x", None: b""}]
        for way in (_levels._contentsOf, _levels._walked):
            self.patch(_levels, "_contentsOf", way)
            for state in flat:
                self.assertTrue(isFlat(state))
            for state in (
                OrderedDict(a=1),
                {"a": []},
                {"a": Text("x")},
                {Text("a"): 1},
                {(): 1},
                None,
            ):
                self.assertFalse(isFlat(state))

    def test_dicts(self) -> None:
        """
        Dicts are told from lists, and from what is derived from dicts.
        """
        one, other = {"a": 1}, OrderedDict(b=2)
        self.assertTrue(areDicts([one, {}]))
        self.assertFalse(areDicts([one, other]))
        self.assertEqual([one, {}], dictsIn([one, [2], {}], {dict, list}))
        self.assertEqual([one], dictsIn([one], {dict}))

    def test_contents(self) -> None:
        """
        What is in lists and dicts is given, however that is found, and at least those
        keys that are no texts, or of a subclass.
        """

        class Blank:
            pass

        blank, text = Blank(), Text("x")
        blank.__dict__.update(a=5, b=[6])
        mixed: dict[Any, Any] = {7: 8, "y": 9}
        del mixed[7]
        level: list[Any] = [
            {"a": 1, "b": 2},
            [3, [4]],
            {"c": {}},
            vars(blank),
            {text: 10, b"z": None},
            mixed,
            [],
            {},
            {(): 11, 12.5: 13, True: 14},
        ]
        values = [1, 2, {}, 5, [6], 10, None, 9, 11, 13, 14, 3, [4]]
        keys = [text, b"z", (), 12.5, True]
        ways = [_levels._contentsOf, _levels._walked]
        for way in ways:
            self.patch(_levels, "_contentsOf", way)
            found = contentsOf(level, {dict, list, int})
            texts = [each for each in found if type(each) is str]
            self.assertEqual(len(values) + len(keys), len(found) - len(texts))
            for each in [*values, *keys]:
                self.assertIn(each, found)
                self.assertIn(type(each), {*map(type, found)})
            self.assertEqual([3, [4]], contentsOf(level[1:2], {list}))
            self.assertEqual([], contentsOf([], {list}))
            self.assertEqual([1, 2], contentsOf(level[:1], {dict, str})[-2:])

    def test_keys(self) -> None:
        """
        Keys may be anything that is plain, and has nothing in it.
        """
        self.assertTrue(
            haveScalarKeys([{"a": []}, [()], {None: 1, 2: 3}], {dict, list})
        )
        for key in ((), Text("x"), object(), frozenset([1])):
            self.assertFalse(haveScalarKeys([{"a": 1}, {key: 1}], {dict}))

    def test_containers(self) -> None:
        """
        Of values, the lists and dicts are given.
        """
        for values, expected in (
            ([1, [2], {}, "x"], [[2], {}]),
            ([[2], {}], [[2], {}]),
            ([1, "x"], []),
            ([OrderedDict(), ()], []),
        ):
            given: list[Any] = values
            self.assertEqual(expected, containersIn(given, {*map(type, given)}))

    def test_those(self) -> None:
        """
        Values are told by their types, be it one or several, and by no base of these.
        """
        values: list[Any] = [1, True, "x", Text("y"), [2], None]
        for kinds, expected in (
            ({int}, [1]),
            ({str, list}, ["x", [2]]),
            ({Text, bool, dict}, [True, Text("y")]),
            (set(), []),
        ):
            found = those(values, kinds)
            self.assertEqual(expected, found)
            self.assertEqual([*map(type, expected)], [*map(type, found)])
