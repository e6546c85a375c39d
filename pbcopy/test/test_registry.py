# -*- test-case-name: pbcopy.test.test_registry -*-
"""
Tests for L{pbcopy._registry}.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

from twisted.spread import jelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._registry import (
    _exceptions,
    copyTags,
    exceptionNamed,
    setUnjellyableForClass,
    setUnjellyableForClassTree,
    setUnjellyableForException,
)
from pbcopy.errors import RegistrationError


class Sent(pb.Copyable):
    """
    What is sent.
    """


class Received(pb.RemoteCopy):
    """
    What represents it.
    """


class RegistryTests(SynchronousTestCase):
    """
    The registry functions fill Twisted's own tables.
    """

    def setUp(self) -> None:
        """
        Put the tables back afterwards.
        """
        before = dict(copyTags)

        def restore() -> None:
            copyTags.clear()
            copyTags.update(before)

        self.addCleanup(restore)

    def test_copyTags(self) -> None:
        """
        C{copyTags} is Jelly's own table of classes.
        """
        self.assertIs(jelly.unjellyableRegistry, copyTags)

    def test_byClassTextAndBytes(self) -> None:
        """
        A class is named by itself, by its full name, or by that as bytes.
        """
        name = f"{__name__}.Sent"
        for classname in (Sent, name, name.encode("ascii")):
            copyTags.pop(name.encode("ascii"), None)
            setUnjellyableForClass(classname, Received)
            self.assertIs(Received, copyTags[name.encode("ascii")])

    def test_lastRegistrationWins(self) -> None:
        """
        Whether it is a class or a factory, the last registration for a name
        counts.
        """
        setUnjellyableForClass("pond", Received)
        pb.setUnjellyableFactoryForClass("pond", str)
        made = jelly.unjelly([b"pond", 7])
        self.assertEqual("7", made)
        setUnjellyableForClass("pond", Received)
        self.assertIs(Received, copyTags[b"pond"])

    def test_tree(self) -> None:
        """
        C{setUnjellyableForClassTree} registers what a module has of a base
        class, under a prefix.
        """
        module = ModuleType("ponds")
        vars(module).update(Received=Received, Sent=Sent, number=7)
        setUnjellyableForClassTree(module, pb.RemoteCopy, "remote")
        self.assertIs(Received, copyTags[b"remote.Received"])
        self.assertNotIn(b"remote.Sent", copyTags)
        setUnjellyableForClassTree(module, pb.RemoteCopy)
        self.assertIs(Received, copyTags[b"ponds.Received"])

    def test_noName(self) -> None:
        """
        What names no class is refused, and the error shows it.
        """
        nonsense: Any = 7
        received: Any = Received
        for function in (setUnjellyableForClass, pb.setUnjellyableFactoryForClass):
            with self.assertRaises(RegistrationError) as caught:
                function(nonsense, received)
            self.assertEqual("7", caught.exception.got)
        self.assertRaises(RegistrationError, setUnjellyableForException, nonsense)

    def test_nothingToCall(self) -> None:
        """
        What cannot make an object is refused.
        """
        nonsense: Any = "Received"
        for function in (setUnjellyableForClass, pb.setUnjellyableFactoryForClass):
            self.assertRaises(RegistrationError, function, Sent, nonsense)

    def test_aClassThatCannotBeReceived(self) -> None:
        """
        A class that forgot to be a C{RemoteCopy} is refused, and
        the error says what to derive it from.
        """
        for wrong in (Sent, lambda: None):
            with self.assertRaises(RegistrationError) as caught:
                setUnjellyableForClass("pond", wrong)
            self.assertIn("pb.RemoteCopy", caught.exception.advice)
            self.assertNotIn(b"pond", copyTags)
        for right in (Received, lambda unjellier, jellyList: None, dict):
            setUnjellyableForClass("pond", right)

    def test_exceptions(self) -> None:
        """
        An exception is registered under its own name, or under another one.
        """
        self.addCleanup(_exceptions.pop, "builtins.KeyError", None)
        self.addCleanup(_exceptions.pop, "far.Away", None)
        setUnjellyableForException(KeyError)
        setUnjellyableForException(b"far.Away", ValueError)
        self.assertIs(KeyError, exceptionNamed("builtins.KeyError"))
        self.assertIs(ValueError, exceptionNamed("far.Away"))
        self.assertIsNone(exceptionNamed("builtins.OSError"))

    def test_exceptionsOnly(self) -> None:
        """
        What is no exception, or would end the process, is not registered.
        """
        nonsense: Any = SystemExit
        for wrong in (nonsense, Sent, "far.Away"):
            with self.assertRaises(RegistrationError) as caught:
                setUnjellyableForException(wrong)
            self.assertIn(repr(wrong), str(caught.exception))
