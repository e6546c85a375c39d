# -*- test-case-name: pbcopy.test.test_view -*-
"""
Tests for L{pbcopy._view}.
"""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb
from pbcopy._checking import MOST_DECLARED
from pbcopy._delta import HIDE, SET_FIELD, SPLICE, UPDATE
from pbcopy._nodes import attributesDict
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy._trackedset import TrackedSet
from pbcopy._view import View
from pbcopy.errors import ReadOnlyReplica, Violation
from pbcopy.test.sharedponds import Duck, Pond, give, meet, told
from pbcopy.test.views import (
    DUCK,
    Colour,
    DuckView,
    PondView,
    Relay,
    ViewTestCase,
    state,
)
from pbcopy.testing import connect

DUCKS = (
    {"ducks": [2]},
    [2, 0, [3], [4], [3]],
    [3, 4, "ugly duckling", 0.5],
    [4, 4, "swan", 9],
)
"""A pond with two ducks, one of them twice."""

SHAPES = ([DUCK, "name", "weight"],)


class TakeTests(ViewTestCase):
    """
    A state is taken as it was declared, or not at all.
    """

    def test_values(self) -> None:
        """
        Values are those of the declared types.
        """
        fields = {"colour": "brown", "boss": "a swan", "thing": [0, [1, b"b"]]}
        self.take(fields)
        self.assertIs(Colour.BROWN, self.replica.colour)
        self.assertEqual("a swan", self.replica.leader)
        self.assertEqual((1, b"b"), self.replica.thing)

    def test_nodes(self) -> None:
        """
        Containers are tracked ones, objects are of their classes, made without
        C{__init__}, and what is the same is the same.
        """
        self.take(*DUCKS, shapes=SHAPES)
        one, two, three = self.replica.ducks
        self.assertIs(one, three)
        self.assertEqual([DuckView] * 2, [type(one), type(two)])
        self.assertEqual(["ugly duckling", "swan"], [one.name, two.name])
        self.assertEqual([float, float], [type(one.weight), type(two.weight)])
        self.assertIs(TrackedList, type(self.replica.ducks))
        self.assertIs(TrackedSet, type(self.replica.tags))
        self.assertIs(TrackedDict, type(self.replica.depths))

    def test_cycles(self) -> None:
        """
        A part may be in itself.
        """
        shapes = ([DUCK, "name", "friend"],)
        fields = {"ducks": [2], "thing": [4]}
        nodes = [2, 0, [3]], [3, 4, "one", [3]], [4, 0, [4], [0, [[4]]]]
        self.take(fields, *nodes, shapes=shapes)
        (duck,) = self.replica.ducks
        self.assertIs(duck, duck.friend)
        self.assertIs(self.replica.thing, self.replica.thing[1][0])

    def test_objects(self) -> None:
        """
        What came along is in its place.
        """
        self.take({"thing": [2, 0]}, objects=[2**70])
        self.assertEqual(2**70, self.replica.thing)

    def test_defaults(self) -> None:
        """
        A field that did not come has its default, which is the replica's own and
        no less read-only.
        """
        self.take({"colour": "brown"})
        other: Any = PondView()
        View(other, None).take(state({}), [])
        self.assertEqual(([], set()), (self.replica.ducks, self.replica.tags))
        self.assertEqual("nobody", self.replica.leader)
        self.assertIsNot(self.replica.ducks, other.ducks)
        self.assertRaises(ReadOnlyReplica, self.replica.ducks.append, 1)

    def test_itsOwnAttributes(self) -> None:
        """
        What the application has in it stays, but for the fields.
        """
        self.replica.note = "mine"
        vars(self.replica)["ducks"] = bytearray(b"odd")
        self.take({})
        self.assertEqual("mine", self.replica.note)
        self.assertEqual([], self.replica.ducks)

    def test_lacking(self) -> None:
        """
        A field that has no default has to come, and an error tells all that is
        wrong.
        """
        call = lambda: self.take(  # noqa: E731
            {"ducks": [2], "colour": "purple"},
            [2, 0, [3]],
            [3, 4, 0.5],
            shapes=([DUCK, "weight"],),
        )
        error = str(self.refused(call))
        self.assertIn("DuckView.name", error)
        self.assertIn("PondView.colour", error)

    def test_classesThatAreNotDeclared(self) -> None:
        """
        Classes that are not declared here are told, all in one error, with what to
        do.
        """
        shapes = ["some.Egg", "size"], ["some.Nest"], [DUCK]
        nodes = [2, 4, 1], [3, 5], [4, 6]
        fields = {"thing": [0, [[2], [3], [4]]]}
        error = str(self.refused(lambda: self.take(fields, *nodes, shapes=shapes)))
        for part in ("some.Egg", "some.Nest", "replicaOf", "DuckView.name"):
            self.assertIn(part, error)

    def test_unknownFields(self) -> None:
        """
        A field that is not declared here is ignored, with all that is in it: its
        class need not be known, and what happens to it later is ignored, too.
        """
        shapes = (["some.Egg", "size", "in"],)
        self.take(
            {"eggs": [2], "colour": "green"}, [2, 4, 1, [3]], [3, 0], shapes=shapes
        )
        self.assertFalse(hasattr(self.replica, "eggs"))
        self.listen()
        self.apply([2, SET_FIELD, "size", 2], [3, SPLICE, 0, 0, [1]])
        self.apply([1, SET_FIELD, "eggs", [4]], nodes=([4, 0],))
        self.apply([4, SPLICE, 0, 0, [1]], [1, HIDE, "eggs"])
        self.assertEqual([], self.told)
        self.apply([1, SET_FIELD, "colour", "brown"])
        self.assertIs(Colour.BROWN, self.replica.colour)
        # They cannot be had later.
        self.told.clear()
        self.refusal([1, SET_FIELD, "thing", [3]])

    def test_noNumbersOfWhatDidNotCome(self) -> None:
        """
        Where all fields are known, an operation on a number that is not is refused.
        """
        self.take(*DUCKS, shapes=SHAPES)
        for number in (0, -1, 5, 100):
            self.refusal([number, SPLICE, 0, 0, [1]])
        self.apply([1, SET_FIELD, "ducks", [5]], nodes=([5, 0],))
        self.refusal([2, SPLICE, 0, 0, []])

    def test_wrongTypes(self) -> None:
        """
        What is not what was declared is refused, with its path.
        """
        for fields, nodes, where in (
            ({"colour": "purple"}, (), "PondView.colour"),
            ({"ducks": [2]}, ([2, 0, "a duck"],), "PondView.ducks[0]"),
            ({"ducks": [2]}, ([2, 1],), "PondView.ducks"),
            ({"tags": [2]}, ([2, 2, "a", 7],), "PondView.tags{…}"),
            ({"depths": [2]}, ([2, 1, "a", [0, [1, "b"]]],), "PondView.depths.a[1]"),
            ({"depths": [2]}, ([2, 1, 7, [0, [1, 1.5]]],), "PondView.depths[7]"),
            ({"ratings": [2]}, ([2, 0, 1, 2, 3, 4],), "PondView.ratings"),
            ({"boss": 7}, (), "PondView.leader"),
        ):
            error = self.refused(lambda: self.take(fields, *nodes))  # noqa: B023
            self.assertEqual(where, error.where)
        self.take({"colour": "brown"})
        error = self.refused(lambda: self.take({"colour": "purple"}))
        self.assertIs(Colour.BROWN, self.replica.colour)

    def test_otherTypes(self) -> None:
        """
        A state whose sender declares something else is refused, also where no
        value is wrong yet.  One error tells all that differs, each once.
        """
        shapes = ([DUCK, "weight"], [DUCK, "name", "weight"])
        types = [[[33, 5, 2], None, 5], [5], [2, 5]]
        fields = {"depths": [2], "thing": [3], "more": 1, "colour": "purple"}
        nodes = [2, 1], [3, 0, [4], [5]], [4, 4, "heavy"], [5, 5, 1, "heavy"]
        error = self.refused(
            lambda: self.take(fields, *nodes, shapes=shapes, types=types)
        )
        self.assertEqual(
            [
                "PondView.depths",
                "DuckView.name",
                "DuckView.weight",
                "DuckView.name",
                "PondView.colour",
            ],
            [each.where for each in error.differences],
        )
        first = error.differences[0]
        self.assertEqual("dict[str, int]", first.got)
        self.assertEqual("dict[str, tuple[int, float]]", first.expected)
        self.assertEqual(5, str(error).count("View."))

    def test_compatibleTypes(self) -> None:
        """
        Types are compared with those of the same field, whatever its name is
        here, and those of fields that are not declared here with none.
        """
        types = [[5, [32, 2], 5]]
        self.take({"boss": "me", "weights": [2], "more": 1}, [2, 0, 1], types=types)
        self.assertEqual("me", self.replica.leader)
        self.assertEqual([1.0], self.replica.weights)
        error = self.refused(lambda: self.take({"boss": "me"}, types=[[2]]))
        self.assertEqual("PondView.leader", error.where)
        self.assertEqual((), error.differences)

    def test_typesThatAreNotTold(self) -> None:
        """
        What is told of types may be less, or have another form.
        """
        others: tuple[Any, ...] = (7, {}, [], [7], [[]], [[{}]], [["str", 5]], [[], []])
        for types in (None, *others):
            self.take({"weights": [2]}, [2, 0, 1.5], types=types)
            self.assertEqual([1.5], self.replica.weights)

    def test_typesOfAChange(self) -> None:
        """
        A change that brings a class whose fields are something else is refused.
        """
        self.take({})
        nodes = [2, 0, [3]], [3, 4, "name"]
        change = [1, SET_FIELD, "ducks", [2]]
        shapes = ([DUCK, "name"],)
        error = self.refusal(change, nodes=nodes, shapes=shapes, types=[[2]])
        self.assertEqual("DuckView.name", error.where)
        self.assertEqual(("int", "str"), (error.got, error.expected))

    def test_manyDifferences(self) -> None:
        """
        A declaration has all its differences told, and what a peer makes up has
        not.
        """
        names = [*"abcdefghijklmnop"]
        shapes = tuple([f"some.{each}", each] for each in names)
        nodes = [[at + 2, at + 4, 1] for at in range(len(names))]
        thing = {"thing": [0, [[node[0]] for node in nodes]]}
        error = str(self.refused(lambda: self.take(thing, *nodes, shapes=shapes)))
        self.assertEqual(len(names), error.count("some."))
        names *= MOST_DECLARED
        shapes = tuple([f"some.{at}"] for at, _ in enumerate(names))
        nodes = [[at + 2, at + 4] for at in range(len(names))]
        thing = {"thing": [0, [[node[0]] for node in nodes]]}
        error = str(self.refused(lambda: self.take(thing, *nodes, shapes=shapes)))
        self.assertEqual(MOST_DECLARED, error.count("some."))

    def test_malformed(self) -> None:
        """
        What makes no sense is refused.
        """
        duck, isTwo = [DUCK, "name"], {"thing": [2]}
        for fields, nodes, shapes in (
            ({"thing": [1]}, (), ()),
            ({"thing": [2]}, (), ()),
            (isTwo, ([2, 7],), ()),
            (isTwo, ([2, -1],), ()),
            (isTwo, ([2, 3, "green"],), ()),
            (isTwo, ([2, 4],), (duck,)),
            (isTwo, ([2, 4, "a", "b"],), (duck,)),
            (isTwo, ([2, 2, [3]], [3, 0]), ()),
            (isTwo, ([2, 1, "a"],), ()),
            (isTwo, ([2, 0], [2, 0]), ()),
            (isTwo, ([2, 0], [0, 0]), ()),
            (isTwo, ([2, 0, [2, 0]],), ()),
        ):
            self.refused(lambda: self.take(fields, *nodes, shapes=shapes))  # noqa: B023
        for packed in (
            state({}, name=DUCK),
            state({}, name="some.Egg"),
            state({}) + b"\x00",
            b"",
        ):
            self.refused(lambda: self.view.take(packed, []))  # noqa: B023
        self.refused(lambda: self.view.take(state({}), None))
        self.take({})


