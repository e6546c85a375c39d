# -*- test-case-name: pbcopy.test.test_declared -*-
"""
Tests for L{pbcopy._declared}.
"""

from __future__ import annotations

import gc
import random
from typing import Any

import msgspec
from twisted.spread.jelly import InsecureJelly, Jellyable
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb
from pbcopy._converged import assertConverged
from pbcopy._declared import Packed, initialize, methodOf, takePacked
from pbcopy._delta import ALTER, HIDE, ORDER, REMOVE, SET_FIELD, SPLICE, UPDATE
from pbcopy._memory import resultOf
from pbcopy.errors import Violation
from pbcopy.test.sharedponds import Duck, Pond, PondView, give, meet, told
from pbcopy.test.test_lens import lensOf
from pbcopy.test.views import shown


class Lake(pb.Cacheable):
    """
    A master that was not declared.
    """

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Give a state.
        """
        return {"depth": 1}


class LakeView(pb.RemoteCache):
    """
    A replica that was not declared.
    """


pb.setUnjellyableForClass(Lake, LakeView)

TRIES = 150
"""How many messages are changed at random."""


def packed(version: int, *operations: list[Any], nodes: tuple[Any, ...] = ()) -> bytes:
    """
    Give the bytes of a delta.
    """
    return msgspec.msgpack.encode([version, [], list(nodes), list(operations)])


def there(view: Any) -> Any:
    """
    Show what is in a replica, and in its ducks.
    """
    return [shown(vars(each)) for each in (view, *view.ducks)]


class HostileTestCase(SynchronousTestCase):
    """
    There are two declared replicas, and one that was not declared, of a peer that
    sends anything.
    """

    def setUp(self) -> None:
        """
        Have three masters observed.
        """
        self.connection = meet()
        self.masters = [Pond(ducks=[Duck("swan")], named={"a": 1}), Pond()]
        self.views = [give(self.connection, each) for each in self.masters]
        self.lake = give(self.connection, Lake())
        self.luids = sorted(self.connection.server.remotelyCachedObjects)
        lens = lensOf(self.masters[0])
        self.number = lens.number(self.masters[0].named)[1]

    def send(self, luid: int, *args: Any, **kw: Any) -> Any:
        """
        Send a delta for the replica that has an id.
        """
        server = self.connection.server
        name = b"pbcopy.delta"
        sent = server._sendMessage(b"cache", None, luid, name, args, kw)
        return resultOf(self.connection, sent)

    def refused(self, luid: int, *args: Any) -> str:
        """
        Send a delta, which is refused, and give the text of the error.  Nothing has
        changed, and the connection lives.
        """
        before = [there(view) for view in self.views]
        error: Violation = self.assertRaises(Violation, self.send, luid, *args)
        self.assertEqual(before, [there(view) for view in self.views])
        self.assertFalse(self.connection.lost)
        self.flushLoggedErrors(Violation)
        return str(error)

    def renew(self) -> None:
        """
        Have the replicas be what they should be again.
        """
        for master in self.masters:
            # It follows no version but that of the master.
            lensOf(master).version += 9
            master.colour += "."
        self.connection.deliver()
        self.flushLoggedErrors(Violation)
        assertConverged(self.connection)
        self.assertTrue(all(pbcopy.statusOf(each).isLive for each in self.views))


class DeltasTests(HostileTestCase):
    """
    A message of deltas is taken as a whole, or refused as a whole.
    """

    def remove(self, version: int = 1) -> bytes:
        """
        Give a delta for the first replica.
        """
        return packed(version, [self.number, REMOVE, ["a"]])

    def test_taken(self) -> None:
        """
        One may be for several replicas.  What came along may be left out of one
        for a single one.
        """
        colour = packed(1, [1, SET_FIELD, "colour", "blue"])
        one, other, _ = self.luids
        self.send(one, self.remove(), [], other, colour, [])
        self.assertEqual({}, self.views[0].named)
        self.assertEqual("blue", self.views[1].colour)
        self.send(other, packed(2, [1, SET_FIELD, "colour", "red"]))
        self.assertEqual("red", self.views[1].colour)
        self.send(other, packed(3, [1, SET_FIELD, "things", [2, 0]]), [1.5])
        self.assertEqual(1.5, self.views[1].things)

    def test_arguments(self) -> None:
        """
        Other arguments are refused.
        """
        one, other, _ = self.luids
        for args in [
            (),
            (5,),
            ("text",),
            (self.remove(), [], other),
            (self.remove(), [], other, self.remove()),
            (self.remove(), [], other, 5, []),
            (self.remove(), 5),
            (self.remove(), {}),
            (self.remove(), None, other, packed(1), []),
            (None, []),
        ]:
            self.assertTrue(self.refused(one, *args).startswith("pbcopy.delta: "))
        self.renew()

    def test_nobody(self) -> None:
        """
        A delta for an id that stands for nothing, or for what is not one of this
        connection's replicas, is left out.
        """
        one, _, _ = self.luids
        args: list[Any] = [self.remove(), []]
        for luid in (99, -1, "1", None, True, [1], b"1"):
            args += [luid, b"anything", []]
        self.send(one, *args)
        self.assertEqual({}, self.views[0].named)

    def test_dropped(self) -> None:
        """
        So is one for a replica that was dropped in a cycle, wherever it stands.
        """
        one, other, _ = self.luids
        view = self.views.pop(0)
        self.connection.fromClient.held = True
        dict.__setitem__(vars(view), "things", view)
        slot = self.connection.client.locallyCachedObjects[one]
        del view
        gc.collect()
        self.assertTrue(slot.isGone())
        colour = packed(1, [1, SET_FIELD, "colour", "blue"])
        self.connection.server._sendMessage(
            b"cache", None, one, b"pbcopy.delta", (b"x", [], other, colour, []), {}
        ).addErrback(lambda lost: None)
        self.connection.deliver()
        self.assertEqual("blue", self.views[0].colour)
        self.connection.cut()

    def test_twice(self) -> None:
        """
        Two for one replica are refused: the second would not have been checked
        against what the first has done.
        """
        one, other, _ = self.luids
        for version in (1, 2):
            error = self.refused(one, self.remove(), [], one, self.remove(version), [])
            self.assertIn("two changes of one replica", str(error))
        colour = packed(1, [1, SET_FIELD, "colour", "blue"])
        self.refused(one, self.remove(), [], other, colour, [], other, colour, [])
        self.renew()

    def test_undeclared(self) -> None:
        """
        One for a replica that was not declared is refused, with all others, and
        these are brought up to date.
        """
        one, other, lake = self.luids
        colour = packed(1, [1, SET_FIELD, "colour", "blue"])
        messages: list[Any] = [
            (lake, packed(1)),
            (lake, packed(1), [], one, self.remove(), []),
            (one, self.remove(), [], lake, packed(1), [], other, colour, []),
        ]
        for args in messages:
            self.assertTrue(self.refused(*args).startswith("LakeView: "))
        self.assertEqual(1, self.lake.depth)
        self.assertTrue(all(pbcopy.statusOf(each).isLive for each in self.views))
        self.renew()

    def test_oneIsWrong(self) -> None:
        """
        If one cannot be applied, none is, and all are brought up to date.
        """
        one, other, _ = self.luids
        kinds: list[Any] = []
        for view in self.views:
            pbcopy.onStatus(view, lambda view, status: kinds.append(status.kind.value))
        self.refused(one, self.remove(), [], other, packed(7), [])
        self.assertEqual(["live", "live", "stale", "stale"], sorted(kinds))
        self.renew()

    def test_wrong(self) -> None:
        """
        What does not follow, or was not declared, is refused by its path.
        """
        one = self.luids[0]
        wrong: list[Any] = [
            ([1, SET_FIELD, "colour", 5], "PondView.colour"),
            ([1, SET_FIELD, "private", 5], None),
            ([1, SET_FIELD, "__class__", 5], None),
            ([1, HIDE, "colour"], "PondView.colour"),
            ([self.number, REMOVE, ["b"]], "PondView.named.b"),
            ([self.number, SPLICE, 0, 0, []], "pbcopy.delta"),
            ([99, SPLICE, 0, 0, []], "pbcopy.delta"),
            ([1, 99], "pbcopy.delta"),
        ]
        for operation, where in wrong:
            version = lensOf(self.masters[0]).version + 1
            if where is None:
                # It is of a newer sender, and is left out.
                before = there(self.views[0])
                self.send(one, packed(version, operation))
                self.assertEqual(before, there(self.views[0]))
                self.renew()
                continue
            text = self.refused(one, packed(version, operation))
            self.assertTrue(text.startswith(f"{where}: "), text)
            self.renew()

    def test_keywords(self) -> None:
        """
        Keywords change nothing.
        """
        self.send(self.luids[0], self.remove(), packed=b"x")
        self.assertEqual({}, self.views[0].named)


class MutatedTests(HostileTestCase):
    """
    Messages that were changed at random are refused, or do what they say.
    """

    def mutated(self, value: Any, choose: random.Random) -> Any:
        """
        Change something in what was packed.
        """
        if isinstance(value, list) and value and choose.random() < 0.9:
            at = choose.randrange(len(value))
            what = choose.random()
            if what < 0.15:
                return value[:at] + value[at + 1 :]
            if what < 0.3:
                return [*value[:at], value[at], *value[at:]]
            new = self.mutated(value[at], choose)
            return [*value[:at], new, *value[at + 1 :]]
        if type(value) is int and choose.random() < 0.7:
            return value + choose.choice([-1, 1, 2, -(2**40)])
        others: list[Any] = [None, True, -1, 2**63, 1.5, "colour", "ducks", b"x", []]
        others += [[1], [3], [0, []], [1, [[2, 0]]], [2, 0], [2, -1], {}, {"a": 1}]
        return choose.choice(others)

    def test_anything(self) -> None:
        """
        Only an C{InsecureJelly} leaves, as a C{Violation} is one.  What is refused
        changes nothing, and what comes next makes all good.
        """
        choose = random.Random(1)
        pond, lens = self.masters[0], lensOf(self.masters[0])
        one, taken = self.luids[0], 0
        for at in range(TRIES):
            last = max(number for _, number in lens._known.values())
            ducks, named, tags = (
                lens.number(node)[1] for node in (pond.ducks, pond.named, pond.tags)
            )
            operations = [
                [1, SET_FIELD, "colour", "blue"],
                [1, SET_FIELD, "things", [last + 1]],
                [1, HIDE, "plan"],
                [ducks, SPLICE, 0, 1, [[last + 1], 5]],
                [ducks, ORDER, [0]],
                [named, REMOVE, ["a"]],
                [named, UPDATE, ["b", [last + 2]]],
                [tags, ALTER, [1, 2], []],
            ]
            nodes = [[last + 1, 0, 1, [last + 2]], [last + 2, 1, "k", [last + 1]]]
            some = choose.sample(operations, choose.randint(1, 3))
            message: Any = [lens.version + 1, [], nodes, some]
            for _ in range(choose.randint(0, 3)):
                message = self.mutated(message, choose)
            data = msgspec.msgpack.encode(message)
            if choose.random() < 0.2:
                place = choose.randrange(len(data))
                data = data[:place] + choose.randbytes(1) + data[place + 1 :]
            before = there(self.views[0])
            try:
                self.send(one, data, [Duck, 1.5] if choose.random() < 0.1 else [1.5])
            except InsecureJelly:
                self.assertEqual(before, there(self.views[0]), message)
            except Exception as error:
                raise AssertionError(f"{at}: {message!r} raised {error!r}") from error
            else:
                taken += 1
            self.assertFalse(self.connection.lost)
            self.flushLoggedErrors(InsecureJelly)
            self.renew()
        # The test would say nothing if all, or none, were taken.
        self.assertTrue(TRIES // 10 < taken < TRIES // 2, taken)


class StatesTests(SynchronousTestCase):
    """
    A packed state is for a declared replica that came by a connection.
    """

    def test_undeclared(self) -> None:
        """
        Any other refuses it.
        """
        for replica in (LakeView(), PondView(), give(meet(), Lake())):
            error = self.assertRaises(Violation, takePacked, replica, Packed(b"", []))
            self.assertEqual(type(replica).__qualname__, error.where)

    def test_wrong(self) -> None:
        """
        A state that cannot be read, or is that of something else, fails the call,
        and the connection lives.
        """
        connection = meet()
        for state in (b"", b"x", b"\xc1", [b"unknown"]):
            self.assertRaises(InsecureJelly, give, connection, Odd(state))
            self.assertFalse(connection.lost)
        self.flushLoggedErrors()
        self.assertEqual("green", give(connection, Pond()).colour)
        assertConverged(connection)

    def test_fresh(self) -> None:
        """
        A fresh state that cannot be read leaves the replica as it is, and stale.
        """
        connection = meet()
        pond = Pond(colour="blue")
        view = give(connection, pond)
        heard = told(view)
        slot = connection.client.locallyCachedObjects[
            next(iter(connection.server.remotelyCachedObjects))
        ]
        slot.renew(view, Packed(b"\x90", []))
        self.assertEqual("blue", view.colour)
        self.assertFalse(pbcopy.statusOf(view).isLive)
        self.assertEqual(1, len(self.flushLoggedErrors(Violation)))
        self.assertEqual([], heard)
        pond.colour = "red"
        connection.deliver()
        self.assertTrue(pbcopy.statusOf(view).isLive)
        self.assertEqual("red", view.colour)


class Odd(Jellyable):
    """
    What passes for a pond, with a state of its own.
    """

    luid = 1000

    def __init__(self, state: Any) -> None:
        self.state = state

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give C{[type, luid, packed, objects]}.
        """
        Odd.luid += 1
        return [b"pbcopy.test.sharedponds.Pond", Odd.luid, self.state, [b"list"]]


