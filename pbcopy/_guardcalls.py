# -*- test-case-name: pbcopy.test.test_guardcalls -*-
"""
Calls and their answers, each of which costs its own caller alone: L{CallBroker}.
"""

from __future__ import annotations

from collections.abc import Callable
from traceback import walk_tb
from types import FrameType
from typing import Any, cast

from twisted.cred.error import UnauthorizedLogin
from twisted.internet.defer import Deferred
from twisted.persisted.crefutil import NotKnown
from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import flavors, jelly, pb
from twisted.spread.jelly import InsecureJelly

from pbcopy._broker import peerOf
from pbcopy._flat import NOT_FLAT, isRoomy, jellyFlat, mayArrive, mayLeave, unjellyFlat
from pbcopy._guardverbs import brief, checkArguments, checkFlat, isToHub, nameOf
from pbcopy._packedcopy import isPackedCopy, packedCopy, quickCopy
from pbcopy._sentfailure import sentFailure
from pbcopy._status import inOneLine
from pbcopy._tables import Replica
from pbcopy._vetting import vet
from pbcopy.errors import Unsendable, Violation


class CallBroker(pb.Broker):
    """
    A Broker that looks through what it is sent before it makes anything of it, and
    fails a call, and nothing else, where that cannot be taken, made or answered.
    """

    # Calls of the peer's.

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
        netArgs: list[Any],
        netKw: list[Any],
    ) -> None:
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
            self._logCall(error, bool(answerRequired))
            if answerRequired:
                self._sendError(Failure(), requestID)
        else:
            if answerRequired:
                self._answer(result, requestID)

    def _check(
        self, objectID: Any, target: Any, name: str, args: list[Any], kw: list[Any]
    ) -> None:
        """
        Check what came with a call.

        @raise Violation: if it may not be taken.  A replica that misses an update
            so is told.
        """
        try:
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
        if _isPeers(error):
            # Twisted has logged what was called, and that it took no such arguments.
            if not (isinstance(error, TypeError) and _isAtCall(error)):
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

    # What is made of what came.

    def unserialize(self, sexp: Any, perspective: Any = None) -> Any:
        """
        Make what an expression says.

        @raise Violation: if nothing can be made of it.
        """
        flat = unjellyFlat(sexp) if mayArrive(self.security) else NOT_FLAT
        if flat is not NOT_FLAT:
            return flat
        stock: Any = super()
        try:
            copy = quickCopy(sexp, self) if isPackedCopy(sexp) else None
            made = stock.unserialize(sexp, perspective) if copy is None else copy
        except RecursionError:
            raise _tooDeep("a message") from None
        except Exception as error:
            if isinstance(error, InsecureJelly) or not _isTwisteds(error):
                raise
            raise Violation(
                "nothing can be made of this",
                where="a message",
                got=f"{type(error).__name__}: {inOneLine(str(error))}"[:200],
                expected="what Jelly makes",
            ) from None
        if isinstance(made, NotKnown):
            # A place in which Jelly would put what is mentioned, were it there.
            raise Violation("this mentions what is not in it", where="a message")
        return made

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
        flat = jellyFlat(object) if mayLeave(self.security) else NOT_FLAT
        if flat is not NOT_FLAT:
            return flat
        copy = packedCopy(object, self) if method is None else None
        if copy is not None:
            return copy
        stock: Any = super()
        return stock.serialize(object, perspective, method, args, kw)

    def _vet(self, expressions: list[Any], where: str) -> None:
        if isPackedCopy(expressions[0]) and len(expressions) == 1:
            # That is looked at when it is unpacked.
            return
        if NOT_FLAT not in map(unjellyFlat, expressions) and isRoomy(self):
            return
        try:
            vet(expressions, self, where)
        except RecursionError:
            # Its errors show what they refuse.
            raise _tooDeep(where) from None

    # Answers of the peer's.

    def proto_answer(self, requestID: int, netResult: Any) -> None:
        """
        Take the answer to a call.
        """
        call = self._called("answer", requestID)
        if call is not None:
            call.callback(self._taken(netResult, "an answer"))

    def proto_error(self, requestID: int, fail: Any) -> None:
        """
        Take the error that a call has failed with.
        """
        call = self._called("error", requestID)
        if call is None:
            return
        error = self._taken(fail, "an error")
        if not isinstance(error, (Failure, Exception, jelly.Unjellyable)):
            got = brief(fail)
            error = Violation("there is no error in it", where="an error", got=got)
        call.errback(error)

    def _called(self, verb: str, requestID: int) -> Deferred[Any] | None:
        table: Any = self.waitingForAnswers
        if not self._isKnown(verb, requestID, table):
            return None
        return cast("Deferred[Any]", table.pop(requestID))

    def _taken(self, sexp: Any, where: str) -> Any:
        """
        Give what came for a call that waits; a failure, if it cannot be taken.
        """
        try:
            self._vet([sexp], where)
            return self.unserialize(sexp)
        except Exception:
            failure = Failure()
            # The frames would keep alive what is half made.
            failure.cleanFailure()
            return failure

    # What is refused.

    def _isKnown(self, verb: str, anID: int, table: Any) -> bool:
        isKnown = anID in table
        if not isKnown:
            self._refuse(Violation("there is no such id", where=verb, got=brief(anID)))
        return isKnown

    def _refuse(self, why: object) -> None:
        log.msg(f"{peerOf(self)} is refused: {inOneLine(why)}")


def _tooDeep(where: str) -> Violation:
    return Violation("this is nested too deeply", where=where)


def _frames(error: BaseException) -> list[FrameType]:
    return [frame for frame, _ in walk_tb(error.__traceback__)]


def _raisedIn(error: BaseException) -> str:
    return str(_frames(error)[-1].f_globals["__name__"])


def _isTwisteds(error: BaseException) -> bool:
    """
    Tell whether Twisted itself has raised an error, as it does for a list that has
    not the form that it wants, and not what it called.
    """
    module = str(_frames(error)[-1].f_globals["__name__"])
    return module.startswith(
        ("twisted.persisted.", "twisted.python.", "twisted.spread.")
    )


def _isAtCall(error: BaseException) -> bool:
    """
    Tell whether there is no such method, or it takes no such arguments.
    """
    isAvatars = _frames(error)[-1].f_code is _OF_AN_AVATAR
    return isAvatars or _raisedIn(error) == flavors.__name__


_OF_AN_AVATAR = pb.Avatar.perspectiveMessageReceived.__code__


def _isPeers(error: BaseException) -> bool:
    """
    Tell whether the peer is to blame for what a call has failed with: for what was
    to be made of its arguments, or for the call itself.
    """
    codes = {frame.f_code for frame in _frames(error)}
    if pb.Broker.serialize.__code__ in codes:
        return False
    isMade = CallBroker.unserialize.__code__ in codes
    return isMade or isinstance(error, InsecureJelly) or _isAtCall(error)
