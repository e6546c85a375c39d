"""
Tests of two versions of one module, in two processes, on TCP.
"""

from __future__ import annotations

import os
from textwrap import dedent
from typing import Any

from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase, TestCase

import pbcopy
from pbcopy.errors import Violation
from pbcopy.test.processes import PATIENCE, Child, startPython
from pbcopy.test.sharedponds import give, meet

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

    class Mood(Enum):
        CALM = 1
        ROUGH = 2

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
        mood: Mood = Mood.CALM
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
        pond.mood = Mood.ROUGH
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
        A receiver that is older ignores a field that was added, also where it does
        not know its class, gives a default to one that was removed, and takes of
        what was widened the values that it knows.
        """
        sent, received = await self.meet(SECOND, FIRST)
        self.assertEqual(["taken"], sent)
        self.assertEqual("('brown', 5, 'POOL', 'Ann', [('coot', 2)])", received[0])
        last = "('black', 5, 'LAKE', 'Ann', [('coot', 2), ('teal', 4)])"
        self.assertEqual(last, received[-1])
        changes = received[1:-1]
        self.assertEqual(3, len(changes))
        self.assertIn("PondView.colour", changes[0])

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


@pbcopy.shared
class Lake(pbcopy.Cacheable):
    """
    A master.
    """

    names: list[Any] = pbcopy.field(default_factory=list)
    depths: list[str] = pbcopy.field(default_factory=list)
    added: Any = None


@pbcopy.replicaOf("pbcopy.test.test_versions.Lake")
class LakeView(pbcopy.RemoteCache):
    """
    Another version of it.
    """

    names: list[str]
    depths: list[int]


@pbcopy.shared
class Unheard(pbcopy.Cacheable):
    """
    A master that nothing represents.
    """


@pbcopy.shared
class Part(pbcopy.Copyable):
    """
    A part that nothing represents.
    """


@pbcopy.shared
class Sea(pbcopy.Cacheable):
    """
    A master with a field that was added.
    """

    name: str = ""
    added: Any = None


@pbcopy.replicaOf("pbcopy.test.test_versions.Sea")
class SeaView(pbcopy.RemoteCache):
    """
    A replica that has not got that field.
    """

    name: str


DIFFERENCE = (
    "LakeView.depths: the sender declares this as something else "
    "(got list[str], expected list[int])"
)


class ArrivalTests(SynchronousTestCase):
    """
    What the two versions do when they meet.
    """

    def test_met(self) -> None:
        """
        Types are compared where no value tells them from each other.
        """
        error = self.assertRaises(Violation, give, meet(), Lake())
        self.assertEqual(DIFFERENCE, str(error))
        self.flushLoggedErrors(Violation)

    def test_notMet(self) -> None:
        """
        What comes before the peers have met has no types.  It is sent again when
        they have, and compared then.
        """
        connection = meet(isMet=False)
        view = give(connection, Lake())
        connection.deliver()
        status = pbcopy.statusOf(view)
        self.assertFalse(status.isLive)
        self.assertIn(DIFFERENCE, str(status.reason))
        self.flushLoggedErrors(Violation)

    def test_plain(self) -> None:
        """
        One error tells all values that are wrong in an object that comes as plain
        values.
        """
        lake = Lake(names=[1, "a", 2], depths=["b"])
        error = self.assertRaises(Violation, give, meet(isMet=False), lake)
        for where in ("names[0]", "names[2]", "depths[0]"):
            self.assertIn(f"LakeView.{where}: ", str(error))
        self.flushLoggedErrors(Violation)

    def test_added(self) -> None:
        """
        A field that was added is ignored, also if it has parts of a class that
        nothing represents; a master of such a class in it is refused.
        """
        view = give(meet(), Sea("North", [Part()]))
        self.assertEqual("North", view.name)
        self.assertFalse(hasattr(view, "added"))
        self.assertRaises(InsecureJelly, give, meet(), Sea(added=Unheard()))
        self.flushLoggedErrors(InsecureJelly)
