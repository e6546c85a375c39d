# -*- test-case-name: pbcopy.test.test_slow -*-
"""
The observers of an audience whose peers take no more for now: L{Slow}.

What changes meanwhile is not queued for them.  A journal keeps what was there when
it was last told, and what that has come to is told when the peer takes it.
"""

from __future__ import annotations

import attr

from pbcopy._adoption import attributesOf
from pbcopy._channel import DELTA
from pbcopy._journal import Journal
from pbcopy._lens import Lens, Mark
from pbcopy._limited import limitOf
from pbcopy._net import netOf
from pbcopy._observer import RemoteCacheObserver
from pbcopy._operations import Operation
from pbcopy._outbox import Message
from pbcopy._plain import plainState, plainUpdates
from pbcopy.errors import Unsendable


@attr.s(auto_attribs=True, eq=False)
class _Arrears:
    """
    What one observer has yet to be told.

    @ivar mark: what its peer has.
    @ivar names: of one that is sent plain values: the fields that it has.
    @ivar limit: how many values the journal may keep.
    @ivar journal: what has changed since; C{None} once that is too much.
    """

    mark: Mark
    names: list[str] | None
    limit: int
    journal: Journal | None

    def about(self, operation: Operation) -> None:
        if self.journal is not None:
            self.journal.about(operation)
            if self.journal.size > self.limit:
                self.journal = None


class Slow:
    """
    The observers of one lens whose peers take no more for now.
    """

    def __init__(self, lens: Lens) -> None:
        self._lens = lens
        self._arrears: dict[RemoteCacheObserver, _Arrears] = {}

    def __contains__(self, observer: object) -> bool:
        """
        Tell whether an observer is one.
        """
        return observer in self._arrears

    def observers(self) -> list[RemoteCacheObserver]:
        """
        Give all.
        """
        return [*self._arrears]

    def add(
        self, observer: RemoteCacheObserver, isPlain: bool, isKnown: bool = True
    ) -> None:
        """
        Have an observer be told later of what changes from now on.

        @param isPlain: whether it is sent plain values.
        @param isKnown: whether what there is now is what it was told.
        """
        lens = self._lens
        names = list(lens.visible(attributesOf(lens.master))) if isPlain else None
        limit = limitOf("MAX_PENDING", observer.broker)
        journal = Journal() if isKnown else None
        self._arrears[observer] = _Arrears(lens.mark(), names, limit, journal)

    def remove(self, observer: RemoteCacheObserver) -> None:
        """
        Have an observer be one no more.
        """
        self._arrears.pop(observer, None)

    def about(self, operation: Operation) -> None:
        """
        Hear of a change before it is made.
        """
        for arrears in self._arrears.values():
            arrears.about(operation)

    def tooMuch(self) -> None:
        """
        Have all be told of everything.
        """
        for arrears in self._arrears.values():
            arrears.journal = None

    def isTooMuch(self, observer: RemoteCacheObserver) -> bool:
        """
        Tell whether an observer needs a fresh state.
        """
        return self._arrears[observer].journal is None

    def settled(self, observer: RemoteCacheObserver) -> list[Message]:
        """
        Give the messages that bring an observer up to date.  It is none of these
        then.

        @raise Unsendable: if it needs a fresh state.
        """
        arrears = self._arrears.pop(observer)
        if arrears.journal is None:
            if arrears.names is None:
                raise tooSlow(observer)
            return self._anew(observer, arrears.names)
        mark, lens = arrears.mark, self._lens
        operations = netOf(lens, arrears.journal.changes(), mark)
        if not operations and mark.version == lens.version:
            return []
        # This has the lens know what is new, whoever is told.
        delta = lens.delta(operations, mark)
        if arrears.names is None:
            return [Message(observer, DELTA, delta)]
        calls = plainUpdates(lens, operations, isBlock=True)
        return [Message(observer, name, args) for name, args in calls]

    def _anew(self, observer: RemoteCacheObserver, names: list[str]) -> list[Message]:
        # This has the lens know what is new.
        self._lens.state()
        state = plainState(self._lens)
        gone = [name for name in names if name not in state]
        return [
            *(Message(observer, "set", ([name], state[name])) for name in state),
            *(Message(observer, "remove", ([name],)) for name in gone),
        ]


def tooSlow(observer: RemoteCacheObserver) -> Unsendable:
    """
    Make the error for a peer that has missed too much.
    """
    limit = limitOf("MAX_PENDING", observer.broker)
    return Unsendable(
        "the peer took nothing while too much changed",
        where=type(observer.cached).__qualname__,
        expected=f"changes of at most pbcopy.limits.MAX_PENDING values, {limit} here",
        advice="it gets a fresh state when it takes one",
    )
