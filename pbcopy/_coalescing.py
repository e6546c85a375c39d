# -*- test-case-name: pbcopy.test.test_coalescing -*-
"""
The changes of one audience that may wait, and leave as one: L{Coalescing}.

A journal is open while some wait.  It hears of all other changes, too, until it is
taken: what all of them have come to is told then.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from pbcopy import _turn
from pbcopy._journal import Changed, Journal, nameIn
from pbcopy._lens import Lens
from pbcopy._operations import Operation
from pbcopy._pace import paceOf
from pbcopy._tracked import isTelling
from pbcopy._turn import afterTurn

_waiting: dict[Coalescing, None] = {}
"""Those with an open journal, in the order in which they were opened."""


class Coalescing:
    """
    The changes of one audience that may wait.

    @ivar lens: that of the audience.
    @ivar flush: what sends them.
    """

    def __init__(
        self, lens: Lens, opened: Callable[[], None], flush: Callable[[], None]
    ) -> None:
        """
        @param opened: called when some begin to wait.
        """
        self.lens, self.flush = lens, flush
        self._opened = opened
        self._journal: Journal | None = None
        # Those of which is known that they may wait.
        self._settled: set[tuple[int, str]] = set()
        self._isAtEnd = False
        self._timer: Any = None
        self._last: float | None = None

    def isOpen(self) -> bool:
        """
        Tell whether some wait.
        """
        return self._journal is not None

    def about(self, operation: Operation) -> None:
        """
        Hear of a change before it is made.
        """
        journal = self._journal
        if journal is None:
            journal = self._begun(operation)
        elif _key(operation) in self._settled and not isinstance(operation.node, list):
            # What was there before is known, and of a list alone more is kept.
            return
        if journal is not None:
            journal.about(operation)

    def _begun(self, operation: Operation) -> Journal | None:
        # What was done before this must not be told after it.
        mayWait = self.lens.sees(operation) and not isTelling()
        if not mayWait or paceOf(operation, self.lens) is None:
            return None
        self._journal = Journal()
        _waiting[self] = None
        self._opened()
        return self._journal

    def changed(self, operation: Operation) -> bool:
        """
        Hear of a change that was made.

        @return: whether it is told with those that wait.
        """
        if self._journal is None:
            return False
        key = _key(operation)
        if key not in self._settled and self.lens.sees(operation):
            pace = paceOf(operation, self.lens)
            if pace is None:
                self.flush()
            else:
                self._settled.add(key)
                self._schedule(pace)
        return True

    def _schedule(self, pace: float) -> None:
        """
        Have the journal taken after some time, or sooner.
        """
        if self._isAtEnd:
            return
        reactor = _turn.installed()
        seconds = 0.0
        if pace and reactor is not None and self._last is not None:
            seconds = max(self._last + pace - reactor.seconds(), 0.0)
        if not seconds:
            self._isAtEnd = True
            afterTurn(partial(self._end, self._journal))
        elif self._timer is None:
            self._timer = reactor.callLater(seconds, self.flush)
        elif self._timer.getTime() > reactor.seconds() + seconds:
            self._timer.reset(seconds)

    def _end(self, journal: Journal | None) -> None:
        # One that was taken before is no more.
        if journal is not None and self._journal is journal:
            self.flush()

    def take(self) -> list[Changed]:
        """
        Give what has changed.  Nothing waits then.
        """
        journal = self._journal
        self.close()
        reactor = _turn.installed()
        self._last = None if reactor is None else reactor.seconds()
        return [] if journal is None else journal.changes()

    def close(self) -> None:
        """
        Have nothing wait any more.
        """
        self._journal, self._isAtEnd = None, False
        self._settled.clear()
        _waiting.pop(self, None)
        timer, self._timer = self._timer, None
        if timer is not None and timer.active():
            timer.cancel()


def _key(operation: Operation) -> tuple[int, str]:
    return id(operation.node), nameIn(operation)


def flushAll(concerns: Callable[[Any], bool]) -> None:
    """
    Send what waits of some masters.

    @param concerns: tells for a master whether it is one of them.
    """
    for each in list(_waiting):
        if concerns(each.lens.master):
            each.flush()
