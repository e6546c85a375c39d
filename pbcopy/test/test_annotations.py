# -*- test-case-name: pbcopy.test.test_annotations -*-
"""
Tests for L{pbcopy._annotations}.
"""

from __future__ import annotations

import datetime
import typing
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Literal, Optional

from twisted.trial.unittest import SynchronousTestCase

from pbcopy._annotations import annotationOf, ownerOf, resolved
from pbcopy.errors import RegistrationError

if TYPE_CHECKING:
    from decimal import Decimal

date = datetime.date
Self: Any = getattr(typing, "Self", None)


class Egg:
    """
    A class whose field has the name of its type.
    """

    date: date
    size: int
    price: Decimal
    other: Egg | None
    count: ClassVar[int]
    colour: Final[str] = "white"


class Nest(Egg):
    """
    A class with more annotations.
    """

    size: float  # type: ignore[assignment]


class ResolveTests(SynchronousTestCase):
    """
    The names in an annotation are those of the class that has it.
    """

    def test_texts(self) -> None:
        """
        Texts are resolved, in whatever they are, and what is annotated stays.
        """
        for annotation, meant in [
            ("int", int),
            ("Egg | None", Egg | None),
            ('list["Egg"]', list[Egg]),
            (list["Egg"], list[Egg]),
            (Optional["Egg"], Optional[Egg]),  # noqa: UP045
            ("Annotated[int, 7]", Annotated[int, 7]),
            (dict[str, list["Egg"]], dict[str, list[Egg]]),
            (list["Egg"] | None, list[Egg] | None),
            (Annotated[list["Egg"], 7], Annotated[list[Egg], 7]),
            (list[Literal["Egg"]], list[Literal["Egg"]]),
            (tuple["Egg", ...], tuple[Egg, ...]),
            (tuple[()], tuple[()]),
            ("Final[int]", Final[int]),
            (int, int),
        ]:
            self.assertEqual(meant, resolved(annotation, Egg))

    def test_theClassItself(self) -> None:
        """
        A class that is no name of its module is known in itself.
        """

        class Local:
            other: Local | None

        self.assertEqual(Local | None, annotationOf(Local, "other", lambda each: each))

    def test_self(self) -> None:
        """
        C{Self} is the class.
        """
        for annotation, meant in [
            (Self, Egg),
            (Optional[Self], Optional[Egg]),  # noqa: UP045
            (dict[str, list[Self]], dict[str, list[Egg]]),
        ]:
            self.assertEqual(meant, resolved(annotation, Egg))

    if Self is None:
        test_self.skip = "there is no such thing"  # type: ignore[attr-defined]

    def test_theModuleComesFirst(self) -> None:
        """
        A field does not hide a type that has its name.
        """
        Egg.date = None  # type: ignore[assignment]
        self.addCleanup(delattr, Egg, "date")
        self.assertIs(date, annotationOf(Egg, "date", lambda each: each))

    def test_owner(self) -> None:
        """
        A field is that of the class that annotates it, the nearest of these.
        """
        self.assertIs(Nest, ownerOf(Nest, "size"))
        self.assertIs(Egg, ownerOf(Nest, "date"))
        self.assertIs(Nest, ownerOf(Nest, "nothing"))
        self.assertIs(Any, annotationOf(Nest, "nothing", lambda each: each))

    def test_whatThereIsNot(self) -> None:
        """
        A name that is there for a type checker alone is an error that says so.
        """
        with self.assertRaises(RegistrationError) as caught:
            annotationOf(Egg, "price", lambda each: each)
        self.assertEqual("Egg.price", caught.exception.where)
        self.assertIn("'Decimal'", caught.exception.got)
        self.assertIn("run time", caught.exception.advice)
