# -*- test-case-name: pbcopy.test.test_guarddeltas -*-
"""
Tests for L{pbcopy._guarddeltas}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
import pbcopy.pb
from pbcopy import limits
from pbcopy.errors import Violation
from pbcopy.test.guards import Peer, portal
from pbcopy.test.sharedponds import Duck, Pond, give, takenQuickly, told
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
