# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
Declarations that are made at random, for L{pbcopy.test.replicating}.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attr
from twisted.python.reflect import qual

import pbcopy
import pbcopy.pb
from pbcopy import _replicas
from pbcopy._registry import copyTags
from pbcopy.test.handwritten import AnyCopy, AnyView
from pbcopy.test.sorts import (
    ANY,
    LEAVES,
    NAMES,
    NUMBERS,
    Sort,
    Tape,
    beginTokens,
    optional,
    token,
)

DEPTH = 4
"""How deep the types of fields are nested."""


_DEFAULTS: dict[Any, Callable[[], Any]] = {
    **dict.fromkeys(["any", "optional"], lambda: None),
    **{kind: kind for kind in (str, int, bool, float, bytes, Decimal)},
    **{kind: kind for kind in (list, dict, set, frozenset)},
    "several": tuple,
}
_CONTAINERS = (list, dict, set)


@attr.s(auto_attribs=True, eq=False)
class FieldSaid:
    """
    A field, as the test knows it.

    @ivar label: says with the object who may see it; C{None} if all may.
    @ivar default: gives the default; C{None} if there is none.
    @ivar latest: whether only the newest value matters, where that is said.
    """

    name: str
    sort: Sort
    wireName: str
    isPrivate: bool = False
    label: str | None = None
    default: Callable[[], Any] | None = None
    latest: bool | None = None

    def isHidden(self) -> bool:
        """
        Tell whether it has no value at all for some viewers.
        """
        return self.label is not None or self.isPrivate

    def mayBeAbsent(self) -> bool:
        """
        Tell whether a receiver takes a state without it.
        """
        return self.default is not None or self.isHidden()


@attr.s(auto_attribs=True, eq=False)
class ClassSaid:
    """
    A class, as the test knows it.

    @ivar replica: the class of what a declared receiver has of it.
    """

    name: str
    isMaster: bool
    fields: list[FieldSaid] = attr.ib(factory=list)
    cls: Any = None
    replica: Any = None


class Rights:
    """
    Who may see what: a table that changes.

    @ivar hidden: what is kept from whom: the label of a field, whether the number
        of the object is odd, and the name of the viewer.
    """

    def __init__(self) -> None:
        self.hidden: set[tuple[str, int, int]] = set()

    def sees(self, label: str, owner: Any, viewer: Any) -> bool:
        """
        Tell whether a viewer may see the field of an object.
        """
        return (label, owner.serial % 2, viewer.name) not in self.hidden


