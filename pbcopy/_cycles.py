# -*- test-case-name: pbcopy.test.test_cycles -*-
"""
Objects that a message refers to while they are still being made.

The first mention of an object is C{['reference', id, expression]}, and a later
one C{['dereference', id]}.  Jelly knows the object of an id when its expression
is done.  To what refers to it from within it gives a placeholder, and puts the
object into the list or dict that has the placeholder afterwards.  Its placeholder
cannot be a key, though, and what somebody copied out of the list or dict stays
a placeholder for good.

So here an object can be referred to as soon as it is made, and is given its
state when that has no placeholders any more.  What comes after it in the message
waits too, for an object to find those that it has in its state complete.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType
from typing import Any

from twisted.persisted.crefutil import NotKnown, _DictKeyAndValue
from twisted.spread.jelly import _Unjellier

from pbcopy._answers import answerFails
from pbcopy._kinds import shortly
from pbcopy.errors import Violation


@contextmanager
def beingMade(unjellier: Any, jellyList: list[Any], blank: object) -> Iterator[None]:
    """
    For as long as this lasts, have references to the object of C{jellyList}
    find C{blank}.
    """
    references = referencesOf(unjellier)
    refid = _referenceTo(jellyList)
    before = None if refid is None else references.get(refid)
    if refid is None or not (before is None or isinstance(before, Placeholder)):
        yield
        return
    references[refid] = blank
    if before is not None:
        before.resolveDependants(blank)
    try:
        yield
    finally:
        # Jelly puts it in itself, and takes one that is there for another.
        del references[refid]


def whenKnown(unjellier: Any, finish: Callable[[], None]) -> None:
    """
    Call C{finish} once the message has no placeholders: now, or when all of it
    is unjellied.

    @raise Violation: if the message refers to an object that is not in it.
    """
    references = referencesOf(unjellier)

    def late() -> None:
        if not references.areKnown():
            raise Violation(
                "the message refers to an object that is not in it",
                where="['dereference', …]",
                expected="an id that it gave with a 'reference'",
            )
        finish()

    if references.areWaited or not references.areKnown():
        references.areWaited = True
        unjellier.postCallbacks.append(late)
    else:
        finish()


class References(dict[Any, Any]):
    """
    Jelly's table of the objects that a message refers to.  It knows which of
    them are placeholders.

    @ivar areWaited: whether an object waits for them.
    """

    def __init__(self, known: dict[Any, Any]) -> None:
        super().__init__()
        self.areWaited = False
        self._unknown: set[Any] = set()
        for refid, thing in known.items():
            self[refid] = thing

    def __setitem__(self, refid: Any, thing: Any) -> None:
        super().__setitem__(refid, thing)
        if isinstance(thing, NotKnown):
            self._unknown.add(refid)
        else:
            self._unknown.discard(refid)

    def get(self, refid: Any, default: Any = None) -> Any:
        """
        Give the object.  A tuple that has become known since is not in the table
        itself.

        @raise Violation: if it has another id than Jelly gives.
        """
        if isinstance(refid, list):
            raise Violation(
                "this is no id",
                where="['reference', …]",
                got=shortly(refid),
                expected="a number",
            )
        thing = super().get(refid, default)
        if isinstance(thing, NotKnown) and thing.resolved:
            return thing.resolvedObject
        return thing

    def areKnown(self) -> bool:
        """
        Tell whether there are no placeholders.
        """
        while self._unknown:
            refid = next(iter(self._unknown))
            if refid in self and not self[refid].resolved:
                return False
            self._unknown.discard(refid)
        return True


class PostCallbacks(list[Callable[[], Any]]):
    """
    Jelly's queue of what is called when a message is unjellied: each
    C{postUnjelly}, and what has waited.  If one raises, an answer fails its
    call, and what comes after that is not to see half of the message.
    """

    def __init__(self, invoker: Any, calls: Iterable[Callable[[], Any]]) -> None:
        super().__init__(calls)
        self._invoker = invoker

    def __iter__(self) -> Iterator[Callable[[], None]]:
        for call in super().__iter__():
            yield partial(self._call, call)

    def _call(self, call: Callable[[], Any]) -> None:
        with answerFails(self._invoker) as failures:
            call()
        if failures:
            self.clear()


_NotKnown: Any = NotKnown


class Placeholder(_NotKnown):  # type: ignore[misc]
    """
    A placeholder that can be a key of a dict, until the object is there.
    """

    __hash__ = object.__hash__

    def addDependant(self, mutable: Any, place: Any) -> None:
        """
        Note where the object is to be put.

        @raise Violation: if that has been done.  A placeholder that is found later
            was left by an envelope that mentions what is not in it.
        """
        if self.resolved:
            raise Violation(
                "this mentions what is not in it",
                where="['dereference', …]",
                expected="a mention of an object of the same envelope",
            )
        if isinstance(mutable, _DictKeyAndValue) and place == 0:
            mutable = _Key(mutable, self)
        super().addDependant(mutable, place)

    def resolveDependants(self, thing: Any) -> None:
        """
        Put the object where it belongs; if it is not known either, have that done
        later.

        @raise Violation: if it is said to be itself, or has to be a member or a key of
            something and has no hash.
        """
        if thing is self:
            raise Violation(
                "the message has an object that is nothing but a mention of itself",
                where="['reference', …]",
                expected="an object",
            )
        if isinstance(thing, NotKnown):
            # What says this once more would have them put there twice.
            dependants: list[Any] = self.dependants
            self.dependants: list[Any] = []
            for mutable, place in dependants:
                thing.addDependant(mutable, place)
            return
        try:
            super().resolveDependants(thing)
        except TypeError as error:
            raise _unhashable(thing, error, "put where it is mentioned") from None


def _unhashable(thing: Any, error: TypeError, place: str) -> Violation:
    return Violation(
        f"this cannot be {place}",
        where="['dereference', …]",
        got=f"a {type(thing).__name__}: {error}",
        expected="what has a hash",
    )


class _Key:
    """
    A placeholder as a key of a dict.
    """

    def __init__(self, pair: Any, placeholder: Placeholder) -> None:
        self._pair = pair
        self._placeholder = placeholder

    def __setitem__(self, place: int, thing: Any) -> None:
        try:
            _replaceKey(self._pair.dict, self._placeholder, thing)
        except TypeError as error:
            raise _unhashable(thing, error, "a key of a dict") from None
        self._pair.key = thing


def _replaceKey(d: dict[Any, Any], old: object, new: object) -> None:
    """
    Put a key in the place of another one.
    """
    pairs = [(new if key is old else key, value) for key, value in d.items()]
    d.clear()
    d.update(pairs)


def _dereferenced(references: References, lst: list[Any]) -> Any:
    """
    Give the object for C{['dereference', id]}, or a placeholder.
    """
    thing = references.get(lst[0] if lst else [])
    if thing is None:
        thing = references[lst[0]] = Placeholder()
    return thing


def referencesOf(unjellier: Any) -> References:
    """
    Give Jelly's table for a message, and have its queue be one where what raises
    fails its own call.
    """
    if not isinstance(unjellier.references, References):
        references = unjellier.references = References(unjellier.references)
        unjellier._unjelly_dereference = partial(_dereferenced, references)
        calls = unjellier.postCallbacks
        unjellier.postCallbacks = PostCallbacks(unjellier.invoker, calls)
    return unjellier.references


_UNJELLY = _Unjellier.unjelly.__code__
_UNJELLY_REFERENCE = _Unjellier._unjelly_reference.__code__


def _referenceTo(jellyList: list[Any]) -> Any:
    """
    Find the id by which the message refers to what C{jellyList} stands for.  It
    is in the frame of the method that unjellies the reference, and nowhere else.

    @return: the id; C{None} if nothing refers to it.
    """
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_code is not _UNJELLY:
        frame = frame.f_back
    outer = frame and frame.f_back
    if outer is None or outer.f_code is not _UNJELLY_REFERENCE:
        return None
    lst = outer.f_locals["lst"]
    return lst[0] if lst[1] is jellyList else None
