# -*- test-case-name: pbcopy.test.test_holding -*-
"""
What an id of a connection stands for, held weakly: L{Holding}.

Once the application has dropped the replica, its attributes are kept until the sender
knows: a mention that is under way then still finds them.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from twisted.spread import flavors
from twisted.spread.jelly import _createBlank

from pbcopy._hub import Hub
from pbcopy._nodes import Attributes
from pbcopy._slotof import forget, slots
from pbcopy._tables import Replica
from pbcopy._turn import afterTurn
from pbcopy.errors import Violation


class Holding(Replica):
    """
    The replica of one id.

    @ivar luid: the id on that connection.
    @ivar mentions: how many times the sender has mentioned the id, less those
        that were given back.
    @ivar isMade: whether the replica was given its state.  One that waits for
        its state is left without, where the message fails.
    """

    _hub: Hub

    def __init__(self, luid: int) -> None:
        self.luid = luid
        self.mentions = 1
        self.isMade = False
        self._replica: Callable[[], flavors.RemoteCache | None] = lambda: None
        self._class: type[flavors.RemoteCache] | None = None
        self._attributes: dict[str, Any] | None = None
        self._left: Callable[[], object] = lambda: None

    def _hold(self, replica: flavors.RemoteCache) -> None:
        self._class = type(replica)
        self._attributes = None
        # The callback must not hold the slot: the Broker's table does.
        hub, me = self._hub, weakref.ref(self)
        isEnding, key = sys.is_finalizing, id(replica)

        def dropped(_: object) -> None:
            slot = me()
            # When Python ends, the modules are not what they were.
            if slot is not None and not isEnding():
                hub.drop(slot)
                afterTurn(lambda: forget(key, slot))

        try:
            self._replica = weakref.ref(replica, dropped)
        except TypeError:
            # A tuple's subclass, say, is held until the connection ends.
            self._replica = lambda: replica
            self._hub.broker.notifyOnDisconnect(lambda: self._letGo(key))
        slots[key] = self

    def _letGo(self, key: int) -> None:
        self._replica = lambda: None
        forget(key, self)

    @contextmanager
    def orRefused(self) -> Iterator[None]:
        """
        If what is done in this block raises, give the id back.
        """
        try:
            yield
        except BaseException:
            self.refuse()
            raise

    def refuse(self) -> None:
        """
        Give the id back: its state could not be taken.
        """
        self._replica = lambda: None
        self.isMade = False
        self._class = self._attributes = None
        self._hub.drop(self)

    def keep(
        self, replica: flavors.RemoteCache, refer: Callable[..., Any] = weakref.ref
    ) -> None:
        """
        Keep the attributes of the replica, which is about to go.

        @param refer: gives a weak reference.  When Python ends, the module may
            not have it any more.
        """
        self._attributes = replica.__dict__
        try:
            self._left = refer(replica)
        except TypeError:
            # What cannot be referred to was held until its connection ended.
            self._left = self._replica

    def isOf(self, replica: object) -> bool:
        """
        Tell whether this is what stands behind a replica.
        """
        return self._replica() is replica

    def isHeld(self) -> bool:
        """
        Tell whether the application still holds the replica.
        """
        return self._replica() is not None

    def isWhole(self) -> bool:
        """
        Tell whether there is an object, or what to make it of.
        """
        # The garbage collector takes all replicas of a cycle at once.  Made anew,
        # this one would still refer to the others, which nothing updates any more.
        return self.isMade and (
            self.isHeld() or (self._attributes is not None and self._left() is None)
        )

    def isGone(self) -> bool:
        """
        Tell whether the replica was dropped in a cycle.
        """
        return self.isMade and not self.isWhole()

    def replica(self) -> flavors.RemoteCache:
        """
        Give the object for this id, made anew if the application dropped it.

        @raise Violation: if its state never arrived whole.
        """
        replica = self._replica() if self.isMade else None
        if replica is None:
            if self._class is None or self._attributes is None or not self.isWhole():
                raise Violation(
                    "there is no state for this id",
                    where=f"['cached', {self.luid}]",
                    expected="one whose state was accepted, and not dropped in a cycle",
                    advice="send it again once its release has arrived",
                )
            attributes = self._attributes
            replica = _createBlank(self._class)
            object.__setattr__(replica, "__dict__", attributes)
            if isinstance(attributes, Attributes):
                attributes.owner = weakref.ref(replica)
            self._hold(replica)
            self._revived(replica)
        return replica

    def _revived(self, replica: flavors.RemoteCache) -> None:
        """
        Have the attributes be those of an object that was made anew for them.
        """

    def _name(self) -> str:
        return "nothing" if self._class is None else self._class.__qualname__
