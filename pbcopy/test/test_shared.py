# -*- test-case-name: pbcopy.test.test_shared -*-
"""
Tests for L{pbcopy._shared}.
"""

from __future__ import annotations

import copy
import pickle
from dataclasses import dataclass
from typing import Any

import attr
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb
from pbcopy._nodes import FIELDS, PRIVATE, fieldsOf
from pbcopy._schema import schemaOf
from pbcopy.errors import RegistrationError
from pbcopy.test import sharedponds
from pbcopy.test.sharedponds import Duck, give, isSeen, meet
from pbcopy.testing import sendAcross


@pbcopy.shared
class Bird(pb.Copyable):
    """
    A class with a field of each kind.
    """

    name: str
    nick: str = pbcopy.field(default="", wireName="n")
    secret: Any = pbcopy.field(default=None, visibleTo=isSeen)
    ring: Any = pbcopy.field(default=None, private=True)


@pbcopy.replicaOf(Bird)
class BirdView(pb.RemoteCopy):
    """
    What stands for one.
    """


@pbcopy.shared
class Swan(Bird):
    """
    A subclass with a field more, and one that is hidden from all.
    """

    eggs: list[int] = pbcopy.field(default_factory=list)
    nick: str = pbcopy.field(default="", private=True)


@pbcopy.replicaOf(Swan)
class SwanView(BirdView):
    """
    What stands for one.
    """


@pbcopy.replicaOf("upstream.Relay")
@pbcopy.shared
class Relay(pb.Cacheable, pb.RemoteCache):
    """
    What is a replica here, and a master.
    """

    names: list[str] = pbcopy.field(default_factory=list)

    def getTypeToCopyFor(self, perspective: Any) -> str:
        """
        Give the name that this has at its receivers.
        """
        return "upstream.Relay"


class ClassesTests(SynchronousTestCase):
    """
    Tests for which classes can be declared.
    """

    def refusal(self, cls: Any) -> RegistrationError:
        """
        Give the error for a class.
        """
        error: RegistrationError = self.assertRaises(
            RegistrationError, pbcopy.shared, cls
        )
        return error

    def test_flavors(self) -> None:
        """
        It is a class of objects that pbcopy sends.  Twisted's do not tell anybody
        of changes.
        """
        classes: list[Any] = [
            object,
            int,
            5,
            Bird("swan"),
            pb.RemoteCache,
            pb.RemoteCopy,
            pb.Root,
            type("Stock", (stock.Cacheable,), {}),
            type("Stock", (stock.Copyable,), {}),
        ]
        for cls in classes:
            error = self.refusal(cls)
            self.assertEqual("shared", error.where)
            self.assertEqual(repr(cls), error.got)
            self.assertIn("pbcopy.Copyable", error.expected)

    def test_methods(self) -> None:
        """
        A class that says by a method what its state is, or inherits one that does,
        is refused, and nothing has been done to it.
        """
        for name in (
            "getStateToCopy",
            "getStateToCopyFor",
            "getStateToCacheAndObserveFor",
        ):
            methods: list[Any] = [lambda self, *args: {}, staticmethod(dict), None]
            for method in methods:
                base: Any = type("Base", (pb.Cacheable,), {name: method})
                classes: list[Any] = [base, type("Sub", (base,), {})]
                for cls in classes:
                    error = self.refusal(cls)
                    self.assertEqual(f"{cls.__qualname__}.{name}", error.where)
                    self.assertIn("remove the method", error.advice)
                    self.assertIsNone(schemaOf(cls))
                    self.assertIsNone(fieldsOf(cls.__new__(cls)))

    def test_otherMethods(self) -> None:
        """
        It may have any other method, such as one that gives its name, or hears of
        the end.
        """
        stopped: list[Any] = []

        @pbcopy.shared
        class Named(pb.Cacheable):
            name: str = "swan"

            def getTypeToCopyFor(self, perspective: Any) -> str:
                return "pbcopy.test.sharedponds.Pond"

            def stoppedObserving(self, perspective: Any, observer: Any) -> None:
                stopped.append(observer)

        view = give(connection := meet(), sharedponds.Pond())
        self.assertIsNotNone(view)
        # There are no fields that the replica wants.
        self.assertRaises(pbcopy.Violation, give, connection, Named())
        self.flushLoggedErrors(pbcopy.Violation)
        connection.cut()
        self.assertEqual(1, len(stopped))

    def test_kinds(self) -> None:
        """
        It may be a dataclass, an attrs class, or a plain class, which is made a
        dataclass; it stays the class that it is.
        """

        class Plain(pb.Copyable):
            name: str
            ring: int = pbcopy.field(default=1, private=True)

        @dataclass
        class Data(pb.Copyable):
            name: str
            ring: int = pbcopy.field(default=1, private=True)

        @attr.define(eq=False)
        class Attrs(pb.Copyable):
            name: str
            ring: int = attr.field(default=1, metadata=pbcopy.options(private=True))

        classes: list[Any] = [Plain, Data, Attrs]
        for cls in classes:
            self.assertIs(cls, pbcopy.shared(cls))
            self.assertEqual(("name",), getattr(cls, FIELDS))
            self.assertEqual(("ring",), getattr(cls, PRIVATE))
            made = cls("swan")
            self.assertEqual(("swan", 1), (made.name, made.ring))
            self.assertEqual({"name": "swan"}, made.getStateToCopyFor(None))
            self.assertEqual("swan", copy.copy(made).name)
            self.assertNotEqual(0, len({made, cls("swan")}))

    def test_again(self) -> None:
        """
        To declare a class twice changes nothing.
        """
        fields = getattr(Bird, FIELDS)
        self.assertIs(Bird, pbcopy.shared(Bird))
        self.assertEqual(fields, getattr(Bird, FIELDS))
        self.assertEqual("goose", sendAcross(Bird("goose")).name)


