# -*- test-case-name: pbcopy.test.test_policy -*-
"""
Tests for L{pbcopy._policy}.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import attr
from twisted.cred.checkers import AllowAnonymousAccess
from twisted.cred.portal import Portal
from twisted.internet.defer import succeed
from twisted.python.failure import Failure
from twisted.python.reflect import qual
from twisted.spread import pb as stock
from twisted.spread.jelly import unjelly
from twisted.trial.unittest import FailTest, SynchronousTestCase

import pbcopy
from pbcopy import _copyable, pb
from pbcopy._policy import isStranger
from pbcopy._registry import copyTags
from pbcopy.errors import RegistrationError, Unsendable, Violation
from pbcopy.test.sharedponds import Duck, DuckView, Nest, NestView, Pond, PondView
from pbcopy.testing import Connection, assertRefused, connect, sendAcross


class Greeting(pb.Copyable, pb.RemoteCopy):
    """
    A copy, of any attributes.
    """

    def __init__(self, text: str = "") -> None:
        self.text = text


class Order(pb.Copyable, pb.RemoteCopy):
    """
    Another one.
    """


class Size(Enum):
    """
    A value.
    """

    SMALL = 1


@dataclass(frozen=True)
class Point:
    """
    Another value.
    """

    x: int


class Trouble(Exception):
    """
    An exception that is registered.
    """


@pbcopy.shared
class Hen(pbcopy.Copyable):
    """
    A part that no declaration names.
    """


@pbcopy.replicaOf(Hen)
class HenView(pbcopy.RemoteCopy):
    """
    What a client has of one.
    """


@pbcopy.shared
class Lake(pbcopy.Cacheable):
    """
    A declared master, with parts of a class, and others.
    """

    ducks: list[Duck] = pbcopy.field(default_factory=list)
    things: Any = None


@pbcopy.replicaOf(Lake)
class LakeView(pbcopy.RemoteCache):
    """
    What a client has of one.
    """


@attr.s(auto_attribs=True, eq=False)
class StockCopy(stock.Copyable):
    """
    A copy of Twisted's flavor.
    """

    state: Any

    def getStateToCopy(self) -> Any:
        """
        Give any state.
        """
        return self.state


class OtherStockCopy(StockCopy):
    """
    Another one.
    """


@attr.s(auto_attribs=True, eq=False)
class StockCache(stock.Cacheable):
    """
    A cache of Twisted's flavor.
    """

    state: Any

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Give any state.
        """
        return self.state

    def stoppedObserving(self, perspective: Any, observer: Any) -> None:
        """
        Be let go of.
        """


class OtherStockCache(StockCache):
    """
    Another one.
    """


for _each in (Greeting, Order):
    pb.setUnjellyableForClass(_each, _each)
for _value in (Size, Point):
    pb.setUnjellyableForValue(_value)
pb.setUnjellyableForException(Trouble)


class Root(pb.Root):
    """
    Takes what it is given, and gives what it has.
    """

    taken: Any = None

    def remote_take(self, thing: Any) -> None:
        """
        Take something.
        """
        self.taken = thing

    def remote_get(self) -> Any:
        """
        Give it.
        """
        return self.taken

    def remote_fail(self) -> None:
        """
        Raise something.
        """
        raise Trouble("here")


@attr.s(auto_attribs=True)
class Realm:
    """
    Has one avatar, for all.
    """

    avatar: Any

    def requestAvatar(self, avatarId: Any, mind: Any, *interfaces: Any) -> Any:
        """
        Give it.
        """
        return succeed((pb.IPerspective, self.avatar, lambda: None))


class Avatar(pb.Avatar):
    """
    What somebody has who logged in.
    """

    def perspective_take(self, thing: Any) -> None:
        """
        Take something.
        """
        self.taken = thing


