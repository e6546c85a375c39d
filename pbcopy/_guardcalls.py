# -*- test-case-name: pbcopy.test.test_guardcalls -*-
"""
Calls and their answers, each of which costs its own caller alone: L{CallBroker}.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred
from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import jelly, pb
from twisted.spread.jelly import InsecureJelly

from pbcopy._broker import peerOf
from pbcopy._channel import DELTA
from pbcopy._flat import isShort
from pbcopy._guardblame import isAtCall, isPeers
from pbcopy._guardtaken import TakingBroker
from pbcopy._guardverbs import checkArguments, checkFlat, isToHub, nameOf
from pbcopy._packedarguments import argumentsIn, isAlone
from pbcopy._sentfailure import sentFailure
from pbcopy._status import inOneLine
from pbcopy._tables import Replica
from pbcopy.errors import Unsendable, Violation


class CallBroker(TakingBroker):
    """
    A Broker that fails a call, and nothing else, where that cannot be taken, made or
    answered.
    """

    def proto_cachemessage(self, requestID: int, objectID: int, *call: Any) -> None:
        """
        Take an update of a replica.
        """
        self._recvMessage(self.locallyCachedObjects.get, requestID, objectID, *call)

    def _recvMessage(
        self,
        findObjMethod: Callable[[Any], Any],
        requestID: int,
        objectID: int | bytes,
        message: bytes,
        answerRequired: int,
        netArgs: Any,
        netKw: Any,
    ) -> None:
        target: Any = None
        try:
            name = nameOf(message)
            target = findObjMethod(objectID)
            self._check(objectID, target, name, netArgs, netKw)
            if target is None:
                raise pb.Error("Invalid Object ID")
            result = target.remoteMessageReceived(self, name, netArgs, netKw)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            # A replica says itself that it cannot take an update.
            if not isinstance(target, Replica) or not isinstance(error, Violation):
                self._logCall(error, bool(answerRequired))
            if answerRequired:
                self._sendError(Failure(), requestID)
        else:
            if answerRequired:
                self._answer(result, requestID)

    def _check(self, objectID: Any, target: Any, name: str, args: Any, kw: Any) -> None:
        """
        Check what came with a call.

        @raise Violation: if it may not be taken.  A replica that misses an update
            so is told.
        """
        if type(args) is tuple:
            # They were made, of nothing but numbers, texts and the like.
            return
        try:
            if isAlone(args, kw) and (target is None or isinstance(target, Replica)):
                if target is not None and name != DELTA and not isShort(args, self):
                    args, kw = jelly.jelly(argumentsIn(args, name)), [b"dictionary"]
            else:
                checkArguments(args, kw)
            if isToHub(objectID, name):
                checkFlat(name, args, kw)
            else:
                self._vet([args, kw], f"the arguments of {name[:100]}")
        except Violation:
            if isinstance(target, Replica):
                target.updateFailed(name, args, Failure())
            raise

    def _logCall(self, error: BaseException, isTold: bool) -> None:
        """
        Log what a call has failed with: in one line, if the peer is to blame.
        """
        if isinstance(error, pb.Error) and not isinstance(error, InsecureJelly):
            return
        made, sent = TakingBroker.unserialize, type(self).serialize
        if isPeers(error, made.__code__, sent.__code__):
            # Twisted has logged what was called, and that it took no such arguments.
            if not (isinstance(error, TypeError) and isAtCall(error)):
                self._refuse(error)
            return
        if isTold:
            log.msg("Peer will receive following PB traceback:", isError=True)
        log.err()

    def _sendFailure(self, fail: Failure, requestID: int) -> None:
        """
        Log what a call has failed with later, and send it.
        """
        if fail.check(UnauthorizedLogin):
            self._refuse(fail.value)
            self._sendError(fail, requestID)
        else:
            stock: Any = super()
            stock._sendFailure(fail, requestID)

    def _answer(self, result: Any, requestID: int) -> None:
        if isinstance(result, Deferred):
            said = (requestID,)
            result.addCallbacks(
                self._sendAnswer,
                self._sendFailureOrError,
                callbackArgs=said,
                errbackArgs=said,
            )
        else:
            self._sendAnswer(result, requestID)

    def _sendAnswer(self, netResult: Any, requestID: int) -> None:
        stock: Any = super()
        try:
            stock._sendAnswer(netResult, requestID)
        except Exception as error:
            self._sendInstead("an answer", error, requestID)

    def _sendError(self, fail: Any, requestID: int) -> None:
        stock: Any = super()
        try:
            stock._sendError(self._asSent(fail), requestID)
        except Exception as error:
            self._sendInstead("an error", error, requestID)

    def _sendInstead(self, what: str, error: Exception, requestID: int) -> None:
        unsendable = Unsendable(
            f"{what} cannot be sent",
            where="a call",
            got=f"{type(error).__name__}: {inOneLine(str(error))}"[:200],
            advice="give less, or something else",
        )
        log.msg(f"{peerOf(self)} is told: {unsendable}")
        stock: Any = super()
        stock._sendError(sentFailure(Failure(unsendable), False), requestID)

    def _asSent(self, fail: Any) -> Any:
        """
        Give an error as it is sent: a jellyable exception itself, any other as a
        failure.
        """
        value = fail.value if isinstance(fail, Failure) else fail
        security: Any = self.security
        if isinstance(value, jelly.Jellyable) or security.isClassAllowed(type(value)):
            return value
        factory: Any = self.factory
        return sentFailure(fail, factory.unsafeTracebacks)
