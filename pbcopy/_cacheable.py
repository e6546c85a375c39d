# -*- test-case-name: pbcopy.test.test_cacheable -*-
"""
The flavor that is copied once and then updated: L{Cacheable}, and the
publications that stand for it in a Broker.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from twisted.python import log
from twisted.spread import flavors
from zope.interface import implementer

from pbcopy import _tables
from pbcopy._copyable import Copyable, asTag
from pbcopy._envelope import OWN_JELLY_FOR, jellied
from pbcopy._hub import hubOf
from pbcopy._jellier import Jellier
from pbcopy._observer import RemoteCacheObserver
from pbcopy._remotecache import homeward
from pbcopy._stored import jellyStored
from pbcopy._tables import undisturbed
from pbcopy.interfaces import ICacheable


class Publication(_tables.Observation):
    """
    What stands for one cacheable, as seen by one perspective, in the Broker's
    table of remote caches, where a C{pb.Local} stands for a stock one.

    The Broker calls C{stoppedObserving} of what it finds there, with an
    observer that it makes up.  So it finds this, which knows the real one.

    @ivar perspective: who observes.  The name is a C{pb.Local}'s.
    @ivar refcount: how many times the peer was sent the id, less those that it
        gave back.  The name is a C{pb.Local}'s.
    """

    def __init__(self, cacheable: Cacheable, observer: RemoteCacheObserver) -> None:
        self._cacheable = cacheable
        self._observer = observer
        self._key: Any = publicationKey(cacheable, observer.perspective)
        self.perspective = observer.perspective
        self.refcount = 1
        self._isOver = False

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
        observed = self.refcount > 0 and _tables.isConnected(self._observer.broker)
        return self._cacheable if observed else self

    def isWaiting(self) -> bool:
        """
        Tell whether the message with the state waits for its pieces.
        """
        return self._observer.isWaiting()

    def processUniqueID(self) -> Any:
        """
        Give the key of the Broker's table of ids.
        """
        return self._key

    def stoppedObserving(self, perspective: Any, made: Any) -> None:
        """
        Tell the cacheable, once, with the observer that it knows.  While it is
        told, it may still call that, as it may a stock one.

        @param made: the observer that the Broker made up.
        """
        if self._isOver:
            # One of the application's methods has lost the connection, which
            # told all that stood in its tables, this too.
            return
        self._isOver = True
        self._key = _tables.retire(self._observer.broker, self._key)
        try:
            self._cacheable.stoppedObserving(self.perspective, self._observer)
        finally:
            self._observer.stop()

    def end(self) -> None:
        """
        Tell the cacheable, where the peer never had the id.
        """
        self.refcount = 0
        try:
            self.stoppedObserving(self.perspective, None)
        except BaseException:
            # It may never have come to keep the observer.  As in the Broker,
            # nothing that it raises keeps another one from being told.
            log.err(None, f"{self._cacheable!r} failed to forget an observer")


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


@implementer(ICacheable)
class Cacheable(Copyable, flavors.Cacheable):
    """
    Subclass this to have instances copied to each peer once, and updated there.
    """

    def getStateToCacheAndObserveFor(
        self, perspective: Any, observer: RemoteCacheObserver
    ) -> Any:
        """
        Give the state to send to one perspective.  Override this to keep the
        observer, and call it for each change.
        """
        return self.getStateToCopyFor(perspective)

    def stoppedObserving(self, perspective: Any, observer: RemoteCacheObserver) -> None:
        """
        Override this to forget an observer.

        @param observer: the very object that C{getStateToCacheAndObserveFor}
            was given.
        """

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give the s-expression for this: C{[type, luid, state]} the first time it
        goes to a perspective on a connection, C{['cached', luid]} after that,
        and C{['lcache', luid]} if it is a replica that goes home.
        """
        broker = jellier.invoker
        if broker is None:
            return jellyStored(self, jellier)
        home = homeward(self, jellier)
        if home is not None:
            return home
        key = publicationKey(self, broker.serializingPerspective)
        known = _tables.publicationFor(broker, key)
        if known is None:
            return jellied(self, jellier, partial(_publish, self))
        luid, publication = known
        if publication.isWaiting():
            # The peer must have the state before this mention.
            hubOf(broker).outgoing.finish()
        publication.incref()
        return [flavors.cached_atom, luid]


def _publish(cacheable: Cacheable, jellier: Jellier) -> list[Any]:
    """
    Give C{[type, luid, state]}, and have the peer observe from now on.
    """
    broker = jellier.invoker
    perspective = broker.serializingPerspective
    observer = RemoteCacheObserver(broker, cacheable, perspective)
    publication = Publication(cacheable, observer)
    luid = _tables.publish(broker, publication, type(cacheable).__qualname__)
    jellier.undo.append(partial(_withdraw, broker, luid, publication))
    hubOf(broker).published(luid)
    observer.start(luid, jellier)
    with undisturbed(broker):
        tag = asTag(cacheable.getTypeToCopyFor(perspective))
        state = cacheable.getStateToCacheAndObserveFor(perspective, observer)
    return [tag, luid, jellier.jellyState(cacheable, state)]


def _withdraw(broker: Any, luid: int, publication: Publication) -> None:
    if _tables.isPublished(broker, luid):
        _tables.withdraw(broker, luid, publication)
        publication.end()


OWN_JELLY_FOR.add(Cacheable.jellyFor)
