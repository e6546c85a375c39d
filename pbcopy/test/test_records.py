# -*- test-case-name: pbcopy.test.test_records -*-
"""
Tests for L{pbcopy._records}.
"""

from __future__ import annotations

import abc
import dataclasses
import enum
from collections import OrderedDict
from functools import cached_property
from typing import Any, ClassVar

import attr
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy.errors import Unsendable, Violation
from pbcopy.test.values import (
    CLASSES,
    Access,
    Bare,
    Color,
    Duck,
    Frozen,
    Ice,
    Level,
    Pond,
    Water,
    assertExact,
    assertRefused,
    jellied,
    register,
    roundTrip,
    unjellied,
)

HERE = b"pbcopy.test.values."


class RecordTestCase(SynchronousTestCase):
    """
    What these tests have in common.
    """

    def setUp(self) -> None:
        """
        Register the classes.
        """
        register(self, *CLASSES)


class EnumTests(RecordTestCase):
    """
    A member of an enumeration arrives as the local member.
    """

    def test_members(self) -> None:
        """
        By its name, whatever its value is.
        """
        for member in (*Color, Color.VERT, *Level, *Access):
            self.assertIs(member, roundTrip(member))
        self.assertEqual({Color.RED: 1}, roundTrip({Color.RED: 1}))

        class Colour(enum.Enum):
            """
            The receiver's own.
            """

            RED = "rouge"

        pb.setUnjellyableForValue(Color, Colour)
        self.assertIs(Colour.RED, roundTrip(Color.RED))
        self.assertRaises(Violation, roundTrip, Color.GREEN)

    def test_combinations(self) -> None:
        """
        A combination of flags arrives by its value, if the class takes it.
        """
        for value in (Access(0), Access.READ | Access.WRITE, ~Access.READ):
            self.assertIs(value, roundTrip(value))

        class Less(enum.Flag):
            """
            It has one flag less.
            """

            READ = 1

        pb.setUnjellyableForValue(Access, Less)
        self.assertRaises(Violation, roundTrip, Access.READ | Access.WRITE)

    def test_notAMember(self) -> None:
        """
        What its class does not list is not sent.
        """

        class Open(enum.Enum):
            """
            It makes what it does not have.
            """

            ONE = 1

            @classmethod
            def _missing_(cls, value: object) -> Any:
                made = object.__new__(cls)
                made._name_ = made._value_ = f"{value}"
                return made

        self.assertRaises(Unsendable, jellied, Open(2))

    def test_refused(self) -> None:
        """
        What is no member is refused, also a value of a class without flags.
        """
        for name in (b"Color", b"Level"):
            name = HERE + name
            for part in (b"BLUE", b"__class__", b"\xff", 1, 1.5, [b"None"]):
                assertRefused(self, b"enum", [name, part])
            assertRefused(self, b"enum", [], [name], [name, b"RED", 1], [1, b"RED"])
        assertRefused(self, b"enum", [HERE + b"Access", 64], [HERE + b"Access", 1.0])
        assertRefused(self, b"enum", [HERE + b"Duck", b"name"], [b"nobody", b"RED"])


