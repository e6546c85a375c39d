# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
A process that has a hostile peer and an honest client, and what must stay true.

The hostile peer is no Broker: it writes bytes.  All that the Broker which hears them
logs, answers or lets out is looked at (L{fuzz.judge}).
"""

from __future__ import annotations

import gc
import signal
import sys
import weakref
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from twisted.internet.error import ConnectionDone
from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import pb as stock

from fuzz import judge, scene
from fuzz.judge import Find
from fuzz.known import Known
from fuzz.notation import Play, encoded, parts
from fuzz.watched import isGuarded, watched
from pbcopy import _answers, _publication, _slotof, _turn, limits, pb
from pbcopy._memory import resultOf
from pbcopy._side import ADDRESS, Side
from pbcopy._status import StatusKind, withoutFrames
from pbcopy._tables import publishedBy
from pbcopy.testing import connect

ROLES = ("server", "portal", "client")
"""The peer is the client of a server that lets everybody in, or of one that asks
for a login; or it is the server of a client."""

KEPT, LEFT = "kept", "left"
"""The keys of finds of what is left when a peer has gone."""

SLOWEST = 3.0
"""How many seconds of the processor one step may take."""

_SERVER_GREETS = encoded([b"pb", b"none"])
_CLIENT_GREETS = encoded(b"pb")
_VERSION = encoded([b"version", 6])


class Stage:
    """
    The process.

    @ivar known: what the hostile peer knows.
    @ivar isOver: whether its connection is gone.
    @ivar seen: how often an exception was seen.
    """

    def __init__(self, protocol: Callable[..., Any] = stock.Broker) -> None:
        """
        @param protocol: the Brokers that hear the hostile peer.
        """
        self._isGuarded = isGuarded(protocol)
        self._protocol = watched(protocol, self._judge)
        self.known = Known()
        self.isOver = True
        self._broker: Any = None
        self._finds: list[Find] = []
        self._last: object = None
        self._lines: list[str] = []
        self._isApplications = False
        self._isInStep = True
        self._gone: list[weakref.ref[Any]] = []
        self.seen: Counter[str] = Counter()
        self.pond, self.board = scene.Pond(), scene.Board()
        self.desk = scene.Root(self.pond, self.board)
        self._ducks = 0
        self._servers = {
            "server": self._serverFactory(self.desk),
            "portal": self._serverFactory(scene.portal(self.desk)),
        }
        self._welcome()
        self._before = self._counts()

    def _serverFactory(self, root: Any) -> Any:
        factory: Any = pb.PBServerFactory(root, security=scene.policy())
        factory.protocol = self._protocol
        return factory

    def _welcome(self) -> None:
        """
        Have the honest client look at everything.
        """
        self.honest = connect(self._servers["server"], pb.PBClientFactory())
        call = self.honest.root.callRemote("get", "both")
        self._view, self._boardView = resultOf(self.honest, call)
        self.honest.deliver()
        self._heard = 0

        def heard(changes: Any) -> None:
            self._heard += 1

        self._view.subscribe(heard)

    def settle(self) -> None:
        """
        Remember what is there before there are any peers.
        """
        gc.collect()
        _turn.endTurn()
        self._before = self._counts()

    def close(self) -> None:
        """
        Leave nothing behind.
        """
        if self._broker is not None:
            self._lose(Failure(ConnectionDone()))
        scene.kept.clear()
        scene.talkers.clear()
        self.honest.cut()

    # The hostile peer.

    def enter(self, role: str) -> None:
        """
        Have a hostile peer connect.
        """
        if role == "client":
            factory: Any = pb.PBClientFactory(security=scene.policy())
            factory.protocol = self._protocol
        else:
            factory = self._servers[role]
        broker = factory.buildProtocol(ADDRESS)
        self._broker, self.isOver, self._isInStep = broker, False, True
        scene.talkers[:] = [broker]
        self._role, self._factory = role, factory
        self._side: Any = Side(broker, "hostile")
        broker.makeConnection(self._side)
        self._gone.append(weakref.ref(broker))
        self.hear((_SERVER_GREETS if role == "client" else _CLIENT_GREETS) + _VERSION)

    def leave(self) -> None:
        """
        Have the hostile peer go.
        """
        if self._broker is not None:
            self._lose(Failure(ConnectionDone()))
            scene.kept.clear()
            scene.talkers.clear()
            self._broker = self._side = self._factory = self._last = None
            self.known = Known()
            self.update()

    def step(self, step: Any) -> None:
        """
        Have something happen.

        @raise Find: if it must not.
        """
        if self.isOver:
            return
        self._lines.clear()
        self._isApplications = False
        signal.setitimer(signal.ITIMER_VIRTUAL, SLOWEST)
        try:
            self._take(step)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if not self.isOver:
            self.known.look(self._broker)
        self._look()
        self._countLines(step)

    def _take(self, step: Any) -> None:
        if isinstance(step, str):
            self._do(step)
            return
        for part in parts(step):
            if not self.isOver:
                self.hear(part)

    def hear(self, data: bytes) -> None:
        """
        Have bytes arrive.
        """
        try:
            self._broker.dataReceived(data)
        except Exception as error:
            reason = Failure()
            self._judge(reason)
            if self._isGuarded:
                name = type(error).__name__
                self._finds.append(Find(f"{name} out", f"{reason.getTraceback()}"))
            self._lose(reason)
        _turn.endTurn()
        self._last = None
        self._side.clear()
        if self._side.isOver():
            self._lose(Failure(ConnectionDone()))

    def _lose(self, reason: Failure) -> None:
        if not self.isOver:
            self.isOver = True
            self._broker.connectionLost(reason)
            if self._role == "client":
                self._factory.clientConnectionLost(None, reason)
            _turn.endTurn()

    # The application.

    def _do(self, deed: str) -> None:
        if deed == "update":
            self.update()
        else:
            # What is called here may be anything to a peer.
            root = self._broker.remoteForName("root")
            given = [self.pond, self.board] if deed == "give" else [self.desk]
            called = root.callRemote(deed, *given)
            called.addCallback(scene.keep)
            called.addErrback(self._judge)
            _turn.endTurn()
            self._last = None
            self._side.clear()

    def update(self) -> None:
        """
        Change what the honest client looks at, and see whether it hears of that.

        @raise Find: if it does not.
        """
        heard = self._heard
        self.pond.ticks += 1
        self._ducks += 1
        if self._ducks % 8 == 0:
            self.pond.ducks.append(scene.Duck(f"duck {self._ducks}"))
            del self.pond.ducks[:-3]
        self.board.tick()
        _turn.endTurn()
        self.honest.deliver()
        view, pond = self._view, self.pond
        isLive = slotStatus(view) is slotStatus(self._boardView) is StatusKind.LIVE
        names = [each.name for each in view.ducks]
        mine = view.ticks, self._boardView.ticks, names
        theirs = pond.ticks, self.board.ticks, [each.name for each in pond.ducks]
        if self.honest.lost or not isLive or mine != theirs or self._heard == heard:
            self._find("missed", f"the honest client has {mine}, and not {theirs}")

    # What must stay true.

    def _look(self) -> None:
        if self._finds:
            raise self._finds[0]
        if scene.trespasses:
            self._find("trespass", scene.trespasses[0])
        if any(each.outgoing for each in self.honest.sides):
            self._find("touched", "something was sent on the honest connection")
        if "fuzz.bait" in sys.modules:
            self._find("import", "a module was imported")
        if not self.isOver:
            self._lookAtSize()

    def _lookAtSize(self) -> None:
        broker = self._broker
        hub = broker.localObjectForID(b"pbcopy")
        sizes: dict[str, tuple[int, int]] = {
            "received": (len(broker.locallyCachedObjects), 30),
            "published": (len(publishedBy(broker)), 30),
            "locals": (len(broker.localObjects), limits.MAX_CACHES),
        }
        if hub is not None:
            sizes["pieces"] = hub.incoming._size, 20_000
            sizes["words"] = len(hub._peerUnderstands), 60
        for name, (count, most) in sizes.items():
            if count > most:
                self._find(f"size of {name}", f"{count} {name}, at most {most}")

    def sweep(self) -> None:
        """
        See whether something is left of the peers that have gone.

        @raise Find: if so.
        """
        # What a finalizer looks at is collected the next time.
        for _ in range(3):
            gc.collect()
            _turn.endTurn()
        self.honest.deliver()
        self._look()
        left = [each for each in self._gone if each() is not None]
        self._gone.clear()
        if left:
            self._find(KEPT, f"{len(left)} Brokers are kept of peers that have gone")
        now = self._counts()
        if now != self._before:
            self._find(LEFT, f"{now} are there, and before {self._before}")

    def _counts(self) -> dict[str, int]:
        return {
            "slots": len(_slotof.slots),
            "publications": len(_publication._publications),
            "answers": len(_answers._failing),
            "calls": len(_turn._waiting),
            "observers": len(self.board.observers),
            "honest locals": len(self.honest.server.localObjects),
            "honest caches": len(self.honest.server.remotelyCachedObjects),
        }

    def _countLines(self, step: Any) -> None:
        # After bytes that are no message, others may not be where one begins.
        self._isInStep = self._isInStep and not isinstance(step, bytes)
        if not (self._isGuarded and self._isInStep) or isinstance(step, str):
            return
        # A replica says itself what it cannot take.
        most = 1 + repr(step).count("pbcopy.fresh")
        lines = "\n".join(self._lines).splitlines()
        if len(lines) > most and not self._isApplications:
            self._find("lines", "\n".join(lines))

    def _find(self, key: str, text: str) -> None:
        raise Find(key, f"{key}: {text}")

    def _judge(self, failure: Failure) -> None:
        if failure.value is self._last:
            # It was sent, and then logged.
            return
        self._last = failure.value
        self.seen[_nameOf(failure)] += 1
        try:
            judge.look(failure)
        except Find as find:
            self._finds.append(find)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """
        For as long as this lasts, look at what is logged.
        """

        def tooSlow(*about: object) -> None:
            # Whoever catches this logs it, or lets the connection go.
            self._find("slow", f"a step takes more than {SLOWEST} s")

        clean: Any = Failure.cleanFailure

        def logged(event: Any) -> None:
            self._lines.append(log.textFromEventDict(event) or "")
            if "failure" in event:
                self._isApplications |= judge.isApplications(event["failure"])
                self._judge(event["failure"])
                # A test keeps what was logged, and the frames would keep the Broker.
                clean(event["failure"])
                withoutFrames(event["failure"].value)

        def remembering(failure: Failure) -> None:
            judge.remember(failure)
            clean(failure)

        def ignored(about: Any) -> None:
            # Python prints what a finalizer raises.
            self._judge(Failure(about.exc_value))

        patched: Any = Failure
        patched.cleanFailure = remembering
        log.addObserver(logged)
        before = signal.signal(signal.SIGVTALRM, tooSlow)
        hook, sys.unraisablehook = sys.unraisablehook, ignored
        try:
            yield
        finally:
            sys.unraisablehook = hook
            signal.signal(signal.SIGVTALRM, before)
            log.removeObserver(logged)
            patched.cleanFailure = clean
            scene.trespasses.clear()

    def play(self, play: Play, isSwept: bool = True) -> None:
        """
        Play what was written down.

        @raise Find: if something happens that must not.
        """
        if isSwept:
            self.settle()
        with self.watching():
            self.enter(play.role)
            for step in play.steps:
                self.step(step)
            self.leave()
            self._look()
            if isSwept:
                self.sweep()


def slotStatus(replica: Any) -> StatusKind:
    """
    Tell how a replica is.
    """
    slot: Any = _slotof.slotOf(replica)
    kind: StatusKind = slot.watch.status.kind
    return kind


def _nameOf(failure: Failure) -> str:
    kind: Any = failure.type
    return kind.__name__ if isinstance(kind, type) else "of the peer"
