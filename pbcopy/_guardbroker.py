# -*- test-case-name: pbcopy.test.test_guardbroker -*-
"""
A Broker for peers that nobody trusts: L{Broker}.

It speaks as Twisted's does.  What it adds is around the methods of that one: how
much arrives (L{_guardsize<pbcopy._guardsize>}), what a message may be
(L{_guardverbs<pbcopy._guardverbs>}), how long a login may take
(L{_guardlogin<pbcopy._guardlogin>}), what becomes of a call
(L{_guardcalls<pbcopy._guardcalls>}) and of the commonest messages
(L{_guardquick<pbcopy._guardquick>}), and how messages leave
(L{_guardsending<pbcopy._guardsending>}).
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from twisted.python import log
from twisted.python.failure import Failure

from pbcopy import limits
from pbcopy._bananadecoding import NOT_WHOLE, Decoder
from pbcopy._broker import peerOf
from pbcopy._flat import isRoomy
from pbcopy._guardquick import TAKING, QuickBroker
from pbcopy._guardsize import Maxima
from pbcopy._guardverbs import (
    VERBS,
    brief,
    checkForm,
    methodFor,
    requestOf,
    verbOf,
)
from pbcopy._limited import limitsOf
from pbcopy._policy import isStranger
from pbcopy._quickmessages import MOST
from pbcopy._sentupdate import SENDING
from pbcopy._twisteds import SERIALIZING
from pbcopy.errors import Violation

_limits = attrgetter(
    *("MAX_MESSAGE", "MAX_MESSAGE_BEFORE_LOGIN", "MAX_OBJECTS", "MAX_NESTING"),
    *("MAX_ITEMS", "MAX_STRING"),
)

_ours = attrgetter("MAX_OBJECTS", "MAX_NESTING")

_LEVELS = 10
"""How many lists may be in each other for each container that may: one is for the
pairs of a dict, one for a reference, and some for objects, which are not counted.
Ten times L{limits.MAX_NESTING} is what Python's stack takes at most."""


