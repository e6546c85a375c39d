# -*- test-case-name: pbcopy.test.test_adoption -*-
"""
Tests for L{pbcopy._adoption}.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from dataclasses import dataclass
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import Copyable, pb
from pbcopy._adoption import adopted, attributesOf, checkLeaf, nodesIn
from pbcopy._nodes import Attributes, FreshAttributes
from pbcopy._tracked import holdersOf
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy._trackedset import TrackedSet
from pbcopy.errors import Unsendable
from pbcopy.test.nodes import Duck, Pond, Slotted, reachable, track


def here() -> str:
    """
    Tell where a value is to be.
    """
    return "Pond.ducks"


@track()
@dataclass(frozen=True)
class Stone(Copyable):
    """
    A part whose fields are set past it.
    """

    marks: Any = ()


class AdoptionTests(SynchronousTestCase):
    """
    A node takes a value.
    """

    def test_containers(self) -> None:
        """
        Plain containers become tracked, with the same in them, and what is in them
        knows it.
        """
        made = adopted([{"a": {1}, "b": ([2], 3)}], here)
        self.assertEqual([{"a": {1}, "b": ([2], 3)}], made)
        [inner] = made
        kinds = [type(each) for each in (made, inner, inner["a"], inner["b"][0])]
        self.assertEqual([TrackedList, TrackedDict, TrackedSet, TrackedList], kinds)
        self.assertEqual([made], list(holdersOf(inner)))
        for each in (inner["a"], inner["b"][0]):
            self.assertEqual([inner], list(holdersOf(each)))

    def test_asItIs(self) -> None:
        """
        What is tracked, or is a leaf, stays as it is.
        """
        for value in (1, "x", TrackedList(), (1, 2), (Duck(), 1), Duck(), Pond()):
            self.assertIs(value, adopted(value, here))

    def test_identity(self) -> None:
        """
        What is one object in a value stays one, also in a cycle.
        """
        plain: list[Any] = []
        plain += [plain, (plain,), {"a": plain}]
        made = adopted(plain, here)
        self.assertIs(made, made[0])
        self.assertIs(made, made[1][0])
        self.assertIs(made, made[2]["a"])

    def test_deep(self) -> None:
        """
        How deep containers and objects may be is not bound by Python's stack.
        """
        plain: Any = []
        for _ in range(5000):
            plain = [plain]
        self.assertIsInstance(adopted(plain, here)[0][0], TrackedList)
        chain = Duck()
        for _ in range(5000):
            # Past the object, so that its node is not made yet.
            last, chain = chain, Duck.__new__(Duck)
            chain.__dict__.update(name="", friends=[last])
        made = adopted([chain], here)
        self.assertEqual(2 * 5001 + 1, len(list(reachable(made))))

    def test_deepTuples(self) -> None:
        """
        Tuples that are too deep are refused.
        """
        value: Any = ()
        for _ in range(100000):
            value = (value,)
        error = self.assertRaises(Unsendable, adopted, value, here)
        self.assertEqual("Pond.ducks", error.where)

    def test_refused(self) -> None:
        """
        The error says where it is, what it is, and what to do.
        """
        for value, where, advice in [
            (bytearray(b"x"), "", "use bytes"),
            (
                [1, {"a": (2, object())}],
                "[1].a[1]",
                "declare its class with pbcopy.shared",
            ),
            ([deque()], "[0]", "use a plain list"),
            (range(3), "", "use a plain list"),
            ({}.keys(), "", "use a plain set"),
            ([OrderedDict()], "[0]", "use a plain dict"),
            ({"a b": defaultdict(list)}, "['a b']", "use a plain dict"),
            (type("Own", (list,), {})(), "", "use a plain list"),
            (type("Own", (str,), {})(), "", "use a plain str"),
            (type("Own", (tuple,), {})(), "", "use a plain tuple"),
            ([pb.Copyable()], "[0]", "declare its class with pbcopy.shared"),
            ({1: {(1, Duck())}}, "[1]{…}", "use a list"),
            ([{Duck(): 1}], "[0]{key Duck(name='', friends=[])}", "use a list"),
            ([frozenset([Duck()])], "[0]", "use a list"),
        ]:
            error = self.assertRaises(Unsendable, adopted, value, here)
            self.assertEqual(f"Pond.ducks{where}", error.where)
            self.assertIn(advice, error.advice)
            self.assertTrue(error.got)

    def test_whereIsAskedForAnErrorAlone(self) -> None:
        """
        A path costs nothing where there is no error.
        """
        adopted([1, {"a": {2}}], lambda: self.fail("asked"))

    def test_longPath(self) -> None:
        """
        A path that nobody could read has no middle.
        """
        plain: Any = bytearray()
        for _ in range(5000):
            plain = [plain]
        error = self.assertRaises(Unsendable, adopted, plain, here)
        self.assertEqual(201, len(error.where))

    def test_nothingIsLeft(self) -> None:
        """
        What is refused leaves nothing behind in what was in it.
        """
        duck, plain = Duck.__new__(Duck), TrackedList()
        duck.__dict__.update(name="x", friends=[1])
        other = Duck.__new__(Duck)
        other.__dict__.update(name=bytearray())
        error = self.assertRaises(Unsendable, adopted, [duck, plain, other], here)
        self.assertEqual("Pond.ducks[2].name", error.where)
        self.assertEqual({}, plain.holders)
        for each in (duck, other):
            self.assertIs(dict, type(each.__dict__))
        self.assertIs(list, type(duck.friends))

    def test_checkLeaf(self) -> None:
        """
        A member of a set is checked by itself.
        """
        checkLeaf((1, 2), here)
        error = self.assertRaises(Unsendable, checkLeaf, (1, [2]), here)
        self.assertIn("may be a key, or be in a set", str(error))


class AttributesTests(SynchronousTestCase):
    """
    The attributes of a shared object are a node.
    """

    def test_made(self) -> None:
        """
        They are made once, with what the object had.
        """
        duck = Duck.__new__(Duck)
        duck.__dict__.update(name="x", friends=[[]], other=[])
        node = attributesOf(duck)
        self.assertIs(Attributes, type(node))
        self.assertIs(node, attributesOf(duck))
        self.assertIs(node, duck.__dict__)
        self.assertIs(duck, node.owner())
        self.assertIs(TrackedList, type(duck.friends))
        self.assertIs(list, type(vars(duck)["other"]))
        self.assertEqual([duck.friends], list(holdersOf(duck.friends[0])))
        self.assertEqual([node], list(holdersOf(duck.friends)))

    def test_refused(self) -> None:
        """
        What was set past the object and could change is refused, with its path.
        """
        duck = Duck.__new__(Duck)
        duck.__dict__.update(friends=[object()])
        error = self.assertRaises(Unsendable, attributesOf, duck)
        self.assertEqual("Duck.friends[0]", error.where)
        self.assertIs(dict, type(duck.__dict__))

    def test_frozen(self) -> None:
        """
        Those of a frozen object are set past it.
        """
        plain = [1]
        stone = Stone(plain)
        self.assertIsInstance(stone.marks, TrackedList)
        self.assertEqual([attributesOf(stone)], list(holdersOf(stone.marks)))

    def test_slots(self) -> None:
        """
        Those in slots are found.
        """
        made = Slotted("x", [1])
        self.assertIsInstance(made.friends, TrackedList)
        self.assertEqual({"name": "x", "friends": [1]}, attributesOf(made).fields())

    def test_slotsThatAreSetLater(self) -> None:
        """
        Where nothing was there, and slots were set past the object since, it is
        looked again.
        """
        made = Slotted.__new__(Slotted)
        node = attributesOf(made)
        self.assertIs(FreshAttributes, type(node))
        object.__setattr__(made, "friends", [[]])
        self.assertIs(node, attributesOf(made))
        self.assertIs(Attributes, type(node))
        self.assertEqual([node], list(holdersOf(made.friends)))

    def test_nodesIn(self) -> None:
        """
        A value may be a node, have some, or have none.
        """
        duck, pond = Duck(), Pond()
        for value, nodes in [
            (1, []),
            (duck.friends, [duck.friends]),
            ((1, (duck.friends, duck)), [duck.friends, attributesOf(duck)]),
            (pond, []),
            ((pond, 1), []),
        ]:
            self.assertEqual(list(map(id, nodes)), list(map(id, nodesIn(value))))