class FreshTests(ViewTestCase):
    """
    A fresh state changes what is there.
    """

    def setUp(self) -> None:
        """
        Have a pond with ducks.
        """
        super().setUp()
        self.take(*DUCKS, shapes=SHAPES)
        self.ducks = self.replica.ducks
        self.one, self.two, _ = self.ducks

    def fresh(self, *nodes: list[Any], **more: Any) -> None:
        """
        Take a fresh state with ducks and things.
        """
        fields = {"ducks": [2], "thing": [5]}
        self.take(fields, *nodes, shapes=SHAPES, version=7, **more)

    def test_identity(self) -> None:
        """
        What has the same number stays the same object, also in a tuple, and gets
        what came.
        """
        self.fresh(
            [2, 0, [4], [6]],
            [4, 4, "black swan", 8],
            [6, 4, "goose", 7],
            [5, 1, "all", [0, [[2], [4]]]],
        )
        self.assertIs(self.ducks, self.replica.ducks)
        self.assertEqual([self.two, "goose"], [self.ducks[0], self.ducks[1].name])
        self.assertEqual("black swan", self.two.name)
        ducks, two = self.replica.thing["all"]
        self.assertIs(self.ducks, ducks)
        self.assertIs(self.two, two)

    def test_later(self) -> None:
        """
        What comes later follows it.
        """
        self.fresh([2, 0, [4]], [4, 4, "swan", 8], [5, 0])
        self.apply([4, SET_FIELD, "name", "black swan"], [5, SPLICE, 0, 0, [[4]]])
        self.assertEqual("black swan", self.two.name)
        self.assertIs(self.two, self.replica.thing[0])

    def test_another(self) -> None:
        """
        Where the numbers are those of another lens, they are other objects.
        """
        self.fresh([2, 0, [4]], [4, 4, "swan", 8], [5, 0], epoch=b"another")
        self.assertIsNot(self.ducks, self.replica.ducks)
        self.assertIsNot(self.two, self.replica.ducks[0])

    def test_anotherKind(self) -> None:
        """
        What comes with the number of another kind is another object.
        """
        self.take({"thing": [2]}, [2, 1, "a", 1])
        self.assertEqual({"a": 1}, self.replica.thing)

    def test_gone(self) -> None:
        """
        What is not in it any more is the application's.  It is not changed, and can
        be.
        """
        before = list(self.ducks)
        self.take({"ducks": [7]}, [7, 0])
        self.assertEqual(before, self.ducks)
        self.ducks.append("mine")
        self.two.name = "mine"

    def test_refused(self) -> None:
        """
        One that is refused changes nothing, and what comes next is still applied.
        """
        nodes = [2, 0, [4]], [4, 4, "black swan", "heavy"], [5, 0]
        self.refused(lambda: self.fresh(*nodes))
        self.version = 0
        self.apply([3, SET_FIELD, "name", "cygnet"])
        self.assertEqual("cygnet", self.one.name)

    def test_fieldsThatGo(self) -> None:
        """
        A field that does not come any more has its default.
        """
        self.take({})
        self.assertEqual([], self.replica.ducks)

    def test_types(self) -> None:
        """
        What was in two places is checked as what it is declared in the one where it
        is.
        """
        self.take({"weights": [9], "thing": [9]}, [9, 0, 1.5], epoch=b"new")
        self.refusal([9, SPLICE, 0, 0, ["a"]])
        self.take({"thing": [9]}, [9, 0, 1.5], epoch=b"new")
        self.apply([9, SPLICE, 0, 0, ["a"]])
        self.assertEqual(["a", 1.5], self.replica.thing)


