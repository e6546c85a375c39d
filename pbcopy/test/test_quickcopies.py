# -*- test-case-name: pbcopy.test.test_quickcopies -*-
"""
Tests for L{pbcopy._quickcopies}.
"""

from __future__ import annotations

import gc
import weakref
from typing import Any

import msgspec
from twisted.python.reflect import qual
from twisted.spread import jelly
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import limits, pb
from pbcopy._channel import COMPACT
from pbcopy._compacted import isCompact
from pbcopy._envelope import COMPACT_TAG
from pbcopy._hub import hubOf
from pbcopy._memory import resultOf
from pbcopy._quickcopies import encodedCopy, jellyCopy
from pbcopy._registry import copyTags
from pbcopy._state import localNames
from pbcopy.errors import Unsendable, Violation
from pbcopy.test.ponds import register
from pbcopy.test.test_bananadecoding import Stock
from pbcopy.testing import Connection, connect


class Pond(pb.Copyable):
    """
    What is sent.
    """

    def __init__(self, **ducks: Any) -> None:
        self.__dict__.update(ducks)


class PondView(pb.RemoteCopy):
    """
    What arrives.
    """

    def quack(self) -> None:
        """
        Do nothing.
        """


class Gate(stock.Root):
    """
    A root that gives something, and takes it.
    """

    thing: Any = None

    def remote_get(self) -> Any:
        """
        Give it.
        """
        return self.thing

    def remote_put(self, thing: Any) -> Any:
        """
        Take it, and tell what it has.
        """
        return thing.ducks


class CopyTestCase(SynchronousTestCase):
    """
    What the tests have in common.
    """

    def setUp(self) -> None:
        """
        Register the view for the pond.
        """
        register(self, pb, (Pond, PondView))

    def connected(self, *, to: Any = pbcopy.Broker, **kw: Any) -> Connection:
        """
        Connect two pbcopy that have met.

        @param to: the class of the Broker of the client.
        @param kw: what the client's factory takes.
        """
        self.gate = Gate()
        server: Any = pb.PBServerFactory(self.gate)
        client: Any = pb.PBClientFactory(**kw)
        server.protocol, client.protocol = pbcopy.Broker, to
        connection = connect(server, client)
        self.answers: list[Any] = []
        send = connection.server._sendAnswer

        def note(answer: Any, requestID: int) -> None:
            self.answers.append(answer)
            send(answer, requestID)

        connection.server._sendAnswer = note
        return connection

    def got(self, thing: Any, connection: Connection | None = None) -> Any:
        """
        Give what arrives of an answer.
        """
        connection = connection or self.connected()
        self.gate.thing = thing
        results: list[Any] = []
        connection.root.callRemote("get").addBoth(results.append)
        connection.deliver()
        self.assertFalse(connection.lost)
        return results[0]

    def assertPacked(self, isPacked: bool = True) -> None:
        """
        Assert that the last answer was packed.
        """
        self.assertEqual(isPacked, isCompact(self.answers[-1]), self.answers)