class PolicyTestCase(SynchronousTestCase):
    """
    What the tests of policies have in common.
    """

    def setUp(self) -> None:
        self.policy = pbcopy.Policy()
        self.root: Any = Root()

    def connect(self, module: Any = pb, **options: Any) -> Connection:
        """
        Connect a client to a server that has the policy.
        """
        factory = pb.PBServerFactory(self.root, security=self.policy)
        return connect(factory, module.PBClientFactory(**options))

    def take(self, thing: Any, connection: Connection | None = None) -> Any:
        """
        Send something to the server, and give what it has got.
        """
        connection = connection or self.connect()
        self.root.taken = None
        call = connection.root.callRemote("take", thing)
        connection.deliver()
        self.successResultOf(call)
        return self.root.taken

    def refused(
        self, thing: Any, name: str = "", connection: Connection | None = None
    ) -> Any:
        """
        Send something that the server refuses, and give the error.  The connection
        is there, and nothing was taken.
        """
        connection = connection or self.connect()
        self.root.taken = None
        call = connection.root.callRemote("take", thing)
        connection.deliver()
        failure: Failure = self.failureResultOf(call, Violation)
        self.flushLoggedErrors()
        self.assertFalse(connection.lost)
        self.assertIsNone(self.root.taken)
        self.assertIn("may not arrive", str(failure.value))
        self.assertIn(name, str(failure.value))
        return failure.value


