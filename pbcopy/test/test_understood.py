"""
Tests for L{pbcopy._understood}.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _description as told
from pbcopy._classtypes import ANYTHING
from pbcopy._description import described
from pbcopy._types import typeOf
from pbcopy._understood import EnumNamed, ObjectNamed, RecordNamed, understood
from pbcopy.test.test_description import Path
from pbcopy.test.views import DUCK, Colour, Duck


class UnderstoodTests(SynchronousTestCase):
    """
    What was told of a type is understood.
    """

    def test_types(self) -> None:
        """
        Types that name no class are the same types.
        """
        for annotation in (
            *told.SCALARS_TOLD,
            Annotated[int, msgspec.Meta(gt=0, le=9)],
            Annotated[str, msgspec.Meta(min_length=1, max_length=9)],
            list[int],
            Annotated[list[int], msgspec.Meta(min_length=1)],
            dict[str, Any],
            set[int],
            frozenset[bytes],
            tuple[int, ...],
            tuple[int, str],
            tuple[()],
            int | str | None,
            Literal["a", 1, True],
        ):
            type_ = typeOf(annotation)
            self.assertEqual(type_, understood(described(type_)))

    def test_names(self) -> None:
        """
        The classes of the peer are names, and are shown by them.
        """
        colour = understood(described(typeOf(Colour)))
        name = "pbcopy.test.views.Colour"
        self.assertEqual(EnumNamed(name, ("GREEN", "BROWN")), colour)
        self.assertEqual(f"{name}(GREEN, BROWN)", str(colour))
        self.assertEqual("some.Enum", str(EnumNamed("some.Enum", ())))
        duck = understood(described(typeOf(list[Duck])))
        self.assertEqual(f"list[{DUCK}]", str(duck))
        self.assertEqual("an object", str(ObjectNamed("")))
        path = understood(described(typeOf(Path)))
        self.assertIsInstance(path, RecordNamed)
        self.assertEqual("pbcopy.test.test_description.Path", str(path))

    def test_others(self) -> None:
        """
        What another version may tell is anything, in the place where it stands,
        and what it may tell behind is not looked at.
        """
        others: tuple[Any, ...] = (
            None,
            99,
            -1,
            True,
            "int",
            2.5,
            {},
            [],
            [99, 1],
            [None],
            ["int"],
            [[told.LIST, 2]],
            [2, "ge"],
            [2, "ge", "low"],
            [2, "ge", 1, "gt", 1],
            [2, ["ge"], 1],
            [told.LIST],
            [told.LIST, 2, "0", None],
            [told.LIST, 2, 0],
            [told.DICT, 2],
            [told.UNION],
            [told.LITERAL],
            [told.LITERAL, 1, [2]],
            [told.ENUM],
            [told.ENUM, 1],
            [told.ENUM, "a", 1],
            [told.OBJECT, 1],
            [told.RECORD],
            [told.RECORD, "a", "b"],
            [told.RECORD, "a", 1, 2],
        )
        for description in others:
            self.assertIs(ANYTHING, understood(description), description)
        self.assertEqual(typeOf(list[Any]), understood([told.LIST, 99]))
        self.assertEqual(typeOf(list[int]), understood([told.LIST, 2, 0, None, "more"]))
        self.assertEqual(typeOf(int), understood([2, "new", 1]))

    def test_deep(self) -> None:
        """
        What is deep is anything.
        """
        description: Any = 2
        for _ in range(10_000):
            description = [told.LIST, description]
        self.assertIn("Any", str(understood(description)))

    def test_aliases(self) -> None:
        """
        What a name stands for is told, and anything where it is in itself.
        """

        class Name:
            """
            What C{type Tree = list[Tree] | int} makes, from Python 3.12 on.
            """

            __name__ = "Tree"
            __value__: Any

        tree: Any = Name()
        tree.__value__ = list[tree] | int
        found = understood(described(typeOf(tree)))
        self.assertEqual(typeOf(list[Any] | int), found)
