# -*- test-case-name: pbcopy.test.test_network -*-
"""
A network in memory, in which things happen in an order that a seed decides.
"""

from __future__ import annotations

import gc
from random import Random
from typing import Any

from twisted.spread import pb
from twisted.trial.unittest import FailTest

from pbcopy._converged import assertConverged
from pbcopy._memory import Connection, asServerFactory
from pbcopy._side import Side
from pbcopy._turn import endTurn

MAX_STEPS = 100_000
"""How many steps L{Network.settle} makes before it says who never comes to
rest."""


class Network:
    """
    Some connections, of which one at a time delivers some bytes.

    Which one, and how many bytes, is chosen at random.  The same seed and the
    same calls give the same history.  The bytes of one direction keep their
    order; nothing else does, as between real connections.

    @ivar history: a line for each thing that happened, to print when a test
        fails.
    """

    def __init__(self, seed: int = 0) -> None:
        self.history: list[str] = []
        # Nothing is to be guessed here: the seed says what happens.
        self._random = Random(seed)  # noqa: S311  # nosec B311
        self._made = 0
        self._connections: list[Connection] = []

    @property
    def connections(self) -> list[Connection]:
        """
        The connections that are not lost, in the order in which they were made.
        """
        self._connections = [each for each in self._connections if not each.lost]
        return self._connections.copy()

    def connect(
        self, server: Any, clientFactory: pb.PBClientFactory | None = None
    ) -> Connection:
        """
        Join a server and a client, as L{pbcopy.testing.connect} does.
        """
        self._made += 1
        connection = Connection(
            asServerFactory(server),
            clientFactory or pb.PBClientFactory(),
            f"connection {self._made}",
            self.history,
        )
        self._connections.append(connection)
        return connection

    def step(self) -> bool:
        """
        Let one thing happen, and end the reactor's turn: some bytes of one side
        arrive, or a connection ends.

        @return: whether there is more to come.
        """
        able: list[tuple[Connection, Side]] = []
        for connection in self.connections:
            for side in connection.sides:
                side.tick()
                if side.ready() or side.isOver():
                    able.append((connection, side))
        if able:
            connection, side = self._random.choice(able)
            connection.move(side, self._random.randint(1, max(1, side.ready())))
        return endTurn() or any(each.isMoving() for each in self._connections)

    def settle(self) -> None:
        """
        Let things happen until nothing can any more, but for a side that is
        C{held}.

        @raise FailTest: if they never come to rest.
        """
        for _ in range(MAX_STEPS):
            if not self.step():
                return
        talking = [s for c in self.connections for s in c.sides if s.isMoving()]
        raise FailTest(f"after {MAX_STEPS} steps there is still talk: {talking!r}")

    def collect(self) -> None:
        """
        Have what is not referred to any more collected, and let happen what
        follows from that.
        """
        gc.collect()
        self.settle()

    def assertConverged(self) -> None:
        """
        Assert that each replica that a client or a server holds equals its
        master: that it is as one would be that is fetched now, for the same
        perspective.

        Each master is sent once more, over a connection of its own, so for a
        moment it has one more observer.  Attributes that a fresh replica does
        not have are not compared, and nor are those that the class of the
        replica names in C{localOnly}.

        @raise FailTest: if one does not; the text names the first difference.
        """
        for connection in self.connections:
            assertConverged(connection)
