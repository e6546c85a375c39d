# -*- test-case-name: pbcopy.test.test_broker -*-
"""
Tests for L{pbcopy._broker}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.error import ConnectionLost
from twisted.python.failure import Failure
from twisted.spread import banana
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._broker import whenLost
from pbcopy._channel import HUB
from pbcopy.test.ponds import ReplicaTestCase
from pbcopy.test.sharedponds import Pond, give
from pbcopy.testing import Side, connect


class BrokerTests(ReplicaTestCase):
    """
    A Broker says what is asked of it.
    """

    def test_anUpdateWithoutAnId(self) -> None:
        """
        An update that fails before it gets an id does not make the Broker
        forget another call.
        """
        view = self.fetch()
        call = self.connection.server.remoteForName(HUB).callRemote("hello")
        observer = self.pond.observers[0]
        failed = observer.callRemote("add", 1, pbanswer=False, pbcallback=len)
        self.assertIsNone(failed)
        self.connection.deliver()
        self.successResultOf(call)
        self.assertEqual(1, len(self.flushLoggedErrors(AssertionError)))
        del view

    if not __debug__:
        test_anUpdateWithoutAnId.skip = (  # type: ignore[attr-defined]
            "Twisted's check of the arguments is an assert"
        )

    def test_whenLost(self) -> None:
        """
        Whoever wants to know why a connection is lost is told; where a Broker of
        somebody's own notifies, that it is lost.
        """
        reasons: list[BaseException] = []
        whenLost(self.connection.server, reasons.append)
        self.connection.server.disconnects[-1]()
        self.connection.cut(Failure(ConnectionLost("a cable")))
        own, known = reasons
        self.assertIsInstance(own, stock.PBConnectionLost)
        self.assertEqual("a cable", known.args[0])

    def test_anUpdateThatCannotBeEncoded(self) -> None:
        """
        An update that Banana refuses is not waited for.
        """

        class Odd(stock.Jellyable):
            def jellyFor(self, jellier: Any) -> Any:
                return [b"odd", "text"]

        view = self.fetch()
        call = self.pond.observers[0].callRemote("add", Odd())
        self.failureResultOf(call, banana.BananaError)
        self.assertEqual({}, self.connection.server.waitingForAnswers)
        del view


class NoDelayTests(SynchronousTestCase):
    """
    Connections of pbcopy's send at once.
    """

    def asked(self, *factories: Any) -> list[bool]:
        """
        Connect two factories, whose transports note what is set, and send a cache.
        """
        found: list[bool] = []
        self.patch(Side, "setTcpNoDelay", found.append)
        connection = connect(*factories)
        give(connection, Pond())
        return found

    def test_both(self) -> None:
        """
        At both ends, with whatever factories.
        """
        for module in (pb, stock):
            factories = module.PBServerFactory(pb.Root()), module.PBClientFactory()
            found = self.asked(*factories)
            self.assertEqual({True}, {*found})
            self.assertLess(1, len(found))

    def test_refused(self) -> None:
        """
        A factory may refuse.
        """
        factories: Any = pb.PBServerFactory(pb.Root()), pb.PBClientFactory()
        for each in factories:
            each.noDelay = False
        self.assertEqual([], self.asked(*factories))

    def test_none(self) -> None:
        """
        A Unix socket of an older Twisted says that it cannot, and is used as it is.
        """

        def fail(side: Any, isSet: bool) -> None:
            raise OSError(95, "Operation not supported")

        self.patch(Side, "setTcpNoDelay", fail)
        connection = connect(pb.Root())
        pond = Pond()
        view = give(connection, pond)
        pond.colour = "brown"
        connection.deliver()
        self.assertEqual("brown", view.colour)
