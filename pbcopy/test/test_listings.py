# -*- test-case-name: pbcopy.test.test_listings -*-
"""
The programs of the howto do what its text says that they do.

They are found in the folder that the environment variable C{PBCOPY_LISTINGS}
names, or in C{doc/howto/listings} of a checkout.  Each test runs copies of them
as real processes, in a folder of its own.
"""

from __future__ import annotations

import ast
import glob
import json
import os
import re
import shutil
import socket
from typing import ClassVar, NamedTuple

from twisted.trial.unittest import SkipTest, TestCase

from pbcopy.test.processes import PACKAGES, Child, startPython, startTwistd

LISTINGS = os.environ.get("PBCOPY_LISTINGS") or os.path.join(
    PACKAGES, "doc", "howto", "listings"
)

_OBJECT = re.compile(r"<(?:[\w.]*\.)?(\w+) object at 0x[0-9a-f]+>")


def readable(lines: list[str]) -> list[str]:
    """
    Replace the repr of each object in some lines by its class: C{<Pond>}.
    """
    return [_OBJECT.sub(r"<\1>", line) for line in lines]


class ListingsTestCase(TestCase):
    """
    What the tests of listings have in common.

    @cvar listings: the files that the tests of a class run.  There are no
        others in their folder.
    @ivar folder: that folder.
    """

    listings: ClassVar[tuple[str, ...]] = ()
    timeout = 120

    def setUp(self) -> None:
        """
        Copy the listings.
        """
        if not os.path.isdir(LISTINGS):
            raise SkipTest(f"the listings are not installed: no folder {LISTINGS}")
        self.folder = self.mktemp()
        os.mkdir(self.folder)
        for name in self.listings:
            shutil.copy(os.path.join(LISTINGS, name), self.folder)

    def python(self, *arguments: str) -> Child:
        """
        Start a listing.
        """
        return startPython(self, *arguments, folder=self.folder)

    def twistd(self, name: str) -> Child:
        """
        Start a C{.tac} listing, on a free port.
        """
        return startTwistd(self, "-ny", name, folder=self.folder)

    async def assertPrints(self, expected: list[str], child: Child) -> None:
        """
        Assert that a program ends well after it printed exactly these lines.
        """
        self.assertEqual((0, expected), (await child.end(), readable(child.lines)))
        self.assertEqual("", child.errors)

    async def assertPass(self, module: str, count: int) -> None:
        """
        Assert that so many tests pass under C{trial}.
        """
        trial = "from twisted.scripts.trial import run; run()"
        script = self.python("-c", trial, module)
        self.assertEqual(0, await script.end())
        self.assertIn(f"PASSED (successes={count})", script.lines)

    async def assertServed(self, expected: list[str], server: Child) -> None:
        """
        Stop a server, and assert that it printed and logged exactly these
        lines.
        """
        server.signal("INT")
        await server.end()
        self.assertEqual(expected, readable(server.printed))


class Ran(NamedTuple):
    """
    What a program did.
    """

    code: int
    output: str
    errors: str

    @property
    def lines(self) -> list[str]:
        """
        What it has printed.
        """
        return self.output.splitlines()


class ScriptsTestCase(ListingsTestCase):
    """
    Tests of programs that are run at once, by the first of these tests.

    @cvar scripts: those programs.
    """

    scripts: ClassVar[tuple[str, ...]] = ()
    _ran: ClassVar[dict[str, Ran]] = {}

    async def start(self, *commands: str) -> dict[str, Ran]:
        """
        Run some programs.
        """
        child = self.python("-m", "pbcopy.test.runscripts", *commands)
        self.assertEqual((0, ""), (await child.end(), child.errors))
        found = json.loads(child.lines[-1])
        return {command: Ran(*found[command]) for command in commands}

    async def ran(self, name: str) -> Ran:
        """
        Give what a program did.
        """
        if name not in self._ran:
            type(self)._ran = await self.start(*self.scripts)
        return self._ran[name]

    async def assertPrinted(self, expected: list[str], name: str) -> None:
        """
        Assert that a program ended well after it printed exactly these lines.
        """
        ran = await self.ran(name)
        self.assertEqual((0, expected), (ran.code, readable(ran.lines)))
        self.assertEqual("", ran.errors)


