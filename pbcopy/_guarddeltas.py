# -*- test-case-name: pbcopy.test.test_guarddeltas -*-
"""
Small changes of replicas, taken from the bytes that arrive: L{DeltaBroker}.

A client may have many replicas, and most of what it gets are such changes.  What a
Broker of pbcopy's does with each message is done with each of them, in fewer steps.
"""

from __future__ import annotations

from pbcopy._guardlogin import LoginBroker
from pbcopy._guardsize import Maxima
from pbcopy._quickdeltas import deltaIn
from pbcopy._slot import Slot
from pbcopy._twisteds import Methods

TAKING = Methods(
    *("dataReceived", "callExpressionReceived", "expressionReceived"),
    *("proto_cachemessage", "_recvMessage", "unserialize"),
)
"""What takes a message.  An application may have its own."""


class DeltaBroker(LoginBroker):
    """
    A Broker that takes the simplest of changes by itself.
    """

    # Whether a short message from a peer that may call is within all limits.
    _isRoomy = False

    def _maxima(self) -> Maxima:
        """
        Give how much a message may be now, and see whether that is roomy.
        """
        raise NotImplementedError

    def _takeDeltas(self, chunk: bytes) -> bytes:
        """
        Take the messages at the beginning of some bytes, as long as each is a simple
        delta.

        @return: the bytes that are left.
        """
        at, delta = 0, deltaIn(chunk, 0)
        while delta is not None and self._isUsual():
            slot = self.locallyCachedObjects.get(delta.luid)
            if not isinstance(slot, Slot) or not slot.takeQuickly(delta.packed):
                break
            at = delta.end
            delta = deltaIn(chunk, at)
        return chunk[at:] if at else chunk

    def _isUsual(self) -> bool:
        """
        Tell whether a short and flat update is taken now, whatever it is.
        """
        if self.disconnected:
            return False
        self._maxima()
        isOpen = self._isRoomy and not self._isClosed
        return isOpen and TAKING.areIn(self)
