# -*- test-case-name: pbcopy.test.test_types -*-
# ruff: noqa: UP006, UP007, UP035, UP045
"""
Tests for L{pbcopy._types}.
"""

from __future__ import annotations

import datetime
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import PurePath
from types import FunctionType
from typing import (
    Annotated,
    Any,
    Dict,
    Final,
    Generic,
    List,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    Protocol,
    Tuple,
    Type,
    TypedDict,
    TypeVar,
    Union,
)

from msgspec import Meta
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import Interface

from pbcopy import pb
from pbcopy._classtypes import ANYTHING
from pbcopy._types import typeOf
from pbcopy.errors import RegistrationError
from pbcopy.test.declared import Colour, Duck

Thing = TypeVar("Thing")
Age = NewType("Age", int)


class Point(NamedTuple):
    """
    A record.
    """

    x: int


class Box(pb.Copyable, Generic[Thing]):
    """
    A class with a parameter.
    """


class Talking(Protocol):
    """
    A protocol.
    """


class Named(TypedDict):
    """
    A dict with names.
    """

    name: str


class ReadTests(SynchronousTestCase):
    """
    An annotation says what a value is.
    """

    def test_read(self) -> None:
        """
        A type reads as its annotation does.
        """
        for annotation, shown in [
            (Any, "Any"),
            (object, "Any"),
            (Thing, "Any"),
            (None, "None"),
            (int, "int"),
            (Age, "int"),
            (datetime.datetime, "datetime"),
            (Decimal, "Decimal"),
            (Final[int], "int"),
            (Literal["a", 1], "Literal['a', 1]"),
            (Colour, "Colour"),
            (Point, "Point"),
            (PurePath, "PurePath"),
            (Duck, "Duck"),
            (Box[int], "Box"),
            (list[str], "list[str]"),
            (List[str], "list[str]"),
            (list, "list[Any]"),
            (dict, "dict[Any, Any]"),
            (Dict[str, int], "dict[str, int]"),
            (set[int], "set[int]"),
            (frozenset, "frozenset[Any]"),
            (tuple, "tuple[Any, ...]"),
            (tuple[int, str], "tuple[int, str]"),
            (Tuple[int, ...], "tuple[int, ...]"),
            (tuple[()], "tuple[()]"),
            (Optional[int], "int | None"),
            (Union[int, str, None], "int | str | None"),
            (int | Duck, "int | Duck"),
            (Optional[Union[list[int], Duck]], "list[int] | Duck | None"),
            (Union[int, Any], "Any"),
            (Union[Age, int], "int"),
            (dict[str, list[Duck | None]], "dict[str, list[Duck | None]]"),
            (set[tuple[int, ...]], "set[tuple[int, ...]]"),
            (Annotated[int, "a note"], "int"),
            (Annotated[int, Meta(description="how many")], "int"),
            (Annotated[int, Meta(ge=0)], "int (ge=0)"),
            (Annotated[int | None, Meta(ge=0)], "int (ge=0) | None"),
            (Annotated[list[int], Meta(max_length=2)], "list[int] (max_length=2)"),
            (
                Annotated[str | list[int], Meta(min_length=1)],
                "str (min_length=1) | list[int] (min_length=1)",
            ),
            (list[Annotated[str, Meta(max_length=2)]], "list[str (max_length=2)]"),
        ]:
            self.assertEqual(shown, str(typeOf(annotation)))

    def test_equal(self) -> None:
        """
        What says the same is the same.
        """
        self.assertEqual(typeOf(list[Optional[int]]), typeOf(List[int | None]))
        self.assertNotEqual(typeOf(list[int]), typeOf(list[Annotated[int, Meta(ge=0)]]))
        self.assertNotEqual(typeOf(Point), typeOf(Duck))
        self.assertNotEqual(typeOf(Literal[1]), typeOf(Literal[True]))
        self.assertIs(ANYTHING, typeOf(Any))

    def test_meaningless(self) -> None:
        """
        An annotation that says nothing that can be checked is an error.
        """
        for annotation in [
            *("int", 7, [int], Interface),
            *(Callable, Callable[[int], int], Type[int], type, FunctionType),
            *(bytearray, range, memoryview, deque, deque[int], OrderedDict),
            *(Sequence, Sequence[int], Mapping[str, int], Exception),
            *(Talking, Named),
            *(list[Callable[[], int]], tuple[int, type], int | deque[int]),
        ]:
            error = self.assertRaises(RegistrationError, typeOf, annotation)
            self.assertIn("says nothing that can be checked", error.what)
            self.assertNotEqual("", error.got)

    def test_notHashable(self) -> None:
        """
        A set or a key that could not be is an error.
        """
        for annotation in (
            *(set[list[int]], frozenset[set[int]], dict[list[int], int]),
            set[dict[str, int] | None],
        ):
            error = self.assertRaises(RegistrationError, typeOf, annotation)
            self.assertIn("tuple", error.advice)

    def test_noChoice(self) -> None:
        """
        A union of two containers of one kind is an error: nothing says which one
        an empty one is.
        """
        for annotation in (
            list[int] | list[str],
            Union[list[int], None, list[str]],
            dict[str, int] | dict[int, int],
            tuple[int, ...] | tuple[str, ...],
            tuple[int, ...] | tuple[str],
            tuple[int] | tuple[str],
            Union[int, Union[list[int], list[str]]],
        ):
            error = self.assertRaises(RegistrationError, typeOf, annotation)
            self.assertIn("list[int | str]", error.advice)
        typeOf(list[int] | set[int] | tuple[int] | tuple[int, int] | dict[str, int])

    def test_senselessBounds(self) -> None:
        """
        Bounds that a type cannot have are an error.
        """
        for annotation in (
            Annotated[int, Meta(max_length=2)],
            Annotated[str, Meta(ge=0)],
            Annotated[bool, Meta(ge=0)],
            Annotated[Decimal, Meta(ge=0)],
            Annotated[Any, Meta(ge=0)],
            Annotated[Duck, Meta(max_length=2)],
            Annotated[Colour, Meta(max_length=2)],
            Annotated[Literal["a"], Meta(max_length=2)],
            Annotated[tuple[int, int], Meta(max_length=2)],
            Annotated[list[int] | int, Meta(pattern="a")],
        ):
            error = self.assertRaises(RegistrationError, typeOf, annotation)
            self.assertIn("no such bounds", error.what)
