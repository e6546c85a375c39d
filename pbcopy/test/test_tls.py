# -*- test-case-name: pbcopy.test.test_tls -*-
"""
Tests of what is different over TLS, with OpenSSL.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from twisted.internet.task import deferLater
from twisted.trial.unittest import TestCase

from pbcopy import limits, pb, statusOf
from pbcopy._flow import Flow
from pbcopy.test.ponds import Kit
from pbcopy.test.sharedponds import Pond

try:
    from pbcopy.test.overtls import TlsTestCase, reactor
except ImportError:

    class NoTlsTests(TestCase):
        """
        There are none without it.
        """

        skip = "OpenSSL is not installed"

        def test_tls(self) -> None:
            """
            They are skipped.
            """

else:

    class Gate(pb.Root):
        """
        Gives a pond.
        """

        def __init__(self, pond: Any) -> None:
            self.pond = pond

        def remote_pond(self) -> Any:
            """
            Give it.
            """
            return self.pond

    class SlowTests(TlsTestCase):
        """
        A peer that does not read is noticed.
        """

        async def press(self, send: Callable[[], object]) -> int:
            """
            Have the client read nothing, send 10,000 times, and have it read again.

            @return: how many bytes have waited at most.
            """
            self.client.transport.pauseProducing()
            most = 0
            for _ in range(500):
                for _ in range(20):
                    send()
                await deferLater(reactor, 0)
                most = max(most, self.waiting())
            self.client.transport.resumeProducing()
            return most

        async def test_merged(self) -> None:
            """
            What changes is not queued for it.  It has all when it reads again.
            """
            pond, numbers = Pond(), count()
            await self.join(Gate(pond))
            view = await self.root.callRemote("pond")

            def send() -> None:
                pond.colour = f"{next(numbers):01000}"
                pond.tags.add(next(numbers) % 10)

            most = await self.press(send)
            await self.until(lambda: view.colour == pond.colour)
            await self.until(lambda: view.tags == pond.tags)
            self.assertLess(most, 500_000)
            self.assertTrue(statusOf(view).isLive)

        async def test_refused(self) -> None:
            """
            Nor is what the application sends, past the limit.
            """
            self.patch(limits, "MAX_PENDING_BYTES", 100_000)
            kit = Kit(self, pb)
            pond = kit.Pond()
            await self.join(Gate(pond))
            view = await self.root.callRemote("pond")
            most = await self.press(lambda: pond.add(100 * "quack"))
            await self.until(lambda: view.ducks == pond.ducks)
            self.assertLess(most, 500_000)

        async def test_closed(self) -> None:
            """
            A connection is closed as ever while changes are made.
            """
            pond, lost = Pond(), list[None]()
            await self.join(Gate(pond))
            self.client.notifyOnDisconnect(lambda: lost.append(None))
            view = await self.root.callRemote("pond")
            self.assertEqual(pond.colour, view.colour)
            pond.colour = "brown"
            self.server.transport.loseConnection()

            def change() -> bool:
                pond.depth = (pond.depth or 0.0) + 1
                return bool(lost)

            await self.until(change)
            self.assertEqual("brown", view.colour)

        async def test_anApplications(self) -> None:
            """
            A producer of the application's has the place when it comes.
            """
            pond = Pond()
            await self.join(Gate(pond))
            view = await self.root.callRemote("pond")
            pond.colour = "brown"
            other = Flow(self.server)
            self.server.transport.registerProducer(other, True)
            pond.colour = "blue"
            await self.until(lambda: view.colour == "blue")
            self.server.transport.unregisterProducer()

    class NoDelayTests(TlsTestCase):
        """
        Small messages leave at once over TLS, too.
        """

        def noDelays(self) -> list[bool]:
            """
            Tell of both ends whether C{TCP_NODELAY} is set.
            """
            ends = self.server, self.client
            return [bool(each.transport.getTcpNoDelay()) for each in ends]

        async def test_both(self) -> None:
            """
            It is set at both ends.
            """
            await self.join(Gate(Pond()))
            await self.root.callRemote("pond")
            self.assertEqual([True, True], self.noDelays())

        async def test_refused(self) -> None:
            """
            A factory may refuse.
            """
            await self.join(Gate(Pond()), noDelay=False)
            await self.root.callRemote("pond")
            self.assertEqual([False, False], self.noDelays())
