# -*- test-case-name: pbcopy.test.test_change -*-
"""
Tests for L{pbcopy._change}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _operations as does
from pbcopy._adoption import attributesOf
from pbcopy._change import LONGEST, Change, ChangeKind, changesBy, wayOf
from pbcopy._operations import ABSENT
from pbcopy.test.views import Colour, Duck, Pond


class ChangeTests(SynchronousTestCase):
    """
    Each operation is some changes, which read well.
    """

    def setUp(self) -> None:
        """
        Have a pond.
        """
        self.pond = Pond()
        self.pond.ducks = [Duck("one"), Duck("two")]
        self.pond.thing = ["swan", "goose", "duck", "coot"]
        self.pond.depths = {"a": (1, 1.5)}
        self.root = attributesOf(self.pond)

    def read(self, operation: Any) -> list[str]:
        """
        Give the changes of an operation as texts.
        """
        return [str(each) for each in changesBy(operation, self.root)]

    def test_fields(self) -> None:
        """
        A field is changed, comes or goes.
        """
        for old, new, text in (
            (Colour.GREEN, Colour.BROWN, "changed <Colour.GREEN: 'green'> to"),
            (ABSENT, "blue", "added 'blue'"),
            ("blue", ABSENT, "removed 'blue'"),
            (None, "blue", "changed None to 'blue'"),
        ):
            (change,) = self.read(does.Set(self.root, "colour", old, new))
            self.assertTrue(change.startswith(f"Pond.colour {text}"), change)

    def test_inObjects(self) -> None:
        """
        The path goes through lists and objects.
        """
        node = attributesOf(self.pond.ducks[1])
        (change,) = self.read(does.Set(node, "name", "two", "three"))
        self.assertEqual("Pond.ducks[1].name changed 'two' to 'three'", change)

    def test_splice(self) -> None:
        """
        Items are added, removed and changed, each in its place.
        """
        things = self.pond.thing
        added = does.Splice(things, 2, 2, [], ["ugly duckling"])
        self.assertEqual(["Pond.thing[2] added 'ugly duckling'"], self.read(added))
        removed = does.Splice(things, 0, 2, things[:2], [])
        self.assertEqual(
            ["Pond.thing[0] removed 'swan'", "Pond.thing[1] removed 'goose'"],
            self.read(removed),
        )
        both = does.Splice(
            things, 1, 3, things[1:3], ["heron", "".join(["du", "ck"]), 1]
        )
        self.assertEqual(
            ["Pond.thing[1] changed 'goose' to 'heron'", "Pond.thing[3] added 1"],
            self.read(both),
        )

    def test_stride(self) -> None:
        """
        So are those in equal distances.
        """
        things = self.pond.thing
        gone = does.Stride(things, 3, -1, -2, things[::-2], None)
        self.assertEqual(
            ["Pond.thing[3] removed 'coot'", "Pond.thing[1] removed 'goose'"],
            self.read(gone),
        )
        other = does.Stride(things, 0, 4, 2, things[::2], ["a", "duck"])
        self.assertEqual(["Pond.thing[0] changed 'swan' to 'a'"], self.read(other))

    def test_order(self) -> None:
        """
        Another order is one change.
        """
        (change,) = changesBy(does.Order(self.pond.thing, [3, 2, 1, 0]), self.root)
        self.assertIs(ChangeKind.MOVED, change.kind)
        self.assertEqual([*self.pond.thing], change.old)
        self.assertEqual([*reversed(self.pond.thing)], change.new)
        expected = "Pond.thing moved to ['coot', 'duck', 'goose', 'swan']"
        self.assertEqual(expected, str(change))

    def test_dicts(self) -> None:
        """
        So is each key.
        """
        depths = self.pond.depths
        came = does.Update(depths, {"a": (1, 1.5)}, {"a": (2, 1.5), "b c": (3, 1.0)})
        self.assertEqual(
            [
                "Pond.depths.a changed (1, 1.5) to (2, 1.5)",
                "Pond.depths['b c'] added (3, 1.0)",
            ],
            self.read(came),
        )
        gone = does.Remove(depths, {"a": (1, 1.5)})
        self.assertEqual(["Pond.depths.a removed (1, 1.5)"], self.read(gone))

    def test_sets(self) -> None:
        """
        And each member.
        """
        change = does.Alter(self.pond.tags, {"x"}, {b".."})
        self.assertEqual(
            ["Pond.tags removed b'..'", "Pond.tags added 'x'"], self.read(change)
        )

    def test_long(self) -> None:
        """
        A long value is shortened.
        """
        change = Change("Pond.thing", ChangeKind.ADDED, None, "x" * 10_000)
        self.assertLess(len(str(change)), LONGEST + 30)

    def test_others(self) -> None:
        """
        A whole state, and what a slow reader has lost.
        """
        renewed = Change("Pond", ChangeKind.RENEWED, None, None)
        self.assertEqual("Pond renewed", str(renewed))
        lost = Change("Pond", ChangeKind.LOST, 7, None)
        self.assertEqual("Pond lost 7 changes", str(lost))

    def test_pathOfWhatIsElsewhere(self) -> None:
        """
        What somebody else has, too, has its path in the replica.
        """
        ducks = self.pond.ducks
        other = Pond()
        node = attributesOf(ducks[0])
        self.pond.ducks = []
        self.pond.thing = [ducks[0]]
        other.ducks = ducks
        (change,) = self.read(does.Set(node, "name", "one", "two"))
        self.assertEqual("Pond.thing[0].name changed 'one' to 'two'", change)

    def test_way(self) -> None:
        """
        An error says where somebody wanted to change something.
        """
        things, depths = self.pond.thing, self.pond.depths
        for operation, way in (
            (does.Set(self.root, "colour", 1, 2), ".colour"),
            (does.Splice(things, 2, 3, ["duck"], []), "[2]"),
            (does.Stride(things, 3, -1, -2, things[::-2], None), "[3]"),
            (does.Order(things, [3, 2, 1, 0]), ""),
            (does.Update(depths, {}, {"b": 1}), ".b"),
            (does.Update(depths, {}, {}), ""),
            (does.Remove(depths, {"a": 1}), ".a"),
            (does.Alter(self.pond.tags, {"x"}, set()), ""),
        ):
            self.assertEqual(way, wayOf(operation))
