# -*- test-case-name: pbcopy.test.test_envelope -*-
"""
Tests for L{pbcopy._envelope}.
"""

from __future__ import annotations

import functools
from typing import Any

from twisted.spread import jelly as jellyModule
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly, SecurityOptions, jelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._envelope import TAG, announce
from pbcopy._packing import pack
from pbcopy._registry import copyTags
from pbcopy.errors import Violation
from pbcopy.test.ponds import Kit, register
from pbcopy.test.test_cycles import FLAVORS, shapes
from pbcopy.testing import Connection, connect


class Known(pb.Copyable, pb.RemoteCopy):
    """
    What both sides know.
    """


class Unknown(pb.Copyable):
    """
    What the client does not know.
    """


_Jellier: Any = jellyModule._Jellier


class Raw(stock.Jellyable):
    """
    What a peer sends that is not a pbcopy of ours.
    """

    def __init__(self, expression: list[Any]) -> None:
        self.expression = expression

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give the expression.
        """
        return self.expression


class Form(stock.Jellyable):
    """
    An expression of an application's, with other objects in it.
    """

    def __init__(self, *things: Any) -> None:
        self.things = things

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give them, and no word to the jellier.
        """
        return [b"test.form", *map(jellier.jelly, self.things)]


class EnvelopeTests(SynchronousTestCase):
    """
    An object in an answer whose class is not known fails its call.
    """

    def setUp(self) -> None:
        """
        Publish what a test chooses.
        """
        register(self, pb, (Known, Known))
        self.kit = Kit(self, pb)
        self.root = self.kit.Root()

    def met(self) -> Connection:
        """
        Connect a client that has had a copy from the server.
        """
        connection = connect(self.root)
        self.root.pond = Known()
        self.successResultOf(self.ask(connection))
        return connection

    def ask(self, connection: Connection) -> Any:
        """
        Have the server answer.
        """
        call = connection.root.callRemote("pond")
        connection.deliver()
        return call

    def test_unknown(self) -> None:
        """
        Wherever it is in the answer, and be it a copy or a cache, the call
        fails, and the connection lives; a cache is observed by nobody.
        """

        class Pond(self.kit.Pond):  # type: ignore[misc,name-defined]
            pass

        pond = Pond()
        connection = self.met()
        for thing in (Unknown(), pond):
            for answer in (thing, [thing], {"x": (1, thing)}, [Known(), thing]):
                self.root.pond = answer
                failure = self.failureResultOf(self.ask(connection))
                self.assertIs(InsecureJelly, failure.type)
                self.assertFalse(connection.lost)
        self.assertEqual([], pond.observers)
        self.assertEqual({}, connection.server.remotelyCachedObjects)
        self.root.pond = 7
        self.assertEqual(7, self.successResultOf(self.ask(connection)))

    def test_afterACopyTheOtherWay(self) -> None:
        """
        Two peers have met, too, when the client has sent a copy.
        """
        connection = connect(self.root)
        call = connection.root.callRemote("give", Known())
        connection.deliver()
        self.successResultOf(call)
        table = self.kit.Root(Unknown())
        connection.client.setNameForLocal("table", table)
        failing = connection.server.remoteForName("table").callRemote("pond")
        connection.deliver()
        self.assertIs(InsecureJelly, self.failureResultOf(failing).type)
        self.assertFalse(connection.lost)

    def test_calls(self) -> None:
        """
        Arguments and answers have an envelope.
        """
        connection = self.met()
        call = connection.root.callRemote("give", Known())
        self.assertIn(TAG, connection.fromClient.outgoing)
        connection.deliver()
        self.successResultOf(call)
        # A plain one would be compact.
        known: Any = Known()
        self.root.pond = known
        known.place = (1, 2)
        call = connection.root.callRemote("pond")
        connection.fromServer.held = True
        connection.deliver()
        self.assertIn(TAG, connection.fromServer.outgoing)

    def test_whatIsNoEnvelope(self) -> None:
        """
        A peer that packs it wrong, or sends no pieces, fails its own call.
        """
        connection = self.met()
        insides: list[Any] = [b"", b"\xc1", 7, -1, [], pack([[b"list"]]) + b"x"]
        bare: list[Any] = [[], [7, 7], [-1, b""], [[], 1], [b"", 1, 2]]
        for parts in [*([inside] for inside in insides), *bare]:
            made = Raw([TAG, *parts])
            failing = connection.root.callRemote("give", made)
            connection.deliver()
            self.assertIs(Violation, self.failureResultOf(failing).type)
            self.root.pond = made
            self.assertIs(Violation, self.failureResultOf(self.ask(connection)).type)
            self.assertFalse(connection.lost)
        self.flushLoggedErrors(Violation)

    def test_aDeepAnswer(self) -> None:
        """
        A hostile answer that is nested without end fails its own call.
        """
        connection = self.met()
        deep: list[Any] = [b"list"]
        for _ in range(600):
            deep = [b"list", deep]
        self.root.pond = Raw([TAG, pack([deep])])
        failure = self.failureResultOf(self.ask(connection))
        self.assertIs(Violation, failure.type)
        self.assertIn("too many containers in each other", str(failure.value))
        self.assertFalse(connection.lost)

    def test_aStockPeer(self) -> None:
        """
        A stock client is sent no envelope, however often it is sent copies.
        """

        class View(stock.RemoteCopy):
            pass

        register(self, pb, (Known, View))
        connection = connect(self.root)
        for _ in range(3):
            self.root.pond = Known()
            self.assertIsInstance(self.successResultOf(self.ask(connection)), View)

    def test_shapes(self) -> None:
        """
        Cycles arrive in envelopes as they do without.
        """
        register(self, pb, *((flavor, flavor) for flavor in FLAVORS))
        connection = self.met()
        for Node in FLAVORS:
            for Other in FLAVORS:
                for name, (message, check) in shapes(Node, Other).items():
                    self.root.pond = message
                    got = self.successResultOf(self.ask(connection))
                    for one, other in check(got):
                        self.assertIs(one, other, name)

    def test_postUnjellyIsCalledOnce(self) -> None:
        """
        A C{postUnjelly} of the class is called once, whether its state had to
        wait or not.
        """
        called: list[Any] = []

        class Hooked(Known):
            around: Any

            def postUnjelly(self) -> None:
                called.append(vars(self).get("around"))

        register(self, pb, (Hooked, Hooked))
        connection = self.met()
        around: list[Any] = [Hooked()]
        around[0].around = around
        for answer in (Hooked(), around):
            self.root.pond = answer
            self.successResultOf(self.ask(connection))
        self.assertEqual(2, len(called))
        self.assertIs(called[1], called[1][0].around)

    def test_aPostUnjellyThatRaises(self) -> None:
        """
        It fails the call, be the object an answer or in one, and the connection
        lives.
        """

        class Hooked(Known):
            def postUnjelly(self) -> None:
                raise ValueError("not today")

        register(self, pb, (Hooked, Hooked))
        for connection in (self.met(), connect(self.root)):
            for answer in (Hooked(), [Hooked()], [Known(), (1, Hooked())]):
                self.root.pond = answer
                self.failureResultOf(self.ask(connection), ValueError)
                self.assertFalse(connection.lost)

    def test_aStrictTaster(self) -> None:
        """
        A peer whose C{SecurityOptions} take no tag for its dot is sent no
        envelope.
        """

        class Strict(SecurityOptions):
            def isTypeAllowed(self, typeName: Any) -> bool:
                builtin = typeName.startswith(b"builtins.")
                return builtin or typeName in self.allowedTypes

        strict = Strict()
        strict.allowBasicTypes()
        strict.allowTypes(Known().getTypeToCopy())
        connection = connect(self.root, stock.PBClientFactory(security=strict))
        for _ in range(3):
            self.root.pond = Known()
            self.assertIsInstance(self.successResultOf(self.ask(connection)), Known)

    def test_aDecoratedJellyFor(self) -> None:
        """
        A C{jellyFor} of the application's is known as that, also where it looks
        like the inherited one, or is the instance's.
        """

        class Decorated(Known):
            pass

        @functools.wraps(Known.jellyFor)
        def jellyFor(known: Any, jellier: Any) -> Any:
            return list(Known.jellyFor(known, jellier))[:2]

        self.patch(Decorated, "jellyFor", jellyFor)
        register(self, pb, (Decorated, Known))
        connection = self.met()
        plain: Any = Known()
        plain.jellyFor = lambda jellier: list(Known.jellyFor(plain, jellier))[:2]
        plain.getStateToCopy = dict
        for thing in (Decorated(), plain):
            self.root.pond = thing
            self.assertIsInstance(self.successResultOf(self.ask(connection)), Known)
            call = self.ask(connection)
            self.assertEqual({}, vars(self.successResultOf(call)))

    def test_aJellyForOfTheApplications(self) -> None:
        """
        A C{jellyFor} that goes on with what the inherited one gives is given
        C{[type, state]}.
        """

        class Tagged(Known):
            def jellyFor(self, jellier: Any) -> Any:
                sexp = super().jellyFor(jellier)
                return [sexp[0], sexp[1]]

        register(self, pb, (Tagged, Known))
        connection = self.met()
        self.root.pond = Tagged()
        self.assertIsInstance(self.successResultOf(self.ask(connection)), Known)

    def test_inAFormOfTheApplications(self) -> None:
        """
        What an object has in common with another one is one object, also where
        it is in a form that Jelly knows nothing of; and it may be large.
        """
        self.addCleanup(copyTags.pop, b"test.form", None)
        pb.setUnjellyableForClass(
            "test.form", lambda unjellier, sexp: list(map(unjellier.unjelly, sexp[1:]))
        )
        one, other = Known(), Known()
        vars(one)["data"] = vars(other)["data"] = [b"x" * 2**20]
        connection = self.met()
        self.root.pond = Form(one, other)
        views = self.successResultOf(self.ask(connection))
        self.assertEqual([b"x" * 2**20], views[0].data)
        self.assertIs(views[0].data, views[1].data)

    def test_manyInAMessage(self) -> None:
        """
        No object has Jelly's table read that all of them share.
        """
        read: list[Any] = []

        class Table(dict[Any, Any]):
            def __iter__(self) -> Any:
                return map(self.note, super().__iter__())

            def __reversed__(self) -> Any:
                return map(self.note, super().__reversed__())

            def keys(self) -> Any:
                read.extend(self)
                return super().keys()

            def note(self, key: Any) -> Any:
                read.append(key)
                return key

        class Jellier(_Jellier):  # type: ignore[misc]
            def __init__(self, *args: Any) -> None:
                super().__init__(*args)
                self.preserved = Table()

        connection = self.met()
        self.root.pond = [Known() for _ in range(200)]
        self.patch(jellyModule, "_Jellier", Jellier)
        self.assertEqual(200, len(self.successResultOf(self.ask(connection))))
        self.assertLess(len(read), 1000)

    def test_noBroker(self) -> None:
        """
        Jelly's invoker may be something else, and a Broker may be gone.
        """

        class Invoker:
            serializingPerspective = None

        announce(Invoker())
        plain = [Known().getTypeToCopy(), [b"dictionary"]]
        self.assertEqual(plain, jelly(Known(), invoker=Invoker()))
        connection = connect(self.root)
        connection.cut()
        self.assertEqual(plain, connection.server.serialize(Known()))
