# -*- test-case-name: pbcopy.test.test_errors -*-
"""
Tests for L{pbcopy.errors}.
"""

from __future__ import annotations

from twisted.spread.jelly import InsecureJelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import errors, pb
from pbcopy.errors import PBCopyError, Violation
from pbcopy.testing import connect


class ErrorTests(SynchronousTestCase):
    """
    An error tells its reader the facts.
    """

    def test_oneBase(self) -> None:
        """
        Each public error is a L{PBCopyError}.
        """
        for name in errors.__all__:
            self.assertTrue(issubclass(getattr(errors, name), PBCopyError), name)

    def test_violationIsInsecureJelly(self) -> None:
        """
        Whoever traps C{InsecureJelly} traps a L{Violation}.
        """
        self.assertTrue(issubclass(Violation, InsecureJelly))

    def test_violationIsNotLogged(self) -> None:
        """
        A Broker sends it back, whose frames are nobody's business, and logs nothing.
        """

        class Root(pb.Root):
            def remote_refuse(self) -> None:
                raise Violation("not so")

        connection = connect(Root())
        call = connection.root.callRemote("refuse")
        connection.deliver()
        self.failureResultOf(call, Violation)
        self.assertEqual([], self.flushLoggedErrors())

    def test_text(self) -> None:
        """
        The text says where, what, what came, what was expected and what to do.
        """
        error = Violation(
            "not a count",
            where="Pond.ducks[2]",
            got="'two'",
            expected="an int",
            advice="count again",
        )
        self.assertEqual(
            "Pond.ducks[2]: not a count (got 'two', expected an int); count again",
            str(error),
        )

    def test_attributes(self) -> None:
        """
        The facts are attributes too, empty where they are not known.
        """
        error = Violation("not a count", where="Pond.ducks[2]", got="'two'")
        self.assertEqual("Pond.ducks[2]", error.where)
        self.assertEqual("'two'", error.got)
        self.assertEqual(("", ""), (error.expected, error.advice))

    def test_onlyWhat(self) -> None:
        """
        An error with no facts is its first argument.
        """
        self.assertEqual("not a count", str(PBCopyError("not a count")))
