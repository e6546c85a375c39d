# -*- test-case-name: pbcopy.test.test_asking -*-
"""
Tests for L{pbcopy._asking}.
"""

from __future__ import annotations

import sys
from typing import Any

from twisted.python.failure import Failure
from twisted.spread import flavors, jelly, pb
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._asking import flavorsAround, isSending, receiverOf


class Frog(flavors.Copyable):
    """
    A copy, whose state may be anything.
    """

    state: Any

    def getStateToCopy(self) -> Any:
        """
        Give it.
        """
        return self.state


class Toad(Frog):
    """
    Another one.
    """


class Noting(jelly.SecurityOptions):
    """
    Notes what can be told of who asks.
    """

    def __init__(self) -> None:
        stock: Any = super()
        stock.__init__()
        self.told: list[Any] = []

    def isTypeAllowed(self, typeName: Any) -> bool:
        """
        Note it.
        """
        frame = sys._getframe(1)
        way = "out" if isSending(frame) else receiverOf(frame)
        self.told.append((way, *flavorsAround(frame)))
        return True


class AskingTests(SynchronousTestCase):
    """
    What Jelly does not say is known.
    """

    def sent(self, thing: Any) -> list[Any]:
        """
        Give what is told when something is sent.
        """
        options = Noting()
        broker: Any = pb.Broker(True, options)
        broker.serializingPerspective = None
        jelly.jelly(thing, options, None, broker)
        return options.told

    def test_received(self) -> None:
        """
        The Broker that has received something is known.
        """
        options = Noting()
        jelly.unjelly([b"list", 1], options, None, "a broker")
        self.assertEqual([("a broker",)], options.told)

    def test_plain(self) -> None:
        """
        Around what is in no flavor is none.
        """
        self.assertEqual([("out",)] * 2, self.sent([1]))

    def test_flavors(self) -> None:
        """
        Around a state is its flavor, and around the state of a flavor that is itself a
        state, both.  What is in a state is asked for without.
        """
        frog, toad = Frog(), Toad()
        frog.state, toad.state = [7], frog
        around = ("out", Frog, Toad)
        self.assertEqual([around, ("out",)], self.sent(toad))
        self.assertEqual([("out",), ("out", Frog), ("out",)], self.sent([frog]))

    def test_failures(self) -> None:
        """
        A failure is none.
        """
        failure = pb.failure2Copyable(Failure(ValueError("no")))
        self.assertEqual({("out",)}, set(self.sent(failure)))
