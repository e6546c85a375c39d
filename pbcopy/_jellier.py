# -*- test-case-name: pbcopy.test.test_jellier -*-
"""
Jelly's own jellier, with what pbcopy adds for the states of its objects.

A value that Jelly would send as something else, or as C{Unpersistable} with no
word to anybody, is sent as it is, or refused by name.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from twisted.python.reflect import qual
from twisted.spread import jelly as _jelly
from twisted.spread.jelly import Jellyable

from pbcopy import limits
from pbcopy._beside import Beside
from pbcopy._nodes import Tracked
from pbcopy._paths import pathTo, shortened
from pbcopy._values import jellyValue, refuseValue
from pbcopy.errors import Unsendable

if TYPE_CHECKING:
    from pbcopy._graph import Graph

_ATOMS = frozenset([bytes, int, float, bool, type(None)])
CONTAINERS: dict[Any, bytes] = {
    dict: b"dictionary",
    frozenset: b"frozenset",
    list: b"list",
    set: b"set",
    tuple: b"tuple",
}
"""What Jelly calls each kind of container."""

NO_STATE: Any = object()
"""What describes an object that has nothing but a head."""

Describe = Callable[["Jellier"], "tuple[list[Any] | None, Any]"]
"""What gives the head of the expression of an object, such as C{[type]}, and its
state.  Without a head, the expression is that of the state."""


class Refused(Exception):
    """
    Something in a state cannot be sent.

    @ivar culprit: the object by which it is found in what is around it.
    @ivar path: the path to it from there.
    @ivar error: the error, which does not know its place yet.
    """

    def __init__(self, culprit: object, path: str, error: Unsendable) -> None:
        super().__init__(culprit, path, error)
        self.culprit = culprit
        self.path = path
        self.error = error

    def within(self, owner: object, state: Any) -> Refused:
        """
        Give the same, seen from the object that has it in its state.
        """
        isBeside = isinstance(state, Beside)
        path = state.pathTo(self.culprit) if isBeside else pathTo(self.culprit, state)
        path += self.path
        return Refused(owner, shortened(path), self.error)


# Its methods have no annotations.
_Jellier: Any = _jelly._Jellier


class Jellier(_Jellier):  # type: ignore[misc]
    """
    What jellies a state.  It shares all that it knows with the jellier of the
    message.

    @ivar graph: where the objects of the state are collected, if they are.
    @ivar isFull: whether the peer takes the values that pbcopy adds.
    @ivar origin: a weak reference to the jellier of the message.  Jelly keeps
        that for as long as the message is being computed.
    @ivar isInside: whether what is jellied is in the state of an object.
    @ivar isWaiting: whether the message is computed, and waits to be sent.
    @ivar whenSent: what to call when it has waited.
    @ivar undo: what to call if the message fails.
    """

    graph: Graph | None = None
    isFull = False
    origin: Callable[[], Any]
    isInside = False
    isWaiting = False
    whenSent: list[Callable[[], None]]
    undo: list[Callable[[], None]]
    _depth = 0

    @classmethod
    def of(cls, jellier: Any) -> Jellier:
        """
        Give the jellier of pbcopy's for a message: C{jellier} itself, if it is
        one.
        """
        if isinstance(jellier, cls):
            return jellier
        own = cls.__new__(cls)
        own.__dict__ = jellier.__dict__
        own.origin = weakref.ref(jellier)
        own.__dict__.setdefault("whenSent", [])
        own.__dict__.setdefault("undo", [])
        return own

    @contextmanager
    def undone(self) -> Iterator[None]:
        """
        If what is done in this block raises, undo what it has left in C{undo}.
        """
        before = len(self.undo)
        try:
            yield
        except BaseException:
            while len(self.undo) > before:
                self.undo.pop()()
            raise

    @contextmanager
    def inside(self) -> Iterator[None]:
        """
        For as long as this lasts, what is jellied is in the state of an object
        of pbcopy's.
        """
        self.isInside = True
        try:
            yield
        finally:
            del self.isInside

    # What is nested makes this call itself, and Python bounds how deep that may
    # go.  So it does not pass a container on to Jelly's, which takes more calls.
    def jelly(self, obj: Any) -> Any:
        """
        Give the expression for an object.

        @raise Refused: if it cannot be sent.
        """
        kind = obj.plain if isinstance(obj, Tracked) else type(obj)
        if kind in _ATOMS or not self.taster.isTypeAllowed(qual(kind).encode()):
            return super().jelly(obj)
        isObject = kind not in CONTAINERS and isinstance(obj, Jellyable)
        if not isObject and kind not in CONTAINERS:
            return self._jellyValue(obj)
        expression = self._checkMutable(obj)
        if isObject:
            expression = expression or obj.jellyFor(self)
            if self.graph is not None:
                self.graph.met(expression)
            return expression
        if expression is not None:
            return expression
        expression = self.prepare(obj)
        self._enter(obj)
        if kind is dict:
            expression.append(b"dictionary")
            for key, value in obj.items():
                expression.append([self.jelly(key), self.jelly(value)])
        else:
            expression.append(CONTAINERS[kind])
            for each in obj:
                expression.append(self.jelly(each))
        self._depth -= 1
        return self.preserve(obj, expression)

    def _enter(self, container: Any) -> None:
        self._depth += 1
        # What is not packed is bound by Python's stack.
        if self.isFull and self._depth > limits.MAX_NESTING:
            raise Refused(container, "", tooDeep())

    def _jellyValue(self, value: Any) -> Any:
        try:
            if self.isFull:
                expression = jellyValue(self, value)
                if expression is not None:
                    return expression
            else:
                refuseValue(self, value)
        except Unsendable as error:
            raise Refused(value, "", error) from None
        return super().jelly(value)

    def express(self, owner: object, describe: Describe) -> Any:
        """
        Give the expression for an object by what describes it.

        @raise Refused: if something in its state cannot be sent.
        """
        head, state = describe(self)
        if state is NO_STATE:
            return head
        if self.graph is not None:
            self.graph.isDescribedBy(state)
        depth, self._depth = self._depth, 0
        try:
            expression = self.jelly(state)
        except Refused as refused:
            raise refused.within(owner, state) from None
        finally:
            self._depth = depth
        return expression if head is None else [*head, expression]

    def giveIds(self, known: int) -> None:
        """
        Give an id to all that was jellied, as what comes later in the message
        may refer to it, and it is about to be packed.

        @param known: how much was there before.  A dict keeps its order.
        """
        for key in islice(reversed(self.preserved), len(self.preserved) - known):
            if key not in self.cooked:
                self._cook(self.cooker[key])


def tooDeep() -> Unsendable:
    """
    Give the error for what is too deep inside each other.
    """
    return Unsendable(
        "this is nested too deeply",
        got=f"more than {limits.MAX_NESTING} containers inside each other",
        expected=f"at most pbcopy.limits.MAX_NESTING, {limits.MAX_NESTING}",
        advice="put an object of pbcopy's in between",
    )


def tooDeepForStock() -> Unsendable:
    """
    Give the error for what is too deep for a peer that takes objects in each
    other alone.
    """
    return Unsendable(
        "this is nested too deeply for a peer that is not known to have pbcopy",
        got="more than Python's stack holds",
        expected="some 180 objects, or 300 lists, in each other",
        advice="send it in parts; to a pbcopy, send it once more",
    )
