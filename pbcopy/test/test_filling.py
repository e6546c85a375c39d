# -*- test-case-name: pbcopy.test.test_filling -*-
"""
Tests for L{pbcopy._filling}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._filling import blanks, fill, filled, hooksOf, takesAState
from pbcopy.errors import Violation


class View(pb.RemoteCopy):
    """
    What takes a state.
    """

    def count(self) -> int:
        """
        Be a method.
        """
        return 0


class Made(View):
    """
    What takes part in its making.
    """

    def __new__(cls) -> Made:
        """
        Make one.
        """
        return super().__new__(cls)


class Frozen(View):
    """
    What does not let its attributes be set.
    """

    def __setattr__(self, name: str, value: object) -> None:
        """
        Refuse.
        """
        raise TypeError(name)


class Setting(View):
    """
    What takes its state by itself.
    """

    def setCopyableState(self, state: Any) -> None:
        """
        Take it.
        """
        self.taken = state


class Hooked(View):
    """
    What hears of the end of the message.
    """

    def postUnjelly(self) -> None:
        """
        Hear.
        """


class Lending(View):
    """
    What finds attributes that it does not have.
    """

    def __getattr__(self, name: str) -> Any:
        """
        Find one.
        """
        return name


class Looking(View):
    """
    What looks for its attributes by itself.
    """

    def __getattribute__(self, name: str) -> Any:
        """
        Find one.
        """
        return "found" if name == "postUnjelly" else super().__getattribute__(name)


class FillingTests(SynchronousTestCase):
    """
    Blank copies are made, and filled.
    """

    def filled(self, cls: Any, *states: dict[Any, Any]) -> list[Any]:
        """
        Make copies with these states.
        """
        copies = blanks(cls, len(states))
        fill(cls, copies, [each.copy() for each in states])
        alone = [filled(cls, each) for each in states]
        self.assertEqual([*map(vars, copies)], [*map(vars, alone)])
        return copies

    def test_which(self) -> None:
        """
        A class of pbcopy's takes a state, unless it takes part in the making, is
        found by its value, or is no class.
        """
        for cls in (View, Frozen, Setting, Hooked):
            self.assertTrue(takesAState(cls))

        class Found(View):
            def __hash__(self) -> int:
                return 0

        class Unjellied(View):
            def unjellyFor(self, unjellier: Any, jellyList: list[Any]) -> Any:
                return self

        other: list[Any] = [Made, Found, Unjellied, stock.RemoteCopy, View(), len, None]
        for each in other:
            self.assertFalse(takesAState(each))

    def test_fill(self) -> None:
        """
        Each copy gets its own state, in the order of the states.
        """
        for cls in (View, Frozen):
            copies = self.filled(cls, {"a": 1}, {"b": [2]}, {})
            self.assertEqual([{"a": 1}, {"b": [2]}, {}], [*map(vars, copies)])
            self.assertEqual({cls}, {*map(type, copies)})
        self.assertEqual([], self.filled(View))

    def test_setCopyableState(self) -> None:
        """
        One that takes its state by itself is given that.
        """
        copies = self.filled(Setting, {"a": 1}, {"a": 2})
        self.assertEqual([{"a": 1}, {"a": 2}], [each.taken for each in copies])

    def test_names(self) -> None:
        """
        A name that is not the peer's to choose is refused in whichever state it is.
        Names of bytes, as from Python 2, become texts.
        """
        for name in ("count", "__class__", "postUnjelly", 7):
            for states in (
                [{name: 1}],
                [{"a": 1}, {"a": 1, name: 1}],
                [{name: 1}, {}],
                [{b"a": 1}, {name: 1}],
            ):
                self.assertRaises(Violation, self.filled, View, *states)
        copies = self.filled(View, {"a": 1}, {b"a": 2})
        self.assertEqual([{"a": 1}, {"a": 2}], [*map(vars, copies)])

    def test_hooks(self) -> None:
        """
        C{postUnjelly} is found in the class, and wherever else an instance may have
        it.
        """
        for cls in (View, Frozen, Setting):
            self.assertEqual([], hooksOf(cls, blanks(cls, 2)))
        copies = blanks(Hooked, 2)
        self.assertEqual([each.postUnjelly for each in copies], hooksOf(Hooked, copies))
        self.assertEqual(["postUnjelly"], hooksOf(Lending, blanks(Lending, 1)))
        self.assertEqual(["found"], hooksOf(Looking, blanks(Looking, 1)))
        (copy,) = blanks(Setting, 1)
        copy.postUnjelly = "set"
        self.assertEqual(["set"], hooksOf(Setting, [copy]))
