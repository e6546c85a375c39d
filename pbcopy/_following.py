# -*- test-case-name: pbcopy.test.test_following -*-
"""
How a replica and its master are to each other: L{Following}.

A replica equals its master, or knows that it may not, and asks for a fresh state.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import flavors, pb

from pbcopy._channel import DELTA
from pbcopy._holding import Holding
from pbcopy._status import StatusKind, Watch, inOneLine
from pbcopy._text import asText
from pbcopy._turn import afterTurn
from pbcopy.errors import PBCopyError, Violation

if TYPE_CHECKING:
    from pbcopy._view import View

Take = Callable[[Any, Any], None]
"""A function that gives a replica a state."""


class Following(Holding):
    """
    The replica of one id, and its status.

    @ivar watch: the status.
    @ivar view: what keeps a declared replica up to date
        (L{pbcopy._view.View}).
    @ivar isUpdating: whether pbcopy is calling a method of the replica that
        changes it.
    """

    def __init__(self, luid: int) -> None:
        super().__init__(luid)
        self.watch = Watch()
        self.view: View | None = None
        self.isUpdating = False
        self._wanted = ""
        self._take: Take = lambda replica, state: None

    def takes(self, replica: flavors.RemoteCache, take: Take) -> None:
        """
        Make C{replica} the object that this id stands for.

        @param take: what gives it a fresh state.
        """
        self._take = take
        self._hold(replica)

    def _revived(self, replica: flavors.RemoteCache) -> None:
        if self.view is not None and not self.view.revived(replica):
            text = f"{self._name()} was dropped, and mentioned again"
            self._turnStale(PBCopyError(text), wanted=text)
            self.catchUp()

    def _whileUpdating(self, call: Callable[..., Any], *args: Any) -> Any:
        """
        Call what changes the replica.  A class that wants to be L{LiveOnly
        <pbcopy.LiveOnly>} may be read by it.
        """
        before, self.isUpdating = self.isUpdating, True
        try:
            return call(*args)
        finally:
            self.isUpdating = before

    def failed(self, message: str | bytes, failure: Failure) -> None:
        """
        Report an update that failed, unless it came to a replica that is stale.
        """
        if self.watch.status.kind is not StatusKind.STALE:
            method = f"{self._name()}.observe_{asText(message)} failed"
            isDelta = asText(message) == DELTA
            what = f"{self._name()} cannot take a change" if isDelta else method
            self._reported(what, failure)
            self.catchUp()

    def failedWith(self, failure: Failure) -> None:
        """
        Know of an update that failed with that of another replica, which reports
        it.
        """
        if self.watch.status.kind is not StatusKind.STALE:
            reason: Any = failure.value
            text = f"{self._name()} cannot take a change: {inOneLine(reason)}"
            self._turnStale(reason, wanted=text)
            self.catchUp()

    def _reported(self, what: str, failure: Failure) -> None:
        reason: Any = failure.value
        text = f"{what}: {inOneLine(reason)}"
        isNews = self._turnStale(reason, wanted=text)
        if isNews or self.watch.status.kind is StatusKind.CLOSED:
            # A line, and not the traceback.  trial's flushLoggedErrors sees it,
            # but for what a Broker does not log either.
            isKnown = failure.check(pb.Error) and not failure.check(Violation)
            log.msg(text, **({} if isKnown else {"isError": 1, "failure": failure}))

    def _turnStale(self, reason: BaseException, wanted: str) -> bool:
        """
        Have the replica say that it may differ from its master.

        @param wanted: why to ask for a fresh state; nothing, if one is under way.
        @return: whether the reason is new.
        """
        self._wanted = wanted
        return self.watch.change(StatusKind.STALE, reason, self._listener())

    def _listener(self) -> flavors.RemoteCache | None:
        return self.replica() if self.isWhole() else None

    def catchUp(self) -> None:
        """
        Ask for a fresh state, if one is wanted and none is under way.
        """
        if self.watch.status.kind is not StatusKind.STALE or not self._wanted:
            return
        if self._hub.isReleasing():
            # It would mention what is given back now, and be refused.
            afterTurn(self.catchUp)
        elif self._hub.askFresh(self.luid, self._wanted):
            self._wanted = ""

    def missed(self, text: str, isComing: bool) -> None:
        """
        Hear from the sender that the replica misses something.

        @param isComing: whether a fresh state is under way.
        """
        text = f"{self._name()} misses an update: {text}"
        if self._turnStale(PBCopyError(text), wanted="" if isComing else text):
            log.msg(text)

    def renew(self, replica: flavors.RemoteCache, state: Any) -> None:
        """
        Give the replica a fresh state.
        """
        try:
            self._whileUpdating(self._take, replica, state)
        except KeyboardInterrupt:
            raise
        except BaseException:
            self.refused(Failure())
        else:
            self.watch.change(StatusKind.LIVE, None, replica)

    def refused(self, failure: Failure) -> None:
        """
        Report a fresh state that cannot be taken.  The next update asks for
        another.  So does a release that is about to leave: the state may have
        mentioned what it gives back.
        """
        failure.cleanFailure()
        self._reported(f"{self._name()} cannot take a fresh state", failure)
        if self._hub.isReleasing():
            afterTurn(self.catchUp)

    def close(self, reason: BaseException) -> None:
        """
        Have the replica say that nothing will update it any more.
        """
        self.watch.change(StatusKind.CLOSED, reason, self._replica())
