# -*- test-case-name: pbcopy.test.test_graph -*-
"""
Tests for L{pbcopy._graph}.
"""

from __future__ import annotations

import gc
import sys
from typing import Any
from uuid import UUID

from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy.errors import Unsendable
from pbcopy.test.freezing import freeze
from pbcopy.test.ponds import register
from pbcopy.testing import Connection, connect

MANY = 10_000


class Node(pb.Copyable, pb.RemoteCopy):
    """
    A node that is copied.
    """

    next: Any = None
    before: Any = None
    kids: Any
    name: str


class Bare(stock.Jellyable):
    """
    What an application sends in a form of its own.
    """

    def __init__(self, form: Any) -> None:
        self.form = form

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give the form.
        """
        return self.form


class CachedNode(pb.Cacheable, pb.RemoteCache):
    """
    A node that is cached.
    """

    next: Any = None
    before: Any = None


class Root(stock.Root):
    """
    What gives and takes one thing.
    """

    def __init__(self) -> None:
        self.thing: Any = None

    def remote_get(self) -> Any:
        """
        Give it.
        """
        return self.thing

    def remote_put(self, thing: Any) -> None:
        """
        Take it.
        """
        self.thing = thing


def chain(kind: Any, both: bool = False, length: int = MANY) -> Any:
    """
    Make a chain of nodes.

    @param both: have each know the one before it, too.
    """
    first = last = kind()
    for _ in range(length - 1):
        last.next = kind()
        if both:
            last.next.before = last
        last = last.next
    return first


def lengthOf(node: Any, both: bool = False) -> int:
    """
    Count the nodes of a chain, and check what they know of each other.
    """
    count = 0
    while node is not None:
        count += 1
        if both and node.next is not None and node.next.before is not node:
            raise AssertionError(f"{count}: {node.next.before!r} is not {node!r}")
        node = node.next
    return count


class GraphTestCase(SynchronousTestCase):
    """
    Two peers that have met.
    """

    def setUp(self) -> None:
        """
        Connect them.
        """
        register(self, pb, (Node, Node), (CachedNode, CachedNode))
        self.root = Root()
        factories = pb.PBServerFactory(self.root), pb.PBClientFactory()
        self.connection: Connection = connect(*factories)

    def get(self, thing: Any) -> Any:
        """
        Have the server answer something.
        """
        self.root.thing = thing
        call = self.connection.root.callRemote("get")
        self.connection.deliver()
        return self.successResultOf(call)

    def put(self, thing: Any) -> Any:
        """
        Give the server something.
        """
        call = self.connection.root.callRemote("put", thing)
        self.connection.deliver()
        self.successResultOf(call)
        return self.root.thing


class ManyTests(GraphTestCase):
    """
    Objects may refer to each other as deep as they like.
    """

    def test_chains(self) -> None:
        """
        A chain of ten thousand arrives, copied or cached, as an answer and as
        an argument, with and without back pointers.
        """
        for both in (False, True):
            self.assertEqual(MANY, lengthOf(self.get(chain(Node, both)), both))
            self.assertEqual(MANY, lengthOf(self.put(chain(Node, both)), both))

    def test_aTree(self) -> None:
        """
        So does a tree whose nodes know their parents.
        """
        nodes: list[Any] = [Node() for _ in range(MANY)]
        for each in nodes:
            each.kids = []
        for number, each in enumerate(nodes[1:]):
            each.before = nodes[number // 3]
            each.before.kids.append(each)
        stack, count = [self.get(nodes[0])], 0
        while stack:
            each = stack.pop()
            count += 1
            self.assertTrue(all(kid.before is each for kid in each.kids))
            stack += each.kids
        self.assertEqual(MANY, count)

    def test_caches(self) -> None:
        """
        A chain of caches is given back when it is dropped.
        """
        got = self.get(chain(CachedNode, length=500))
        self.assertEqual(500, lengthOf(got))
        self.assertEqual(500, len(self.connection.server.remotelyCachedObjects))
        got = self.root.thing = None
        self.connection.collect()
        self.assertEqual({}, self.connection.server.remotelyCachedObjects)
        self.assertEqual({}, self.connection.client.locallyCachedObjects)

    def test_theRecursionLimit(self) -> None:
        """
        How deep Python may call does not matter.
        """
        shallow, node = 0, chain(Node, length=sys.getrecursionlimit())
        frame: Any = sys._getframe()
        while frame is not None:
            shallow, frame = shallow + 1, frame.f_back
        limit = sys.getrecursionlimit()
        self.addCleanup(sys.setrecursionlimit, limit)
        sys.setrecursionlimit(shallow + 120)
        got = self.get(node)
        sys.setrecursionlimit(limit)
        self.assertEqual(limit, lengthOf(got))

    def test_aPeerThatIsNotKnown(self) -> None:
        """
        To a peer that has not said what it understands, a chain goes nested, or
        fails with an error that says why.
        """
        connection = connect(self.root)
        self.root.thing = chain(Node)
        call = connection.root.callRemote("get")
        connection.deliver()
        error = self.failureResultOf(call, Unsendable).value
        self.assertIn("nested too deeply", str(error))
        self.flushLoggedErrors(Unsendable)
        self.assertFalse(connection.lost)


class OrderTests(GraphTestCase):
    """
    The order of hooks is that of stock flavors.
    """

    def family(self) -> Any:
        """
        Make a root with two children, of which one has two, and one is known
        to all.
        """
        root, left, right, leaf = (Node() for _ in range(4))
        root.name, left.name, right.name, leaf.name = "root", "left", "right", "leaf"
        root.kids, left.kids, right.kids, leaf.kids = [left, right], [leaf], [leaf], []
        return root

    def test_states(self) -> None:
        """
        Each object is asked for its state before those in it, and given it
        after those in it have theirs.
        """
        order: list[str] = []

        class Hooked(Node):
            def getStateToCopy(self) -> Any:
                order.append(self.name)
                return super().getStateToCopy()

            def setCopyableState(self, state: Any) -> None:
                super().setCopyableState(state)
                order.append(self.name.upper())
                assert all("name" in vars(kid) for kid in self.kids)

        register(self, pb, (Hooked, Hooked))
        root = self.family()
        for each in (root, *root.kids, *root.kids[0].kids):
            each.__class__ = Hooked
        got = self.get(root)
        expected = "root left leaf right LEAF LEFT RIGHT ROOT"
        self.assertEqual(expected.split(), order)
        self.assertIs(got.kids[0].kids[0], got.kids[1].kids[0])

    def test_sharedContainers(self) -> None:
        """
        A list that two objects have is one list, whichever has it first, and
        so is one that is in the message beside the object that has it.
        """
        root = self.family()
        root.things = root.kids[0].things = root.kids[1].things = things = [1, [2]]
        for got, also in [(self.get(root), None), self.put((root, things))]:
            self.assertEqual([1, [2]], got.things)
            self.assertIs(got.things, got.kids[0].things)
            self.assertIs(got.things, got.kids[1].things)
            self.assertIn(also, (None, got.things))
            self.assertTrue(also is None or also is got.things)

    def test_aFormOfTheApplications(self) -> None:
        """
        A C{jellyFor} of the application's may give what is no list.
        """
        node = Node()
        node.kids = [Bare(7), Bare(b"x"), Bare(2.5)]
        self.assertEqual([7, b"x", 2.5], self.get(node).kids)

    def test_aFormThatIsNone(self) -> None:
        """
        What Banana would not send is refused with its path, though it could be
        packed.
        """
        for form in (None, "x", {}, [b"list", None], UUID(int=7), object()):
            node = Node()
            node.kids = [7, Bare(form)]
            call = self.connection.root.callRemote("put", node)
            error = self.failureResultOf(call, Unsendable).value
            self.assertIn("Node.kids[1]", str(error))

    def test_aStateThatWaits(self) -> None:
        """
        An object whose state has to wait for the rest of the message is
        complete when another one finds it in its own state.
        """

        class Careful(Node):
            def setCopyableState(self, state: Any) -> None:
                super().setCopyableState(state)
                assert all("name" in vars(kid) for kid in self.kids), self.kids

        register(self, pb, (Careful, Careful))
        root = self.family()
        for each in (root, *root.kids):
            each.__class__ = Careful
        root.kids[0].kids[0].before = root.kids
        got = self.get(root)
        self.assertIs(got.kids, got.kids[0].kids[0].before)


class FailureTests(GraphTestCase):
    """
    What fails in the middle of a graph leaves nothing behind.
    """

    def test_nobodyObserves(self) -> None:
        """
        Caches that were published before another object failed are observed by
        nobody, at once.
        """
        stopped: list[Any] = []

        class Pond(CachedNode):
            def stoppedObserving(self, perspective: Any, observer: Any) -> None:
                stopped.append(self)

        class Failing(Node):
            def getStateToCopy(self) -> Any:
                raise RuntimeError("no state today")

        register(self, pb, (Pond, Pond))
        one, two = Pond(), Pond()
        one.next, two.next = two, [Failing()]
        self.root.thing = one
        call = self.connection.root.callRemote("get")
        self.connection.deliver()
        self.failureResultOf(call)
        self.flushLoggedErrors(RuntimeError)
        self.assertEqual([two, one], stopped)
        self.assertEqual({}, self.connection.server.remotelyCachedObjects)
        two.next = None
        self.assertEqual(2, lengthOf(self.get(one)))

    def test_thePath(self) -> None:
        """
        The error names the path from the object that was sent.
        """
        first = chain(Node, length=3)
        first.next.next.data = {"bad": [open]}
        failures: list[Any] = []
        call = self.connection.root.callRemote("put", [first])
        call.addErrback(failures.append)
        self.assertEqual("Node.next.next.data.bad[0]", failures[0].value.where)
        self.assertIs(Unsendable, failures[0].type)

    def test_nothingIsKept(self) -> None:
        """
        A message that was sent keeps nothing alive.
        """
        self.get(chain(Node, both=True, length=10))
        self.root.thing = None
        self.connection.collect()
        # Tests that ran before are frozen with what they have held.
        gc.unfreeze()
        self.addCleanup(freeze)
        gc.collect()
        left = [each for each in gc.get_objects() if type(each) is Node]
        self.assertEqual([], left)
