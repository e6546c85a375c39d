# -*- test-case-name: pbcopy.test.test_meeting -*-
"""
Factories whose connections introduce themselves.

Two pbcopy peers meet with the first copy or cache that one of them sends.  That
one is still sent as stock flavors send it, with the limits that this has: its
size, its depth, its values.  Between these factories there is no such first one.
A stock peer does not notice.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb

from pbcopy._hub import hubOf


class PBServerFactory(pb.PBServerFactory):
    """
    Twisted's factory, whose connections hear a peer that introduces itself.
    """

    def buildProtocol(self, addr: Any) -> Any:
        """
        Make a Broker.
        """
        stock: Any = super()
        broker = stock.buildProtocol(addr)
        hubOf(broker)
        return broker


class PBClientFactory(pb.PBClientFactory):
    """
    Twisted's factory, whose connections introduce themselves.
    """

    def clientConnectionMade(self, broker: pb.Broker) -> None:
        """
        Tell the server what this side understands, before anything else.
        """
        hubOf(broker).greet()
        stock: Any = super()
        stock.clientConnectionMade(broker)
