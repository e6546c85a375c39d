# -*- test-case-name: pbcopy.test.test_replicaof -*-
"""
Tests for L{pbcopy._replicaof}.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any, NamedTuple

import attr
from twisted.python.reflect import qual
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _replicas, _valueclasses, pb
from pbcopy._nodes import fieldsOf
from pbcopy._registry import copyTags
from pbcopy._replicas import replicaFor
from pbcopy._schema import schemaOf
from pbcopy._valueclasses import isRegistered
from pbcopy.errors import RegistrationError, Unsendable, Violation
from pbcopy.test.sharedponds import Duck, Pond, PondView, Taker, give, meet
from pbcopy.testing import sendAcross


class Colour(enum.Enum):
    """
    A value that only a container's type names.
    """

    GREEN = "green"


class Place(NamedTuple):
    """
    A value with a value in it.
    """

    x: int
    colour: Colour


@dataclass(frozen=True)
class Ring:
    """
    Another one.
    """

    number: int


@attr.frozen
class Band:
    """
    Another one.
    """

    number: int


class Unused(enum.Enum):
    """
    What no field has.
    """

    ONE = 1


@pbcopy.shared
class Lake(pb.Cacheable):
    """
    A master.
    """

    places: dict[str, list[Place | None]] = pbcopy.field(default_factory=dict)
    rings: tuple[Ring, ...] = ()
    band: Band | None = None
    next: Lake | None = None
    secret: Unused | None = pbcopy.field(default=None, private=True)


@pbcopy.replicaOf(Lake)
class LakeView(pb.RemoteCache):
    """
    What stands for one.
    """


@pbcopy.shared
class Note(pb.Copyable):
    """
    What is sent as a copy.
    """

    text: str
    lines: int = 1


def tagOf(cls: Any) -> bytes:
    """
    Give the name under which Jelly knows a class.
    """
    return f"{cls.__module__}.{cls.__qualname__}".encode()


class ReplicaOfTestCase(SynchronousTestCase):
    """
    What is registered is forgotten.
    """

    def register(self, master: Any, cls: Any) -> Any:
        """
        Declare a class, for this test.
        """
        self.patch(_replicas, "_replicas", _replicas._replicas.copy())
        tags = [tagOf(Lake), tagOf(Note), tagOf(Pond), b"elsewhere.Pond"]
        for tag in tags:
            if tag in copyTags:
                self.addCleanup(copyTags.__setitem__, tag, copyTags[tag])
            else:
                self.addCleanup(copyTags.pop, tag, None)
        return pbcopy.replicaOf(master)(cls)


class ValuesTests(ReplicaOfTestCase):
    """
    The values in the types of the fields are registered.
    """

    def test_registered(self) -> None:
        """
        So it is at any depth, with those in the fields of others; those of
        private fields are not.
        """
        for cls in (Place, Colour, Ring, Band):
            self.assertTrue(isRegistered(cls), cls)
        self.assertFalse(isRegistered(Unused))
        lake = Lake(
            places={"a": [Place(1, Colour.GREEN), None]},
            rings=(Ring(1), Ring(2)),
            band=Band(3),
        )
        view = give(meet(), lake)
        for name in ("places", "rings", "band"):
            self.assertEqual(getattr(lake, name), getattr(view, name))

    def test_beforeMeeting(self) -> None:
        """
        They arrive, and what is wrong in them is refused, also where the master
        does not know yet that its receiver has a declared class.
        """
        for lake in (
            Lake(places={"a": [Place(1, Colour.GREEN), None]}),
            Lake(rings=(Ring(1), Ring(2))),
            Lake(band=Band(3)),
        ):
            connection = meet(isMet=False)
            connection.client.setNameForLocal("taker", taker := Taker())
            connection.fromClient.held = True
            call = connection.server.remoteForName("taker").callRemote("take", lake)
            call.addErrback(lambda lost: None)
            connection.deliver()
            view = taker.taken
            self.assertIs(LakeView, type(view))
            for name in ("places", "rings", "band"):
                self.assertEqual(getattr(lake, name), getattr(view, name))
            lake.rings = (Ring(4),)
            connection.deliver()
            self.assertEqual((Ring(4),), view.rings)
            connection.cut()
        text: Any = "text"
        for lake in (Lake(band=Band(text)), Lake(places={"a": [Place(text, text)]})):
            error = self.assertRaises(Violation, give, meet(isMet=False), lake)
            self.assertIn("this is not what was declared", str(error))
        self.flushLoggedErrors(Violation)

    def test_registeredBefore(self) -> None:
        """
        One that was registered as something else stays that.
        """

        class Mark(enum.Enum):
            A = 1

        class Other(enum.Enum):
            A = 2

        pbcopy.setUnjellyableForValue(Mark, Other)

        class View(pb.RemoteCache):
            things: Any

        # The names are those of a function.
        View.__annotations__["things"] = list[Mark]
        self.register(Pond, View)
        self.assertIs(Other, _valueclasses._local[qual(Mark)])

    def test_unknownName(self) -> None:
        """
        A name that is not known yet is looked up when something comes.
        """

        class View(pb.RemoteCache):
            colour: NotKnown  # type: ignore[name-defined] # noqa: F821

        self.register(Pond, View)
        error = self.assertRaises(RegistrationError, give, meet(), Pond())
        self.assertIn("NotKnown", str(error))
        self.flushLoggedErrors()


class DeclarationTests(ReplicaOfTestCase):
    """
    Tests for the class, and for which class it stands.
    """

    def test_class(self) -> None:
        """
        The class stays the class that it is, is found by the name of its master,
        and can be subscribed to.
        """
        self.assertIs(LakeView, replicaFor(tagOf(Lake).decode()))
        self.assertIs(LakeView, copyTags[tagOf(Lake)])
        self.assertEqual(
            ("places", "rings", "band", "next"), fieldsOf(LakeView.__new__(LakeView))
        )
        view = give(meet(), Lake())
        self.assertIs(LakeView, type(view))
        view.subscribe(lambda changes: None)()

    def test_name(self) -> None:
        """
        A name will do, as text or bytes: then the annotations are all that is
        known.
        """
        for name in (tagOf(Pond).decode(), tagOf(Pond)):

            class View(pb.RemoteCache):
                colour: str
                tags: set[int]

            self.register(name, View)
            view = give(connection := meet(), pond := Pond(ducks=[Duck("swan")]))
            self.assertIs(View, type(view))
            self.assertEqual({"colour", "tags"}, {*vars(view)} - {"broker", "luid"})
            pond.ducks.clear()
            pond.tags.add(1)
            connection.deliver()
            self.assertEqual({1}, view.tags)
            self.assertTrue(pbcopy.statusOf(view).isLive)

    def test_wrongAnnotation(self) -> None:
        """
        What it annotates itself is what counts.
        """

        class View(pb.RemoteCache):
            colour: int

        self.register(Pond, View)
        error = self.assertRaises(Violation, give, meet(), Pond())
        self.assertIn("View.colour: the sender declares this", str(error))
        self.assertIn("got str, expected int", str(error))
        self.flushLoggedErrors(Violation)

    def test_later(self) -> None:
        """
        The last declaration wins, also over one that was not declared.
        """

        class First(pb.RemoteCache):
            colour: str

        class Second(pb.RemoteCache):
            colour: str

        class Plain(pb.RemoteCache):
            pass

        self.register(Pond, First)
        self.assertIs(First, type(give(meet(), Pond())))
        self.register(Pond, Second)
        self.assertIs(Second, type(give(meet(), Pond())))
        pb.setUnjellyableForClass(Pond, Plain)
        view = give(meet(), Pond())
        self.assertIs(Plain, type(view))
        self.assertIs(list, type(view.ducks))
        self.register(Pond, First)
        self.assertIs(First, type(give(meet(), Pond())))

    def test_laterOnALiveConnection(self) -> None:
        """
        One that is declared when the peers have met is known to the other by the
        first object that comes.
        """
        connection = meet()
        give(connection, Pond())

        class View(pb.RemoteCache):
            places: Any

        self.register(Lake, View)
        lake = Lake()
        view = give(connection, lake)
        self.assertIs(View, type(view))
        lake.places["a"] = []
        connection.deliver()
        self.assertEqual({"a": []}, view.places)

    def test_subclass(self) -> None:
        """
        A subclass that is declared has the fields of its base.
        """

        class View(PondView):
            pass

        self.register(Pond, View)
        view = give(meet(), Pond())
        self.assertIs(View, type(view))
        self.assertEqual("green", view.colour)


class ReprTests(SynchronousTestCase):
    """
    A replica shows what it has.
    """

    def test_fields(self) -> None:
        """
        Its fields, as far as they are there, and itself once.
        """
        pond = Pond(ducks=[Duck("swan")])
        pond.ducks[0].friend = pond.ducks[0]
        view = give(meet(), pond)
        self.assertEqual(
            "[DuckView(name='swan', age=0, eggs=[], friend=...)]", repr(view.ducks)
        )
        self.assertIn("PondView(colour='green', depth=None, ducks=[", repr(view))
        self.assertNotIn("plan", repr(view))

    def test_itsOwn(self) -> None:
        """
        A class may show something else.
        """

        class View(pb.RemoteCopy):
            def __repr__(self) -> str:
                return "a view"

        pbcopy.replicaOf("elsewhere.Thing")(View)
        self.addCleanup(copyTags.pop, b"elsewhere.Thing")
        self.assertEqual("a view", repr(View()))


class RefusalTests(ReplicaOfTestCase):
    """
    What cannot be declared is refused, and nothing is registered.
    """

    def refusal(self, master: Any, cls: Any) -> RegistrationError:
        """
        Give the error.
        """
        before = copyTags.copy()
        error: RegistrationError = self.assertRaises(
            RegistrationError, lambda: pbcopy.replicaOf(master)(cls)
        )
        self.assertEqual(before, copyTags)
        return error

    def test_masters(self) -> None:
        """
        A master is a class of objects that are sent, or a name.
        """

        class View(pb.RemoteCache):
            colour: str

        for master in (5, None, Pond()):
            error = self.refusal(master, View)
            self.assertEqual("replicaOf", error.where)
            self.assertEqual(repr(master), error.got)
        for kind in (int, PondView, pb.Root):
            error = self.refusal(kind, View)
            self.assertIn("no shared class", error.what)
        self.assertIsNone(schemaOf(View))

    def test_classes(self) -> None:
        """
        A replica is of a class of objects that pbcopy receives.
        """
        classes: list[Any] = [
            object,
            5,
            Pond,
            PondView(),
            type("Stock", (stock.RemoteCache,), {}),
            type("Stock", (stock.RemoteCopy,), {}),
        ]
        for cls in classes:
            error = self.refusal("elsewhere.Pond", cls)
            self.assertEqual("replicaOf", error.where)
            self.assertIn("pbcopy.RemoteCache", error.expected)

    def test_flavors(self) -> None:
        """
        A cache is for a cacheable, and a copy is for a copyable.
        """
        cache = type("View", (pb.RemoteCache,), {})
        copy = type("View", (pb.RemoteCopy,), {})
        error = self.refusal(Note, cache)
        self.assertIn("Note is a pb.Copyable", error.what)
        self.assertEqual("a subclass of pb.RemoteCopy", error.expected)
        error = self.refusal(Pond, copy)
        self.assertEqual("View", error.where)
        self.assertEqual("a subclass of pb.RemoteCache", error.expected)

    def test_method(self) -> None:
        """
        A class that says by a method what it does with a state is refused.
        """
        for cls in (pb.RemoteCache, pb.RemoteCopy):
            base = type("Base", (cls,), {"setCopyableState": lambda self, state: None})
            for each in (base, type("Sub", (base,), {})):
                error = self.refusal("elsewhere.Pond", each)
                self.assertIn(".setCopyableState", error.where)

    def test_field(self) -> None:
        """
        So is one with a field that cannot be one.
        """

        class View(pb.RemoteCache):
            colour: str

            def depth(self) -> None:
                pass

        View.__annotations__["depth"] = "int"
        self.assertIn("depth", self.refusal("elsewhere.Pond", View).where)


class CopyTests(ReplicaOfTestCase):
    """
    Tests for a declared class of copies.
    """

    def setUp(self) -> None:
        """
        Declare one.
        """

        class NoteView(pb.RemoteCopy):
            text: str
            lines: int
            own: list[int] = pbcopy.field(default_factory=list)

        self.cls = self.register(Note, NoteView)

    def refused(self, state: Any) -> str:
        """
        Have a copy take a state, which is refused, and give the text.
        """
        view = self.cls.__new__(self.cls)
        error = self.assertRaises(Violation, view.setCopyableState, state)
        self.assertEqual({}, vars(view))
        return str(error)

    def test_taken(self) -> None:
        """
        It has what came, and defaults for what did not, each its own.
        """
        one, other = sendAcross([Note("a", 2), Note("b")])
        self.assertEqual(("a", 2, []), (one.text, one.lines, one.own))
        self.assertIsNot(one.own, other.own)
        view = self.cls.__new__(self.cls)
        view.setCopyableState({b"text": "a", "lines": 1, "unknown": object()})
        self.assertEqual({"text": "a", "lines": 1, "own": []}, vars(view))

    def test_refused(self) -> None:
        """
        What is no such state is refused, with all that is wrong, and nothing is
        set.
        """
        states: list[Any] = [None, [], "text", 5]
        for state in states:
            text = self.refused(state)
            self.assertIn(f"got {type(state).__name__}, expected dict", text)
        text = self.refused({})
        self.assertIn("NoteView.text", text)
        self.assertIn("this field did not come", text)
        wrong: list[Any] = [("text", 5, 1), ("lines", "a", "b")]
        for name, text, lines in wrong:
            found = self.refused({"text": text, "lines": lines})
            self.assertIn(f"NoteView.{name}: this is not", found)


@pbcopy.shared
class Egg(pb.Copyable):
    """
    A part.
    """

    size: int = 3


@pbcopy.shared
class Nest(pb.Cacheable):
    """
    A master.
    """

    egg: Any = None


class BigEgg(Egg):
    """
    A part of a class that nobody declared.
    """


@pbcopy.replicaOf(Egg)
class EggView(pb.RemoteCopy):
    """
    What stands for a part.
    """


@pbcopy.replicaOf(Nest)
class NestView(pb.RemoteCache):
    """
    What stands for a master.
    """


class OwnNestView(NestView):
    """
    A replica of a class that nobody declared.
    """


class WrongTests(SynchronousTestCase):
    """
    What is no declaration of a replica is an error that says what to do.
    """

    def refused(self, master: Any, cls: Any) -> RegistrationError:
        """
        Check that a class cannot be declared for a master.
        """
        error: RegistrationError = self.assertRaises(
            RegistrationError, lambda: pbcopy.replicaOf(master)(cls)
        )
        if isinstance(cls, type):
            self.assertIsNone(schemaOf(cls))
        return error

    def test_withoutTheMaster(self) -> None:
        """
        The decorator takes the master first.
        """

        class View(pb.RemoteCache):
            egg: Any

        self.assertIn("@pbcopy.replicaOf(Master)", self.refused(View, None).advice)

    def test_aMasterThatIsNotShared(self) -> None:
        """
        A master whose class is here is a shared one: nobody hears of what
        changes in another.
        """

        class Master(pb.Cacheable):
            egg: Any = None

        class View(pb.RemoteCache):
            egg: Any

        self.assertIn("declare it", self.refused(Master, View).advice)

    def test_theOtherKind(self) -> None:
        """
        A Cacheable has a RemoteCache, and a Copyable has a RemoteCopy.
        """

        class Copy(pb.RemoteCopy):
            pass

        class Cache(pb.RemoteCache):
            pass

        error = self.refused(Nest, Copy)
        self.assertEqual("a subclass of pb.RemoteCache", error.expected)
        error = self.refused(Egg, Cache)
        self.assertEqual("a subclass of pb.RemoteCopy", error.expected)

    def test_noReplica(self) -> None:
        """
        What is declared is a class of objects that are received.
        """
        for cls in (Nest, object, 7):
            error = self.assertRaises(
                RegistrationError, pbcopy.replicaOf("test.Nest"), cls
            )
            self.assertIn("pbcopy.RemoteCache", error.expected)


class ArrivalTests(SynchronousTestCase):
    """
    What two classes say of each other is found when an object arrives.
    """

    def setUp(self) -> None:
        for cls, view in ((Nest, NestView), (Egg, EggView)):
            # Whatever a test has registered for them.
            self.addCleanup(pb.setUnjellyableForClass, cls, view)
        self.connection = meet()

    def test_aSubclassOfAReplica(self) -> None:
        """
        A subclass of a replica's class is declared, too.
        """
        pb.setUnjellyableForClass(Nest, OwnNestView)
        error = self.assertRaises(Violation, give, self.connection, Nest())
        self.assertIn("OwnNestView: ", str(error))
        self.assertIn("declare it with pbcopy.replicaOf", str(error))
        self.assertEqual([], self.flushLoggedErrors())
        # So it is where nobody knows yet what the other has.
        self.connection = meet(isMet=False)
        self.assertRaises(Violation, give, self.connection, Nest())
        self.assertEqual([], self.flushLoggedErrors())

    def test_aPartThatIsACache(self) -> None:
        """
        A Copyable that is a part does not become a RemoteCache.
        """
        self.patch(_replicas, "_replicas", dict(_replicas._replicas))
        self.addCleanup(copyTags.__setitem__, tagOf(Egg), EggView)

        @pbcopy.replicaOf("pbcopy.test.test_replicaof.Egg")
        class EggCache(pb.RemoteCache):
            size: int

        error = self.assertRaises(Violation, give, self.connection, Nest(Egg()))
        self.assertIn("derive the class from pb.RemoteCopy", str(error))
        self.assertEqual([], self.flushLoggedErrors())

    def test_aPartOfAnotherMaster(self) -> None:
        """
        What came from a peer is no part of an object that is sent.  When that is
        put right, it can be sent again.
        """
        egg = give(self.connection, Egg())
        self.assertIsInstance(egg, EggView)
        nest = Nest([egg])
        error = self.assertRaises(Unsendable, give, self.connection, nest)
        self.assertEqual("Nest.egg[0]", error.where)
        nest.egg = None
        view = give(self.connection, nest)
        nest.egg = egg
        self.connection.deliver()
        # The change, and the fresh state.
        self.assertEqual(2, len(self.flushLoggedErrors(Unsendable)))
        nest.egg = Egg(size=egg.size)
        self.assertIs(view, give(self.connection, nest))
        self.assertIsInstance(view.egg, EggView)
        self.assertTrue(pbcopy.statusOf(view).isLive)

    def test_aPartThatIsNotDeclared(self) -> None:
        """
        A subclass of a shared class is declared, too.  One that is not leaves
        nothing behind when it was refused.
        """
        error = self.assertRaises(Unsendable, give, self.connection, Nest(BigEgg()))
        self.assertIn("declare it with pbcopy.shared", error.advice)
        self.connection.deliver()
        self.assertEqual([], self.flushLoggedErrors())
