# -*- test-case-name: pbcopy.test.test_update -*-
"""
An update of a replica, and what its sender is told of one that fails.

A Broker logs the traceback of what an C{observe_} method raises, unless it is a
C{pb.Error}, and sends it.  It cannot send a C{SystemExit} or an
C{asyncio.CancelledError}, and closes the connection.  Here a failed update is
raised to the Broker as L{UpdateFailed}, which it sends and does not log, and its
caller sees the very exception that it would see with stock flavors.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutine
from typing import Any

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.spread import jelly, pb

from pbcopy._arguments import asArgument
from pbcopy._sentfailure import sentFailure
from pbcopy._status import withoutFrames
from pbcopy._turn import afterTurn
from pbcopy._twisteds import serializedNothing


class UpdateFailed(pb.Error, jelly.Jellyable):
    """
    What the Broker is given for an update that has failed.  It sends an error
    of these two kinds as it is, and logs nothing.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure.type))
        self._failure = failure

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give the s-expression that a Broker sends for the exception.
        """
        value, broker = self._failure.value, jellier.invoker
        if isinstance(value, jelly.Jellyable) or broker.security.isClassAllowed(
            type(value)
        ):
            return jellier.jelly(value)
        return jellier.jelly(
            sentFailure(self._failure, broker.factory.unsafeTracebacks)
        )


class Unanswerable(Exception):
    """
    The update was made, and its answer cannot be sent.

    @ivar reason: why not.
    """

    def __init__(self, reason: BaseException) -> None:
        super().__init__(str(reason))
        self.reason = reason


def serialized(broker: pb.Broker, result: Any, *context: Any) -> Any:
    """
    Serialize what an C{observe_} method returned: a value, a Deferred, or the
    coroutine of an C{async def}.

    @param context: the method and its arguments, for the Broker.
    @raise Unanswerable: if it cannot be sent.
    """
    try:
        if result is None:
            return serializedNothing(broker)
        if iscoroutine(result):
            result = Deferred.fromCoroutine(result)
        if isinstance(result, Deferred):
            return result.addCallback(lambda value: serialized(broker, value, *context))
        return broker.serialize(asArgument(result, "the answer"), None, *context)
    except Exception as error:
        raise Unanswerable(error) from error


def refusal(failure: Failure, failed: Callable[[Failure], object]) -> BaseException:
    """
    Give what is raised to the Broker for an update that has failed.

    @param failed: what is called with the failure, unless the update was made.
    """
    value: Any = failure.value
    if isinstance(value, Unanswerable):
        return value.reason
    # The frames hold the replica.
    failure.cleanFailure()
    withoutFrames(value)
    failed(failure)
    # Raised itself, it would have frames again.
    return UpdateFailed(failure)


def orRefusal(answer: Deferred[Any], failed: Callable[[Failure], object]) -> None:
    """
    Have an update that is under way give the Broker what it gets for one that has
    failed.

    @param failed: as L{refusal} has it.
    """

    def failedLate(failure: Failure) -> Failure:
        # Where no answer is wanted, the Broker does not look at the Deferred.
        afterTurn(lambda: _ignore(answer))
        return Failure(refusal(failure, failed))

    answer.addErrback(failedLate)


def _ignore(answer: Deferred[Any]) -> None:
    answer.addErrback(lambda failure: None)
