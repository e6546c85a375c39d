# -*- test-case-name: pbcopy.test.test_cacheable -*-
"""
The flavor that is copied once and then updated: L{Cacheable}.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from twisted.spread import flavors
from zope.interface import implementer

from pbcopy import _tables
from pbcopy._broker import undisturbed
from pbcopy._copyable import Copyable, asTag
from pbcopy._envelope import OWN_JELLY_FOR, jellied
from pbcopy._hub import hubOf
from pbcopy._jellier import NO_STATE, Jellier
from pbcopy._observed import publicationKey
from pbcopy._observer import RemoteCacheObserver
from pbcopy._publication import Publication
from pbcopy._remotecache import homeward
from pbcopy._stored import jellyStored
from pbcopy.errors import Unsendable
from pbcopy.interfaces import ICacheable


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
        mention = _mention(self, jellier)
        return mention or jellied(self, jellier, partial(_publish, self))


def _mention(cacheable: Cacheable, jellier: Any) -> list[Any] | None:
    """
    Give C{['cached', luid]}, or C{None} if the peer does not have it.

    @raise Unsendable: if its state is in a message that leaves after this one.
    """
    broker = jellier.invoker
    key = publicationKey(cacheable, broker.serializingPerspective)
    known = _tables.publicationFor(broker, key)
    if known is None:
        return None
    luid, publication = known
    if publication.isInAnother(jellier):
        raise Unsendable(
            "its state is in a message that is being made, or has just failed",
            where=type(cacheable).__qualname__,
            advice="send this one in a later turn of the reactor",
        )
    publication.ensureObserved()
    publication.sendWaiting()
    publication.incref()
    return [flavors.cached_atom, luid]


def _publish(cacheable: Cacheable, jellier: Jellier) -> tuple[list[Any], Any]:
    """
    Give C{[type, luid]} and the state, and have the peer observe from now on.
    """
    broker = jellier.invoker
    # A method of another object in the message may have sent it meanwhile.
    mention = _mention(cacheable, jellier)
    if mention is not None:
        return mention, NO_STATE
    perspective = broker.serializingPerspective
    publication = Publication(cacheable, broker, perspective)
    jellier.undo.append(publication.withdraw)
    hubOf(broker).published(publication.luid)
    with undisturbed(broker):
        tag = asTag(cacheable.getTypeToCopyFor(perspective))
    return publication.begin(tag, jellier)


OWN_JELLY_FOR.add(Cacheable.jellyFor)
