# -*- test-case-name: pbcopy.test.test_pending -*-
"""
What waits to be sent on a connection, and leaves before anything else does: its
L{Pending}.

A call that came later must not overtake a change.  A Broker serializes whatever it
sends, and has no other hook for that.  So, for as long as something waits, its
C{serialize} is one that has that sent first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.spread import pb

from pbcopy._broker import aside
from pbcopy._flow import Sender, gather


class Pending:
    """
    What waits to be sent on one connection.
    """

    def __init__(self, broker: pb.Broker) -> None:
        self._broker = broker
        self._waiting: dict[Any, Sender] = {}
        # What the application has put there, if it has.
        self._before: Callable[..., Any] | None = None
        self._isSending = False

    def add(self, who: Any, sender: Sender) -> None:
        """
        Have C{sender} asked for what is due to an observer before anything else is
        sent.  It is asked each time, until it says L{remove}.
        """
        if not self._waiting:
            own = vars(self._broker)
            self._before, own["serialize"] = own.get("serialize"), self._serialize
        self._waiting[who] = sender

    def remove(self, who: object) -> None:
        """
        Have nothing wait for an observer any more.
        """
        if self._waiting.pop(who, None) is None or self._waiting:
            return
        own = vars(self._broker)
        del own["serialize"]
        if self._before is not None:
            own["serialize"], self._before = self._before, None

    def send(self) -> None:
        """
        Have what waits sent now.
        """
        if self._waiting and not self._isSending:
            self._isSending = True
            try:
                gather(self._waiting, lambda who, sender: sender.due(who))
            finally:
                self._isSending = False

    def _serialize(self, *args: Any, **kw: Any) -> Any:
        # The last that waits may leave, and give it back.
        before = self._before
        with aside(self._broker):
            self.send()
        if before is not None:
            return before(*args, **kw)
        return type(self._broker).serialize(self._broker, *args, **kw)


def sendPending(broker: object) -> None:
    """
    Have what waits on a connection sent now, if anything does.
    """
    serialize = getattr(broker, "__dict__", {}).get("serialize")
    pending = getattr(serialize, "__self__", None)
    if isinstance(pending, Pending):
        pending.send()