class SentTests(CopyTestCase):
    """
    A copy with a plain state is packed.
    """

    def test_onTheWire(self) -> None:
        """
        It is C{['pbcopy.compact', packed]}.
        """
        view = self.got(Pond(ducks=1, names=["Duffy", {"x": None}]))
        self.assertIs(PondView, type(view))
        self.assertEqual({"ducks": 1, "names": ["Duffy", {"x": None}]}, vars(view))
        (tag, packed) = self.answers[0]
        self.assertEqual(COMPACT_TAG, tag)
        name = b"pbcopy.test.test_quickcopies.Pond"
        message = [[name], [0], [vars(view)], []]
        self.assertEqual(message, msgspec.msgpack.decode(packed))

    def test_others(self) -> None:
        """
        One that is not plain is sent as ever.
        """
        for other in ((1,), {1}, 2**80):
            view = self.got(Pond(x=other))
            self.assertPacked(False)
            self.assertEqual(other, view.x)

    def test_copiesInIt(self) -> None:
        """
        Other copies in it are packed with it.
        """
        inner = Pond(ducks=1)
        view = self.got(Pond(x=[inner], y=inner))
        self.assertPacked()
        self.assertIs(view.x[0], view.y)
        self.assertEqual((PondView, 1), (type(view.y), view.y.ducks))

    def test_large(self) -> None:
        """
        What is large comes in pieces, and the answer mentions these.
        """
        connection = self.connected()
        data = bytes(1_000_000)
        self.assertEqual(data, self.got(Pond(x=data), connection).x)
        tag, _, size = self.answers[0]
        self.assertEqual(COMPACT_TAG, tag)
        self.assertGreater(size, len(data))

    def test_tooLarge(self) -> None:
        """
        What is too large fails the call.
        """
        self.patch(limits, "MAX_STATE", 300_000)
        failure = self.got(Pond(x=bytes(300_000)))
        self.assertIn("pbcopy.limits.MAX_STATE", str(failure.value))
        self.flushLoggedErrors(Unsendable)

    def test_withoutJelly(self) -> None:
        """
        Jelly is not asked.
        """
        connection = self.connected()
        self.patch(stock.Broker, "serialize", None)
        self.patch(stock.Broker, "unserialize", None)
        self.assertEqual(1, self.got(Pond(ducks=1, x=Pond()), connection).ducks)

    def test_lost(self) -> None:
        """
        To a peer that is gone nothing is packed.
        """
        connection = self.connected()
        broker = connection.server
        connection.cut()
        self.assertIsNone(jellyCopy(Pond(ducks=1), broker))

    def test_whatWaits(self) -> None:
        """
        What waits on the connection leaves first.
        """
        connection = self.connected()
        broker, said = connection.server, []

        class Waiting:
            def due(self, who: Any) -> Any:
                said.append(who)
                return []

            def deliver(self, *args: Any) -> None:
                """
                Have nothing to send.
                """

        pending = hubOf(broker).pending
        pending.add("who", Waiting())  # type: ignore[arg-type]
        self.assertEqual(1, self.got(Pond(ducks=1), connection).ducks)
        self.assertPacked()
        self.assertEqual(["who"], said)

    def test_avatars(self) -> None:
        """
        The answer of an avatar is packed, too.
        """
        broker = self.connected().server
        for method, isPacked in (("get", True), (b"get", False)):
            sent = broker.serialize(Pond(ducks=1), object(), method, (), {})
            self.assertEqual(isPacked, isCompact(sent))

    def test_inSomething(self) -> None:
        """
        So is one that is not the whole of the answer, or is an argument.
        """
        connection = self.connected()
        pond = Pond(ducks=1)
        one, other = self.got([pond, pond], connection)
        self.assertIs(one, other)
        self.assertPacked(False)
        call = connection.root.callRemote("put", pond)
        connection.deliver()
        self.assertEqual(1, self.successResultOf(call))

    def test_hooks(self) -> None:
        """
        A class with methods of its own for its state or its type has these called
        once, and is not packed.
        """
        for name in (
            "getStateToCopy",
            "getTypeToCopy",
            "getStateToCopyFor",
            "jellyFor",
        ):
            called: list[str] = []

            def hook(self: Any, *args: Any, name: str = name) -> Any:
                called.append(name)  # noqa: B023
                return getattr(pb.Copyable, name)(self, *args)

            sort = type("Pond", (Pond,), {name: hook, "__module__": __name__})
            self.assertEqual({"ducks": 1}, vars(self.got(sort(ducks=1))))
            self.assertEqual([name], called)
            self.assertPacked(False)

    def test_localOnly(self) -> None:
        """
        Names that stay here stay here.
        """
        sort: Any = type("Pond", (Pond,), {"localOnly": "x", "__module__": __name__})
        self.assertEqual({"ducks": 1}, vars(self.got(sort(ducks=1, x=2))))
        self.assertPacked()

    def test_aPeerThatDoesNotTakeIt(self) -> None:
        """
        A peer that has not said that it takes packed copies gets none.
        """
        connection = self.connected()
        hub = hubOf(connection.server)
        hub._peerUnderstands -= {COMPACT}
        self.assertEqual(1, self.got(Pond(ducks=1), connection).ducks)
        self.assertPacked(False)

    def test_aPeerOnTwistedsBroker(self) -> None:
        """
        A pbcopy on Twisted's Broker takes it.
        """
        view = self.got(Pond(ducks=1), self.connected(to=stock.Broker))
        self.assertEqual({"ducks": 1}, vars(view))
        self.assertPacked()

    def test_noPbcopy(self) -> None:
        """
        A peer that has no pbcopy is sent what it knows.
        """
        gate = Gate()
        gate.thing = Pond(ducks=1)
        server: Any = stock.PBServerFactory(gate)
        server.protocol = pbcopy.Broker
        connection = connect(server, stock.PBClientFactory())
        call = connection.root.callRemote("get")
        connection.deliver()
        self.assertEqual(1, self.successResultOf(call).ducks)

    def test_leaving(self) -> None:
        """
        A policy may keep it here.
        """
        connection = self.connected()
        connection.server.security = policy = pbcopy.Policy()
        policy.allowLeaving(Pond)
        self.got(Pond(ducks=1), connection)
        self.assertPacked()
        sort: Any = type("Other", (pb.Copyable,), {})
        failure = self.got(sort(), connection)
        self.assertIn("may not leave", str(failure.value))
        self.flushLoggedErrors(Unsendable)


