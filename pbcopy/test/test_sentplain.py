# -*- test-case-name: pbcopy.test.test_sentplain -*-
"""
Tests for L{pbcopy._sentplain}.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from twisted.internet.defer import Deferred
from twisted.spread import jelly
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._arguments import areSettled, settled
from pbcopy._trackeddict import TrackedDict
from pbcopy._trackedlist import TrackedList
from pbcopy._trackedset import TrackedSet
from pbcopy.test.sharedponds import give, meet
from pbcopy.testing import assertRefused, connect, sendAcross


class Pond(pb.Cacheable):
    """
    A cacheable written by hand, with a tracked container in its state.
    """

    def __init__(self, ducks: Any) -> None:
        self.ducks = ducks
        self.observers: list[Any] = []

    def getStateToCacheAndObserveFor(self, perspective: Any, observer: Any) -> Any:
        """
        Give the ducks.
        """
        self.observers.append(observer)
        return {"ducks": self.ducks}


class PondView(pb.RemoteCache):
    """
    What stands for it.
    """

    ducks: Any

    def observe_ducks(self, ducks: Any, more: Any) -> Any:
        """
        Take the ducks, and give them back.
        """
        self.ducks = ducks, more
        return TrackedList([ducks])


pb.setUnjellyableForClass(Pond, PondView)


def nested() -> Any:
    """
    Give a container with all kinds in it, at two places, and in a cycle.
    """
    made = TrackedList([{"a": {1, 2}}, ([3], None)])
    made.append(made[0])
    made.append(made)
    return made


class SentPlainTests(SynchronousTestCase):
    """
    A tracked container that is sent by itself arrives as a plain one.
    """

    def _check(self, arrived: Any) -> None:
        self.assertIs(list, type(arrived))
        self.assertIs(dict, type(arrived[0]))
        self.assertIs(set, type(arrived[0]["a"]))
        self.assertEqual([{"a": {1, 2}}, ([3], None)], arrived[:2])
        self.assertIs(arrived[0], arrived[2])
        self.assertIs(arrived, arrived[3])

    def test_argumentsAndAnswers(self) -> None:
        """
        So it is in an argument and in an answer, by itself or in others.
        """
        for asAnswer in (False, True):
            self._check(sendAcross(nested(), asAnswer))
            [arrived] = sendAcross([nested()], asAnswer)
            self._check(arrived)
            arrived = sendAcross(
                {"x": TrackedSet([1]), "y": TrackedDict(z=1)}, asAnswer
            )
            self.assertEqual({"x": {1}, "y": {"z": 1}}, arrived)
            self.assertEqual([set, dict], [type(each) for each in arrived.values()])

    def test_identity(self) -> None:
        """
        What is one object in a message is one where it arrives.
        """
        made = TrackedList([1])
        one, other = sendAcross([made, [made]])
        self.assertIs(one, other[0])
        self.assertIs(list, type(one))

    def test_values(self) -> None:
        """
        Values may be in it, and what cannot be sent is refused by its path.
        """
        made = TrackedDict(key=UUID(int=1))
        self.assertEqual({"key": UUID(int=1)}, give(meet(), made))
        list.append(bad := TrackedList([1]), object())
        error = assertRefused(bad, Exception)
        self.assertIn("list[1]", str(error))

    def test_inAState(self) -> None:
        """
        So it is in the state of an object, in the arguments of an update, and in
        what its method returns.
        """
        pond = Pond(nested())
        view = sendAcross(pond)
        self._check(view.ducks)
        connection = connect(Giver(pond))
        views: list[Any] = []
        connection.root.callRemote("give").addCallback(views.append)
        connection.deliver()
        [observer] = pond.observers[1:]
        made = nested()
        answer: Deferred[Any] = observer.callRemote("ducks", made, more=made)
        connection.deliver()
        ducks, more = views[0].ducks
        self._check(ducks)
        self._check(more)
        [returned] = self.successResultOf(answer)
        self._check(returned)

    def test_toStock(self) -> None:
        """
        A jellier of Twisted's, without a connection, gives what it gives for a
        plain one.
        """
        for made, plain in [
            (TrackedList([1, [2]]), [1, [2]]),
            (TrackedDict(a=1), {"a": 1}),
            (TrackedSet([1]), {1}),
        ]:
            self.assertEqual(jelly.jelly(plain), jelly.jelly(made))
        made = TrackedList()
        made.append(made)
        arrived: Any = jelly.unjelly(jelly.jelly(made))
        self.assertIs(arrived, arrived[0])

    def test_settled(self) -> None:
        """
        What waits to be sent is a plain copy.
        """
        made = TrackedList([{"a": {1}}])
        kept = settled((made, 1))
        self.assertEqual(([{"a": {1}}], 1), kept)
        self.assertEqual([list, dict], [type(kept[0]), type(kept[0][0])])
        self.assertIs(set, type(kept[0][0]["a"]))
        self.assertFalse(areSettled([made]))


class Giver(stock.Root):
    """
    Gives an object.
    """

    def __init__(self, thing: object) -> None:
        self.thing = thing

    def remote_give(self) -> object:
        """
        Give it.
        """
        return self.thing
