# -*- test-case-name: pbcopy.test.test_arguments -*-
"""
Tests for L{pbcopy._arguments}.
"""

from __future__ import annotations

from collections import deque
from decimal import Decimal
from typing import Any
from uuid import UUID

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._arguments import areSentThemselves, areSettled, asArgument
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import ReplicaTestCase, register
from pbcopy.testing import connect


class Duck(pb.Copyable, pb.RemoteCopy):
    """
    What may be in an argument.
    """


class SettledTests(SynchronousTestCase):
    """
    Some values stay as they are.
    """

    def test_settled(self) -> None:
        """
        Scalars do, and tuples of these.
        """
        settled: list[Any] = [1, "x", b"x", None, True, 1.5, Decimal(1), (1, "x"), ()]
        others: list[Any] = [[], {}, set(), bytearray(), ([],), ((),), Duck(), UUID]
        for value in settled:
            self.assertTrue(areSettled([0, value]), value)
        for value in others:
            self.assertFalse(areSettled([0, value]), value)


class ThemselvesTests(SynchronousTestCase):
    """
    Some arguments are sent as they are.
    """

    def test_short(self) -> None:
        """
        Short scalars are, and what is the Broker's.
        """
        short = (1, -(2**63) + 1, "x", b"x", None, True, 1.5)
        self.assertTrue(areSentThemselves(short, {"pbanswer": False}))
        self.assertTrue(areSentThemselves((), {}))

    def test_others(self) -> None:
        """
        Others are not, nor are keywords.
        """
        others: list[Any] = [2**63, "x" * 700_000, b"x" * 700_000, [], (1,), Duck()]
        for value in others:
            self.assertFalse(areSentThemselves((1, value), {}), type(value))
            self.assertEqual(
                asArgument(value, "x") is value, isinstance(value, Duck), type(value)
            )
        self.assertFalse(areSentThemselves((), {"duck": 1}))


class ArgumentTests(ReplicaTestCase):
    """
    What is sent with an update may be what a state may be.
    """

    def setUp(self) -> None:
        """
        Have a view that keeps what it is told.
        """
        super().setUp()
        register(self, pb, (Duck, Duck))
        told = self.told = list[Any]()

        def told_(view: Any, *args: Any, **kw: Any) -> None:
            told.extend([*args, *kw.values()])

        self.kit.View.observe_told = told_
        factories = pb.PBServerFactory(self.root), pb.PBClientFactory()
        self.connection = connect(*factories)
        self.view = self.fetch()

    def tell(self, *args: Any, **kw: Any) -> Any:
        """
        Send an update.
        """
        (observer,) = self.pond.observers
        call = observer.callRemote("told", *args, **kw)
        self.connection.deliver()
        return call

    def test_values(self) -> None:
        """
        Values arrive as they are, at top level and inside.
        """
        value = UUID(int=7)
        self.successResultOf(self.tell(value, [deque([value])], x={"y": value}))
        self.assertEqual([value, [deque([value])], {"y": value}], self.told)
        self.assertIs(deque, type(self.told[1][0]))

    def test_identity(self) -> None:
        """
        What is one object in two arguments arrives as one, and a copyable in a
        list is the one beside it.
        """
        shared, duck = [1], Duck()
        self.successResultOf(self.tell(shared, [shared, duck], duck))
        one, (other, also), last = self.told
        self.assertIs(one, other)
        self.assertIs(also, last)

    def test_large(self) -> None:
        """
        An argument may be larger than Banana takes.
        """
        for large in ("x" * 700_000, b"x" * 700_000, list(range(700_000)), 1 << 500):
            self.told.clear()
            self.successResultOf(self.tell(large))
            self.assertEqual([large], self.told)

    def test_refused(self) -> None:
        """
        What cannot be sent is an error that names the method and the path.
        """
        name = self.kit.Pond.__qualname__
        for call, where in [
            (self.tell([1, object()]), f"{name}.told(0)[1]"),
            (self.tell(1, x={"y": open}), f"{name}.told(x=).y"),
        ]:
            error = self.failureResultOf(call, Unsendable).value
            self.assertEqual(where, error.where)
        self.assertEqual([], self.told)

    def test_aPeerThatIsNotKnown(self) -> None:
        """
        To any other peer a value is an error, and no note takes its place.
        """
        broker = connect(self.root).server
        for value in (UUID(int=7), [UUID(int=7)], Decimal("NaN")):
            argument = asArgument(value, "Pond.told(0)")
            error = self.assertRaises(Unsendable, broker.serialize, argument)
            self.assertIn("Pond.told(0)", error.where)

    def test_plain(self) -> None:
        """
        What Jelly sends as it is, and what has a jelly of its own, is left to
        it.
        """
        for value in (1, 1.5, None, True, "x", b"x", Duck()):
            self.assertIs(value, asArgument(value, ""))
