# -*- test-case-name: pbcopy.test.test_fields -*-
"""
Tests for L{pbcopy._fields}.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as plainField
from typing import Any

import attr
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._fields import Options, field, options, optionsIn
from pbcopy.errors import RegistrationError


def seenByAll(instance: object, perspective: object) -> bool:
    """
    Stand for a rule.
    """
    return True


class FieldTests(SynchronousTestCase):
    """
    A field of pbcopy's is one of a dataclass that says more.
    """

    def test_asOfADataclass(self) -> None:
        """
        What C{dataclasses.field} takes has the same meaning.
        """

        @dataclass
        class Duck:
            name: str = field()
            size: int = field(default=3, compare=False)
            notes: list[str] = field(default_factory=list, repr=False)  # noqa: RUF009
            call: str = field(default="quack", kw_only=True)
            age: int = field(default=7, init=False)

        duck = Duck("Donald", 4, call="honk")
        self.assertIn("Duck(name='Donald', size=4, call='honk', age=7)", repr(duck))
        self.assertEqual(Duck("Donald", 5, call="honk"), duck)
        self.assertRaises(TypeError, Duck)

    def test_aPrivateOneIsNotShown(self) -> None:
        """
        A private field is not in the C{repr}, which may be logged or told to a
        peer, if nothing else is said.
        """

        @dataclass
        class Duck:
            secret: str = field(default="egg", private=True)
            known: str = field(default="nest", private=True, repr=True)

        self.assertTrue(repr(Duck()).endswith("Duck(known='nest')"))

    def test_options(self) -> None:
        """
        What is said is found in the metadata of a field, of a dataclass or of
        attrs, and nothing is said if nothing is there.
        """
        said = Options(wireName="size", visibleTo=seenByAll)
        more: dict[str, Any] = {"wireName": "size", "visibleTo": seenByAll}
        fields: list[Any] = [
            field(default=1, **more),
            plainField(metadata=options(**more)),
            attr.ib(metadata=options(**more)),
        ]
        for made in fields:
            self.assertEqual(said, optionsIn(made.metadata))
        self.assertEqual(Options(), optionsIn(plainField().metadata))
        other = plainField(metadata={"private": True})
        self.assertEqual(Options(), optionsIn(other.metadata))


class OptionsTests(SynchronousTestCase):
    """
    What is said has to make sense.
    """

    def test_sensible(self) -> None:
        """
        Each may be said alone, and a name with a rule.
        """
        for each in (
            Options(),
            Options(private=True),
            Options(wireName="two words", visibleTo=seenByAll),
        ):
            each.check("Duck.size")

    def test_senseless(self) -> None:
        """
        What makes no sense is an error that names the field.
        """
        wrong: Any = 7
        for each in (
            Options(private=True, wireName="size"),
            Options(private=True, visibleTo=seenByAll),
            Options(visibleTo=wrong),
            Options(wireName=wrong),
            Options(wireName=""),
            Options(wireName="__class__"),
            Options(wireName="postUnjelly"),
        ):
            error = self.assertRaises(RegistrationError, each.check, "Duck.size")
            self.assertEqual("Duck.size", error.where)
