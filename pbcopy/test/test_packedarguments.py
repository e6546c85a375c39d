# -*- test-case-name: pbcopy.test.test_packedarguments -*-
"""
Tests for L{pbcopy._packedarguments}.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from twisted.spread import jelly
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb, statusOf
from pbcopy._channel import wordFor
from pbcopy._flat import LONGEST, MOST_PARTS
from pbcopy._hub import hubOf
from pbcopy._memory import resultOf
from pbcopy._packedarguments import argumentsIn, isAlone, packArguments
from pbcopy._slotof import slotOf
from pbcopy._status import StatusKind
from pbcopy._update import UpdateFailed
from pbcopy.errors import Violation
from pbcopy.test.sharedponds import Pond, give, meet
from pbcopy.test.test_bananadecoding import QUIET
from pbcopy.testing import Connection, connect

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


class LakeOfTwisteds(stock.RemoteCache):
    """
    A replica of one, of Twisted's flavor.
    """

    added: list[Any]

    def observe_add(self, *ducks: Any) -> int:
        """
        Note some ducks.
        """
        self.added.append(ducks)
        return len(ducks)


class Strict(jelly.SecurityOptions):
    """
    Lets no C{None} through.
    """

    tag = b"pbcopy.test.test_packedarguments.Lake"

    def isTypeAllowed(self, name: Any) -> bool:
        """
        Tell whether a type may arrive.
        """
        allowed: Any = super().isTypeAllowed(name)
        return bool(allowed) and name not in (b"None", "None")


def linked(protocol: Any, **kw: Any) -> Connection:
    """
    Connect two Brokers.

    @param kw: for the client's factory.
    """
    server: Any = stock.PBServerFactory(stock.Root())
    client: Any = stock.PBClientFactory(**kw)
    server.protocol = client.protocol = protocol
    return connect(server, client)


def failureOf(call: Any) -> list[str]:
    """
    Give a list for what a call fails with.
    """
    failures: list[str] = []
    call.addErrback(lambda failure: failures.append(str(failure.value)))
    return failures


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

    def test_packingOff(self) -> None:
        """
        Where either end rules out that anything is packed, they come as ever.
        """
        for ends in ((True, True), (False, True), (True, False)):
            factories: Any = pb.PBServerFactory(pb.Root()), pb.PBClientFactory()
            for each, packing in zip(factories, ends, strict=True):
                each.packing = packing
            connection = connect(*factories)
            view = give(connection, self.lake)
            slot: Any = slotOf(view)
            came: list[Any] = []
            slot.remoteMessageReceived = lambda *said, came=came: came.append(said[2])
            self.lake.tell("add", 7)
            connection.deliver()
            self.assertEqual([bytes if all(ends) else list], [*map(type, came)])

    def test_ofTwisteds(self) -> None:
        """
        A replica of Twisted's flavor, which could not read them, gets them as ever,
        though both peers are pbcopy's.
        """
        stock.setUnjellyableForClass(Lake, LakeOfTwisteds)
        for protocol in (stock.Broker, pbcopy.Broker):
            connection = linked(protocol)
            give(connection, Pond())
            lake = Lake()
            view = give(connection, lake)
            self.assertEqual(2, resultOf(connection, lake.call("add", 7, "x")))
            self.assertEqual([(7, "x")], view.added)

    def test_security(self) -> None:
        """
        What an application's own security refuses is refused.
        """
        security: Any = Strict()
        security.allowBasicTypes()
        security.allowTypes("pbcopy.test.test_packedarguments.Lake")
        for protocol in (stock.Broker, pbcopy.Broker):
            connection = linked(protocol, security=security)
            lake = Lake()
            view = give(connection, lake)
            # It may be so from some time on.
            for _ in range(2):
                failed = failureOf(lake.call("add", None))
                connection.deliver()
                self.assertEqual(["b'None'"], failed)
                self.assertEqual([], view.added)
                self.flushLoggedErrors(InsecureJelly)
                hubOf(connection.server).remote_hello(wordFor(security.tag))

    def test_ownUnserialize(self) -> None:
        """
        A Broker with an C{unserialize} of its own has that called.
        """
        seen: list[Any] = []
        for protocol in (stock.Broker, pbcopy.Broker):

            class Own(protocol):  # type: ignore[misc, valid-type]
                def unserialize(self, sexp: Any, perspective: Any = None) -> Any:
                    seen.append(sexp)
                    return super().unserialize(sexp, perspective)

            connection = linked(Own)
            lake = Lake()
            give(connection, lake)
            seen.clear()
            lake.tell("add", 7)
            connection.deliver()
            self.assertIn([b"tuple", 7], seen)

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
