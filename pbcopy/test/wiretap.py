# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
What leaves for each viewer, looked at while it leaves, for
L{pbcopy.test.replicating}.
"""

from __future__ import annotations

from typing import Any

import msgspec
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _coalescing, _sharing
from pbcopy._channel import DELTA
from pbcopy._lens import Lens
from pbcopy._observer import RemoteCacheObserver
from pbcopy.test.comparing import Sight, tokensIn, tokensInAll
from pbcopy.test.masters import require


class Wiretap:
    """
    What is sent in one history.

    What a viewer is sent of a master was there for it when it was sent something
    the last time, or is now.

    @ivar names: of the classes that are declared.
    @ivar mutations: how many there were in this step.
    @ivar wrong: what must not be.
    """

    def __init__(self) -> None:
        self.masters: list[Any] = []
        self.sights: dict[Any, Sight] = {}
        self.names: set[bytes] = set()
        self.mutations = 0
        self.wrong: list[Exception] = []
        self._had: dict[Lens, set[bytes]] = {}
        self._has: dict[Lens, set[bytes]] = {}
        self._restricted: dict[Lens, set[tuple[int, str]]] = {}
        self._unturned: dict[Lens, set[bytes]] = {}
        self._ever: dict[Any, set[bytes]] = {}
        self._sent: dict[Lens, int] = {}
        self._spare: dict[Lens, int] = {}
        self._versions: dict[Lens, int] = {}
        self._numbers: dict[Lens, int] = {}
        self._told: dict[RemoteCacheObserver, int] = {}
        self._observers: dict[tuple[int, int | None], RemoteCacheObserver] = {}
        self._covered: list[Any] = []

    # What the machine says.

    def begin(self) -> None:
        """
        Begin a step.
        """
        require(not self.wrong, self.wrong)
        # What waits is sent in a later one.
        spare = {
            each.lens: self._most(each.lens) - self._sent.get(each.lens, 0)
            for each in _coalescing._waiting
        }
        self.mutations = 0
        self._sent.clear()
        self._unturned.clear()
        self._spare = spare

    def _most(self, lens: Lens) -> int:
        """
        Tell how many operations there may be for a lens in this step.
        """
        return self.mutations + self._spare.get(lens, 0)

    def beginTurn(self) -> None:
        """
        Hear that rights are about to change.
        """
        for lens in _lenses():
            restricted = self.sights[lens.perspective].restricted(lens.master)
            self._restricted[lens] = restricted
            # What waits may leave for one master before another one is asked.
            seen = self.sights[lens.perspective].tokens(lens.master)
            self._unturned[lens] = self._has.get(lens, set()) | seen

    def turned(self) -> None:
        """
        Hear that rights have changed: each field that appears or vanishes by that
        may be an operation.
        """
        for lens in _lenses():
            key = lens
            now = self.sights[lens.perspective].restricted(lens.master)
            turned = self._restricted.get(key, now) ^ now
            self._spare[key] = self._spare.get(key, 0) + len(turned)

    def _isCovered(self, master: Any) -> bool:
        return any(master is each for each in self._covered)

    def cover(self, masters: list[Any]) -> None:
        """
        From now on, nothing may leave of some masters.
        """
        self._covered += masters

    def uncover(self, masters: list[Any]) -> None:
        """
        End L{cover}.
        """
        for master in masters:
            at = next(i for i, each in enumerate(self._covered) if each is master)
            del self._covered[at]

    def rollBack(self, count: int) -> None:
        """
        Hear that so many mutations are to be taken back.  A dict that had another
        order needs two operations for one.
        """
        self.mutations += 2 * count

    # What is sent.

    def watch(self, look: Any, *args: Any) -> None:
        """
        Look at something, and keep what is wrong: who sends it would log it.
        """
        try:
            look(*args)
        except Exception as error:
            self.wrong.append(error)

    def state(self, lens: Lens, packed: bytes, objects: list[Any]) -> None:
        """
        Look at a state.
        """
        version, _, nodes, operations, *_ = msgspec.msgpack.decode(packed)
        require(version == lens.version and not operations, version, operations)
        require(nodes and self._versions.setdefault(lens, version) == version)
        self._number(lens, [max(each[0] for each in nodes)])
        self._look(lens)
        self._had[lens] = set()
        self._check(lens, packed, objects)

    def delta(self, lens: Lens, packed: bytes, objects: list[Any]) -> None:
        """
        Look at a delta.
        """
        version, _, nodes, operations, *_ = msgspec.msgpack.decode(packed)
        require(operations, "an empty delta")
        require(version == self._versions[lens] + 1, version, self._versions[lens])
        self._versions[lens] = version
        least = self._numbers[lens]
        require(all(each[0] > least for each in nodes), nodes, least)
        self._number(lens, [each[0] for each in nodes])
        require(not self._isCovered(lens.master), "sent within a block", operations)
        sent = self._sent[lens] = self._sent.get(lens, 0) + len(operations)
        most = self._most(lens)
        require(sent <= most, sent, "operations for", most, "mutations", operations)
        self._look(lens)
        self._check(lens, packed, objects)

    def skip(self, lens: Lens) -> None:
        """
        Hear of a version that nobody was told of.
        """
        self._versions[lens] += 1

    def late(self, lens: Lens, packed: bytes, objects: list[Any]) -> None:
        """
        Look at a delta for one that missed some.
        """
        message = msgspec.msgpack.decode(packed)
        version, _, nodes, _, *_, since = message
        require(len(message) == 8 and since < version, message)
        require(0 <= version - self._versions[lens] <= 1, version, self._versions[lens])
        self._versions[lens] = version
        self._number(lens, [each[0] for each in nodes])
        require(not self._isCovered(lens.master), "sent within a block", message)
        self._look(lens)
        # The keys of what is gone were there once.
        self._had[lens] |= self._ever.get(lens.perspective, set())
        self._check(lens, packed, objects)

    def _number(self, lens: Lens, numbers: list[int]) -> None:
        self._numbers[lens] = max([self._numbers.get(lens, 0), *numbers])

    def _look(self, lens: Lens) -> None:
        sight = self.sights[lens.perspective]
        self._had[lens] = self._has.get(lens, set()) | self._unturned.get(lens, set())
        self._has[lens] = sight.tokens(lens.master)

    def _check(self, lens: Lens, packed: bytes, objects: list[Any]) -> None:
        masters = filter(self.sights[lens.perspective].isMaster, objects)
        mentions = {b"@%d" % each.number for each in masters}
        self._see(lens, tokensIn(packed) | tokensInAll(objects) | mentions)

    def _see(self, lens: Lens, found: set[bytes]) -> None:
        may = self._had[lens] | self._has[lens]
        require(found <= may, "a viewer was sent", found - may)
        self._ever.setdefault(lens.perspective, set()).update(found)

    def join(self, observer: RemoteCacheObserver, state: Any, isDeclared: bool) -> None:
        """
        Look at what a new observer has.
        """
        if isDeclared:
            self._told[observer] = msgspec.msgpack.decode(state[0])[0]
            self._observers[id(observer.broker), observer.luid] = observer
        else:
            self._see(_sharing._audienceOf[observer].lens, tokensInAll(state))

    def tell(self, observer: RemoteCacheObserver, name: str, args: Any) -> None:
        """
        Look at an update.
        """
        if name != DELTA:
            lens = _sharing._audienceOf[observer].lens
            # Who has missed much is sent all that it may see.
            self._has[lens] |= self.sights[lens.perspective].tokens(lens.master)
            if name == "remove":
                self._had[lens] |= self._ever.get(lens.perspective, set())
            self._see(lens, tokensInAll(args))
            return
        packed, _, *rest = (*args, []) if len(args) == 1 else args
        self._follow(observer, packed)
        for at in range(0, len(rest), 3):
            luid, packed, _ = rest[at : at + 3]
            self._follow(self._observers[id(observer.broker), luid], packed)

    def _follow(self, observer: RemoteCacheObserver, packed: bytes) -> None:
        version, *more = msgspec.msgpack.decode(packed)
        since = more[-1] if len(more) == 7 else version - 1
        require(since == self._told[observer], since, self._told[observer])
        self._told[observer] = version

    def written(self, viewers: list[Any], data: bytes) -> None:
        """
        Look at what is written to a connection.
        """
        # Each side says what it has declared.
        may = set(self.names)
        for viewer in viewers:
            may |= self._ever.get(viewer, set())
        found = tokensIn(data)
        require(found <= may, "on the wire is", found - may)


def _lenses() -> list[Lens]:
    return [each.lens for each in _sharing._audiences.values()]


current: list[Wiretap] = []
"""The one of the history that runs."""


def install(case: SynchronousTestCase) -> None:
    """
    Have the wiretap of the history that runs see what leaves, for as long as a
    test lasts.
    """
    state, delta, join = Lens.state, Lens.delta, _sharing.join
    skip = Lens.skip
    tell = RemoteCacheObserver.tell

    def stateSeen(self: Lens) -> Any:
        made = state(self)
        for tap in current:
            tap.watch(tap.state, self, *made)
        return made

    def deltaSeen(self: Lens, operations: Any, since: Any = None) -> Any:
        made = delta(self, operations, since)
        for tap in current:
            tap.watch(tap.late if since else tap.delta, self, *made)
        return made

    def skipSeen(self: Lens) -> None:
        for tap in current:
            tap.watch(tap.skip, self)
        skip(self)

    def joinSeen(
        key: Any, master: Any, perspective: Any, observer: Any, isDeclared: bool
    ) -> Any:
        made = join(key, master, perspective, observer, isDeclared)
        for tap in current:
            tap.watch(tap.join, observer, made, isDeclared)
        return made

    def tellSeen(self: RemoteCacheObserver, name: str, *args: Any) -> Any:
        for tap in current:
            tap.watch(tap.tell, self, name, args)
        return tell(self, name, *args)

    case.patch(Lens, "state", stateSeen)
    case.patch(Lens, "delta", deltaSeen)
    case.patch(Lens, "skip", skipSeen)
    case.patch(_sharing, "join", joinSeen)
    case.patch(RemoteCacheObserver, "tell", tellSeen)
