# -*- test-case-name: pbcopy.test.test_failure -*-
"""
The errback that carries the real exception.

A Broker sends an exception as a C{pb.CopyableFailure}: its class by name, its
value as a text.  Stock flavors leave it so, and C{failure.type} is bytes.  Here
an exception whose class is known stands there itself:
C{InsecureJelly}, the errors of pbcopy, and
what L{setUnjellyableForException<pbcopy.pb.setUnjellyableForException>} was
given.  Any other stays as it is with stock flavors.
"""

from __future__ import annotations

from typing import Any, NoReturn

from twisted.python import log
from twisted.python.failure import Failure
from twisted.python.reflect import qual
from twisted.spread import pb
from twisted.spread.jelly import InsecureJelly

from pbcopy._answers import answerFails
from pbcopy._envelope import announce
from pbcopy._policy import checkArriving
from pbcopy._registry import (
    exceptionNamed,
    setUnjellyableForClass,
    setUnjellyableForException,
)
from pbcopy._state import withTextKeys
from pbcopy.errors import (
    PBCopyError,
    RegistrationError,
    StaleReplica,
    Unsendable,
    Violation,
)


class CopiedFailure(pb.CopiedFailure):
    """
    A failure of the peer's.

    @ivar traceback: the peer's traceback, as a text.
    @ivar type: the class of the exception; its full name, as bytes, where it is
        not known here.
    @ivar value: the exception; its text where its class is not known here.
    """

    traceback: str = "Traceback unavailable\n"
    type: Any = b""
    value: Any = ""
    _broker: Any = None

    def unjellyFor(self, unjellier: Any, jellyList: list[Any]) -> Any:
        """
        Take the peer's failure.

        If it could not send something, it may not know what this side takes.
        """
        stock: Any = super()
        self._broker = unjellier.invoker
        with answerFails(unjellier.invoker, "a failure") as failures:
            made = stock.unjellyFor(unjellier, jellyList)
            if self.type is Unsendable:
                announce(unjellier.invoker, jellyList[0])
            return made
        return failures[0]

    def setCopyableState(self, state: Any) -> None:
        """
        Take the peer's failure.

        @raise Violation: if the state is not that of one.
        """
        if not isinstance(state, dict):
            raise _noFailure("", state, "dict")
        state = _told(withTextKeys(state))
        stock: Any = super()
        broker = self._broker
        stock.setCopyableState(state)
        known = _known(_text(state["type"]), broker)
        value = None if known is None else _made(known, _text(state["value"]))
        if value is not None:
            self.type = known
            self.value = value

    def throwExceptionIntoGenerator(self, g: Any) -> Any:
        """
        Throw the exception into a generator, for C{await} and
        C{inlineCallbacks}; a C{pb.RemoteError} where its class is not known.
        """
        return g.throw(self._raisable())

    def raiseException(self) -> NoReturn:
        """
        Raise the exception, as C{trap} does with one that it does not trap; a
        C{pb.RemoteError} where its class is not known.
        """
        raise self._raisable()

    def printTraceback(
        self,
        file: Any = None,
        elideFrameworkCode: int = 0,
        detail: str = "default",
    ) -> None:
        """
        Print the class and the text of the exception.
        """
        file = file or log.logfile
        file.write(f"Traceback from remote host -- {self._said()}\n")

    printBriefTraceback = printTraceback
    printDetailedTraceback = printTraceback

    def __repr__(self) -> str:
        """
        Show the class and the text of the exception.
        """
        return f"<{qual(CopiedFailure)} {self._said()}>"

    def _said(self) -> str:
        name = qual(self.type) if isinstance(self.type, type) else _text(self.type)
        return f"{name}: {self.getErrorMessage()}"

    def _raisable(self) -> BaseException:
        if isinstance(self.value, BaseException):
            return self.value
        error: BaseException = pb.RemoteError(self.type, self.value, self.traceback)
        return error


def _told(state: dict[str, Any]) -> dict[str, Any]:
    """
    Give what a failure has to have, of what a peer tells of one.  The peer's frames
    are none of this process, and C{Failure} would look into them.

    @raise Violation: if nothing can be made of it.
    """
    told = {**_UNTOLD, **{name: state[name] for name in state if name in _TOLD}}
    for name, kinds in _TOLD.items():
        if not isinstance(told[name], kinds):
            expected = " or ".join(kind.__name__ for kind in kinds)
            raise _noFailure(f".{name}", told[name], expected)
    return told


def _noFailure(path: str, got: object, expected: str) -> Violation:
    return Violation(
        "this is no failure",
        where=f"a failure{path}",
        got=type(got).__name__,
        expected=expected,
    )


_TOLD: dict[str, tuple[type, ...]] = {
    "parents": (list, tuple),
    "traceback": (bytes, str),
    "type": (bytes, str),
    "value": (bytes, str, Failure),
}
"""What is believed of what a peer tells of a failure, and what it may be."""

_UNTOLD: dict[str, Any] = {
    **{"captureVars": False, "count": 0, "frames": [], "pickled": 1},
    **{"stack": [], "tb": None},
    # A very old Twisted sends no parents.
    **{"parents": [], "traceback": CopiedFailure.traceback, "type": b"", "value": ""},
}
"""What a failure is that says nothing."""


def _known(name: str, broker: Any) -> type[Exception] | None:
    """
    Find the exception for a name, if it may arrive.
    """
    known = exceptionNamed(name)
    if known not in OWN:
        try:
            checkArriving(name, broker)
        except Violation:
            return None
    return known


def _made(known: type[Exception], text: str) -> Exception | None:
    """
    Make an exception of its text alone.  Its C{__init__} may want other
    arguments, and is not called.

    @return: C{None} if its C{__new__} wants others, too.
    """
    try:
        value = known.__new__(known, text)
    except Exception:
        return None
    # An OSError's __new__ leaves them to an __init__.
    value.args = (text,)
    return value


def _text(value: object) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


OWN = (
    InsecureJelly,
    PBCopyError,
    RegistrationError,
    StaleReplica,
    Unsendable,
    Violation,
)
"""Exceptions that are known without a word of the application's."""

for _each in OWN:
    setUnjellyableForException(_each)
setUnjellyableForClass(pb.CopyableFailure, CopiedFailure)
