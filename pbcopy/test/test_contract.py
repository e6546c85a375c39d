# -*- test-case-name: pbcopy.test.test_contract -*-
"""
Tests of what existing applications rely on.

L{StockTests} says what stock flavors do, and L{PBCopyTests} runs the same tests
on pbcopy's.
"""

from __future__ import annotations

import copy
import enum
import pickle
from collections import UserDict, namedtuple
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from typing import Any

from twisted.python.failure import Failure
from twisted.python.reflect import qual
from twisted.spread import pb as stock
from twisted.spread.jelly import SecurityOptions, jelly, unjelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy.pb
from pbcopy.testing import Connection, connect, sendAcross


class Table(stock.Root):
    """
    A root that takes whatever it is sent, and can send it home.
    """

    thing: Any = None
    home: Any = None

    def remote_put(self, thing: Any) -> None:
        self.thing = thing

    def remote_meet(self, home: Any) -> None:
        self.home = home


Point = namedtuple("Point", "x y")


class PickledCopy(pbcopy.pb.RemoteCopy):
    """
    A copy of a class that pickle can find.
    """


class PickledView(pbcopy.pb.RemoteCache):
    """
    A replica of a class that pickle can find.
    """


class PickledPond(pbcopy.pb.Cacheable):
    """
    A cacheable of a class that pickle can find.
    """

    def __init__(self) -> None:
        self.observers: list[Any] = []

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        self.observers.append(observer)
        return {"ducks": 2}


class Looking(stock.Viewable):
    """
    What a state may refer to, and what it wraps.
    """

    def view_who(self, perspective: Any) -> Any:
        return perspective

    def remote_who(self) -> str:
        return "remote"

    def remoteMessageReceived(
        self, broker: Any, message: Any, args: Any, kw: Any
    ) -> Any:
        return broker.serialize("wrapped")


def asLists(expression: Any) -> Any:
    """
    Give an expression with its tuples as lists: Banana sends both as the same.
    """
    if isinstance(expression, (list, tuple)):
        return [asLists(each) for each in expression]
    return expression


class ContractCase(SynchronousTestCase):
    """
    What the tests of both kinds of flavors use.

    @cvar pb: the flavors under test.
    @ivar receiver: the flavors of what receives a pond.
    """

    pb: Any = stock

    def setUp(self) -> None:
        """
        Let both sides be of the flavors under test.
        """
        self.receiver = self.pb

    def register(self, sent: type | bytes, received: Any) -> None:
        """
        Register a class until the test ends.
        """
        self.pb.setUnjellyableForClass(sent, received)
        name = sent if isinstance(sent, bytes) else qual(sent).encode("utf-8")
        self.addCleanup(self.pb.copyTags.pop, name, None)

    def connect(self) -> tuple[Connection, Table]:
        """
        Join a client to a L{Table}.
        """
        table = Table()
        return connect(table), table

    def put(self, connection: Connection, thing: Any) -> None:
        """
        Send something as an argument, and check that it is taken.
        """
        call = connection.root.callRemote("put", thing)
        connection.deliver()
        self.assertIsNone(self.successResultOf(call))

    @contextmanager
    def sent(self, broker: stock.Broker) -> Iterator[list[Any]]:
        """
        Collect the messages that a Broker sends, as lists without the ids of
        their requests.  What one pbcopy tells another is left out.
        """
        messages: list[Any] = []
        send = broker.sendEncoded

        def record(expression: Any) -> None:
            kind, _, target, *others = asLists(expression)
            if kind.endswith(b"message") and target != b"pbcopy":
                messages.append([kind, target, *others])
            send(expression)

        self.patch(broker, "sendEncoded", record)
        yield messages
        self.patch(broker, "sendEncoded", send)

    def makePond(self) -> Any:
        """
        Make a cacheable, registered to a replica that takes its updates.
        """

        class Pond(self.pb.Cacheable):  # type: ignore[misc,name-defined]
            def __init__(self) -> None:
                self.observers: list[Any] = []
                self.stopped = 0
                self.ducks = 2

            def getTypeToCopy(self) -> bytes:
                return b"contract.Pond"

            def getStateToCacheAndObserveFor(self, perspective: Any, o: Any) -> Any:
                self.observers.append(o)
                return {"ducks": self.ducks}

            def stoppedObserving(self, perspective: Any, observer: Any) -> None:
                self.stopped += 1

        class View(self.receiver.RemoteCache):  # type: ignore[misc,name-defined]
            def observe_ducks(self, ducks: int) -> int:
                self.ducks = ducks
                return ducks * 10

            def observe_fail(self) -> None:
                raise stock.Error("no more ducks")

        self.register(b"contract.Pond", View)
        return Pond()