class ReadOnlyTests(ViewTestCase):
    """
    The holder of a replica does not change it.
    """

    def setUp(self) -> None:
        """
        Have a pond with ducks.
        """
        super().setUp()
        fields = {"ducks": [2], "tags": [5], "depths": [6]}
        nodes = [[5, 2, "a"], [6, 1, "a", [0, [1, 1.5]]]]
        self.take(fields, *DUCKS[1:], *nodes, shapes=SHAPES)

    def refusedAt(self, where: str, call: Any, *args: Any) -> None:
        """
        Assert that something is refused, and that nothing changes.
        """
        self.version += 0
        before = copy.deepcopy(vars(self.replica)).keys()
        error = self.assertRaises(ReadOnlyReplica, call, *args)
        self.assertEqual(where, error.where)
        self.assertEqual(before, vars(self.replica).keys())

    def test_fields(self) -> None:
        """
        A field is neither set nor deleted, and an error says where.
        """
        self.refusedAt("PondView.colour", setattr, self.replica, "colour", "brown")
        self.refusedAt("PondView.colour", delattr, self.replica, "colour")
        duck = self.replica.ducks[1]
        self.refusedAt("PondView.ducks[1].name", setattr, duck, "name", "goose")
        self.assertEqual("swan", duck.name)
        self.assertIs(Colour.GREEN, self.replica.colour)

    def test_containers(self) -> None:
        """
        Nor is what is in one changed.
        """
        replica = self.replica
        self.refusedAt("PondView.ducks[3]", replica.ducks.append, None)
        self.refusedAt("PondView.ducks[1]", replica.ducks.pop, 1)
        self.refusedAt("PondView.ducks", replica.ducks.reverse)
        self.refusedAt("PondView.tags", replica.tags.add, "b")
        self.refusedAt("PondView.depths.b", replica.depths.update, {"b": (1, 1.5)})
        self.refusedAt("PondView.depths.a", replica.depths.clear)
        self.assertEqual(
            (3, 1, 1), tuple(map(len, (replica.ducks, replica.tags, replica.depths)))
        )

    def test_pastTheObject(self) -> None:
        """
        Nor is the dict of the object.
        """
        self.assertRaises(ReadOnlyReplica, vars(self.replica).update, colour="brown")

    def test_advice(self) -> None:
        """
        The error says whose master to ask, and it is an C{AttributeError}.
        """
        error: Any = self.assertRaises(AttributeError, setattr, self.replica, "tags", 1)
        self.assertIn("pbcopy.test.views.Pond at its peer", str(error))
        self.assertIn("ask for it with a call", str(error))
        connection, replica = connect(pb.Root()), PondView()
        View(replica, connection.client).take(state({}), [])
        error = self.assertRaises(ReadOnlyReplica, setattr, replica, "tags", 1)
        transport: Any = connection.client.transport
        self.assertIn(str(transport.getPeer()), str(error))
        connection.cut()
        self.assertRaises(ReadOnlyReplica, setattr, replica, "tags", 1)

    def test_itsOwn(self) -> None:
        """
        Other attributes are the application's, also of the objects in it.
        """
        for each in (self.replica, self.replica.ducks[0]):
            each.note = "mine"
            each.note = ["mine"]
            del each.note

    def test_copies(self) -> None:
        """
        A copy is the application's, and so is what was pickled.
        """
        for made in (
            copy.deepcopy(self.replica),
            pickle.loads(pickle.dumps(self.replica)),
        ):
            made.colour = Colour.BROWN
            made.ducks[0].name = "goose"
            made.ducks.append(made.ducks[0])
            self.assertIsNot(made.ducks, self.replica.ducks)
        shallow = copy.copy(self.replica)
        shallow.colour = Colour.BROWN
        self.assertIs(Colour.GREEN, self.replica.colour)

    def test_beforeTheState(self) -> None:
        """
        Before the state came, there is no master.
        """
        replica: Any = PondView()
        View(replica, None)
        replica.colour = Colour.BROWN
        replica.ducks = []

    def test_whatHasLeft(self) -> None:
        """
        What is not in the replica any more is the application's, unless it is there
        in another place.
        """
        ducks, (one, two, _) = self.replica.ducks, self.replica.ducks
        shapes = ([DUCK, "name", "weight", "friend"],)
        node = [7, 5, "goose", 1, [3]]
        self.apply([2, SPLICE, 0, 3, [[7]]], nodes=(node,), shapes=shapes)
        two.name = "mine"
        self.refusedAt("PondView.ducks[0].friend.name", setattr, one, "name", "mine")
        self.apply([1, HIDE, "ducks"])
        one.name = "mine"
        ducks.append(two)


