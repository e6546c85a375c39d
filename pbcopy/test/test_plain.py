"""
Tests for L{pbcopy._plain}.
"""

from __future__ import annotations

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
