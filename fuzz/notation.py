# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
What a peer sends, as bytes, and as text for a person to read.

A step of a play is an expression, which is sent by Banana; L{Split}, one that is sent
in two parts; bytes, which are sent as they are; or a text, which names what the
application itself does.  In an expression, L{Packed} stands for bytes in MessagePack,
and L{Deep} for many lists in each other.
"""

from __future__ import annotations

import ast
from io import BytesIO
from typing import Any

import attr
from twisted.spread import banana

from pbcopy._packing import pack


@attr.s(auto_attribs=True, slots=True, repr=False)
class Packed:
    """
    Bytes that hold something in MessagePack.
    """

    content: Any

    def __repr__(self) -> str:
        return f"packed({self.content!r})"


@attr.s(auto_attribs=True, slots=True, repr=False)
class Deep:
    """
    An expression in many others.

    @ivar around: what each has before it.
    """

    around: list[Any]
    depth: int
    content: Any

    def __repr__(self) -> str:
        return f"deep({self.around!r}, {self.depth!r}, {self.content!r})"

    def whole(self, content: Any) -> Any:
        """
        Give it.
        """
        for _ in range(self.depth):
            content = [*self.around, content]
        return content


@attr.s(auto_attribs=True, slots=True, repr=False)
class Split:
    """
    A step that arrives in two parts.
    """

    content: Any
    at: int

    def __repr__(self) -> str:
        return f"split({self.content!r}, {self.at})"


@attr.s(auto_attribs=True)
class Play:
    """
    What a peer does on one connection.

    @ivar role: how the two have met (L{fuzz.stage.ROLES}).
    @ivar steps: what happens.
    @ivar why: what was found with it.
    """

    role: str
    steps: list[Any]
    why: str = ""


def _banana() -> Any:
    encoder: Any = banana.Banana()
    encoder.connectionMade()
    encoder._selectDialect(b"pb")
    return encoder


_encoder = _banana()


def parts(step: Any) -> list[bytes]:
    """
    Give the bytes of a step, as they arrive.
    """
    if type(step) is Split:
        data = encoded(step.content)
        at = step.at % (len(data) + 1)
        return [data[:at], data[at:]]
    return [step if type(step) is bytes else encoded(step)]


def encoded(step: Any) -> bytes:
    """
    Give the bytes for an expression.
    """
    stream = BytesIO()
    _encoder._encode(_plain(step), stream.write)
    return stream.getvalue()


def _plain(step: Any) -> Any:
    if type(step) is list:
        return [_plain(each) for each in step]
    if type(step) is Packed:
        return packed(step.content)
    if type(step) is Deep:
        return step.whole(_plain(step.content))
    return step


def packed(content: Any) -> bytes:
    """
    Give the bytes in MessagePack.
    """
    return pack(_plain(content))


def written(play: Play) -> str:
    """
    Give the text of a play.
    """
    said = [f"# {line}" for line in play.why.splitlines()]
    return "\n".join([*said, play.role, *map(repr, play.steps), ""])


def read(text: str) -> Play:
    """
    Give the play of a text.

    @raise ValueError: if it is none.
    """
    lines = text.splitlines()
    why = [line[2:] for line in lines if line.startswith("#")]
    role, *steps = [line for line in lines if line and not line.startswith("#")]
    return Play(role, [_step(line) for line in steps], "\n".join(why))


def _step(line: str) -> Any:
    return _value(ast.parse(line, mode="eval").body)


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.List):
        return [_value(each) for each in node.elts]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return _NODES[node.func.id](*map(_value, node.args))
    if isinstance(node, ast.Name):
        # "inf" or "nan", as Python shows them.
        return float(node.id)
    if isinstance(node, ast.Dict):
        keys = [each and ast.literal_eval(each) for each in node.keys]
        return dict(zip(keys, map(_value, node.values), strict=True))
    return ast.literal_eval(node)


_NODES: dict[str, Any] = {"packed": Packed, "deep": Deep, "split": Split}
