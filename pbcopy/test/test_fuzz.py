# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
Tests for the folder C{fuzz}, and a short run of it.

It is found in the folder that the environment variable C{PBCOPY_FUZZ} names, or in
a checkout.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import pathlib
import sys
from collections import Counter
from functools import cache
from io import StringIO
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.python import log
from twisted.spread import pb as stock
from twisted.trial.unittest import SkipTest, SynchronousTestCase

import pbcopy
from pbcopy import _fresh, _hub, _observer, _policy
from pbcopy.test.processes import PACKAGES

FUZZ = os.environ.get("PBCOPY_FUZZ") or os.path.join(PACKAGES, "fuzz")
EXAMPLES, STEPS = 30, 5
"""How many connections Hypothesis makes, and of how many steps."""


@cache
def _numbers(count: int) -> Any:
    return st.integers(0, count - 1)


def load(name: str) -> Any:
    """
    Give a module of the package, wherever that is.
    """
    if "fuzz" not in sys.modules:
        path = os.path.join(FUZZ, "__init__.py")
        if not os.path.exists(path):
            raise SkipTest(f"the fuzzer is not installed: no folder {FUZZ}")
        spec: Any = importlib.util.spec_from_file_location(
            "fuzz", path, submodule_search_locations=[FUZZ]
        )
        sys.modules["fuzz"] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules["fuzz"])
    return importlib.import_module(f"fuzz.{name}")


class FuzzTestCase(SynchronousTestCase):
    """
    What the tests have in common.
    """

    protocol: Any = stock.Broker

    def setUp(self) -> None:
        self.session = load("session")
        self.notation = load("notation")
        self.scene = load("scene")
        # The fuzzer looks at what is logged.  Who keeps the failure that a peer has
        # told of may keep its Broker.
        trial: Any = self._observer
        log.removeObserver(trial.gotEvent)
        self.addCleanup(log.addObserver, trial.gotEvent)
        # A sweep looks for what the plays have left, not for what other tests have.
        gc.collect()
        gc.freeze()
        self.addCleanup(gc.unfreeze)

    def withoutCollections(self) -> None:
        """
        Have what is not used any more go when the fuzzer says so: what a peer
        knows, and so what it chooses from, must not depend on anything else.
        """
        gc.disable()
        self.addCleanup(gc.enable)

    def play(self, *steps: Any, role: str = "server") -> Any:
        """
        Play some steps.

        @return: the key of what is found; C{None} if nothing is.
        """
        play = self.notation.Play(role, list(steps))
        found = self.session.attempt(play, self.protocol)
        return found and found.key

    def call(self, name: bytes, *args: Any, to: bytes = b"root") -> list[Any]:
        """
        Make the expression of a call.
        """
        return [b"message", 1, to, name, 1, [b"tuple", *args], [b"dictionary"]]


