# -*- test-case-name: pbcopy.test.test_trackeddict -*-
"""
Tests for L{pbcopy._trackeddict}.
"""

from __future__ import annotations

import copy
import json
import operator
import pickle

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._operations import Remove, Update
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy.errors import Unsendable
from pbcopy.test.mutators import Table
from pbcopy.test.nodes import Duck, Ear

START = {"a": 1, "b": 2, 3: "c"}


class Keys:
    """
    Something that a dict can be updated with.
    """

    def keys(self) -> list[str]:
        """
        Give the keys.
        """
        return ["b", "d"]

    def __getitem__(self, key: str) -> int:
        return 7


TABLE = Table(
    dict,
    TrackedDict,
    START,
    {
        "__init__": [
            lambda each: each.__init__(),
            lambda each: each.__init__({"d": 4}, e=5),
            lambda each: each.__init__(7),
        ],
        "__setitem__": [
            lambda each: operator.setitem(each, "a", 9),
            lambda each: operator.setitem(each, "a", 1),
            lambda each: operator.setitem(each, "a", 1.0),
            lambda each: operator.setitem(each, 3.0, "d"),
            lambda each: operator.setitem(each, "d", None),
            lambda each: operator.setitem(each, (1, "x"), 9),
            lambda each: operator.setitem(each, [], 9),
            lambda each: operator.setitem(each, ([],), 9),
        ],
        "__delitem__": [
            lambda each: operator.delitem(each, "a"),
            lambda each: operator.delitem(each, 3.0),
            lambda each: operator.delitem(each, "x"),
            lambda each: operator.delitem(each, []),
        ],
        "__ior__": [
            lambda each: operator.ior(each, {"a": 2, "d": 4}),
            lambda each: operator.ior(each, [("a", 2), "de"]),
            lambda each: operator.ior(each, {}),
            lambda each: operator.ior(each, Keys()),
            lambda each: operator.ior(each, each),
            lambda each: operator.ior(each, 7),
            lambda each: operator.ior(each, [1]),
        ],
        "clear": [lambda each: each.clear(), lambda each: each.clear(1)],
        "pop": [
            lambda each: each.pop("a"),
            lambda each: each.pop("a", 9),
            lambda each: each.pop("x"),
            lambda each: each.pop([]),
            lambda each: each.pop(),
            lambda each: each.pop("a", 1, 2),
            lambda each: each.pop("a", default=1),
        ],
        "popitem": [lambda each: each.popitem(), lambda each: each.popitem(1)],
        "setdefault": [
            lambda each: each.setdefault("d", 4),
            lambda each: each.setdefault("d"),
            lambda each: each.setdefault([], 1),
            lambda each: each.setdefault(),
            lambda each: each.setdefault("d", default=1),
        ],
        "update": [
            lambda each: each.update({"d": 4, "a": 9}),
            lambda each: each.update([("d", 4), ("d", 5)]),
            lambda each: each.update(iter([("d", 4)]), e=5),
            lambda each: each.update(self=1, other=2),
            lambda each: each.update(Keys()),
            lambda each: each.update(a=1, b=9),
            lambda each: each.update(a=1, b=2),
            lambda each: each.update(),
            lambda each: each.update(each),
            lambda each: each.update(7),
            lambda each: each.update(None),
            lambda each: each.update("ab"),
            lambda each: each.update([("d", 4), ([], 5)]),
            lambda each: each.update({}, {}),
        ],
    },
    [
        "__contains__",
        "__getitem__",
        "__iter__",
        "__len__",
        "__or__",
        "__reversed__",
        "__ror__",
        "copy",
        "fromkeys",
        "get",
        "items",
        "keys",
        "values",
    ],
)


