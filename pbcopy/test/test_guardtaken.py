# -*- test-case-name: pbcopy.test.test_guardtaken -*-
"""
Tests for L{pbcopy._guardtaken}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread import banana, jelly, pb

import pbcopy
from pbcopy._guardverbs import brief
from pbcopy.errors import Violation
from pbcopy.test.guards import CallTestCase, Known, Stranger, Trouble


class AnswerTests(CallTestCase):
    """
    What comes for a call, and cannot be taken, fails that call.
    """

    def test_D4_theClassIsNotKnown(self) -> None:
        """
        An answer with an object of Twisted's flavors whose class is not registered
        fails its call.
        """
        failure = self.failedWith(self.connect(), Stranger)
        self.assertIs(jelly.InsecureJelly, failure.type)
        self.assertStockFails(Stranger)

    def test_D4_theStateIsNotTaken(self) -> None:
        """
        So does one whose class raises.
        """

        def method() -> Any:
            thing = Known()
            thing.fails = True  # type: ignore[attr-defined]
            return [thing]

        failure = self.failedWith(self.connect(), method)
        self.assertIs(RuntimeError, failure.type)
        self.assertStockFails(method)

    def test_D4_anError(self) -> None:
        """
        So does an error of a class that is not known.
        """

        def method() -> None:
            raise Trouble("here")

        failure = self.failedWith(self.connect(), method)
        self.assertIs(jelly.InsecureJelly, failure.type)
        self.assertStockFails(method)

    def test_othersWait(self) -> None:
        """
        Others that wait for their answers get them.
        """
        connection = self.connect()
        waiting: Deferred[Any] = Deferred()
        other = self.called(connection, lambda: waiting)
        self.assertEqual([], other)
        self.failedWith(connection, Stranger)
        waiting.callback(8)
        connection.deliver()
        self.assertEqual([8], other)

    def answered(self, message: list[Any], protocol: Any = pbcopy.Broker) -> Any:
        """
        Have a server answer the first call of a client by hand.

        @return: the connection, and what the call has fired with.
        """
        connection = self.connect(protocol)
        connection.client.currentRequestID = 4
        results: list[Any] = []
        connection.root.callRemote("add").addBoth(results.append)
        connection.fromClient.take(None)
        connection.fromServer.write(banana.encode(message))
        connection.deliver()
        return connection, results

    def test_malformed(self) -> None:
        """
        So does whatever Jelly can make nothing of.
        """
        for sent in ([], [7], [b"cached", 7], [b"unicode", b"\xff"], [b"no.such", 1]):
            for verb in (b"answer", b"error"):
                connection, (failure,) = self.answered([verb, 5, sent])
                self.assertTrue(issubclass(failure.type, jelly.InsecureJelly), sent)
                self.assertWorks(connection)
        connection, results = self.answered([b"answer", 5, [b"no.such", 1]], pb.Broker)
        self.assertTrue(connection.lost and not results)
        self.flushLoggedErrors()

    def test_noErrors(self) -> None:
        """
        An error in which there is none is told as such.
        """
        some: list[Any] = [7, b"x", [b"None"], [b"list", [b"unicode", b"x"]]]
        for sent in (*some, [b"remote", 7]):
            connection, (failure,) = self.answered([b"error", 5, sent])
            self.assertIs(Violation, failure.type)
            self.assertIn("there is no error in it", str(failure.value))
            # Whom it is passed on to hears what was sent, not what that is here.
            self.assertEqual(brief(sent), failure.value.got)
            self.assertWorks(connection)

    def test_D26_withoutParents(self) -> None:
        """
        An error without the names of its bases is taken.
        """
        state = [[b"type", b"exceptions.Quack"], [b"value", b"loud"]]
        name = b"twisted.spread.pb.CopyableFailure"
        sent = [b"error", 5, [name, [b"dictionary", *state]]]
        connection, (failure,) = self.answered(sent)
        self.assertEqual(b"exceptions.Quack", failure.type)
        self.assertIsNone(failure.check(KeyError))
        self.assertWorks(connection)

    def test_aReplicaForAnError(self) -> None:
        """
        What represents an exception here may be no exception.
        """
        sent = [b"pbcopy.test.guards.Known", [b"dictionary"]]
        failure = self.answered([b"error", 5, sent])[1][0]
        self.assertIsInstance(failure.value, Known)

    def test_aCancelledCall(self) -> None:
        """
        The answer to a call that was cancelled is taken, and forgotten.
        """
        connection = self.connect()
        results: list[Any] = []
        call = connection.root.callRemote("add").addBoth(results.append)
        call.cancel()
        connection.deliver()
        self.assertEqual(1, len(results))
        self.assertEqual({}, connection.client.waitingForAnswers)
        self.assertWorks(connection)
