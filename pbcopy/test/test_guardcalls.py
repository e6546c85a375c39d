# -*- test-case-name: pbcopy.test.test_guardcalls -*-
"""
Tests for L{pbcopy._guardcalls}.
"""

from __future__ import annotations

import asyncio
import gc
import weakref
from datetime import datetime, timezone
from typing import Any

from twisted.internet.defer import fail, succeed
from twisted.python.failure import Failure
from twisted.spread import flavors, pb

import pbcopy
import pbcopy.pb
from pbcopy import limits
from pbcopy.errors import Unsendable
from pbcopy.test.guards import (
    NO_ARGS,
    NO_KW,
    CallTestCase,
    Known,
    Peer,
    errorIn,
    portal,
)
from pbcopy.test.sharedponds import Duck, DuckView, Pond, PondView
from pbcopy.testing import connect

VIOLATION = "pbcopy.errors.Violation"


class Nobodys(BaseException):
    """
    An exception that is no C{Exception}.
    """


class ArgumentTests(CallTestCase):
    """
    Arguments are looked through before anything is made of them.
    """

    def refused(self, peer: Peer, *args: Any, **kw: Any) -> str:
        """
        Call with some arguments, check that this fails alone, and with one line, and
        give the text.
        """
        requestID, name, text = errorIn(peer.call(5, *args, **kw))
        self.assertEqual((5, VIOLATION), (requestID, name), text)
        self.assertLine(text[:50])
        self.assertAlive(peer)
        return text

    def known(self, **state: Any) -> list[Any]:
        """
        Give a Known as it comes.
        """
        pairs = [[key.encode("ascii"), value] for key, value in state.items()]
        return [b"pbcopy.test.guards.Known", [b"dictionary", *pairs]]

    def test_nothingIsMade(self) -> None:
        """
        Of a message in which something is too much, nothing is made.
        """
        self.patch(limits, "MAX_NESTING", 5)
        peer = Peer(self.root)
        deep: list[Any] = [b"list"]
        for _ in range(9):
            deep = [b"list", deep]
        text = self.refused(peer, self.known(name=7), deep)
        self.assertIn("the arguments of add: these are too many containers", text)
        self.assertEqual([], Known.made)

    def test_nothingIsKept(self) -> None:
        """
        What comes beside arguments that are none is let go of.  Python itself never
        would.
        """
        made: list[Any] = []
        self.patch(Known, "setCopyableState", lambda known, state: made.append(known))
        peer, missing = Peer(self.root), [b"dereference", 7]
        kw = [*NO_KW, [[b"unicode", b"x"], self.known()]]
        for args in ([b"None"], [b"tuple", missing], missing):
            peer.send([b"message", 5, b"root", b"add", 1, args, kw])
            self.assertEqual(VIOLATION, errorIn(peer.heard())[1])
            self.assertLine()
        kept = [weakref.ref(made.pop()) for _ in list(made)]
        gc.collect()
        self.assertEqual([], [each() for each in kept if each()])
        self.assertAlive(peer)

    def test_inKeywords(self) -> None:
        """
        The keywords are looked through before anything is made of the others.
        """
        policy = pbcopy.Policy()
        policy.allowArriving(Known)
        peer = Peer(self.root, security=policy)
        args, kw = [*NO_ARGS, self.known()], [*NO_KW, [b"x", [b"os.system", 1]]]
        peer.send([b"message", 5, b"root", b"add", 1, args, kw])
        self.assertIn("may not arrive", errorIn(peer.heard())[2])
        self.assertLine("may not arrive")
        self.assertEqual([], Known.made)
        peer.call(6, self.known(name=7))
        self.assertEqual([{b"name": 7}], Known.made)

    def test_classes(self) -> None:
        """
        Each class is asked for, also what is in no envelope.
        """
        peer = Peer(self.root, security=pbcopy.Policy())
        text = self.refused(peer, [b"list", self.known()])
        self.assertIn("may not arrive here", text)
        self.assertEqual([], Known.made)

    def test_malformed(self) -> None:
        """
        What Jelly can make nothing of is refused, whatever it raises.
        """
        peer = Peer(self.root)
        malformed: list[Any] = [
            [],
            [7],
            [[]],
            [b"\xff", 1],
            [b"unicode", b"\xff"],
            [b"unicode", 7],
            [b"dictionary", 7],
            [b"dictionary", [1]],
            [b"dictionary", [[b"list"], 1]],
            [b"tuple", [b"decimal", b"x", b"y"]],
            [b"datetime", b"1"],
            [b"dereference", [b"list"]],
            [b"reference", 1],
            [b"cached", 7],
            [b"cached", [b"list"]],
            [b"lcache", b"x"],
            [b"local", [b"list"]],
            [b"remote", b"x"],
            [b"set", [b"list"]],
            self.known()[:1],
            [b"pbcopy.envelope", b"\x00"],
            [b"pbcopy.envelope", 7, 8],
            [b"pbcopy.value", b"no"],
        ]
        for sent in malformed:
            # Before the error of a mention, pbcopy may say that it knows no such id.
            name = errorIn(peer.call(5, sent)[-1:])[1]
            self.assertIn(name, (VIOLATION, "twisted.spread.jelly.InsecureJelly"), sent)
            self.assertLine()
            self.assertAlive(peer)

    def test_hooks(self) -> None:
        """
        What a class of the application's raises for its state is the peer's doing:
        it is logged in one line.
        """
        peer = Peer(self.root)
        for sent in (b"x", [b"dictionary", [b"fails", 1]]):
            name = b"pbcopy.test.guards.Known"
            error = errorIn(peer.call(5, [name, sent]))[1]
            self.assertIn(error, ("builtins.AttributeError", "builtins.RuntimeError"))
            self.assertLine("Error: ")
            self.assertAlive(peer)

    def test_theApplications(self) -> None:
        """
        What a method raises, or returns though it cannot be sent, is the
        application's doing: it is logged with its traceback.
        """

        def raises() -> None:
            raise TypeError("loud")

        def unsendable() -> Any:
            return datetime.now(timezone.utc)

        for method, error in ((raises, TypeError), (unsendable, NotImplementedError)):
            self.root.remote_try = method  # type: ignore[attr-defined]
            Peer(self.root).call(5, name=b"try")
            self.assertEqual([error], [f.type for f in self.flushLoggedErrors()])

    def test_tooDeepForPython(self) -> None:
        """
        What is in more lists than Python's stack takes is refused.
        """
        self.patch(limits, "MAX_NESTING", 10_000)
        peer = Peer(self.root)
        for tag in (b"list", b"reference"):
            deep: Any = [b"None"]
            for number in range(700):
                deep = [tag, number, deep] if tag == b"reference" else [tag, deep]
            text = self.refused(peer, deep)
            self.assertIn("nested too deeply", text)

    def test_names(self) -> None:
        """
        A name that is no text is refused; one that nobody has is logged in one line.
        """
        peer = Peer(self.root)
        self.assertIn("no text", self.refused(peer, name=b"\xff"))
        for name in (b"quack", b"q" * 100_000, "\u2028\n".encode()):
            _, error, text = errorIn(peer.call(5, name=name))
            self.assertEqual("twisted.spread.flavors.NoSuchMethod", error)
            self.assertLess(len(text), 70_000)
            self.assertLess(len(self.assertLine("NoSuchMethod")), 1000)
            self.assertAlive(peer)

    def test_ofAnAvatar(self) -> None:
        """
        So is a name that an avatar has not.
        """
        peer = Peer(portal())
        ((_, _, avatar),) = peer.call(4, [b"None"], name=b"loginAnonymous")
        error = errorIn(peer.call(5, name=b"quack", objectID=avatar[1]))[1]
        self.assertEqual("builtins.AttributeError", error)
        self.assertLine("perspective_quack")

    def test_otherArguments(self) -> None:
        """
        Arguments that a method does not take are logged in one line, Twisted's.
        """
        self.root.remote_none = lambda: None  # type: ignore[attr-defined]
        peer = Peer(self.root)
        self.assertIn("TypeError", errorIn(peer.call(5, 7, name=b"none"))[1])
        self.assertLine("didn't accept (7,)")
        self.assertAlive(peer)

    def test_unknownObjects(self) -> None:
        """
        A call of what nobody has fails, and so does an update.
        """
        peer = Peer(self.root)
        for objectID in (b"nobody", 7, -1):
            heard = peer.call(5, objectID=objectID)
            self.assertEqual((5, "twisted.spread.pb.Error"), errorIn(heard)[:2])
        peer.send([b"cachemessage", 5, 7, b"ducks", 1, NO_ARGS, NO_KW])
        self.assertIn("Invalid Object ID", errorIn(peer.heard())[2])
        self.assertAlive(peer)

    def test_bytesForArguments(self) -> None:
        """
        Bytes in the place of the arguments of an update are refused, where no
        replica of pbcopy's is to take them.
        """
        peer = Peer(self.root)
        stocks: Any = flavors.RemoteCache()
        stocks.observe_ducks = self.fail
        peer.broker.locallyCachedObjects[7] = stocks
        said = [b"cachemessage", 5, 7, b"ducks", 1, b"packed", 0]
        peer.send(said)
        requestID, name, text = errorIn(peer.heard())
        self.assertEqual((5, VIOLATION), (requestID, name))
        self.assertIn("these are no arguments", text)
        self.assertLine("these are no arguments")
        said[2] = 8
        peer.send(said)
        self.assertIn("Invalid Object ID", errorIn(peer.heard())[2])
        self.assertAlive(peer)

    def test_noAnswer(self) -> None:
        """
        Who wants no answer gets none.
        """
        peer = Peer(self.root)
        for args, name in (([[]], b"add"), ([], b"quack"), ([7], b"add")):
            sent = [b"message", 5, b"root", name, 0, [*NO_ARGS, *args], NO_KW]
            peer.send(sent)
            self.assertEqual([], peer.heard())
        self.assertEqual(2, len(self.lines))

    def test_theHub(self) -> None:
        """
        What two pbcopy say to each other does not count as the arguments of a call,
        and has nothing in it of which anything could be made.
        """
        policy = pbcopy.Policy()
        policy.limit(MAX_ITEMS=3, MAX_STRING=20)
        server = pbcopy.pb.PBServerFactory
        self.patch(pb, "PBServerFactory", server)
        peer = Peer(self.root, security=policy)
        words = [[b"unicode", b"release"]] * 10
        sent = peer.call(5, *words, name=b"hello", objectID=b"pbcopy")
        self.assertEqual([b"answer", 5, [b"None"]], sent[-1])
        self.refused(peer, [b"list", [b"None"]], name=b"hello", objectID=b"pbcopy")
        self.refused(peer, [b"os.x", 1, []], 1, name=b"fresh", objectID=b"pbcopy")


