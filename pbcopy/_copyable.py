# -*- test-case-name: pbcopy.test.test_copyable -*-
"""
The flavors that are copied each time: L{Copyable} and L{RemoteCopy}.

On the wire a copy is C{[type, state]}, as stock flavors send it.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from twisted.python.reflect import qual
from twisted.spread import flavors
from zope.interface import implementer

from pbcopy._answers import answerFails
from pbcopy._broker import undisturbed
from pbcopy._compact import ORDINARY, mayBeCompact, methodsOf
from pbcopy._cycles import beingMade, whenKnown
from pbcopy._envelope import OWN_JELLY_FOR, announce, compacted, jellied
from pbcopy._filling import TAKES
from pbcopy._jellier import Jellier
from pbcopy._prompt import hasten
from pbcopy._refusals import checkParts
from pbcopy._slot import Slot
from pbcopy._state import (
    applyState,
    checkAttributes,
    localNames,
    reserve,
    withTextKeys,
)
from pbcopy._stored import jellyStored, unjellyStored
from pbcopy.errors import Violation
from pbcopy.interfaces import ICopyable, IRemoteCopy

LocalNames = frozenset[str] | tuple[str, ...] | str
"""Names of attributes; a text is one name."""


@implementer(ICopyable)
class Copyable(flavors.Copyable):
    """
    Subclass this to have instances copied each time they are sent.

    @cvar localOnly: names of attributes that never leave this process.  The
        names that a base class declares stay declared in its subclasses.  A
        C{getStateToCopy} of one's own decides for itself.
    """

    localOnly: ClassVar[LocalNames] = frozenset()

    def getStateToCopy(self) -> Any:
        """
        Give the state to send: a shallow copy of the attributes, less those in
        L{localOnly}.  The copy is the caller's to change.
        """
        hidden = localNames(type(self))
        if not hidden:
            return self.__dict__.copy()
        return {k: v for k, v in self.__dict__.items() if k not in hidden}

    def getStateToCopyFor(self, perspective: Any) -> Any:
        """
        Give the state to send to one perspective: by default the same for all.
        """
        return self.getStateToCopy()

    def getTypeToCopy(self) -> str | bytes:
        """
        Give the name under which the peer looks for its own class: by default
        the full name of this one.
        """
        return qual(type(self)).encode("utf-8")

    def getTypeToCopyFor(self, perspective: Any) -> str | bytes:
        """
        Give the name under which one perspective looks for its own class.
        """
        return self.getTypeToCopy()

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give the s-expression C{[type, state]} that represents this.
        """
        if jellier.invoker is None:
            return jellyStored(self, jellier)
        if mayBeCompact(jellier):
            # What was made before need not wait for this.
            hasten(jellier.invoker)
            compact = compacted(self, jellier.invoker)
            if compact is not None:
                return compact
        return jellied(self, jellier, partial(_describeCopy, self))


def _describeCopy(copyable: Copyable, jellier: Jellier) -> tuple[list[Any], Any]:
    with undisturbed(jellier.invoker) as perspective:
        tag = asTag(copyable.getTypeToCopyFor(perspective))
        state = copyable.getStateToCopyFor(perspective)
    return [tag], state


@implementer(IRemoteCopy)
class RemoteCopy(flavors.RemoteCopy):
    """
    Subclass this to represent a peer's L{Copyable}.

    An instance is made without C{__init__}, and then given its state.
    """

    def setCopyableState(self, state: Any) -> None:
        """
        Take the state that the peer sent as this object's attributes.

        @raise Violation: if the state is not a dict, or a name in it is not
            one of a data attribute.
        """
        state = state or {}
        if not isinstance(state, dict):
            raise Violation(
                "the default setCopyableState takes attributes",
                where=type(self).__qualname__,
                got=type(state).__name__,
                expected="dict",
                advice="override setCopyableState to take this state",
            )
        withTextKeys(state)
        checkAttributes(type(self), state)
        # A frozen dataclass, say, refuses to have attributes set.
        object.__setattr__(self, "__dict__", state.copy())

    def unjellyFor(self, unjellier: Any, jellyList: list[Any]) -> Any:
        """
        Take the state in C{[type, state]}.

        @return: this object.
        @raise Violation: if the peer chose the name of an attribute that is
            not its to choose.
        """
        if unjellier.invoker is None:
            return unjellyStored(self, unjellier, jellyList)
        with (
            answerFails(unjellier.invoker) as failures,
            beingMade(unjellier, jellyList, self),
        ):
            checkParts(jellyList)
            announce(unjellier.invoker, jellyList[0])
            if len(jellyList) > 2:
                refuseCache(self, unjellier, jellyList)
            state = unjellier.unjelly(jellyList[1])
            whenKnown(unjellier, lambda: applyState(self, state))
            return self
        return failures[0]


def refuseCache(copy: RemoteCopy, unjellier: Any, jellyList: list[Any]) -> None:
    """
    Give back the id in C{[type, luid, state]}: a copy has no use for it.

    @raise Violation: always.
    """
    with Slot.of(unjellier, jellyList):
        raise Violation(
            "what came is a cache, and the class registered for it is one of copies",
            where=type(copy).__qualname__,
            got=repr(jellyList[0]),
            expected="a pb.Copyable",
            advice="derive the class from pb.RemoteCache",
        )


def asTag(tag: str | bytes) -> bytes:
    """
    Give the type tag that C{getTypeToCopyFor} returned as Banana can send it.
    """
    return tag.encode("utf-8") if isinstance(tag, str) else tag


OWN_JELLY_FOR.add(Copyable.jellyFor)
ORDINARY.append(methodsOf(Copyable))
reserve(RemoteCopy)
TAKES.update(
    (name, getattr(RemoteCopy, name)) for name in ("setCopyableState", "unjellyFor")
)