class Declarations:
    """
    Some shared classes of one example, and the classes of their replicas.

    @ivar classes: each shared class.
    """

    def __init__(self, tape: Tape, rights: Rights) -> None:
        beginTokens()
        self._tape = tape
        self._rights = rights
        self._serials = itertools.count()
        self.classes: dict[Any, ClassSaid] = {}
        for isMaster in (False, True):
            for _ in range(1 + tape.below(2)):
                self._declare(ClassSaid(_className(isMaster), isMaster))

    @property
    def parts(self) -> list[ClassSaid]:
        """
        Those of the parts of masters.
        """
        return [each for each in self.classes.values() if not each.isMaster]

    @property
    def masters(self) -> list[ClassSaid]:
        """
        Those of the masters.
        """
        return [each for each in self.classes.values() if each.isMaster]

    def labels(self) -> list[str]:
        """
        Give the labels of the restricted fields.
        """
        fields = [field for each in self.classes.values() for field in each.fields]
        return [field.label for field in fields if field.label is not None]

    def forget(self) -> None:
        """
        Take back what was registered.
        """
        for each in self.classes.values():
            name = qual(each.cls)
            _replicas._replicas.pop(name, None)
            copyTags.pop(name.encode("ascii"), None)

    # Types.

    def _sort(self, own: ClassSaid, depth: int) -> Sort:
        kinds = ["leaf", "any", "part", "own", "list", "dict", "set", "tuple"]
        kinds += ["optional", "master", "list", "dict", "frozenset", "several"]
        kind = self._tape.choose(kinds if depth else kinds[:4])
        if kind == "leaf":
            return self._tape.choose(LEAVES)
        if kind == "any":
            return ANY
        if kind == "part" and self.parts:
            return _of(self._tape.choose(self.parts))
        if kind in ("own", "part"):
            return optional(_of(own))
        if kind == "master":
            return optional(_of(self._tape.choose([own, *self.masters])))
        return self._container(kind, own, depth - 1)

    def _container(self, kind: str, own: ClassSaid, depth: int) -> Sort:
        if kind in ("set", "frozenset"):
            item = self._tape.choose(LEAVES)
            plain: Any = set if kind == "set" else frozenset
            return Sort(plain, plain[item.annotation], (item,))
        item = self._sort(own, depth)
        note: Any = item.annotation
        if kind == "list":
            return Sort(list, list[note], (item,))
        if kind == "dict":
            key = self._tape.choose([NAMES, NUMBERS, *LEAVES])
            annotation: Any = dict.__class_getitem__((key.annotation, note))
            return Sort(dict, annotation, (key, item))
        if kind == "tuple":
            other = self._sort(own, 0)
            both: Any = tuple.__class_getitem__((note, other.annotation))
            return Sort(tuple, both, (item, other))
        if kind == "several":
            return Sort("several", tuple[note, ...], (item,))
        return optional(item)

    # Classes.

    def _declare(self, said: ClassSaid) -> None:
        fields = [self._field(said) for _ in range(2 + self._tape.below(4))]
        # Those that are required come first.
        said.fields = sorted(fields, key=lambda each: each.default is not None)
        if said.isMaster:
            said.fields.append(FieldSaid("number", NUMBERS, "number", default=int))
        declare: Any = pbcopy.shared
        if self._tape.chance(40):
            declare = pbcopy.shared(latest=True)
        said.cls = declare(self._styled(said))
        self.classes[said.cls] = said
        self._receive(said)

    def _field(self, own: ClassSaid) -> FieldSaid:
        sort = self._sort(own, self._tape.below(DEPTH + 1))
        field = FieldSaid(token(), sort, token())
        if self._tape.chance(10):
            field.isPrivate = True
        elif self._tape.chance(35):
            field.label = field.name
        if field.isPrivate or not self._tape.chance(30):
            field.wireName = field.name
        if not field.isPrivate and self._tape.chance(30):
            field.latest = not self._tape.chance(20)
        if self._tape.chance(50):
            field.default = _DEFAULTS.get(sort.kind)
        return field

    def _styled(self, said: ClassSaid) -> Any:
        style = self._tape.choose(["plain", "dataclass", "attrs"])
        make = _forAttrs if style == "attrs" else _forDataclass
        serial = FieldSaid("serial", NUMBERS, "serial", True)
        serial.default = self._serials.__next__
        fields = [*said.fields, serial]
        made = {each.name: make(each, self._options(each)) for each in fields}
        namespace: dict[str, Any] = {
            "__module__": __name__,
            "__annotations__": {each.name: each.sort.annotation for each in fields},
            "__repr__": lambda self: f"{said.name} {self.serial}",
            **{name: each for name, each in made.items() if each is not None},
        }
        base = pbcopy.Cacheable if said.isMaster else pbcopy.Copyable
        cls: Any = type(said.name, (base,), namespace)
        if style == "dataclass":
            return dataclasses.dataclass(eq=False, repr=False)(cls)
        if style == "plain":
            return cls
        return attr.s(auto_attribs=True, eq=False, repr=False)(cls)

    def _options(self, field: FieldSaid) -> dict[str, Any]:
        if field.isPrivate:
            return {"private": True}
        said: dict[str, Any] = {}
        if field.wireName != field.name:
            said["wireName"] = field.wireName
        if field.latest is not None:
            said["latest"] = field.latest
        if field.label is not None:
            label = field.label
            said["visibleTo"] = lambda owner, who: self._rights.sees(label, owner, who)
        return said

    def _receive(self, said: ClassSaid) -> None:
        """
        Register what receivers have of a class: a declared replica, or, where the
        peer has Twisted's flavors, one of these.
        """
        base = AnyView if said.isMaster else AnyCopy
        view = type(f"View_of_{said.name}", (base,), {"__module__": __name__})
        said.replica = pbcopy.replicaOf(said.cls)(view)


def _className(isMaster: bool) -> str:
    return f"{'Master' if isMaster else 'Part'}_{token()}"


def _of(said: ClassSaid) -> Sort:
    kind = "master" if said.isMaster else "part"
    # A class is called by its name in itself.
    return Sort(kind, said.cls or said.name, (), said, said.name)


def _forDataclass(field: FieldSaid, options: dict[str, Any]) -> Any:
    if field.default is None:
        return pbcopy.field(**options) if options else None
    value = field.default() if field.name != "serial" else None
    if field.name == "serial" or isinstance(value, _CONTAINERS):
        return pbcopy.field(default_factory=field.default, **options)
    return pbcopy.field(default=value, **options)


def _forAttrs(field: FieldSaid, options: dict[str, Any]) -> Any:
    metadata = pbcopy.options(**options)
    if field.default is None:
        return attr.ib(metadata=metadata)
    return attr.ib(factory=field.default, metadata=metadata)
