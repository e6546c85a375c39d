# -*- test-case-name: pbcopy.test.test_trackedlist -*-
"""
Tests for L{pbcopy._trackedlist}.
"""

from __future__ import annotations

import copy
import json
import operator
import pickle
from collections.abc import Iterator
from sys import maxsize
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._operations import Order, Splice, Stride
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy._trackedset import TrackedSet
from pbcopy.errors import Unsendable
from pbcopy.test.mutators import Table
from pbcopy.test.nodes import Ear

HUGE = 10**30


def put(index: Any, value: Any) -> Any:
    """
    Give a call that sets an item.
    """
    return lambda each: operator.setitem(each, index, value)


def cut(index: Any) -> Any:
    """
    Give a call that deletes an item.
    """
    return lambda each: operator.delitem(each, index)


def broken() -> Iterator[int]:
    """
    Give something, and raise.
    """
    yield 1
    raise ZeroDivisionError


class Index:
    """
    Something that is an index.
    """

    def __index__(self) -> int:
        return 1


class Multiplier:
    """
    Something that is not a number, and multiplies.
    """

    def __rmul__(self, other: Any) -> Any:
        return "multiplied"


class Hostile:
    """
    Something that cannot be compared.
    """

    def __eq__(self, other: object) -> bool:
        raise ZeroDivisionError


START = [5, 3, 4, 1, 3]