class RefusedTests(ScriptsTestCase):
    """
    Tests for clients where nobody listens.
    """

    listings = (
        *("boundary_classes.py", "boundary_client.py"),
        *("cache_classes.py", "cache_sender.py"),
        *("copy_sender.py", "copy2_classes.py", "copy2_sender.py"),
        *("observers_classes.py", "observers_client.py"),
    )

    async def test_refused(self) -> None:
        """
        Each says so in one line, and ends with 1.
        """
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            clients = await self.start(
                f"boundary_client.py {port}",
                f"cache_sender.py {port}",
                f"copy_sender.py {port}",
                f"copy2_sender.py {port}",
                f"observers_client.py alice {port}",
            )
        for client in clients.values():
            self.assertEqual(1, client.code)
            self.assertRegex(client.errors, r"^no \w+: .*refused.*\n$")


class CopyTests(ListingsTestCase):
    """
    Tests for the pond of frogs that is copied.
    """

    listings = ("copy_sender.py", "copy_receiver.tac")

    async def test_arrives(self) -> None:
        """
        The pond arrives, as an instance of the receiver's class.
        """
        receiver = self.twistd("copy_receiver.tac")
        await self.assertPrints(
            ["7 frogs", "copy_sender.CopyPond", "pond arrived safe and sound"],
            self.python("copy_sender.py", await receiver.port()),
        )
        await self.assertServed([" got pond: <ReceiverPond>", "7 frogs"], receiver)

    async def test_unregistered(self) -> None:
        """
        Without the registration, the sender's errback sees C{InsecureJelly},
        the receiver logs the name of the class, and its method is not called.
        """
        path = os.path.join(self.folder, "copy_receiver.tac")
        with open(path) as file:
            text = file.read()
        line = "pb.setUnjellyableForClass(CopyPond, ReceiverPond)\n"
        self.assertEqual(1, text.count(line))
        with open(path, "w") as file:
            file.write(text.replace(line, ""))
        receiver = self.twistd("copy_receiver.tac")
        await self.assertPrints(
            [
                "7 frogs",
                "copy_sender.CopyPond",
                "error during takePond:",
                " InsecureJelly",
            ],
            self.python("copy_sender.py", await receiver.port()),
        )
        receiver.signal("INT")
        await receiver.end()
        printed = "\n".join(receiver.lines)
        self.assertNotIn("got pond", printed)
        self.assertIn(
            "twisted.spread.jelly.InsecureJelly: "
            "Module copy_sender not allowed (in type copy_sender.CopyPond).",
            printed,
        )


class BoundaryTests(ListingsTestCase):
    """
    Tests for the shop, and for what its page says.
    """

    listings = ("boundary_classes.py", "boundary_server.tac", "boundary_client.py")

    async def test_tried(self) -> None:
        """
        The client and the server print what the page says, and the server has one
        line in its log for each thing that it has refused.
        """
        server = self.twistd("boundary_server.tac")
        await self.assertPrints(
            blockAfter("boundary.rst", "``python boundary_client.py`` prints:"),
            self.python("boundary_client.py", await server.port()),
        )
        server.signal("INT")
        await server.end()
        expected = blockAfter("boundary.rst", "The server above prints:")
        printed, logged = (
            server.printed[: len(expected)],
            server.printed[len(expected) :],
        )
        self.assertEqual(expected, printed)
        self.assertEqual(4, len(logged), logged)
        for line in logged:
            self.assertIn(" is refused: Violation: ", line)


def blockAfter(page: str, line: str) -> list[str]:
    """
    Give the lines of the first block behind a line of a page.
    """
    path = os.path.join(os.path.dirname(LISTINGS), page)
    with open(path, encoding="utf-8") as file:
        _, rest = file.read().split(f"{line}\n", 1)
    return [each[3:] for each in rest.split("\n\n")[1].split("\n")]


class Copy2Tests(ListingsTestCase):
    """
    Tests for the pond that controls its state.
    """

    listings = ("copy2_classes.py", "copy2_sender.py", "copy2_receiver.tac")

    async def test_arrives(self) -> None:
        """
        The receiver has the total alone.
        """
        receiver = self.twistd("copy2_receiver.tac")
        await self.assertPrints(
            ["count 7", "pond arrived safe and sound"],
            self.python("copy2_sender.py", await receiver.port()),
        )
        await self.assertServed([" got pond: <ReceiverPond>", " count 7"], receiver)


