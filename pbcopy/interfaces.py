# -*- test-case-name: pbcopy.test.test_interfaces -*-
"""
What the flavors promise to each other and to an application.

An application overrides these methods, so their names and arguments are those
of C{twisted.spread.flavors}.  C{I*} here is what a flavor has beyond
C{IJellyable} and C{IUnjellyable}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread.interfaces import IJellyable, IUnjellyable
from zope.interface import Attribute, Interface

__all__ = ["ICacheable", "ICopyable", "IObserver", "IRemoteCache", "IRemoteCopy"]


class ICopyable(IJellyable, Interface):
    """
    An object that is copied to the peer each time it is sent.
    """

    def getStateToCopy() -> Any:
        """
        Give the state to send, for whoever is to get it.

        @return: anything that can be jellied; by default a dict.
        """

    def getStateToCopyFor(perspective: Any) -> Any:
        """
        Give the state to send to one perspective.

        @param perspective: who gets it: the avatar whose method was called or
            answered, or C{None} where there is no avatar.
        """

    def getTypeToCopy() -> str | bytes:
        """
        Give the name under which the peer looks for its own class.
        """

    def getTypeToCopyFor(perspective: Any) -> str | bytes:
        """
        Give the name under which one perspective looks for its own class.
        """


class IRemoteCopy(IUnjellyable, Interface):
    """
    An object that came from a peer.  It is made without C{__init__}.
    """

    def setCopyableState(state: Any) -> None:
        """
        Take the state that the peer sent.

        @param state: what the peer's C{getStateToCopyFor} returned.  Where it
            is a dict, keys that came as bytes are str here.
        """


class IObserver(Interface):
    """
    The sender's hold of one replica.  It is equal to itself alone.
    """

    broker = Attribute("The Broker that the replica is reached by.")
    cached = Attribute("The L{ICacheable} that is observed.")
    perspective = Attribute("Who observes, or C{None}.")

    def callRemote(_name: str, *args: Any, **kw: Any) -> Deferred[Any] | None:
        """
        Call C{observe_name} of the replica.  This never raises.

        @return: a C{Deferred} of what the method returned; C{None} where
            C{pbanswer=False} was given, and then what goes wrong is logged.  It
            fails with
            C{DeadReferenceError} once the
            observer has stopped, and with whatever keeps the message from
            being sent.
        """

    def remoteMethod(key: str) -> Any:
        """
        Give a callable that is C{callRemote} for one name.
        """


class ICacheable(ICopyable):
    """
    An object that is copied to each peer once, and then updated there.
    """

    def getStateToCacheAndObserveFor(perspective: Any, observer: Any) -> Any:
        """
        Give the state to send, and keep the observer to send changes to.

        @param perspective: who observes, or C{None}.
        @param observer: the L{IObserver} to call for each change from now on.
        """

    def stoppedObserving(perspective: Any, observer: Any) -> None:
        """
        Forget an observer: its peer has dropped the replica, or is gone.

        @param observer: the very object that C{getStateToCacheAndObserveFor}
            was given.
        """


class IRemoteCache(IRemoteCopy):
    """
    A replica of a peer's L{ICacheable}.  C{__init__} is called without
    arguments, then C{setCopyableState}; there is one for each id.
    """

    broker = Attribute("The Broker that it came by; C{None} if it is detached.")
    luid = Attribute("Its id on that Broker; C{None} if it is detached.")

    def remoteMessageReceived(broker: Any, message: Any, args: Any, kw: Any) -> Any:
        """
        Take an update: call C{observe_message}.

        @return: the jellied answer.
        """