class Broker(QuickBroker):
    """
    Twisted's Broker, for peers that nobody trusts::

        factory = pb.PBServerFactory(portal, security=policy)
        factory.protocol = pbcopy.Broker

    Whatever a peer sends costs that peer its call, or its connection, and one line
    in the log.

     - A message that is too large, or is not Banana, closes the connection, before it
       is decoded (L{limits.MAX_MESSAGE}, L{limits.MAX_MESSAGE_BEFORE_LOGIN}).  So do
       too many messages before the login (L{limits.MAX_CALLS_BEFORE_LOGIN}), and a
       login that takes too long (L{limits.MAX_SECONDS_BEFORE_LOGIN}).
     - A verb that is not known, an id that is not known, and a message that has not
       its form are refused.
     - All that is in a message is counted, and each class in it asked for, before
       anything is made.
     - An answer that cannot be taken, or cannot be sent, fails its own call.
     - An error is sent without its frames.  A C{SystemExit}, a C{CancelledError} and
       the like are sent as any other; a C{KeyboardInterrupt} is not caught.

    There is a login where the root is a portal's, or where the L{Policy
    <pbcopy.Policy>} of the factory was given an C{isLoggedIn}.

    @cvar clock: what tells the time, an C{IReactorTime}; C{None} for the reactor
        that the connection has.  One in memory has none.
    """

    def __init__(self, *args: Any, **kw: Any) -> None:
        """
        @param args: what a factory gives to its protocol.
        """
        stock: Any = super()
        stock.__init__(*args, **kw)
        self._decoder = Decoder(self._maxima)
        self._said: tuple[Any, ...] = ()
        self._known: Maxima

    def dataReceived(self, chunk: bytes) -> None:
        """
        Take bytes from the peer.
        """
        data = self._decoder.withHeld(chunk)
        at = self._takeQuickly(data, 0) if self._decoder.isIdle() else 0
        try:
            while at < len(data) and self._isThere():
                expression, at = self._decoder.next(data, at)
                if expression is not NOT_WHOLE:
                    self.callExpressionReceived(expression)
                    at = self._takeQuickly(data, at)
        except Violation as violation:
            self._close(violation)

    def _maxima(self) -> Maxima:
        most = limitsOf(self)
        ours = None if most is limits else _ours(limits)
        how = self.prefixLimit, self.currentDialect, isStranger(self)
        said = _limits(most), ours, how
        # They are mostly as ever.
        if said != self._said:
            self._said, self._known = said, self._maximaNow()
            isFree = self.currentDialect == b"pb" and not isStranger(self)
            self._isRoomy = isFree and self._known.size >= MOST and isRoomy(self)
        return self._known

    def _maximaNow(self) -> Maxima:
        size, late, lists, nesting, *_ = _limits(limitsOf(self))
        name = "MAX_MESSAGE"
        if isStranger(self):
            size, name = min((late, "MAX_MESSAGE_BEFORE_LOGIN"), (size, name))
        isPB = self.currentDialect == b"pb"
        # Where a policy takes less of what is in a message, that fails the call.
        return Maxima(
            prefix=self.prefixLimit or 0,
            size=size,
            sizeName=name,
            lists=max(limits.MAX_OBJECTS, lists),
            nesting=max(limits.MAX_NESTING, nesting) * _LEVELS,
            vocabulary=self.incomingVocabulary if isPB else {},
        )

    def callExpressionReceived(self, obj: Any) -> None:
        """
        Take an expression: a message or, at first, the name of a dialect, or a list
        of these.
        """
        if self.currentDialect:
            self.expressionReceived(obj)
            return
        said = obj if self.isClient and isinstance(obj, list) else [obj]
        if not any(d in said for d in self.knownDialects):
            self._close(Violation("there is no such dialect of Banana", got=brief(obj)))
            return
        stock: Any = super()
        stock.callExpressionReceived(obj)

    def expressionReceived(self, sexp: Any) -> None:
        """
        Take a message.
        """
        if not self._mayCall():
            return
        name = methodFor(sexp)
        if name is not None:
            getattr(self, name)(*sexp[1:])
            return
        requestID = None
        try:
            verb = verbOf(sexp)
            requestID = requestOf(verb, sexp)
            if verb in VERBS:
                checkForm(verb, sexp)
            elif not hasattr(self, f"proto_{verb}"):
                self._tellUnknown(verb)
        except Violation as violation:
            self._refuse(violation)
            if requestID is not None:
                self._sendError(Failure(violation), requestID)
            return
        stock: Any = super()
        stock.expressionReceived(sexp)

    def _tellUnknown(self, verb: str) -> None:
        stock: Any = self
        stock.sendCall(b"didNotUnderstand", verb[:100].encode("utf-8"))
        raise Violation("there is no such verb", where="a message", got=brief(verb))

    def proto_version(self, vnum: int) -> None:
        """
        Hear which version of the protocol the peer has.
        """
        if vnum != self.version:
            got, expected = brief(vnum), str(self.version)
            self._close(Violation("another version", got=got, expected=expected))

    def proto_didNotUnderstand(self, command: bytes) -> None:
        """
        Hear that the peer has no such verb.
        """
        log.msg(f"{peerOf(self)} did not understand {brief(command)}")

    def proto_decref(self, objectID: int) -> None:
        """
        Let go of a reference that the peer does not hold any more.
        """
        if self._isKnown("decref", objectID, self.localObjects):
            stock: Any = super()
            stock.proto_decref(objectID)

    def proto_decache(self, objectID: int) -> None:
        """
        Let go of a cacheable that the peer does not hold any more.
        """
        if self._isKnown("decache", objectID, self.remotelyCachedObjects):
            stock: Any = super()
            stock.proto_decache(objectID)

    def proto_uncache(self, objectID: int) -> None:
        """
        Let go of a replica that its sender does not know any more.
        """
        if self._isKnown("uncache", objectID, self.locallyCachedObjects):
            stock: Any = super()
            stock.proto_uncache(objectID)


for _methods in (SENDING, SERIALIZING, TAKING):
    _methods.areAlsoOf(Broker)
