# -*- test-case-name: pbcopy.test.test_demo -*-
"""
A pond, and the view of it that other processes have.

The publisher and the clients import this module, so the classes have the same
names for both.
"""

from __future__ import annotations

import json

import pbcopy


@pbcopy.shared
class Pond(pbcopy.Cacheable):
    """
    The pond.  The publisher has it.
    """

    ducks: list[str] = pbcopy.field(default_factory=list)


@pbcopy.replicaOf(Pond)
class PondView(pbcopy.RemoteCache):
    """
    A view of the pond.  Each client has one.
    """

    ducks: list[str]


def show(ducks: list[str]) -> None:
    """
    Print the ducks in one line.
    """
    print(json.dumps(ducks), flush=True)
