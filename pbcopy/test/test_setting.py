# -*- test-case-name: pbcopy.test.test_setting -*-
"""
Tests for L{pbcopy._setting}.
"""

from __future__ import annotations

import dataclasses
import inspect
from dataclasses import dataclass, field
from typing import Any

import attr
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import Copyable
from pbcopy._adoption import attributesOf
from pbcopy._nodes import SIMPLE, Attributes, WatchedAttributes
from pbcopy._operations import ABSENT
from pbcopy._tracked import holdersOf
from pbcopy._trackedlist import TrackedList
from pbcopy.errors import Unsendable
from pbcopy.test.nodes import Duck, Ear, Pond, Refused, Slotted, track


def asList(items: Any) -> list[Any]:
    """
    Give items as a list.
    """
    return list(items)


@track()
@attr.s(auto_attribs=True, eq=False, on_setattr=attr.setters.convert)
class Converted(Copyable):
    """
    An attrs class with a C{__setattr__} of its own.
    """

    items: Any = attr.ib(factory=list, converter=asList)
    number: Any = attr.ib(default=0, converter=int)


@track()
@attr.define(eq=False)
class Validated(Copyable):
    """
    The same, with slots and validators.
    """

    number: Any = attr.field(default=0, validator=attr.validators.instance_of(int))
    items: Any = attr.field(factory=list)


@track()
@dataclass(eq=False)
class Upper(Copyable):
    """
    A class that sets by itself.
    """

    name: Any = ""
    log: Any = field(default_factory=list)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "name":
            value = value.upper() if type(value) is str else value
            self.log.append(value) if "log" in self.__dict__ else None
        super().__setattr__(name, value)
        if value == "RAISE":
            raise ZeroDivisionError

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        if name == "log":
            self.name = "deleted"


@track()
@dataclass(eq=False)
class Drake(Duck):
    """
    A declared subclass, with one more field.
    """

    colours: Any = field(default_factory=set)


