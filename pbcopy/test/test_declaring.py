# -*- test-case-name: pbcopy.test.test_declaring -*-
"""
Tests for L{pbcopy._declaring}.
"""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import attr
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _replicas, pb
from pbcopy._declaring import declare, declareReplica
from pbcopy._fields import field, options
from pbcopy._replicas import replicaFor
from pbcopy._schema import Schema, schemaOf
from pbcopy.errors import RegistrationError
from pbcopy.test.declared import Pond


def schema(cls: type) -> Schema:
    """
    Give the schema of a class that has one.
    """
    found = schemaOf(cls)
    if found is None:
        raise AssertionError
    return found


def names(cls: type) -> list[str]:
    """
    Give the names of the fields of a class.
    """
    return list(schema(cls).fields)


def twice(duck: Any) -> str:
    """
    Make a default of the object that is to have it.
    """
    return str(duck.name * 2)


class DeclareTests(SynchronousTestCase):
    """
    A class says what its fields are.
    """

    def test_plain(self) -> None:
        """
        A plain class with annotations becomes a dataclass that compares by
        identity; what is of the class itself is no field.
        """

        @declare
        class Duck(pb.Copyable):
            count: ClassVar[int] = 0
            name: str
            size: int = 3
            more = 7

        duck: Any = Duck("Donald")  # type: ignore[call-arg]
        self.assertTrue(repr(duck).endswith("Duck(name='Donald', size=3)"))
        self.assertNotEqual(Duck("Donald"), duck)  # type: ignore[call-arg]
        self.assertEqual(["name", "size"], names(Duck))

    def test_aDataclass(self) -> None:
        """
        A dataclass stays what it is.
        """

        @declare
        @dataclass(order=True)
        class Duck(pb.Copyable):
            name: str
            size: int = dataclasses.field(default=3, metadata=options(wireName="l"))

        self.assertLess(Duck("Daisy"), Duck("Donald"))
        self.assertEqual(Duck("Daisy"), Duck("Daisy"))
        self.assertEqual(["name", "l"], list(schema(Duck).byWire))

    def test_attrs(self) -> None:
        """
        An attrs class stays what it is, and its defaults may ask the object.
        """

        @declare
        @attr.s(auto_attribs=True)
        class Duck(pb.Copyable):
            name: str
            secret: str = attr.ib(default="egg", metadata=options(private=True))
            eggs: list[int] = attr.Factory(list)
            call: str = attr.Factory(twice, takes_self=True)

        duck = Duck("Donald")
        fields = schema(Duck).fields
        self.assertEqual(["name", "eggs", "call"], list(schema(Duck).byWire))
        self.assertFalse(fields["name"].hasDefault)
        self.assertEqual("egg", fields["secret"].default())
        self.assertEqual([], fields["eggs"].default())
        self.assertEqual("DonaldDonald", fields["call"].default(duck))
        self.assertEqual("list[int]", str(fields["eggs"].type))

    def test_attrsWithoutTypes(self) -> None:
        """
        A field of attrs that has no type may be anything.
        """

        @declare
        @attr.s
        class Duck(pb.Copyable):
            name: Any = attr.ib()
            size = attr.ib(type=int)

        shown = {name: str(each) for name, each in schema(Duck).types.items()}
        self.assertEqual({"name": "Any", "size": "int"}, shown)

    def test_hashable(self) -> None:
        """
        An object is hashed by what it is, where its class compares values and
        says nothing of a hash, and can be referred to weakly.
        """

        @declare
        @dataclass
        class Duck(pb.Copyable):
            name: str

        @declare
        @attr.s(auto_attribs=True)
        class Drake(pb.Copyable):
            name: str

        @declare
        @dataclass
        class Goose(pb.Copyable):
            name: str

            def __hash__(self) -> int:
                return 7

        for cls in (Duck, Drake):
            one, two = cls("Donald"), cls("Donald")
            self.assertEqual(one, two)
            self.assertEqual(2, len({id(one): one, id(two): two}))
            self.assertEqual(object.__hash__(one), hash(one))
            self.assertIs(one, weakref.ref(one)())
        self.assertEqual(7, hash(Goose("Gus")))

    def test_ownMethods(self) -> None:
        """
        An C{__init__} or C{__repr__} that somebody wrote stays, also that of a
        base class; one that C{dataclass} wrote is written again.
        """

        class Written(pb.Copyable):
            def __init__(self) -> None:
                self.name = "Donald"

        @declare
        class Duck(Written):
            name: str

        @declare
        class Drake(pb.Copyable):
            name: str

            def __repr__(self) -> str:
                return "a drake"

        @declare
        class Gander(Drake):
            size: int

        self.assertEqual("Donald", Duck().name)
        gander: Any = Gander("Gus", 7)  # type: ignore[call-arg]
        self.assertEqual("Gus", gander.name)
        self.assertEqual("a drake", repr(gander))

    def test_inherited(self) -> None:
        """
        A class has the fields of its bases, and may say something else of one.
        """

        @declare
        class Bird(pb.Copyable):
            name: str
            size: float = 1.0

        @declare
        class Duck(Bird):
            size: int = field(default=1, wireName="length")
            call: str = "quack"

        self.assertEqual(["name", "size", "call"], names(Duck))
        self.assertEqual(["name", "length", "call"], list(schema(Duck).byWire))
        self.assertEqual("int", str(schema(Duck).types["size"]))
        self.assertEqual("float", str(schema(Bird).types["size"]))

        class Quiet(Duck):
            pass

        self.assertIsNone(schemaOf(Quiet))

    def test_localOnly(self) -> None:
        """
        What never leaves the process by C{localOnly} is private.
        """

        @declare
        class Duck(pb.Copyable):
            localOnly = ("secret",)
            name: str
            secret: str = "egg"

        self.assertTrue(schema(Duck).fields["secret"].private)
        self.assertEqual(["name"], list(schema(Duck).byWire))


