# -*- test-case-name: pbcopy.test.test_root -*-
"""
From the name in C{twistd pbcopy --root} to what a factory publishes.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

from twisted.cred.portal import IRealm, Portal
from twisted.python import usage
from twisted.spread.pb import IPBRoot
from zope.interface import implementer

from pbcopy import pb


def rootNamed(name: str, checker: Any = None) -> Any:
    """
    Give the C{IPBRoot} for C{package.module.attribute}.

    @param checker: if there is one, the C{ICredentialsChecker} for a login.
    @raise usage.UsageError: if the name is wrong, or names nothing that can be
        published.
    """
    thing = asPublishable(name, objectNamed(name))
    if checker is not None:
        return LoginRoot(thing, checker)
    if IRealm.providedBy(thing):
        raise usage.UsageError(
            f"--root {name}: a realm is for those who log in; "
            f"add --passwd, or name an IPBRoot"
        )
    return IPBRoot(thing)


def objectNamed(name: str) -> Any:
    """
    Import the module in C{package.module.attribute} and give the attribute.

    @raise usage.UsageError: if there is none.
    """
    module, _, attribute = name.rpartition(".")
    if not all(part.isidentifier() for part in name.split(".")) or not module:
        raise usage.UsageError(
            f"--root {name}: this is no dotted name; expected package.module.attribute"
        )
    try:
        return getattr(moduleNamed(name, module), attribute)
    except AttributeError:
        raise usage.UsageError(
            f"--root {name}: module {module} has no attribute {attribute}; "
            f"expected one that is, or gives, an IPBRoot"
        ) from None


def moduleNamed(name: str, module: str) -> Any:
    """
    Import a module.

    @param name: the whole C{--root}, for the error.
    @raise usage.UsageError: if there is no such module, or its own code fails.
    """
    try:
        return import_module(module)
    except Exception as error:
        # The module itself, or a package that it is in.
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        parent = (missing or "").rpartition(".")[0]
        if parent in sys.modules and not hasattr(sys.modules[parent], "__path__"):
            raise usage.UsageError(
                f"--root {name}: {parent} is a module and no package; "
                f"expected package.module.attribute"
            ) from None
        if missing is not None and f"{module}.".startswith(f"{missing}."):
            raise usage.UsageError(
                f"--root {name}: {error}; expected package.module.attribute.  "
                f"twistd does not import from the current folder: "
                f"set PYTHONPATH to the folder that has {name.split('.')[0]}"
            ) from None
        raise usage.UsageError(
            f"--root {name}: module {module} fails when it is imported: "
            f"{inOneLine(error)}; see where: python -c 'import {module}'"
        ) from None


def asPublishable(name: str, thing: Any) -> Any:
    """
    Give an object, or what it gives when it is called.

    @param name: the C{--root}, for the error.
    @raise usage.UsageError: if neither is of a kind that can be published.
    """
    if not isPublishable(thing) and callable(thing):
        try:
            thing = thing()
        except Exception as error:
            raise usage.UsageError(
                f"--root {name}: calling it failed: {inOneLine(error)}; "
                f"expected a callable that takes nothing and gives an IPBRoot"
            ) from None
    if not isPublishable(thing):
        raise usage.UsageError(
            f"--root {name}: got {inOneLine(repr(thing))}; "
            f"expected an IPBRoot, such as a pb.Root, or a callable that gives one"
        )
    return thing


def isPublishable(thing: object) -> bool:
    """
    Tell whether C{thing} is what C{--root} may be, or give.
    """
    return IRealm.providedBy(thing) or IPBRoot(thing, None) is not None


@implementer(IPBRoot)
class LoginRoot:
    """
    A root that one logs in to.
    """

    def __init__(self, behind: Any, checker: Any) -> None:
        """
        @param behind: an C{IRealm} that gives the avatars, or an C{IPBRoot}
            whose root object is everybody's avatar.
        @param checker: the C{ICredentialsChecker} that knows who may log in.
        """
        self._behind = behind
        self._checker = checker

    def rootObject(self, broker: pb.Broker) -> Any:
        """
        Give the object that one connection logs in to.
        """
        realm = self._behind
        if not IRealm.providedBy(realm):
            realm = RootRealm(IPBRoot(realm), broker)
        return IPBRoot(Portal(realm, [self._checker])).rootObject(broker)


@implementer(IRealm)
class RootRealm:
    """
    The realm of one connection, where everybody's avatar is the root object.
    """

    def __init__(self, root: Any, broker: pb.Broker) -> None:
        self._root = root
        self._broker = broker

    def requestAvatar(self, avatarId: Any, mind: Any, *interfaces: Any) -> Any:
        """
        Give the root object for the connection.
        """
        return pb.IPerspective, self._root.rootObject(self._broker), lambda: None


def inOneLine(thing: object) -> str:
    """
    Give the text of C{thing}, and the class too if it is an exception.
    """
    text = " ".join(str(thing).split())
    return f"{type(thing).__name__}: {text}" if isinstance(thing, Exception) else text
