# -*- test-case-name: pbcopy.test.test_trackedlist -*-
"""
What the tests of the tracked containers have in common: each name that Python
gives a container is a mutator, with sample calls, or only reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy.test.nodes import Ear, Refused, applied, areSame

Sample = Callable[[Any], Any]
"""Calls a mutator of a container."""

OF_OBJECTS = {
    *dir(object),
    "__class_getitem__",
    "__getstate__",
    "__hash__",
    "__setattr__",
} - {"__init__"}
"""What every object has.  It does not change what is in a container."""


class Table:
    """
    The names of one container.

    @ivar plain: the container.
    @ivar tracked: the tracked one.
    @ivar start: what is in one before a sample call.
    """

    def __init__(
        self,
        plain: Any,
        tracked: Any,
        start: Any,
        mutators: dict[str, list[Sample]],
        reads: Iterable[str],
    ) -> None:
        self.plain = plain
        self.tracked = tracked
        self.start = start
        self.mutators = mutators
        self.reads = {*reads, *OF_OBJECTS}

    def checkNames(self, case: SynchronousTestCase) -> None:
        """
        Check that the table has each name that this Python knows, once.
        """
        names = set(dir(self.plain))
        case.assertEqual(set(), names - self.mutators.keys() - self.reads)
        case.assertEqual(set(), self.mutators.keys() & self.reads)
        own = vars(self.tracked)
        untracked = [name for name in names & self.mutators.keys() if name not in own]
        case.assertEqual([], untracked)

    def checkAll(self, case: SynchronousTestCase) -> None:
        """
        Check each sample call of each mutator.
        """
        for name, samples in self.mutators.items():
            for at, sample in enumerate(samples):
                try:
                    self._checkUnwatched(case, sample)
                    self._checkWatched(case, sample)
                    self._checkRefused(case, sample)
                except BaseException as error:
                    error.args = (f"{name}, sample {at}: {error}",)
                    raise

    def _checkUnwatched(self, case: SynchronousTestCase, sample: Sample) -> None:
        """
        Check that what nobody watches does what the plain container does, but for
        what that has begun when it raises.
        """
        twin, tracked = self.plain(self.start), self.tracked(self.start)
        expected, result = outcome(twin, sample), outcome(tracked, sample)
        case.assertEqual(expected, result)
        twin = self.plain(self.start) if expected[0] == "raised" else twin
        case.assertTrue(areSame(twin, self.plain(tracked)), f"{tracked}, not {twin}")

    def _checkWatched(self, case: SynchronousTestCase, sample: Sample) -> None:
        """
        Check that one operation at most is reported, and does to the former
        contents what was done.
        """
        tracked = self.tracked(self.start)
        before, ear = self.plain(tracked), Ear(tracked)
        failed = outcome(tracked, sample)[0] == "raised"
        for operation in ear.heard:
            applied(operation, before)
        case.assertTrue(areSame(before, self.plain(tracked)))
        isSame = areSame(self.plain(self.start), self.plain(tracked))
        case.assertEqual(0 if isSame else 1, len(ear.heard))
        case.assertFalse(failed and ear.heard)

    def _checkRefused(self, case: SynchronousTestCase, sample: Sample) -> None:
        """
        Check that a watcher may refuse it, as that of a replica does.
        """
        tracked = self.tracked(self.start)
        ear = Ear(tracked)
        ear.isMild = False
        kind, error = outcome(tracked, sample)
        case.assertEqual("raised", kind)
        expected = outcome(self.plain(self.start), sample)
        case.assertIn(error, [Refused, expected[1]])
        case.assertEqual((self.start, []), (self.plain(tracked), ear.heard))


def outcome(container: Any, sample: Sample) -> tuple[str, Any]:
    """
    Tell what a call returns, or the class of what it raises.
    """
    try:
        result = sample(container)
    except Exception as error:
        return "raised", type(error)
    return "returned", "itself" if result is container else result