class WrongTests(SynchronousTestCase):
    """
    What cannot be declared is an error that names the class and the field.
    """

    def refuses(self, cls: type, name: str) -> RegistrationError:
        """
        Check that a class cannot be declared.
        """
        error = self.assertRaises(RegistrationError, declare, cls)
        self.assertTrue(error.where.endswith(name), error.where)
        self.assertIsNone(schemaOf(cls))
        found: RegistrationError = error
        return found

    def test_oneNameOfTwo(self) -> None:
        """
        Two fields with one name on the wire are an error.
        """

        class Duck(pb.Copyable):
            name: str
            call: str = field(wireName="name")

        self.assertIn("'name'", str(self.refuses(Duck, "Duck.call")))

    def test_aMethodOfItsBase(self) -> None:
        """
        So is one that hides what the class has from PB, by its default.
        """

        class Duck(pb.Copyable):
            jellyFor: Any = None

        self.assertIn("rename", self.refuses(Duck, "Duck.jellyFor").advice)

    def test_ofReplicas(self) -> None:
        """
        A replica has no field of the name of what each replica has.
        """
        for name in ("broker", "luid"):
            space = {"__annotations__": {name: str}, "__module__": __name__}
            master = type("Pond", (pb.Cacheable,), dict(space))
            self.assertIn(name, schema(declare(master)).fields)
            view = type("PondView", (pb.RemoteCache,), dict(space))
            error = self.assertRaises(RegistrationError, declareReplica, "x.Pond", view)
            self.assertEqual(f"PondView.{name}", error.where)
            self.assertIn(f"wireName={name!r}", error.advice)

    def test_fieldsOfAnotherKindOfClass(self) -> None:
        """
        A field that is written as in another kind of class is an error that says
        how it is written here.
        """

        @attr.define
        class Duck(pb.Copyable):
            name: str = field(default="")

        class Goose(pb.Copyable):
            name: str = attr.field(default="")

        for cls in (Duck, Goose):
            error = self.refuses(cls, f"{cls.__name__}.name")
            self.assertIn("pbcopy.options", error.advice)

    def test_aMethod(self) -> None:
        """
        A field that is code of the class, or Python's own, is an error.
        """

        class Duck(pb.Copyable):
            quack: Callable[[], None]

            def quack(self) -> None:  # type: ignore[no-redef]
                pass

        class Drake(pb.Copyable):
            __name__: str

        class Gander(pb.Copyable):
            jellyFor: str  # type: ignore[assignment]

        self.refuses(Duck, "Duck.quack")
        self.refuses(Drake, "Drake.__name__")
        self.refuses(Gander, "Gander.jellyFor")

    def test_slots(self) -> None:
        """
        A replica with slots, as C{attrs.define} makes it, is an error that says what
        to do.
        """

        @dataclass(slots=True)
        class Duck(pb.RemoteCopy):
            name: str

        @attr.define
        class Drake(pb.RemoteCache):
            name: str

        for cls in (Duck, Drake):
            error = self.refuses(cls, f"{cls.__name__}.name")
            self.assertIn("slots=False", error.advice)

    def test_anAnnotation(self) -> None:
        """
        An annotation that says nothing is an error.
        """

        class Duck(pb.Copyable):
            calls: Iterator[str]

        self.refuses(Duck, "Duck.calls")

    def test_options(self) -> None:
        """
        Options that make no sense are an error.
        """

        class Duck(pb.Copyable):
            name: str = field(private=True, wireName="n")

        self.refuses(Duck, "Duck.name")

    def test_whatIsNoDataclass(self) -> None:
        """
        What C{dataclass} refuses is an error of registration.
        """

        class Duck(pb.Copyable):
            size: int = 3
            name: str

        class Drake(pb.Copyable):
            eggs: list[int] = []  # noqa: RUF012

        @attr.s(auto_attribs=True)
        class Bird(pb.Copyable):
            name: str

        class Gander(Bird):
            size: int

        for cls, text in [
            (Duck, "non-default argument"),
            (Drake, "mutable default"),
            (Gander, "attrs class"),
        ]:
            self.assertIn(text, str(self.refuses(cls, cls.__name__)))


