# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
What a hostile peer knows of the Broker that it talks to.

It could learn each of these from what that sends.  Here it looks, as that costs
less.
"""

from __future__ import annotations

from typing import Any

import attr

from pbcopy._slot import Slot


@attr.s(auto_attribs=True)
class Known:
    """
    The ids of a connection.

    @ivar requests: those of calls that wait for an answer.
    @ivar published: those of caches that the peer was sent.
    @ivar received: those of caches that it has sent.
    @ivar views: of these, those of declared replicas.
    @ivar locals: those of objects that it may call.
    @ivar pieces: how many bytes were sent by each number.
    """

    requests: list[Any] = attr.Factory(list)
    published: list[Any] = attr.Factory(list)
    received: list[Any] = attr.Factory(list)
    views: dict[Any, Any] = attr.Factory(dict)
    locals: list[Any] = attr.Factory(list)
    pieces: dict[int, int] = attr.Factory(dict)

    def look(self, broker: Any) -> None:
        """
        Learn what there is now.
        """
        self.requests = [*(broker.waitingForAnswers or ())]
        self.published = [*(broker.remotelyCachedObjects or ())]
        self.received = [*(broker.locallyCachedObjects or ())]
        self.locals = [*(broker.localObjects or ())]
        slots: Any = (broker.locallyCachedObjects or {}).items()
        self.views = {
            luid: slot.view
            for luid, slot in slots
            if isinstance(slot, Slot) and slot.view is not None
        }

    def next(self, luid: Any) -> tuple[int, list[int]]:
        """
        Give the version that follows that of a replica, and the numbers of its
        nodes.
        """
        view = self.views.get(luid) if isinstance(luid, int) else None
        if view is None:
            return 1, [1, 2]
        return view.version + 1, [*view.known._byNumber] or [1]
