# -*- test-case-name: pbcopy.test.test_limited -*-
"""
Tests for L{pbcopy._limited}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock
from twisted.spread.jelly import globalSecurity
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import limits, pb
from pbcopy._limited import checkLimit, limitOf, limitsOf
from pbcopy.errors import RegistrationError, Violation
from pbcopy.test.sharedponds import Duck, DuckView, Nest, Pond, PondView, Taker
from pbcopy.testing import Connection, assertRefused, connect, sendAcross


class LimitTests(SynchronousTestCase):
    """
    A limit is that of the process, or that of the connection's policy.
    """

    def broker(self, security: Any) -> Any:
        """
        Give a Broker of a factory with a policy.
        """
        factory = stock.PBServerFactory(stock.Root(), security=security)
        return connect(factory).server

    def test_ofTheProcess(self) -> None:
        """
        Without a policy, or where it says nothing, that of the process counts.
        """
        self.patch(limits, "MAX_CACHES", 7)
        for security in (globalSecurity, pbcopy.Policy()):
            self.assertEqual(7, limitOf("MAX_CACHES", self.broker(security)))
        self.assertEqual(7, limitOf("MAX_CACHES", None))

    def test_ofThePolicy(self) -> None:
        """
        A policy has its own, and others for those who have not logged in.
        """
        isLoggedIn: list[Any] = []
        policy = pbcopy.Policy(lambda broker: broker in isLoggedIn)
        broker = self.broker(policy)
        policy.limit(MAX_ITEMS=20)
        policy.limit(beforeLogin=True, MAX_ITEMS=10)
        self.assertEqual(10, limitOf("MAX_ITEMS", broker))
        isLoggedIn.append(broker)
        self.assertEqual(20, limitOf("MAX_ITEMS", broker))
        most = limitsOf(broker)
        self.assertEqual((20, limits.MAX_CACHES), (most.MAX_ITEMS, most.MAX_CACHES))
        self.assertIn("before login:\n  MAX_ITEMS: 10\n", policy.describe())

    def test_check(self) -> None:
        """
        The error for too much names the limit and the knob.
        """
        checkLimit("MAX_NESTING", None, limits.MAX_NESTING, "things", "here")
        error: Any = self.assertRaises(
            Violation, checkLimit, "MAX_NESTING", None, 101, "things", "here"
        )
        self.assertEqual(("here", "101"), (error.where, error.got))
        self.assertIn("pbcopy.limits.MAX_NESTING, 100", error.expected)
        self.assertIn("Policy.limit", error.advice)

    def test_noLimits(self) -> None:
        """
        What is no limit is refused by name.
        """
        for name, maximum in (("MAX_DUCKS", 1), ("MAX_ITEMS", -1), ("MAX_ITEMS", "1")):
            said: Any = {name: maximum}
            error: Any = self.assertRaises(
                RegistrationError, lambda said=said: pbcopy.Policy().limit(**said)
            )
            self.assertEqual(f"{name}={maximum!r}", error.got)


class BorderTests(SynchronousTestCase):
    """
    The limits of a policy hold for what arrives.
    """

    def setUp(self) -> None:
        self.policy = pbcopy.Policy()
        self.policy.allowArriving(PondView, DuckView)
        self.limit: Any = self.policy.limit

    def refused(self, thing: object, limit: str) -> None:
        """
        Check that a thing is refused by a limit.
        """
        error = assertRefused(thing, Violation, security=self.policy)
        self.flushLoggedErrors()
        self.assertIn(f"pbcopy.limits.{limit}", str(error))

    def test_ofADeclaredState(self) -> None:
        """
        Each limit is named where it is exceeded by a declared state.
        """
        ducks = Pond(ducks=[Duck("swan") for _ in range(20)])
        for limit, most, thing in (
            ("MAX_OBJECTS", 10, ducks),
            ("MAX_ITEMS", 10, Pond(tags=set(range(20)))),
            ("MAX_STRING", 100, Pond(colour="green" * 100)),
            ("MAX_NESTING", 10, Pond(things=nested(20))),
        ):
            self.limit(**{limit: most})
            self.refused(thing, limit)
            self.limit(**{limit: 10**6})
            view = sendAcross(thing, security=self.policy)
            self.assertIsInstance(view, PondView)

    def test_caches(self) -> None:
        """
        So is the number of caches that a peer sends.
        """
        self.policy.limit(MAX_CACHES=2)
        self.policy.allowArriving("pbcopy.test.sharedponds.Nest")
        nest = Nest(bird=Nest(bird=Nest()))
        self.refused(nest, "MAX_CACHES")
        sendAcross(nest.bird, security=self.policy)

    def test_largeStates(self) -> None:
        """
        So are the bytes of a large state, and its pieces.
        """
        large = Pond(colour="green" * 200_000)
        self.policy.limit(MAX_STATE=500_000)
        self.refused(large, "MAX_STATE")
        self.policy.limit(MAX_STATE=10**7, MAX_PIECES=500_000)
        self.refused(large, "MAX_STATE")
        self.policy.limit(MAX_PIECES=10**7)
        sendAcross(large, security=self.policy)

    def test_envelopes(self) -> None:
        """
        A state that needs no pieces is bounded as one that does, and the lists in it
        are counted before anything is made of it.
        """
        self.policy.limit(MAX_STATE=100)
        self.refused(Pond(colour="green" * 100), "MAX_STATE")
        self.policy.limit(MAX_STATE=10**7, MAX_OBJECTS=10)
        self.refused(Pond(named={"ducks": [[] for _ in range(100)]}), "MAX_OBJECTS")

    def test_ofAChange(self) -> None:
        """
        A change is bounded as a state is.
        """
        taker = Taker()
        pond = Pond()
        connection = Connection(
            pb.PBServerFactory(pb.Root()), pb.PBClientFactory(security=self.policy)
        )
        connection.client.setNameForLocal("taker", taker)
        connection.server.remoteForName("taker").callRemote("take", pond)
        connection.deliver()
        self.policy.limit(MAX_ITEMS=10)
        pond.tags |= set(range(20))
        connection.deliver()
        status = pbcopy.statusOf(taker.taken)
        self.assertIn("pbcopy.limits.MAX_ITEMS", str(status.reason))
        self.flushLoggedErrors()


def nested(depth: int) -> tuple[Any, ...]:
    """
    Make tuples inside each other.
    """
    whole: tuple[Any, ...] = ()
    for _ in range(depth):
        whole = (whole,)
    return whole
