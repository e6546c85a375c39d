# -*- test-case-name: pbcopy.test.test_guardsending -*-
"""
How messages leave: L{SendingBroker}.
"""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred
from twisted.spread.banana import BananaError

from pbcopy._bananaencoding import encoded
from pbcopy._flat import NOT_FLAT, isKnown, jellyFlat
from pbcopy._guardcalls import CallBroker
from pbcopy._quickcalls import WORDS, Tails, headOf
from pbcopy._quickcopies import jellyCopy

_tails = Tails()


class SendingBroker(CallBroker):
    """
    A Broker that encodes what it sends by itself.

    @cvar triesCompact: tells that a copy with a plain state is sent without Jelly.
    """

    triesCompact = True

    # Twisted's has these from the first thing on that Jelly is asked for.
    serializingPerspective: Any = None
    jellyMethod: Any = None

    def serialize(
        self,
        object: Any,
        perspective: Any = None,
        method: Any = None,
        args: Any = None,
        kw: Any = None,
    ) -> Any:
        """
        Give the expression for an object.
        """
        flat = jellyFlat(object) if isKnown(self.security) else NOT_FLAT
        if flat is not NOT_FLAT:
            return flat
        # A call has a name, in bytes.
        copy = None if type(method) is bytes else jellyCopy(object, self)
        if copy is not None:
            return copy
        stock: Any = super()
        return stock.serialize(object, perspective, method, args, kw)

    def sendEncoded(self, obj: Any) -> None:
        """
        Send an expression.

        @raise twisted.spread.banana.BananaError: if it cannot be sent.
        """
        words = self.outgoingSymbols if self.currentDialect == b"pb" else {}
        self._write(encoded(obj, words, self._encode))

    def _write(self, data: bytes) -> None:
        """
        Send a message.  There is no other way out.
        """
        transport: Any = self.transport
        transport.write(data)

    def _sendMessage(
        self,
        prefix: bytes,
        perspective: Any,
        objectID: int | bytes,
        message: bytes,
        args: tuple[Any, ...],
        kw: dict[str, Any],
    ) -> Any:
        """
        Send a call.

        @return: a Deferred of its answer, if one is wanted.
        """
        wanted = kw.get("pbanswer", True)
        tail = b""
        if len(kw) == ("pbanswer" in kw) and type(wanted) is bool and self._isUsual():
            try:
                tail = _tails.of(message, int(wanted), args, self._encode)
            except BananaError:
                # It is raised once more, where Twisted's Broker raises it.
                pass
        if not tail:
            stock: Any = super()
            return stock._sendMessage(prefix, perspective, objectID, message, args, kw)
        own: Any = self
        requestID = own.newRequestID()
        answer: Deferred[Any] | None = None
        if wanted:
            answer = own.waitingForAnswers[requestID] = Deferred()
        self._write(headOf(prefix, requestID, objectID, self._encode) + tail)
        return answer

    def _isUsual(self) -> bool:
        isHere = self.currentDialect == b"pb" and not self.disconnected
        isUsual = len(self.outgoingSymbols) == len(WORDS)
        # What waits leaves when something is serialized (_pending).
        isNext = "serialize" not in vars(self)
        return isHere and isUsual and isNext and isKnown(self.security)
