"""
Tests for L{pbcopy._plain}.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy._registry import copyTags
from pbcopy.test.sharedponds import Duck, Pond, give, meet
from pbcopy.testing import Connection


class StockDuck(pb.RemoteCopy):
    """
    A part, on Twisted's flavors.
    """


class StockView(pb.RemoteCache):
    """
    A replica that is written by hand, on Twisted's flavors.
    """

    def at(self, path: list[Any]) -> Any:
        """
        Give what a path leads to.
        """
        thing: Any = self
        for step in path:
            isItem = isinstance(thing, (list, dict))
            thing = thing[step] if isItem else vars(thing)[step]
        return thing

    def put(self, path: list[Any]) -> tuple[Any, Any]:
        """
        Give the container for the last step of a path, and that step.
        """
        holder = self.at(path[:-1])
        isItem = isinstance(holder, (list, dict))
        return (holder if isItem else vars(holder)), path[-1]

    def observe_set(self, path: list[Any], value: Any) -> None:
        """
        Something is set.
        """
        holder, step = self.put(path)
        holder[step] = value

    def observe_remove(self, path: list[Any]) -> None:
        """
        Something goes.
        """
        holder, step = self.put(path)
        del holder[step]

    def observe_splice(self, path: list[Any], start: int, stop: int, new: Any) -> None:
        """
        Items of a list come and go.
        """
        self.at(path)[start:stop] = new

    def observe_alter(self, path: list[Any], added: Any, removed: Any) -> None:
        """
        Members of a set come and go.
        """
        members = self.at(path)
        members.difference_update(removed)
        members.update(added)


class Recorder(pb.RemoteCache):
    """
    Keeps what it is called with.
    """

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def setCopyableState(self, state: Any) -> None:
        """
        Take nothing.
        """

    def observe_set(self, path: list[Any], value: Any) -> None:
        """
        Something is set.
        """
        self.calls.append(("set", path, value))

    def observe_remove(self, path: list[Any]) -> None:
        """
        Something goes.
        """
        self.calls.append(("remove", path))

    def observe_splice(self, path: list[Any], start: int, stop: int, new: Any) -> None:
        """
        Items of a list come and go.
        """
        self.calls.append(("splice", path, start, stop, new))

    def observe_alter(self, path: list[Any], added: Any, removed: Any) -> None:
        """
        Members of a set come and go.
        """
        self.calls.append(("alter", path, added, removed))


class Colour(Enum):
    """
    A value that Jelly has not.
    """

    RED = "red"


class PlainTests(SynchronousTestCase):
    """
    Tests for what a receiver on Twisted's flavors is sent.
    """

    def setUp(self) -> None:
        for cls, view in ((Pond, StockView), (Duck, StockDuck)):
            tag = f"{cls.__module__}.{cls.__name__}".encode()
            self.addCleanup(copyTags.__setitem__, tag, copyTags[tag])
            pb.setUnjellyableForClass(cls, view)
        self.pond = Pond(ducks=[Duck("swan"), Duck("goose")])
        self.connection: Connection = meet()
        self.view = give(self.connection, self.pond)

    def check(self) -> None:
        """
        Check that the replica is what is sent afresh.
        """
        self.connection.deliver()
        fresh = give(meet(), self.pond)
        for name in ("colour", "depth", "things", "n", "tags"):
            self.assertEqual(vars(fresh)[name], vars(self.view)[name])
        states = [[vars(duck) for duck in each.ducks] for each in (fresh, self.view)]
        self.assertEqual(*states)
        self.assertEqual([], self.flushLoggedErrors())

    def test_state(self) -> None:
        """
        It is a plain state, under the names on the wire.
        """
        self.assertIsInstance(self.view, StockView)
        self.assertEqual({}, self.view.n)
        self.assertIs(list, type(self.view.ducks))
        self.assertEqual("swan", self.view.ducks[0].name)
        self.check()

    def test_changes(self) -> None:
        """
        Each change is a call of a method.
        """
        for change in (
            lambda: setattr(self.pond, "colour", "blue"),
            lambda: self.pond.ducks.append(Duck("coot")),
            lambda: self.pond.ducks[0].eggs.extend([1, 2]),
            lambda: self.pond.ducks.reverse(),
            lambda: self.pond.ducks[1:].clear(),
            lambda: self.pond.named.update(a=[1], b={}),
            lambda: self.pond.named["a"].append(2),
            lambda: self.pond.named.pop("b"),
            lambda: self.pond.tags.update({1, 2}),
            lambda: self.pond.tags.discard(1),
            lambda: setattr(self.pond, "things", (1, [2])),
            lambda: self.pond.things[1].append(3),
        ):
            change()
            self.check()

    def test_block(self) -> None:
        """
        So is what a block changes.
        """
        with pbcopy.changing(self.pond):
            self.pond.ducks[1].name = "grey goose"
            del self.pond.ducks[0]
            self.pond.colour = "blue"
        self.check()

    def test_twoPlaces(self) -> None:
        """
        What is at two places is right at both.
        """
        self.pond.named["swan"] = self.pond.ducks[0]
        self.pond.ducks[0].name = "black swan"
        self.connection.deliver()
        self.assertEqual("black swan", self.view.ducks[0].name)
        self.assertEqual("black swan", self.view.n["swan"].name)

    def test_hidden(self) -> None:
        """
        What is in a field that may not be seen, too, is told where it may be seen
        alone.
        """
        names: list[Any] = []
        self.patch(
            StockView, "observe_set", lambda view, path, value: names.append(path)
        )
        self.pond.things = [1]
        hidden: Any = self.pond.ducks[0]
        hidden.secret = self.pond.things
        self.connection.deliver()
        names.clear()
        with pbcopy.changing(self.pond):
            self.pond.things.append(2)
        self.connection.deliver()
        self.assertEqual([["things"]], names)

    def test_values(self) -> None:
        """
        A value that Jelly has not is sent as what it is made of.
        """
        self.pond.things = [Colour.RED]
        self.connection.deliver()
        self.assertEqual(["red"], self.view.things)


class CallsTests(SynchronousTestCase):
    """
    Tests for the very calls, which the howto describes: receivers are written for
    them.
    """

    def setUp(self) -> None:
        tag = f"{Pond.__module__}.{Pond.__name__}".encode()
        self.addCleanup(copyTags.__setitem__, tag, copyTags[tag])
        pb.setUnjellyableForClass(Pond, Recorder)
        self.pond = Pond(things=[3, 1, 2], named={"a": [1]}, tags={1})
        self.connection = meet()
        self.view = give(self.connection, self.pond)

    def check(self, change: Callable[[Any], object], *calls: Any) -> None:
        """
        Check what calls a change makes.
        """
        change(self.pond)
        self.connection.deliver()
        self.assertEqual([*calls], self.view.calls)
        self.view.calls.clear()

    def test_attributes(self) -> None:
        """
        An attribute is set or removed, under its name on the wire.  An equal value
        makes no call.
        """
        self.check(lambda p: setattr(p, "colour", "blue"), ("set", ["colour"], "blue"))
        self.check(lambda p: setattr(p, "colour", "blue"))
        self.check(lambda p: setattr(p, "named", {}), ("set", ["n"], {}))
        self.check(lambda p: delattr(p, "colour"), ("remove", ["colour"]))
        self.check(lambda p: setattr(p, "private", 3))

    def test_lists(self) -> None:
        """
        What one slice can say is a splice, with places from the start of the list.
        What it cannot say is the whole list.
        """

        def doubled(pond: Any) -> None:
            pond.things *= 2

        things = ["things"]
        for change, call in (
            (lambda p: p.things.append(4), ("splice", things, 3, 3, [4])),
            (lambda p: p.things.insert(-9, 0), ("splice", things, 0, 0, [0])),
            (lambda p: p.things.__setitem__(-1, 5), ("splice", things, 4, 5, [5])),
            (lambda p: p.things.pop(0), ("splice", things, 0, 1, [])),
            (lambda p: p.things.remove(2), ("splice", things, 2, 3, [])),
            (lambda p: p.things.sort(), ("set", things, [1, 3, 5])),
            (lambda p: p.things.reverse(), ("set", things, [5, 3, 1])),
            (lambda p: p.things.__delitem__(slice(0, 3, 2)), ("set", things, [3])),
            (doubled, ("splice", things, 1, 1, [3])),
            (lambda p: p.things.clear(), ("splice", things, 0, 2, [])),
        ):
            self.check(change, call)

    def test_dictsAndSets(self) -> None:
        """
        Each key is a call; the members of a set that come and go are one.
        """
        self.check(
            lambda p: p.named.update(b=2, c=3),
            ("set", ["n", "b"], 2),
            ("set", ["n", "c"], 3),
        )
        self.check(lambda p: p.named.pop("b"), ("remove", ["n", "b"]))
        self.check(lambda p: p.tags.update([1, 2]), ("alter", ["tags"], [2], []))
        self.check(
            lambda p: p.tags.symmetric_difference_update([2, 3]),
            ("alter", ["tags"], [3], [2]),
        )

    def test_inside(self) -> None:
        """
        A path leads into lists, dicts and parts.  It does not lead into a tuple.
        """
        self.check(lambda p: p.named["a"].append(2), ("splice", ["n", "a"], 1, 1, [2]))
        self.check(
            lambda p: p.named.update({(1, 2): [{}]}), ("set", ["n", (1, 2)], [{}])
        )
        self.check(
            lambda p: p.named[1, 2][0].update(x=1), ("set", ["n", (1, 2), 0, "x"], 1)
        )
        self.check(
            lambda p: setattr(p, "things", (1, [2])), ("set", ["things"], (1, [2]))
        )
        self.check(lambda p: p.things[1].append(3), ("set", ["things"], (1, [2, 3])))

    def test_twoPlaces(self) -> None:
        """
        What is in two places, or was there already, comes with each field that it
        is in.
        """
        self.check(
            lambda p: p.things.append(p.named["a"]), ("set", ["things"], [3, 1, 2, [1]])
        )
        self.check(
            lambda p: p.named["a"].append(2),
            ("set", ["n"], {"a": [1, 2]}),
            ("set", ["things"], [3, 1, 2, [1, 2]]),
        )
        self.check(lambda p: p.things.pop(), ("splice", ["things"], 3, 4, []))
        self.check(lambda p: p.named["a"].append(3), ("splice", ["n", "a"], 2, 2, [3]))

    def test_blocks(self) -> None:
        """
        A block is a call for each field of the master that differs.
        """

        def block(pond: Any) -> None:
            with pbcopy.changing(pond):
                pond.named["a"].append(2)
                pond.named["b"] = 3
                pond.things.append(4)
                pond.things.pop()
                del pond.colour

        self.check(block, ("remove", ["colour"]), ("set", ["n"], {"a": [1, 2], "b": 3}))
