# -*- test-case-name: pbcopy.test.test_stored -*-
"""
Tests for L{pbcopy._stored}.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import jelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._registry import copyTags
from pbcopy.test.ponds import register


class StoredTests(SynchronousTestCase):
    """
    Without a Broker, a flavor is stored.
    """

    def test_attributes(self) -> None:
        """
        The attributes are stored under the name of the class.
        """

        class Both(pb.Copyable, pb.RemoteCopy):
            pass

        register(self, pb, (Both, Both))
        both: Any = Both()
        both.frogs = 7
        stored = jelly.jelly(both)
        self.assertEqual(both.getTypeToCopy(), stored[0])
        self.assertEqual({"frogs": 7}, vars(jelly.unjelly(stored)))

    def test_nothingStored(self) -> None:
        """
        An object that stock flavors stored without attributes, as C{None}, is
        restored.
        """
        pb.setUnjellyableForClass("pond", pb.RemoteCopy)
        self.addCleanup(copyTags.pop, b"pond", None)
        self.assertEqual({}, vars(jelly.unjelly([b"pond", [b"None"]])))

    def test_getstate(self) -> None:
        """
        C{__getstate__} and C{__setstate__} are used where a class has them.
        """

        class Both(pb.Copyable, pb.RemoteCopy):
            def __getstate__(self) -> Any:
                return [7]

            def __setstate__(self, state: Any) -> None:
                self.frogs = state

        register(self, pb, (Both, Both))
        self.assertEqual([7], jelly.unjelly(jelly.jelly(Both())).frogs)