class ArrivingTests(PolicyTestCase):
    """
    Nothing arrives that was not named.
    """

    def test_plainData(self) -> None:
        """
        What Python has of its own arrives, and so do references.
        """
        for thing in (None, 7, 1.5, "text", b"bytes", True, [1], (2,), {3: [4]}, {5}):
            self.assertEqual(thing, self.take(thing))
        self.assertIsInstance(self.take(pb.Referenceable()), pb.RemoteReference)

    def test_named(self) -> None:
        """
        Instances of a class that is named arrive, and no others.
        """
        self.policy.allowArriving(Greeting)
        self.assertEqual("hello", self.take(Greeting("hello")).text)
        self.refused(Order(), "test_policy.Order")
        self.refused([{"in": Order()}], "test_policy.Order")
        self.refused(Greeting(Order()), "test_policy.Order")  # type: ignore[arg-type]

    def test_byItsName(self) -> None:
        """
        A class may be named as the peer does.
        """
        self.policy.allowArriving(b"pbcopy.test.test_policy.Greeting")
        self.assertEqual("hello", self.take(Greeting("hello")).text)

    def test_fromStock(self) -> None:
        """
        So it is with what a stock peer sends.
        """
        self.policy.allowArriving(Greeting)
        connection = self.connect(stock)
        self.assertEqual("hello", self.take(Greeting("hello"), connection).text)
        self.refused(Order(), "test_policy.Order", connection)

    def test_nothingIsMade(self) -> None:
        """
        No instance is made of what is refused, and nothing is imported.
        """
        made: list[Any] = []
        self.patch(Order, "__new__", lambda cls: made.append(cls))
        self.patch(_copyable.RemoteCopy, "unjellyFor", lambda *args: made.append(args))
        for module in (pb, stock):
            connection = self.connect(module)
            order: Any = object.__new__(Order)
            self.refused(order, "test_policy.Order", connection)
        self.assertEqual([], made)

    def test_values(self) -> None:
        """
        Values of a class arrive as instances of flavors do.
        """
        for value in (Size.SMALL, Point(1)):
            self.policy = pbcopy.Policy()
            connection = self.connect()
            self.policy.allowArriving(Greeting)
            hello = Greeting(value)  # type: ignore[arg-type]
            self.refused(hello, type(value).__name__, connection)
            self.policy.allowArriving(type(value))
            self.assertEqual(value, self.take(hello, connection).text)

    def test_declared(self) -> None:
        """
        With a declared class arrive the classes that its fields name, and those
        alone, also in what is packed.
        """
        self.policy.allowArriving(LakeView)
        lake = Lake(ducks=[Duck("swan")])
        connection = self.connect()
        view = self.take(lake, connection)
        self.assertIsInstance(view.ducks[0], DuckView)
        self.refused(Lake(things=[Hen()]), "test_policy.Hen")

    def test_valuesInWhatIsDeclared(self) -> None:
        """
        So it is with a value in a declared state.
        """
        self.policy.allowArriving(LakeView)
        connection = self.connect()
        call = connection.root.callRemote("take", Lake(things=[Size.SMALL]))
        connection.deliver()
        error = self.failureResultOf(call, Violation).value
        self.flushLoggedErrors()
        self.assertIn("LakeView.things", str(error))
        self.policy.allowArriving(Size)
        view = self.take(Lake(things=[Size.SMALL]), connection)
        self.assertEqual([Size.SMALL], view.things)

    def test_partsOfAChange(self) -> None:
        """
        A part that comes with a change has to be named, too.
        """
        self.policy.allowArriving(NestView)
        connection = self.connect()
        nest = Nest()
        view = self.take(nest, connection)
        nest.bird = Duck("swan")
        connection.deliver()
        self.assertIsNone(view.bird)
        self.assertIn("may not arrive", str(pbcopy.statusOf(view).reason))
        self.flushLoggedErrors()

    def test_aChangeOfTwo(self) -> None:
        """
        Where a change of two replicas at once is refused for what is in one of them,
        neither takes it, and both say so.  The other one gets another state, whether
        it comes first or not, and whether the first was dropped.
        """
        self.policy.allowArriving(NestView)
        connection = self.connect()
        for refused, bird in ((0, Lake()), (1, Lake()), (0, Duck("swan"))):
            nests = [Nest(), Nest()]
            views = [self.take(each, connection) for each in nests]
            with pbcopy.changing(*nests):
                nests[1 - refused].eggs.append(1)
                nests[refused].bird = bird
            connection.deliver()
            self.flushLoggedErrors()
            self.assertEqual([1], views[1 - refused].eggs)
            self.assertFalse(pbcopy.statusOf(views[refused]).isLive)

    def test_exceptions(self) -> None:
        """
        An exception that is not named stays what it is where it is not known.
        """
        for isNamed in (False, True):
            policy = pbcopy.Policy()
            if isNamed:
                policy.allowArriving(Trouble)
            connection = connect(
                pb.PBServerFactory(self.root), pb.PBClientFactory(security=policy)
            )
            call = connection.root.callRemote("fail")
            connection.deliver()
            failure = self.failureResultOf(call)
            self.flushLoggedErrors()
            self.assertEqual(isNamed, failure.type is Trouble)

    def test_answers(self) -> None:
        """
        An answer that may not arrive fails its call, and no other.
        """
        self.root.taken = Order()
        connection = connect(
            pb.PBServerFactory(self.root), pb.PBClientFactory(security=self.policy)
        )
        call = connection.root.callRemote("get")
        connection.deliver()
        self.failureResultOf(call, Violation)
        self.assertFalse(connection.lost)

    def test_whatNobodyRegistered(self) -> None:
        """
        Of what is named, and not registered, nothing is looked for, and the refusal is
        not logged.
        """
        self.policy.allowArriving("os.system", "pbcopy.test.unseen.Thing")
        for sexp in (
            [b"os.system", [b"dictionary"]],
            [b"pbcopy.test.unseen.Thing", [b"dictionary"]],
        ):
            with self.assertRaises(Violation):
                unjelly(sexp, self.policy)

    def test_twoFactories(self) -> None:
        """
        The policies of two factories do not know of each other, and a factory that
        has none takes what was registered.
        """
        one, other = self.policy, pbcopy.Policy()
        one.allowArriving(Greeting)
        self.assertEqual("hello", self.take(Greeting("hello")).text)
        self.policy = other
        self.refused(Greeting("hello"))
        self.policy = pb.globalSecurity  # type: ignore[assignment]
        self.assertEqual("hello", self.take(Greeting("hello")).text)

    def test_lateRegistration(self) -> None:
        """
        A class may be registered later, and under another name.
        """
        self.policy.allowArriving(Greeting)
        pb.setUnjellyableForClass("other.Hello", Greeting)
        self.addCleanup(copyTags.pop, b"other.Hello")
        hello = Order()
        self.patch(Order, "getTypeToCopy", lambda self: "other.Hello")
        self.assertIsInstance(self.take(hello), Greeting)

    def test_noNames(self) -> None:
        """
        What is no name of a class is refused.
        """
        for name in (b"instance", b"module", b"class", b"function", b"persistent"):
            self.assertRaises(Violation, self.policy.isTypeAllowed, name)
        names: tuple[Any, ...] = (b"\xff", b"", 7, [b"list"], None)
        for name in names:
            self.assertRaises(Violation, self.policy.isTypeAllowed, name)

    def test_noClasses(self) -> None:
        """
        What cannot arrive is refused by name.
        """
        for thing in (object, Pond, 7, None, pb.Referenceable):
            error: Any = self.assertRaises(
                RegistrationError, self.policy.allowArriving, thing
            )
            self.assertEqual(repr(thing), error.got)

    def test_instances(self) -> None:
        """
        The methods of C{SecurityOptions} are there.
        """
        self.policy.allowInstancesOf(Trouble)
        self.assertTrue(self.policy.isClassAllowed(Trouble))
        self.assertTrue(self.policy.isModuleAllowed(__name__))
        self.assertTrue(self.policy.isTypeAllowed(f"{__name__}.Trouble".encode()))
        self.assertTrue(self.policy.isTypeAllowed(b"instance"))


