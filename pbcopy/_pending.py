# -*- test-case-name: pbcopy.test.test_pending -*-
"""
What waits to be sent on a connection, and leaves before anything else does: its
L{Pending}.

A call that came later must not overtake a change.  A Broker serializes whatever it
sends, and has no other hook for that.  So, for as long as something waits, its
C{serialize} is one that has that sent first.
"""

from __future__ import annotations

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
        self._isSending = False

    def add(self, who: Any, sender: Sender) -> None:
        """
        Have C{sender} asked for what is due to an observer before anything else is
        sent.  It is asked each time, until it says L{remove}.
        """
        if not self._waiting:
            vars(self._broker)["serialize"] = self._serialize
        self._waiting[who] = sender

    def remove(self, who: object) -> None:
        """
        Have nothing wait for an observer any more.
        """
        self._waiting.pop(who, None)
        if not self._waiting:
            vars(self._broker).pop("serialize", None)

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
        with aside(self._broker):
            self.send()
        return type(self._broker).serialize(self._broker, *args, **kw)


def sendPending(broker: object) -> None:
    """
    Have what waits on a connection sent now, if anything does.
    """
    serialize = getattr(broker, "__dict__", {}).get("serialize")
    pending = getattr(serialize, "__self__", None)
    if isinstance(pending, Pending):
        pending.send()