class CacheTests(ListingsTestCase):
    """
    Tests for the pond of ducks that is followed.
    """

    listings = ("cache_classes.py", "cache_sender.py", "cache_receiver.tac")

    async def test_follows(self) -> None:
        """
        The receiver has each change, until it drops the pond.  Then both end.
        """
        receiver = self.twistd("cache_receiver.tac")
        await self.assertPrints(
            ["I have [2] ducks", "I have [3] ducks", "I have [2] ducks"],
            self.python("cache_sender.py", await receiver.port()),
        )
        self.assertEqual(0, await receiver.end())
        self.assertEqual(
            [
                " cache - sitting, er, setting ducks",
                "got pond: <SlaveDuckPond>",
                "[2] ducks:  ['one duck', 'two duck']",
                " cache - addDuck",
                "[3] ducks:  ['one duck', 'two duck', 'ugly duckling']",
                " cache - removeDuck",
                "[2] ducks:  ['two duck', 'ugly duckling']",
                "dropping pond",
            ],
            readable(receiver.printed),
        )


class ObserversTests(ListingsTestCase):
    """
    Tests for the board that several processes watch.
    """

    listings = ("observers_classes.py", "observers_master.tac", "observers_client.py")

    async def test_oneDies(self) -> None:
        """
        An observer that is killed is forgotten, once, and the others and those
        who come later have each line.
        """
        master = self.twistd("observers_master.tac")
        port = await master.port()
        clients = {}
        for name in ("alice", "bob", "carol"):
            clients[name] = self.python("observers_client.py", name, port)
            for client in clients.values():
                await client.line(f"^{name} is here$")
        await clients.pop("bob").kill()
        for client in clients.values():
            await client.line("^2 still watch$")
        for name in ("dan", "eve"):
            clients[name] = self.python("observers_client.py", name, port)
            for client in clients.values():
                await client.line(f"^{name} is here$")
        # Nobody waits for an answer after that.
        await clients.pop("eve").kill()
        for client in clients.values():
            await client.line("^3 still watch$")
        await master.kill()

        news = [
            "alice is here",
            "bob is here",
            "carol is here",
            "2 still watch",
            "dan is here",
            "eve is here",
            "3 still watch",
        ]
        self.assertEqual([], master.printed)
        await self.assertPrints([*news, f"saw {news}"], clients["alice"])
        await self.assertPrints([*news[2:], f"saw {news}"], clients["carol"])
        await self.assertPrints([*news[4:], f"saw {news}"], clients["dan"])