class LifetimeTests(ViewTestCase):
    """
    A view keeps nothing alive.
    """

    def test_replica(self) -> None:
        """
        Not the replica, and not what is in it: they go without a garbage
        collection.
        """
        self.take(*DUCKS, shapes=SHAPES)
        kept = [weakref.ref(each) for each in (self.replica, self.replica.ducks[0])]
        gc.disable()
        try:
            self.replica = None
            self.assertEqual([None, None], [each() for each in kept])
        finally:
            gc.enable()

    def test_whatHasLeft(self) -> None:
        """
        Nor what has left the replica.
        """
        self.take(*DUCKS, shapes=SHAPES)
        kept = weakref.ref(self.replica.ducks)
        self.apply([1, HIDE, "ducks"])
        gc.collect()
        self.assertIsNone(kept())
        self.assertIsNone(self.view.known.at(2))

    def test_revived(self) -> None:
        """
        A replica that is made anew for its attributes is the one that changes.
        """
        self.take(*DUCKS, shapes=SHAPES)
        attributes: Any = attributesDict(self.replica)
        self.replica = None
        replica: Any = PondView.__new__(PondView)
        object.__setattr__(replica, "__dict__", attributes)
        attributes.owner = weakref.ref(replica)
        self.view.revived(replica)
        self.replica = replica
        self.apply([1, SET_FIELD, "colour", "brown"])
        self.assertIs(Colour.BROWN, replica.colour)
        self.assertRaises(ReadOnlyReplica, setattr, replica, "colour", "green")


