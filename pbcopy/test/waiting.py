# -*- test-case-name: pbcopy.test.test_slow -*-
"""
A pond of which some changes wait, for tests: as a client does not read
(L{pbcopy.test.test_slow}), or as they may (L{pbcopy.test.test_coalescing}).
"""

from __future__ import annotations

from typing import Any, ClassVar

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import statusOf
from pbcopy.test.sharedponds import Duck, give, meet
from pbcopy.testing import Connection, Side


def stopReading(connection: Connection, bufferSize: int = 10) -> Side:
    """
    Have the client of a connection read nothing.

    @param bufferSize: how much the server's side takes nevertheless.
    @return: that side, which is C{held}.
    """
    side = connection.fromServer
    side.held, side.bufferSize = True, bufferSize
    return side


class WaitingTestCase(SynchronousTestCase):
    """
    A pond with two ducks, and a client that has it.

    @cvar kind: the class of the pond.
    @cvar fields: the names of those that are compared, beside its ducks.
    """

    kind: ClassVar[Any]
    fields: ClassVar[tuple[str, ...]]

    def setUp(self) -> None:
        """
        Give the pond.
        """
        self.pond = self.kind(ducks=[Duck("first"), Duck("second")])
        self.connection = meet()
        self.view = give(self.connection, self.pond)

    def assertAlike(self, view: Any) -> None:
        """
        A client has what the pond has.
        """
        self.assertTrue(statusOf(view).isLive, statusOf(view))
        for name in self.fields:
            self.assertEqual(getattr(self.pond, name), getattr(view, name), name)
        self.assertEqual(
            [(each.name, each.age, each.eggs) for each in self.pond.ducks],
            [(each.name, each.age, each.eggs) for each in view.ducks],
        )