class Guarded(Duck):
    """
    A subclass with a C{__setattr__} that goes on to the base.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value * 2 if name == "name" else value)


@track()
class GuardedToo(Duck):
    """
    The same, declared.
    """

    name: Any
    friends: Any

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, value * 2 if name == "name" else value)


class Measured(Duck):
    """
    A subclass with a property in the place of a field.
    """

    @property
    def name(self) -> Any:
        """
        Give the name.
        """
        return self.__dict__.get("_name", "none")

    @name.setter
    def name(self, value: Any) -> None:
        self.__dict__["_name"] = value.strip()

    @property
    def length(self) -> int:
        """
        Give something that is computed.
        """
        return len(self.name)


@track("hidden")
@dataclass(frozen=True, eq=False)
class Frozen(Copyable):
    """
    A class whose fields are not set.
    """

    items: Any = ()
    hidden: Any = None


class SettingTests(SynchronousTestCase):
    """
    Setting an attribute of a shared object is an operation.
    """

    def test_heard(self) -> None:
        """
        Whoever watches hears of it, with what was there.
        """
        pond = Pond()
        node = attributesOf(pond)
        ear = Ear(node)
        pond.colour = "blue"
        pond.ducks = [1]
        del pond.colour
        pond.colour = "red"
        self.assertEqual(
            [
                (node, "colour", "green", "blue"),
                (node, "ducks", [], [1]),
                (node, "colour", "blue", ABSENT),
                (node, "colour", ABSENT, "red"),
            ],
            [(each.node, each.name, each.old, each.new) for each in ear.heard],
        )
        self.assertEqual(("red", [1]), (pond.colour, pond.ducks))
        self.assertIsInstance(pond.ducks, TrackedList)

    def test_equal(self) -> None:
        """
        An equal value is no change, and the old one is kept.
        """
        pond = Pond()
        pond.ducks = [[1]]
        kept, ear = pond.ducks, Ear(attributesOf(pond))
        pond.ducks = [[1]]
        pond.colour = "".join("green")
        pond.ducks += []
        self.assertIs(kept, pond.ducks)
        self.assertEqual([], ear.heard)

    def test_private(self) -> None:
        """
        Of a private field, and of what is not declared, nobody hears, and it may
        be anything.
        """
        pond = Pond()
        ear = Ear(attributesOf(pond))
        pond.secret = secret = [object()]
        pond.undeclared = bytearray()  # type: ignore[attr-defined]
        self.assertIs(secret, pond.secret)
        del pond.secret
        self.assertFalse(hasattr(pond, "undeclared") and "secret" in vars(pond))
        self.assertEqual([], ear.heard)

    def test_refused(self) -> None:
        """
        What could change unseen is refused, with its path, and nothing has changed.
        """
        pond, duck = Pond(), Duck()
        error = self.assertRaises(Unsendable, setattr, duck, "name", [object()])
        self.assertEqual("Duck.name[0]", error.where)
        pond.ducks = [duck]
        error = self.assertRaises(Unsendable, setattr, duck, "name", object())
        self.assertEqual("Pond.ducks[0].name", error.where)
        self.assertEqual("", duck.name)
        self.assertRaises(Unsendable, Duck, bytearray())

    def test_nothingToDelete(self) -> None:
        """
        What is not there cannot be deleted.
        """
        for thing in (Duck(), Pond()):
            attributesOf(thing)
            name = "name" if isinstance(thing, Duck) else "colour"
            delattr(thing, name)
            self.assertRaises(AttributeError, delattr, thing, name)
            self.assertRaises(AttributeError, delattr, thing, "never")
        self.assertRaises(AttributeError, delattr, Duck.__new__(Duck), "name")

    def test_noNodeWithoutNeed(self) -> None:
        """
        An object that nobody holds, and that holds nothing, has a plain dict.
        """
        duck = Duck("x", 1)
        duck.name = (2, 3)
        self.assertIs(dict, type(vars(duck)))
        duck.friends = []
        self.assertIs(Attributes, type(vars(duck)))
        self.assertEqual([attributesOf(duck)], list(holdersOf(duck.friends)))

    def test_atOnce(self) -> None:
        """
        Something simple is set at once, but not where somebody watches, nor where
        all want to hear.
        """
        duck = Duck()
        duck.name = "x"
        ear = Ear(attributesOf(duck))
        duck.name = "y"
        self.assertEqual(1, len(ear.heard))
        self.assertIs(WatchedAttributes, type(vars(duck)))
        self.assertIn(str, SIMPLE)

    def test_dict(self) -> None:
        """
        To replace the dict of an object sets its attributes.  It is refused while
        somebody watches.
        """
        plain, duck = Duck("x", 1), Duck()
        plain.__dict__ = {"name": "y"}
        self.assertEqual({"name": "y"}, vars(plain))
        holder = TrackedList([duck])
        node = attributesOf(duck)
        duck.__dict__ = {"friends": [[1]], "more": 2}
        self.assertIs(node, vars(duck))
        self.assertEqual({"friends": [[1]], "more": 2}, vars(duck))
        self.assertEqual([node], list(holdersOf(duck.friends)))
        self.assertEqual([holder], list(holdersOf(node)))
        Ear(node)
        error = self.assertRaises(Unsendable, setattr, duck, "__dict__", {})
        self.assertEqual("list[0]", error.where)
        self.assertEqual([[1]], duck.friends)

    def test_class(self) -> None:
        """
        The class of an object is set as usual.
        """
        duck = Duck()
        attributesOf(duck)
        duck.__class__ = Guarded
        duck.name = "x"
        self.assertEqual((Guarded, "xx"), (type(duck), duck.name))


class ClassTests(SynchronousTestCase):
    """
    It works with whatever a class does of its own accord.
    """

    def test_attrs(self) -> None:
        """
        What an attrs class makes of a value is what is set, once.
        """
        made = Converted("ab", "7")
        self.assertIsInstance(made.items, TrackedList)
        ear = Ear(attributesOf(made))
        kept = made.items
        made.items = "ab"
        made.number = "7"
        self.assertEqual([], ear.heard)
        self.assertIs(kept, made.items)
        made.items = ("c",)
        made.number = "8"
        self.assertEqual([["c"], 8], [each.new for each in ear.take()])
        self.assertIsInstance(made.items, TrackedList)
        self.assertEqual([attributesOf(made)], list(holdersOf(made.items)))
        self.assertEqual({}, kept.holders)
        self.assertRaises(ValueError, setattr, made, "number", "x")
        self.assertRaises(Unsendable, setattr, made, "items", [object()])
        self.assertEqual(((["c"], 8), []), ((made.items, made.number), ear.heard))

    def test_define(self) -> None:
        """
        So it is with the validators of one with slots.
        """
        made = Validated(items=[[1]])
        self.assertIsInstance(made.items[0], TrackedList)
        ear = Ear(attributesOf(made))
        self.assertRaises(TypeError, setattr, made, "number", "x")
        made.number = 3
        made.items = [2]
        del made.number
        self.assertEqual([3, [2], ABSENT], [each.new for each in ear.heard])
        self.assertEqual([], list(inspect.signature(Validated.__init__).parameters)[3:])

    def test_slots(self) -> None:
        """
        A field in a slot is set as any other.
        """
        made = Slotted()
        ear = Ear(attributesOf(made))
        made.name = "x"
        made.friends = [made]
        del made.name
        self.assertEqual(["x", [made], ABSENT], [each.new for each in ear.heard])

    def test_ownMethods(self) -> None:
        """
        A method of the class may change the value, change something else, or go on
        to a base, and each change is told once.
        """
        made = Upper("a")
        node = attributesOf(made)
        ear = Ear(node, made.log)
        made.name = "b"
        self.assertEqual(["b".upper()], made.log)
        insert, name = ear.take()
        self.assertEqual((["B"], "B"), (insert.new, name.new))
        del made.log
        gone, again = ear.take()
        self.assertEqual(
            [("name", "DELETED"), ("log", ABSENT)],
            [(each.name, each.new) for each in (gone, again)],
        )

    def test_ownMethodThatRaises(self) -> None:
        """
        What was set before it raises was set.
        """
        made = Upper("a")
        ear = Ear(attributesOf(made))
        self.assertRaises(ZeroDivisionError, setattr, made, "name", "raise")
        self.assertEqual(("RAISE", 1), (made.name, len(ear.heard)))

    def test_ownMethodIsNotCalled(self) -> None:
        """
        Where a watcher does not permit it, the method of the class is not called.
        """
        made = Upper("a")
        ear = Ear(attributesOf(made))
        ear.isMild = False
        self.assertRaises(Refused, setattr, made, "name", "b")
        self.assertEqual(("A", []), (made.name, made.log))

    def test_subclasses(self) -> None:
        """
        A subclass has the fields of its base, and may go on to it.
        """
        drake = Drake("x")
        self.assertIn("colours", vars(drake))
        ear = Ear(attributesOf(drake))
        drake.colours |= {"green"}
        drake.name, drake.colours = "y", {"blue"}
        self.assertEqual(
            [{"blue"}], [each.new for each in ear.heard if each.name == "colours"]
        )
        for kind in (Guarded, GuardedToo):
            made = kind("x")
            self.assertEqual("xx", made.name)
            ear = Ear(attributesOf(made))
            made.name = "y"
            made.friends = [1]
            self.assertEqual(["yy", [1]], [each.new for each in ear.heard])

    def test_properties(self) -> None:
        """
        A property is one as usual; where a field is one, what it gives is told.
        """
        made = Measured(" x ")
        ear = Ear(attributesOf(made))
        self.assertRaises(AttributeError, setattr, made, "length", 3)
        made.name = " yy "
        self.assertEqual((2, ["yy"]), (made.length, [each.new for each in ear.heard]))

    def test_frozen(self) -> None:
        """
        A frozen class stays frozen, and what it was made with is tracked.
        """
        made = Frozen([1], [2])
        self.assertRaises(dataclasses.FrozenInstanceError, setattr, made, "items", 1)
        self.assertRaises(dataclasses.FrozenInstanceError, delattr, made, "items")
        self.assertEqual([attributesOf(made)], list(holdersOf(made.items)))
        self.assertIs(list, type(made.hidden))
        self.assertEqual([3], dataclasses.replace(made, items=[3]).items)
