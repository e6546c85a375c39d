# -*- test-case-name: pbcopy.test.test_guardblame -*-
"""
Tests for L{pbcopy._guardblame}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import jelly, pb
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._guardblame import isAtCall, isPeers, isTwisteds


class Root(pb.Root):
    """
    What is called.
    """

    def remote_fail(self) -> None:
        """
        Fail.
        """
        raise TypeError("mine")


class Secret(jelly.Jellyable):
    """
    What is not sent.
    """

    def jellyFor(self, jellier: Any) -> Any:
        """
        Fail.
        """
        raise jelly.InsecureJelly("mine")


class BlameTests(SynchronousTestCase):
    """
    It is known where an error comes from.
    """

    def error(self, function: Any, *args: Any) -> Exception:
        """
        Give what a function raises.
        """
        try:
            function(*args)
        except Exception as error:
            return error
        raise AssertionError("nothing was raised")

    def call(self, name: str, *args: Any) -> Exception:
        """
        Give what a call raises.
        """
        broker: Any = pb.Broker(True, jelly.globalSecurity)
        sent = jelly.jelly(args), jelly.jelly({})
        return self.error(Root().remoteMessageReceived, broker, name, *sent)

    def blame(self, error: Exception) -> bool:
        """
        Tell whether the peer is to blame.
        """
        return isPeers(
            error, pb.Broker.unserialize.__code__, pb.Broker.serialize.__code__
        )

    def test_theCall(self) -> None:
        """
        The peer is to blame for a method that is not there, and for arguments that it
        does not take; not for what it raises.
        """
        for name, args, isToBlame in (
            ("quack", (), True),
            ("fail", (7,), True),
            ("fail", (), False),
        ):
            error = self.call(name, *args)
            self.assertEqual(isToBlame, isAtCall(error), error)
            self.assertEqual(isToBlame, self.blame(error), error)

    def test_theArguments(self) -> None:
        """
        So it is for what cannot be made, and for a class that may not arrive.
        """
        broker: Any = pb.Broker(True, jelly.globalSecurity)
        self.assertTrue(self.blame(self.error(broker.unserialize, [b"dereference"])))
        self.assertTrue(self.blame(jelly.InsecureJelly("no")))

    def test_theAnswer(self) -> None:
        """
        It is not for what it is to be sent.
        """
        broker: Any = pb.Broker(True, jelly.globalSecurity)
        error = self.error(broker.serialize, Secret())
        self.assertIsInstance(error, jelly.InsecureJelly)
        self.assertFalse(self.blame(error))

    def test_isTwisteds(self) -> None:
        """
        Errors that Jelly raises itself are Twisted's.
        """
        self.assertTrue(isTwisteds(self.error(jelly.unjelly, [b"dereference"])))
        self.assertFalse(isTwisteds(self.error(int, "x")))
