# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
What must hold when all has arrived, for L{pbcopy.test.replicating}.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    rule,
)
from twisted.spread import pb as stock
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import _sharing, _tracked, statusOf
from pbcopy.errors import Unsendable, Violation
from pbcopy.test.changes import ChangingWorld
from pbcopy.test.clients import Client, Kind
from pbcopy.test.comparing import (
    Comparison,
)
from pbcopy.test.declarations import Declarations
from pbcopy.test.masters import require
from pbcopy.test.wiretap import Wiretap, current
from pbcopy.testing import Network


class Settling(RuleBasedStateMachine):
    """
    A history that comes to rest, and ends.
    """

    case: SynchronousTestCase
    network: Network
    tap: Wiretap
    world: ChangingWorld
    declarations: Declarations
    clients: list[Client]
    open: list[list[Any]]
    wasBlock = wasDrop = False

    @property
    def masters(self) -> list[Any]:
        """
        All that there are.
        """
        return self.world.masters

    @rule(audit=st.booleans())
    def settle(self, audit: bool) -> None:
        """
        When all has arrived, each replica is as its master is for its viewer.
        """
        self.rest()
        self.checkAll()
        if audit:
            self.tap.begin()
            self.network.assertConverged()
            self.rest()

    def rest(self) -> None:
        """
        Have all arrive that is under way, and take leave of who is lost.
        """
        self.tap.begin()
        require(not self.open, self.open)
        for client in self.clients:
            for side in client.connection.sides:
                side.held, side.rate, side.delay = False, None, 0
        self.network.settle()
        self.network.collect()
        errors = self.case.flushLoggedErrors()
        if any(map(_isChanging, errors)):
            # What comes after an update that was not sent is of no use.
            errors = [each for each in errors if not _isBehind(each)]
            self.leaveStale()
        require(all(map(self.isExpected, errors)), errors)
        for client in self.clients.copy():
            require(not client.unanswered, client.unanswered)
            for failure in client.failures:
                isLost = client.connection.lost and failure.check(*_LOST)
                require(isLost or self.isExpected(failure), failure)
            client.failures.clear()
            if client.connection.lost:
                require(client.mayBeLost, client.connection.reason)
                self.clients.remove(client)
                client.held.clear()
        self.network.collect()
        require(not self.tap.wrong, self.tap.wrong)
        self.wasBlock = self.wasDrop = False

    def leaveStale(self) -> None:
        """
        Leave the peers that are sent nothing in the place of an update that could
        not be sent: those with Twisted's flavors.
        """
        for client in self.clients:
            if client.kind is Kind.STOCK:
                client.mayBeLost = True
                client.connection.cut()
        self.network.settle()

    def isExpected(self, failure: Any) -> bool:
        """
        Tell whether a failure comes of a drop or of a block: something was under way
        to a replica that the garbage collector took with others, or took a first
        state along, of which later updates know; or a master got a mention of one
        that was being changed, whose state could not be sent then.
        """
        text = failure.getErrorMessage()
        isGone = failure.check(Violation) and "there is no state for this id" in text
        isDropped = isGone or _isUnknown(failure)
        return bool(
            (isDropped and self.wasDrop) or (_isChanging(failure) and self.wasBlock)
        )

    def checkAll(self) -> None:
        """
        Compare all replicas with their masters.
        """
        for client in self.clients:
            for at, viewer in enumerate(client.viewers):
                isStock = client.kind is Kind.STOCK
                comparison = Comparison(self.tap.sights[viewer], isStock)
                for whose, number, view in client.held:
                    if whose == at:
                        master = self.masters[number]
                        path = f"{type(master).__name__} {number} for {viewer.name}"
                        comparison.check(path, view, master)
                        require(isStock or statusOf(view).isLive, path)

    def teardown(self) -> None:
        """
        When all is dropped, nobody watches the masters.
        """
        try:
            # What is wrong already is what is to be told.
            if hasattr(self, "clients") and sys.exc_info()[0] is None:
                self.end()
        finally:
            current.clear()
            if hasattr(self, "clients"):
                self.abandon()

    def abandon(self) -> None:
        """
        Leave nothing to the next history, wherever this one has ended.
        """
        with suppress(Exception):
            for client in self.clients:
                client.connection.cut()
            self.network.settle()
        self.declarations.forget()
        _sharing._audiences.clear()
        _sharing._audienceOf.clear()
        _tracked.blocks.clear()
        self.case.flushLoggedErrors()

    def end(self) -> None:
        """
        Drop all.
        """
        self.settle(audit=True)
        for client in self.clients:
            client.held.clear()
        self.rest()
        require(not _sharing._audiences, _sharing._audiences)
        require(not _sharing._audienceOf, _sharing._audienceOf)
        for thing, _ in self.world.find():
            isObject = type(thing) in self.declarations.classes
            node = vars(thing) if isObject else thing
            require(not getattr(node, "watchers", ()), thing, "is watched")
        for client in self.clients:
            client.mayBeLost = True
            client.connection.cut()
        self.rest()


_LOST = stock.PBConnectionLost, stock.DeadReferenceError


def _isChanging(failure: Any) -> bool:
    text = failure.getErrorMessage()
    return bool(failure.check(Unsendable) and "it is being changed" in text)


def _isUnknown(failure: Any) -> bool:
    # The Broker looks for it before anything of pbcopy's is asked.
    isLookup = bool(failure.frames) and failure.frames[-1][0] == "cachedLocallyAs"
    return bool(failure.check(KeyError) and isLookup)


def _isBehind(failure: Any) -> bool:
    text = failure.getErrorMessage()
    return bool(failure.check(Violation) and "does not follow what is here" in text)
