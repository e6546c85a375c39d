# -*- test-case-name: pbcopy.test.test_changing -*-
"""
Tests for L{pbcopy._changing}.
"""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy._nodes import ATOMS, SIMPLE
from pbcopy._tracked import blocks
from pbcopy.errors import RegistrationError
from pbcopy.test.sharedponds import Pond, give, meet, told


class ChangingTests(SynchronousTestCase):
    """
    Several changes are one.
    """

    def tearDown(self) -> None:
        """
        Check that no block is left.
        """
        self.assertEqual(([], ATOMS), (blocks, SIMPLE))

    def test_done(self) -> None:
        """
        What was done is done, and arrives as one.
        """
        pond, lake, connection = Pond(), Pond(), meet()
        views = give(connection, pond), give(connection, lake)
        heard = [told(each) for each in views]
        with pbcopy.changing(pond, lake):
            pond.colour = "blue"
            pond.tags.add(1)
            lake.tags.add(2)
            connection.deliver()
            self.assertEqual([[], []], heard)
        connection.deliver()
        self.assertEqual([1, 1], [len(each) for each in heard])
        for master, view in zip((pond, lake), views, strict=True):
            self.assertEqual((master.colour, master.tags), (view.colour, view.tags))
        with pbcopy.changing():
            pond.colour = "red"

    def test_raises(self) -> None:
        """
        If it raises, everything is as it was, nothing leaves, and the error goes on.
        """
        pond, connection = Pond(), meet()
        tags, view = pond.tags, give(connection, pond)
        heard = told(view)
        with self.assertRaises(ZeroDivisionError), pbcopy.changing(pond):
            pond.colour = "blue"
            pond.tags = {1}
            tags.add(2)
            pond.private = 3
            raise ZeroDivisionError
        connection.deliver()
        self.assertEqual(("green", None, set()), (pond.colour, pond.private, tags))
        self.assertIs(tags, pond.tags)
        self.assertEqual([], heard)
        pond.tags.add(3)
        connection.deliver()
        self.assertEqual(({3}, 1), (view.tags, len(heard)))

    def test_noSharedObject(self) -> None:
        """
        What is not shared cannot be meant.
        """
        for thing in (3, pbcopy.Cacheable(), Pond):
            with self.assertRaises(RegistrationError) as caught:
                with pbcopy.changing(Pond(), thing):
                    self.fail("it began")
            self.assertEqual("changing", caught.exception.where)
            self.assertEqual(repr(thing), caught.exception.got)
