# -*- test-case-name: pbcopy.test.test_guardquick -*-
"""
The commonest messages, taken from the bytes that arrive: L{QuickBroker}.

What a Broker of pbcopy's does with each message is done with these, in fewer steps.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import flavors, pb

from pbcopy._channel import DELTA
from pbcopy._envelope import COMPACT_TAG
from pbcopy._flat import mayArrive
from pbcopy._guardlogin import LoginBroker
from pbcopy._guardsize import Maxima
from pbcopy._packedarguments import argumentsIn
from pbcopy._quickmessages import Answer, Call, Message, Update, messageIn
from pbcopy._slot import Slot
from pbcopy._twisteds import Methods
from pbcopy.errors import Violation

_DELTA = DELTA.encode("ascii")

TAKING = Methods(
    *("callExpressionReceived", "expressionReceived", "localObjectForID"),
    *("proto_answer", "proto_cachemessage", "proto_message"),
    *("_recvMessage", "unserialize"),
)
"""What takes a message.  An application may have its own."""

_UNSERIALIZING: tuple[Any, ...] = (
    flavors.Referenceable.remoteMessageReceived,
    flavors.ViewPoint.remoteMessageReceived,
    pb.Avatar.perspectiveMessageReceived,
)
"""What does nothing with arguments but have the Broker unserialize them."""


class QuickBroker(LoginBroker):
    """
    A Broker that takes the commonest of messages by itself.
    """

    # Whether a short message from a peer that may call is within all limits.
    _isRoomy = False

    def _maxima(self) -> Maxima:
        """
        Give how much a message may be now, and see whether that is roomy.
        """
        raise NotImplementedError

    def _takeQuickly(self, data: bytes, at: int) -> int:
        """
        Take the messages from somewhere in some bytes on, as long as each is one of
        the commonest.

        @return: where those begin that are left.
        """
        message = messageIn(data, at)
        # Whatever a message does counts for the next one.
        while message is not None and self._isUsual() and self._isTaken(message):
            at = message.end
            message = messageIn(data, at) if at < len(data) else None
        return at

    def _isThere(self) -> bool:
        """
        Tell whether the connection is.
        """
        return not (self._isClosed or self.disconnected)

    def _isUsual(self) -> bool:
        """
        Tell whether a short and flat message is taken now, whatever it is.
        """
        if not self._isThere():
            return False
        self._maxima()
        isUsual = self._isRoomy and TAKING.areIn(self)
        if isUsual:
            self._endWait()
        return isUsual

    def _isTaken(self, message: Message) -> bool:
        """
        Take a message, unless it is for what looks at messages itself.
        """
        if isinstance(message, Update):
            return self._takeUpdate(message)
        if not mayArrive(self.security):
            return False
        if isinstance(message, Call):
            return self._takeCall(message)
        self._takeAnswer(message)
        return True

    def _takeUpdate(self, update: Update) -> bool:
        slot = self.locallyCachedObjects.get(update.luid)
        if not isinstance(slot, Slot):
            return False
        if update.name == _DELTA:
            return not update.wantsAnswer and slot.takeQuickly(update.packed)
        if not (mayArrive(self.security) and slot.takesMade(update.name)):
            return False
        try:
            args = argumentsIn(update.packed, "")
        except Violation:
            # It says so with the name of the class.
            return False
        self._receive(slot, *update[:4], args)
        return True

    def _receive(
        self,
        target: Any,
        requestID: int,
        objectID: int | bytes,
        name: bytes,
        wantsAnswer: int,
        args: tuple[Any, ...],
    ) -> None:
        """
        Take a call with its arguments made.
        """
        keywords: dict[str, Any] = {}
        call = requestID, objectID, name, wantsAnswer, args, keywords
        self._recvMessage(lambda objectID: target, *call)

    def _takeAnswer(self, answer: Answer) -> None:
        call = self._called("answer", answer.requestID)
        if call is None:
            return
        value = answer.value
        if answer.isCopy:
            value = self._taken([COMPACT_TAG, value], "an answer")
        call.callback(value)

    def _takeCall(self, call: Call) -> bool:
        target: Any = None
        if call.isUpdate:
            target = self.locallyCachedObjects.get(call.objectID)
            isTakers = isinstance(target, Slot) and target.takesMade(call.name)
        else:
            local = self.localObjects.get(call.objectID)
            target = local and local.object
            method = getattr(target, "remoteMessageReceived", None)
            isTakers = getattr(method, "__func__", None) in _UNSERIALIZING
        if isTakers:
            self._receive(target, *call[1:6])
        return isTakers
