# -*- test-case-name: pbcopy.test.test_steps -*-
"""
An operation that came, and is checked before it is made: a L{Step}.

Its values are checked against what the node is declared as.  Then it is tried on a
L{Sketch} of the node, which knows what the steps before it will have left.  Only
when all steps of all messages can be made does it become an operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from pbcopy._checking import check
from pbcopy._drafting import Draft, closed
from pbcopy._numbered import valueOf
from pbcopy._operations import Operation
from pbcopy._paths import shortened
from pbcopy._tracked import pathOf
from pbcopy.errors import Violation


class Sketch:
    """
    How many items a container will have, and which keys or members.

    @ivar length: how many.
    """

    def __init__(self, node: Any) -> None:
        self.length = len(node)
        self._node = node
        self._turned: dict[Any, bool] = {}

    def has(self, key: Any) -> bool:
        """
        Tell whether there will be a key or a member.
        """
        return self._turned.get(key, key in self._node)

    def turn(self, key: Any, isThere: bool) -> None:
        """
        Have a key or a member, or not.
        """
        self.length += isThere - self.has(key)
        self._turned[key] = isThere


class Step:
    """
    An operation that came.

    @cvar kind: the class of the nodes that it is for.
    @ivar node: what is to change.
    """

    kind: ClassVar[Any]

    def __init__(self, node: Any, draft: Draft, arguments: tuple[Any, ...]) -> None:
        """
        @param draft: the new nodes of the message.
        @raise Violation: if the arguments stand for nothing.
        """
        self.node = node
        self.draft = draft
        self.take(*arguments)

    def take(self, *arguments: Any) -> None:
        """
        Have values for what came.
        """
        raise NotImplementedError

    def check(self) -> None:
        """
        Check the values, and convert them.

        @raise Violation: if they are not what was declared.
        """

    def tryOn(self, sketch: Sketch) -> None:
        """
        Do to a sketch what is to be done to the node.

        @raise Violation: if there is no such place.
        """

    def operation(self) -> Operation | None:
        """
        Give the operation on the node as it is now; C{None} if nothing that is
        declared here changes.
        """
        raise NotImplementedError

    def checked(
        self, values: list[Any], choose: Callable[[Any], Any], way: Callable[[int], str]
    ) -> list[Any]:
        """
        Check values that are to go into the node.

        @param choose: gives the type of a value for a type of the node.
        @param way: gives the step to a value, by its index.
        @return: the values, converted.
        @raise Violation: if they are not what was declared.
        """
        types = self.draft.typesOf(valueOf(self.node))
        wanted = [choose(each) for each in types]
        if all(each.takesAll(values) for each in wanted):
            return values
        isOne = len(closed(types)) < 2
        converted = []
        for at, value in enumerate(values):
            try:
                converted.append(self._converted(value, wanted, isOne))
            except Violation as error:
                # A path has its price.
                where = shortened(pathOf(self.node) + way(at) + error.where)
                raise error.at(where) from None
        return converted

    def _converted(self, value: Any, wanted: list[Any], isOne: bool) -> Any:
        for type_ in wanted:
            new = check(type_, value, "", self.draft.accepts, self.draft.mayChange)
            if new is not value and not isOne:
                raise Violation(
                    "this is in two places, which were declared as different things",
                    expected=f"what is {type_} and needs no conversion",
                )
            value = new
        return value

    def outside(self, way: str) -> Violation:
        """
        Make the error for a place that is not there.
        """
        return Violation(
            "there is no such place", where=shortened(pathOf(self.node) + way)
        )