class LoginTests(PolicyTestCase):
    """
    Some classes arrive only from those who have logged in.
    """

    def setUp(self) -> None:
        super().setUp()
        self.policy.allowArriving(Greeting)
        self.policy.allowArriving(Order, afterLogin=True)
        self.avatar = Avatar()
        realm: Any = Realm(self.avatar)
        self.root = Portal(realm, [AllowAnonymousAccess()])

    def login(self, connection: Connection) -> Any:
        """
        Log in, and give the avatar.
        """
        call = connection.root.callRemote("loginAnonymous", None)
        connection.deliver()
        return self.successResultOf(call)

    def isRefused(self, reference: Any, thing: Any, connection: Any) -> Any:
        """
        Call something with what is refused.
        """
        call = reference.callRemote("take", thing)
        connection.deliver()
        error = self.failureResultOf(call, Violation).value
        self.assertFalse(connection.lost)
        self.flushLoggedErrors()
        return error

    def test_login(self) -> None:
        """
        Before it, a class is refused as one that nobody named; after it, it
        arrives; after the logout it is refused again.
        """
        connection = self.connect()
        before = self.isRefused(connection.root, Order(), connection)
        unknown = self.isRefused(connection.root, Nest(), connection)
        self.assertEqual(
            str(before).replace("test_policy.Order", ""),
            str(unknown).replace("sharedponds.Nest", ""),
        )
        avatar = self.login(connection)
        call = avatar.callRemote("take", Order())
        connection.deliver()
        self.successResultOf(call)
        self.assertIsInstance(self.avatar.taken, Order)
        del avatar, call
        connection.collect()
        self.isRefused(connection.root, Order(), connection)

    def test_another(self) -> None:
        """
        Who has logged in has done so for itself.
        """
        one, other = self.connect(), self.connect(stock)
        held = self.login(one)
        self.isRefused(other.root, Order(), other)
        call = held.callRemote("take", [Order()])
        one.deliver()
        self.successResultOf(call)

    def test_both(self) -> None:
        """
        A class that both may send may be sent by anybody, in whatever order it was
        said.
        """
        self.policy.allowArriving(Greeting, afterLogin=True)
        self.policy.allowArriving(Order)
        connection = self.connect()
        self.login(connection)
        for thing in (Greeting(), Order()):
            call = connection.root.callRemote("take", thing)
            connection.deliver()
            self.failureResultOf(call, "twisted.spread.flavors.NoSuchMethod")
            self.flushLoggedErrors()

    def test_noPortal(self) -> None:
        """
        Where nobody can log in, what may arrive after a login never arrives.
        """
        self.root = Root()
        connection = self.connect()
        self.isRefused(connection.root, Order(), connection)
        self.assertEqual("hello", self.take(Greeting("hello"), connection).text)

    def test_anotherLogin(self) -> None:
        """
        An application that has logins of its own says who has.
        """
        isOpen: list[Any] = []
        self.policy = pbcopy.Policy(isLoggedIn=lambda broker: broker in isOpen)
        self.policy.allowArriving(Order, afterLogin=True)
        self.root = Root()
        connection = self.connect()
        self.isRefused(connection.root, Order(), connection)
        isOpen.append(connection.server)
        self.assertIsInstance(self.take(Order(), connection), Order)


