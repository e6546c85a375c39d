# -*- test-case-name: pbcopy.test.test_nodes -*-
"""
Tests for L{pbcopy._nodes}.
"""

from __future__ import annotations

import copy
import gc
import pickle
from functools import cached_property
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import Copyable
from pbcopy._adoption import attributesOf
from pbcopy._nodes import (
    Attributes,
    FreshAttributes,
    WatchedAttributes,
    fieldsOf,
    getField,
    link,
    unlink,
    unwatch,
    watch,
)
from pbcopy._operations import ABSENT
from pbcopy._tracked import holdersOf
from pbcopy._trackedlist import TrackedList
from pbcopy.errors import Unsendable
from pbcopy.test.nodes import Duck, Ear, Pond, Slotted, track


@track()
class Counted(Copyable):
    """
    A class whose field has a value at the class, too.
    """

    number: int = 7

    @cached_property
    def doubled(self) -> int:
        """
        Compute something once.
        """
        return 2 * self.number


class LinkTests(SynchronousTestCase):
    """
    A node knows who holds it, and how often.
    """

    def test_counted(self) -> None:
        """
        It forgets a holder when that has let go as often as it took hold.
        """
        child, one, other = TrackedList(), TrackedList(), TrackedList()
        for holder in (one, one, other):
            link(child, holder)
        unlink(child, one)
        self.assertEqual([one, other], [each() for each in child.holders.values()])
        unlink(child, one)
        unlink(child, one)
        self.assertEqual([other], [each() for each in child.holders.values()])

    def test_gone(self) -> None:
        """
        A holder that is gone is forgotten, and another one in its place in memory
        is not mistaken for it.
        """
        child = TrackedList()
        holder = TrackedList()
        link(child, holder)
        [known] = child.holders.values()
        del holder
        gc.collect()
        self.assertEqual({}, child.holders)
        stranger = TrackedList()
        child.holders = {id(stranger): known}
        unlink(child, stranger)
        self.assertEqual(1, len(child.holders))
        link(child, stranger)
        self.assertIs(stranger, child.holders[id(stranger)]())


class FieldTests(SynchronousTestCase):
    """
    The fields of an object are found.
    """

    def test_getField(self) -> None:
        """
        They are in its dict, or in a slot.  What its class has is not its own.
        """
        self.assertEqual(ABSENT, getField(Counted(), "number"))
        self.assertEqual("x", getField(Slotted("x"), "name"))
        self.assertEqual(ABSENT, getField(Slotted.__new__(Slotted), "name"))
        self.assertEqual("green", getField(Pond(), "colour"))

    def test_fieldsOf(self) -> None:
        """
        Private fields are none of them.
        """
        self.assertEqual(("colour", "ducks"), fieldsOf(Pond()))
        self.assertIs(None, fieldsOf(Copyable()))


class AttributesTests(SynchronousTestCase):
    """
    The dict of an object knows who watches the object.
    """

    def test_watched(self) -> None:
        """
        It is of another class for as long as somebody watches.
        """
        pond = Pond()
        node = attributesOf(pond)
        one, other = Ear(), Ear()
        watch(node, one)
        watch(node, other)
        self.assertEqual((WatchedAttributes, (one, other)), (type(node), node.watchers))
        unwatch(node, one)
        self.assertIs(WatchedAttributes, type(node))
        unwatch(node, other)
        self.assertEqual((Attributes, ()), (type(node), node.watchers))

    def test_writtenTo(self) -> None:
        """
        What is written past a watched object is heard, and becomes tracked.
        """
        pond = Pond()
        node = attributesOf(pond)
        ear = Ear(node)
        written: Any = vars(pond)
        written["colour"] = "blue"
        written.update(ducks=[[1]], secret=[2])
        written |= {"colour": "red"}
        self.assertEqual("red", written.pop("colour"))
        self.assertEqual("back", written.setdefault("colour", "back"))
        self.assertRaises(KeyError, written.pop, "nothing")
        self.assertRaises(KeyError, written.__delitem__, "nothing")
        self.assertEqual(
            ["blue", [[1]], "red", ABSENT, "back"], [each.new for each in ear.take()]
        )
        self.assertEqual([node], list(holdersOf(pond.ducks)))
        self.assertIs(list, type(pond.secret))
        error = self.assertRaises(Unsendable, written.update, ducks=[object()])
        self.assertEqual("Pond.ducks[0]", error.where)
        written.clear()
        self.assertEqual(({}, 2), (vars(pond), len(ear.take())))

    def test_cachedProperty(self) -> None:
        """
        What writes there something of its own may do so.
        """
        counted = Counted()
        Ear(attributesOf(counted))
        counted.number = 4
        self.assertEqual((8, 8), (counted.doubled, counted.doubled))

    def test_copied(self) -> None:
        """
        A copy or a pickle of the object has them, and nobody holds or watches it.
        """
        pond = Pond()
        pond.ducks.append([1])
        ear = Ear(attributesOf(pond), pond.ducks)
        copies = [copy.deepcopy(pond)]
        copies += [
            pickle.loads(pickle.dumps(pond, protocol))
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
        ]
        for each in copies:
            self.assertEqual([[1]], each.ducks)
            self.assertIsNot(pond.ducks, each.ducks)
            self.assertEqual({}, attributesOf(each).holders)
            self.assertEqual([attributesOf(each)], list(holdersOf(each.ducks)))
            each.ducks.append(2)
        # As a shallow copy of any object.
        other = copy.copy(pond)
        self.assertIs(pond.ducks, other.ducks)
        self.assertEqual([], ear.heard)

    def test_copiedInACycle(self) -> None:
        """
        An object that is held before it has its attributes gets them as its own.
        """
        for kind in (Duck, Slotted):
            duck = kind()
            duck.friends.append((duck, [1]))
            copies = [copy.deepcopy(duck.friends)]
            copies += [
                pickle.loads(pickle.dumps(duck.friends, protocol))
                for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)
            ]
            for each in copies:
                other = each[0][0]
                self.assertIs(each, other.friends)
                node = attributesOf(other)
                self.assertIs(Attributes, type(node))
                self.assertEqual([each], list(holdersOf(node)))
                self.assertEqual([node], list(holdersOf(each)))
                ear = Ear(node)
                other.name = "y"
                self.assertEqual(1, len(ear.heard))

    def test_fresh(self) -> None:
        """
        They are fresh until the object has all fields, or sets one itself.
        """
        one, other = Duck.__new__(Duck), Duck.__new__(Duck)
        node = attributesOf(one)
        self.assertIs(FreshAttributes, type(node))
        vars(one)["name"] = "x"
        self.assertIs(FreshAttributes, type(node))
        vars(one)["friends"] = []
        self.assertIs(Attributes, type(node))
        self.assertEqual([node], list(holdersOf(one.friends)))
        node = attributesOf(other)
        other.friends = []
        self.assertIs(Attributes, type(node))
