# -*- test-case-name: pbcopy.test.test_guardquick -*-
"""
Tests for L{pbcopy._guardquick}.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from twisted.internet.error import ConnectionAborted
from twisted.python import failure
from twisted.python.failure import Failure
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
import pbcopy.pb
from pbcopy import limits, statusOf
from pbcopy._bananadecoding import Decoder
from pbcopy._envelope import COMPACT_TAG
from pbcopy.errors import Violation
from pbcopy.test.guards import NO_ARGS, NO_KW, GuardTestCase, Peer, portal
from pbcopy.test.sharedponds import Duck, Pond, give, takenQuickly, told
from pbcopy.test.test_bananadecoding import QUIET, Stock
from pbcopy.test.test_packedarguments import Lake
from pbcopy.testing import connect


class Noting(pbcopy.Broker):
    """
    A Broker whose application looks at each message.
    """

    noted: list[Any] = []  # noqa: RUF012  (there is one of these)

    def expressionReceived(self, sexp: Any) -> None:
        """
        Note it.
        """
        self.noted.append(sexp[0])
        super().expressionReceived(sexp)


class Pool(stock.Root):
    """
    A root that notes what it is called with.
    """

    def __init__(self) -> None:
        self.called: list[Any] = []

    def __repr__(self) -> str:
        return "<Pool>"

    def remote_add(self, *ducks: Any) -> Any:
        """
        Note some ducks, and give the first.
        """
        self.called.append(ducks)
        return ducks[0] if ducks else None

    def remote_one(self, duck: Any) -> int:
        """
        Take one.
        """
        return 1

    def remote_fail(self) -> None:
        """
        Fail.
        """
        raise stock.Error("there is no duck")


class Swan(pbcopy.pb.Copyable, pbcopy.pb.RemoteCopy):
    """
    A copy.
    """

    def __init__(self, name: str = "") -> None:
        self.name = name


class Heard(stock.Referenceable):
    """
    What looks at its messages itself.
    """

    def __init__(self) -> None:
        self.called: list[Any] = []

    def remoteMessageReceived(
        self, broker: Any, message: Any, args: Any, kw: Any
    ) -> Any:
        """
        Note what has come.
        """
        self.called.append((message, args, kw))
        return broker.serialize(None)


class QuickTestCase(GuardTestCase):
    """
    What the tests of calls have in common.
    """

    def setUp(self) -> None:
        """
        Count what is taken as an expression.
        """
        super().setUp()
        self.expressions = 0
        next = Decoder.next

        def counted(decoder: Decoder, data: bytes, at: int) -> Any:
            self.expressions += 1
            return next(decoder, data, at)

        self.patch(Decoder, "next", counted)

    def link(self, root: Any) -> Any:
        """
        Connect two Brokers of pbcopy's.
        """
        server, client = stock.PBServerFactory(root), stock.PBClientFactory()
        factories: Any = (server, client)
        for factory in factories:
            factory.protocol = pbcopy.Broker
        connection = connect(*factories)
        self.expressions = 0
        return connection

    def result(self, connection: Any, called: Any, isQuick: bool = True) -> Any:
        """
        Give what a call gives, and check whether all of it was taken from the bytes.
        """
        before = self.expressions
        found: list[Any] = []
        called.addBoth(found.append)
        connection.deliver()
        self.assertEqual(isQuick, self.expressions == before, self.expressions)
        return found[0]


class CallTests(QuickTestCase):
    """
    A call with flat arguments, and its answer, are taken with no expression made of
    them.
    """

    def test_values(self) -> None:
        """
        All flat arguments arrive as they left, and so does a flat answer.
        """
        pool = Pool()
        connection = self.link(pool)
        for duck in ("Duck", b"swan", 7, -7, 1.5, True, False, None):
            call = connection.root.callRemote("add", duck, 7)
            found = self.result(connection, call)
            self.assertEqual(repr(duck), repr(found))
            self.assertEqual(repr((duck, 7)), repr(pool.called.pop()))

    def test_copies(self) -> None:
        """
        So does an answer that is a small copy.
        """
        pool = Pool()
        pbcopy.pb.setUnjellyableForClass(Swan, Swan)
        connection = self.link(pool)
        self.patch(Pool, "remote_add", lambda pool: Swan("Odette"))
        # The first says what it is.
        connection.root.callRemote("add")
        connection.deliver()
        swan = self.result(connection, connection.root.callRemote("add"))
        self.assertIsInstance(swan, Swan)
        self.assertEqual("Odette", swan.name)

    def test_refusedCopies(self) -> None:
        """
        One that cannot be taken fails its call alone.
        """
        pool = Pool()
        connection = self.link(pool)
        nobodys = msgspec.msgpack.encode([[b"no.One"], [0], [{}], []])
        for packed in (b"", b"nonsense", nobodys):
            call = connection.root.callRemote("add")
            number = connection.client.currentRequestID
            said = Stock().encoded([b"answer", number, [COMPACT_TAG, packed]])
            connection.client.dataReceived(said)
            self.assertIsInstance(self.failureOf(call).value, InsecureJelly)
            # Its own answer comes, too.
            connection.deliver()
            self.assertLine("is refused: Violation: answer: there is no such id")
        call = connection.root.callRemote("add", 7)
        self.assertEqual(7, self.result(connection, call))

    def failureOf(self, call: Any) -> Any:
        """
        Give what a call has failed with.
        """
        failures: list[Any] = []
        call.addErrback(failures.append)
        return failures[0]

    def test_perspectives(self) -> None:
        """
        So do the arguments of an avatar's methods, and of a view's.
        """
        called: list[Any] = []

        class Avatar(stock.Avatar):
            def perspective_add(self, *ducks: Any) -> int:
                called.append(ducks)
                return len(ducks)

        class View(stock.Viewable):
            def view_add(self, who: Any, *ducks: Any) -> int:
                called.append((who, *ducks))
                return len(ducks)

        connection = self.link(stock.Root())
        avatar = Avatar()
        for name, target in (
            (b"avatar", stock.AsReferenceable(avatar, "perspective")),
            (b"view", stock.ViewPoint(avatar, View())),
        ):
            connection.server.setNameForLocal(name, target)
            reference = connection.client.remoteForName(name)
            call = reference.callRemote("add", 1, 2)
            self.assertEqual(2, self.result(connection, call))
        self.assertEqual([(1, 2), (avatar, 1, 2)], called)

    def test_ownMessages(self) -> None:
        """
        What looks at its messages itself gets them as they are.
        """
        connection = self.link(stock.Root())
        heard = Heard()
        connection.server.setNameForLocal("heard", heard)
        reference = connection.client.remoteForName("heard")
        self.result(connection, reference.callRemote("add", 1), isQuick=False)
        self.assertEqual([("add", [b"tuple", 1], [b"dictionary"])], heard.called)

    def test_observers(self) -> None:
        """
        So do the arguments of an update that an observer is told by hand.
        """
        connection = self.link(stock.Root())
        view = self.given(connection)
        self.assertEqual(2, self.result(connection, self.lake.call("add", 7, "x")))
        self.assertEqual([(7, "x")], view.added)

    def given(self, connection: Any) -> Any:
        """
        Have the client be given a cacheable, and give the replica.
        """
        pbcopy.pb.setUnjellyableForClass(Lake, Lake)
        self.lake = Lake()
        return give(connection, self.lake)

    def test_ownUpdates(self) -> None:
        """
        A replica that looks at its messages itself gets them as they are.
        """
        connection = self.link(stock.Root())
        view = self.given(connection)
        called: list[Any] = []

        def noted(*args: Any) -> Any:
            called.append(args[-3:])
            return [b"None"]

        for target in (Lake, view):
            self.patch(target, "remoteMessageReceived", noted)
            self.lake.tell("add", 7)
            connection.deliver()
            self.assertEqual(("add", [b"tuple", 7], [b"dictionary"]), called.pop())

    def test_packedAtALimit(self) -> None:
        """
        Where a limit might be met, packed arguments are looked at one by one.
        """
        connection = self.link(stock.Root())
        view = self.given(connection)
        self.patch(limits, "MAX_STRING", 50)
        before = limits.MAX_ITEMS
        parts = b"x" * 30, "y" * 30, 7
        self.assertEqual(
            3, self.result(connection, self.lake.call("add", *parts), False)
        )
        self.assertEqual([parts], view.added)
        for name, most, args in (
            ("MAX_ITEMS", before, (b"x" * 51,)),
            ("MAX_ITEMS", 3, (1, 2, 3, 4)),
        ):
            self.patch(limits, name, most)
            failed = self.result(connection, self.lake.call("add", *args), False)
            self.assertIn("Violation", str(failed.type))
            (logged,) = self.flushLoggedErrors(Violation)
            self.assertIn("the arguments of add: these are too many", str(logged.value))
            self.patch(limits, "MAX_ITEMS", before)

    def test_closedMeanwhile(self) -> None:
        """
        Where a call closes the connection, what comes behind it is dropped.
        """
        pool = Pool()
        peer = Peer(pool)
        lost = Failure(ConnectionAborted())
        pool.remote_close = lambda: peer.broker.connectionLost(lost)  # type: ignore[attr-defined]
        said = (
            [b"message", 1, b"root", name, 0, NO_ARGS, NO_KW]
            for name in (b"add", b"close", b"add")
        )
        peer.send(*said)
        self.assertEqual([()], pool.called)

    def test_limitLoweredMeanwhile(self) -> None:
        """
        What a call does to a limit holds for the next one, also where both come at
        once.
        """
        pool = Pool()
        before = limits.MAX_STRING
        self.addCleanup(setattr, limits, "MAX_STRING", before)
        pool.remote_lower = lambda: setattr(limits, "MAX_STRING", 10)  # type: ignore[attr-defined]
        peer = Peer(pool)
        text = [b"tuple", [b"unicode", b"x" * 100]]
        peer.send(
            [b"message", 1, b"root", b"lower", 0, NO_ARGS, NO_KW],
            [b"message", 2, b"root", b"add", 0, text, NO_KW],
        )
        self.assertEqual([], pool.called)
        self.assertLine("too many bytes in one string")

    def test_strangers(self) -> None:
        """
        From a peer that has yet to log in they are counted as any message.
        """
        peer = Peer(portal())
        most = limits.MAX_CALLS_BEFORE_LOGIN
        call = [b"message", 1, b"root", b"loginAnonymous", 0, NO_ARGS, NO_KW]
        peer.send(*[call] * (most + 1))
        self.assertTrue(peer.isLost())
        self.assertGreater(self.expressions, most - 2)


class Long(pbcopy.Broker):
    """
    A Broker that makes an expression of each message, as its application has a
    method of its own.
    """

    def expressionReceived(self, sexp: Any) -> None:
        """
        Take a message.
        """
        super().expressionReceived(sexp)


IDS = st.sampled_from([0, 1, 2, 300, 2**28, -1])
PARTS = st.one_of(
    st.sampled_from([7, -7, 1.5, b"x", b"list", b"x" * 2000, [b"None"], [b"none"]]),
    st.sampled_from([[b"unicode", b"x"], [b"boolean", b"true"], [b"unicode", b"\xff"]]),
    st.sampled_from([[b"tuple"], [b"dictionary"], [b"list", 7], [b"nobody", 7], []]),
    st.sampled_from([[b"pbcopy.compact", b"x"], [b"dereference", 7], [b"remote", 1]]),
)
ARGS = st.one_of(
    st.lists(PARTS, max_size=3).map(lambda parts: [b"tuple", *parts]), PARTS
)
CALLS = st.tuples(
    st.sampled_from([b"message", b"cachemessage"]),
    IDS,
    st.sampled_from([b"root", b"pbcopy", b"nobody", 0, 1, -1]),
    st.sampled_from([b"add", b"one", b"fail", b"nothing", b"hello", b"\xff", b"add x"]),
    st.sampled_from([0, 1, 2]),
    ARGS,
    st.sampled_from([NO_KW, [b"dictionary", [b"x", 7]], 0]),
)
UPDATES = st.tuples(
    st.just(b"cachemessage"),
    IDS,
    st.sampled_from([5, 5, 6]),
    st.sampled_from([b"add", b"add", b"nothing", b"pbcopy.delta"]),
    st.sampled_from([0, 1]),
    st.one_of(
        ARGS,
        st.lists(st.sampled_from([7, "x", b"x", None, [7]]), max_size=3).map(
            msgspec.msgpack.encode
        ),
    ),
    st.sampled_from([0, 0, NO_KW]),
)
ANSWERS = st.tuples(st.just(b"answer"), IDS, PARTS)
LAKE = [
    *(b"message", 1, b"root", b"add", 0),
    [b"tuple", [b"pbcopy.test.test_packedarguments.Lake", 5, [b"dictionary"]]],
    NO_KW,
]
"""Gives the server a replica."""


class LongTests(GuardTestCase):
    """
    A peer notices nothing of it, and nobody else does.
    """

    @QUIET
    @given(
        st.lists(st.one_of(CALLS, UPDATES, ANSWERS).map(list), max_size=6),
        st.lists(st.integers(0, 300), max_size=3),
    )
    def test_same(self, messages: Any, cuts: list[int]) -> None:
        """
        Whatever comes, and however it is cut, the same is called, answered and logged
        as by a Broker that makes an expression of each message.
        """
        pbcopy.pb.setUnjellyableForClass(Lake, Lake)
        said = Stock().encoded(*messages)
        ends = sorted({min(each, len(said)) for each in cuts} | {len(said)})
        outcomes = []
        for protocol in (pbcopy.Broker, Long):
            pool = Pool()
            peer = Peer(pool, protocol)
            peer.send(LAKE)
            ((lake,),) = pool.called
            lake.added = []
            self.lines.clear()
            # Each failure has a number, which it is sent with.
            self.patch(failure, "count", 0)
            begin = 0
            for end in ends:
                peer.write(said[begin:end])
                begin = end
            heard = () if peer.isLost() else peer.heard()
            status = statusOf(lake)
            done = pool.called[1:], lake.added, status.kind, status.reason
            outcomes.append((done, peer.isLost(), heard, [*self.lines]))
        self.flushLoggedErrors()
        # An address is that of another object.
        shown = (re.sub("0x[0-9a-f]+", "", repr(each)) for each in outcomes)
        self.assertEqual(*shown)


class DeltaTests(SynchronousTestCase):
    """
    A change of one field is taken with no expression made of it.
    """

    def setUp(self) -> None:
        """
        Note what is taken so.
        """
        self.taken = takenQuickly(self)

    def have(self, protocol: Any = pbcopy.Broker) -> None:
        """
        Have a replica of a client with a Broker.
        """
        factory: Any = stock.PBClientFactory()
        factory.protocol = protocol
        self.connection = connect(stock.PBServerFactory(stock.Root()), factory)
        self.master = Pond()
        self.view = give(self.connection, self.master)
        self.changes = told(self.view)

    def change(self, *colours: str) -> None:
        """
        Change the master several times, and check that all arrives, in order.
        """
        expected = []
        for colour in colours:
            before, self.master.colour = self.master.colour, colour
            expected.append([f"PondView.colour changed {before!r} to {colour!r}"])
        self.connection.deliver()
        self.assertEqual(colours[-1], self.view.colour)
        self.assertEqual(expected, self.changes)
        self.changes.clear()

    def test_taken(self) -> None:
        """
        So it is by itself, several in a row, and however they are cut.
        """
        self.have()
        self.change("brown")
        self.change("green", "blue", "red")
        self.assertEqual([True] * 4, self.taken)

    def test_cut(self) -> None:
        """
        One that comes in parts, after a whole one, is taken as any message.
        """
        self.have()
        said: list[bytes] = []
        self.connection.server.transport.write = said.append
        for colour in ("brown", "blue", "red"):
            self.master.colour = colour
        stream = b"".join(said)
        for end in (len(said[0]) + 5, len(stream) - 5, len(stream)):
            chunk, stream = stream[:end], stream[end:]
            self.connection.client.dataReceived(chunk)
        self.assertEqual("red", self.view.colour)
        self.assertEqual(3, len(self.changes))

    def test_amongOthers(self) -> None:
        """
        What is no such change is taken as ever, before, between and after them.
        """
        self.have()
        self.master.colour = "brown"
        self.master.ducks.append(Duck("swan"))
        self.master.colour = "blue"
        self.connection.deliver()
        # The second is tried as bytes, and as a message.
        self.assertEqual([True, False, False, True], self.taken)
        self.assertEqual(("blue", "swan"), (self.view.colour, self.view.ducks[0].name))
        self.assertEqual(3, len(self.changes))

    def test_anApplications(self) -> None:
        """
        A Broker with a method of its own has that called.
        """
        self.have(Noting)
        del Noting.noted[:]
        self.change("brown")
        self.assertEqual([b"cachemessage"], Noting.noted)
        self.have()
        self.patch(
            pbcopy.Broker, "_recvMessage", lambda *args: self.taken.append(False)
        )
        del self.taken[:]
        self.master.colour = "blue"
        self.connection.deliver()
        self.assertEqual([False], self.taken)

    def test_limits(self) -> None:
        """
        Where a limit might be met, it is counted as ever.
        """
        self.have()
        small = {"MAX_STRING": 500, "MAX_ITEMS": 31, "MAX_OBJECTS": 64}
        for name, limit in small.items():
            before = getattr(limits, name)
            self.patch(limits, name, limit)
            self.change(name)
            self.assertEqual([], self.taken, name)
            self.patch(limits, name, before)
        self.change("brown")
        self.assertEqual([True], self.taken)

    def test_tooLarge(self) -> None:
        """
        A message that is too large closes the connection.
        """
        self.have()
        self.patch(limits, "MAX_MESSAGE", 40)
        self.master.colour = "brown"
        self.connection.deliver()
        self.assertTrue(self.connection.client.disconnected)
        self.assertEqual([], self.taken)

    def test_lostMeanwhile(self) -> None:
        """
        Where a callback loses the connection, the rest of what came is dropped.
        """
        self.have()
        said: list[bytes] = []
        self.connection.server.transport.write = said.append
        for colour in ("brown", "blue", "red"):
            self.master.colour = colour
        self.view.subscribe(lambda changes: self.connection.cut())
        self.connection.client.dataReceived(b"".join(said))
        self.assertEqual("brown", self.view.colour)
        self.assertEqual([True], self.taken)

    def test_stale(self) -> None:
        """
        A replica that has missed something, and an id that is none, are told of as
        ever.
        """
        self.have()
        self.change("brown")
        slot: Any = self.connection.client.locallyCachedObjects.popitem()[1]
        self.master.colour = "blue"
        self.connection.deliver()
        self.connection.client.locallyCachedObjects[slot.luid] = slot
        self.master.colour = "red"
        self.connection.deliver()
        self.assertEqual([True, False, False], self.taken)
        self.assertEqual(1, len(self.flushLoggedErrors(Violation)))
        self.assertEqual("red", self.view.colour)

    def test_stranger(self) -> None:
        """
        From a peer that has yet to log in it is counted as any message.
        """
        peer = Peer(portal())
        delta = [b"cachemessage", 1, 2, b"pbcopy.delta", 0, b"packed", 0]
        most = limits.MAX_CALLS_BEFORE_LOGIN
        for _ in range(most + 1):
            peer.send(delta)
        self.assertTrue(peer.isLost())
        self.assertEqual([], self.taken)
