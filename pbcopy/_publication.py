# -*- test-case-name: pbcopy.test.test_publication -*-
"""
What stands for a cacheable in the Broker that it was sent by: its L{Publication}.

It is one that is L{_observed<pbcopy._observed>}, and that a peer is sent once more if
an update could not be sent, or not be taken.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.python import log

from pbcopy import _sharing
from pbcopy._broker import undisturbed
from pbcopy._channel import FRESH
from pbcopy._envelope import jellied
from pbcopy._hub import hubOf
from pbcopy._nodes import fieldsOf
from pbcopy._observed import Observed, publicationKey
from pbcopy._status import inOneLine
from pbcopy._turn import afterTurn

if TYPE_CHECKING:
    from pbcopy._cacheable import Cacheable

MAX_RENEWALS = 3
"""How many fresh states a peer is sent in a row, with no update by the application
in between.  One that the last state did not help is not helped by the next: two
peers would send each other such messages for ever.  An update that fails late may
ask for one more than it needs."""

_renewing: list[Publication] = []
"""Those whose application is being asked for a fresh state now.  What it sends
meanwhile is no update of its own: it would be sent with the next one, too."""


_publications: weakref.WeakSet[Publication] = weakref.WeakSet()
"""All that there are."""


class Publication(Observed):
    """
    What stands for one cacheable, and sends it anew to a peer that has missed
    something.
    """

    def __init__(self, cacheable: Cacheable, broker: Any, perspective: Any) -> None:
        super().__init__(cacheable, broker, perspective)
        self._missed = self._failure = ""
        self._renewals = 0
        _publications.add(self)

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give the s-expression of a fresh state (L{pbcopy._fresh}).
        """
        begin = partial(self.begin, FRESH.encode("ascii"))
        return jellied(self._cacheable, jellier, begin)

    def refresh(self, why: str) -> None:
        """
        Send the peer a fresh state, unless the last ones were of no use.

        @param why: one line for the log.
        """
        self._renewals += 1
        if self._renewals > MAX_RENEWALS:
            self._tellMissed("the last fresh states did not help", isComing=False)
            return
        if not self._failure:
            log.msg(f"{self._name()} is sent again: {why}")
        try:
            self._renew()
        except Exception as error:
            # It may fail with each change.
            text = inOneLine(error)
            if self._failure != text:
                log.err(None, f"{self._name()} cannot be sent again")
            self._failure = text
        else:
            self._failure = ""

    def ensureObserved(self) -> None:
        """
        Where the last fresh state could not be sent, send one before the peer
        is told of what it has.

        @raise Exception: if it still cannot be sent.
        """
        if self._observer is None and not self._isBeginning:
            with undisturbed(self._broker):
                self._renew()

    def _renew(self) -> None:
        self._isBeginning = True
        _renewing.append(self)
        try:
            self._stopOrLog()
            hubOf(self._broker).sendFresh(self)
        except BaseException as error:
            # Nobody observes now.  The next mention tries again, and so does the
            # next change of what is declared.
            self._stopOrLog()
            self._tellMissed(inOneLine(error), isComing=False)
            self._awaitChange()
            raise
        finally:
            _renewing.remove(self)
            self._isBeginning = False

    def _awaitChange(self) -> None:
        if self._isWanted() and fieldsOf(self._cacheable) is not None:
            who, key = (
                self.perspective,
                publicationKey(self._cacheable, self.perspective),
            )
            _sharing.callAtNextChange(key, self._cacheable, who, self, self._retry)

    def _retry(self) -> None:
        self._renewals, self._missed = 0, "it has changed"
        afterTurn(self.catchUp)

    def pauses(self, cacheable: Any) -> bool:
        """
        End the observation of C{cacheable}, if this is one, for it to begin
        again with a fresh state.

        @return: whether it is.
        """
        mine = self._cacheable is cacheable and self._isWanted()
        if mine and hubOf(self._broker).understands(FRESH):
            self._stopOrLog()
            self._renewals = 0
            return True
        return False

    def updates(self) -> None:
        """
        Hear that the application sends an update.
        """
        if not _renewing:
            self._renewals = 0

    def missed(self, reason: BaseException) -> None:
        """
        Hear that an update could not be sent.  A fresh state is, after the turn.
        """
        self.behind(reason)
        afterTurn(self.catchUp)

    def behind(self, reason: BaseException) -> None:
        """
        Hear that an update is not sent for now.
        """
        if not self._missed:
            self._missed = f"an update was not sent: {inOneLine(reason)}"
            self._tellMissed(self._missed, isComing=True)

    def _tellMissed(self, why: str, isComing: bool) -> None:
        if self._isWanted():
            hubOf(self._broker).missed(self.luid, why, isComing)

    def catchUp(self) -> None:
        """
        Send a fresh state, if the peer understands it, and has missed an update or
        was sent plain values before it was known to take more.
        """
        if self._isWanted() and hubOf(self._broker).understands(FRESH):
            why, self._missed = self._missed, ""
            if self._isPlain and hubOf(self._broker).understands(self._replica()):
                why = why or "the peer has a declared class for it"
            if why:
                self.refresh(why)


@contextmanager
def takingState(relay: object) -> Iterator[None]:
    """
    For as long as this lasts, an object that is observed takes a state as a
    whole, and may lose its observers by that.  They are told to stop before, and
    begin anew after it.
    """
    paused = [each for each in list(_publications) if each.pauses(relay)]
    try:
        yield
    finally:
        for publication in paused:
            publication.refresh("it was given a fresh state itself")
