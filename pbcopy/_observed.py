# -*- test-case-name: pbcopy.test.test_observed -*-
"""
One cacheable, as one perspective observes it over one connection: L{Observed}.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twisted.python import log
from twisted.spread import jelly

from pbcopy import _broker, _sharing, _tables
from pbcopy._broker import undisturbed
from pbcopy._channel import REPLICA
from pbcopy._hub import hubOf
from pbcopy._jellier import Jellier
from pbcopy._nodes import fieldsOf
from pbcopy._observer import RemoteCacheObserver, Watcher
from pbcopy._text import asText

if TYPE_CHECKING:
    from pbcopy._cacheable import Cacheable


class Observed(_tables.Observation, jelly.Jellyable, Watcher):
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
        self._isPlain = False
        self._tag = b""
        self.perspective = perspective
        self.refcount = 1
        self.luid = _tables.publish(broker, self, self._name())

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

    def _name(self) -> str:
        return type(self._cacheable).__qualname__


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
