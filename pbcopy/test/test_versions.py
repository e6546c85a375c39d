"""
Tests of two versions of one module, in two processes, on TCP.
"""

from __future__ import annotations

import os
from textwrap import dedent

from twisted.trial.unittest import TestCase

from pbcopy.test.processes import PATIENCE, Child, startPython

BOTH = """
    from dataclasses import field
    from enum import Enum
    from typing import Any
    import pbcopy
"""

FIRST = """
    class Kind(Enum):
        LAKE = 1
        POOL = 2

    @pbcopy.shared
    class Duck(pbcopy.Copyable):
        name: str
        weight: int = 1

    @pbcopy.shared
    class Pond(pbcopy.Cacheable):
        colour: str = "green"
        depth: int = 2
        kind: Kind = Kind.LAKE
        keeper: str = "Ann"
        ducks: list[Duck] = pbcopy.field(default_factory=list)

    @pbcopy.replicaOf(Duck)
    class DuckView(pbcopy.RemoteCopy):
        pass

    @pbcopy.replicaOf(Pond)
    class PondView(pbcopy.RemoteCache):
        pass

    def made():
        return Pond(ducks=[Duck("swan")])

    def change(pond):
        pond.keeper = "Bob"
        pond.colour = "blue"
        pond.kind = Kind.POOL
        pond.ducks.append(Duck("goose", 3))

    def shown(view):
        ducks = [(duck.name, duck.weight) for duck in view.ducks]
        return (view.colour, view.depth, view.kind.name, view.keeper, ducks)
"""

SECOND = """
    class Kind(Enum):
        LAKE = 1
        POOL = 2
        SEA = 3

    @pbcopy.shared
    class Duck(pbcopy.Copyable):
        name: str
        weight: int | None = None
        wild: bool = False

    @pbcopy.shared
    class Pond(pbcopy.Cacheable):
        shade: str = pbcopy.field(default="brown", wireName="colour")
        depth: int | str = 5
        kind: Kind = Kind.POOL
        note: str = "none"
        ducks: list[Duck | str] = pbcopy.field(default_factory=list)

    @pbcopy.replicaOf(Duck)
    class DuckView(pbcopy.RemoteCopy):
        pass

    @pbcopy.replicaOf(Pond)
    class PondView(pbcopy.RemoteCache):
        keeper: str = "nobody"

    def made():
        return Pond(ducks=[Duck("coot", 2, wild=True)])

    def change(pond):
        pond.note = "some"
        pond.shade = "black"
        pond.kind = Kind.LAKE
        pond.ducks.append(Duck("teal", 4))

    def shown(view):
        ducks = [(duck.name, duck.weight, duck.wild) for duck in view.ducks]
        return (view.shade, view.depth, view.kind.name, view.note, ducks)
"""

OTHER = """
    @pbcopy.shared
    class Duck(pbcopy.Copyable):
        name: bytes
        eggs: int

    @pbcopy.shared
    class Pond(pbcopy.Cacheable):
        owner: str
        colour: int = 0
        depth: list[int] = pbcopy.field(default_factory=list)
        kind: str = ""
        ducks: list[Any] = pbcopy.field(default_factory=list)

    @pbcopy.replicaOf(Duck)
    class DuckView(pbcopy.RemoteCopy):
        pass

    @pbcopy.replicaOf(Pond)
    class PondView(pbcopy.RemoteCache):
        pass
"""


class VersionsTests(TestCase):
    """
    A sender has one version of a module, and a receiver another one.
    """

    timeout = 4 * PATIENCE

    def start(self, version: str, *arguments: str) -> Child:
        """
        Start a process in a folder with a version of the module.
        """
        folder = self.mktemp()
        os.makedirs(folder)
        with open(os.path.join(folder, "pond.py"), "w") as module:
            module.write(dedent(BOTH) + dedent(version))
        return startPython(
            self, "-m", "pbcopy.test.versions_peer", *arguments, folder=folder
        )

    async def meet(self, sending: str, receiving: str) -> tuple[list[str], list[str]]:
        """
        Have a version give a pond to another one.

        @return: what they have printed.
        """
        sender = self.start(sending, "sender")
        port = (await sender.line(r"^port (\d+)$"))[1]
        receiver = self.start(receiving, "receiver", port)
        self.assertEqual([0, 0], [await sender.end(), await receiver.end()])
        return sender.lines[1:], receiver.lines

    async def test_newer(self) -> None:
        """
        A receiver that is newer gives a default to a field that was added, has
        nothing of one that was removed, and the renamed one under its new name;
        types that were widened take what they took.
        """
        sent, received = await self.meet(FIRST, SECOND)
        self.assertEqual(["taken"], sent)
        first = "('green', 2, 'LAKE', 'none', [('swan', 1, False)])"
        self.assertEqual(first, received[0])
        last = "('blue', 2, 'POOL', 'none', [('swan', 1, False), ('goose', 3, False)])"
        self.assertEqual(last, received[-1])
        self.assertIn("PondView.shade", "".join(received[1:-1]))

    async def test_older(self) -> None:
        """
        A receiver that is older ignores a field that was added, gives a default to
        one that was removed, and takes of what was widened the values that it
        knows.
        """
        sent, received = await self.meet(SECOND, FIRST)
        self.assertEqual(["taken"], sent)
        self.assertEqual("('brown', 5, 'POOL', 'Ann', [('coot', 2)])", received[0])
        last = "('black', 5, 'LAKE', 'Ann', [('coot', 2), ('teal', 4)])"
        self.assertEqual(last, received[-1])

    async def test_incompatible(self) -> None:
        """
        What is incompatible is refused when the object first arrives, in one
        error that lists all that differs.
        """
        sent, received = await self.meet(FIRST, OTHER)
        name, text = sent
        self.assertEqual("Violation", name)
        differs = "the sender declares this as something else"
        self.assertEqual(
            "several things are not what was declared: "
            "PondView.owner: this field did not come (expected str, as 'owner'); "
            "give it a default at the receiver; "
            f"PondView.colour: {differs} (got str, expected int); "
            f"PondView.depth: {differs} (got int, expected list[int]); "
            f"PondView.kind: {differs} (got pond.Kind(LAKE, POOL), expected str); "
            "no class is declared or registered here for pond.Kind; "
            "DuckView.eggs: this field did not come (expected int, as 'eggs'); "
            "give it a default at the receiver; "
            f"DuckView.name: {differs} (got str, expected bytes)",
            text,
        )
        self.assertEqual([], received)
