# -*- test-case-name: pbcopy.test.test_plainreplica -*-
"""
Tests for L{pbcopy._plainreplica}.
"""

from __future__ import annotations

import gc
from typing import Any

from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _plainreplica, pb
from pbcopy._memory import resultOf
from pbcopy.errors import Violation
from pbcopy.test import sharedponds
from pbcopy.test.sharedponds import Pond, PondView, Taker, give, meet
from pbcopy.test.views import Colour, shown
from pbcopy.test.views import PondView as StrictView
from pbcopy.testing import Connection


class StockDuck(stock.Copyable):
    """
    A part, as a stock peer may send one.
    """

    def __init__(self, kind: str, **state: Any) -> None:
        self.kind = kind
        self.state = state

    def getTypeToCopyFor(self, perspective: Any) -> Any:
        """
        Give the name of what it passes for.
        """
        return self.kind.encode("ascii")

    def getStateToCopyFor(self, perspective: Any) -> Any:
        """
        Give the state.
        """
        return self.state


class StockPond(stock.Cacheable, StockDuck):
    """
    A master, as a stock peer may have one.
    """

    observer: Any = None

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Give the state.
        """
        self.observer = observer
        return self.state


def duck(name: str, **more: Any) -> StockDuck:
    """
    Give a duck of L{sharedponds}.
    """
    state = {"name": name, "age": 0, "eggs": [], "friend": None, **more}
    return StockDuck("pbcopy.test.sharedponds.Duck", **state)


class PlainTestCase(SynchronousTestCase):
    """
    There is a declared replica whose master is a stock one.
    """

    kind = "pbcopy.test.sharedponds.Pond"
    view: Any

    def state(self) -> dict[str, Any]:
        """
        Give the first state.
        """
        return {
            "colour": "green",
            "depth": 1,
            "ducks": [duck("swan", eggs=[1])],
            "things": [{"a": [1]}, 2],
            "n": {"a": [1], "b": 2},
            "tags": {1, 2},
        }

    def setUp(self) -> None:
        """
        Have the master observed.
        """
        self.pond = StockPond(self.kind, **self.state())
        server = stock.PBServerFactory(stock.Root())
        self.connection = Connection(server, pb.PBClientFactory())
        self.view = give(self.connection, self.pond)

    def there(self) -> Any:
        """
        Show what is in the replica, and in its ducks.
        """
        return [shown(vars(each)) for each in (self.view, *self.view.ducks)]

    def update(self, method: str, *args: Any, **kw: Any) -> None:
        """
        Send an update, which is made.
        """
        call = self.pond.observer.callRemote(method, *args, **kw)
        self.assertIsNone(resultOf(self.connection, call))
        self.assertTrue(pbcopy.statusOf(self.view).isLive)

    def refused(self, method: str, *args: Any, **kw: Any) -> str:
        """
        Send an update, which is refused, and give the text of the error.  Nothing
        has changed, and the connection lives.
        """
        before = self.there()
        call = self.pond.observer.callRemote(method, *args, **kw)
        failures: list[Any] = []
        call.addErrback(failures.append)
        self.connection.deliver()
        self.assertEqual(before, self.there())
        self.assertFalse(self.connection.lost)
        self.assertFalse(pbcopy.statusOf(self.view).isLive)
        self.flushLoggedErrors(Violation)
        [failure] = failures
        # A stock caller has the name of the class alone.
        self.assertIn(failure.type, ("pbcopy.errors.Violation", Violation))
        return str(failure.getErrorMessage())


class UpdateTests(PlainTestCase):
    """
    Each update does what its name says.
    """

    def test_set(self) -> None:
        """
        A field, of the replica or of a part, is found by its name on the wire, an
        item by its index, and a value by its key.
        """
        view = self.view
        self.assertIsInstance(view, PondView)
        self.update("set", ["colour"], "blue")
        self.update("set", ["n"], {"c": 1})
        self.update("set", ["n", "d"], [4])
        self.update("set", ["ducks", 0, "name"], "coot")
        self.update("set", ["ducks", 0, "eggs", 0], 5)
        self.update("set", ["things", 0, "a", 0], "deep")
        self.update("set", ["ducks", 0], duck("goose"))
        self.assertEqual("blue", view.colour)
        self.assertEqual({"c": 1, "d": [4]}, view.named)
        self.assertEqual([{"a": ["deep"]}, 2], view.things)
        self.assertEqual(["goose"], [each.name for each in view.ducks])

    def test_inPlace(self) -> None:
        """
        What is not replaced stays the object that it is, with what its fields were
        converted to.
        """
        self.update("set", ["depth"], 3)
        self.assertIs(float, type(self.view.depth))
        swan = self.view.ducks[0]
        self.update("splice", ["ducks"], 0, 0, [duck("coot")])
        self.update("set", ["ducks", 1, "age"], 5)
        self.assertIs(swan, self.view.ducks[1])
        self.assertEqual(5, swan.age)

    def test_remove(self) -> None:
        """
        A key goes, and so does a field that need not be there; one with a default
        gets that.
        """
        self.update("remove", ["n", "a"])
        self.assertEqual({"b": 2}, self.view.named)
        self.update("set", ["plan"], [1])
        self.update("remove", ["plan"])
        self.update("remove", ["plan"])
        self.assertFalse(hasattr(self.view, "plan"))
        self.update("set", ["ducks", 0, "age"], 5)
        self.assertEqual(5, self.view.ducks[0].age)

    def test_splice(self) -> None:
        """
        Items come and go at any place.
        """
        eggs = ["ducks", 0, "eggs"]
        for start, stop, items in [(1, 1, [2, 3]), (0, 1, []), (1, 2, [4, 5])]:
            self.update("splice", eggs, start, stop, items)
        self.assertEqual([2, 4, 5], self.view.ducks[0].eggs)

    def test_alter(self) -> None:
        """
        Members come and go; one that is not there need not go.
        """
        self.update("alter", ["tags"], [3], [1, 9])
        self.assertEqual({2, 3}, self.view.tags)

    def test_ownMethod(self) -> None:
        """
        A method of that name of the class itself is called instead.
        """
        method: Any = "observe_set"
        setattr(PondView, method, lambda *args: None)
        self.addCleanup(delattr, PondView, method)
        self.update("set", "anything")


class RevivedTests(SynchronousTestCase):
    """
    A replica may be dropped, and mentioned before its master has heard of that.
    """

    def test_takesChanges(self) -> None:
        """
        It takes changes then.
        """
        pond = Pond()
        connection = Connection(
            stock.PBServerFactory(stock.Root()), stock.PBClientFactory()
        )
        view = give(connection, pond)
        pond.named = {}
        connection.deliver()
        self.assertEqual({}, view.named)
        view = None
        gc.collect()
        view = give(connection, pond)
        pond.colour = "blue"
        connection.deliver()
        self.assertEqual("blue", view.colour)
        self.assertEqual([], self.flushLoggedErrors())


class RefusedTests(PlainTestCase):
    """
    A peer changes what was declared, as it was declared, and nothing else.
    """

    def test_attributes(self) -> None:
        """
        A path does not lead to what is no declared field: not to a class, nor to
        what is in a module.
        """
        for path in (
            ["__class__", "leak"],
            ["setCopyableState", "__globals__", "leak"],
            ["__init__", "__globals__", "leak"],
            ["__dict__", "leak"],
            ["ducks", 0, "__class__", "leak"],
            ["ducks", "append"],
            ["n", "__class__", "leak"],
            ["broker"],
            ["luid"],
            ["private"],
            ["leak"],
            ["named"],
            [b"colour"],
            [["colour"]],
        ):
            for method, args in [
                ("set", (path, 1)),
                ("remove", (path,)),
                ("splice", (path, 0, 0, [1])),
                ("alter", (path, [1], [])),
            ]:
                self.assertIn("there is no such place", self.refused(method, *args))
        self.assertFalse(hasattr(PondView, "leak"))
        self.assertFalse(hasattr(_plainreplica, "leak"))

    def test_places(self) -> None:
        """
        So it is where an index or a key leads nowhere, and the path is told.
        """
        for path, where in [
            (["ducks", 1], "PondView.ducks[1]"),
            (["ducks", -1], "PondView.ducks[-1]"),
            (["ducks", True], "PondView.ducks[True]"),
            (["ducks", 0, "eggs", 1], "PondView.ducks[0].eggs[1]"),
            (["n", [1]], "PondView.named"),
            (["n", "x", 0], "PondView.named['x']"),
            (["colour", 0], "PondView.colour[0]"),
            (["plan", 0], "PondView['plan']"),
        ]:
            self.assertTrue(self.refused("set", path, 1).startswith(where))
        for path in (["n", "x"], ["ducks", 0], ["things", 1]):
            self.refused("remove", path)
        for start, stop in [(0, 2), (-1, 0), (1, 0)]:
            self.refused("splice", ["ducks"], start, stop, [])
        self.assertIn("got dict, expected set", self.refused("alter", ["n"], [], []))
        self.assertIn("expected list", self.refused("splice", ["n"], 0, 0, []))

    def test_arguments(self) -> None:
        """
        So is an update with other arguments, or with an empty path.
        """
        calls: list[Any] = [
            ("set",),
            ("set", ["colour"]),
            ("set", "colour", "blue"),
            ("set", ["colour"], "blue", 3),
            ("remove", ["plan"], 1),
            ("splice", ["ducks"], "a", 0, []),
            ("splice", ["ducks"], 0, 0, 5),
            ("alter", ["tags"], {1}, None),
        ]
        for method, *args in calls:
            self.refused(method, *args)
        self.refused("set", ["colour"], value="blue")
        self.refused("set", ["colour"], "blue", more=1)
        self.assertIn("a path has no step", self.refused("set", [], 1))
        self.assertIn("a path has no step", self.refused("remove", []))

    def test_types(self) -> None:
        """
        So is what was not declared, wherever it is put.
        """
        calls: list[Any] = [
            ("set", ["colour"], 5),
            ("set", ["ducks"], None),
            ("set", ["ducks", 0, "name"], 5),
            ("set", ["ducks", 0, "eggs", 0], "egg"),
            ("set", ["n", 1], 2),
            ("set", ["n"], {"a": 1, 2: 3}),
            ("splice", ["ducks", 0, "eggs"], 0, 0, [1, "egg"]),
            ("splice", ["ducks"], 0, 0, [duck(5)]),  # type: ignore[arg-type]
            ("alter", ["tags"], ["a"], []),
            ("alter", ["tags"], [[1]], []),
        ]
        for method, path, *args in calls:
            self.assertIn("View.", self.refused(method, path, *args))

    def test_required(self) -> None:
        """
        A field that has to be there cannot go.
        """
        text = self.refused("remove", ["colour"])
        self.assertIn("PondView.colour: this field is to go", text)

    def test_unseen(self) -> None:
        """
        What could change unseen is not put anywhere.
        """
        tag = "pbcopy.test.test_plainreplica.Loose"
        stock.setUnjellyableForClass(tag, stock.RemoteCopy)
        self.assertIn(
            "anybody seeing it", self.refused("set", ["things"], [StockDuck(tag)])
        )


class StrictTests(PlainTestCase):
    """
    Values are converted as in a state, and bounds hold.
    """

    kind = "pbcopy.test.views.Pond"

    def state(self) -> dict[str, Any]:
        """
        Give the first state.
        """
        return {
            "colour": "green",
            "colours": {"green": 1},
            "ratings": [1, 2],
            "weights": [1],
        }

    def test_converted(self) -> None:
        """
        Values and keys are what was declared, and are found by what came.
        """
        self.assertIsInstance(self.view, StrictView)
        self.update("set", ["colour"], "brown")
        self.update("set", ["colours", "brown"], 2)
        self.update("splice", ["weights"], 1, 1, [2, 3])
        self.update("remove", ["colours", "green"])
        self.assertIs(Colour.BROWN, self.view.colour)
        self.assertEqual({Colour.BROWN: 2}, self.view.colours)
        self.assertEqual([float] * 3, [type(each) for each in self.view.weights])

    def test_bounds(self) -> None:
        """
        A container has as many items as it may have, and no more.
        """
        self.update("splice", ["ratings"], 0, 1, [4, 5])
        self.assertIn(
            "PondView.ratings", self.refused("splice", ["ratings"], 0, 0, [1])
        )

    def test_unknownKey(self) -> None:
        """
        A key that is none of the declared ones is refused by its path.
        """
        text = self.refused("set", ["colours", "red"], 1)
        self.assertIn("PondView.colours", text)


class PackedTests(SynchronousTestCase):
    """
    Tests for masters that know their receiver, or do not yet.
    """

    def test_refused(self) -> None:
        """
        A replica that is sent packed changes takes no plain ones.
        """
        connection = meet()
        pond = sharedponds.Pond(ducks=[sharedponds.Duck("swan")])
        view = give(connection, pond)
        [luid] = connection.server.remotelyCachedObjects
        calls: list[Any] = [
            ("set", ["colour"], "blue"),
            ("remove", ["plan"]),
            ("splice", ["ducks"], 0, 1, []),
            ("alter", ["tags"], [1], []),
        ]
        for name, *args in calls:
            reference = connection.server._sendMessage(
                b"cache", None, luid, name.encode("ascii"), args, {}
            )
            if name == "remove":
                # It is not there.
                self.assertIsNone(resultOf(connection, reference))
                continue
            error = self.assertRaises(Violation, resultOf, connection, reference)
            self.assertIn("only its master changes", str(error))
        self.assertEqual(3, len(self.flushLoggedErrors(Violation)))
        self.assertEqual("green", view.colour)
        self.assertEqual(1, len(view.ducks))

    def test_beforeMeeting(self) -> None:
        """
        What changes before the master has heard of the declared class arrives,
        too.
        """
        connection = meet(isMet=False)
        pond = sharedponds.Pond(ducks=[sharedponds.Duck("swan")], tags={1})
        taker = Taker()
        connection.client.setNameForLocal("taker", taker)
        connection.fromClient.held = True
        connection.server.remoteForName("taker").callRemote("take", pond)
        connection.deliver()
        view = taker.taken
        pond.colour = "blue"
        pond.ducks.append(sharedponds.Duck("coot"))
        pond.ducks[1].eggs += [1, 2]
        pond.named["a"] = {"b": [1]}
        pond.named["a"]["b"].append(2)
        pond.named.update(c=1, d=2)
        del pond.named["c"]
        pond.ducks.reverse()
        pond.tags ^= {1, 2}
        connection.deliver()
        self.assertFalse(pbcopy.statusOf(view).kind is pbcopy.StatusKind.STALE)
        self.assertEqual("blue", view.colour)
        self.assertEqual(["coot", "swan"], [each.name for each in view.ducks])
        self.assertEqual([1, 2], view.ducks[0].eggs)
        self.assertEqual({"a": {"b": [1, 2]}, "d": 2}, view.named)
        self.assertEqual({2}, view.tags)
        connection.fromClient.held = False
        connection.deliver()
        pond.colour = "red"
        connection.deliver()
        self.assertEqual("red", view.colour)
        self.assertEqual(["coot", "swan"], [each.name for each in view.ducks])
        self.assertEqual([], self.flushLoggedErrors())
