# -*- test-case-name: pbcopy.test.test_sentfailure -*-
"""
A failure as it is sent, where it is not its exception that is sent.

Twisted sends whatever the failure has.  With that go its frames, also where
C{unsafeTracebacks} is false, and a class, which Banana refuses, where the
exception is no C{Exception}, such as a C{SystemExit}.
"""

from __future__ import annotations

from typing import Any

from twisted.python.failure import Failure
from twisted.python.reflect import qual, safe_str
from twisted.spread import pb

LONGEST_TEXT = 64 * 1024
"""How many characters of an exception's text are sent.  More than Banana takes
would cost the connection."""

ATTRIBUTES = frozenset(
    "captureVars count frames parents pickled stack tb traceback type value".split()
)
"""What a failure has on the wire (C{Failure.__getstate__} and
C{CopyableFailure.getStateToCopy}, of Twisted 22.10 to 26.10)."""


class SentFailure(pb.CopyableFailure):
    """
    A C{pb.CopyableFailure} that always can be sent, and tells no more than it says.

    @ivar text: the traceback.
    """

    text = ""

    def getTypeToCopy(self) -> bytes:
        """
        Give the name of Twisted's class.
        """
        return qual(pb.CopyableFailure).encode("ascii")

    def getStateToCopy(self) -> dict[str, Any]:
        """
        Give what is sent.
        """
        stock: Any = super()
        self.value: Any = _sendable(safe_str(self.value))
        state: dict[str, Any] = stock.getStateToCopy()
        state["parents"] = _parents(self.type)
        if self.unsafeTracebacks:
            state["traceback"] = _sendable(self.text)
        return {name: state[name] for name in ATTRIBUTES if name in state}


def sentFailure(failure: Failure, unsafeTracebacks: bool) -> SentFailure:
    """
    Give a failure as it is sent.

    @param unsafeTracebacks: whether the peer gets the traceback, as a text.
    """
    sent = SentFailure.__new__(SentFailure)
    sent.__dict__.update(failure.__getstate__())
    sent.unsafeTracebacks = unsafeTracebacks
    if unsafeTracebacks:
        # Its frames do not go along, in Twisted 26.
        sent.text = failure.getTraceback()
    return sent


def _sendable(text: str) -> str:
    # A lone surrogate has no form in UTF-8.
    return text[:LONGEST_TEXT].encode("utf-8", "replace").decode("utf-8")


def _parents(kind: Any) -> list[str]:
    # The type of a failure that came from another peer is a name.
    if isinstance(kind, type):
        return [qual(base) for base in kind.__mro__]
    return [safe_str(kind)]