class StockTests(ContractCase):
    """
    The contract, on stock flavors.
    """

    def test_copyOnTheWire(self) -> None:
        """
        A copy is C{[type, state]}.
        """

        class Frogs(self.pb.Copyable):  # type: ignore[misc,name-defined]
            def __init__(self) -> None:
                self.count = 7

        self.register(Frogs, self.pb.RemoteCopy)
        connection, _ = self.connect()
        with self.sent(connection.client) as messages:
            self.put(connection, Frogs())
        state = [b"dictionary", [[b"unicode", b"count"], 7]]
        arguments = [b"tuple", [qual(Frogs).encode("utf-8"), state]]
        self.assertEqual(
            [[b"message", b"root", b"put", 1, arguments, [b"dictionary"]]], messages
        )

    def test_cacheOnTheWire(self) -> None:
        """
        A cache is C{[type, luid, state]} the first time and C{['cached', luid]}
        after that; its updates are C{cachemessage}s.
        """
        pond = self.makePond()
        connection, _ = self.connect()
        with self.sent(connection.client) as messages:
            self.put(connection, pond)
            self.put(connection, [pond, pond])
            pond.observers[0].callRemote("ducks", ducks=3)
            connection.deliver()
        state = [b"dictionary", [[b"unicode", b"ducks"], 2]]
        mentions = [b"list", [b"cached", 1], [b"cached", 1]]
        ducks = [b"dictionary", [[b"unicode", b"ducks"], 3]]
        put, nothing = [b"message", b"root", b"put", 1], [b"dictionary"]
        self.assertEqual(
            [
                [*put, [b"tuple", [b"contract.Pond", 1, state]], nothing],
                [*put, [b"tuple", mentions], nothing],
                [b"cachemessage", 1, b"ducks", 1, [b"tuple"], ducks],
            ],
            messages,
        )

    def test_homeOnTheWire(self) -> None:
        """
        A replica that goes home is C{['lcache', luid]}, and is the original.
        """
        pond = self.makePond()
        home = Table()
        connection, table = self.connect()
        connection.root.callRemote("meet", home)
        self.put(connection, pond)
        with self.sent(connection.server) as messages:
            table.home.callRemote("put", table.thing)
            connection.deliver()
        (message,) = messages
        self.assertEqual([b"tuple", [b"lcache", table.thing.luid]], message[4])
        self.assertIs(pond, home.thing)

    def test_kinds(self) -> None:
        """
        The flavors are recognized as stock flavors.
        """
        for name in ("Copyable", "Cacheable", "RemoteCopy", "RemoteCache"):
            self.assertTrue(issubclass(getattr(self.pb, name), getattr(stock, name)))
            self.assertIs(type, type(getattr(self.pb, name)))
            self.assertIs(object.__init__, getattr(self.pb, name).__init__)
            self.assertFalse(hasattr(getattr(self.pb, name), "__slots__"))

    def test_exception(self) -> None:
        """
        An exception may be a copy on both sides.
        """

        class Sent(self.pb.Copyable, Exception):  # type: ignore[misc,name-defined]
            pass

        class Got(self.pb.RemoteCopy, Exception):  # type: ignore[misc,name-defined]
            pass

        self.register(Sent, Got)
        sent = Sent("text")
        sent.code = 7
        got = sendAcross(sent)
        self.assertIsInstance(got, Got)
        self.assertEqual({"code": 7}, vars(got))

    def test_list(self) -> None:
        """
        A list may be a copy on both sides.
        """

        class Sent(self.pb.Copyable, list):  # type: ignore[misc,name-defined,type-arg]
            def getStateToCopy(self) -> Any:
                return list(self)

        class Got(self.pb.RemoteCopy, list):  # type: ignore[misc,name-defined,type-arg]
            def setCopyableState(self, state: Any) -> None:
                self.extend(state)

        self.register(Sent, Got)
        self.assertEqual([1, 2], sendAcross(Sent([1, 2])))

    def test_userDict(self) -> None:
        """
        A UserDict may be a copy on both sides.
        """

        class Sent(self.pb.Copyable, UserDict):  # type: ignore[misc,name-defined,type-arg]
            pass

        class Got(self.pb.RemoteCopy, UserDict):  # type: ignore[misc,name-defined,type-arg]
            pass

        self.register(Sent, Got)
        self.assertEqual({"a": 1}, dict(sendAcross(Sent(a=1))))

    def test_namedtuple(self) -> None:
        """
        A namedtuple may be a copy.
        """

        class Sent(Point, self.pb.Copyable):  # type: ignore[misc,name-defined]
            def getStateToCopy(self) -> Any:
                return self._asdict()

        self.register(Sent, self.pb.RemoteCopy)
        self.assertEqual({"x": 1, "y": 2}, vars(sendAcross(Sent(1, 2))))

    def test_enum(self) -> None:
        """
        An Enum may be a copy, and its C{unjellyFor} may give the member.
        """

        class Colour(self.pb.Copyable, enum.Enum):  # type: ignore[misc,name-defined]
            GREEN = "green"

            def getStateToCopy(self) -> Any:
                return self.value

        class Got(self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            def unjellyFor(self, unjellier: Any, jellyList: Any) -> Any:
                return Colour(unjellier.unjelly(jellyList[1]))

        self.register(Colour, Got)
        self.assertIs(Colour.GREEN, sendAcross(Colour.GREEN))
        self.assertIs(Colour.GREEN, sendAcross(Colour.GREEN, asAnswer=True))

    def test_cookieJar(self) -> None:
        """
        A CookieJar, that has a lock, may be a copy on both sides.
        """

        class Sent(CookieJar, self.pb.Copyable):  # type: ignore[misc,name-defined]
            def getStateToCopy(self) -> Any:
                return {"size": len(self)}

        class Got(CookieJar, self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            def setCopyableState(self, state: Any) -> None:
                CookieJar.__init__(self)
                self.__dict__.update(state)

        self.register(Sent, Got)
        got = sendAcross(Sent())
        self.assertEqual((0, 0), (got.size, len(got)))

    def test_failure(self) -> None:
        """
        A Failure may be a copy.
        """

        class Sent(Failure, self.pb.Copyable):  # type: ignore[misc,name-defined]
            def getStateToCopy(self) -> Any:
                return {"value": self.getErrorMessage()}

        self.register(Sent, self.pb.RemoteCopy)
        self.assertEqual("text", sendAcross(Sent(ValueError("text"))).value)

    def test_referenceable(self) -> None:
        """
        A class may be a copy and a Referenceable: its first base decides.
        """

        class Copy(self.pb.Copyable, stock.Referenceable):  # type: ignore[misc,name-defined]
            pass

        class Reference(stock.Referenceable, self.pb.Copyable):  # type: ignore[misc,name-defined]
            pass

        self.register(Copy, self.pb.RemoteCopy)
        connection, table = self.connect()
        self.put(connection, Copy())
        self.assertIsInstance(table.thing, self.pb.RemoteCopy)
        self.put(connection, Reference())
        self.assertIsInstance(table.thing, stock.RemoteReference)

    def test_basesAtRunTime(self) -> None:
        """
        A flavor may be appended to the bases of a class.
        """

        class Base:
            pass

        class Sent(Base):
            pass

        class Got(Base):
            pass

        Sent.__bases__ += (self.pb.Copyable,)
        Got.__bases__ += (self.pb.RemoteCopy,)
        self.register(Sent, Got)
        sent: Any = Sent()
        sent.count = 7
        got = sendAcross(sent)
        self.assertEqual((Got, {"count": 7}), (type(got), vars(got)))

    def test_copyLifeCycle(self) -> None:
        """
        A copy is made without C{__init__}, and its attributes are set through
        its dict.
        """

        class Got(self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            def __init__(self, needed: object) -> None:
                raise AssertionError("__init__ was called")

            def __setattr__(self, name: str, value: object) -> None:
                if name != "__dict__":
                    raise AssertionError("__setattr__ was called")
                super().__setattr__(name, value)

        class Sent(self.pb.Copyable):  # type: ignore[misc,name-defined]
            count = 0

        self.register(Sent, Got)
        sent = Sent()
        sent.count = 7
        self.assertEqual({"count": 7}, vars(sendAcross(sent)))

    def test_cacheLifeCycle(self) -> None:
        """
        A replica has its C{__init__} called once, without arguments and before
        C{setCopyableState}, in which C{self.__dict__} may be replaced or
        updated.
        """
        calls: list[Any] = []

        class View(self.pb.RemoteCache):  # type: ignore[misc,name-defined]
            def __init__(self, *args: Any) -> None:
                calls.append(args)

        class Replacing(View):
            def setCopyableState(self, state: Any) -> None:
                calls.append(state)
                self.__dict__ = state

        class Updating(View):
            def setCopyableState(self, state: Any) -> None:
                calls.append(state)
                self.__dict__.update(state)

        for view in (Replacing, Updating):
            pond = self.makePond()
            self.register(b"contract.Pond", view)
            connection, table = self.connect()
            self.put(connection, pond)
            self.put(connection, pond)
            self.assertEqual(2, table.thing.ducks)
            self.assertEqual(connection.server, table.thing.broker)
            self.assertEqual(1, table.thing.luid)
            self.assertEqual((), calls[0])
            self.assertEqual(2, len(calls))
            calls.clear()

    def test_states(self) -> None:
        """
        A state may be anything that can be jellied.
        """

        class Sent(self.pb.Copyable):  # type: ignore[misc,name-defined]
            def __init__(self, state: Any) -> None:
                self.state = state

            def getStateToCopyFor(self, perspective: Any) -> Any:
                return self.state

        class Got(self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            def setCopyableState(self, state: Any) -> None:
                self.state = state

        self.register(Sent, Got)
        for state in ((1, "two"), [b"three"], None, 4, "five", {6: 7}):
            self.assertEqual(state, sendAcross(Sent(state)).state)

    def test_unbound(self) -> None:
        """
        An override may call the flavor's own method unbound.
        """
        pb = self.pb

        class Sent(pb.Copyable):  # type: ignore[misc,name-defined]
            def getStateToCopy(self) -> Any:
                return {**pb.Copyable.getStateToCopy(self), "a": 1}

            def getStateToCopyFor(self, perspective: Any) -> Any:
                return {**pb.Copyable.getStateToCopyFor(self, perspective), "b": 2}

            def getTypeToCopyFor(self, perspective: Any) -> Any:
                return pb.Copyable.getTypeToCopyFor(self, perspective)

            def jellyFor(self, jellier: Any) -> Any:
                return pb.Copyable.jellyFor(self, jellier)

        class Got(pb.RemoteCopy):  # type: ignore[misc,name-defined]
            def setCopyableState(self, state: Any) -> None:
                pb.RemoteCopy.setCopyableState(self, {**state, "c": 3})

            def unjellyFor(self, unjellier: Any, jellyList: Any) -> Any:
                return pb.RemoteCopy.unjellyFor(self, unjellier, jellyList)

            def postUnjelly(self) -> None:
                self.d = 4

        self.register(Sent, Got)
        self.assertEqual({"a": 1, "b": 2, "c": 3, "d": 4}, vars(sendAcross(Sent())))

    def test_unboundOfCaches(self) -> None:
        """
        So may an override of the two flavors for caches.
        """
        pb = self.pb

        class Pond(pb.Cacheable):  # type: ignore[misc,name-defined]
            def getStateToCacheAndObserveFor(self, perspective: Any, o: Any) -> Any:
                self.observer = o
                return {**pb.Cacheable.getStateToCopyFor(self, perspective).copy()}

            def getStateToCopy(self) -> Any:
                return {"ducks": 2}

            def stoppedObserving(self, perspective: Any, observer: Any) -> None:
                pb.Cacheable.stoppedObserving(self, perspective, observer)

            def processUniqueID(self) -> Any:
                return pb.Cacheable.processUniqueID(self)

        class View(pb.RemoteCache):  # type: ignore[misc,name-defined]
            def unjellyFor(self, unjellier: Any, jellyList: Any) -> Any:
                return pb.RemoteCache.unjellyFor(self, unjellier, jellyList)

            def remoteMessageReceived(
                self, broker: Any, message: Any, args: Any, kw: Any
            ) -> Any:
                return pb.RemoteCache.remoteMessageReceived(
                    self, broker, message, args, kw
                )

            def observe_ducks(self, ducks: int) -> None:
                self.ducks = ducks

        self.register(Pond, View)
        connection, table = self.connect()
        pond = Pond()
        self.assertEqual(id(pond), pond.processUniqueID())
        self.put(connection, pond)
        pond.observer.callRemote("ducks", 3)
        connection.deliver()
        self.assertEqual(3, table.thing.ducks)

    def test_stateFor(self) -> None:
        """
        C{getStateFor} and C{setStateFor} are Jelly's.
        """
        copyable = self.pb.Copyable()
        copyable.count = 7
        self.assertEqual({"count": 7}, copyable.getStateFor(None))
        remote = self.pb.RemoteCopy()
        remote.setStateFor(None, {"count": 7})
        self.assertEqual(7, remote.count)

    def test_observer(self) -> None:
        """
        An observer tells its connection, cacheable and perspective, and can be
        kept in a list, in a set, as a key, and as a key beside its perspective.
        """
        pond = self.makePond()
        connection, _ = self.connect()
        self.put(connection, pond)
        (observer,) = pond.observers
        self.assertIs(connection.client, observer.broker)
        self.assertIs(pond, observer.cached)
        self.assertIsNone(observer.perspective)
        self.assertIn("<RemoteCacheObserver(", repr(observer))
        key = (observer.perspective, observer)
        for kept in ([observer], {observer}, {observer: None}):
            self.assertIn(observer, kept)
        self.assertIn(key, {key: None})

    def test_observersCalls(self) -> None:
        """
        An observer's C{callRemote} gives the answer, and takes C{pbanswer},
        C{pbcallback} and C{pberrback}.
        """
        pond = self.makePond()
        connection, table = self.connect()
        self.put(connection, pond)
        (observer,) = pond.observers
        answers: list[Any] = []
        failures: list[Any] = []
        call = observer.callRemote("ducks", 3)
        self.assertIsNone(observer.callRemote("ducks", 4, pbanswer=False))
        observer.callRemote("ducks", ducks=5, pbcallback=answers.append)
        both = {"pbcallback": answers.append, "pberrback": failures.append}
        # A replica that fails is sent the state again.
        pond.ducks = 5
        observer.callRemote("fail", **both)
        connection.deliver()
        self.assertEqual(30, self.successResultOf(call))
        self.assertEqual([50], answers)
        self.assertEqual(["no more ducks"], [f.getErrorMessage() for f in failures])
        self.assertEqual(5, table.thing.ducks)

    def test_references(self) -> None:
        """
        All that is sent by reference can stand in a state, of a copy and of a
        cache.
        """
        looking = Looking()
        reference: Any = stock.Root()
        reference.remote_who = lambda: "reference"
        home = Table()
        connection, table = self.connect()
        table.remote_who = lambda: "home"  # type: ignore[attr-defined]
        state = {
            "viewable": looking,
            "viewpoint": stock.ViewPoint("me", looking),
            "as": stock.AsReferenceable(looking),
            "reference": reference,
            "home": connection.root,
        }
        self.register(b"contract.References", self.pb.RemoteCopy)
        self.register(b"contract.CachedReferences", self.pb.RemoteCache)

        class Copy(self.pb.Copyable):  # type: ignore[misc,name-defined]
            def getTypeToCopy(self) -> bytes:
                return b"contract.References"

            def getStateToCopy(self) -> Any:
                return state

        class Cache(self.pb.Cacheable):  # type: ignore[misc,name-defined]
            def getTypeToCopy(self) -> bytes:
                return b"contract.CachedReferences"

            def getStateToCopy(self) -> Any:
                return state

        connection.root.callRemote("meet", home)
        for thing in (Copy(), Cache()):
            self.put(connection, thing)
            self.assertIs(table, table.thing.home)
            names = ("viewable", "viewpoint", "as", "reference")
            calls = [getattr(table.thing, name).callRemote("who") for name in names]
            connection.deliver()
            self.assertEqual(
                [None, "me", "wrapped", "reference"],
                [self.successResultOf(call) for call in calls],
            )

    def makeNode(self) -> Any:
        """
        Make an object of a class that is registered to itself.
        """

        class Node(self.pb.Cacheable, self.pb.RemoteCache):  # type: ignore[misc,name-defined]
            def __init__(self) -> None:
                self.observers: list[Any] = []
                self.value = 0

            def getStateToCacheAndObserveFor(self, perspective: Any, o: Any) -> Any:
                self.observers.append(o)
                return {"value": self.value}

            def setCopyableState(self, state: Any) -> None:
                self.__dict__.update(state)

            def stoppedObserving(self, perspective: Any, observer: Any) -> None:
                self.observers.remove(observer)

            def observe_value(self, value: int) -> None:
                self.value = value
                for observer in self.observers:
                    update = observer.callRemote("value", value)
                    update.addErrback(lambda failure: None)

        self.register(Node, Node)
        return Node()

    def test_relay(self) -> None:
        """
        An object of a class that is both cacheable and replica is published
        further by its receiver, and so are its updates.
        """
        master = self.makeNode()
        (near, middle), (far, end) = self.connect(), self.connect()
        self.put(near, master)
        self.put(far, middle.thing)
        master.observe_value(7)
        near.deliver()
        far.deliver()
        self.assertEqual([7, 7], [middle.thing.value, end.thing.value])
        far.cut()
        self.assertEqual([], middle.thing.observers)

    def test_connectionInTheDict(self) -> None:
        """
        An override can remove C{broker} and C{luid} from what it copies of the
        dict, as C{twisted.spread.publish} does, in C{setCopyableState} and
        later.
        """

        class View(self.pb.RemoteCache):  # type: ignore[misc,name-defined]
            def setCopyableState(self, state: Any) -> None:
                self.__dict__.update(state)
                self.first = self.own()

            def own(self) -> Any:
                mine = self.__dict__.copy()
                del mine["broker"]
                del mine["luid"]
                return mine

        pond = self.makePond()
        self.register(b"contract.Pond", View)
        connection, table = self.connect()
        self.put(connection, pond)
        own = table.thing.own()
        self.assertEqual(({"ducks": 2}, 2), (own["first"], own["ducks"]))

    def test_registries(self) -> None:
        """
        A class may be registered by itself, by a text and by bytes, under
        either name of the function, and the last one wins.
        """

        class Sent(self.pb.Copyable):  # type: ignore[misc,name-defined]
            pass

        class First(self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            pass

        class Second(self.pb.RemoteCopy):  # type: ignore[misc,name-defined]
            pass

        name = qual(Sent)
        self.addCleanup(self.pb.copyTags.pop, name.encode("utf-8"), None)
        for given in (Sent, name, name.encode("utf-8")):
            self.pb.setUnjellyableForClass(given, First)
            self.assertIsInstance(sendAcross(Sent()), First)
            self.pb.setCopierForClass(given, Second)
            self.assertIsInstance(sendAcross(Sent()), Second)
            stock.setUnjellyableForClass(given, First)
            self.assertIsInstance(sendAcross(Sent()), First)

    def test_security(self) -> None:
        """
        Factories with a C{SecurityOptions} of their own, that allows what
        stock flavors need, carry a cache all its life.
        """

        def options() -> SecurityOptions:
            security = SecurityOptions()
            security.allowBasicTypes()
            security.allowTypes(b"contract.Pond", b"cached", b"lcache", b"remote")
            return security

        pond = self.makePond()
        table = Table()
        connection = connect(
            stock.PBServerFactory(table, security=options()),
            stock.PBClientFactory(security=options()),
        )
        home = Table()
        connection.root.callRemote("meet", home)
        self.put(connection, pond)
        self.put(connection, [pond])
        (table.thing,) = table.thing
        pond.observers[0].callRemote("ducks", 3)
        connection.deliver()
        self.assertEqual(3, table.thing.ducks)
        table.home.callRemote("put", table.thing)
        connection.deliver()
        self.assertIs(pond, home.thing)
        table.thing = None
        connection.collect()
        self.assertEqual(1, pond.stopped)
        self.assertFalse(connection.lost)


class PBCopyTests(StockTests):
    """
    The contract, on pbcopy's flavors.
    """

    pb = pbcopy.pb

    def test_sameBytes(self) -> None:
        """
        A sender on pbcopy's flavors writes to a stock peer what one on stock
        flavors writes, byte for byte.
        """
        self.receiver = stock
        self.assertEqual(self.written(stock), self.written(pbcopy.pb))

    def written(self, pb: Any) -> list[bytes]:
        """
        Give what a sender on some flavors writes for a copy, for a cache and
        its mentions, and for an update.
        """
        self.pb = pb

        class Frogs(pb.Copyable):  # type: ignore[misc]
            def __init__(self) -> None:
                self.count = 7
                self.names = {"tree": ["green", 2.5, None], b"pond": (True, b"brown")}

            def getTypeToCopy(self) -> bytes:
                return b"contract.Frogs"

        self.register(b"contract.Frogs", stock.RemoteCopy)
        frogs, pond = Frogs(), self.makePond()
        connection, _ = self.connect()
        chunks = []
        for thing in (frogs, [frogs, frogs], pond, [pond, pond], {"pond": pond}):
            connection.root.callRemote("put", thing)
            chunks.append(connection.fromClient.outgoing)
            connection.deliver()
        pond.observers[0].callRemote("ducks", 3)
        chunks.append(connection.fromClient.outgoing)
        connection.deliver()
        return chunks

    def test_manyObservers(self) -> None:
        """
        Observers of several connections can be kept in a list, in a set and as
        keys, and are found there when they stop.
        """

        class Pond(pbcopy.pb.Cacheable):
            def __init__(self) -> None:
                self.listed: list[Any] = []
                self.inSet: set[Any] = set()
                self.keys: dict[Any, Any] = {}

            def getStateToCacheAndObserveFor(self, perspective: Any, o: Any) -> Any:
                self.listed.append(o)
                self.inSet.add(o)
                self.keys[o] = self.keys[perspective, o] = True
                return {}

            def stoppedObserving(self, perspective: Any, observer: Any) -> None:
                self.listed.remove(observer)
                self.inSet.remove(observer)
                del self.keys[observer], self.keys[perspective, observer]

        self.register(Pond, pbcopy.pb.RemoteCache)
        pond = Pond()
        connections = [self.connect()[0] for _ in range(3)]
        for connection in connections:
            self.put(connection, pond)
        connections[1].cut()
        brokers = {connections[0].client, connections[2].client}
        self.assertEqual(brokers, {each.broker for each in pond.listed})
        self.assertEqual(brokers, {each.broker for each in pond.inSet})
        self.assertEqual(4, len(pond.keys))

    def test_nodeGoesHome(self) -> None:
        """
        An object of a class that is both flavors is the original at home.  With
        stock flavors that depends on the order of the bases.
        """
        master = self.makeNode()
        home = Table()
        connection, table = self.connect()
        connection.root.callRemote("meet", home)
        self.put(connection, master)
        table.home.callRemote("put", table.thing)
        connection.deliver()
        self.assertIs(master, home.thing)

    def test_relayedState(self) -> None:
        """
        The default state of a relay has nothing of its connection.
        """

        class Node(pbcopy.pb.Cacheable, pbcopy.pb.RemoteCache):
            pass

        self.register(Node, Node)
        master = Node()
        master.value = 7  # type: ignore[attr-defined]
        (near, middle), (far, end) = self.connect(), self.connect()
        self.put(near, master)
        self.assertEqual({"value": 7}, middle.thing.getStateToCopy())
        self.put(far, middle.thing)
        self.assertEqual(7, end.thing.value)

    def test_withoutABroker(self) -> None:
        """
        Without a Broker the flavors are plain lists, and come back from them.
        With stock flavors this raises on Python 3.11.
        """
        for sent, got in (
            (pbcopy.pb.Copyable, pbcopy.pb.RemoteCopy),
            (pbcopy.pb.Cacheable, pbcopy.pb.RemoteCache),
            (pbcopy.pb.RemoteCache, pbcopy.pb.RemoteCache),
        ):
            self.register(sent, got)
            thing = sent()
            thing.__dict__ = {"a": [1, 2]}
            stored = jelly(thing)
            state = [b"dictionary", [[b"unicode", b"a"], [b"list", 1, 2]]]
            self.assertEqual([qual(sent).encode("utf-8"), state], asLists(stored))
            self.assertEqual({"a": [1, 2]}, vars(unjelly(stored)))

    def test_noBrokerInACopy(self) -> None:
        """
        Pickles and deep copies of a cacheable with observers, of a replica and
        of a copy leave the connection behind.
        """

        class Frogs(pbcopy.pb.Copyable):
            def getStateToCopy(self) -> Any:
                return {"ducks": 2}

        self.register(PickledPond, PickledView)
        self.register(Frogs, PickledCopy)
        connection, table = self.connect()
        pond = PickledPond()
        self.put(connection, pond)
        view = table.thing
        self.put(connection, Frogs())
        for duplicate in (copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))):
            (observer,) = duplicate(pond).observers
            self.assertIsNone(observer.broker)
            for arrived in (view, table.thing):
                other = duplicate(arrived)
                self.assertEqual(2, other.ducks)
                self.assertIsNone(getattr(other, "broker", None))
                self.assertNotIn(b"Broker", pickle.dumps(arrived))
        self.assertEqual(1, len(pond.observers))