class StrangerTests(SynchronousTestCase):
    """
    A stranger is who has yet to log in.
    """

    def broker(self, root: Any, *security: Any) -> Any:
        """
        Give the Broker of a server.
        """
        kw = {"security": security[0]} if security else {}
        return stock.PBServerFactory(root, **kw).buildProtocol(None)

    def test_isStranger(self) -> None:
        """
        Where the root is a portal's, a peer is one until it has an avatar, with a
        policy or without; at any other root nobody is.
        """
        realm: Any = Realm(None)
        for security in ((), (pbcopy.Policy(),)):
            broker = self.broker(Portal(realm), *security)
            self.assertTrue(isStranger(broker))
            broker._localCleanup[1] = lambda: None
            self.assertFalse(isStranger(broker))
            self.assertFalse(isStranger(self.broker(Root(), *security)))
        self.assertFalse(isStranger(stock.PBClientFactory().buildProtocol(None)))

    def test_anotherLogin(self) -> None:
        """
        A policy that knows of logins says who is, whatever the root.
        """
        isOpen: list[Any] = []
        policy = pbcopy.Policy(isLoggedIn=lambda broker: broker in isOpen)
        broker = self.broker(Root(), policy)
        self.assertTrue(isStranger(broker))
        isOpen.append(broker)
        self.assertFalse(isStranger(broker))


