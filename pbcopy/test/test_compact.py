# -*- test-case-name: pbcopy.test.test_compact -*-
"""
Tests for L{pbcopy._compact}.
"""

from __future__ import annotations

import dataclasses
import enum
from collections import OrderedDict, namedtuple
from datetime import datetime
from decimal import Decimal
from math import copysign, inf, isnan, nan
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.spread import pb as stock
from twisted.spread.jelly import SecurityOptions
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import limits, pb
from pbcopy._channel import COMPACT
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import register
from pbcopy.test.test_packing import CALM
from pbcopy.testing import Connection, connect

TAG = COMPACT.encode("ascii")


class Duck(pb.Copyable, pb.RemoteCopy):
    """
    What has attributes.
    """

    a: Any
    children: Any
    next: Any
    parent: Any

    def __init__(self, **state: Any) -> None:
        self.__dict__.update(state)


class Shy(Duck):
    """
    What keeps something to itself.
    """

    localOnly = ("secret",)


class Written(Duck):
    """
    What makes its own state, and counts how often.
    """

    count = 0

    def getStateToCopy(self) -> dict[str, Any]:
        """
        Give it.
        """
        type(self).count += 1
        return {"made": type(self).count}


@dataclasses.dataclass(eq=False)
class Data(pb.Copyable, pb.RemoteCopy):
    """
    What MessagePack would take for a dict.
    """

    next: Any = None


class Number(enum.IntEnum):
    """
    What MessagePack would take for a number.
    """

    ONE = 1


class Text(str):
    """
    What is equal to a text.
    """


Pair = namedtuple("Pair", "x y")


class Root(stock.Root):
    """
    What gives one thing.
    """

    def __init__(self) -> None:
        self.thing: Any = None

    def remote_get(self) -> Any:
        """
        Give it.
        """
        return self.thing


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.binary(),
    st.text(),
    st.floats(allow_nan=False),
    st.integers(-(2**63), 2**64 - 1),
)
STATES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(SCALARS, inner)
)