class MethodTests(SynchronousTestCase):
    """
    Tests for the methods of a replica.
    """

    def test_methodOf(self) -> None:
        """
        A declared replica has methods for plain updates, and its own; any other
        its own alone.
        """
        for name in ("set", "remove", "splice", "alter"):
            self.assertTrue(callable(methodOf(PondView(), f"observe_{name}")))
            self.assertRaises(AttributeError, methodOf, LakeView(), f"observe_{name}")
        self.assertRaises(AttributeError, methodOf, PondView(), "observe_other")

    def test_initialize(self) -> None:
        """
        The C{__init__} of a replica is called, unless it is declared and wants
        something.
        """
        calls: list[str] = []

        @pbcopy.replicaOf("somewhere.Small")
        class Small(pb.RemoteCache):
            size: int

            def __init__(self) -> None:
                calls.append("small")

        @pbcopy.replicaOf("somewhere.Large")
        class Large(pb.RemoteCache):
            size: int

            def __init__(self, size: int) -> None:
                calls.append("large")

        class Other(pb.RemoteCache):
            def __init__(self, size: int) -> None:
                calls.append("other")

        initialize(Small.__new__(Small))
        initialize(Large.__new__(Large))
        self.assertEqual(["small"], calls)
        self.assertRaises(TypeError, initialize, Other.__new__(Other))