class NamedTupleTests(RecordTestCase):
    """
    A named tuple arrives as one.
    """

    def test_exact(self) -> None:
        """
        So do its items, and it is one object where it is one.
        """
        duck = Duck("ugly", [Bare(None)])
        assertExact(self, duck, [duck, duck], {duck.name: (duck, duck)})

    def test_cycles(self) -> None:
        """
        It may be in a cycle of lists and dicts, and be mentioned twice there.
        """
        outers: list[Any] = [[], OrderedDict()]
        for anything in outers:
            duck = Duck(anything, (anything,))
            if isinstance(anything, list):
                anything += [duck, Bare(duck), duck]
            else:
                anything.update(a=duck, b=Bare(duck), c=duck)
            assertExact(self, anything)
        later: list[Any] = []
        duck = Duck(later, 1)
        later.append(duck)
        assertExact(self, [later, duck])

    def test_fieldsByName(self) -> None:
        """
        An item belongs to the field of its name, in whatever order.
        """

        class Swan(Duck):
            """
            The receiver's own, which makes instances in its own way.
            """

            def __new__(cls, *args: Any) -> Any:
                raise RuntimeError("this is not to be called")

        pb.setUnjellyableForValue(Duck, Swan)
        sexp = jellied(Duck("ugly", 7))
        sexp[3:] = reversed(sexp[3:])
        arrived = unjellied(sexp)
        self.assertIs(Swan, type(arrived))
        self.assertEqual(("ugly", 7), tuple(arrived))

    def test_unsendable(self) -> None:
        """
        What has more or less than its fields is not sent.
        """

        class Swan(Duck):
            """
            An instance can have attributes.
            """

        swan: Any = Swan(1, 2)
        jellied(swan)
        swan.colour = "white"
        self.assertRaises(Unsendable, jellied, swan)
        self.assertRaises(Unsendable, jellied, tuple.__new__(Duck, (1,)))

    def test_refused(self) -> None:
        """
        Other fields are refused.
        """
        name = HERE + b"Duck"
        one, two = [b"name", 1], [b"weight", 2]
        assertRefused(self, b"namedtuple", [], [name], [name, one], [name, one, one])
        assertRefused(self, b"namedtuple", [name, one, two, [b"x", 1]])
        assertRefused(
            self, b"namedtuple", [name, one, two, two], [name, one, [b"x", 1]]
        )
        assertRefused(self, b"namedtuple", [name, 1, 2], [name, one, [2, 2]])
        assertRefused(self, b"namedtuple", [HERE + b"Pond", [b"a", 1], [b"b", 1]])
        assertRefused(self, b"namedtuple", [b"builtins.tuple"], [7])


@attr.s(auto_attribs=True, frozen=True, cache_hash=True)
class Cold:
    """
    It keeps its hash.
    """

    a: Any


@dataclasses.dataclass
class Careful:
    """
    A dataclass with everything.
    """

    kind: ClassVar[str] = "careful"
    made: ClassVar[int] = 0
    name: str
    start: dataclasses.InitVar[int] = 0
    total: Any = dataclasses.field(init=False)
    plain: Any = dataclasses.field(init=False, default=5)

    def __post_init__(self, start: int) -> None:
        type(self).made += 1
        if start:
            self.total = start

    @cached_property
    def length(self) -> int:
        """
        Stand for what is computed once.
        """
        return len(self.name)


