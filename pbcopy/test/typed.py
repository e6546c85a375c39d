"""
What a type checker makes of declarations.  This is checked by mypy, and not run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
    from dataclasses import field as plainField

    import attr
    import attrs
    from typing_extensions import assert_type

    import pbcopy
    from pbcopy import Change, pb
    from pbcopy._fields import field, options

    # A field is of the type of its default.
    assert_type(field(default=3), int)
    assert_type(field(default="x", wireName="y", private=False), str)
    assert_type(field(default_factory=dict[str, int]), "dict[str, int]")
    assert_type(field(), Any)
    assert_type(field(private=True, kw_only=True, repr=True), Any)
    assert_type(options(private=True), "dict[str, Any]")

    class Declared:
        """
        A class with fields.
        """

        size: int = field(default=3)
        name: str = field(visibleTo=lambda instance, perspective: True)
        eggs: list[int] = field(default_factory=list)
        wrong: int = field(default="x")  # type: ignore[assignment]

    field(default=3, default_factory=int)  # type: ignore[call-overload]
    field(visibleTo=7)  # type: ignore[call-overload]
    field(alias="x")  # type: ignore[call-overload]
    options(alias="x")  # type: ignore[call-arg]

    # A plain class gets the constructor of a dataclass.
    @pbcopy.shared
    class Duck(pb.Copyable):
        """
        A plain class.
        """

        name: str = pbcopy.field(wireName="n")
        age: int = 0
        eggs: list[int] = pbcopy.field(default_factory=list, private=True)
        key: bytes = pbcopy.field(kw_only=True)
        label: str = pbcopy.field(default="", init=False)

    assert_type(Duck("swan", key=b""), Duck)
    assert_type(Duck("swan", 3, [1], key=b"").eggs, "list[int]")
    assert_type(Duck(name="swan", age=3, eggs=[], key=b"").name, str)
    Duck(key=b"")  # type: ignore[call-arg]
    Duck("swan")  # type: ignore[call-arg]
    Duck(3, key=b"")  # type: ignore[arg-type]
    Duck("swan", 3, [], b"")  # type: ignore[call-arg]
    Duck("swan", key=b"", label="x")  # type: ignore[call-arg]
    Duck("swan", key=b"").age = "old"  # type: ignore[assignment]

    @pbcopy.shared
    class Lake(pb.Cacheable):
        """
        A plain class with an C{__init__} of its own.
        """

        depth: float

        def __init__(self, feet: int) -> None:
            self.depth = feet * 0.3048

    assert_type(Lake(feet=3).depth, float)
    Lake(depth=1.5)  # type: ignore[call-arg]

    # A dataclass and an attrs class keep their own.
    @pbcopy.shared
    @dataclass
    class Pond(pb.Cacheable):
        """
        A dataclass.
        """

        name: str
        ducks: list[Duck] = plainField(default_factory=list)
        colour: str = pbcopy.field(default="green", wireName="color")
        depth: float = plainField(kw_only=True, metadata=options(wireName="d"))

    assert_type(Pond("west", depth=1.5), Pond)
    assert_type(Pond("west", [], "brown", depth=1.5).ducks, "list[Duck]")
    assert_type(Pond("west", depth=1.5).colour, str)
    Pond(depth=1.5)  # type: ignore[call-arg]
    Pond("west")  # type: ignore[call-arg]
    Pond("west", colour=3, depth=1.5)  # type: ignore[arg-type]

    @pbcopy.shared
    @dataclass
    class Gate(pb.Copyable):
        """
        A dataclass of which a type checker asks C{dataclass}, and that knows no
        other function than its own: what has no default looks as if it had one.
        """

        key: bytes = pbcopy.field(wireName="k")

    assert_type(Gate(b"").key, bytes)
    assert_type(Gate(), Gate)

    @pbcopy.shared
    @attrs.define(slots=False, eq=False)
    class FrogPond(pb.Cacheable):
        """
        An attrs class.
        """

        frogs: int
        gate: bytes = attrs.field(default=b"", metadata=options(private=True))
        seen: list[str] = attrs.field(factory=list, kw_only=True)

    assert_type(FrogPond(3, b"x", seen=[]), FrogPond)
    assert_type(FrogPond(3).gate, bytes)
    FrogPond()  # type: ignore[call-arg]
    FrogPond("x")  # type: ignore[arg-type]

    @pbcopy.shared
    @attr.s(auto_attribs=True, eq=False)
    class OldPond(pb.Cacheable):
        """
        An attrs class in the way of old.
        """

        size: int = attr.ib(default=3, metadata=options(wireName="length"))

    assert_type(OldPond(4).size, int)
    OldPond("x")  # type: ignore[arg-type]

    # A replica has the fields that it says itself.  pbcopy makes it.
    @pbcopy.replicaOf(Pond)
    class PondView(pb.RemoteCache):
        """
        A replica.
        """

        name: str
        ducks: list[Duck]
        colour: str = pbcopy.field(wireName="color")
        seen: list[str] = pbcopy.field(default_factory=list, private=True)

    @pbcopy.replicaOf("ponds.Duck")
    class DuckView(pb.RemoteCopy):
        """
        A copy of something whose class is not here.
        """

        name: str

    view = PondView()
    assert_type(view.name, str)
    assert_type(view.ducks, "list[Duck]")
    assert_type(view.ducks[0].name, str)
    assert_type(view.colour, str)
    assert_type(view.seen, "list[str]")
    assert_type(DuckView().name, str)
    assert_type(view.frogs, Any)  # type: ignore[attr-defined]
    PondView("west")  # type: ignore[call-arg]
    pbcopy.replicaOf(3)  # type: ignore[arg-type]
    pbcopy.shared(3)  # type: ignore[call-overload]

    @pbcopy.shared(latest=True)
    class Meter(pb.Cacheable):
        """
        A class that says when its changes leave.
        """

        value: float = 0.0
        label: str = pbcopy.field(default="", rate=10)

    assert_type(Meter(1.5).value, float)
    assert_type(Meter(label="x").label, str)
    Meter("west")  # type: ignore[arg-type]
    Meter(wrong=1)  # type: ignore[call-arg]
    pbcopy.shared(rate="often")  # type: ignore[call-overload]
    pbcopy.shared(Duck, latest=True)  # type: ignore[call-overload]

    # One class may be both.
    @pbcopy.replicaOf("ponds.Relay")
    @pbcopy.shared
    class Relay(pb.Cacheable, pb.RemoteCache):
        """
        What publishes further.
        """

        lines: list[str] = pbcopy.field(default_factory=list)

    assert_type(Relay(["x"]).lines, "list[str]")

    # What changes is told.
    def told(changes: tuple[Change, ...]) -> None:
        """
        Hear of changes.
        """

    assert_type(view.subscribe(told), Callable[[], None])
    view.subscribe(lambda changes: assert_type(changes, tuple[Change, ...]))
    view.subscribe(lambda: None)  # type: ignore[arg-type, misc]

    async def read() -> None:
        """
        Read changes.
        """
        async for change in pbcopy.changes(view):
            assert_type(change.path, str)
            assert_type(change.kind, pbcopy.ChangeKind)

    with pbcopy.changing(Pond("west", depth=1.5), FrogPond(3)):
        pbcopy.viewersChanged(Lake(3))
