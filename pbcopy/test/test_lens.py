# -*- test-case-name: pbcopy.test.test_lens -*-
"""
Tests for L{pbcopy._lens}: what a viewer gets, and what it cannot know by that.
"""

from __future__ import annotations

from typing import Any

import attr
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _sharing
from pbcopy._adoption import attributesOf
from pbcopy._converged import assertConverged
from pbcopy._lens import Lens, maySee
from pbcopy._schema import schemaOf
from pbcopy.errors import Unsendable
from pbcopy.test import sharedponds
from pbcopy.test.sharedponds import Duck, Pond, give, meet, told
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
