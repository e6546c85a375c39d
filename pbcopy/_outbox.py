# -*- test-case-name: pbcopy.test.test_outbox -*-
"""
What tells observers of a change, and the order in which it leaves.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import attr

from pbcopy._channel import DELTA
from pbcopy._observer import RemoteCacheObserver
from pbcopy._pending import sendPending


@attr.s(auto_attribs=True, slots=True, eq=False)
class Message:
    """
    A message to the replica of an observer.

    @ivar others: the observers of whose replicas it tells, too.
    """

    observer: RemoteCacheObserver
    name: str
    args: tuple[Any, ...]
    others: tuple[RemoteCacheObserver, ...] = ()

    def send(self) -> None:
        """
        Send it, or have it be missed.
        """
        args = self.args
        isShort = self.name == DELTA and len(args) == 2 and not args[1]
        reason = self.observer.tell(self.name, *(args[:1] if isShort else args))
        if reason is not None:
            for each in self.others:
                each.missed(reason)


_outbox: deque[Message] = deque()
_isSending = False


def send(messages: Iterable[Message]) -> None:
    """
    Send messages, in order also where sending one calls a method of the
    application's that changes something.  What waits on their connections leaves
    before them.
    """
    global _isSending
    messages = list(messages)
    for each in messages:
        sendPending(each.observer.broker)
    _outbox.extend(messages)
    if _isSending:
        return
    _isSending = True
    try:
        while _outbox:
            _outbox.popleft().send()
    finally:
        _isSending = False


def together(messages: list[Message]) -> Iterator[Message]:
    """
    Make one message of the deltas for one connection and one perspective.
    """
    groups: dict[Any, Message] = {}
    for each in messages:
        observer = each.observer
        key = id(observer.broker), id(observer.perspective)
        if each.name != DELTA or not observer.isReady():
            yield each
        elif key in groups:
            groups[key].args += (observer.luid, *each.args)
            groups[key].others += (observer,)
        else:
            groups[key] = each
    yield from groups.values()
