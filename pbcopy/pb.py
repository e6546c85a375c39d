# -*- test-case-name: pbcopy.test.test_pb -*-
"""
C{twisted.spread.pb} with pbcopy's flavors in the place of its own.

Replace C{from twisted.spread import pb} by C{from pbcopy import pb}.  Every
name of Twisted's module is here; those that pbcopy does not replace are
Twisted's own, and setting one of them sets Twisted's.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from twisted.spread import pb as _stock
from twisted.spread.interfaces import IJellyable, IUnjellyable
from twisted.spread.jelly import globalSecurity, jelly, unjelly
from twisted.spread.pb import (
    MAX_BROKER_REFS,
    AsReferenceable,
    Avatar,
    Broker,
    CopyableFailure,
    DeadReferenceError,
    Error,
    IPBRoot,
    IPerspective,
    IUsernameMD5Password,
    Jellyable,
    NoSuchMethod,
    PBConnectionLost,
    ProtocolError,
    Referenceable,
    RemoteError,
    RemoteMethod,
    RemoteReference,
    Root,
    Serializable,
    Viewable,
    ViewPoint,
    challenge,
    failure2Copyable,
    portno,
    respond,
)

import pbcopy._fresh
import pbcopy._mentions
import pbcopy._values  # noqa: F401  (they register how something is read)
from pbcopy._cacheable import Cacheable
from pbcopy._copyable import Copyable, RemoteCopy
from pbcopy._factory import setUnjellyableFactoryForClass
from pbcopy._failure import CopiedFailure
from pbcopy._observer import RemoteCacheObserver
from pbcopy._registry import (
    copyTags,
    setUnjellyableForClass,
    setUnjellyableForClassTree,
    setUnjellyableForException,
)
from pbcopy._remotecache import RemoteCache
from pbcopy._valueclasses import setUnjellyableForValue

if TYPE_CHECKING:
    # They have no annotations; a type checker is not strict about Twisted.
    from twisted.spread.pb import PBClientFactory, PBServerFactory
else:
    from pbcopy._meeting import PBClientFactory, PBServerFactory

setCopierForClass = setUnjellyableForClass
setCopierForClassTree = setUnjellyableForClassTree
setFactoryForClass = setUnjellyableFactoryForClass

_REPLACED = frozenset(
    [
        "Cacheable",
        "CopiedFailure",
        "Copyable",
        "PBClientFactory",
        "PBServerFactory",
        "RemoteCache",
        "RemoteCacheObserver",
        "RemoteCopy",
        "copyTags",
        "setCopierForClass",
        "setCopierForClassTree",
        "setFactoryForClass",
        "setUnjellyableFactoryForClass",
        "setUnjellyableForClass",
        "setUnjellyableForClassTree",
    ]
)

__all__ = [
    "AsReferenceable",
    "Avatar",
    "Broker",
    "Cacheable",
    "challenge",
    "CopiedFailure",
    "Copyable",
    "CopyableFailure",
    "copyTags",
    "DeadReferenceError",
    "Error",
    "failure2Copyable",
    "globalSecurity",
    "IJellyable",
    "IPBRoot",
    "IPerspective",
    "IUnjellyable",
    "IUsernameMD5Password",
    "jelly",
    "Jellyable",
    "MAX_BROKER_REFS",
    "NoSuchMethod",
    "PBClientFactory",
    "PBConnectionLost",
    "PBServerFactory",
    "portno",
    "ProtocolError",
    "Referenceable",
    "RemoteCache",
    "RemoteCacheObserver",
    "RemoteCopy",
    "RemoteError",
    "RemoteMethod",
    "RemoteReference",
    "respond",
    "Root",
    "Serializable",
    "setCopierForClass",
    "setCopierForClassTree",
    "setFactoryForClass",
    "setUnjellyableFactoryForClass",
    "setUnjellyableForClass",
    "setUnjellyableForClassTree",
    "setUnjellyableForException",
    "setUnjellyableForValue",
    "unjelly",
    "Viewable",
    "ViewPoint",
]


class _DropIn(ModuleType):
    """
    A module that has another one behind it.
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(_stock, name)
        except AttributeError:
            raise AttributeError(
                f"module {__name__!r} has no attribute {name!r}"
            ) from None

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(_stock)})

    def __setattr__(self, name: str, value: object) -> None:
        # Applications raise MAX_BROKER_REFS, and the Broker reads Twisted's.
        if name in _TWISTEDS:
            setattr(_stock, name, value)
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if name in _TWISTEDS:
            delattr(_stock, name)
        else:
            super().__delattr__(name)


_TWISTEDS = frozenset(n for n in dir(_stock) if not n.startswith("__")) - _REPLACED

# What is Twisted's is read there, each time.
for _name in _TWISTEDS.intersection(globals()):
    del globals()[_name]
sys.modules[__name__].__class__ = _DropIn
