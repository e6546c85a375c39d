# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
Which exceptions may leave pbcopy.

These may:

 - the declared ones: those of L{pbcopy.errors}, Jelly's C{InsecureJelly}, the
   C{pb.Error}s, and what says that a connection is gone;
 - what the application raises: the innermost code that is not Python's or Twisted's
   is the application's, or pbcopy has called a method of it with the arguments that
   came, and they do not fit;
 - what Twisted raises by itself: pbcopy is nowhere in the traceback.

Any other is a find, and so is one of pbcopy's that tells what is inside.
"""

from __future__ import annotations

import re
import traceback
from typing import Any

from twisted.internet.error import ConnectionClosed
from twisted.python.failure import Failure
from twisted.spread import pb
from twisted.spread.banana import BananaError
from twisted.spread.jelly import InsecureJelly

from fuzz.scene import Mischief
from pbcopy.errors import PBCopyError

_DECLARED = (
    *(PBCopyError, InsecureJelly, pb.Error, BananaError, Mischief),
    *(pb.DeadReferenceError, pb.PBConnectionLost, ConnectionClosed),
)

_CALLING = {
    ("pbcopy._remotecache", "remoteMessageReceived", TypeError),
    ("pbcopy._declared", "methodOf", AttributeError),
}
"""Where a method of an application's is looked up and called for an update."""

_GUARD = "pbcopy._guard"
"""What the modules of pbcopy's Broker begin with."""

_SCENE = "fuzz.scene"

_SENDING = ("twisted.spread.pb", "serialize")

_INSIDE = re.compile(r" at 0x|/fuzz/|/pbcopy/")
"""What a process says of itself."""

_TOLD = "_fuzzTraceback"

Frames = list[tuple[str, str]]
"""The module and the function of each."""


class Find(Exception):
    """
    Something that must not happen.

    @ivar key: what is the same for finds of the same cause.
    """

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


def framesOf(failure: Failure) -> Frames:
    """
    Give the frames of a failure, from the outside to where it was raised.
    """
    told: Frames = getattr(failure.value, _TOLD, [])
    now = traceback.walk_tb(getattr(failure.value, "__traceback__", None))
    found = [(each.f_globals.get("__name__", ""), each.f_code) for each, _ in now]
    return [(module, code.co_name) for module, code in found] or told


def remember(failure: Failure) -> None:
    """
    Keep the frames of a failure that is about to lose them.
    """
    value: Any = failure.value
    if isinstance(value, BaseException) and value.__traceback__ is not None:
        setattr(value, _TOLD, framesOf(failure))


def look(failure: Failure) -> None:
    """
    Look at a failure.

    @raise Find: if it may not be.
    """
    value: Any = failure.value
    if isinstance(value, Find):
        raise value
    if isinstance(value, PBCopyError) and _INSIDE.search(str(value)):
        raise Find("inside", f"inside: {value}")
    # What a peer has told of its own errors is no exception here.
    if not isinstance(value, BaseException) or isinstance(value, _DECLARED):
        return
    frames = framesOf(failure)
    modules = [module for module, _ in frames]
    ours = [at for at in range(len(modules)) if _isOurs(modules[at : at + 2])]
    if not ours:
        return
    if any(module == _SCENE for module, _ in frames[ours[-1] :]):
        return
    where = frames[ours[-1]]
    if (*where, type(value)) in _CALLING and ours[-1] == len(frames) - 1:
        return
    path = " > ".join(f"{module}:{name}" for module, name in frames[-8:])
    key = f"{type(value).__name__} in {where[0]}:{where[1]}"
    raise Find(key, f"{key}: {value!s:.200}\n{path}")


def isApplications(failure: Failure) -> bool:
    """
    Tell whether the application has failed: it has raised something, or given what
    cannot be sent.
    """
    frames = framesOf(failure)
    return _SENDING in frames or _SCENE in [module for module, _ in frames]


def _isOurs(modules: list[str]) -> bool:
    """
    Tell whether a frame is pbcopy's.  Its Broker does not count where it has called
    Twisted's.

    @param modules: that of the frame, and of the one that it has called.
    """
    module, called = (*modules, "")[:2]
    if module.startswith(_GUARD) and called.startswith("twisted."):
        return False
    return module.startswith("pbcopy.") and not module.startswith("pbcopy.test.")