class OrderTests(ViewTestCase):
    """
    Deltas follow each other.
    """

    def test_versions(self) -> None:
        """
        One that does not follow is refused, and the right one is taken.
        """
        self.take({}, version=4)
        for version in (-1, 0, 3, 4, 6):
            self.version = version - 1
            error = self.refusal([1, SET_FIELD, "colour", "brown"])
            self.assertEqual("what follows version 4", error.expected)
        self.version = 4
        self.apply([1, SET_FIELD, "colour", "brown"])
        self.apply()
        self.apply([1, SET_FIELD, "colour", "green"])
        self.assertIs(Colour.GREEN, self.replica.colour)

    def test_beforeAState(self) -> None:
        """
        One that comes before a state is refused.
        """
        self.refusal([1, SET_FIELD, "colour", "brown"])


class RelayTests(SynchronousTestCase):
    """
    A class may be both.
    """

    def test_readOnly(self) -> None:
        """
        A replica that is published further is read-only, too.
        """
        relay: Any = Relay.__new__(Relay)
        view = View(relay, None)
        view.take(state({"names": [2]}, [2, 0, "a"], name="somewhere.Relayed"), [])
        self.assertEqual(["a"], relay.names)
        self.assertRaises(ReadOnlyReplica, relay.names.append, "b")
        self.assertRaises(Violation, view.take, state({}, name="somewhere.Relayed"), [])
        self.assertEqual(["a"], relay.names)
        self.assertNotIn(UPDATE, relay.names)


