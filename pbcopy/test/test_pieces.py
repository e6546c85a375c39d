# -*- test-case-name: pbcopy.test.test_pieces -*-
"""
Tests for L{pbcopy._pieces}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import limits, pb
from pbcopy._hub import hubOf
from pbcopy._pieces import PIECE, SMALLEST, WINDOW, Incoming, Outgoing
from pbcopy.errors import Unsendable, Violation
from pbcopy.test.ponds import Kit, Received, ReplicaTestCase, register
from pbcopy.testing import connect

LARGE = 2 * WINDOW * PIECE


class OutgoingTests(SynchronousTestCase):
    """
    One side cuts what it sends into pieces.
    """

    def setUp(self) -> None:
        """
        Note what is sent.
        """
        self.told: list[Any] = []
        self.outgoing = Outgoing(lambda *message: self.told.append(message))

    def data(self) -> bytes:
        """
        Give what was sent, in its order.
        """
        return b"".join(message[2] for message in self.told)

    def test_now(self) -> None:
        """
        All pieces leave at once.
        """
        data = bytes(range(256)) * 4096
        number = self.outgoing.now(data)
        self.assertEqual({("piece", number)}, {message[:2] for message in self.told})
        self.assertTrue(all(len(message[2]) <= PIECE for message in self.told))
        self.assertEqual(data, self.data())

    def test_later(self) -> None:
        """
        No more than a window of pieces is on its way, and the last one fires
        the Deferred.
        """
        sent: list[str] = []
        whenSent = self.outgoing.later(b"x" * LARGE, lambda: sent.append("sent"))
        for count in range(WINDOW, 2 * WINDOW):
            self.assertEqual(count, len(self.told))
            self.assertNoResult(whenSent)
            self.outgoing.acknowledged()
        self.assertEqual(b"x" * LARGE, self.data())
        self.successResultOf(whenSent)
        self.assertEqual(["sent"], sent)

    def test_moreAcknowledgedThanSent(self) -> None:
        """
        That does not make the window wider.
        """
        for _ in range(10):
            self.outgoing.acknowledged()
        self.assertNoResult(self.outgoing.later(b"x" * LARGE, lambda: None))
        self.assertEqual(WINDOW, len(self.told))

    def test_oneAfterTheOther(self) -> None:
        """
        What is sent later is sent after what was there before.
        """
        first = self.outgoing.later(b"1" * LARGE, lambda: None)
        second = self.outgoing.later(b"2" * PIECE, lambda: None)
        for _ in range(2 * WINDOW + 1):
            self.outgoing.acknowledged()
        self.assertEqual(b"1" * LARGE + b"2" * PIECE, self.data())
        numbers = self.successResultOf(first), self.successResultOf(second)
        self.assertEqual(list(numbers), sorted({m[1] for m in self.told}))

    def test_nowIsAfterWhatWaits(self) -> None:
        """
        What is sent at once is sent after what waits, which is sent at once,
        too: a message keeps its place.
        """
        first = self.outgoing.later(b"1" * LARGE, lambda: None)
        self.outgoing.now(b"2" * PIECE)
        self.successResultOf(first)
        self.assertEqual(b"1" * LARGE + b"2" * PIECE, self.data())


class IncomingTests(SynchronousTestCase):
    """
    The other side puts the pieces together.
    """

    def test_together(self) -> None:
        """
        The pieces of two numbers may be mixed, and each is taken once.
        """
        incoming = Incoming()
        for number, piece in [(1, b"a"), (2, b"x"), (1, b"b")]:
            incoming.add(number, piece)
        self.assertEqual(b"ab", incoming.take(1, 2))
        self.assertEqual(b"x", incoming.take(2, 1))
        self.assertRaises(Violation, incoming.take, 1, 2)

    def test_whatIsNoPiece(self) -> None:
        """
        A number and bytes are expected.
        """
        incoming = Incoming()
        large = b"x" * (PIECE + 1)
        for bad in [(b"1", b"x"), (True, b"x"), (1, "x"), (1, b""), (1, large)]:
            self.assertRaises(Violation, incoming.add, *bad)
        self.assertEqual({}, vars(incoming)["_pieces"])

    def test_notAll(self) -> None:
        """
        What is left of pieces that were given up is not taken for the whole:
        there may be anything at its begin.
        """
        incoming = Incoming()
        incoming.add(1, b"left")
        for number, size in [(1, 5), (1, b"4"), (b"1", 4), ([], 4), (1, -1)]:
            self.assertRaises(Violation, incoming.take, number, size)
        self.assertEqual({}, vars(incoming)["_pieces"])

    def test_tooMany(self) -> None:
        """
        A peer that sends pieces without end does not fill the memory.
        """
        self.patch(limits, "MAX_STATE", SMALLEST)
        self.patch(limits, "MAX_PIECES", 2 * SMALLEST)
        incoming = Incoming()
        for _ in range(2):
            incoming.add(1, b"x" * SMALLEST)
        self.assertRaises(Violation, incoming.add, 1, b"y")
        incoming.add(1, b"y" * (SMALLEST + 1))
        self.assertRaises(Violation, incoming.take, 1, SMALLEST + 1)
        incoming.add(1, b"y" * 2 * SMALLEST)

    def test_whatNobodyTakes(self) -> None:
        """
        The oldest pieces are given up for new ones, and small ones count as
        what it takes to remember them.
        """
        self.patch(limits, "MAX_PIECES", 8 * SMALLEST)
        incoming = Incoming()
        for number in range(100):
            incoming.add(number, b"x")
        self.assertEqual(list(range(92, 100)), list(vars(incoming)["_pieces"]))
        incoming.add(100, b"y" * 4 * SMALLEST)
        self.assertEqual(b"y" * 4 * SMALLEST, incoming.take(100, 4 * SMALLEST))
        self.assertRaises(Violation, incoming.take, 95, 1)
        self.assertEqual(b"x", incoming.take(99, 1))


class Table(pb.Copyable, pb.RemoteCopy):
    """
    What may be large.
    """

    data: Any


class LargeTestCase(ReplicaTestCase):
    """
    Peers that have met, and what is larger than Banana takes.
    """

    def setUp(self) -> None:
        """
        Connect peers that have met.
        """
        super().setUp()
        register(self, pb, (Table, Table))
        self.factory = pb.PBServerFactory(self.root)
        self.connection = connect(self.factory, pb.PBClientFactory())
        self.table = Table()
        self.table.data = b"x" * (2 * LARGE)

    def ask(self) -> Any:
        """
        Ask for the pond of the root, and deliver nothing.
        """
        return self.connection.root.callRemote("pond")


class LargeTests(LargeTestCase):
    """
    A state that is larger than Banana takes travels in pieces.
    """

    def test_answers(self) -> None:
        """
        Large bytes, and a list of many items, arrive as an answer, at top level
        and in a list.
        """
        many = Table()
        many.data = list(range(700_000))
        for thing in (self.table, many):
            for answer in (thing, [thing]):
                self.root.pond = answer
                call = self.ask()
                self.connection.deliver()
                got = self.successResultOf(call)
                got = got[0] if isinstance(got, list) else got
                self.assertEqual(thing.data, got.data)

    def test_arguments(self) -> None:
        """
        A large argument arrives before the call that is made after it.
        """
        calls = [self.give(self.table), self.give(7)]
        self.connection.deliver()
        for call in calls:
            self.successResultOf(call)
        self.assertEqual(self.table.data, self.root.given[0].data)
        self.assertEqual(7, self.root.given[1])

    def test_anArgumentThatIsNotSent(self) -> None:
        """
        The pieces of one whose call fails at its sender do not keep others from
        arriving.
        """

        class Failing(Table):
            def getStateToCopy(self) -> Any:
                raise ValueError("no state")

        self.patch(limits, "MAX_STATE", 3 * LARGE)
        for _ in range(5):
            call = self.connection.root.callRemote("give", self.table, Failing())
            self.connection.deliver()
            self.failureResultOf(call, ValueError)
        self.successResultOf(self.give(self.table))
        self.assertEqual(self.table.data, self.root.given[0].data)

    def test_theMessageFails(self) -> None:
        """
        The pieces of what its reader does not open are given up: something else
        in the message could not be sent, or was refused.
        """

        class Unknown(pb.Copyable):
            pass

        for bad in (pb.RemoteCache(), Unknown()):
            for things in ([bad, self.table], [self.table, bad]):
                call = self.give(things)
                self.connection.deliver()
                self.failureResultOf(call)
        self.flushLoggedErrors()
        incoming = hubOf(self.connection.server).incoming
        self.assertEqual(({}, 0), (incoming._pieces, incoming._size))

    def test_otherCallsAreAnswered(self) -> None:
        """
        While a large answer is on its way, others overtake it.
        """
        self.root.pond = self.table
        large = self.ask()
        small = self.connection.root.callRemote("isPond", 7)
        while not small.called:
            self.assertTrue(self.connection.deliverOnce())
        self.assertNoResult(large)
        self.connection.deliver()
        self.assertEqual(self.table.data, self.successResultOf(large).data)

    def test_theConnectionIsLost(self) -> None:
        """
        The call fails with the connection, in the middle of the pieces.
        """
        self.root.pond = self.pond
        self.pond.ducks.append("x" * 2 * LARGE)
        call = self.ask()
        for _ in range(3):
            self.connection.deliverOnce()
        self.assertNoResult(call)
        self.pond.add("late")
        self.connection.cut()
        self.failureResultOf(call)
        self.assertEqual([], self.pond.observers)

    def test_overTheLimit(self) -> None:
        """
        What is larger than the limit is an error that names the class, the size
        and the limit, with the sender; nobody observes.
        """
        self.patch(limits, "MAX_STATE", LARGE)
        self.pond.ducks.append("x" * 2 * LARGE)
        call = self.ask()
        self.connection.deliver()
        error = self.failureResultOf(call, Unsendable).value
        self.assertIn("Pond: this is too large", str(error))
        self.assertIn(f"pbcopy.limits.MAX_STATE, {LARGE} bytes", str(error))
        self.flushLoggedErrors(Unsendable)
        self.assertEqual([], self.pond.observers)
        self.assertFalse(self.connection.lost)


class WaitingTests(LargeTestCase):
    """
    A cache whose state is on its way is updated, mentioned and dropped.
    """

    def setUp(self) -> None:
        """
        Have a pond that is large, and a client that is about to get it.
        """
        super().setUp()
        self.pond.ducks.append("x" * 2 * LARGE)
        self.root.pond = self.pond
        self.received = Received(self.ask())
        self.connection.deliverOnce()
        self.connection.deliverOnce()
        self.assertEqual([], self.received.results)

    def test_updates(self) -> None:
        """
        Updates wait for the state.
        """
        self.pond.add("late")
        self.connection.deliverOnce()
        self.assertEqual([], self.received.results)
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, self.received.results[0].ducks)
        self.pond.add("later")
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, self.received.results[0].ducks)

    def test_aMention(self) -> None:
        """
        Another call that mentions it has the state sent at once.
        """
        second = Received(self.ask())
        self.pond.add("late")
        self.connection.deliver()
        (view,) = self.received.results
        self.assertEqual([view], second.results)
        self.assertEqual(self.pond.ducks, view.ducks)

    def test_aMentionAfterAnUpdate(self) -> None:
        """
        A call that mentions it, made after an update, finds it updated.
        """
        seen: list[Any] = []

        class Taker(pb.Referenceable):
            def remote_take(self, view: Any) -> None:
                seen.append(list(view.ducks))

        self.connection.root.callRemote("give", Taker())
        self.connection.deliverOnce()
        self.assertEqual([], self.received.results)
        self.pond.add("late")
        call = self.root.given[0].callRemote("take", self.pond)
        self.connection.deliver()
        self.successResultOf(call)
        self.assertEqual([self.pond.ducks], seen)

    def test_anUpdateThatMayChange(self) -> None:
        """
        An update is sent as it was when it was made.
        """
        duck = ["duckling"]
        self.pond.add(duck)
        duck.append("drake")
        self.pond.add(("drake", 7))
        self.connection.deliver()
        (view,) = self.received.results
        self.assertEqual([["duckling"], ("drake", 7)], view.ducks[-2:])

    def test_dropped(self) -> None:
        """
        It is given back as any other.
        """
        self.connection.deliver()
        self.received.results.clear()
        self.connection.collect()
        self.assertEqual([], self.pond.observers)
        self.assertEqual({}, self.connection.server.remotelyCachedObjects)

    def test_aReleaseThatCrossesAMention(self) -> None:
        """
        A replica that is dropped while a large answer that mentions it is on
        its way is held again when that arrives.
        """
        self.connection.deliver()
        holder = Table()
        holder.data = [self.pond, b"x" * 2 * LARGE]
        self.root.pond = holder
        call = self.ask()
        self.connection.deliverOnce()
        self.received.results.clear()
        self.connection.collect()
        view = self.successResultOf(call).data[0]
        self.assertEqual(self.pond.ducks, view.ducks)
        self.pond.add("late")
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, view.ducks)


class MentionTests(LargeTestCase):
    """
    A cache is sent, and mentioned in a large answer of the same turn.
    """

    def test_dropped(self) -> None:
        """
        It is dropped before the large answer arrives, and is there again then.
        """
        received = Received(self.ask())
        self.connection.move(self.connection.fromClient)
        holder = Table()
        holder.data = [self.pond, b"x" * 2 * LARGE]
        self.root.pond = holder
        call = self.ask()
        self.connection.move(self.connection.fromClient)
        while not received.results:
            self.connection.deliverOnce()
        received.results.clear()
        self.connection.collect()
        view = self.successResultOf(call).data[0]
        self.pond.add("late")
        self.connection.deliver()
        self.assertEqual(self.pond.ducks, view.ducks)


class StockTests(SynchronousTestCase):
    """
    A stock peer, or one that is not known, is sent nothing in pieces.
    """

    def test_theFirstOne(self) -> None:
        """
        The first call of two peers that have not met fails, and the next one
        does not.
        """
        register(self, pb, (Table, Table))
        table = Table()
        table.data = b"x" * 700_000
        connection = connect(Kit(self, pb).Root(table))
        call = connection.root.callRemote("pond")
        connection.deliver()
        error = self.failureResultOf(call, Unsendable).value
        self.assertIn("Table.data: this is too large", str(error))
        self.assertIn("700000 bytes", str(error))
        self.flushLoggedErrors(Unsendable)
        call = connection.root.callRemote("pond")
        connection.deliver()
        self.assertEqual(table.data, self.successResultOf(call).data)