class CompactTests(SynchronousTestCase):
    """
    Copies with plain states go in a form of their own, and others do not.
    """

    def setUp(self) -> None:
        """
        Have two peers that have met.
        """
        pairs = [(each, each) for each in (Duck, Shy, Written, Data)]
        for pair in pairs:
            register(self, pb, pair)
        self.root = Root()
        self.connection = self.met()

    def met(self, **given: Any) -> Connection:
        """
        Connect two peers that have had a copy.
        """
        connection = connect(self.root, **given)
        self.root.thing = Duck()
        self.fetch(connection)
        return connection

    def fetch(self, connection: Connection) -> tuple[Any, bytes]:
        """
        Have the server answer.

        @return: the answer, and the bytes that it was.
        """
        call = connection.root.callRemote("get")
        connection.fromServer.held = True
        connection.deliver()
        sent = bytes(connection.fromServer.outgoing)
        connection.fromServer.held = False
        connection.deliver()
        return self.successResultOf(call), sent

    def got(self, thing: Any, isCompact: bool = True) -> Any:
        """
        Send something, and look at how that was done.
        """
        self.root.thing = thing
        arrived, sent = self.fetch(self.connection)
        self.assertEqual(isCompact, TAG in sent, thing)
        return arrived

    def refused(self, thing: Any) -> str:
        """
        Give why something is not sent.
        """
        self.root.thing = thing
        failing = self.connection.root.callRemote("get")
        self.connection.deliver()
        self.assertEqual(1, len(self.flushLoggedErrors(Unsendable)))
        return str(self.failureResultOf(failing).getErrorMessage())

    @CALM
    @given(STATES)
    def test_exact(self, value: Any) -> None:
        """
        What is plain arrives as it was: equal, of the same types, with the same
        signs, and in the same order.
        """
        self.assertEqual(repr(value), repr(self.got(Duck(value=value)).value))

    def test_numbers(self) -> None:
        """
        So do the numbers that are hard to write.
        """
        numbers = [nan, inf, -inf, -0.0, 0, True, 2**64 - 1, -(2**63), 5e-324]
        arrived = self.got(Duck(value=numbers)).value
        self.assertTrue(isnan(arrived[0]))
        self.assertEqual(numbers[1:], arrived[1:])
        self.assertEqual([*map(type, numbers)], [*map(type, arrived)])
        self.assertEqual(-1, copysign(1, arrived[3]))

    def test_others(self) -> None:
        """
        What MessagePack would make something else of goes in the other way, and
        arrives as it was, wherever it is.
        """
        for value in (
            (1, 2),
            {1},
            frozenset([1]),
            2**64,
            -(2**63) - 1,
            Decimal("1.10"),
            datetime(2020, 1, 2, fold=1),
            bytearray(b"x"),
            OrderedDict(a=1),
            Pair(1, 2),
        ):
            pb.setUnjellyableForValue(Pair)
            for state in ({"value": value}, {"value": [{"x": [value]}]}):
                arrived = self.got(Duck(**state), isCompact=False)
                self.assertEqual(repr(state["value"]), repr(arrived.value))

    def test_subclasses(self) -> None:
        """
        A value of a subclass is no value of the class, be it a key.
        """
        pb.setUnjellyableForValue(Number)
        arrived = self.got(Duck(value=[Number.ONE]), isCompact=False)
        self.assertIs(Number.ONE, arrived.value[0])
        for value in (Text("x"), [{"a": 1}, {Text("a"): 1}]):
            self.assertIn("subclass of str", self.refused(Duck(value=value)))

    def test_shared(self) -> None:
        """
        A list that is in two places is one list there, in one object or in two.
        """
        one: list[Any] = []
        arrived = self.got(Duck(a=one, b=[one]), isCompact=False)
        self.assertIs(arrived.a, arrived.b[0])
        arrived = self.got(Duck(a=one, b=Duck(c={"x": one})), isCompact=False)
        self.assertIs(arrived.a, arrived.b.c["x"])
        one.append(one)
        arrived = self.got(Duck(a=one), isCompact=False)
        self.assertIs(arrived.a, arrived.a[0])

    def test_sharedObjects(self) -> None:
        """
        An object that is mentioned twice is one object there, also where it is
        mentioned by one that it was met before.
        """
        deep = Duck(name="deep")
        middle = Duck(deep=deep)
        arrived = self.got(Duck(deep=deep, far=[Duck(x={"y": middle})], near=middle))
        self.assertIs(arrived.deep, arrived.near.deep)
        self.assertIs(arrived.near, arrived.far[0].x["y"])
        self.assertEqual("deep", arrived.deep.name)

    def test_cycles(self) -> None:
        """
        Objects that refer to each other go in the other way.
        """
        parent, child = Duck(), Duck()
        parent.children, child.parent = [child], parent
        arrived = self.got(parent, isCompact=False)
        self.assertIs(arrived, arrived.children[0].parent)

    def test_order(self) -> None:
        """
        An object finds those in its state complete.
        """
        seen: list[str] = []

        class Nest(pb.RemoteCopy):
            name: str
            inner: list[Nest]

            def setCopyableState(self, state: dict[str, Any]) -> None:
                self.__dict__.update(state)
                seen.append("".join(each.name for each in self.inner) + self.name)

        register(self, pb, (Duck, Nest))
        leaves = [Duck(name=name, inner=[]) for name in "ab"]
        other = Duck(name="d", inner=[Duck(name="c", inner=[])])
        self.got(Duck(name="e", inner=[*leaves, other]))
        self.assertEqual({"a", "b", "c", "cd", "abde"}, {*seen})
        self.assertEqual("abde", seen[-1])

    def test_longChain(self) -> None:
        """
        A chain of objects may be of any length.
        """
        last = first = Duck(next=None)
        for _ in range(3000):
            last.next = Duck(next=None)
            last = last.next
        arrived, count = self.got(first), 0
        while arrived is not None:
            arrived, count = arrived.next, count + 1
        self.assertEqual(3001, count)

    def test_localOnly(self) -> None:
        """
        What is to stay here stays here.
        """
        arrived = self.got(Duck(one=Shy(a=1, secret="no")))
        self.assertEqual({"a": 1}, vars(arrived.one))

    def test_written(self) -> None:
        """
        A state that somebody makes is made once, wherever the object is.
        """
        arrived = self.got(Duck(x=[Duck(), Written()]), isCompact=False)
        self.assertEqual({"made": Written.count}, vars(arrived.x[1]))
        before = Written.count
        self.got(Written(), isCompact=False)
        self.assertEqual(before + 1, Written.count)

    def test_dataclass(self) -> None:
        """
        MessagePack's own form of a dataclass is not taken.
        """
        self.assertEqual(5, self.got(Data(5)).next)
        arrived = self.got(Data(Data(5)), isCompact=False)
        self.assertIsInstance(arrived.next, Data)

    def test_whatADataclassMentions(self) -> None:
        """
        Nor is it where it would have other objects in it, or too many of its own.
        """
        arrived = self.got(Duck(data=Data(Duck(a=1))), isCompact=False)
        self.assertIsInstance(arrived.data, Data)
        self.assertEqual(1, arrived.data.next.a)
        first = Data(Duck())
        for _ in range(2000):
            first = Data(first)
        arrived, count = self.got(Duck(data=first), isCompact=False).data, 0
        while type(arrived) is Data:
            arrived, count = arrived.next, count + 1
        self.assertEqual(2001, count)

    def test_nesting(self) -> None:
        """
        What is nested too deeply is refused as ever.
        """
        value: Any = 1
        for _ in range(limits.MAX_NESTING - 1):
            value = [value]
        self.assertEqual(value, self.got(Duck(value=value)).value)
        text = self.refused(Duck(value=[value]))
        self.assertIn("MAX_NESTING", text)

    def test_surrogate(self) -> None:
        """
        So is what is no text.
        """
        text = self.refused(Duck(value="\ud800"))
        self.assertIn("half of a surrogate pair", text)

    def test_large(self) -> None:
        """
        What is large comes in pieces.
        """
        data = b"x" * 1_000_000
        self.root.thing = Duck(data=data, inner=Duck(data=data))
        call = self.connection.root.callRemote("get")
        self.connection.deliver()
        arrived = self.successResultOf(call)
        self.assertEqual([data] * 2, [arrived.data, arrived.inner.data])

    def test_besideOthers(self) -> None:
        """
        An object that is not alone in its message may be mentioned beside itself.
        """
        duck = Duck(a=[1])
        arrived = self.got([duck, duck, duck.a], isCompact=False)
        self.assertIs(arrived[0], arrived[1])
        self.assertIs(arrived[0].a, arrived[2])

    def test_ownSecurity(self) -> None:
        """
        Where an application has its own idea of what is allowed, it is asked.
        """

        class Options(SecurityOptions):
            def isTypeAllowed(self, typeName: Any) -> bool:
                return bool(super().isTypeAllowed(typeName))

        options = Options()
        options.allowBasicTypes()
        self.connection = self.met()
        self.connection.server.security = options
        self.got(Duck(a=1), isCompact=False)

    def test_tastersWithoutDicts(self) -> None:
        """
        A peer that lets no dicts in is sent none in this form.
        """
        options = SecurityOptions()
        options.allowTypes("list", "tuple", "unicode", "None", "boolean")
        connection = connect(self.root)
        connection.client.security = options
        self.root.thing = Duck()
        connection.root.callRemote("get").addErrback(lambda failure: None)
        connection.deliver()
        self.flushLoggedErrors()
        hub = connection.server.localObjectForID(b"pbcopy")
        self.assertFalse(hub.understands(COMPACT))

    def test_policy(self) -> None:
        """
        A class that may not leave does not, as a part of another.
        """
        policy = pbcopy.Policy()
        policy.allowLeaving(Duck)
        self.connection.server.security = policy
        self.got(Duck(a=Duck()))
        self.assertIn("Data: this may not leave", self.refused(Duck(a=[Data()])))
