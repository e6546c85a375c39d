# -*- test-case-name: pbcopy.test.test_exceptions -*-
"""
Tests for L{pbcopy._exceptions}.
"""

from __future__ import annotations

import traceback
from typing import Any

import attr
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy.errors import Unsendable
from pbcopy.test.values import (
    PondFull,
    assertExact,
    assertRefused,
    jellied,
    register,
    roundTrip,
    unjellied,
)

BUILTINS = (
    AttributeError,
    FileNotFoundError,
    ImportError,
    KeyError,
    OSError,
    StopIteration,
    SyntaxError,
    ValueError,
)


class OfItsOwn(OSError):
    """
    An C{OSError} that parses its own arguments.
    """

    def __init__(self, name: str) -> None:
        super().__init__(2, "not found", name)


@attr.s(auto_attribs=True, slots=True, auto_exc=True)
class OfAttrs(Exception):
    """
    An exception of attrs.
    """

    code: Any
    more: Any = None


class Both(KeyError, AttributeError):
    """
    An exception of two bases, of which one has more in memory.
    """


class ExceptionTests(SynchronousTestCase):
    """
    An exception arrives as it is.
    """

    def setUp(self) -> None:
        """
        Register the classes.
        """
        register(self, PondFull, OfItsOwn, OfAttrs, Both, *BUILTINS)

    def test_exact(self) -> None:
        """
        So do its arguments and attributes, and what Python keeps of it.
        """
        syntax = SyntaxError("no", ("x.py", 3, 4, "text"))
        full = PondFull([1], "b")
        assertExact(
            self,
            ValueError(),
            ValueError("x", [1], None),
            KeyError("ü"),
            OSError("text"),
            OSError(2, "not found", "name"),
            OfItsOwn("name"),
            StopIteration(7),
            syntax,
            ImportError("no", name="duck", path="/x"),
            AttributeError("no", name="duck"),
            OfAttrs(1, [2]),
            Both("x"),
            full,
            [full, full],
        )
        for error in (OSError(2, "not found", "name"), OfItsOwn("x"), syntax, full):
            self.assertEqual(str(error), str(roundTrip(error)))
        self.assertEqual(7, roundTrip(OfAttrs(7)).code)

    def test_cycles(self) -> None:
        """
        It may refer to itself.
        """
        error: Any = PondFull(1, 2)
        error.b = [error]
        assertExact(self, error, [error, error])
        error = ValueError([])
        error.args[0].append(error)
        assertExact(self, error, (error, error))
        outer: list[Any] = []
        outer.append(ValueError(outer, (outer,)))
        assertExact(self, outer)

    def test_notes(self) -> None:
        """
        Its notes arrive, if they are that.
        """
        error: Any = ValueError("x")
        error.__notes__ = ["one", "two"]
        arrived: Any = roundTrip(error)
        self.assertEqual(["one", "two"], arrived.__notes__)
        name = b"builtins.ValueError"
        assertRefused(
            self,
            b"exception",
            [name, [], [b"__notes__", [b"list", 7]]],
            [name, [], [b"__notes__", 7]],
        )

    def test_neitherCauseNorTraceback(self) -> None:
        """
        Its cause, its context, its traceback and the object of an
        C{AttributeError} stay where they are.
        """
        try:
            try:
                raise KeyError("cause")
            except KeyError as cause:
                object().duck  # type: ignore[attr-defined]  # noqa: B018
                raise AssertionError from cause
        except AttributeError as error:
            arrived = roundTrip(error)
        self.assertIs(AttributeError, type(arrived))
        self.assertEqual("duck", arrived.name)
        for name in ("__cause__", "__context__", "__traceback__", "obj"):
            self.assertIsNone(getattr(arrived, name, None))
        self.assertIn("duck", "".join(traceback.format_exception(arrived)))

    def test_initIsNotCalled(self) -> None:
        """
        The C{__init__} and the C{__new__} of a class of the application are not
        called.
        """
        calls = []

        class Loud(ValueError):
            """
            It counts its instances.
            """

            def __new__(cls, *args: Any) -> Any:
                calls.append(args)
                return super().__new__(cls, *args)

            def __init__(self, *args: Any) -> None:
                calls.append(args)

        register(self, Loud)
        sexp = jellied(Loud("x"))
        del calls[:]
        self.assertEqual(("x",), unjellied(sexp).args)
        self.assertEqual([], calls)

    def test_notRegistered(self) -> None:
        """
        A registration for what a remote method raises is none for values.
        """

        class Raised(ValueError):
            """
            An exception of the application.
            """

        pb.setUnjellyableForException(Raised)
        assertRefused(self, b"exception", [jellied(Raised())[2], []])

    def test_unsendable(self) -> None:
        """
        An argument that cannot be sent is named.
        """
        with self.assertRaises(Unsendable) as caught:
            jellied(ValueError("x", object()))
        self.assertEqual("builtins.object", caught.exception.where)

    def test_refused(self) -> None:
        """
        What is no exception is refused, and attributes that are not the peer's to
        choose.
        """
        name = b"builtins.ValueError"
        assertRefused(self, b"exception", [], [name], [name, b"x"], [b"x", []])
        assertRefused(self, b"exception", [name, [], 1], [name, [], [b"x"]])
        for forbidden in (b"args", b"with_traceback", b"__cause__", b"__class__"):
            assertRefused(self, b"exception", [name, [], [forbidden, [b"None"]]])
        for forbidden in (b"postUnjelly", b"__traceback__", b"__dict__", b"\xff"):
            assertRefused(self, b"exception", [name, [], [forbidden, [b"None"]]])
        assertRefused(self, b"exception", [name, [[b"dereference", 7]]])
        syntax = b"builtins.SyntaxError"
        assertRefused(self, b"exception", [syntax, [b"x", [b"tuple", 1]]])
