# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
A Hypothesis state machine that looks for a history after which the replica of a
declared state is wrong, or somebody was sent what he may not see.

Classes are declared at random, and their objects refer to each other.  They
change one by one and in blocks, some of which raise; viewers come, lose and get
rights, and are cut off, while bytes arrive in an order that a seed decides.
"""

from __future__ import annotations

import gc
from typing import Any

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
import pbcopy.pb
from pbcopy import _envelope, _pieces, _sharing, _valueclasses, limits
from pbcopy._side import BUFFER_SIZE
from pbcopy.errors import Unsendable
from pbcopy.test.changes import ChangingWorld
from pbcopy.test.clients import Client, Kind, Viewer
from pbcopy.test.comparing import (
    NOTHING,
    Sight,
    isAlike,
    plainCopy,
    tokensInAll,
    valueOf,
)
from pbcopy.test.contents import contents, inside, refuse, requireSame
from pbcopy.test.declarations import Declarations, Rights
from pbcopy.test.freezing import freeze
from pbcopy.test.masters import register, require
from pbcopy.test.settling import Settling
from pbcopy.test.sorts import Colour, Tape
from pbcopy.test.wiretap import Wiretap, current, install
from pbcopy.testing import Network

CONNECTIONS = 5
MASTERS = 4
VIEWERS = 3
WHO = st.integers(0, CONNECTIONS - 1)
HINDRANCE = st.sampled_from([0, 1, 2, 3, 4, 4, 4])
WHICH = st.integers(0, 11)
TAPE = st.binary(min_size=24, max_size=80)
LONG_TAPE = st.binary(min_size=60, max_size=240)


class Raised(Exception):
    """
    What ends a block.
    """


class Replicating(Settling):
    """
    Some masters, and clients that see them change.

    @cvar kinds: what there may be at the clients' ends.
    """

    kinds: list[Kind]

    @initialize(
        seed=st.integers(0, 2**16),
        tape=LONG_TAPE,
        more=TAPE,
        joins=st.lists(st.tuples(WHICH, WHICH, WHICH), min_size=1, max_size=3),
    )
    def begin(self, seed: int, tape: bytes, more: bytes, joins: Any) -> None:
        """
        There is a master, and somebody has it.
        """
        # The collector runs at each rest, and not when it likes.
        gc.freeze()
        gc.disable()
        self.network = Network(seed)
        self.rights = Rights()
        self.declarations = Declarations(Tape(tape), self.rights)
        self.clients = []
        self.world = ChangingWorld(
            self.declarations, mayLoop={*self.kinds} == {Kind.DECLARED}
        )
        self.viewers = [Viewer(number) for number in range(VIEWERS)]
        self.tap = Wiretap()
        self.tap.masters = self.world.masters
        classes = self.declarations.classes.values()
        self.tap.names = {b for each in classes for b in tokensInAll(each.name)}
        self.tap.sights = {
            each: Sight(self.declarations, self.rights, each) for each in self.viewers
        }
        current[:] = [self.tap]
        self.open = []
        self.wasBlock = self.wasDrop = False
        self.world.newMaster(Tape(more))
        for said in classes:
            note(f"{said}")
        for which, one, other in joins:
            self.join(which, one, other)
            for at in (0, 1):
                self.clients[-1].fetch(at, 0)
        self.rest()

    def client(self, who: int) -> Client | None:
        """
        Choose one of the clients that are connected.
        """
        able = [each for each in self.clients if not each.connection.lost]
        return able[who % len(able)] if able else None

    # Clients.

    @precondition(lambda self: len(self.clients) < CONNECTIONS)
    @rule(which=WHICH, one=WHICH, other=WHICH)
    def join(self, which: int, one: int, other: int) -> None:
        """
        A client connects.  It looks with two pairs of eyes.
        """
        kind = self.kinds[which % len(self.kinds)]
        viewers = [self.viewers[each % VIEWERS] for each in (one, other)]
        self.clients.append(Client(self, kind, viewers))

    @precondition(lambda self: self.clients)
    @rule(who=WHO, at=st.integers(0, 1), which=WHICH, isAnswer=st.booleans())
    def send(self, who: int, at: int, which: int, isAnswer: bool) -> None:
        """
        A client asks for a master, or is given it.
        """
        client = self.client(who)
        if client is not None:
            self.tap.begin()
            send = client.fetch if isAnswer else client.take
            send(at, which % len(self.masters))

    @precondition(lambda self: self.clients)
    @rule(who=WHO, which=st.none() | WHICH)
    def drop(self, who: int, which: int | None) -> None:
        """
        A client drops what it holds, or some of it.
        """
        client = self.client(who)
        if client is not None and client.held:
            self.wasDrop = True
            if which is None:
                client.held.clear()
            else:
                del client.held[which % len(client.held)]
            gc.collect()

    @precondition(lambda self: self.clients)
    @rule(
        who=WHO, fromServer=st.booleans(), what=st.sampled_from([0, 1, 2, 3, 4, 4, 4])
    )
    def hinder(self, who: int, fromServer: bool, what: int) -> None:
        """
        One direction of a connection stops, or is slow or late, or no more.  It may
        have said so when it is full.
        """
        client = self.client(who)
        if client is not None:
            side = client.connection.sides[fromServer]
            side.held = what in (1, 4)
            side.bufferSize = 60 if what == 4 else BUFFER_SIZE
            side.rate = 7 if what == 2 else None
            side.delay = 9 if what == 3 else 0

    @rule(count=st.sampled_from([1, 5, 30, 200]))
    def step(self, count: int) -> None:
        """
        Some bytes arrive.
        """
        self.tap.begin()
        for _ in range(count):
            self.network.step()

    @precondition(lambda self: self.clients)
    @rule(who=WHO, fromServer=st.booleans(), count=st.integers(0, 400))
    def cut(self, who: int, fromServer: bool, count: int) -> None:
        """
        A connection is to be lost after so many bytes.
        """
        client = self.client(who)
        if client is not None:
            client.mayBeLost = True
            if count:
                client.connection.sides[fromServer].cutAfter(count)
            else:
                client.connection.cut()

    # Masters.

    @precondition(lambda self: len(self.masters) < MASTERS)
    @rule(tape=TAPE)
    def appear(self, tape: bytes) -> None:
        """
        There is one master more.
        """
        self.world.newMaster(Tape(tape))

    @rule(tapes=st.lists(TAPE, min_size=1, max_size=4))
    def change(self, tapes: list[bytes]) -> None:
        """
        Something happens to the masters, or to what is in them.
        """
        self.tap.begin()
        for tape in tapes:
            self.mutate(Tape(tape))

    @rule(tape=TAPE, isRefused=st.booleans())
    def tryWrongly(self, tape: bytes, isRefused: bool) -> None:
        """
        A value is refused, or one that is equal is no change.
        """
        self.tap.begin()
        chosen = Tape(tape)
        thing, _ = chosen.choose(self.world.find())
        isPlain = type(thing) in (list, dict, set)
        if isRefused and not isPlain:
            self.refuse(chosen, thing)
        elif type(thing) in self.declarations.classes:
            self.setEqual(chosen, thing)

    @rule(tape=TAPE, inBlock=st.booleans())
    def turn(self, tape: bytes, inBlock: bool) -> None:
        """
        Others may see some of the fields.
        """
        self.tap.begin()
        self.tap.beginTurn()
        if inBlock:
            everything = self.masters.copy()
            self.wasBlock = True
            with pbcopy.changing(*everything):
                self.tap.cover(everything)
                self.mutate(Tape(tape[12:]))
                self.turnRights(Tape(tape))
                self.mutate(Tape(tape[6:]))
                self.tap.uncover(everything)
        else:
            self.turnRights(Tape(tape))

    @rule(tape=LONG_TAPE)
    def block(self, tape: bytes) -> None:
        """
        Several things happen, and are sent as one, or have never been.
        """
        self.tap.begin()
        self.runBlock(Tape(tape), 2)

    def runBlock(self, tape: Tape, depth: int) -> None:
        """
        Run a block, and perhaps others in it.
        """
        chosen = [each for each in self.masters if tape.chance(60)] or self.masters[:1]
        before = contents(chosen, chosen)
        done = self.tap.mutations
        isRaised = tape.chance(40)
        note(f"a block of {[each.number for each in chosen]}")
        self.open.append(chosen)
        self.wasBlock = True
        try:
            with pbcopy.changing(*chosen):
                # What waited has left.
                self.tap.cover(chosen)
                for _ in range(1 + tape.below(4)):
                    if depth and tape.chance(25):
                        self.runBlock(tape, depth - 1)
                    else:
                        self.mutate(Tape(bytes(tape.below(256) for _ in range(24))))
                self.open.pop()
                if isRaised:
                    self.tap.rollBack(self.tap.mutations - done)
                    raise Raised
                self.tap.uncover(chosen)
        except Raised:
            self.tap.uncover(chosen)
            requireSame(before)
        note(f"the block ends{', taken back' if isRaised else ''}")

    def mutate(self, tape: Tape) -> None:
        """
        Have something happen, and compare with what happens to a plain one.
        """
        chosen = self.world.mutation(tape)
        if chosen is None:
            return
        thing, name, mutation = chosen
        note(f"{type(thing).__name__} {name[:300]}")
        self.tap.mutations += 1
        out = inside(thing) or []
        if isinstance(thing, (list, dict, set)):
            twin = next(k for k in (list, dict, set) if isinstance(thing, k))(thing)
            results = [resultOf(mutation, each) for each in (twin, thing)]
            isPopped = "pop" in name or not isinstance(results[0], (set, dict, list))
            require(not isPopped or isAlike(*results), name, results)
            require(isAlike(twin, thing), name, thing, twin)
        else:
            mutation(thing)
        self.world.keep(out)

    def refuse(self, tape: Tape, thing: Any) -> None:
        """
        Have a value refused.  Nothing changes by that.
        """
        said = self.declarations.classes.get(type(thing))
        fields = [] if said is None else [f for f in said.fields if not f.isPrivate]
        before = contents([*self.masters, thing], self.masters)
        names = [each.name for each in fields]
        if said is not None and not names:
            # All that it has is private, and may be anything.
            return
        try:
            refuse(tape, thing, names)
        except Unsendable:
            requireSame(before)
        else:
            raise AssertionError("was not refused", thing)

    def setEqual(self, tape: Tape, owner: Any) -> None:
        """
        Set a field to what it has, or to a plain copy.  That is no change, unless
        something in it is at another place, too.
        """
        name = tape.choose(self.declarations.classes[type(owner)].fields).name
        gc.collect()
        value = valueOf(owner, name)
        if value is not NOTHING and self.world.isAlone(value):
            before = contents([owner], self.masters)
            setattr(owner, name, plainCopy(value))
            requireSame(before)

    def turnRights(self, tape: Tape) -> None:
        """
        Change the table of rights, and say so.
        """
        labels = self.declarations.labels()
        for _ in range(1 + tape.below(3)):
            if labels:
                label, parity = tape.choose(labels), tape.below(2)
                turned = {(label, parity, tape.choose(self.viewers).name)}
                self.rights.hidden ^= turned
        self.tap.turned()
        for master in self.masters:
            pbcopy.viewersChanged(master)


def resultOf(mutation: Any, thing: Any) -> Any:
    """
    Give what a mutation returns, or the kind of what it raises.
    """
    try:
        return mutation(thing)
    except (IndexError, KeyError, TypeError, ValueError, RecursionError) as error:
        return type(error)


def _drawAlways(case: SynchronousTestCase) -> None:
    """
    Have Hypothesis draw the same whatever modules are loaded: it takes constants
    out of those that are not installed.
    """
    internals: Any = providers
    if hasattr(internals, "_get_local_constants"):
        internals.CONSTANTS_CACHE.cache.clear()
        case.addCleanup(internals.CONSTANTS_CACHE.cache.clear)
        case.patch(internals, "_get_local_constants", internals.Constants)


def run(case: SynchronousTestCase, kinds: list[Kind], examples: int) -> None:
    """
    Try many histories.

    @param kinds: what there may be at the clients' ends.
    @param examples: how many histories.
    """
    register(case)
    install(case)
    _drawAlways(case)
    # Tests that ran before may have left some.
    case.patch(_sharing, "_audiences", {})
    case.patch(_sharing, "_audienceOf", {})
    case.patch(_pieces, "PIECE", 256)
    case.patch(_pieces, "WINDOW", 2)
    case.patch(_envelope, "PIECE", 256)
    case.patch(limits, "MAX_PENDING", 30)
    case.patch(limits, "MAX_UNACKNOWLEDGED", 6)
    case.patch(_valueclasses, "_local", dict(_valueclasses._local))
    pbcopy.setUnjellyableForValue(Colour)
    freeze()
    case.addCleanup(freeze)
    case.addCleanup(gc.enable)
    machine = type("Machine", (Replicating,), {"case": case, "kinds": kinds})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            database=None,
            derandomize=True,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
