# -*- test-case-name: pbcopy.test.test_guardblame -*-
"""
Who is to blame for an error: the peer, or the application.
"""

from __future__ import annotations

from traceback import walk_tb
from types import CodeType, FrameType

from twisted.spread import flavors, pb
from twisted.spread.jelly import InsecureJelly


def _frames(error: BaseException) -> list[FrameType]:
    return [frame for frame, _ in walk_tb(error.__traceback__)]


def _raisedIn(error: BaseException) -> str:
    return str(_frames(error)[-1].f_globals["__name__"])


def isTwisteds(error: BaseException) -> bool:
    """
    Tell whether Twisted itself has raised an error, as it does for a list that has
    not the form that it wants, and not what it called.
    """
    return _raisedIn(error).startswith(
        ("twisted.persisted.", "twisted.python.", "twisted.spread.")
    )


def isAtCall(error: BaseException) -> bool:
    """
    Tell whether there is no such method, or it takes no such arguments.
    """
    isAvatars = _frames(error)[-1].f_code is _OF_AN_AVATAR
    return isAvatars or _raisedIn(error) == flavors.__name__


_OF_AN_AVATAR = pb.Avatar.perspectiveMessageReceived.__code__


def isPeers(error: BaseException, made: CodeType, sent: CodeType) -> bool:
    """
    Tell whether the peer is to blame for what a call has failed with: for what was
    to be made of its arguments, or for the call itself.

    @param made: the code that makes them.
    @param sent: that which serializes the answer.
    """
    codes = {frame.f_code for frame in _frames(error)}
    if sent in codes:
        return False
    isMade = made in codes
    return isMade or isinstance(error, InsecureJelly) or isAtCall(error)
