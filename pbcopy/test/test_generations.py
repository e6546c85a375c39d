# -*- test-case-name: pbcopy.test.test_generations -*-
"""
Tests for L{pbcopy._generations}.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import chain
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import limits
from pbcopy._generations import Generations, Group, shown
from pbcopy.test.test_packing import CALM


class Duck:
    """
    What has attributes.
    """

    a: Any

    def __init__(self, **state: Any) -> None:
        self.__dict__.update(state)


class Goose(Duck):
    """
    Another one.
    """


class Tracking(dict[Any, Any]):
    """
    Attributes that are no plain dict.
    """


def groupsOf(copy: Any) -> list[Group] | None:
    """
    Give the groups for a copy, if it can be sent so.
    """
    found = generations()
    return found.inwards() if found.find(copy, set()) else None


def generations() -> Generations:
    """
    Give what finds ducks.
    """
    return Generations(lambda copy: set() if isinstance(copy, Duck) else None)


class GenerationsTests(SynchronousTestCase):
    """
    Copies are found, and put into an order.
    """

    def groups(self, copy: Any) -> list[Group]:
        """
        Give the groups for a copy.
        """
        groups = groupsOf(copy)
        if groups is None:
            self.fail("it is not found to be plain")
        return groups

    def test_alone(self) -> None:
        """
        A copy that refers to none is the only one.
        """
        duck = Duck(a=[1, {"b": [None]}])
        (group,) = self.groups(duck)
        self.assertEqual(
            (Duck, [duck], [vars(duck)]), (group.cls, group.copies, group.states)
        )

    def test_tree(self) -> None:
        """
        The copies of a generation are in a group for each class, the youngest first.
        """
        leaves = [Duck(a=1), Goose(a=2), Duck(a=3)]
        middle = [Goose(a=leaves[:2]), Goose(a={"b": leaves[2]})]
        groups = self.groups(Duck(a=middle))
        self.assertEqual({Duck, Goose}, {each.cls for each in groups[:2]})
        self.assertEqual([Goose, Duck], [each.cls for each in groups[2:]])
        youngest = {each.cls: {*each.copies} for each in groups[:2]}
        self.assertEqual({Duck: {*leaves[::2]}, Goose: {leaves[1]}}, youngest)
        self.assertEqual(middle, groups[2].copies)
        for each in groups:
            self.assertEqual([*map(vars, each.copies)], each.states)

    @CALM
    @given(st.lists(st.lists(st.integers(0, 20))))
    def test_order(self, mentions: list[list[int]]) -> None:
        """
        Each copy is in one group, with its state, and behind all that it mentions;
        the outermost one is alone in the last.
        """
        copies: list[Any] = [Duck(a=[])]
        for number, each in enumerate(mentions):
            kind = Goose if number % 3 else Duck
            parts = [copies[one] for one in each if one < len(copies)]
            copies.append(kind(a=[*parts, {"b": parts[:1]}]))
        root = Duck(a=copies)
        seen: set[int] = set()
        groups = self.groups(root)
        for group in groups:
            for copy, state in zip(group.copies, group.states, strict=True):
                self.assertIs(vars(copy), state)
                self.assertIs(group.cls, type(copy))
                self.assertLessEqual({id(one) for one in copy.a if one in copies}, seen)
            seen.update(map(id, group.copies))
        found = [*chain.from_iterable(each.copies for each in groups)]
        self.assertEqual(len(copies) + 1, len(found))
        self.assertEqual({*map(id, [*copies, root])}, {*map(id, found)})
        self.assertEqual([root], groups[-1].copies)

    @CALM
    @given(st.lists(st.tuples(st.integers(0, 20), st.booleans())), st.booleans())
    def test_numbered(self, copies: list[tuple[int, bool]], isTree: bool) -> None:
        """
        The number of each copy leads to its place among all groups, in a tree of one
        class or of several, and where one is mentioned twice.
        """
        made: list[Any] = [Duck(a=[])]
        for parent, isGoose in copies:
            made.append((Goose if isGoose else Duck)(a=[]))
            made[parent % (len(made) - 1)].a.append(made[-1])
        if not isTree:
            made[0].a.append({"b": made[-1]} if len(made) > 1 else [Duck()] * 2)
        found = generations()
        self.assertTrue(found.find(made[0], set()))
        groups = found.inwards() or []
        numbers, places = found.numbered(groups)
        inOrder = [*chain.from_iterable(each.copies for each in groups)]
        reached = [places[numbers[id(each)]] for each in inOrder]
        self.assertEqual([*range(len(inOrder))], reached)

    def test_cycles(self) -> None:
        """
        There is no order where a copy refers to itself, be it by others.
        """
        first = Duck()
        for far in (first, Goose(a=[first]), Duck(a={"b": Duck(a=first)})):
            first.a = [Duck(), far]
            self.assertIsNone(groupsOf(first))
            self.assertIsNone(groupsOf(Goose(a=first)))

    def test_whatIsNotPlain(self) -> None:
        """
        Nothing else may be in a state, and no container in two places.
        """
        one: list[Any] = []
        values: list[Any] = [
            (),
            {1},
            OrderedDict(),
            [[()]],
            {(): 1},
            {Duck(): 1},
            [one, one],
            {"b": one, "c": Duck(a=one)},
        ]
        for value in values:
            self.assertIsNone(groupsOf(Duck(a=value)))
            self.assertIsNone(groupsOf(Duck(a=[Goose(a=value)])))
        one.append(one)
        self.assertIsNone(groupsOf(Duck(a=one)))

    def test_nesting(self) -> None:
        """
        There are so many levels at most.
        """
        self.patch(limits, "MAX_NESTING", 3)
        self.assertEqual(1, len(self.groups(Duck(a=[[1]]))))
        self.assertIsNone(groupsOf(Duck(a=[[[1]]])))

    def test_learn(self) -> None:
        """
        Each class is asked for once, by the first copy of it that is mentioned.
        """
        asked: list[Any] = []

        def learn(copy: Any) -> set[str] | None:
            asked.append(copy)
            return {"secret"} if type(copy) is Duck else None

        ducks = [Duck(secret=1, a=2), Duck(a=3)]
        found = Generations(learn)
        self.assertTrue(found.find(Duck(a=ducks, secret=4), set()))
        self.assertEqual(ducks[:1], asked)
        groups = found.inwards() or []
        self.assertEqual([{"a": 2}, {"a": 3}], groups[0].states)
        self.assertEqual(4, groups[1].states[0]["secret"])
        self.assertFalse(Generations(learn).find(Duck(a=[Goose()]), set()))

    def test_shown(self) -> None:
        """
        A state is shown as it is, less what is hidden, and as a plain dict.
        """
        state = {"a": 1, "b": 2}
        self.assertIs(state, shown(state, {"c"}))
        self.assertEqual({"a": 1}, shown(state, {"b"}))
        self.assertIs(dict, type(shown(Tracking(state), set())))
        self.assertEqual({"a": 1, "b": 2}, state)