class UpdateTests(CallTestCase):
    """
    What a replica is sent, and may not take.
    """

    def test_itIsTold(self) -> None:
        """
        A replica whose change is refused for what the policy says of any call misses
        it, and knows: it gets another state.
        """
        policy = pbcopy.Policy()
        policy.allowArriving(PondView, DuckView)
        policy.limit(MAX_STRING=1000)
        server: Any = pbcopy.pb.PBServerFactory(self.root, security=policy)
        server.protocol = pbcopy.Broker
        connection = connect(server, pbcopy.pb.PBClientFactory())
        ponds = [Pond(), Pond()]
        connection.root.callRemote("add", *ponds)
        connection.deliver()
        views = self.root.called[0]
        seen: list[Any] = []
        for view in views:
            pbcopy.onStatus(view, lambda view, status: seen.append(status.isLive))
        with pbcopy.changing(*ponds):
            ponds[0].colour = "blue"
            for number in range(100):
                ponds[1].ducks.append(Duck(f"duck {number}"))
        connection.deliver()
        self.assertEqual([False, False, True, True], sorted(seen))
        self.assertEqual("blue", views[0].colour)
        self.assertEqual(100, len(views[1].ducks))
        # One line tells of both.
        self.assertEqual(1, len(self.flushLoggedErrors(pbcopy.errors.Violation)))

    def test_largeChanges(self) -> None:
        """
        The limits that there are without a policy refuse no change that pbcopy sends,
        also where it goes in pieces.
        """
        server: Any = pbcopy.pb.PBServerFactory(self.root)
        client: Any = pbcopy.pb.PBClientFactory()
        server.protocol = client.protocol = pbcopy.Broker
        connection = connect(server, client)
        connection.root.callRemote("add", pond := Pond())
        connection.deliver()
        (view,) = self.root.called[0]
        pond.things = ["x" * 1000] * 2000
        connection.deliver()
        self.assertEqual(2000, len(view.things))
        self.assertTrue(pbcopy.statusOf(view).isLive)
        self.assertEqual([], self.lines)