class DroppedTests(SynchronousTestCase):
    """
    Tests for what is left of a replica that was dropped.
    """

    def setUp(self) -> None:
        self.pond = Pond()
        self.connection = meet()

    def collect(self) -> None:
        """
        Have the garbage collector take what nobody holds, and tell of it.
        """
        gc.collect()
        self.connection.deliver()

    def test_itself(self) -> None:
        """
        A replica that has itself in it is freed.
        """
        self.pond.things = [self.pond]
        view = give(self.connection, self.pond)
        self.assertIs(view, view.things[0])
        del view
        self.collect()
        self.assertEqual({}, self.connection.server.remotelyCachedObjects)

    def test_eachOther(self) -> None:
        """
        Two replicas that have each other in them are freed.
        """
        self.pond.things = (Pond(things=[self.pond]),)
        view = give(self.connection, self.pond)
        self.assertIs(view, view.things[0].things[0])
        del view
        self.collect()
        self.assertEqual({}, self.connection.server.remotelyCachedObjects)

    def test_backFromTheCollector(self) -> None:
        """
        A replica that the garbage collector took, and that is mentioned before the
        sender knows, takes changes of all that is in it.
        """
        duck = Duck("a")
        self.pond.things = [{"duck": (duck, [1])}]
        loop: list[Any] = [give(self.connection, self.pond)]
        loop.append(loop)
        del loop
        gc.collect()
        view = give(self.connection, self.pond)
        heard: list[Any] = []
        view.subscribe(heard.extend)
        duck.name = "b"
        self.pond.things[0]["duck"][1].append(2)
        self.connection.deliver()
        mine, numbers = view.things[0]["duck"]
        self.assertEqual(("b", [1, 2]), (mine.name, numbers))
        self.assertEqual("PondView.things[0]", str(heard[0])[:18])
        self.assertTrue(pbcopy.statusOf(view).isLive)