class ScriptTests(ScriptsTestCase):
    """
    Tests for the listings of one process.
    """

    listings = (
        "animal_views.py",
        "animals.py",
        "both_ways.py",
        "dropped.py",
        "large.py",
        "local_only.py",
        "raising.py",
        "referenceable_inside.py",
        "registering.py",
        "sent_home.py",
        "stale.py",
        "surprises.py",
        "values.py",
        "views.py",
    )
    scripts = tuple(
        each for each in listings if each not in ("animal_views.py", "animals.py")
    )

    async def test_bothWays(self) -> None:
        """
        A class that is registered to itself goes both ways, and its
        C{__init__} is called only where an application calls it.
        """
        await self.assertPrinted(
            ["made queen of frogs", "Card queen of frogs", "another card: True"],
            "both_ways.py",
        )

    async def test_large(self) -> None:
        """
        A large state and a long chain arrive, and a limit that is exceeded is an
        error that names the place.
        """
        await self.assertPrinted(
            [
                "arrived: 2000000",
                "Book: this is too large to be sent",
                "arrived: 5000",
                "Book.text[0][0]: this is nested too deeply",
            ],
            "large.py",
        )

    async def test_localOnly(self) -> None:
        """
        What is declared C{localOnly}, by the class or a base, and what
        C{getStateToCopy} removes does not arrive, and stays where it was.
        """
        await self.assertPrinted(
            [
                "{'name': 'alice'}",
                "{'name': 'bob'}",
                "{'name': 'carol'}",
                "{'name': 'carol', 'room': 7}",
            ],
            "local_only.py",
        )

    async def test_raising(self) -> None:
        """
        An exception that is registered arrives as its class, and another one
        as its name; C{failure.check} takes both.
        """
        await self.assertPrinted(
            [
                "full: no room for a swan",
                "__main__.PondFrozen - come back in spring",
                "<class '__main__.PondFull'> <class '__main__.PondFull'>",
                "b'__main__.PondFrozen' <class '__main__.PondFrozen'>",
            ],
            "raising.py",
        )

    async def test_values(self) -> None:
        """
        Values in a state arrive as they are, and what cannot be sent is an error.
        """
        await self.assertPrinted(
            [
                "weather: <Weather.RAINY: 'rain'>",
                "ducks: deque([Duck(name='ugly', weight=1.5)], maxlen=3)",
                "at: datetime.datetime(2026, 7, 1, 12, 30, "
                "tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin'))",
                "map: PurePosixPath('maps/pond.txt')",
                "not sent: True",
            ],
            "values.py",
        )

    async def test_views(self) -> None:
        """
        Each user has a view of one's own, of a copy, of the state of a cache
        and of its updates.
        """
        await self.assertPrinted(
            [
                "dinner at eight",
                "(sealed)",
                "{'alice': ['ace'], 'bob': ['?', '?']}",
                "{'alice': ['?'], 'bob': ['ten', 'king']}",
            ],
            "views.py",
        )

    async def test_referenceableInside(self) -> None:
        """
        A C{Referenceable} in a state arrives as a reference to it.
        """
        await self.assertPrinted(
            ["a bell rings for alice", "come in"],
            "referenceable_inside.py",
        )

    async def test_sentHome(self) -> None:
        """
        A cache that is fetched twice is one replica, which arrives at home as
        the original.
        """
        await self.assertPrinted(
            ["one view: True", "the sword itself: True"], "sent_home.py"
        )

    async def test_registering(self) -> None:
        """
        A class can be registered by itself, by name, with a factory and with
        its module.
        """
        await self.assertPrinted(
            [
                "__main__ FrogView pat",
                "__main__ ToadView pat",
                "animal_views Duck pat",
                "animal_views Goose pat",
                "a newt called pat",
            ],
            "registering.py",
        )

    async def test_dropped(self) -> None:
        """
        C{stoppedObserving} is called once, however often the cache was sent
        before it was dropped, and not again when the connection ends.
        """
        await self.assertPrinted(
            ["observed by 1", "dropping", "observed by 0", "hanging up"],
            "dropped.py",
        )

    async def test_stale(self) -> None:
        """
        A replica goes stale and is brought up to date again; one that is closed
        can be read unless its class says otherwise.  The log has one line.
        """
        script = await self.ran("stale.py")
        self.assertEqual(0, script.code)
        lines = "['hello', 'a line of more than twenty letters', 'goodbye']"
        closed = "view: closed: ConnectionDone: Connection was closed cleanly."
        self.assertEqual(
            [
                "view: stale: ValueError: that line is too long",
                "board: that line is too long",
                "view: live",
                lines,
                closed,
                closed,
                lines,
                "PriceView.lines cannot be read: fetch the object again",
            ],
            script.lines,
        )
        self.assertEqual(
            ["BoardView.observe_post failed: ValueError: that line is too long"],
            script.errors.splitlines(),
        )

    async def test_surprises(self) -> None:
        """
        C{RemoteCopy.__init__} is not called and C{RemoteCache.__init__} is; a
        plain object arrives as an C{Unpersistable}, and is not sent in a state;
        a flavored one that is not registered fails with C{InsecureJelly}, which
        the receiver logs.
        """
        script = await self.ran("surprises.py")
        self.assertEqual(0, script.code)
        self.assertEqual(
            [
                "arrived: CopyView",
                "CacheView is initialised",
                "arrived: CacheView",
                "arrived: Unpersistable",
                "not sent: Copy.inside: "
                "Jelly has no form for an instance of this class",
                "refused: True",
            ],
            script.lines,
        )
        self.assertIn("twisted.spread.jelly.InsecureJelly: ", script.errors)


class TrialTests(ListingsTestCase):
    """
    Tests for the tests of an application.
    """

    listings = ("ponds.py", "test_ponds.py", "test_network.py")

    async def test_ponds(self) -> None:
        """
        Those of one connection pass.
        """
        await self.assertPass("test_ponds", 6)

    async def test_network(self) -> None:
        """
        Those on a network pass.
        """
        await self.assertPass("test_network", 4)


