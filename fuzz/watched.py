# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
A Broker that shows what it refuses, and what it tells a peer.

A stock Broker logs no C{pb.Error} of a call, and L{pbcopy.Broker} only a line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.python.failure import Failure

import pbcopy
from pbcopy._update import UpdateFailed


def watched(protocol: Any, show: Callable[[Failure], object]) -> Any:
    """
    Give a subclass of a Broker's class that shows its failures.

    @param show: what is called with each.
    """

    class Watched(protocol):  # type: ignore[misc]
        def _sendError(self, fail: Any, requestID: int) -> None:
            failure = fail if isinstance(fail, Failure) else Failure(fail)
            if isinstance(failure.value, UpdateFailed):
                failure = failure.value._failure
            show(failure)
            super()._sendError(fail, requestID)

    return _refusing(Watched, show) if isGuarded(protocol) else Watched


def _refusing(protocol: Any, show: Callable[[Failure], object]) -> Any:
    class Refusing(protocol):  # type: ignore[misc]
        # How much is said in a second does not depend on the machine.
        seconds = staticmethod(lambda: 0.0)

        def _logCall(self, error: BaseException, isTold: bool) -> None:
            if not isinstance(error, UpdateFailed):
                show(Failure(error))
            super()._logCall(error, isTold)

        def _taken(self, sexp: Any, where: str) -> Any:
            taken = super()._taken(sexp, where)
            if isinstance(taken, Failure):
                show(taken)
            return taken

    return Refusing


def isGuarded(protocol: Any) -> bool:
    """
    Tell whether nothing may leave a Broker but what it logs and sends.
    """
    return isinstance(protocol, type) and issubclass(protocol, pbcopy.Broker)