class ArrivalTests(SynchronousTestCase):
    """
    Tests for L{pbcopy._view}: what a replica takes and what it refuses.
    """

    def setUp(self) -> None:
        self.pond = Pond(ducks=[Duck("swan")])
        self.connection = meet()
        self.view = give(self.connection, self.pond)

    def test_readOnly(self) -> None:
        """
        Its holder cannot change it, at whatever depth, and is told where its master
        is.
        """
        for change, where in (
            (lambda: setattr(self.view, "colour", "blue"), "PondView.colour"),
            (lambda: delattr(self.view, "colour"), "PondView.colour"),
            (lambda: self.view.ducks.append(1), "PondView.ducks[1]"),
            (lambda: self.view.tags.add(1), "PondView.tags"),
            (lambda: self.view.named.update(a=1), "PondView.named.a"),
            (
                lambda: setattr(self.view.ducks[0], "name", ""),
                "PondView.ducks[0].name",
            ),
        ):
            error = self.assertRaises(pbcopy.ReadOnlyReplica, change)
            self.assertEqual(where, error.where)
            self.assertIn("127.0.0.1", str(error))
        self.view.mine = [1]
        self.assertEqual("green", self.view.colour)

    def test_refused(self) -> None:
        """
        A change that is not what was declared is not applied, not even in part; the
        replica is stale until the master is right again.
        """
        heard = told(self.view)
        with pbcopy.changing(self.pond):
            self.pond.colour = "blue"
            self.pond.ducks[0].age = "old"  # type: ignore[assignment]
        self.connection.deliver()
        self.assertEqual("green", self.view.colour)
        status = pbcopy.statusOf(self.view)
        self.assertIn("PondView.ducks[0].age", str(status.reason))
        self.assertIn("'old', a str, expected int", str(status.reason))
        self.pond.ducks[0].age = 3
        self.connection.deliver()
        self.assertTrue(pbcopy.statusOf(self.view).isLive)
        self.assertEqual(("blue", 3), (self.view.colour, self.view.ducks[0].age))
        self.assertEqual(["PondView renewed"], heard[-1])
        self.assertNotEqual([], self.flushLoggedErrors())

    def test_revived(self) -> None:
        """
        A replica that is dropped while a change is under way, and mentioned again,
        takes the change.
        """
        self.pond.colour = "blue"
        self.view = None
        gc.collect()
        view = give(self.connection, self.pond)
        self.pond.ducks[0].name = "goose"
        self.pond.colour = "red"
        self.connection.deliver()
        self.assertEqual(("red", "goose"), (view.colour, view.ducks[0].name))

    def test_converted(self) -> None:
        """
        An int becomes a float where that was declared.
        """
        self.pond.depth = 3
        self.connection.deliver()
        self.assertIs(float, type(self.view.depth))

    def test_refusedState(self) -> None:
        """
        A state that is not what was declared fails the call that it is in, with all
        that is wrong.
        """
        self.pond.colour = 1  # type: ignore[assignment]
        self.pond.tags.add("x")  # type: ignore[arg-type]
        error: Any = self.assertRaises(Violation, give, meet(), self.pond)
        self.assertIn("PondView.colour", str(error))
        self.assertIn("PondView.tags", str(error))
        self.flushLoggedErrors()
