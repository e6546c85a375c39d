# -*- test-case-name: pbcopy.test.test_state -*-
"""
Tests for L{pbcopy._state}.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._state import (
    applyState,
    areOrdinary,
    checkAttribute,
    localNames,
    withTextKeys,
)
from pbcopy.errors import Violation


class View(pb.RemoteCopy):
    """
    What takes a state.
    """

    frogs = 0

    def count(self) -> int:
        """
        Stand for a method.
        """
        return self.frogs

    @property
    def size(self) -> int:
        """
        Stand for a descriptor.
        """
        return self.frogs

    @cached_property
    def depth(self) -> int:
        """
        Stand for what Python keeps in the instance's dict.
        """
        return self.frogs


class LocalNamesTests(SynchronousTestCase):
    """
    A class and its bases say what they keep to themselves.
    """

    def test_changed(self) -> None:
        """
        What a base says later counts from then on, be it behind another one that
        says something, and so does what is put into it, and another base.
        """

        others: set[str] = set()
        base: Any = type("Base", (pb.Copyable,), {"localOnly": ()})
        other: Any = type("Other", (), {"localOnly": others})
        copy: Any = type("Copy", (base, other), {"localOnly": "mine"})

        self.assertEqual({"mine"}, localNames(copy))
        base.localOnly = ("base",)
        self.assertEqual({"mine", "base"}, localNames(copy))
        others.add("other")
        self.assertEqual({"mine", "base", "other"}, localNames(copy))
        del base.localOnly
        copy.__bases__ = (base,)
        self.assertEqual({"mine"}, localNames(copy))
        self.patch(pb.Copyable, "localOnly", ["all"])
        self.assertEqual({"mine", "all"}, localNames(copy))


class AttributeTests(SynchronousTestCase):
    """
    A peer chooses names of data attributes alone.
    """

    def test_data(self) -> None:
        """
        A name that the class does not have, that has data there, or that is a
        C{cached_property}, is the peer's to choose.
        """
        for name in ("ducks", "frogs", "depth", "_private"):
            checkAttribute(View, name)
            view = View()
            view.setCopyableState({name: 7})
            self.assertEqual(7, getattr(view, name))

    def test_changed(self) -> None:
        """
        A name is no longer the peer's to choose when the class, or a base, has got a
        method of that name.
        """

        class Base(pb.RemoteCopy):
            pass

        class Copy(Base):
            pass

        names = {"one": 1, "other": 2}
        self.assertTrue(areOrdinary(Copy, names))
        for cls, name in ((Copy, "one"), (Base, "other")):
            setattr(cls, name, len)
            self.assertFalse(areOrdinary(Copy, names))
            delattr(cls, name)
        self.assertTrue(areOrdinary(Copy, names))

    def test_noText(self) -> None:
        """
        A name that came as bytes is UTF-8.
        """
        error = self.assertRaises(Violation, withTextKeys, {b"\xff": 1})
        self.assertIn("the name of an attribute is no text", str(error))

    def test_others(self) -> None:
        """
        Other names are refused, and the error says which.
        """
        for name in ("count", "size", "__class__", "__x__", "postUnjelly", 7, None):
            with self.assertRaises(Violation) as caught:
                checkAttribute(View, name)
            self.assertEqual(f"View.{name}", caught.exception.where)
            self.assertEqual(repr(name), caught.exception.got)

    def test_theDefaultRefusesBeforeItInstalls(self) -> None:
        """
        A refused state leaves the object as it was, also when the application
        passes it on to C{setCopyableState}.
        """
        view = View()
        view.frogs = 7
        with self.assertRaises(Violation):
            view.setCopyableState({"frogs": 8, "count": 9})
        self.assertEqual(7, view.count())

    def test_anOverrideMayUseTheNameItself(self) -> None:
        """
        An overridden C{setCopyableState} may take a value under the name of a
        method, and keep it elsewhere.
        """

        class Careful(View):
            def setCopyableState(self, state: Any) -> None:
                self.frogs = state["count"]

        careful = Careful()
        applyState(careful, {"count": 7})
        self.assertEqual(7, careful.count())

    def test_aDataDescriptorKeepsItsValueThere(self) -> None:
        """
        A descriptor that keeps its value in the instance's dict may be set by
        an overridden C{setCopyableState}.
        """

        class Checked:
            def __set__(self, instance: Any, value: int) -> None:
                vars(instance)["frogs"] = value

            def __get__(self, instance: Any, owner: type) -> Any:
                return vars(instance)["frogs"]

        class Careful(pb.RemoteCopy):
            frogs = Checked()

            def setCopyableState(self, state: Any) -> None:
                self.frogs = state["frogs"]

        careful = Careful()
        applyState(careful, {"frogs": 7})
        self.assertEqual(7, careful.frogs)

    def test_aNestedClassIsCode(self) -> None:
        """
        A class in the class, or another callable, is not hidden either.
        """

        class Nesting(pb.RemoteCopy):
            class Policy:
                pass

            handler: Any = len

        for name in ("Policy", "handler"):
            self.assertRaises(Violation, Nesting().setCopyableState, {name: 7})

    def test_theStateIsNotShared(self) -> None:
        """
        Two copies that are given one dict do not share it.
        """
        state = {"frogs": 7}
        one, two = View(), View()
        one.setCopyableState(state)
        two.setCopyableState(state)
        one.frogs = 8
        self.assertEqual(7, two.frogs)

    def test_theDictIsChangedInPlace(self) -> None:
        """
        Turning keys into text keeps the dict: a cycle may refer to it.
        """
        state = {b"a": 1}
        self.assertIs(state, withTextKeys(state))
        self.assertEqual({"a": 1}, state)
        self.assertEqual([b"a"], withTextKeys([b"a"]))
