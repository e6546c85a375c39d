# -*- test-case-name: pbcopy.test.test_guardsending -*-
"""
How messages leave: L{SendingBroker}.
"""

from __future__ import annotations

from typing import Any

from pbcopy._bananaencoding import encoded
from pbcopy._flat import NOT_FLAT, isKnown, jellyFlat
from pbcopy._guardcalls import CallBroker
from pbcopy._prompt import hasten
from pbcopy._quickcalls import WORDS, messageFor
from pbcopy._quickcopies import encodedCopy, jellyCopy


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
        copy = encodedCopy(obj, self._encode) if len(words) == len(WORDS) else None
        self._write(copy or encoded(obj, words, self._encode))

    def _write(self, data: bytes) -> None:
        """
        Send a message.  There is no other way out.
        """
        transport: Any = self.transport
        transport.write(data)
        hasten(self)

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
        quick = messageFor(self, prefix, objectID, message, args, kw)
        if quick is None:
            stock: Any = super()
            return stock._sendMessage(prefix, perspective, objectID, message, args, kw)
        data, answer = quick
        self._write(data)
        return answer