class ReplicaTests(SynchronousTestCase):
    """
    A replica has the fields of its master, and its own.
    """

    def setUp(self) -> None:
        """
        Begin with nothing.
        """
        self.patch(_replicas, "_replicas", {})

    def test_likeTheMaster(self) -> None:
        """
        A class that declares nothing has the fields of its master that are sent.
        """

        class PondView(pb.RemoteCache):
            pass

        self.assertIs(PondView, declareReplica(Pond, PondView))
        self.assertEqual(schema(Pond).byWire, schema(PondView).fields)
        self.assertNotIn("secret", schema(PondView).fields)
        self.assertIs(PondView, replicaFor("pbcopy.test.declared.Pond"))

    def test_itsOwn(self) -> None:
        """
        Its own fields stand in the place of its master's, with their name on the
        wire and their rule, or beside them.
        """

        def isSeen(instance: object, perspective: object) -> bool:
            return True

        @declare
        class Duck(pb.Cacheable):
            name: str
            size: int = field(wireName="length", visibleTo=isSeen)

        class DuckView(pb.RemoteCache):
            size: float
            more: str = "x"

        declareReplica(Duck, DuckView)
        self.assertEqual(["name", "length", "more"], list(schema(DuckView).byWire))
        size = schema(DuckView).fields["size"]
        self.assertEqual("float", str(size.type))
        self.assertIs(isSeen, size.visibleTo)

    def test_byName(self) -> None:
        """
        Of a master whose class is not here, its own annotations are all there is.
        """

        class DuckView(pb.RemoteCache):
            name: str

        declareReplica("elsewhere.Duck", DuckView)
        self.assertEqual(["name"], names(DuckView))
        self.assertIs(DuckView, replicaFor("elsewhere.Duck"))

    def test_noInit(self) -> None:
        """
        No C{__init__} is made: it would be called without arguments.
        """

        class DuckView(pb.RemoteCache):
            name: str

        declareReplica("elsewhere.Duck", DuckView)
        DuckView()

    def test_inherited(self) -> None:
        """
        A replica of a subclass has the fields that its base has declared, or that
        the base's master has.
        """

        class DuckView(pb.RemoteCache):
            name: str

        class PondView(DuckView):
            pass

        class LakeView(PondView):
            depth: float

        declareReplica("elsewhere.Duck", DuckView)
        declareReplica(Pond, PondView)
        declareReplica("elsewhere.Lake", LakeView)
        self.assertEqual(["name", *schema(Pond).byWire], names(PondView))
        self.assertEqual([*names(PondView), "depth"], names(LakeView))

    def test_both(self) -> None:
        """
        A class may be both, in either order, and has all fields.
        """

        class One(pb.Cacheable, pb.RemoteCache):
            more: str = "x"

        class Two(pb.Cacheable, pb.RemoteCache):
            more: str = "x"

        declare(declareReplica(Pond, One))
        declareReplica(Pond, declare(Two))
        for cls in (One, Two):
            self.assertEqual({*schema(Pond).byWire, "more"}, {*names(cls)})

    def test_aMethod(self) -> None:
        """
        A field of the master that is a method of the replica is an error that
        names the replica.
        """

        class PondView(pb.RemoteCache):
            def ducks(self) -> int:
                return 7

        error = self.assertRaises(RegistrationError, declareReplica, Pond, PondView)
        self.assertTrue(error.where.endswith("PondView.ducks"))
        self.assertIsNone(replicaFor("pbcopy.test.declared.Pond"))
