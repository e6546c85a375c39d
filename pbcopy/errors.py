# -*- test-case-name: pbcopy.test.test_errors -*-
"""
The errors of pbcopy.

All have one base, L{PBCopyError}.  Whose fault it is stands in the type:
L{Violation} blames the peer, L{Unsendable} the object that was to be sent,
L{RegistrationError} the program that registers a class, L{ReadOnlyReplica} the one
that holds a replica, L{StaleReplica} the connection.  The facts of an error
are in its text and, where it was raised, in its attributes.  An error that
comes back from the peer has its type and its text.
"""

from __future__ import annotations

from typing import TypeVar

from twisted.spread.jelly import InsecureJelly
from twisted.spread.pb import Error

__all__ = [
    "PBCopyError",
    "ReadOnlyReplica",
    "RegistrationError",
    "StaleReplica",
    "Unsendable",
    "Violation",
]


_Error = TypeVar("_Error", bound="PBCopyError")


class PBCopyError(Exception):
    """
    Something that pbcopy refuses.

    @ivar what: what is wrong, in a few words.
    @ivar where: the class and the path in it, as in C{DuckPond.ducks[2].name}.
    @ivar got: what came.
    @ivar expected: what should have come.
    @ivar advice: what its reader can do.
    """

    what: str = ""
    where: str = ""
    got: str = ""
    expected: str = ""
    advice: str = ""

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        got: str = "",
        expected: str = "",
        advice: str = "",
    ) -> None:
        """
        @param what: what is wrong, in a few words.
        """
        text = f"{where}: {what}" if where else what
        facts = [f"got {got}"] if got else []
        facts += [f"expected {expected}"] if expected else []
        text += f" ({', '.join(facts)})" if facts else ""
        text += f"; {advice}" if advice else ""
        super().__init__(text)
        self.what = what
        self.where = where
        self.got = got
        self.expected = expected
        self.advice = advice

    def at(self: _Error, where: str) -> _Error:
        """
        Give the same error with another place.
        """
        return type(self)(
            self.what,
            where=where,
            got=self.got,
            expected=self.expected,
            advice=self.advice,
        )


class Violation(PBCopyError, InsecureJelly, Error):
    """
    The peer sent what its receiver does not accept.

    It is an C{InsecureJelly}, so whoever handles that one handles this one.  As it
    is a C{pb.Error}, a Broker sends it back and logs nothing: a peer that is refused
    does not fill the log.

    @ivar differences: the errors of which this tells, if there are several; none,
        if it comes from the peer.
    """

    differences: tuple[Violation, ...] = ()


class Unsendable(PBCopyError):
    """
    An object cannot travel over the connection that it was given to.
    """


class RegistrationError(PBCopyError, TypeError):
    """
    A registry function was given what it cannot register.
    """


class ReadOnlyReplica(PBCopyError, AttributeError):
    """
    The holder of a replica has tried to change it.  Its master is elsewhere.
    """


class StaleReplica(PBCopyError):
    """
    An attribute was read of a replica that may differ from its master, and whose
    class does not allow that (L{pbcopy.LiveOnly}).
    """