class TakenTests(CopyTestCase):
    """
    A packed copy becomes what was registered for its class.
    """

    def registered(self, sort: Any) -> Any:
        """
        Give what arrives where something else is registered for the pond.
        """
        register(self, pb, (Pond, sort))
        view = self.got(Pond(ducks=1))
        self.assertPacked()
        self.flushLoggedErrors()
        return view

    def test_setCopyableState(self) -> None:
        """
        A C{setCopyableState} of the application's gets the state.
        """

        class View(pb.RemoteCopy):
            def setCopyableState(self, state: Any) -> None:
                self.got = state

        self.assertEqual({"ducks": 1}, self.registered(View).got)

    def test_postUnjelly(self) -> None:
        """
        C{postUnjelly} is called, once.
        """

        class View(pb.RemoteCopy):
            called = 0

            def postUnjelly(self) -> None:
                self.called += 1

        self.assertEqual(1, self.registered(View).called)

    def test_unjellyFor(self) -> None:
        """
        An C{unjellyFor} of the application's gets the expression that Jelly makes.
        """

        class View(pb.RemoteCopy):
            def unjellyFor(self, unjellier: Any, jellyList: list[Any]) -> Any:
                self.got = jellyList
                return self

        name = b"pbcopy.test.test_quickcopies.Pond"
        state = [b"dictionary", [[b"unicode", b"ducks"], 1]]
        self.assertEqual([name, state], self.registered(View).got)

    def test_factories(self) -> None:
        """
        A factory gets the state, and one of Twisted's the same.
        """
        pb.setUnjellyableFactoryForClass(Pond, dict)
        self.assertEqual({"ducks": 1}, self.got(Pond(ducks=1)))
        self.assertPacked()
        copyTags.pop(b"pbcopy.test.test_quickcopies.Pond")
        made: Any = stock.setUnjellyableFactoryForClass
        table: Any = jelly.unjellyableFactoryRegistry
        self.addCleanup(table.pop, b"pbcopy.test.test_quickcopies.Pond")
        made(Pond, dict)
        self.assertEqual({"ducks": 1}, self.got(Pond(ducks=1)))
        self.assertPacked()

    def test_twisteds(self) -> None:
        """
        A C{RemoteCopy} of Twisted's gets it, too.
        """

        class View(stock.RemoteCopy):
            pass

        register: Any = stock.setUnjellyableForClass
        register(Pond, View)
        view = self.got(Pond(ducks=1))
        self.assertEqual((View, {"ducks": 1}), (type(view), vars(view)))
        self.assertPacked()

    def test_errors(self) -> None:
        """
        What a hook raises fails the call.
        """

        class View(pb.RemoteCopy):
            def setCopyableState(self, state: Any) -> None:
                raise ValueError("no")

        failure = self.registered(View)
        self.assertIsInstance(failure.value, ValueError)

    def test_unknown(self) -> None:
        """
        So does a class that nothing is registered for.
        """
        copyTags.pop(b"pbcopy.test.test_quickcopies.Pond")
        failure = self.got(Pond(ducks=1))
        self.assertPacked()
        self.assertIsInstance(failure.value, pbcopy.InsecureJelly)

    def test_names(self) -> None:
        """
        A peer does not choose the names of methods, or of Python's.
        """
        for name in ("quack", "__class__", "postUnjelly", "unjellyFor"):
            for _ in range(2):
                failure = self.got(Pond(**{name: 1}))
                self.assertPacked()
                self.assertIsInstance(failure.value, Violation)
                self.assertIn(name, failure.value.where)

    def test_policy(self) -> None:
        """
        A class that may not arrive does not, and nothing is made.
        """
        made: list[Any] = []

        class View(pb.RemoteCopy):
            def __new__(cls) -> Any:
                made.append(cls)
                return super().__new__(cls)

        register(self, pb, (Pond, View))
        policy = pbcopy.Policy()
        failure = self.got(Pond(ducks=1), self.connected(security=policy))
        self.assertPacked()
        self.assertIn("may not arrive", str(failure.value))
        self.assertEqual([], made)
        policy.allowArriving(View)
        self.got(Pond(ducks=1), self.connected(security=policy))
        self.assertEqual([View], made)

    def test_limits(self) -> None:
        """
        What is in it is bounded.
        """
        policy = pbcopy.Policy()
        policy.allowArriving(PondView)
        policy.limit(MAX_ITEMS=2)
        failure = self.got(Pond(x=[1, 2, 3]), self.connected(security=policy))
        self.assertPacked()
        self.assertIn("pbcopy.limits.MAX_ITEMS, 2", str(failure.value))
        self.assertEqual([1], self.got(Pond(x=[1]), self.connected(security=policy)).x)

    def test_hooksOfAll(self) -> None:
        """
        C{postUnjelly} is called for each object, and the outermost one comes last.
        """
        called: list[Any] = []

        class View(pb.RemoteCopy):
            ducks: int

            def postUnjelly(self) -> None:
                called.append(self.ducks)

        register(self, pb, (Pond, View))
        self.got(Pond(ducks=1, x=[Pond(ducks=2)]))
        self.assertPacked()
        self.assertEqual([2, 1], called)

    def test_defaults(self) -> None:
        """
        A name with a default in the class is a name as any other.
        """

        class View(pb.RemoteCopy):
            ducks = 0

        self.assertEqual({"ducks": 1}, vars(self.registered(View)))

    def test_ownSecurity(self) -> None:
        """
        Where an application has a security of its own, Jelly asks it.
        """
        asked: list[Any] = []

        class Options(jelly.SecurityOptions):
            def isTypeAllowed(self, typeName: Any) -> Any:
                asked.append(typeName)
                return super().isTypeAllowed(typeName)

        options = Options()
        options.allowBasicTypes()
        view = self.got(Pond(ducks=1), self.connected(security=options))
        self.assertPacked()
        self.assertEqual(1, view.ducks)
        self.assertIn(COMPACT_TAG, asked)
        self.assertIn(b"pbcopy.test.test_quickcopies.Pond", asked)

    def test_noCopy(self) -> None:
        """
        Bytes that hold none fail the call.
        """
        broker = self.connected().client
        for packed in (b"", b"\xc1", msgspec.msgpack.encode([[], [0], [{}], []])):
            self.assertRaises(Violation, broker.unserialize, [COMPACT_TAG, packed])