class InheritanceTests(SynchronousTestCase):
    """
    Tests for a subclass of a declared class.
    """

    def test_fields(self) -> None:
        """
        It has the fields of its base, some of which it may declare anew.
        """
        self.assertEqual(("name", "secret", "eggs"), getattr(Swan, FIELDS))
        self.assertEqual(("nick", "ring"), getattr(Swan, PRIVATE))
        self.assertEqual(("name", "nick", "secret"), getattr(Bird, FIELDS))
        swan = Swan("swan", nick="s", ring=5, eggs=[1])
        view = sendAcross(swan)
        self.assertIsInstance(view, SwanView)
        self.assertEqual(("swan", [1]), (view.name, view.eggs))
        # The base of the replica has a default for what is private now.
        self.assertEqual("", view.nick)
        self.assertEqual({"name", "nick", "eggs"}, {*vars(view)})

    def test_tracked(self) -> None:
        """
        What it sets is tracked, in the fields of either.
        """
        pond = sharedponds.Pond(things=Swan("swan"))
        view = give(connection := meet(), pond)
        pond.things.name = "coot"
        pond.things.eggs.append(1)
        connection.deliver()
        self.assertEqual(("coot", [1]), (view.things.name, view.things.eggs))

    def test_undeclared(self) -> None:
        """
        One that is not declared has a state that nobody has declared: it is
        refused by its name.
        """

        class Duckling(Duck):
            down: str = "yellow"

        pond = sharedponds.Pond(things=Duckling("ugly"))
        error = self.assertRaises(pbcopy.Unsendable, give, meet(), pond)
        self.assertIn("Duckling: its class is not declared", str(error))


class CopyTests(SynchronousTestCase):
    """
    Tests for a shared object that is sent by itself.
    """

    def test_fields(self) -> None:
        """
        It has the fields that are not private, by their names on the wire, and
        those that have a value.
        """
        bird = Bird("swan", nick="s", ring=5)
        self.assertEqual(
            {"name": "swan", "n": "s", "secret": None}, bird.getStateToCopyFor("owner")
        )
        view = sendAcross(bird)
        self.assertIsInstance(view, BirdView)
        self.assertEqual({"name": "swan", "nick": "s"}, vars(view))
        del vars(bird)["name"]
        self.assertEqual({"n": "s"}, bird.getStateToCopyFor(None))

    def test_viewers(self) -> None:
        """
        Each perspective gets what it may see now, in parts of it, too.
        """
        self.patch(sharedponds, "SEERS", {"owner"})
        bird = Bird("swan", secret=[Bird("goose", secret=1)])
        connection = meet()
        owner, other = (give(connection, [bird], each)[0] for each in ("owner", "x"))
        self.assertEqual(1, owner.secret[0].secret)
        self.assertFalse(hasattr(other, "secret"))
        sharedponds.SEERS = {"x"}
        [owner, other] = [give(connection, [bird], e)[0] for e in ("owner", "x")]
        self.assertFalse(hasattr(owner, "secret"))
        self.assertEqual(1, other.secret[0].secret)

    def test_failing(self) -> None:
        """
        Where that cannot be told, it may not see it.
        """
        self.assertNotIn("secret", Bird("swan").getStateToCopyFor([]))
        self.assertEqual(1, len(self.flushLoggedErrors(TypeError)))

    def test_slots(self) -> None:
        """
        So it is where the fields are in slots.
        """

        @pbcopy.shared
        @attr.define(eq=False)
        class Slotted(pb.Copyable):
            name: str
            eggs: list[int] = attr.Factory(list)

        made: Any = Slotted("swan", [1])
        self.assertEqual({"name": "swan", "eggs": [1]}, made.getStateToCopyFor(None))
        del made.name
        self.assertEqual({"eggs": [1]}, made.getStateToCopyFor(None))

    def test_pickled(self) -> None:
        """
        A copy and a pickle have all fields, the private ones, too.
        """
        bird = Bird("swan", secret=[1], ring=5)
        for made in (copy.deepcopy(bird), pickle.loads(pickle.dumps(bird))):
            self.assertEqual(("swan", [1], 5), (made.name, made.secret, made.ring))
            made.secret.append(2)
        self.assertEqual([1], bird.secret)


class BothTests(SynchronousTestCase):
    """
    Tests for a class that is a master, and a replica.
    """

    def test_relayed(self) -> None:
        """
        What is changed upstream arrives downstream.
        """
        master = Relay(names=["swan"])
        first, second = meet(), meet()
        relay = give(first, master)
        view = give(second, relay)
        self.assertEqual([Relay, Relay], [type(relay), type(view)])
        self.assertIsNot(relay, view)
        with pbcopy.changing(master):
            master.names.append("goose")
            master.names.append("coot")
        first.deliver()
        second.deliver()
        self.assertEqual(["swan", "goose", "coot"], view.names)
        for each in (relay, view):
            self.assertRaises(pbcopy.ReadOnlyReplica, each.names.clear)
            self.assertRaises(pbcopy.ReadOnlyReplica, setattr, each, "names", [])
        master.names.clear()
        self.assertEqual([], master.names)
