# -*- test-case-name: pbcopy.test.test_graph -*-
"""
The objects of a message as a flat list.

Jelly puts the expression of an object into that of the object that has it, and
calls itself for that, so that a chain of two hundred objects is more than
Python's stack takes.  Here each object is jellied by itself, and mentions the
others by their ids.  The list has what is mentioned before what mentions it, so
that its reader can give each object a state that is whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attr

if TYPE_CHECKING:
    from pbcopy._jellier import Describe, Jellier, Refused


@attr.s(auto_attribs=True, slots=True, eq=False)
class Part:
    """
    One object of a graph.

    @ivar flavor: the object.
    @ivar describe: what gives its head and its state.
    @ivar holder: the part that mentioned it first.
    @ivar number: the id by which it is mentioned.
    @ivar state: its state, once that is known.
    @ivar mentions: the ids that its expression mentions.
    @ivar expression: C{['reference', number, [type, state]]}.
    """

    flavor: Any
    describe: Describe
    holder: Part | None
    number: int
    state: Any = None
    mentions: list[int] = attr.ib(factory=list)
    expression: list[Any] = attr.ib(factory=list)


class Graph:
    """
    What one object, and all that it refers to, is made of.
    """

    def __init__(self, jellier: Jellier) -> None:
        self._jellier = jellier
        self._parts: dict[int, Part] = {}
        self._waiting: list[Part] = []
        self._met: list[Part] = []
        self._current: Part | None = None

    def collect(self, flavor: Any, describe: Describe) -> list[list[Any]]:
        """
        Jelly an object, and all that it refers to.

        @return: their expressions, that of C{flavor} last.
        """
        root = self.mention(flavor, describe)[1]
        self._waiting, self._met = self._met, []
        while self._waiting:
            self._describe(self._waiting.pop())
        return [self._parts[number].expression for number in self._inwards(root)]

    def mention(self, flavor: Any, describe: Describe) -> list[Any]:
        """
        Give the expression by which an object is mentioned for the first time,
        and put it on the list of those to describe.
        """
        self._jellier.prepare(flavor)
        mention: list[Any] = self._jellier._checkMutable(flavor)
        part = Part(flavor, describe, self._current, mention[1])
        self._parts[part.number] = part
        self._met.append(part)
        self.met(mention)
        return mention

    def met(self, expression: Any) -> None:
        """
        Take notice of a mention in the expression of the current object.

        @param expression: what a C{jellyFor} gave; one of an application's may
            give what is no list.
        """
        if self._current is None or type(expression) is not list:
            return
        if expression[:1] == [b"dereference"]:
            self._current.mentions.append(expression[1])

    def isDescribedBy(self, state: Any) -> None:
        """
        Take notice of the state of the current object.
        """
        if self._current is not None and self._current.state is None:
            self._current.state = state

    def fromTheRoot(self, refused: Refused) -> Refused:
        """
        Give the same refusal, seen from the object that all this is for.
        """
        part = self._current
        while part is not None and part.holder is not None:
            part = part.holder
            refused = refused.within(part.flavor, part.state)
        return refused

    def _describe(self, part: Part) -> None:
        self._current = part
        expression = self._jellier.express(part.flavor, part.describe)
        part.expression = self._jellier.preserve(part.flavor, expression)
        # The one that was mentioned first is the next, as with Jelly.
        self._waiting.extend(reversed(self._met))
        self._met.clear()

    def _inwards(self, root: int) -> Iterator[int]:
        """
        Give the ids, each after those that it mentions, but for cycles.
        """
        seen, path = {root}, [(root, iter(self._parts[root].mentions))]
        while path:
            number, rest = path[-1]
            for each in rest:
                if each in self._parts and each not in seen:
                    seen.add(each)
                    path.append((each, iter(self._parts[each].mentions)))
                    break
            else:
                path.pop()
                yield number
