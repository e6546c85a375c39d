# -*- test-case-name: pbcopy.test.test_schema -*-
"""
Tests for L{pbcopy._schema}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._declaring import declare
from pbcopy._fields import field
from pbcopy._schema import Schema, schemaOf
from pbcopy.errors import RegistrationError


def isSeen(instance: object, perspective: object) -> bool:
    """
    Stand for a rule.
    """
    return False


@declare
class Duck(pb.Copyable):
    """
    A class with fields of each kind.
    """

    name: str
    size: int = field(wireName="length")
    call: str = "quack"
    eggs: list[int] = field(default_factory=list)
    mood: str = field(visibleTo=isSeen, kw_only=True)
    fear: str = field(default="none", visibleTo=isSeen)
    secret: bytes = field(private=True, kw_only=True)


def schema() -> Schema:
    """
    Give the schema of L{Duck}.
    """
    found = schemaOf(Duck)
    if found is None:
        raise AssertionError
    return found


class SchemaTests(SynchronousTestCase):
    """
    A schema has what was declared.
    """

    def test_fields(self) -> None:
        """
        The fields are in order, and those that are sent are found by their names
        on the wire.
        """
        names = ["name", "size", "call", "eggs", "mood", "fear", "secret"]
        self.assertEqual(names, list(schema().fields))
        wireNames = ["name", "length", "call", "eggs", "mood", "fear"]
        self.assertEqual(wireNames, list(schema().byWire))
        self.assertIs(schema().fields["size"], schema().byWire["length"])
        self.assertEqual(
            ["str", "int", "str", "list[int]", "str", "str"],
            list(map(str, schema().types.values())),
        )

    def test_facts(self) -> None:
        """
        A field knows what was said of it.
        """
        fields = schema().fields
        self.assertIs(isSeen, fields["mood"].visibleTo)
        self.assertIsNone(fields["name"].visibleTo)
        self.assertTrue(fields["secret"].private)
        self.assertEqual("Duck.size", fields["size"].where)
        required = [name for name, each in fields.items() if each.isRequired]
        self.assertEqual(["name", "size"], required)

    def test_defaults(self) -> None:
        """
        A default is the value, or what the factory makes, each time.
        """
        fields = schema().fields
        self.assertFalse(fields["name"].hasDefault)
        self.assertEqual("quack", fields["call"].default())
        self.assertEqual([], fields["eggs"].default())
        self.assertIsNot(fields["eggs"].default(), fields["eggs"].default())

    def test_missing(self) -> None:
        """
        All the fields that have to come and did not are told, by both of their
        names.
        """
        differences = schema().differences
        self.assertEqual([], differences(["name", "length"], "Duck"))
        self.assertEqual([], differences(["name", "length", "more", "size"], "Duck"))
        name, size = differences(["size", "call"], "Pond.top")
        self.assertIn("Pond.top.name: this field did not come", str(name))
        self.assertIn("Pond.top.size: this field did not come", str(size))
        self.assertIn("int, as 'length'", str(size))

    def test_defaulted(self) -> None:
        """
        A field that did not come has its default, unless it may be that it is not
        to be seen.
        """
        names = [each.name for each in schema().defaulted(["name", "eggs"])]
        self.assertEqual(["call"], names)


class LaterTests(SynchronousTestCase):
    """
    An annotation is read when the class is made, or later.
    """

    def test_whatIsNotThereYet(self) -> None:
        """
        A name that is not there yet is looked for when it is needed.
        """

        @declare
        class Pond(pb.Cacheable):
            size: Later  # type: ignore[name-defined]  # noqa: F821

        found: Any = schemaOf(Pond)
        error = self.assertRaises(RegistrationError, lambda: found.types)
        self.assertTrue(error.where.endswith("Pond.size"))
        self.assertIn("'Later'", error.got)
        globals()["Later"] = int
        self.addCleanup(globals().pop, "Later")
        self.assertEqual("int", str(found.types["size"]))
