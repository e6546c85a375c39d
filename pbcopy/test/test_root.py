# -*- test-case-name: pbcopy.test.test_root -*-
"""
Tests for L{pbcopy._root}.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

from twisted.cred.checkers import InMemoryUsernamePasswordDatabaseDontUse
from twisted.cred.credentials import UsernamePassword
from twisted.cred.error import UnauthorizedLogin
from twisted.cred.portal import IRealm, Portal
from twisted.python.usage import UsageError
from twisted.trial.unittest import SynchronousTestCase
from zope.interface import implementer
from zope.interface.verify import verifyObject

from pbcopy import pb
from pbcopy._root import LoginRoot, RootRealm, rootNamed
from pbcopy.testing import connect


class Greeter(pb.Root):
    """
    A root.

    @ivar brokers: each Broker that C{rootObject} was called with.
    """

    def __init__(self) -> None:
        self.brokers: list[pb.Broker] = []

    def rootObject(self, broker: pb.Broker) -> Greeter:
        """
        Give this root, and note for whom.
        """
        self.brokers.append(broker)
        return self

    def remote_greet(self) -> str:
        """
        Give a greeting.
        """
        return "hello"


class NamedAvatar(pb.Avatar):
    """
    An avatar that knows its name.
    """

    def __init__(self, name: bytes) -> None:
        self.name = name

    def perspective_greet(self) -> str:
        """
        Give a greeting.
        """
        return f"hello {self.name.decode()}"


@implementer(IRealm)
class Realm:
    """
    A realm.
    """

    def requestAvatar(self, avatarId: Any, mind: Any, *interfaces: Any) -> Any:
        """
        Give an avatar.
        """
        return pb.IPerspective, NamedAvatar(avatarId), lambda: None


def fails() -> None:
    """
    Raise an exception of two lines.
    """
    raise ValueError("one\ntwo")


greeter = Greeter()
number = 7


class RootNamedTests(SynchronousTestCase):
    """
    Tests for L{rootNamed}.
    """

    def setUp(self) -> None:
        """
        Have a folder to import from.
        """
        self.folder = self.mktemp()
        os.mkdir(self.folder)
        self.patch(sys, "path", [self.folder, *sys.path])
        self.patch(sys, "dont_write_bytecode", True)

    def module(self, name: str, text: str) -> None:
        """
        Make a module in the folder.
        """
        with open(os.path.join(self.folder, f"{name}.py"), "w") as file:
            file.write(text)
        importlib.invalidate_caches()
        self.addCleanup(sys.modules.pop, name, None)

    def complaint(self, name: str, *checker: Any) -> str:
        """
        Give the text of the error for a name, which is one line.
        """
        text = str(self.assertRaises(UsageError, rootNamed, name, *checker))
        self.assertEqual(1, len(text.splitlines()), text)
        return text

    def test_root(self) -> None:
        """
        A root is published itself.
        """
        self.assertIs(greeter, rootNamed(f"{__name__}.greeter"))

    def test_class(self) -> None:
        """
        A class of roots is called, and its instance published.
        """
        self.assertIsInstance(rootNamed(f"{__name__}.Greeter"), Greeter)

    def test_function(self) -> None:
        """
        A function is called, and what it gives is published.
        """
        self.module("pbcopy_a", f"import {__name__} as m\ndef make(): return m.greeter")
        self.assertIs(greeter, rootNamed("pbcopy_a.make"))

    def test_adapted(self) -> None:
        """
        What is adaptable to C{IPBRoot}, as a portal is, is published.
        """
        self.module("pbcopy_a", "from twisted.cred.portal import Portal\n")
        self.module("pbcopy_b", "from pbcopy_a import Portal\np = Portal(None)")
        root = rootNamed("pbcopy_b.p")
        verifyObject(pb.IPBRoot, root)

    def test_noName(self) -> None:
        """
        What is not C{module.attribute} is refused as no name.
        """
        for name in ("", "nonsense", ".", "a.", ".a", "a..b", "a.b c", "a/b.c"):
            self.assertEqual(
                f"--root {name}: this is no dotted name; "
                f"expected package.module.attribute",
                self.complaint(name),
            )

    def test_noModule(self) -> None:
        """
        For a module that is not there, the advice is to set PYTHONPATH.
        """
        self.assertEqual(
            "--root pbcopy_x.y.root: No module named 'pbcopy_x'; "
            "expected package.module.attribute.  twistd does not import from the "
            "current folder: set PYTHONPATH to the folder that has pbcopy_x",
            self.complaint("pbcopy_x.y.root"),
        )

    def test_noSubmodule(self) -> None:
        """
        A module that is not in its package is missed by its full name.
        """
        self.assertIn(
            "--root pbcopy.nope.root: No module named 'pbcopy.nope'; expected",
            self.complaint("pbcopy.nope.root"),
        )

    def test_noPackage(self) -> None:
        """
        A module that is named as a package is said to be none.
        """
        self.assertEqual(
            "--root pbcopy.errors.Violation.where: pbcopy.errors is a module and "
            "no package; expected package.module.attribute",
            self.complaint("pbcopy.errors.Violation.where"),
        )

    def test_noAttribute(self) -> None:
        """
        An attribute that is not there is named, and so is its module.
        """
        self.assertEqual(
            f"--root {__name__}.nope: module {__name__} has no attribute nope; "
            f"expected one that is, or gives, an IPBRoot",
            self.complaint(f"{__name__}.nope"),
        )

    def test_importErrorInside(self) -> None:
        """
        A module that imports what is not there is not said to be missing.
        """
        self.module("pbcopy_a", "import pbcopy_missing")
        self.assertEqual(
            "--root pbcopy_a.root: module pbcopy_a fails when it is imported: "
            "ModuleNotFoundError: No module named 'pbcopy_missing'; "
            "see where: python -c 'import pbcopy_a'",
            self.complaint("pbcopy_a.root"),
        )

    def test_errorInside(self) -> None:
        """
        Whatever a module raises when it is imported is told, in one line.
        """
        for text, expected in [
            ("raise AttributeError('no\\nsuch')", "AttributeError: no such;"),
            ("from sys import nope", "ImportError: cannot import name 'nope'"),
            ("def (", "SyntaxError: invalid syntax"),
        ]:
            self.module("pbcopy_a", text)
            self.assertIn(
                f"module pbcopy_a fails when it is imported: {expected}",
                self.complaint("pbcopy_a.root"),
            )

    def test_noRoot(self) -> None:
        """
        An object that is no root is refused, and shown.
        """
        self.assertEqual(
            f"--root {__name__}.number: got 7; expected an IPBRoot, "
            f"such as a pb.Root, or a callable that gives one",
            self.complaint(f"{__name__}.number"),
        )

    def test_givesNoRoot(self) -> None:
        """
        What a callable gives is refused likewise.
        """
        self.module("pbcopy_a", "def make(): return 'a\\nb'")
        self.assertIn(
            "--root pbcopy_a.make: got 'a\\nb'; expected an IPBRoot",
            self.complaint("pbcopy_a.make"),
        )

    def test_callableFails(self) -> None:
        """
        An exception that a callable raises is told, in one line.
        """
        self.assertEqual(
            f"--root {__name__}.fails: calling it failed: ValueError: one two; "
            f"expected a callable that takes nothing and gives an IPBRoot",
            self.complaint(f"{__name__}.fails"),
        )

    def test_realmWithoutLogin(self) -> None:
        """
        A realm without passwords is refused.
        """
        self.assertEqual(
            f"--root {__name__}.Realm: a realm is for those who log in; "
            f"add --passwd, or name an IPBRoot",
            self.complaint(f"{__name__}.Realm"),
        )

    def test_noRootWithLogin(self) -> None:
        """
        Passwords do not make a root of what is none.
        """
        self.assertIn("got 7;", self.complaint(f"{__name__}.number", object()))

    def test_login(self) -> None:
        """
        With a checker, the root is behind a login.
        """
        root = rootNamed(f"{__name__}.greeter", object())
        self.assertIsInstance(root, LoginRoot)


class LoginRootTests(SynchronousTestCase):
    """
    Tests for L{LoginRoot}.
    """

    def setUp(self) -> None:
        """
        Have one user.
        """
        self.checker = InMemoryUsernamePasswordDatabaseDontUse(eve=b"apple")

    def login(self, behind: Any, password: bytes = b"apple", mind: Any = None) -> Any:
        """
        Log in to a new connection, which becomes C{connection}.

        @return: the Deferred of C{PBClientFactory.login}.
        """
        factory = pb.PBClientFactory()
        avatar = factory.login(UsernamePassword(b"eve", password), mind)
        root = LoginRoot(behind, self.checker)
        self.connection = connect(pb.PBServerFactory(root), factory)
        return avatar

    def greeted(self, avatar: Any) -> Any:
        """
        Have an avatar greet.
        """
        call = avatar.callRemote("greet")
        self.connection.deliver()
        return self.successResultOf(call)

    def test_interfaces(self) -> None:
        """
        It is a root for a factory, and makes realms.
        """
        verifyObject(pb.IPBRoot, LoginRoot(greeter, self.checker))
        verifyObject(IRealm, RootRealm(greeter, pb.Broker()))

    def test_rootIsAvatar(self) -> None:
        """
        Who logs in gets the root object that the root has for the connection.
        """
        root = Greeter()
        avatar = self.successResultOf(self.login(root))
        self.assertEqual("hello", self.greeted(avatar))
        self.assertEqual([self.connection.server], root.brokers)

    def test_adaptedIsAvatar(self) -> None:
        """
        Something adaptable to C{IPBRoot} is adapted.
        """
        inner = Portal(Realm(), [self.checker])
        avatar = self.successResultOf(self.login(inner))
        call = avatar.callRemote("login", b"eve")
        self.connection.deliver()
        self.assertEqual(2, len(self.successResultOf(call)))

    def test_realm(self) -> None:
        """
        A realm gives the avatar itself.
        """
        avatar = self.successResultOf(self.login(Realm()))
        self.assertEqual("hello eve", self.greeted(avatar))

    def test_wrongPassword(self) -> None:
        """
        A wrong password is refused, and the root is not asked for anything.
        """
        root = Greeter()
        failure = self.failureResultOf(self.login(root, b"pear"))
        self.assertTrue(failure.check(UnauthorizedLogin))
        self.assertEqual([], root.brokers)
        self.flushLoggedErrors(UnauthorizedLogin)

    def test_withoutLogin(self) -> None:
        """
        Who does not log in does not reach the root.
        """
        root = Greeter()
        connection = connect(LoginRoot(root, self.checker))
        call = connection.root.callRemote("greet")
        connection.deliver()
        self.failureResultOf(call)
        self.assertEqual([], root.brokers)
        self.flushLoggedErrors()
