# -*- test-case-name: pbcopy.test.test_freezing -*-
"""
Tests for L{pbcopy.test.freezing}.
"""

from __future__ import annotations

import gc
import weakref
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy.test import freezing
from pbcopy.test.freezing import freeze, freezeOnce


class Thing:
    """
    What refers to itself.
    """

    def __init__(self) -> None:
        self.itself: Any = self


class FreezingTests(SynchronousTestCase):
    """
    What is there is frozen, and what comes is not.
    """

    def test_garbage(self) -> None:
        """
        What is garbage goes, whether it was frozen before or not.
        """
        thing, other = Thing(), Thing()
        alive = [weakref.ref(thing), weakref.ref(other)]
        del other
        freeze()
        self.assertEqual([thing, None], [each() for each in alive])
        del thing
        gc.collect()
        self.assertIsNotNone(alive[0]())
        freeze()
        self.assertIsNone(alive[0]())

    def test_once(self) -> None:
        """
        It is done once.
        """
        self.patch(freezing, "_begun", [])
        for isFrozen in (True, False):
            thing = Thing()
            freezeOnce()
            self.assertEqual(isFrozen, self.isOld(thing))

    def isOld(self, thing: Any) -> bool:
        """
        Tell whether the collector does not look at something.
        """
        return not any(each is thing for each in gc.get_objects())