class RunTests(FuzzTestCase):
    """
    Nothing is found.
    """

    def test_drawn(self) -> None:
        """
        Not with messages for which Hypothesis chooses.
        """
        choices = load("choices")
        seen: Counter[str] = Counter()

        @settings(
            derandomize=True,
            database=None,
            deadline=None,
            max_examples=EXAMPLES,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def run(data: Any) -> None:
            def draw(count: int) -> int:
                number: int = data.draw(_numbers(count))
                return number

            session = self.session.Session(self.protocol, sweeps=False)
            session.perform(choices.Drawn(draw), STEPS)
            session.close()
            found = [play.why for play in session.finds.values()]
            self.assertEqual([], found)
            seen.update(session.seen)

        self.withoutCollections()
        run()
        self.assertGreater(seen["Violation"], 10)

    def test_seeded(self) -> None:
        """
        Not with those of a seed, and the same seed gives the same.
        """
        self.withoutCollections()
        seen = []
        for _ in range(2):
            session = self.session.Session(self.protocol)
            for number in range(40):
                session.perform(load("choices").Seeded(f"suite:{number}"))
            session.close()
            self.assertEqual({}, session.finds)
            seen.append((session.cases, session.plays, session.seen))
        self.assertEqual(*seen)
        self.assertGreater(session.cases, 400)
        self.assertGreater(session.seen["Violation"], 100)

    def test_corpus(self) -> None:
        """
        Not with what was found before.
        """
        plays = self.session.corpus()
        self.assertGreater(len(plays), 5)
        for name, play in plays.items():
            self.assertIsNone(self.session.attempt(play, self.protocol), name)

    def test_ends(self) -> None:
        """
        A source that gives 0 for ever ends, and one that has run out of bytes makes no
        more steps.
        """
        choices = load("choices")
        session = self.session.Session(self.protocol)
        session.perform(choices.Drawn(lambda count: 0))
        self.assertEqual(self.session.MOST_STEPS, session.cases)
        session.perform(choices.Spent(b""))
        self.assertEqual(self.session.MOST_STEPS, session.cases)
        session.perform(choices.Spent(bytes(range(256)) * 20))
        self.assertGreater(session.cases, self.session.MOST_STEPS)
        session.close()
        self.assertEqual({}, session.finds)


class GuardedRunTests(RunTests):
    """
    Nor is it with the Broker for strangers.
    """

    protocol = pbcopy.Broker


class FindTests(FuzzTestCase):
    """
    What must not happen is found.
    """

    def test_nothing(self) -> None:
        """
        Nothing is, where nothing happens that must not.
        """
        self.assertIsNone(self.play(self.call(b"take", 1), "update"))
        self.assertIsNone(self.play("get", "give", [b"what"], role="client"))

    def test_anException(self) -> None:
        """
        An exception that is not declared is found, if it leaves pbcopy.
        """

        def broken(hub: Any, *numbers: object) -> None:
            raise KeyError("a mistake")

        self.patch(_hub.Hub, "remote_spent", broken)
        greeted = self.call(b"take", [b"fuzz.scene.Board", 1, [b"dictionary"]])
        found = self.play(greeted, self.call(b"spent", 1, to=b"pbcopy"))
        self.assertEqual("KeyError in pbcopy._hub:_hear", found)

    def test_anExceptionOfAnUpdate(self) -> None:
        """
        So is one of an update, whose frames are forgotten by the time that it is
        logged.
        """

        def broken(*args: object) -> None:
            raise KeyError("a mistake")

        module = importlib.import_module("pbcopy._remotecache")
        self.patch(module, "methodOf", broken)
        took = self.call(b"take", [b"fuzz.scene.Board", 1, [b"dictionary"]])
        update = [b"cachemessage", 2, 1, b"ticks", 1, [b"tuple", 1], [b"dictionary"]]
        self.assertIn("KeyError in pbcopy.", self.play(took, update))

    def test_inside(self) -> None:
        """
        An error that tells the peer what an object here says of itself is found.
        """
        self.patch(importlib.import_module("pbcopy._state"), "shortly", repr)
        state = [b"dictionary", [[b"local", b"root"], 1]]
        note = self.call(b"take", [b"fuzz.scene.Note", state])
        self.assertEqual("inside", self.play(note))

    def test_lines(self) -> None:
        """
        More than one line in the log for one message is found, with the Broker for
        strangers.
        """
        self.protocol = pbcopy.Broker
        self.assertIsNone(self.play(self.call(b"take", [b"what"])))

        def refuse(broker: Any, why: object) -> None:
            log.msg("one line")
            log.msg("and another")

        self.patch(pbcopy.Broker, "_refuse", refuse)
        self.assertEqual("lines", self.play(self.call(b"take", [b"what"])))

    def test_out(self) -> None:
        """
        So is an exception that leaves that Broker, whichever it is.
        """
        self.protocol = pbcopy.Broker
        self.patch(pbcopy.Broker, "proto_decref", lambda *args: 1 / 0)
        self.assertIn("ZeroDivisionError", self.play([b"decref", 1]) or "")

    def test_theApplications(self) -> None:
        """
        One of the application's is not.
        """
        self.assertIsNone(self.play(self.call(b"fail")))
        picky = [b"fuzz.scene.Picky", 1]
        self.assertIsNone(self.play(self.call(b"take", picky)))

    def test_missed(self) -> None:
        """
        An update that the honest client does not get is found.
        """
        send = _observer.RemoteCacheObserver._send

        def lost(observer: Any, name: Any, args: Any, kw: Any) -> Any:
            if name == "ticks" and args == (2,):
                return None
            return send(observer, name, args, kw)

        self.patch(_observer.RemoteCacheObserver, "_send", lost)
        self.patch(self.scene.Board, "tick", _tick)
        self.assertEqual("missed", self.play("update", "update"))

    def test_touched(self) -> None:
        """
        What is sent on the connection of the honest client is found.
        """
        stages = load("stage")
        stage = stages.Stage(self.protocol)
        stage.enter("server")
        stage.honest.root.callRemote("get")
        with self.assertRaises(load("judge").Find) as found:
            stage.step("update")
            stage.honest.root.callRemote("get")
            stage.step(self.call(b"take"))
        self.assertEqual("touched", found.exception.key)

    def test_made(self) -> None:
        """
        An instance that the policy does not let in is found.
        """
        self.patch(_policy.Policy, "checkArriving", lambda *args: None)
        stolen = self.call(b"take", [b"fuzz.scene.StolenCopy", [b"dictionary"]])
        self.assertEqual("trespass", self.play(stolen))
        point = [b"pbcopy.value", b"record", b"fuzz.scene.StolenPoint", [b"x", 1]]
        self.assertEqual("trespass", self.play(self.call(b"take", point)))

    def test_aStranger(self) -> None:
        """
        So is what may come after a login, from who has not.
        """
        order = self.call(b"take", [b"fuzz.scene.Order", [b"dictionary"]])
        self.assertIsNone(self.play(order))
        self.patch(_policy.Policy, "_isLate", lambda policy, name: False)
        self.assertEqual("trespass", self.play(order))

    def test_left(self) -> None:
        """
        What stays in a table when a peer has gone is found.
        """
        module = importlib.import_module("pbcopy._holding")
        self.patch(module, "forget", lambda key, slot: None)
        held: list[Any] = []
        self.patch(self.scene, "keep", held.append)
        self.patch(
            self.scene.Desk, "remote_take", lambda desk, thing: held.append(thing)
        )
        took = self.call(b"take", [b"fuzz.scene.Board", 1, [b"dictionary"]])
        self.assertIn(self.play(took), ("kept", "left"))
        held.clear()

    def test_kept(self) -> None:
        """
        So is a Broker that is not let go of.
        """
        held: list[Any] = []
        self.patch(_hub.Hub, "_lost", lambda hub, reason: held.append(hub))
        took = self.call(b"take", [b"fuzz.scene.Board", 1, [b"dictionary"]])
        self.assertEqual("kept", self.play(took))

    def test_slow(self) -> None:
        """
        A step that does not end is found.
        """

        def turning(desk: Any) -> None:
            while True:
                pass

        self.patch(load("stage"), "SLOWEST", 0.1)
        self.patch(self.scene.Desk, "remote_fail", turning)
        self.assertEqual("slow", self.play(self.call(b"fail")))

    def test_size(self) -> None:
        """
        A table that grows with what a peer says is found.
        """
        channel = importlib.import_module("pbcopy._channel")
        words = [[b"unicode", b"%d" % each] for each in range(100)]
        hello = self.call(b"hello", *words, to=b"pbcopy")
        self.assertIsNone(self.play(hello))
        self.patch(channel, "checkLimit", lambda *args: None)
        self.assertEqual("size of words", self.play(hello))


def _tick(board: Any) -> None:
    board.ticks += 1
    for each in board.observers:
        each.callRemote("ticks", board.ticks, pbanswer=False)


class NotationTests(FuzzTestCase):
    """
    A play is written as text, and read.
    """

    def test_roundTrip(self) -> None:
        """
        What is read is what was written.
        """
        notation = self.notation
        steps = [
            "update",
            b"\x00\xff",
            [
                b"message",
                1,
                -2.5,
                float("inf"),
                [b"x", notation.Packed([None, {b"a": 1}])],
            ],
            notation.Split([b"answer", notation.Deep([b"list"], 300, 1)], 7),
        ]
        play = notation.Play("client", steps, "two\nlines")
        again = notation.read(notation.written(play))
        self.assertEqual((play.role, play.why), (again.role, again.why))
        self.assertEqual(repr(play.steps), repr(again.steps))
        for one, other in zip(steps[1:], again.steps[1:], strict=True):
            self.assertEqual(notation.parts(one), notation.parts(other))

    def test_generated(self) -> None:
        """
        So is all that the generator makes.
        """
        choices, known = load("choices"), load("known")
        make = load("generator").Generator(choices.Seeded("x"), known.Known())
        for _ in range(300):
            play = self.notation.Play("server", [make.step()])
            again = self.notation.read(self.notation.written(play))
            self.assertEqual(repr(play.steps), repr(again.steps))


class CommandTests(FuzzTestCase):
    """
    C{python -m fuzz}.
    """

    def main(self, *words: str) -> tuple[int, str]:
        """
        Run it, and give what it returns and prints.
        """
        written = StringIO()
        self.patch(sys, "stdout", written)
        return load("__main__").main(words), written.getvalue()

    def test_nothing(self) -> None:
        """
        A run that finds nothing says what it did, and returns 0.
        """
        folder = self.mktemp()
        code, text = self.main("--cases", "50", "--corpus", folder)
        self.assertEqual(0, code)
        self.assertIn(" 0 finds", text)
        self.assertEqual((0, ""), self.main("--replay", "--corpus", folder))

    def test_aFind(self) -> None:
        """
        What is found is made short and written down, and the run returns 1, as does
        the one that plays it again.
        """

        def broken(*args: object) -> None:
            raise KeyError("a mistake")

        self.patch(_fresh, "checkParts", broken)
        folder = self.mktemp()
        code, text = self.main("--cases", "800", "--corpus", folder)
        self.assertEqual(1, code)
        self.assertIn("FOUND KeyError", text)
        (path,) = pathlib.Path(folder).glob("keyerror-*.txt")
        self.assertLess(len(path.read_text().splitlines()), 8)
        code, text = self.main("--replay", "--corpus", folder)
        self.assertEqual(1, code)
        self.assertIn("a mistake", text)