class ClassTests(SynchronousTestCase):
    """
    The class of a copy is the application's.
    """

    def test_notKept(self) -> None:
        """
        One that the application drops is not kept alive, at neither end.
        """
        for protocol in (stock.Broker, pbcopy.Broker):

            class Swan(pb.Copyable, pb.RemoteCopy):
                pass

            pb.setUnjellyableForClass(Swan, Swan)
            tag = qual(Swan).encode("ascii")
            gate = Gate()
            factories: Any = pb.PBServerFactory(gate), pb.PBClientFactory()
            for each in factories:
                each.protocol = protocol
            connection = connect(*factories)
            gate.thing = Swan()
            found = resultOf(connection, connection.root.callRemote("get"))
            self.assertIsInstance(found, Swan)
            forgotten = weakref.ref(Swan)
            del copyTags[tag]
            del Swan, found, gate, connection, factories, each
            gc.collect()
            self.assertIsNone(forgotten())

    def test_unhashable(self) -> None:
        """
        One that has no hash is sent as any other.
        """

        class Comparing(type):
            def __eq__(self, other: object) -> bool:
                return self is other

            __hash__ = None  # type: ignore[assignment]

        class Odd(pb.Copyable, metaclass=Comparing):
            localOnly = ("x",)

        self.assertEqual({"x"}, localNames(Odd))


class EncodedTests(SynchronousTestCase):
    """
    The bytes of such an answer are those of Twisted's Banana.
    """

    def test_same(self) -> None:
        """
        So they are for all ids, and all lengths.
        """
        stock: Any = Stock()
        for requestID in (0, 1, 127, 128, 2**14, 2**21, 2**31, 2**40):
            for size in (4, 127, 128, 0x3FFF):
                answer = (b"answer", requestID, [COMPACT_TAG, b"x" * size])
                found = encodedCopy(answer, stock._encode)
                self.assertEqual(stock.encoded(answer), found)

    def test_others(self) -> None:
        """
        There are none for a longer one, nor for another message.
        """
        stock: Any = Stock()
        usual: Any = (b"answer", 1, [COMPACT_TAG, b"packed"])
        for at, other in (
            *((0, b"error"), (1, 1.0), (2, b"packed"), (2, [COMPACT_TAG, [b"x"]])),
            *((2, [b"other", b"x"]), (2, [COMPACT_TAG, b"x" * 0x4000])),
        ):
            changed = [*usual]
            changed[at] = other
            self.assertIsNone(encodedCopy(tuple(changed), stock._encode))
        for message in ([*usual], usual[:2], (*usual, 1), b"answer"):
            self.assertIsNone(encodedCopy(message, stock._encode))