class TrackedDictTests(SynchronousTestCase):
    """
    A L{TrackedDict} is a dict, and says how it changes.
    """

    def test_names(self) -> None:
        """
        It is known of each name that this Python gives a dict whether it is a
        mutator.
        """
        TABLE.checkNames(self)

    def test_mutators(self) -> None:
        """
        Each mutator does what that of a dict does, and is one operation at most.
        """
        TABLE.checkAll(self)

    def test_whatIsThere(self) -> None:
        """
        To ask for the default, or to take out what is not there, is no operation.
        """
        made = TrackedDict(START)
        ear = Ear(made)
        ear.isMild = False
        self.assertEqual((1, 9), (made.setdefault("a", 9), made.pop("x", 9)))
        self.assertRaises(KeyError, TrackedDict().popitem)
        self.assertEqual((START, []), (made, ear.heard))

    def test_kinds(self) -> None:
        """
        Keys are set by an C{Update} with what is new, and go by a C{Remove}.
        """
        made = TrackedDict(START)
        ear = Ear(made)
        made.update({"a": 1, "b": 3, "d": 4})
        made.clear()
        update, remove = ear.heard
        self.assertEqual((Update, Remove), (type(update), type(remove)))
        self.assertEqual(({"b": 2}, {"b": 3, "d": 4}), (update.old, update.new))
        self.assertEqual({"a": 1, "b": 3, 3: "c", "d": 4}, remove.old)

    def test_containersInIt(self) -> None:
        """
        What is plain becomes tracked, and is what a later call gives.
        """
        made = TrackedDict(a=[1])
        made.setdefault("b", []).append(2)
        made["c"] = {"d": [3]}
        made |= {"e": (4, [])}
        kinds = [TrackedList, TrackedList, TrackedDict, tuple]
        self.assertEqual(kinds, [type(each) for each in made.values()])
        self.assertIsInstance(made["e"][1], TrackedList)
        self.assertEqual({"a": [1], "b": [2], "c": {"d": [3]}, "e": (4, [])}, made)

    def test_identity(self) -> None:
        """
        What is one object among the values stays one.
        """
        plain: list[int] = []
        made = TrackedDict(a=plain, b=(plain,))
        self.assertIs(made["a"], made["b"][0])

    def test_equalValues(self) -> None:
        """
        What is equal is kept.
        """
        made = TrackedDict(a=[1])
        kept, ear = made["a"], Ear(made)
        made.update(a=[1])
        made["a"] = [1]
        self.assertIs(kept, made["a"])
        self.assertEqual([], ear.heard)

    def test_refused(self) -> None:
        """
        A value or a key that could change is refused, with its path, and nothing
        has changed.
        """
        made = TrackedDict(a=1)
        key = Duck()
        for mutate, where in [
            (lambda: made.update(b=2, c=[bytearray()]), "dict.c[0]"),
            (
                lambda: made.__setitem__("not a name", {1: bytearray()}),
                "dict['not a name'][1]",
            ),
            (lambda: made.__setitem__(key, 1), f"dict{{key {key!r}}}"),
            (lambda: made.__setitem__("b", {key: 1}), f"dict.b{{key {key!r}}}"),
            (lambda: made.setdefault("b", object()), "dict.b"),
        ]:
            error = self.assertRaises(Unsendable, mutate)
            self.assertEqual(where, error.where)
        self.assertEqual({"a": 1}, made)

    def test_readsAsADict(self) -> None:
        """
        What gives a new dict gives a plain one, and it looks and compares as one.
        """
        made = TrackedDict(a=[1])
        for other in (made | {}, made.copy()):
            self.assertIs(dict, type(other))
        self.assertEqual("{'a': [1]}", repr(made))
        self.assertEqual('{"a": [1]}', json.dumps(made))
        self.assertEqual({"a": [1]}, made)
        self.assertRaises(TypeError, hash, made)
        self.assertEqual({"a": 1}, TrackedDict.fromkeys("a", 1))

    def test_copies(self) -> None:
        """
        A copy or a pickle is tracked, has the same in it, in the same order, and
        is held and watched by nobody.
        """
        made = TrackedDict(z=[1], a=2)
        made["me"] = made
        ear = Ear(made)
        copies = [copy.copy(made), copy.deepcopy(made)]
        copies += [
            pickle.loads(pickle.dumps(made, protocol))
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ]
        for each in copies:
            self.assertIs(TrackedDict, type(each))
            self.assertEqual(["z", "a", "me"], list(each))
            self.assertIs(TrackedList, type(each["z"]))
            self.assertEqual((), each.watchers)
            each["b"] = 3
        for each in copies[1:]:
            self.assertIs(each, each["me"])
            self.assertIsNot(made["z"], each["z"])
            self.assertEqual([each], [link() for link in each.holders.values()])
        self.assertEqual([], ear.heard)
