# -*- test-case-name: pbcopy.test.test_twisteds -*-
"""
Tests for L{pbcopy._twisteds}.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.spread import jelly, pb
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy._twisteds import Methods, flatCall, serializedNothing
from pbcopy.test.test_bananadecoding import QUIET
from pbcopy.test.test_flat import PARTS


class MethodsTests(SynchronousTestCase):
    """
    Methods are Twisted's, or somebody else's.
    """

    def test_areIn(self) -> None:
        """
        A subclass, a patch, and what is no Broker, have others.
        """
        methods = Methods("serialize", "sendCall")
        self.assertTrue(methods.areIn(pb.Broker()))
        self.assertTrue(methods.areIn(type("Sub", (pb.Broker,), {})()))
        self.assertFalse(methods.areIn(pbcopy.Broker()))
        self.assertFalse(methods.areIn(object()))
        patched: Any = pb.Broker()
        patched.sendCall = patched.sendCall
        self.assertFalse(methods.areIn(patched))
        self.patch(pb.Broker, "serialize", lambda self, thing: [])
        self.assertFalse(methods.areIn(pb.Broker()))

    def test_areAlsoOf(self) -> None:
        """
        Those of a class of pbcopy's may count as Twisted's, and other classes may be
        meant than the Broker.
        """
        methods = Methods("serialize", "sendEncoded")
        methods.areAlsoOf(pbcopy.Broker)
        self.assertTrue(methods.areIn(pbcopy.Broker()))
        self.assertTrue(methods.areIn(pb.Broker()))
        self.patch(pbcopy.Broker, "serialize", lambda self, thing: [])
        self.assertFalse(methods.areIn(pbcopy.Broker()))
        others = Methods("jelly", "unpersistable", of=jelly._Jellier)
        self.assertTrue(others.areIn(jelly._Jellier(None, None, None)))
        self.assertFalse(others.areIn(pb.Broker()))


class SerializingTests(SynchronousTestCase):
    """
    What is done in fewer steps has the same result.
    """

    @QUIET
    @given(st.lists(PARTS, max_size=3).map(tuple))
    def test_call(self, args: Any) -> None:
        """
        Arguments are what Twisted's Broker makes of them.
        """
        broker: Any = pb.Broker()
        sent = broker.serialize(args)
        found = flatCall(broker, sent, [b"dictionary"])
        if found is not None:
            self.assertEqual(repr((broker.unserialize(sent), {})), repr(found))
        self.assertIsNotNone(flatCall(broker, [b"tuple", 1], [b"dictionary"]))

    def test_others(self) -> None:
        """
        What is no tuple, or has keywords, is left to the Broker.
        """
        broker: Any = pb.Broker()
        calls: list[Any] = [
            (1, [b"dictionary"]),
            ([b"tuple"], [b"tuple"]),
            ([b"tuple", [b"list"]], [b"dictionary"]),
            ([b"tuple"], [b"dictionary", [[b"unicode", b"a"], 1]]),
        ]
        for args, kw in calls:
            self.assertIsNone(flatCall(broker, args, kw))

    def test_nothing(self) -> None:
        """
        C{None} is what it is; one that was patched, or has its own security, is
        asked.
        """
        broker: Any = pb.Broker()
        self.assertEqual(broker.serialize(None), serializedNothing(broker))
        broker.security = type("Own", (jelly.SecurityOptions,), {})()
        self.assertIsNone(flatCall(broker, [b"tuple"], [b"dictionary"]))
        self.assertEqual([b"None"], serializedNothing(broker))
        broker.serialize = lambda thing: ["own", thing]
        self.assertEqual(["own", None], serializedNothing(broker))
