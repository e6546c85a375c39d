# -*- test-case-name: pbcopy.test.test_lens -*-
"""
Tests for L{pbcopy._lens}: what a viewer gets, and what it cannot know by that.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import attr
from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _sharing
from pbcopy._adoption import attributesOf
from pbcopy._converged import assertConverged
from pbcopy._delta import MOST_SHAPES
from pbcopy._lens import Lens, maySee
from pbcopy._schema import schemaOf
from pbcopy.errors import Unsendable
from pbcopy.test import sharedponds
from pbcopy.test.sharedponds import Duck, Pond, Taker, give, meet, told
from pbcopy.testing import endTurn


def lensOf(master: Any, perspective: Any = None) -> Lens:
    """
    Find what a perspective has of a master.
    """
    for audience in _sharing._audiences.values():
        lens = audience.lens
        if lens.master is master and lens.perspective == perspective:
            return lens
    raise AssertionError(f"{perspective!r} has no lens")


@pbcopy.shared
class Note(pbcopy.Cacheable):
    """
    A master with no container in it.
    """

    text: str = ""
    plan: Any = pbcopy.field(default=None, visibleTo=sharedponds.isSeen)


class UndeclaredDuck(Duck):
    """
    One whose class was not declared.
    """


class KnownTests(SynchronousTestCase):
    """
    A lens knows the nodes that its receivers have, and no others.
    """

    def setUp(self) -> None:
        """
        Have a pond with a duck, and a replica.
        """
        self.patch(sharedponds, "SEERS", {"owner"})
        self.pond = Pond(ducks=[Duck("swan")])
        self.connection = meet()
        self.view = give(self.connection, self.pond)
        self.lens = lensOf(self.pond)

    def close(self) -> None:
        """
        Lose the connection.  Nothing is left of the lens.
        """
        self.connection.cut()
        endTurn()
        self.assertEqual(({}, {}), (self.lens._known, self.lens._rights))
        self.assertNotIn(self.lens, attributesOf(self.pond).watchers)

    def test_undeclared(self) -> None:
        """
        What cannot be sent, as its class was not declared, can leave again, and
        does not keep the rights of others from being asked for.
        """
        self.pond.ducks.append(UndeclaredDuck("coot"))
        self.assertEqual(1, len(self.flushLoggedErrors(Unsendable)))
        sharedponds.SEERS = set()
        pbcopy.viewersChanged(self.pond)
        self.pond.ducks.pop()
        self.close()
        self.assertEqual([], self.flushLoggedErrors())

    def test_notSent(self) -> None:
        """
        What has left by a change that could not be sent is not known any more, and
        what happens to it is not sent.
        """
        swan, before = self.pond.ducks[0], len(self.lens._known)
        self.pond.ducks[0] = Duck("half of a pair: \ud800")
        self.assertEqual(1, len(self.flushLoggedErrors(Unsendable)))
        self.pond.ducks[0] = Duck("coot")
        self.connection.deliver()
        swan.name = "secret"
        self.assertEqual(b"", bytes(self.connection.fromServer.take(None)))
        self.assertEqual("coot", self.view.ducks[0].name)
        self.assertEqual(before, len(self.lens._known))
        del swan
        pbcopy.viewersChanged(self.pond)
        self.close()
        self.assertEqual([], self.flushLoggedErrors())

    def test_shapes(self) -> None:
        """
        However often fields come and go while others join, neither a state nor
        what a replica remembers grows for ever.
        """
        pond, slot = Pond(), self.connection.client.locallyCachedObjects
        view = give(self.connection, pond, "owner")
        other = meet()
        for at in range(MOST_SHAPES * 3):
            isShort = at % 2 == 0
            duck = Duck("swan")
            if isShort:
                del duck.secret
            pond.ducks[:] = [duck]
            joined = give(other, pond, "owner")
            self.connection.deliver()
            self.assertEqual(isShort, not hasattr(view.ducks[0], "secret"))
            del joined
            other.deliver()
        assertConverged(self.connection)
        self.assertEqual([], self.flushLoggedErrors())
        self.assertLessEqual(lensOf(pond, "owner").shapeCount, MOST_SHAPES)
        shapes = [len(each.view._shapes) for each in slot.values()]
        self.assertLessEqual(max(shapes), MOST_SHAPES)


class MaySeeTests(SynchronousTestCase):
    """
    Whatever a predicate does, it tells.
    """

    def ask(self, visibleTo: Any, perspective: object = None) -> bool:
        """
        Ask whether a field may be seen.
        """
        duck = Duck("swan")
        schema: Any = schemaOf(Duck)
        options = attr.evolve(schema.fields["secret"].options, visibleTo=visibleTo)
        field = attr.evolve(schema.fields["secret"], options=options)
        seen = maySee(duck, field, perspective)
        self.assertIs(bool, type(seen))
        return seen

    def test_asked(self) -> None:
        """
        It is given the object and the perspective, and what it gives is true or
        not.  A field without one may be seen.
        """
        asked: list[Any] = []
        self.assertFalse(self.ask(lambda *args: asked.append(args), "somebody"))
        [(duck, perspective)] = asked
        self.assertEqual(("swan", "somebody"), (duck.name, perspective))
        self.assertTrue(self.ask(lambda *args: [0]))
        self.assertTrue(self.ask(None))

    def test_raises(self) -> None:
        """
        One that raises, or gives what is neither true nor false, hides the field,
        and that is logged, whatever the perspective says of itself.
        """

        class Bad:
            def __bool__(self) -> bool:
                raise ValueError

            def __repr__(self) -> str:
                raise ValueError

        for visibleTo in (lambda *args: 1 // 0, lambda *args: Bad()):
            for perspective in (None, Bad()):
                self.assertFalse(self.ask(visibleTo, perspective))
        self.assertEqual(2, len(self.flushLoggedErrors(ZeroDivisionError)))
        self.assertEqual(2, len(self.flushLoggedErrors(ValueError)))


class RightsTests(SynchronousTestCase):
    """
    What a perspective may see changes.
    """

    def setUp(self) -> None:
        """
        Have a pond with a plan, and replicas of one who may see it and of one who
        may not.
        """
        self.patch(sharedponds, "SEERS", {"owner"})
        self.pond = Pond(ducks=[Duck("swan", secret="s")], plan="plan")
        self.connection = meet()
        self.owner = give(self.connection, self.pond, "owner")
        self.other = give(self.connection, self.pond, "other")

    def turn(self) -> None:
        """
        Have the two change places.
        """
        sharedponds.SEERS = {"other"}
        pbcopy.viewersChanged(self.pond)

    def settled(self) -> Any:
        """
        Give the connection, where all has arrived.
        """
        self.connection.deliver()
        return self.connection

    def test_deletedInTheBlock(self) -> None:
        """
        What is deleted in the block in which rights change vanishes, and does not
        appear.
        """
        heard, heardByOther = told(self.owner), told(self.other)
        with pbcopy.changing(self.pond):
            self.turn()
            del self.pond.plan, self.pond.ducks[0].secret
        assertConverged(self.settled())
        self.assertFalse(hasattr(self.owner, "plan"))
        self.assertFalse(hasattr(self.owner.ducks[0], "secret"))
        self.assertEqual(
            [["PondView.plan removed 'plan'", "PondView.ducks[0].secret removed 's'"]],
            heard,
        )
        self.assertEqual([], heardByOther)

    def test_setInTheBlock(self) -> None:
        """
        What is set in the block in which rights change appears as it is now, once,
        and vanishes as it was.
        """
        heard, heardByOther = told(self.owner), told(self.other)
        with pbcopy.changing(self.pond):
            self.pond.plan = "another"
            self.turn()
            self.pond.plan = ["the last"]
        assertConverged(self.settled())
        self.assertEqual("PondView.plan removed 'plan'", heard[0][0])
        self.assertEqual(
            ["PondView.plan added ['the last']", "PondView.ducks[0].secret added 's'"],
            heardByOther[0],
        )

    def test_blockRaises(self) -> None:
        """
        What may not be seen any more vanishes though the block raises, and
        everything else stays as it was.
        """
        heard = told(self.owner)
        with self.assertRaises(ZeroDivisionError), pbcopy.changing(self.pond):
            self.turn()
            self.pond.colour = "blue"
            self.pond.plan = 1 // 0
        assertConverged(self.settled())
        self.assertEqual(
            [["PondView.plan removed 'plan'", "PondView.ducks[0].secret removed 's'"]],
            heard,
        )
        self.assertEqual("plan", self.other.plan)

    def test_innerBlockRaises(self) -> None:
        """
        So it does with the outer block, where an inner one raises.
        """
        with pbcopy.changing(self.pond):
            with self.assertRaises(ZeroDivisionError), pbcopy.changing(self.pond):
                self.turn()
                self.pond.plan = 1 // 0
            self.connection.deliver()
            self.assertEqual("plan", self.owner.plan)
        assertConverged(self.settled())
        self.assertFalse(hasattr(self.owner, "plan"))

    def test_unasked(self) -> None:
        """
        A predicate is asked again when the master says so, and not before: whoever
        comes meanwhile sees what the others with this perspective see.
        """
        sharedponds.SEERS = {"other"}
        self.pond.plan = "another"
        self.pond.ducks.append(Duck("coot", secret="t"))
        self.settled()
        fresh = give(meet(), self.pond, "owner")
        for view in (self.owner, fresh):
            self.assertEqual("another", view.plan)
            # This one was never seen.
            self.assertFalse(hasattr(view.ducks[1], "secret"))
        self.assertFalse(hasattr(self.other, "plan"))
        pbcopy.viewersChanged(self.pond)
        assertConverged(self.settled())
        self.assertEqual("another", self.other.plan)

    def test_movedIntoNew(self) -> None:
        """
        What is moved, in a block, into something new that may be seen, is told of
        with its changes and its rights; in something new that is hidden, it is not.
        """
        swan, coot = self.pond.ducks[0], Duck("coot")
        self.pond.ducks.append(coot)
        self.settled()
        moved = self.owner.ducks[0], self.other.ducks[0]
        with pbcopy.changing(self.pond):
            self.pond.named["a"] = [{"b": self.pond.ducks.pop(0)}]
            self.pond.plan = [{"b": self.pond.ducks.pop(0)}]
            swan.name, coot.name = "heron", "hidden"
            self.turn()
        assertConverged(self.settled())
        for view, duck in zip((self.owner, self.other), moved, strict=True):
            self.assertIs(duck, view.named["a"][0]["b"])
            self.assertEqual("heron", duck.name)
        self.assertFalse(hasattr(moved[0], "secret"))
        self.assertEqual("s", moved[1].secret)
        self.assertEqual("hidden", self.other.plan[0]["b"].name)
        known = [node for node, _ in lensOf(self.pond, "owner")._known.values()]
        self.assertNotIn(id(attributesOf(coot)), map(id, known))

    def test_onlyPath(self) -> None:
        """
        What is in a hidden field alone is forgotten with it, comes with it as it is
        then, and is the same object where it is at another place, too.
        """
        self.pond.plan = {"a": [1]}
        shared = self.pond.plan["a"]
        self.settled()
        known = len(lensOf(self.pond, "owner")._known)
        self.turn()
        self.settled()
        self.assertEqual(known - 2, len(lensOf(self.pond, "owner")._known))
        shared.append(2)
        self.assertEqual({"a": [1, 2]}, self.settled() and self.other.plan)
        self.pond.things = shared
        self.assertEqual([1, 2], self.settled() and self.owner.things)
        sharedponds.SEERS = {"owner"}
        pbcopy.viewersChanged(self.pond)
        assertConverged(self.settled())
        self.assertIs(self.owner.things, self.owner.plan["a"])
        # The path that all see keeps it.
        shared.append(3)
        assertConverged(self.settled())
        self.assertEqual([1, 2, 3], self.other.things)


class UnseenTests(SynchronousTestCase):
    """
    What a viewer may not see cannot be told by anything that it gets.
    """

    def setUp(self) -> None:
        """
        Have a pond, and one who may not see its plan.
        """
        self.patch(sharedponds, "SEERS", set())
        self.patch(os, "urandom", bytes)
        self.pond = Pond(ducks=[Duck("swan"), Duck("coot")], named={"a": [1]})
        self.connection = meet()
        self.view = give(self.connection, self.pond)

    def sent(self) -> bytes:
        """
        Give what was written to the viewer, and deliver it.
        """
        data = self.connection.fromServer.take(None)
        self.connection.client.dataReceived(data)
        self.connection.deliver()
        return data

    def test_nothing(self) -> None:
        """
        A change of what is hidden sends nothing at all, by itself or in a block,
        and neither does asking for rights that are as they were.
        """
        pond: Any = self.pond
        swan: Any = pond.ducks[0]
        for change in (
            lambda: setattr(pond, "plan", [1, {"a": {1}}]),
            lambda: pond.plan.append(2),
            lambda: pond.plan[1]["a"].add(2),
            lambda: setattr(swan, "secret", Duck("secret")),
            lambda: setattr(swan.secret, "name", "more secret"),
            lambda: setattr(pond, "plan", pond.ducks),
            lambda: setattr(swan, "secret", pond.named["a"]),
            lambda: pbcopy.viewersChanged(pond),
            lambda: pbcopy.viewersChanged(swan),
            lambda: delattr(pond, "plan"),
            lambda: delattr(swan, "secret"),
        ):
            change()
            self.assertEqual(b"", self.sent())
        with pbcopy.changing(pond, swan):
            pond.plan = [1]
            pond.plan += [2]
            swan.secret = pond.plan
            pbcopy.viewersChanged(pond)
        self.assertEqual(b"", self.sent())

    def test_taken(self) -> None:
        """
        What leaves what may be seen is not told of any more, wherever it is
        hidden, and is new when it comes back.
        """
        names = self.pond.named["a"]
        self.pond.plan = names
        del self.pond.named["a"]
        self.sent()
        names.append("hidden")
        with pbcopy.changing(self.pond):
            names.append("hidden, too")
            self.pond.colour = "blue"
        self.assertNotIn(b"hidden", self.sent())
        with pbcopy.changing(self.pond):
            names.clear()
            self.pond.named["b"] = names
        data = self.sent()
        self.assertNotIn(b"hidden", data)
        self.assertEqual([], self.view.named["b"])

    def test_order(self) -> None:
        """
        The order of what a block sends does not depend on what is hidden.
        """
        with pbcopy.changing(self.pond):
            self.pond.plan = 1
            self.pond.ducks[0].secret = "s"
            self.pond.ducks[1].name = "goose"
            self.pond.ducks[0].name = "heron"
            self.pond.colour = "blue"
        heard = told(self.view)
        self.sent()
        paths = [text.split()[0] for text in heard[0]]
        self.assertEqual(
            ["PondView.ducks[1].name", "PondView.ducks[0].name", "PondView.colour"],
            paths,
        )

    def test_errors(self) -> None:
        """
        An error that is sent has no name and no value of what is hidden.
        """
        note = Note()
        # It was written past the object.
        vars(note)["plan"] = bytearray(b"hidden")
        error = self.assertRaises(Unsendable, give, meet(), note)
        self.assertEqual("Note", error.where)
        self.assertNotIn("plan", str(error))
        self.assertNotIn("hidden", str(error))
        [logged] = self.flushLoggedErrors(Unsendable)
        self.assertEqual("Note.plan", logged.value.where)

    def test_hiddenErrors(self) -> None:
        """
        What cannot be sent, and is hidden, does no harm to those who do not see it.
        """
        self.pond.plan = "half of a pair: \ud800"
        self.pond.ducks[0].secret = "\ud800"
        self.pond.colour = "blue"
        self.sent()
        self.assertEqual("blue", self.view.colour)
        self.assertEqual("blue", give(meet(), self.pond).colour)


Change = Callable[[Pond, Duck], Any]

SEEN: list[Change] = [
    lambda pond, duck: setattr(pond, "colour", f"{pond.colour}."),
    lambda pond, duck: pond.ducks.append(Duck("heron", secret="s")),
    lambda pond, duck: pond.ducks.reverse(),
    lambda pond, duck: pond.ducks.pop() if len(pond.ducks) > 2 else None,
    lambda pond, duck: setattr(duck, "name", f"{duck.name}."),
    lambda pond, duck: setattr(duck, "friend", pond.ducks[-1]),
    lambda pond, duck: duck.eggs.append(len(duck.eggs)),
    lambda pond, duck: setattr(pond, "things", [duck]),
    lambda pond, duck: pond.named.update(a=duck.eggs),
    lambda pond, duck: pond.named.clear(),
    lambda pond, duck: pond.tags.add(len(pond.tags)),
    lambda pond, duck: pond.tags.clear(),
    lambda pond, duck: delattr(pond, "depth") if "depth" in vars(pond) else None,
    lambda pond, duck: setattr(pond, "depth", 1.5),
]
"""Changes of what all may see."""

HIDDEN: list[Change] = [
    lambda pond, duck: setattr(pond, "plan", [1, {"a": []}]),
    lambda pond, duck: setattr(pond, "plan", pond.ducks),
    lambda pond, duck: setattr(pond, "plan", Duck("secret", friend=duck)),
    lambda pond, duck: setattr(pond, "plan", duck.eggs),
    lambda pond, duck: setattr(duck, "secret", pond.plan),
    lambda pond, duck: setattr(duck, "secret", pond.named),
    lambda pond, duck: setattr(duck, "secret", duck),
    lambda pond, duck: setattr(duck, "secret", "\ud800"),
    lambda pond, duck: vars(pond).pop("plan", None),
    lambda pond, duck: pond.plan.append(2) if pond.plan == [1, {"a": []}] else None,
    lambda pond, duck: pbcopy.viewersChanged(pond),
]
"""Those of what is hidden.  None changes what all may see."""


Script = list[list[tuple[bool, int, int]]]
"""Lists of changes, each of which is a block if it has more than one: whether it is
hidden, which, and of what duck."""


class AnyHistoryTests(SynchronousTestCase):
    """
    Whatever happens, what a viewer gets is what it would get if nothing of what it
    may not see had ever happened.
    """

    def setUp(self) -> None:
        """
        Have all lenses have one epoch, and have nobody see anything.
        """
        self.patch(sharedponds, "SEERS", set())
        self.patch(os, "urandom", bytes)

    def got(self, script: Script) -> list[bytes]:
        """
        Do what a script says, and give what a viewer was sent.  One that can tell
        only plain values from others is sent what a stock one is.
        """
        pond = Pond(ducks=[Duck("swan"), Duck("coot")])
        connections = [meet(), meet(isMet=False)]
        connections[1].fromClient.held = True
        for each in connections:
            each.client.setNameForLocal("taker", taker := Taker())
            call = each.server.remoteForName("taker").callRemote("take", pond)
            call.addErrback(lambda lost: None)
            each.deliver()
            self.assertIsNotNone(taker.taken)
        sent: list[bytes] = []
        for changes in script:
            with pbcopy.changing(pond) if len(changes) != 1 else nullcontext():
                for isHidden, which, duck in changes:
                    some = HIDDEN if isHidden else SEEN
                    change = some[which % len(some)]
                    change(pond, pond.ducks[duck % len(pond.ducks)])
            sent += [each.fromServer.take(None) for each in connections]
        for each in connections:
            each.cut()
        return sent

    def test_same(self) -> None:
        """
        The bytes are the same, to those that have a declared class and to those
        that have none.
        """

        @settings(derandomize=True, database=None, deadline=None, max_examples=200)
        @given(
            st.lists(
                st.lists(
                    st.tuples(st.booleans(), st.integers(0, 13), st.integers(0, 2)),
                    min_size=1,
                    max_size=5,
                ),
                min_size=1,
                max_size=12,
            )
        )
        def check(script: Script) -> None:
            seen = [[each for each in some if not each[0]] for some in script]
            # One change in a block is still a block.
            isOne = [len(some) == 1 for some in script]
            nothing = (True, len(HIDDEN) - 1, 0)
            without = [
                some if one else [*some, *[nothing] * 2]
                for some, one in zip(seen, isOne, strict=True)
            ]
            self.assertEqual(self.got(without), self.got(script))
            self.assertEqual([], self.flushLoggedErrors())

        check()
