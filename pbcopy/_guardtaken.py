# -*- test-case-name: pbcopy.test.test_guardtaken -*-
"""
What came, looked through before anything is made of it, and the answers to calls of
which that fails no more than one: L{TakingBroker}.
"""

from __future__ import annotations

from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.persisted.crefutil import NotKnown
from twisted.python import log
from twisted.python.failure import Failure
from twisted.spread import jelly, pb
from twisted.spread.jelly import InsecureJelly

from pbcopy._broker import peerOf
from pbcopy._compacted import isCompact
from pbcopy._flat import NOT_FLAT, isRoomy, mayArrive, unjellyFlat
from pbcopy._guardblame import isTwisteds
from pbcopy._guardverbs import brief
from pbcopy._quickcopies import unjellyCopy
from pbcopy._status import inOneLine
from pbcopy._vetting import vet
from pbcopy.errors import Violation

_MADE = frozenset([dict, tuple])
"""What no expression is.  Jelly, too, gives what is no list as it is."""


class TakingBroker(pb.Broker):
    """
    A Broker that looks through what it is sent before it makes anything of it, and
    fails one call where it cannot take an answer.
    """

    def unserialize(self, sexp: Any, perspective: Any = None) -> Any:
        """
        Make what an expression says.

        @raise Violation: if nothing can be made of it.
        """
        if type(sexp) in _MADE:
            return sexp
        flat = unjellyFlat(sexp)
        if flat is not NOT_FLAT and mayArrive(self.security):
            return flat
        stock: Any = super()
        try:
            copy = unjellyCopy(sexp, self)
            made = stock.unserialize(sexp, perspective) if copy is None else copy
        except RecursionError:
            raise _tooDeep("a message") from None
        except Exception as error:
            if isinstance(error, InsecureJelly) or not isTwisteds(error):
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

    def _vet(self, expressions: list[Any], where: str) -> None:
        if len(expressions) == 1 and isCompact(expressions[0]):
            # That is looked at when it is read.
            return
        if isRoomy(self) and NOT_FLAT not in map(unjellyFlat, expressions):
            return
        try:
            vet(expressions, self, where)
        except RecursionError:
            # Its errors show what they refuse.
            raise _tooDeep(where) from None

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

    def _isKnown(self, verb: str, anID: int, table: Any) -> bool:
        isKnown = anID in table
        if not isKnown:
            self._refuse(Violation("there is no such id", where=verb, got=brief(anID)))
        return isKnown

    def _refuse(self, why: object) -> None:
        log.msg(f"{peerOf(self)} is refused: {inOneLine(why)}")


def _tooDeep(where: str) -> Violation:
    return Violation("this is nested too deeply", where=where)
