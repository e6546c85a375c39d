# -*- test-case-name: pbcopy.test.test_publication -*-
"""
What stands for a cacheable in the Broker that it was sent by: its L{Publication}.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from twisted.python import log
from twisted.spread import jelly

from pbcopy import _broker, _sharing, _tables
from pbcopy._broker import undisturbed
from pbcopy._channel import FRESH, REPLICA
from pbcopy._envelope import jellied
from pbcopy._hub import hubOf
from pbcopy._jellier import Jellier
from pbcopy._nodes import fieldsOf
from pbcopy._observer import RemoteCacheObserver
from pbcopy._status import inOneLine
from pbcopy._text import asText
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


class Publication(_tables.Observation, jelly.Jellyable):
    """
    What stands for one cacheable, as seen by one perspective, in the Broker's
    table of remote caches, where a C{pb.Local} stands for a stock one.

    The Broker calls C{stoppedObserving} of what it finds there, with an
    observer that it makes up.  So it finds this, which knows the real one.

    @ivar luid: the id on that connection.
    @ivar perspective: who observes.  The name is a C{pb.Local}'s.
    @ivar refcount: how many times the peer was sent the id, less those that it
        gave back.  The name is a C{pb.Local}'s.
    """

    def __init__(self, cacheable: Cacheable, broker: Any, perspective: Any) -> None:
        self._cacheable = cacheable
        self._broker = broker
        self._key: Any = publicationKey(cacheable, perspective)
        self._observer: RemoteCacheObserver | None = None
        self._isBeginning = True
        self._isOver = False
        self._missed = self._failure = ""
        self._isPlain = False
        self._renewals = 0
        self._tag = b""
        self.perspective = perspective
        self.refcount = 1
        self.luid = _tables.publish(broker, self, self._name())
        _publications.add(self)

    def incref(self) -> int:
        """
        Count one more mention of the id to the peer.
        """
        self.refcount += 1
        return self.refcount

    def decref(self) -> int:
        """
        Count one mention that the peer gave back.
        """
        self.refcount -= 1
        return self.refcount

    @property
    def object(self) -> Any:
        """
        What the Broker is to see here: the cacheable, to resolve a mention that
        came home; this publication, to say goodbye to.
        """
        return self._cacheable if self._isWanted() else self

    def _isWanted(self) -> bool:
        return self.refcount > 0 and _broker.isConnected(self._broker)

    def processUniqueID(self) -> Any:
        """
        Give the key of the Broker's table of ids.
        """
        return self._key

    def isWaiting(self) -> bool:
        """
        Tell whether the message with the state waits for its pieces.
        """
        return self._observer is not None and self._observer.isWaiting()

    def isInAnother(self, jellier: Any) -> bool:
        """
        Tell whether the state is in a message that is still being made, and is
        not the one of C{jellier}.
        """
        observer = self._observer
        if observer is None or not observer.isBeingMadeWithout(jellier):
            return False
        # A jellier may be kept by a traceback of a message that failed before.
        return hubOf(self._broker).hasPublished(self.luid)

    def sendWaiting(self) -> None:
        """
        If the message with the state waits for its pieces, send it now, with
        the updates that wait for it: the peer must have them before a mention.
        """
        if self._observer is not None and self._observer.isWaiting():
            with undisturbed(self._broker):
                self._observer.sendWaiting()

    def begin(self, tag: bytes, jellier: Jellier) -> tuple[list[Any], Any]:
        """
        Begin an observation.

        @return: C{[tag, luid]} and the state.
        """
        observer = RemoteCacheObserver(self._broker, self._cacheable, self.perspective)
        observer.start(self.luid, jellier, self, tag)
        self._observer = observer
        self._tag = self._tag or tag
        with undisturbed(self._broker):
            if fieldsOf(self._cacheable) is None:
                packed: list[Any] = []
                state = self._cacheable.getStateToCacheAndObserveFor(
                    self.perspective, observer
                )
            else:
                packed, state = self._join(observer)
        self._isBeginning = False
        return [tag, self.luid, *packed], state

    def _join(self, observer: RemoteCacheObserver) -> tuple[list[Any], Any]:
        """
        Have an observer hear of what changes in a shared object.
        """
        hub = hubOf(self._broker)
        isDeclared = hub.understands(self._replica())
        self._isPlain = not isDeclared
        who, key = self.perspective, publicationKey(self._cacheable, self.perspective)
        state = _sharing.join(key, self._cacheable, who, observer, isDeclared)
        return ([state[0]], state[1]) if isDeclared else ([], state)

    def _replica(self) -> str:
        return REPLICA + asText(self._tag)

    def stoppedObserving(self, perspective: Any, made: Any) -> None:
        """
        Tell the cacheable that this is over.

        @param made: the observer that the Broker made up.
        """
        if self._isOver:
            # One of the application's methods has lost the connection, which
            # told all that stood in its tables, this too.
            return
        self._isOver = True
        self._key = _tables.retire(self._broker, self._key)
        self._stop()

    def _stop(self) -> None:
        """
        End the observation: tell the cacheable, with the observer that it
        knows.  While it is told, it may still call that, as it may a stock one.
        """
        _sharing.leave(self)
        observer, self._observer = self._observer, None
        if observer is not None:
            try:
                self._cacheable.stoppedObserving(self.perspective, observer)
            finally:
                _sharing.leave(observer)
                observer.stop()

    def _stopOrLog(self) -> None:
        try:
            self._stop()
        except BaseException:
            # It may never have come to keep the observer.  As in the Broker,
            # nothing that it raises keeps another one from being told.
            log.err(None, f"{self._cacheable!r} failed to forget an observer")

    def end(self) -> None:
        """
        Tell the cacheable, where the peer never had the id.
        """
        self.refcount = 0
        self._stopOrLog()

    def withdraw(self) -> None:
        """
        Take this back, where the message with the state was not sent.
        """
        if _tables.isPublished(self._broker, self.luid):
            _tables.withdraw(self._broker, self.luid, self)
            self.end()

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

    def _name(self) -> str:
        return type(self._cacheable).__qualname__


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


def publicationKey(cacheable: Any, perspective: Any) -> Any:
    """
    Give the key for what one perspective sees of a cacheable.

    A perspective that is a value is the same one when it is made anew.
    """
    who: Any = id(perspective)
    if isinstance(perspective, (str, bytes, int, tuple)) and _isHashable(perspective):
        who = type(perspective), perspective
    return cacheable.processUniqueID(), who


def _isHashable(thing: object) -> bool:
    try:
        hash(thing)
    except TypeError:
        return False
    return True
