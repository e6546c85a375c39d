# -*- test-case-name: pbcopy.test.test_paths -*-
"""
Tests for L{pbcopy._paths}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._paths import LONGEST, pathTo, shortened


class Box:
    """
    Something that has attributes.
    """

    __slots__ = ("__dict__", "inner")
    inner: Any


class PathTests(SynchronousTestCase):
    """
    One notation says where something is.
    """

    def test_containers(self) -> None:
        """
        The path has a step for each container, and an attribute or a key.
        """
        sought, box = Box(), Box()
        box.inner = [sought]
        for whole, path in [
            ({"ducks": [0, sought]}, ".ducks[1]"),
            ({"two words": (sought,)}, "['two words'][0]"),
            ({7: sought}, "[7]"),
            ({sought: 7}, f"[{sought!r}]"),
            ({"x": {sought}}, ".x{…}"),
            ({"x": box}, ".x.inner[0]"),
            (sought, ""),
            ({"x": 1}, ""),
        ]:
            self.assertEqual(path, pathTo(sought, whole))

    def test_aCycle(self) -> None:
        """
        A state that refers to itself is searched once.
        """
        whole: list[Any] = []
        whole += [whole, [Box()]]
        self.assertEqual("[1][0]", pathTo(whole[1][0], whole))
        self.assertEqual("", pathTo(Box(), whole))

    def test_shortened(self) -> None:
        """
        A path that nobody could read has no middle.
        """
        self.assertEqual(".next" * 4, shortened(".next" * 4))
        short = shortened("Node" + ".next" * 10_000)
        self.assertEqual(LONGEST + 1, len(short))
        self.assertTrue(short.startswith("Node.next"))
        self.assertTrue(short.endswith(".next"))