class LeavingTests(PolicyTestCase):
    """
    What leaves may be named, too.
    """

    def get(self, thing: Any) -> Any:
        """
        Have a client get something.
        """
        self.root.taken = thing
        connection = self.connection = self.connect()
        call = connection.root.callRemote("get")
        connection.deliver()
        self.flushLoggedErrors()
        self.assertFalse(connection.lost)
        return call

    def test_all(self) -> None:
        """
        All leaves, if nothing was named.
        """
        self.assertIsInstance(self.successResultOf(self.get(Order())), Order)

    def test_named(self) -> None:
        """
        If something was named, nothing else leaves.
        """
        self.policy.allowLeaving(Greeting)
        self.successResultOf(self.get(Greeting("hello")))
        self.successResultOf(self.get([1, {"a": (2,)}]))
        for thing in (Order(), [Order()], Greeting(Size.SMALL), Nest()):  # type: ignore[arg-type]
            failure = self.failureResultOf(self.get(thing), Unsendable)
            self.assertIn("may not leave", str(failure.value))

    def test_stock(self) -> None:
        """
        So it is with Twisted's flavors: copies, caches, and those that have such a one
        in their state, or as their state.  What a call fails with is told.
        """
        self.policy.allowLeaving(StockCopy, StockCache)
        stock.setUnjellyableForClass(StockCopy, stock.RemoteCopy)
        stock.setUnjellyableForClass(StockCache, stock.RemoteCache)
        for cls in (StockCopy, StockCache):
            self.addCleanup(copyTags.pop, qual(cls).encode("utf-8"))
            made: Any = cls
            self.successResultOf(self.get([made({}), made({})]))
        for cls in (OtherStockCopy, OtherStockCache):
            states: tuple[Any, ...] = {}, None, [1], StockCopy({})
            for state in states:
                for thing in (
                    cls(state),
                    StockCopy([cls(state)]),
                    StockCopy(cls(state)),
                ):
                    failure = self.failureResultOf(self.get(thing), Unsendable)
                    self.assertIn(f"{cls.__name__}: this may not", str(failure.value))

        def fail() -> None:
            raise ValueError("no")

        self.root.remote_get = fail
        self.failureResultOf(self.get(None), ValueError)

    def test_declared(self) -> None:
        """
        With a declared class leave the classes that its fields name.  What has
        another in it does not leave, and a replica that misses such a change is
        told.
        """
        self.policy.allowLeaving(Lake)
        lake = Lake(ducks=[Duck("swan")])
        view = self.successResultOf(self.get(lake))
        connection = self.connection
        self.assertEqual("swan", view.ducks[0].name)
        self.failureResultOf(self.get(Lake(things=[Nest([1])])), Unsendable)
        self.failureResultOf(self.get(Lake(things=[Hen()])), Unsendable)
        lake.things = Hen()
        connection.deliver()
        self.flushLoggedErrors()
        self.assertIsNone(view.things)
        self.assertIn("misses", str(pbcopy.statusOf(view).reason))
        lake.things = None
        connection.deliver()
        self.assertTrue(pbcopy.statusOf(view).isLive)

    def test_noClasses(self) -> None:
        """
        What is not sent is refused by name.
        """
        for thing in (object, 7, PondView):
            error: Any = self.assertRaises(
                RegistrationError, self.policy.allowLeaving, thing
            )
            self.assertEqual(repr(thing), error.got)


class TestingTests(SynchronousTestCase):
    """
    An application's tests can tell what its policy lets in.
    """

    def test_both(self) -> None:
        """
        By C{sendAcross} and C{assertRefused}.
        """
        policy = pbcopy.Policy()
        policy.allowArriving(Greeting)
        for asAnswer in (False, True):
            hello = sendAcross(Greeting("hello"), asAnswer, security=policy)
            self.assertEqual("hello", hello.text)
            error = assertRefused(Order(), asAnswer=asAnswer, security=policy)
            self.assertIn("may not arrive", str(error))
            self.flushLoggedErrors(Violation)
            self.assertRaises(FailTest, assertRefused, Greeting(), security=policy)


class DescribeTests(SynchronousTestCase):
    """
    A policy says what it is.
    """

    def test_empty(self) -> None:
        """
        An empty one lets nothing in, and all out.
        """
        self.assertEqual(
            "From anybody may arrive:\n  nothing\n"
            "From who has logged in may arrive:\n  nothing\n"
            "There may leave:\n  whatever can be sent",
            pbcopy.Policy().describe(),
        )
        self.assertEqual(
            "<Policy: 0 classes may arrive, 0 after login; all may leave>",
            repr(pbcopy.Policy()),
        )

    def test_full(self) -> None:
        """
        It names classes, as they are here and on the wire, with their fields.
        """
        policy = pbcopy.Policy()
        policy.allowArriving(Greeting, "other.Name")
        policy.allowArriving(NestView, afterLogin=True)
        policy.allowLeaving(Order)
        text = policy.describe()
        self.assertIn(f"  Greeting (as {__name__}.Greeting): any attributes", text)
        self.assertIn("  'other.Name'\n", text)
        self.assertIn(
            "NestView (as pbcopy.test.sharedponds.Nest): eggs: list[int]", text
        )
        self.assertIn("1 may leave", repr(policy))