class InstanceTests(RecordTestCase):
    """
    Instances of dataclasses and attrs classes arrive as they are.
    """

    def test_exact(self) -> None:
        """
        So do frozen ones, and those with slots.
        """
        for cls in (Pond, Frozen, Water, Ice):
            inner = cls(1, [2])
            assertExact(self, inner, cls(inner, inner), [inner, {1: inner}, (inner,)])

    def test_cycles(self) -> None:
        """
        So do those that refer to themselves, with anything in between.
        """
        for cls in (Pond, Frozen, Water, Ice):
            for between in (
                lambda x: x,
                lambda x: [x],
                lambda x: (x,),
                lambda x: {"x": x},
                lambda x: Duck(x, [x]),
                lambda x: Pond(x, (x, x)),
            ):
                made: Any = cls(None)
                inner = between(made)
                object.__setattr__(made, "a", inner)
                assertExact(self, made, [made, made], [inner, made])

    def test_initIsNotCalled(self) -> None:
        """
        Neither C{__init__} nor C{__post_init__} is called.  A field that
        C{__init__} does not set may be without a value.
        """
        register(self, Careful)
        for start in (0, 7):
            one = Careful("duck", start)
            self.assertEqual(4, one.length)
            made = Careful.made
            arrived = roundTrip(one)
            self.assertEqual(made, Careful.made)
            self.assertEqual("duck", arrived.name)
            self.assertEqual(5, arrived.plain)
            self.assertEqual(start, getattr(arrived, "total", 0))
            self.assertNotIn("length", vars(arrived))
            self.assertNotIn("kind", vars(arrived))

    def test_hash(self) -> None:
        """
        An attrs class that keeps its hash can be a key at the receiver.
        """
        register(self, Cold)
        cold = Cold(7)
        self.assertEqual({cold: 1}, roundTrip({cold: 1}))
        self.assertEqual(cold, roundTrip(cold))

    def test_aKeyOfItself(self) -> None:
        """
        A field that came before can be asked for a hash.
        """

        @attr.s(auto_attribs=True, frozen=True)
        class Node:
            """
            Its hash is that of its name.
            """

            name: str
            more: Any = attr.ib(eq=False, repr=False)

        register(self, Node)
        node = Node("it", {})
        node.more[node] = 1
        arrived = roundTrip(node)
        self.assertEqual("it", arrived.name)
        self.assertIs(arrived, next(iter(arrived.more)))

    def test_toTheOther(self) -> None:
        """
        The receiver's class may be of attrs, where the sender's is a dataclass.
        """
        pb.setUnjellyableForValue(Pond, Water)
        self.assertEqual(Water(1, 2), roundTrip(Pond(1, 2)))

    def test_unsendable(self) -> None:
        """
        What is no field, and a field without a value, is not sent.
        """
        more: Any = Pond(1)
        more.colour = "blue"
        with self.assertRaises(Unsendable) as caught:
            jellied(more)
        self.assertEqual("colour", caught.exception.got)
        less = Frozen(1)
        object.__delattr__(less, "a")
        with self.assertRaises(Unsendable) as caught:
            jellied(less)
        self.assertEqual("a", caught.exception.expected)

        class Base:
            """
            It has a slot.
            """

            __slots__ = ("hidden",)

        @dataclasses.dataclass
        class Derived(Base):
            """
            It does not declare that slot.
            """

            a: int

        derived: Any = Derived(1)
        jellied(derived)
        derived.hidden = 7
        with self.assertRaises(Unsendable) as caught:
            jellied(derived)
        self.assertEqual("hidden", caught.exception.got)

    def test_refused(self) -> None:
        """
        Other fields are refused, and so is a class that is not registered.
        """
        a, b = [b"a", 1], [b"b", 2]
        for name in (b"Pond", b"Frozen", b"Water"):
            name = HERE + name
            assertRefused(
                self, b"record", [name], [name, a], [name, a, a], [name, 1, 2]
            )
            assertRefused(self, b"record", [name, a, b, [b"c", 1]], [name, a, [2, 2]])
            assertRefused(self, b"record", [name, a, b, [b"__class__", 1]])
            assertRefused(self, b"record", [name, a, b, [b"\xff", 1]])
            assertRefused(self, b"record", [name, a, [b"b", [b"dereference", 7]]])
        assertRefused(self, b"record", [], [7], [b"nobody"], [b"\xff"])
        assertRefused(self, b"record", [HERE + b"Duck", [b"name", 1], [b"weight", 1]])

    def test_abstract(self) -> None:
        """
        So is one that cannot have instances, or takes no such value.
        """

        @dataclasses.dataclass
        class Abstract(abc.ABC):
            """
            It has a method to come.
            """

            @abc.abstractmethod
            def quack(self) -> None:
                """
                Stand for a method.
                """

        class Proud:
            """
            A field that is not set.
            """

            def __set__(self, instance: object, value: object) -> None:
                raise RuntimeError("no")

        @dataclasses.dataclass
        class Closed:
            """
            Its field is not set.
            """

            a: Any

        Closed.a = Proud()
        pb.setUnjellyableForValue("abstract", Abstract)
        pb.setUnjellyableForValue("closed", Closed)
        assertRefused(self, b"record", [b"abstract"], [b"closed", [b"a", 1]])
