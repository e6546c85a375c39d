# -*- test-case-name: pbcopy.test.test_limits -*-
"""
Tests for L{pbcopy.limits}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import limits, pb
from pbcopy.errors import Unsendable
from pbcopy.test.ponds import register
from pbcopy.testing import sendAcross


class Table(pb.Copyable, pb.RemoteCopy):
    """
    What has a state.
    """

    data: Any


def nested(depth: int) -> list[Any]:
    """
    Make lists inside each other.
    """
    whole: list[Any] = []
    for _ in range(depth - 1):
        whole = [whole]
    return whole


class LimitTests(SynchronousTestCase):
    """
    A limit that is exceeded is named.
    """

    def setUp(self) -> None:
        """
        Register the table.
        """
        register(self, pb, (Table, Table))

    def test_nesting(self) -> None:
        """
        Containers may be inside each other to a depth that has a name.
        """
        table = Table()
        # The state itself is a dict.
        table.data = nested(limits.MAX_NESTING - 1)
        self.assertEqual(table.data, sendAcross(table).data)
        table.data = nested(limits.MAX_NESTING)
        with self.assertRaises(Unsendable) as caught:
            sendAcross(table)
        self.assertIn("Table.data[0][0]", caught.exception.where)
        self.assertIn("pbcopy.limits.MAX_NESTING, 100", str(caught.exception))
        self.patch(limits, "MAX_NESTING", limits.MAX_NESTING + 1)
        self.assertEqual(table.data, sendAcross(table).data)
