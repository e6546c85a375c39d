# -*- test-case-name: pbcopy.test.test_demo -*-
"""
A program that has a view of the pond: C{python -m pbcopy.demo.client PORT}.

It prints the ducks, first as they come and then after each change, until the
publisher is gone.
"""

from __future__ import annotations

import sys
from typing import Any

from twisted.internet.defer import Deferred
from twisted.internet.task import react

from pbcopy import pb
from pbcopy.demo.ponds import show


async def watch(reactor: Any, port: str) -> None:
    """
    Get a view of the pond, and hold it as long as the connection lasts.
    """
    factory = pb.PBClientFactory()
    reactor.connectTCP("127.0.0.1", int(port), factory)
    root = await factory.getRootObject()
    view = await root.callRemote("getPond")
    show(view.ducks)
    view.subscribe(lambda changes: show(view.ducks))
    gone: Deferred[Any] = Deferred()
    root.notifyOnDisconnect(gone.callback)
    await gone


if __name__ == "__main__":
    react(watch, sys.argv[1:])
