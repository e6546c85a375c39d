# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
Many plays, one after the other, and what is found with them.
"""

from __future__ import annotations

import pathlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from twisted.spread import pb as stock

from fuzz.choices import Choices
from fuzz.generator import Generator
from fuzz.judge import Find
from fuzz.notation import Packed, Play, Split, read, written
from fuzz.stage import KEPT, LEFT, ROLES, Stage

CORPUS = pathlib.Path(__file__).parent / "corpus"
"""Where what was found is kept."""

MOST_STEPS = 40
"""How many steps a generated play has."""

SWEEP = 100
"""After how many plays is looked what is left of them.  It takes some time."""

LONGEST = 30.0
"""How many seconds of the processor it takes at most to make a play shorter."""

MOST_ATTEMPTS = 600
"""How often a play that has found something is played to make it shorter."""

Protocol = Callable[..., Any]


class Session:
    """
    A stage, and the plays on it.

    @ivar cases: how many steps there were.
    @ivar plays: how many connections.
    @ivar finds: what was found, by its key.
    @ivar seen: the exceptions that the peers have caused, and what else has come
        of their steps.
    """

    def __init__(
        self,
        protocol: Protocol = stock.Broker,
        folder: pathlib.Path | None = None,
        sweeps: bool = True,
    ) -> None:
        """
        @param protocol: what hears the peers.
        @param folder: where to write down what is found.
        @param sweeps: whether to look for what is left of the plays.
        """
        self._folder = folder
        self._sweeps = sweeps
        self._protocol = protocol
        self._stage = self._ready()
        self._recent: list[Play] = []
        self.cases = 0
        self.plays = 0
        self.finds: dict[str, Play] = {}
        self.seen: Counter[str] = Counter()

    def _ready(self) -> Stage:
        stage = Stage(self._protocol)
        if self._sweeps:
            stage.settle()
        return stage

    def perform(self, choices: Choices, most: int = MOST_STEPS) -> None:
        """
        Make a play of choices, and play it.

        @param most: how many steps it has at most.
        """
        play = Play(choices.pick(ROLES), [])
        self._recent.append(play)
        try:
            with self._stage.watching():
                self._improvise(play, choices, most)
                if len(self._recent) >= SWEEP:
                    self.sweep()
        except Find as find:
            self._stage.close()
            self._note(find)
            self._recent.clear()
            self._stage = self._ready()

    def _improvise(self, play: Play, choices: Choices, most: int) -> None:
        stage = self._stage
        self.plays += 1
        stage.enter(play.role)
        generator = Generator(choices, stage.known)
        while len(play.steps) < most and not (stage.isOver or choices.isOver()):
            play.steps.append(generator.step())
            self.cases += 1
            stage.step(play.steps[-1])
        stage.leave()
        self.seen.update(stage.seen)
        stage.seen.clear()

    def sweep(self) -> None:
        """
        Look what is left of the plays.

        @raise Find: if something is.
        """
        self._stage.sweep()
        self._recent.clear()

    def close(self) -> None:
        """
        Look what is left, and end.
        """
        try:
            with self._stage.watching():
                if self._sweeps:
                    self.sweep()
        except Find as find:
            self._note(find)
        self._stage.close()

    def _note(self, find: Find) -> None:
        if find.key not in self.finds:
            found = self.finds[find.key] = self._culprit(find)
            if self._folder is not None:
                self._folder.mkdir(exist_ok=True)
                path = self._folder / fileName(find.key)
                path.write_text(written(found), encoding="utf-8")

    def _culprit(self, find: Find) -> Play:
        # What is left of a play is seen only later.
        for play in reversed(self._recent):
            again = attempt(play, self._protocol)
            if again is not None and again.key == find.key:
                return reduced(play, find.key, self._protocol)
        last = self._recent[-1] if self._recent else Play(ROLES[0], [])
        why = f"{find}\nIt was not seen again when this was played by itself."
        return Play(last.role, last.steps, why)


def attempt(
    play: Play, protocol: Protocol = stock.Broker, isSwept: bool = True
) -> Find | None:
    """
    Play something on a new stage, and give what is found.

    @param isSwept: whether to look for what is left, too.
    """
    stage = Stage(protocol)
    try:
        stage.play(play, isSwept)
    except Find as find:
        return find
    finally:
        stage.close()
    return None


def reduced(play: Play, key: str, protocol: Protocol) -> Play:
    """
    Make a play shorter that finds something.
    """
    best, left = play, MOST_ATTEMPTS
    isSwept = key in (KEPT, LEFT)
    isNews, began = True, time.process_time()
    while isNews and left and time.process_time() - began < LONGEST:
        isNews = False
        for steps in _shorter(best.steps):
            left -= 1
            found = attempt(Play(play.role, steps), protocol, isSwept)
            if found is not None and found.key == key:
                best, isNews = Play(play.role, steps, str(found)), True
                break
            if not left:
                break
    return best


def _shorter(thing: Any) -> Iterator[Any]:
    if type(thing) is Split:
        yield thing.content
    if type(thing) is Packed:
        yield from map(Packed, _shorter(thing.content))
    if type(thing) is not list:
        return
    half = len(thing) // 2
    if half > 1:
        yield thing[half:]
        yield thing[:half]
    for at, part in enumerate(thing):
        yield thing[:at] + thing[at + 1 :]
        if type(part) is list and type(thing[0]) is bytes and thing[0] not in _CALLS:
            yield [*thing[:at], 1, *thing[at + 1 :]]
    for at, part in enumerate(thing):
        for each in _shorter(part):
            yield [*thing[:at], each, *thing[at + 1 :]]


_CALLS = (b"message", b"cachemessage")
"""These keep their arguments: without, another thing is found in them."""


def fileName(key: str) -> str:
    """
    Give the name of the file for a find.
    """
    return re.sub(r"[^A-Za-z0-9]+", "-", key).strip("-").lower() + ".txt"


def corpus(folder: pathlib.Path = CORPUS) -> dict[str, Play]:
    """
    Give what was found before, by the names of the files.
    """
    files = sorted(folder.glob("*.txt"))
    return {each.stem: read(each.read_text(encoding="utf-8")) for each in files}