class ErrorTests(CallTestCase):
    """
    An error reaches its caller, and no more than that.
    """

    def test_D18_noFrames(self) -> None:
        """
        Without C{unsafeTracebacks} there is nothing of the server's files in what is
        sent.  Twisted's Broker sends the frames where they are known, since the
        release in which they became a property.
        """

        def method() -> None:
            raise ValueError("loud")

        def late() -> Any:
            try:
                raise ValueError("loud")
            except ValueError:
                failure = Failure()
                failure.cleanFailure()
                return fail(failure)

        leaks = []
        for protocol in (pbcopy.Broker, pb.Broker):
            for each in (method, late):
                self.root.remote_try = each  # type: ignore[attr-defined]
                sent = repr(Peer(self.root, protocol).call(5, name=b"try"))
                self.assertIn("loud", sent)
                if "test_guardcalls.py" in sent:
                    leaks.append((protocol, each))
                self.assertEqual(1, len(self.flushLoggedErrors(ValueError)))
        isProperty = isinstance(vars(Failure).get("frames"), property)
        self.assertEqual([(pb.Broker, late)] if isProperty else [], leaks)

    def test_unsafeTracebacks(self) -> None:
        """
        With it, the traceback is sent as a text.
        """

        def method() -> None:
            raise ValueError("loud")

        failure: Any = self.failedWith(self.connect(unsafeTracebacks=True), method)
        self.assertIn("test_guardcalls.py", failure.traceback)
        self.flushLoggedErrors(ValueError)

    def test_D19_baseExceptions(self) -> None:
        """
        An exception that is no C{Exception} reaches the caller.
        """
        for kind in (SystemExit, GeneratorExit, asyncio.CancelledError, Nobodys):

            def method(kind: Any = kind) -> None:
                raise kind("loud")

            def late(kind: Any = kind) -> Any:
                return fail(kind("loud"))

            for each in (method, late):
                failure = self.failedWith(self.connect(), each)
                name = f"{kind.__module__}.{kind.__qualname__}".encode("ascii")
                self.assertEqual((name, "loud"), (failure.type, failure.value))
                self.assertEqual(1, len(self.flushLoggedErrors(kind)))
                self.assertStockFails(each)

    def test_D19_keyboardInterrupt(self) -> None:
        """
        A C{KeyboardInterrupt} is not caught; Twisted's Broker does that.
        """

        def method() -> None:
            raise KeyboardInterrupt

        self.root.remote_try = method  # type: ignore[attr-defined]
        self.assertRaises(KeyboardInterrupt, Peer(self.root).call, 5, name=b"try")
        Peer(self.root, pb.Broker).call(5, name=b"try")
        self.flushLoggedErrors(KeyboardInterrupt)

    def test_asEver(self) -> None:
        """
        What a method raises is logged with its traceback, and sent by its name; a
        C{pb.Error} is not logged.
        """

        def method() -> None:
            raise ValueError("loud")

        failure = self.failedWith(self.connect(), method)
        self.assertEqual(b"builtins.ValueError", failure.type)
        self.assertTrue(failure.check(ValueError, LookupError))
        self.assertEqual(1, len(self.flushLoggedErrors(ValueError)))
        for result in (fail(pb.Error("quiet")), fail(ValueError("late"))):
            self.failedWith(self.connect(), lambda result=result: result)
        self.assertEqual(1, len(self.flushLoggedErrors()))

    def test_D20_anAnswerThatCannotBeSent(self) -> None:
        """
        An answer that Banana refuses fails its call.
        """
        for value in (1 << 5000, bytes(700_000), [[0] * 700_000], 1 << 100_000):
            for each in (lambda v=value: v, lambda v=value: succeed(v)):
                self.lines.clear()
                failure = self.failedWith(self.connect(), each)
                self.assertIs(Unsendable, failure.type)
                self.assertIn("an answer cannot be sent", str(failure.value))
                self.assertLine("an answer cannot be sent")
                self.assertStockFails(each)

    def test_anErrorThatCannotBeSent(self) -> None:
        """
        An error that Banana refuses reaches the caller as another one.
        """

        class Large(pb.Error, flavors.Copyable):
            def getStateToCopy(self) -> Any:
                return {"number": 1 << 5000}

        def method() -> None:
            raise Large()

        failure = self.failedWith(self.connect(), method)
        self.assertIs(Unsendable, failure.type)
        self.assertIn("an error cannot be sent", str(failure.value))
        self.assertLine("an error cannot be sent")
        self.assertStockFails(method)
