"""
What a type checker makes of declarations.  This is checked by mypy, and not run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass
    from dataclasses import field as plainField

    import attr
    from typing_extensions import assert_type

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

    @dataclass
    class Plain:
        """
        A dataclass.
        """

        size: int = plainField(default=3, metadata=options(private=True))

    @attr.s(auto_attribs=True)
    class Attrs:
        """
        An attrs class.
        """

        size: int = attr.ib(default=3, metadata=options(wireName="length"))

    assert_type(Plain(4).size, int)
    assert_type(Attrs(4).size, int)
