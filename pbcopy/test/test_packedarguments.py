# -*- test-case-name: pbcopy.test.test_packedarguments -*-
"""
Tests for L{pbcopy._packedarguments}.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb, statusOf
from pbcopy._flat import LONGEST, MOST_PARTS
from pbcopy._memory import resultOf
from pbcopy._packedarguments import argumentsIn, isAlone, packArguments
from pbcopy._slot import slotOf
from pbcopy._status import StatusKind
from pbcopy._update import UpdateFailed
from pbcopy.errors import Violation
from pbcopy.test.sharedponds import give, meet
from pbcopy.test.test_bananadecoding import QUIET

ARGUMENTS = st.lists(
    st.one_of(
        st.integers(-(2**63), 2**64 - 1),
        st.floats(),
        st.booleans(),
        st.none(),
        st.binary(max_size=60),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    ),
    max_size=5,
)


class Lake(pb.Cacheable, pb.RemoteCache):
    """
    A cacheable whose observer is told by hand.
    """

    observer: Any
    added: list[Any]

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Note who observes.
        """
        self.observer = observer
        return {"added": []}

    def tell(self, *update: Any) -> None:
        """
        Tell of something.
        """
        self.observer.tell(*update)

    def call(self, *update: Any) -> Any:
        """
        Tell of something, and give the answer.
        """
        return self.observer.callRemote(*update)

    def observe_add(self, *ducks: Any) -> int:
        """
        Note some ducks.
        """
        self.added.append(ducks)
        return len(ducks)


class PackedTests(SynchronousTestCase):
    """
    Arguments arrive as they left.
    """

    @QUIET
    @given(ARGUMENTS)
    def test_all(self, args: list[Any]) -> None:
        """
        So do all numbers and texts, NaN and a zero's sign included.
        """
        packed = packArguments(tuple(args))
        if packed is None:
            self.fail(f"{args!r} were not packed")
        self.assertEqual(repr(tuple(args)), repr(argumentsIn(packed, "Pond.add")))

    def test_others(self) -> None:
        """
        What MessagePack cannot say, what is too long, and what are too many, are not
        packed.
        """
        many: Any = (0,) * MOST_PARTS
        self.assertIsNotNone(packArguments(many))
        for args in ((2**64,), ("\ud800",), ("x" * LONGEST,), (*many, 0)):
            self.assertIsNone(packArguments(args))

    def test_refused(self) -> None:
        """
        Bytes that no pbcopy has packed are refused.
        """
        date = msgspec.msgpack.Ext(7, b"")
        values: Any = [{}, 7, [[7]], [{}], [date], [0] * (MOST_PARTS + 1)]
        encoded = [msgspec.msgpack.encode(value) for value in values]
        deep, long = b"\x91" * 1000, msgspec.msgpack.encode(["x" * LONGEST])
        for packed in (
            *encoded,
            b"",
            b"\x91",
            b"\x91\x01\x01",
            b"\x91\xa1\xff",
            deep,
            long,
        ):
            error: Violation = self.assertRaises(
                Violation, argumentsIn, packed, "Pond.add"
            )
            self.assertIn("Pond.add: these are no packed arguments", str(error))

    def test_alone(self) -> None:
        """
        They are the only thing in the message.
        """
        self.assertTrue(isAlone(b"", 0))
        for args, kw in (([b"tuple"], 0), (b"", [b"dictionary"]), (b"", 1)):
            self.assertFalse(isAlone(args, kw))


class TakenTests(SynchronousTestCase):
    """
    An update that was told by hand may come with its arguments packed.
    """

    def setUp(self) -> None:
        """
        Have a replica.
        """
        self.connection = meet()
        pb.setUnjellyableForClass(Lake, Lake)
        self.lake = Lake()
        self.view = give(self.connection, self.lake)
        slot: Any = slotOf(self.view)
        self.slot = slot
        self.messages: list[Any] = []
        message = slot.remoteMessageReceived

        def noted(broker: Any, name: Any, *said: Any) -> Any:
            self.messages.append(said)
            return message(broker, name, *said)

        slot.remoteMessageReceived = noted

    def test_taken(self) -> None:
        """
        So it does, with an answer or without.
        """
        answer = resultOf(self.connection, self.lake.call("add", 7, "ä"))
        self.lake.tell("add", -0.0)
        self.connection.deliver()
        self.assertEqual((2, "[(7, 'ä'), (-0.0,)]"), (answer, repr(self.view.added)))
        self.assertEqual({(bytes, 0)}, {(type(args), kw) for args, kw in self.messages})

    def test_ownMessages(self) -> None:
        """
        A replica that looks at its messages itself gets what Jelly has for them.
        """
        shown: list[Any] = []
        self.view.remoteMessageReceived = lambda broker, *said: shown.append(said)
        self.lake.tell("add", 7, "ä")
        self.connection.deliver()
        text = [b"unicode", "ä".encode()]
        self.assertEqual([("add", [b"tuple", 7, text], [b"dictionary"])], shown)

    def test_refused(self) -> None:
        """
        Where the bytes are none, the update fails, and the replica says so.
        """
        refused: UpdateFailed = self.assertRaises(
            UpdateFailed,
            self.slot.remoteMessageReceived,
            *(self.connection.client, "add", b"nonsense", 0),
        )
        self.assertIn("Violation", str(refused))
        self.assertEqual(StatusKind.STALE, statusOf(self.view).kind)
        (failure,) = self.flushLoggedErrors(Violation)
        self.assertIn("Lake.add: these are no packed arguments", str(failure.value))
