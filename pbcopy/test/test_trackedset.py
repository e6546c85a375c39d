# -*- test-case-name: pbcopy.test.test_trackedset -*-
"""
Tests for L{pbcopy._trackedset}.
"""

from __future__ import annotations

import copy
import operator
import pickle
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._trackedset import TrackedSet
from pbcopy.errors import Unsendable
from pbcopy.test.mutators import Sample, Table
from pbcopy.test.nodes import Duck, Ear, Pond

START = {1, 2, 3, frozenset([4])}


def methods(name: str) -> list[Sample]:
    """
    Give calls of one of the methods that take other sets.
    """

    def calling(*others: Any) -> Sample:
        return lambda each: getattr(each, name)(*others)

    return [
        calling({2, 3, 9}),
        calling([2, 3, 9, 9]),
        calling({1.0}),
        calling({1.0, 2, 3, 4, 5, 6}),
        calling(set()),
        calling(START),
        calling([2], {3: 4}),
        calling(),
        calling(7),
        calling([[]]),
        calling([([],)]),
        lambda each: getattr(each, name)(each),
        lambda each: getattr(each, name)(iter([2, 9])),
    ]


def operators(method: Any) -> list[Sample]:
    """
    Give uses of one of the operators.
    """

    def using(other: Any) -> Sample:
        return lambda each: method(each, other)

    return [
        using({2, 9}),
        using(frozenset([2, 9])),
        using({1.0}),
        using(set()),
        using([2, 9]),
        using(7),
        lambda each: method(each, each),
    ]


TABLE = Table(
    set,
    TrackedSet,
    START,
    {
        "__init__": [
            lambda each: each.__init__(),
            lambda each: each.__init__([1, 9]),
            lambda each: each.__init__(7),
            lambda each: each.__init__([], []),
        ],
        "__iand__": operators(operator.iand),
        "__ior__": operators(operator.ior),
        "__isub__": operators(operator.isub),
        "__ixor__": operators(operator.ixor),
        "add": [
            lambda each: each.add(9),
            lambda each: each.add(1),
            lambda each: each.add(1.0),
            lambda each: each.add((1, 2)),
            lambda each: each.add([]),
            lambda each: each.add({1}),
            lambda each: each.add(),
        ],
        "clear": [lambda each: each.clear(), lambda each: each.clear(1)],
        "difference_update": methods("difference_update"),
        "discard": [
            lambda each: each.discard(1),
            lambda each: each.discard(9),
            lambda each: each.discard({4}),
            lambda each: each.discard({5}),
            lambda each: each.discard([]),
            lambda each: each.discard(),
        ],
        "intersection_update": methods("intersection_update"),
        "pop": [lambda each: each.pop(), lambda each: each.pop(1)],
        "remove": [
            lambda each: each.remove(1),
            lambda each: each.remove({4}),
            lambda each: each.remove(9),
            lambda each: each.remove({5}),
            lambda each: each.remove([]),
        ],
        "symmetric_difference_update": methods("symmetric_difference_update"),
        "update": methods("update"),
    },
    [
        "__and__",
        "__contains__",
        "__iter__",
        "__len__",
        "__or__",
        "__rand__",
        "__ror__",
        "__rsub__",
        "__rxor__",
        "__sub__",
        "__xor__",
        "copy",
        "difference",
        "intersection",
        "isdisjoint",
        "issubset",
        "issuperset",
        "symmetric_difference",
        "union",
    ],
)


class TrackedSetTests(SynchronousTestCase):
    """
    A L{TrackedSet} is a set, and says how it changes.
    """

    def test_names(self) -> None:
        """
        It is known of each name that this Python gives a set whether it is a
        mutator.
        """
        TABLE.checkNames(self)

    def test_mutators(self) -> None:
        """
        Each mutator does what that of a set does, and is one operation at most.
        """
        TABLE.checkAll(self)

    def test_ofTheEmpty(self) -> None:
        """
        From an empty one nothing can be taken.
        """
        self.assertRaises(KeyError, TrackedSet().pop)
        error = self.assertRaises(KeyError, TrackedSet().remove, 9)
        self.assertEqual((9,), error.args)

    def test_anotherKindOfSet(self) -> None:
        """
        An operator that the other side defines is used as with a set.
        """
        made = other = TrackedSet([1])
        made |= {2: 3}.keys()
        self.assertEqual(({1, 2}, {1}), (made, other))
        self.assertIs(set, type(made))

    def test_removesTheMemberThatIsThere(self) -> None:
        """
        Where an equal one of another type is named, the member itself goes, so that
        it comes back where a block raises.
        """
        for remove in (TrackedSet.discard, TrackedSet.remove):
            made = TrackedSet([1, 2])
            ear = Ear(made)
            remove(made, True)
            remove(made, 2.0)
            gone = [type(each) for one in ear.heard for each in one.removed]
            self.assertEqual([int, int], gone)

    def test_popsInLinearTime(self) -> None:
        """
        What is popped is what a set itself pops, which finds the next at once.
        """
        made, twin = TrackedSet(range(2000)), set(range(2000))
        self.assertEqual(
            [twin.pop() for _ in range(2000)], [made.pop() for _ in range(2000)]
        )

    def test_refused(self) -> None:
        """
        A member that could change is refused, and nothing has changed.
        """
        made = TrackedSet([1])
        for mutate in [
            lambda: made.add(Duck()),
            lambda: made.update([2], [(3, Duck())]),
            lambda: made.__ior__({Duck()}),
            lambda: made.symmetric_difference_update([Duck()]),
        ]:
            error = self.assertRaises(Unsendable, mutate)
            self.assertEqual("set{…}", error.where)
        self.assertEqual({1}, made)
        self.assertRaises(Unsendable, TrackedSet, [object()])

    def test_mentions(self) -> None:
        """
        What is observed by itself may be a member.
        """
        pond = Pond()
        made = TrackedSet([pond])
        self.assertIn(pond, made)

    def test_readsAsASet(self) -> None:
        """
        It compares as a set, and what is made of it changes by itself.
        """
        made = TrackedSet([1])
        ear = Ear(made)
        for other in (made | {2}, made.copy(), made - {3}, made ^ {4}, made & {1}):
            other.add(5)
        self.assertEqual(({1}, []), (made, ear.heard))
        self.assertEqual("TrackedSet({1})", repr(made))
        self.assertRaises(TypeError, hash, made)

    def test_copies(self) -> None:
        """
        A copy or a pickle is tracked, has the same in it, and is watched by nobody,
        even in a cycle.
        """
        pond = Pond()
        pond.ducks = {1, pond}
        made = pond.ducks
        ear = Ear(made)
        copies = [copy.copy(made), copy.deepcopy(made)]
        copies += [
            pickle.loads(pickle.dumps(made, protocol))
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ]
        for each in copies:
            self.assertIs(TrackedSet, type(each))
            self.assertEqual(2, len(each))
            each.add(3)
        for each in copies[1:]:
            [other] = each - {1, 3}
            self.assertIsNot(pond, other)
            self.assertIs(each, other.ducks)
        self.assertEqual([], ear.heard)