TABLE = Table(
    list,
    TrackedList,
    START,
    {
        "__init__": [
            lambda each: each.__init__(),
            lambda each: each.__init__([1]),
            lambda each: each.__init__(7),
            lambda each: each.__init__([], []),
            lambda each: each.__init__(items=[]),
        ],
        "__setitem__": [
            put(0, 9),
            put(-1, 9),
            put(Index(), 9),
            put(True, 9),
            put(0, 5),
            put(5, 9),
            put(-6, 9),
            put(HUGE, 9),
            put("a", 9),
            put(1.0, 9),
            put(slice(1, 3), [7]),
            put(slice(1, 3), [3, 4]),
            put(slice(1, 3), [3, 9, 4]),
            put(slice(3, 1), [7, 8]),
            put(slice(None), []),
            put(slice(-2, None), (7, 8, 9)),
            put(slice(9, 12), "ab"),
            put(slice(Index(), -HUGE), [0]),
            put(slice(0, 2), 7),
            lambda each: operator.setitem(each, slice(0, 2), broken()),
            put(slice("a", 2), [7]),
            put(slice(None, None, 2), [7, 8, 9]),
            put(slice(None, None, 2), [5, 4, 3]),
            put(slice(None, None, 2), [7]),
            put(slice(None, None, -1), [7, 8, 9, 10, 11]),
            put(slice(3, None, -2), [7, 8]),
            put(slice(2, 2, 2), []),
            put(slice(2, 2, 2), [1]),
            put(slice(None, None, 0), [1]),
            put(slice(None, None, 2), 7),
            lambda each: operator.setitem(each, slice(1, 2), each),
            lambda each: operator.setitem(each, slice(None, None, -1), each),
        ],
        "__delitem__": [
            cut(0),
            cut(-1),
            cut(Index()),
            cut(5),
            cut(HUGE),
            cut("a"),
            cut(slice(1, 3)),
            cut(slice(3, 1)),
            cut(slice(None)),
            cut(slice(None, None, 2)),
            cut(slice(None, None, -1)),
            cut(slice(3, None, -2)),
            cut(slice(4, 1, -2)),
            cut(slice(2, 2, 2)),
            cut(slice(None, None, 0)),
            cut(slice(1.0, 2)),
        ],
        "__iadd__": [
            lambda each: operator.iadd(each, [7, 8]),
            lambda each: operator.iadd(each, []),
            lambda each: operator.iadd(each, "ab"),
            lambda each: operator.iadd(each, each),
            lambda each: operator.iadd(each, 7),
        ],
        "__imul__": [
            lambda each: operator.imul(each, 3),
            lambda each: operator.imul(each, 1),
            lambda each: operator.imul(each, 0),
            lambda each: operator.imul(each, -1),
            lambda each: operator.imul(each, Index()),
            lambda each: operator.imul(each, "a"),
            lambda each: operator.imul(each, 1.0),
            lambda each: operator.imul(each, HUGE),
            lambda each: operator.imul(each, -HUGE),
        ],
        "append": [
            lambda each: each.append(1),
            lambda each: each.append((1, 2)),
            lambda each: each.append(),
            lambda each: each.append(1, 2),
            lambda each: each.append(item=1),
        ],
        "clear": [lambda each: each.clear(), lambda each: each.clear(1)],
        "extend": [
            lambda each: each.extend([1, 2]),
            lambda each: each.extend(iter([1, 2])),
            lambda each: each.extend({}),
            lambda each: each.extend(each),
            lambda each: each.extend(7),
            lambda each: each.extend(),
            lambda each: each.extend(items=[]),
        ],
        "insert": [
            lambda each: each.insert(0, 9),
            lambda each: each.insert(2, 9),
            lambda each: each.insert(-1, 9),
            lambda each: each.insert(99, 9),
            lambda each: each.insert(-99, 9),
            lambda each: each.insert(maxsize, 9),
            lambda each: each.insert(Index(), 9),
            lambda each: each.insert(HUGE, 9),
            lambda each: each.insert(-HUGE, 9),
            lambda each: each.insert("a", 9),
            lambda each: each.insert(0),
        ],
        "pop": [
            lambda each: each.pop(),
            lambda each: each.pop(0),
            lambda each: each.pop(-5),
            lambda each: each.pop(Index()),
            lambda each: each.pop(5),
            lambda each: each.pop(-6),
            lambda each: each.pop(HUGE),
            lambda each: each.pop("a"),
            lambda each: each.pop(index=0),
        ],
        "remove": [
            lambda each: each.remove(3),
            lambda each: each.remove(3.0),
            lambda each: each.remove(99),
            lambda each: each.remove(Hostile()),
            lambda each: each.remove(),
        ],
        "reverse": [lambda each: each.reverse(), lambda each: each.reverse(1)],
        "sort": [
            lambda each: each.sort(),
            lambda each: each.sort(reverse=True),
            lambda each: each.sort(reverse=1, key=lambda item: item % 2),
            lambda each: each.sort(key=lambda item: item % 2),
            lambda each: each.sort(key=None),
            lambda each: each.sort(key=lambda item: 1 // 0),
            lambda each: each.sort(key=lambda item: [None, 1][item == 3] or item),
            lambda each: each.sort(key=lambda item: item if item > 3 else str(item)),
            lambda each: each.sort(lambda item: item),
            lambda each: each.sort(reverse="a"),
        ],
    },
    [
        "__add__",
        "__contains__",
        "__getitem__",
        "__iter__",
        "__len__",
        "__mul__",
        "__reversed__",
        "__rmul__",
        "copy",
        "count",
        "index",
    ],
)


class TrackedListTests(SynchronousTestCase):
    """
    A L{TrackedList} is a list, and says how it changes.
    """

    def test_names(self) -> None:
        """
        It is known of each name that this Python gives a list whether it is a
        mutator.
        """
        TABLE.checkNames(self)

    def test_mutators(self) -> None:
        """
        Each mutator does what that of a list does, and is one operation at most.
        """
        TABLE.checkAll(self)

    def test_ofTheEmpty(self) -> None:
        """
        Where there is nothing to take, the error is that of a list.
        """
        for call, expected in [
            (lambda each: each.pop(), "pop from empty list"),
            (lambda each: each.remove(1), r"list.remove\(x\): x not in list"),
            (lambda each: each.__setitem__(0, 1), "list assignment index out of range"),
            (lambda each: each.__delitem__(0), "list assignment index out of range"),
        ]:
            with self.subTest(expected):
                self.assertRaisesRegex(
                    (IndexError, ValueError), expected, call, TrackedList()
                )

    def test_allOrNothing(self) -> None:
        """
        Of items that cannot all be had, there are none.
        """
        made = TrackedList([1, 2])
        ear = Ear(made)
        for mutate in [
            lambda: made.extend(broken()),
            lambda: made.extend([3, bytearray()]),
            lambda: made.__setitem__(slice(None, None, -1), [[], bytearray()]),
            lambda: made.__iadd__(broken()),
            lambda: made.insert(0, object()),
        ]:
            self.assertRaises((ZeroDivisionError, Unsendable), mutate)
        self.assertEqual(([1, 2], []), (made, ear.heard))

    def test_minimal(self) -> None:
        """
        What stays at both ends of a slice is no part of the operation, and keeps
        its identity.
        """
        made = TrackedList([[1], [2], [3], [4]])
        first, _, _, last = made
        ear = Ear(made)
        made[:] = [[1], 9, [4]]
        [splice] = ear.heard
        self.assertEqual(
            (Splice, 1, 3, [[2], [3]], [9]),
            (type(splice), splice.start, splice.stop, splice.old, splice.new),
        )
        self.assertEqual([[1], 9, [4]], made)
        self.assertIs(first, made[0])
        self.assertIs(last, made[2])

    def test_kinds(self) -> None:
        """
        A step is a C{Stride}, what changes places an C{Order}, all else a
        C{Splice}.
        """
        made = TrackedList([3, 1, 2])
        ear = Ear(made)
        made.sort()
        made[::2] = [7, 8]
        made *= 2
        self.assertEqual([Order, Stride, Splice], [type(each) for each in ear.heard])
        self.assertEqual([1, 2, 0], ear.heard[0].order)
        self.assertEqual([7, 2, 8, 7, 2, 8], made)

    def test_sortIsWatched(self) -> None:
        """
        A key that changes the list fails the sort, as with a list.
        """
        made = TrackedList([3, 1, 2])

        def longer(item: Any) -> Any:
            made.append(0)
            return item

        def other(item: Any) -> Any:
            made[0] = "x"
            return 1

        self.assertRaises(ValueError, made.sort, key=longer)
        self.assertRaises(ValueError, made.sort, key=other)

    def test_containersInIt(self) -> None:
        """
        What is plain becomes tracked, however it comes in.
        """
        made = TrackedList([[1]])
        made.append({"a": {1}})
        made.extend([[2]])
        made += ([3],)
        made.insert(0, [4])
        made[1] = [[5]]
        made[::4] = [[6], [7]]
        kinds = [TrackedList, TrackedList, TrackedDict, TrackedList, TrackedList]
        self.assertEqual(kinds, [type(each) for each in made])
        self.assertEqual([[6], [[5]], {"a": {1}}, [2], [7]], made)
        self.assertIsInstance(made[2]["a"], TrackedSet)
        self.assertIsInstance(made[1][0], TrackedList)

    def test_identity(self) -> None:
        """
        What is one object among the items stays one.
        """
        plain: list[Any] = []
        made = TrackedList([plain, [plain]])
        self.assertIs(made[0], made[1][0])
        made[:] = [{}, plain, (plain,)]
        self.assertIs(made[1], made[2][0])
        self.assertIsNot(plain, made[1])

    def test_pathInTheError(self) -> None:
        """
        The error names the place in the list, counted as it would have been.
        """
        made = TrackedList([1, 2, 3])
        for mutate, place in [
            (lambda: made.append(bytearray()), 3),
            (lambda: made.insert(-1, bytearray()), 2),
            (lambda: made.extend([1, bytearray()]), 4),
            (lambda: made.__setitem__(-1, bytearray()), 2),
            (lambda: made.__setitem__(slice(None), [1, 2, 3, bytearray()]), 3),
            (lambda: made.__setitem__(slice(None, None, 2), [1, bytearray()]), 2),
        ]:
            error = self.assertRaises(Unsendable, mutate)
            self.assertEqual(f"list[{place}]", error.where)
            self.assertEqual("use bytes", error.advice)

    def test_readsAsAList(self) -> None:
        """
        What gives a new list gives a plain one, and it looks and compares as one.
        """
        made = TrackedList([1, [2]])
        for other in (made[:], made.__add__([3]), made * 2, made.copy()):
            self.assertIs(list, type(other))
        self.assertEqual("[1, [2]]", repr(made))
        self.assertEqual([1, [2]], made)
        self.assertEqual("[1, [2]]", json.dumps(made))
        self.assertIsInstance(made, list)
        self.assertRaises(TypeError, hash, made)

    def test_copies(self) -> None:
        """
        A copy or a pickle is tracked, has the same in it, and is held and watched
        by nobody.
        """
        made = TrackedList([1, [2]])
        made.append(made)
        outer = TrackedList([made])
        ear = Ear(made)
        copies = [copy.copy(made), copy.deepcopy(made)]
        copies += [
            pickle.loads(pickle.dumps(made, protocol))
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ]
        for each in copies:
            self.assertIs(TrackedList, type(each))
            self.assertEqual([1, [2]], each[:2])
            self.assertIs(TrackedList, type(each[1]))
            self.assertEqual((), each.watchers)
            each.append(3)
        for each in copies[1:]:
            self.assertIs(each, each[2])
            self.assertIsNot(made[1], each[1])
            self.assertEqual([each], [link() for link in each.holders.values()])
        self.assertIs(made, copies[0][2])
        self.assertEqual([], ear.heard)
        self.assertEqual(outer, [made])

    def test_multiplier(self) -> None:
        """
        What multiplies a list of its own accord does so with this one.
        """
        made = TrackedList([1])
        self.assertEqual("multiplied", operator.imul(made, Multiplier()))
        self.assertEqual([1], made)

    def test_subclass(self) -> None:
        """
        A subclass need not call C{__init__}.
        """

        class Mine(TrackedList):
            def __init__(self) -> None:
                pass

        made = Mine()
        made.append([1])
        self.assertEqual([[1]], made)
        self.assertIs(Mine, type(copy.copy(made)))
