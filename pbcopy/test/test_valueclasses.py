# -*- test-case-name: pbcopy.test.test_valueclasses -*-
"""
Tests for L{pbcopy._valueclasses}.
"""

from __future__ import annotations

import builtins
import dataclasses
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _valueclasses, pb
from pbcopy.errors import RegistrationError, Violation
from pbcopy.test.values import (
    CLASSES,
    Color,
    Duck,
    Frozen,
    Pond,
    PondFull,
    Water,
    register,
    roundTrip,
)


class RegistrationTests(SynchronousTestCase):
    """
    A peer sends instances of the classes that were registered.
    """

    def setUp(self) -> None:
        """
        Forget the registrations afterwards.
        """
        register(self)

    def test_byClassTextAndBytes(self) -> None:
        """
        A class is named by itself, by its full name, or by that as bytes.
        """
        name = "pbcopy.test.values.Pond"
        for classname in (Pond, name, name.encode("ascii")):
            _valueclasses._local.clear()
            self.assertRaises(Violation, roundTrip, Pond(1))
            pb.setUnjellyableForValue(classname, Pond)
            self.assertEqual(Pond(1), roundTrip(Pond(1)))

    def test_notRegistered(self) -> None:
        """
        Any other is refused, and the error says what to do.
        """
        for value in (Color.RED, Duck(1, 2), Frozen(1), Water(1), PondFull(1, 2)):
            with self.assertRaises(Violation) as caught:
                roundTrip([value])
            name = f"pbcopy.test.values.{type(value).__name__}"
            self.assertEqual(repr(name), caught.exception.got)
            self.assertIn("setUnjellyableForValue", caught.exception.advice)

    def test_lastRegistrationWins(self) -> None:
        """
        The last registration for a name counts.
        """
        for cls in (Water, Frozen, Pond):
            pb.setUnjellyableForValue(Pond, cls)
            self.assertIs(cls, type(roundTrip(Pond(1))))

    def test_anotherForm(self) -> None:
        """
        A class of another form than what came is not made.
        """
        pb.setUnjellyableForValue(Pond, Duck)
        with self.assertRaises(Violation) as caught:
            roundTrip(Pond(1))
        self.assertIn("record", caught.exception.where)
        self.assertIn("Duck", caught.exception.expected)

    def test_forms(self) -> None:
        """
        Classes of the four forms can be registered.
        """
        for cls in (*CLASSES, ValueError, OSError, pb.Error):
            pb.setUnjellyableForValue(cls)

    def test_others(self) -> None:
        """
        Nothing else can, and no exception that has more in memory than its
        arguments.
        """

        @dataclasses.dataclass
        class More(dict):  # type: ignore[type-arg]
            """
            A dataclass with items.
            """

        class Fields(tuple):  # type: ignore[type-arg]
            """
            No named tuple.
            """

            _fields = (1, 2)

        before = dict(_valueclasses._local)
        others: list[Any] = [object, dict, tuple, str, pb.Copyable, More, Fields]
        others += ["Pond", len, BaseException, KeyboardInterrupt]
        others += [UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError]
        group = getattr(builtins, "ExceptionGroup", None)
        others += [group] if group else []
        others.append(7)
        for other in others:
            with self.assertRaises(RegistrationError):
                pb.setUnjellyableForValue("name", other)
        with self.assertRaises(RegistrationError):
            pb.setUnjellyableForValue("name")
        with self.assertRaises(RegistrationError):
            pb.setUnjellyableForValue(others[-1], Pond)
        self.assertEqual(before, _valueclasses._local)
