# -*- test-case-name: pbcopy.test.test_answers -*-
"""
An answer that cannot be taken fails its own call.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, cast

from twisted.internet.defer import Deferred
from twisted.python.failure import Failure
from twisted.spread import pb

from pbcopy._refusals import jellysRefusals
from pbcopy._turn import afterTurn

_failing: set[Deferred[Any]] = set()
"""The answers that are to fail."""


@contextmanager
def answerFails(broker: pb.Broker, where: str = "a message") -> Iterator[list[Failure]]:
    """
    Where C{broker} is unjellying the answer to a call, have an error in this
    block fail that call.  Elsewhere it is raised, and the Broker sends it back.
    What Jelly itself raises becomes a C{Violation}.

    C{Broker.proto_answer} would let it out of C{dataReceived}: the connection
    would be lost, and the call, which it has forgotten by then, never fire.

    @param where: what is unjellied, for that one.
    @return: a context manager that gives a list: it holds the failure, if the
        block was left by one.  C{unjellyFor} returns that, as a half-made
        object might be called.
    """
    failures: list[Failure] = []
    try:
        with jellysRefusals(where):
            yield failures
    except Exception:
        answer = _answering(broker)
        if answer is None:
            raise
        failures.append(Failure())
        _failInstead(answer, failures[0])


_CALLBACKS = Deferred._runCallbacks.__code__
_ANSWERING = (pb.Broker.proto_answer.__code__, pb.Broker.proto_error.__code__)


def _answering(broker: pb.Broker) -> Deferred[Any] | None:
    """
    Find the Deferred whose answer is being unjellied.  It is nowhere but in the
    frame of the Broker's method.
    """
    frame: FrameType | None = sys._getframe(1)
    # A callback that somebody fires, or that the answer fires, is not part of it.
    while frame is not None and frame.f_code is not _CALLBACKS:
        if frame.f_code in _ANSWERING and frame.f_locals["self"] is broker:
            return cast("Deferred[Any]", frame.f_locals["d"])
        frame = frame.f_back
    return None


def _failInstead(answer: Deferred[Any], failure: Failure) -> None:
    """
    Have a Deferred that is about to be given a result fail.  Of several reasons
    the first is the reason.
    """
    # The frames would keep half-made replicas alive.
    failure.cleanFailure()
    if answer.called or answer in _failing:
        # One that was cancelled does not take a result.
        return

    def fail() -> None:
        _failing.discard(answer)
        if answer.called:
            answer.result = failure
            answer.unpause()
        else:
            # What came after this in the message has cost the connection.
            answer.unpause()
            answer.errback(failure)

    _failing.add(answer)
    answer.pause()
    afterTurn(fail)
