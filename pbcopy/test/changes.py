# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
Mutations that are made at random, for L{pbcopy.test.replicating}.

Each mutator of a container is tried on a plain one, too, which has to become the
same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.python.reflect import safe_repr

from pbcopy.test.comparing import NOTHING, orderOf, valueOf
from pbcopy.test.contents import contents, isIn
from pbcopy.test.declarations import FieldSaid
from pbcopy.test.sorts import ANY, Sort, Tape
from pbcopy.test.world import POOL, World

MOST = 8
"""How many items a container has at most, before it is emptied."""

Mutation = Callable[[Any], Any]


class ChangingWorld(World):
    """
    Some masters, and what may happen to them.
    """

    def mutation(self, tape: Tape) -> tuple[Any, str, Mutation] | None:
        """
        Choose something to happen.

        @return: to what it happens, its name, and what makes it happen to that or
            to a plain one.
        """
        self._begin(tape)
        if not self._found:
            return None
        thing, sort = tape.choose(self._found)
        self._above = set() if self.mayLoop else self._holdersOf(thing)
        if type(thing) in self._declarations.classes:
            chosen = self._ofObject(thing)
        elif isinstance(thing, list):
            chosen = self._ofList(thing, ANY if sort is ANY else sort.of[0])
        elif isinstance(thing, dict):
            key, item = (None, ANY) if sort is ANY else sort.of
            chosen = self._ofDict(thing, key, item)
        else:
            chosen = self._ofSet(thing, None if sort is ANY else sort.of[0])
        return thing, *chosen

    def _holdersOf(self, thing: Any) -> set[int]:
        all = [each for each, _ in self._found]
        return {id(each) for each in all if id(thing) in contents([each], self.masters)}

    def keep(self, things: Any) -> None:
        """
        Keep things that were taken out, to put them back.
        """
        sorts = {id(thing): sort for thing, sort in self._found}
        for thing in things:
            sort = sorts.get(id(thing))
            if sort is not None and not isIn(thing, self.masters):
                self._pool = [*self._pool, (thing, sort)][-POOL:]

    def _ofObject(self, owner: Any) -> tuple[str, Mutation]:
        said = self._declarations.classes[type(owner)]
        fields = [each for each in said.fields if each.name != "number"]
        field: FieldSaid = self._tape.choose(fields)
        name = field.name
        isThere = valueOf(owner, name) is not NOTHING
        if isThere and field.mayBeAbsent() and self._tape.chance(15):
            return f"del .{name}", lambda it: delattr(it, name)
        value = self.value(field.sort, 3)
        return f".{name} = {safe_repr(value)}", lambda it: setattr(it, name, value)

    def _ofList(self, there: list[Any], item: Sort) -> tuple[str, Mutation]:
        if len(there) > MOST:
            return "clear", lambda it: it.clear()
        count = len(there)
        at, until = self._tape.below(count + 1), self._tape.below(count + 3)
        step = self._tape.choose([1, 2, -1, 3, -2])
        new = [self.value(item, 2) for _ in range(self._tape.below(3))]
        one = self.value(item, 2)
        strided = len(there[at:until:step])
        fitting = [self.value(item, 1) for _ in range(strided)]
        mutations: dict[str, Mutation] = {
            "append": lambda it: it.append(one),
            "extend": lambda it: it.extend(iter(new)),
            "extend itself": lambda it: it.extend(it),
            "insert": lambda it: it.insert(at - count, one),
            "set": lambda it: it.__setitem__(at, one),
            "set from the end": lambda it: it.__setitem__(-1 - at, one),
            "set slice": lambda it: it.__setitem__(slice(at, until), new),
            "set stride": lambda it: it.__setitem__(slice(at, until, step), fitting),
            "set badly": lambda it: it.__setitem__(
                slice(at, until, step), [*fitting, one]
            ),
            "del": lambda it: it.__delitem__(at),
            "del slice": lambda it: it.__delitem__(slice(at, until)),
            "del stride": lambda it: it.__delitem__(slice(at, until, step)),
            "pop": lambda it: it.pop(at),
            "pop last": lambda it: it.pop(),
            "remove": lambda it: it.remove(it[at]),
            "clear": lambda it: it.clear(),
            "reverse": lambda it: it.reverse(),
            "sort": lambda it: it.sort(key=orderOf),
            "sort back": lambda it: it.sort(key=orderOf, reverse=True),
            "+=": lambda it: it.__iadd__(new),
            "*= 0": lambda it: it.__imul__(0),
            "*= 2": lambda it: it.__imul__(2),
            "[:] = itself": lambda it: it.__setitem__(slice(None), it),
        }
        name = self._tape.choose(list(mutations))
        return f"{name} {safe_repr((at, until, step, one, new, fitting))}", mutations[
            name
        ]

    def _ofDict(
        self, there: dict[Any, Any], keySort: Sort | None, item: Sort
    ) -> tuple[str, Mutation]:
        if len(there) > MOST:
            return "clear", lambda it: it.clear()
        keys = list(there)
        if keys and self._tape.chance(50):
            key = self._tape.choose(keys)
        else:
            key = self._key(keySort)
        one = self.value(item, 2)
        new = {self._key(keySort): self.value(item, 1) for _ in range(2)}
        mutations: dict[str, Mutation] = {
            "set": lambda it: it.__setitem__(key, one),
            "del": lambda it: it.__delitem__(key),
            "update": lambda it: it.update(new),
            "update pairs": lambda it: it.update([(key, one), *new.items()]),
            "|=": lambda it: it.__ior__(new),
            "setdefault": lambda it: it.setdefault(key, one),
            "pop": lambda it: it.pop(key, None),
            "pop badly": lambda it: it.pop(key),
            "popitem": lambda it: it.popitem(),
            "clear": lambda it: it.clear(),
            "update with itself": lambda it: it.update(it),
        }
        name = self._tape.choose(list(mutations))
        return f"{name} {safe_repr((key, one, new))}", mutations[name]

    def _ofSet(self, there: set[Any], item: Sort | None) -> tuple[str, Mutation]:
        if len(there) > MOST:
            return "clear", lambda it: it.clear()
        # The order of a set is another one in each run.
        members = sorted(there, key=orderOf)
        one = self._key(item)
        if members and self._tape.chance(50):
            one = self._tape.choose(members)
        new = {self._key(item) for _ in range(self._tape.below(3))}
        some = {*members[::2], *new}
        mutations: dict[str, Mutation] = {
            "add": lambda it: it.add(one),
            "discard": lambda it: it.discard(one),
            "remove": lambda it: it.remove(one),
            "clear": lambda it: it.clear(),
            "update": lambda it: it.update(new, [one]),
            "|=": lambda it: it.__ior__(some),
            "&=": lambda it: it.__iand__(some),
            "-=": lambda it: it.__isub__(some),
            "^=": lambda it: it.__ixor__(some),
            "intersection_update": lambda it: it.intersection_update(some, [one]),
            "difference_update": lambda it: it.difference_update(new, [one]),
            "symmetric": lambda it: it.symmetric_difference_update(list(some)),
            "^= itself": lambda it: it.__ixor__(it),
        }
        name = self._tape.choose(list(mutations))
        return f"{name} {safe_repr((one, new))}", mutations[name]
