# -*- test-case-name: pbcopy.test.test_classtypes -*-
"""
Tests for L{pbcopy._classtypes}.
"""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _replicas, pb
from pbcopy._classtypes import schemaOf
from pbcopy._declaring import declare, declareReplica
from pbcopy._types import typeOf
from pbcopy.test.declared import Colour, Duck, Pond, checked, refusal


@declare
@dataclass(eq=False)
class Drake(Duck):
    """
    A duck with more to it.
    """

    call: str = "quack"


class Quiet(Duck):
    """
    A duck that was not declared itself.
    """


class ObjectTests(SynchronousTestCase):
    """
    An object is an instance of its class, or stands for one.
    """

    def test_itsOwnFields(self) -> None:
        """
        The fields of an object are those that its own class declares, without
        the private ones; other attributes are not looked at.
        """
        drake: Any = Drake("Donald")
        drake.more = object()
        self.assertIs(drake, checked(Duck, drake))
        drake.call = 7
        self.assertEqual("it.call", refusal(Duck, drake).where)
        pond: Any = Pond()
        pond.secret = object()
        checked(Pond, pond)

    def test_whatDidNotCome(self) -> None:
        """
        A field that an object does not have is not looked at.
        """
        duck = Duck("Donald")
        del duck.name
        checked(Duck, duck)

    def test_others(self) -> None:
        """
        An object of another class is refused.
        """
        for value in (Pond(), "Donald", None, Duck):
            self.assertEqual("Duck", refusal(Duck, value).expected)
        self.assertEqual("Drake", refusal(Drake, Duck("Donald")).expected)

    def test_replicas(self) -> None:
        """
        A replica stands for its master's class and the bases of that, and is
        checked as it is declared itself.
        """
        self.patch(_replicas, "_replicas", {})

        class DrakeView(pb.RemoteCopy):
            pass

        view: Any = DrakeView()
        refusal(Duck, view)
        declareReplica(Drake, DrakeView)
        view.weight = 2
        self.assertIs(view, checked(Duck, view))
        self.assertIs(float, type(view.weight))
        view.call = 7
        self.assertEqual("it.call", refusal(Drake, view).where)
        refusal(Pond, view)

    def test_notDeclared(self) -> None:
        """
        An object that was not declared is not looked into, and C{accepted} is not
        told of it.
        """
        for annotation, value in [
            (pb.Cacheable, pb.Cacheable()),
            (stock.Referenceable, stock.Root()),
            (PurePath, PurePath("x")),
            (Duck, Quiet("Donald")),
        ]:
            self.assertIs(value, checked(annotation, value, accepted=None))
        self.assertIsNone(schemaOf(Quiet))

    def test_fieldsForLater(self) -> None:
        """
        The type that C{accepted} is told has the types of the fields.
        """
        types: list[Any] = []
        checked(Duck, Drake("Donald"), accepted=lambda _, type_: types.append(type_))
        self.assertEqual("str", str(types[0].fieldType("call")))
        self.assertEqual("Duck | None", str(types[0].fieldType("friend")))


class UnionTests(SynchronousTestCase):
    """
    A union is one of its arms.
    """

    def test_chosen(self) -> None:
        """
        The arm that has a value as it is is chosen before one that converts it.
        """
        for annotation, value, expected in [
            (float | int, 1, int),
            (float | Annotated[int, Meta(ge=0)], 1, int),
            (float | Annotated[int, Meta(ge=2)], 1, float),
            (Colour | str, "green", str),
            (Colour | int, "green", Colour),
            (UUID | str, "x", str),
            (list[int] | dict[str, int] | None, {}, dict),
            (Duck | list[Duck], [], list),
            (tuple[int] | tuple[int, float], (1, 2), tuple),
        ]:
            self.assertIs(expected, type(checked(annotation, value)))

    def test_theArmIsWalked(self) -> None:
        """
        What is in the value is of the arm that was chosen, and C{accepted} is
        told of that.
        """
        annotation = list[int] | dict[str, float] | Duck
        types: list[Any] = []
        checked(annotation, {"x": 1}, accepted=lambda _, type_: types.append(type_))
        self.assertEqual(["dict[str, float]"], [str(each) for each in types])
        self.assertEqual("it[0]", refusal(annotation, ["x"]).where)
        self.assertIs(float, type(checked(tuple[int] | tuple[int, float], (1, 2))[1]))

    def test_none(self) -> None:
        """
        A value that no arm takes is refused, and all arms are told.
        """
        error = refusal(int | None | list[str], "x")
        self.assertEqual("int | None | list[str]", error.expected)


class AnythingTests(SynchronousTestCase):
    """
    Anything is taken, and the objects in it are checked.
    """

    def test_all(self) -> None:
        """
        Any value is taken as it is.
        """
        for value in (
            1,
            True,
            "x",
            None,
            [1],
            {1: 2},
            {1},
            (1, [2]),
            object(),
            deque(),
        ):
            self.assertIs(value, checked(Any, value))
            self.assertIs(value, checked(object, value))

    def test_objectsInIt(self) -> None:
        """
        An object is checked as its class declares it, whatever it is in.
        """
        duck: Any = Duck("Donald")
        duck.name = 7
        for value, where in [
            (duck, "it.name"),
            ([{"x": (duck,)}], "it[0].x[0].name"),
            ({duck}, "it{…}.name"),
            (frozenset({duck}), "it{…}.name"),
            ({duck: 1}, f"it[{duck!r}].name"),
        ]:
            self.assertEqual(where, refusal(Any, value).where)


class AliasTests(SynchronousTestCase):
    """
    A type may have a name, which may be in it again.
    """

    if sys.version_info < (3, 12):
        skip = "there is no such statement"

    def alias(self, text: str) -> Any:
        """
        Make an alias by a statement that older Pythons do not know.
        """
        names: dict[str, Any] = {"Duck": Duck}
        exec(text, names)
        return names["It"]

    def test_recursive(self) -> None:
        """
        A name that is in its own type is what it stands for there, too.
        """
        json = self.alias("type It = dict[str, It] | list[It] | str | float | None")
        value: Any = {"a": [{"b": "c"}, None, 1]}
        self.assertIs(value, checked(json, value))
        self.assertIs(float, type(value["a"][2]))
        error = refusal(json, {"a": [{"b": b"c"}]})
        self.assertEqual("it.a[0].b", error.where)
        self.assertEqual("It", str(typeOf(json)))

    def test_inOthers(self) -> None:
        """
        A name may be an arm, an item, or have a parameter.
        """
        pair = self.alias("type It[T] = tuple[T, float]")
        self.assertEqual((1, 2.0), checked(pair[int], (1, 2)))
        numbers = self.alias("type N = int | float; It = list[N | None]")
        self.assertEqual([1, None], checked(numbers, [1, None]))
        refusal(numbers, ["x"])