class SharedTests(ScriptsTestCase):
    """
    Tests for the chapter on declared state.
    """

    listings = (
        "byhand_view.py",
        "duckpond.py",
        "looking.py",
        "pond_by_hand.py",
        "pond_declared.py",
        "shared_blocks.py",
        "shared_fields.py",
        "shared_latest.py",
        "shared_listening.py",
        "shared_tracking.py",
        "shared_types.py",
        "shared_versions.py",
        "shared_viewers.py",
        "test_pond_views.py",
    )
    scripts = (
        *("pond_by_hand.py", "pond_declared.py", "shared_blocks.py"),
        *(
            "shared_fields.py",
            "shared_latest.py",
            "shared_listening.py",
            "shared_tracking.py",
        ),
        *("shared_types.py", "shared_versions.py", "shared_viewers.py"),
    )

    def shown(self, name: str) -> list[str]:
        """
        Give the output of a program, as the chapter shows it.
        """
        path = os.path.join(os.path.dirname(LISTINGS), "shared.rst")
        if not os.path.exists(path):
            raise SkipTest(f"the text is not beside the listings: no file {path}")
        with open(path) as file:
            found = re.findall(
                rf"^   \$ python {re.escape(name)}\n((?:   .*\n)+)", file.read(), re.M
            )
        self.assertEqual(1, len(found), f"{name} is not shown once")
        return readable([line[3:] for line in found[0].splitlines()])

    async def assertPrintsWhatIsShown(self, name: str) -> None:
        """
        Assert that a program prints what the chapter shows.
        """
        await self.assertPrinted(self.shown(name), name)

    async def test_byHand(self) -> None:
        """
        A pond that is written by hand is followed.
        """
        await self.assertPrintsWhatIsShown("pond_by_hand.py")

    async def test_declared(self) -> None:
        """
        So is one that is declared, whatever is done to its list.
        """
        await self.assertPrintsWhatIsShown("pond_declared.py")

    async def test_fields(self) -> None:
        """
        A dataclass, an attrs class and a plain class can be declared.  A private
        field does not arrive.
        """
        await self.assertPrintsWhatIsShown("shared_fields.py")

    async def test_tracking(self) -> None:
        """
        Each part of the state is followed, one object is one object, and what
        could change unseen is refused.
        """
        await self.assertPrintsWhatIsShown("shared_tracking.py")

    async def test_blocks(self) -> None:
        """
        A block arrives as one, or not at all.
        """
        await self.assertPrintsWhatIsShown("shared_blocks.py")

    async def test_latest(self) -> None:
        """
        What changes many times in one turn arrives once, and before what may not
        wait.
        """
        await self.assertPrintsWhatIsShown("shared_latest.py")

    async def test_listening(self) -> None:
        """
        Callbacks and readers are told of each change, and a replica cannot be
        written to.
        """
        await self.assertPrintsWhatIsShown("shared_listening.py")

    async def test_viewers(self) -> None:
        """
        A value appears where it may be seen, and vanishes where it may not be
        seen any more.
        """
        await self.assertPrintsWhatIsShown("shared_viewers.py")

    async def test_types(self) -> None:
        """
        What arrives is converted or refused.  A change that is refused is one
        line in the log.
        """
        script = await self.ran("shared_types.py")
        self.assertEqual(0, script.code)
        self.assertEqual(self.shown("shared_types.py"), script.lines)
        self.assertEqual(
            [
                "PondView cannot take a change: Violation: PondView.ducks[1]: this "
                "is not what was declared (got 'a text', a str, expected Duck)"
            ],
            script.errors.splitlines(),
        )

    async def test_versions(self) -> None:
        """
        Two versions of a class work together where they can.
        """
        await self.assertPrintsWhatIsShown("shared_versions.py")

    async def test_views(self) -> None:
        """
        The declared view and the view by hand pass the same tests.
        """
        await self.assertPass("test_pond_views", 14)

    def test_byHandIsShort(self) -> None:
        """
        The view by hand has 30 lines of code or fewer, and none of pbcopy.
        """
        with open(os.path.join(LISTINGS, "byhand_view.py")) as file:
            tree = ast.parse(file.read())
        for node in ast.walk(tree):
            if isinstance(node, (ast.Module, ast.ClassDef)) and ast.get_docstring(node):
                node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
        code = ast.unparse(tree)
        self.assertNotIn("pbcopy", code)
        self.assertLessEqual(len([line for line in code.splitlines() if line]), 30)


class FolderTests(ListingsTestCase):
    """
    Tests for the folder of the listings.
    """

    def found(self) -> set[str]:
        """
        Give the names of all listings.
        """
        return {n for n in os.listdir(LISTINGS) if n.endswith((".py", ".tac"))}

    def test_allAreRun(self) -> None:
        """
        Each listing is run by a test.
        """
        cases = ListingsTestCase.__subclasses__() + ScriptsTestCase.__subclasses__()
        run = {name for case in cases for name in case.listings}
        self.assertEqual(self.found(), run)

    def test_allAreShown(self) -> None:
        """
        Each listing is in the text of the howto, once.
        """
        pattern = os.path.join(os.path.dirname(LISTINGS), "*.rst")
        texts = glob.glob(pattern)
        if not texts:
            raise SkipTest(f"the text is not beside the listings: no file {pattern}")
        shown = []
        for path in texts:
            with open(path) as file:
                shown += re.findall(r"literalinclude:: listings/(\S+)", file.read())
        self.assertEqual(sorted(self.found()), sorted(shown))
