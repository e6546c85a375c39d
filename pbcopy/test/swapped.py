# -*- test-case-name: twisted.spread.test.test_pb -*-
"""
Twisted's own test suites, with pbcopy's flavors in the place of Twisted's::

    python -m pbcopy.test.swapped [--stock | --broker] [trial's options] [suites]

With C{--stock} nothing is swapped, to compare the counts.  With C{--broker} the
Broker is L{pbcopy.Broker}, too.  The exit status is 0 if at least one test ran and
none failed.

The reports of trial are the same as ever.  Where a suite is changed for its run
with pbcopy, the function that does it says why: see L{endTurnsOf}, L{leaveRoomIn}
and L{leaveOutHeadersOf}.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import wraps
from types import ModuleType
from typing import Any

from twisted.internet.defer import setDebugging
from twisted.python import log
from twisted.python.reflect import namedAny
from twisted.python.usage import UsageError
from twisted.scripts.trial import Options, _getSuite, _makeRunner
from twisted.spread import flavors
from twisted.spread import pb as stock

import pbcopy
from pbcopy import pb
from pbcopy._channel import HUB
from pbcopy._guardtaken import TakingBroker
from pbcopy._turn import endTurn

SUITES = (
    "twisted.spread.test.test_pb",
    "twisted.spread.test.test_pbfailure",
    "twisted.spread.test.test_jelly",
    "twisted.spread.test.test_banana",
    "twisted.web.test.test_distrib",
    "twisted.words.test.test_service",
)
"""What runs if the command names no suite."""

TOO_EARLY = (
    *SUITES,
    "twisted.spread.publish",
    "twisted.web.distrib",
    "twisted.web.server",
    "twisted.words.service",
)
"""The modules of Twisted that subclass flavors, or register them, when they are
imported."""

OWN = ("--broker", "--stock")
"""The options that are none of trial's."""

DERIVED = {
    "twisted.spread.publish.Publishable": "Cacheable",
    "twisted.spread.publish.RemotePublished": "RemoteCache",
    "twisted.spread.test.test_pb.SimpleCopy": "Copyable",
    "twisted.spread.test.test_pb.SimpleLocalCopy": "RemoteCopy",
    "twisted.spread.test.test_pb.SimpleCache": "Cacheable",
    "twisted.spread.test.test_pb.SimpleLocalCache": "RemoteCache",
    "twisted.spread.test.test_pbfailure.JellyError": "RemoteCopy",
    "twisted.web.distrib.Request": "RemoteCopy",
    "twisted.web.server.Request": "Copyable",
}
"""Classes of Twisted and its suites, and the flavor of pbcopy's that each must
derive from for the swap to be effective."""


class NotEffective(Exception):
    """
    The suites would not run against the flavors that were asked for.
    """


def swap() -> None:
    """
    Put pbcopy's flavors and registry functions where Twisted's are.

    @raise NotEffective: if something has derived from Twisted's already.
    """
    early = [name for name in TOO_EARLY if name in sys.modules]
    if early:
        raise NotEffective(f"imported before the swap: {', '.join(early)}")
    for name in pb._REPLACED:
        for module in (flavors, stock):
            if hasattr(module, name):
                setattr(module, name, getattr(pb, name))


def swapBroker() -> None:
    """
    Put pbcopy's Broker where Twisted's is.
    """
    module: Any = stock
    module.Broker = pbcopy.Broker
    for factory in (module.PBServerFactory, module.PBClientFactory):
        factory.protocol = pbcopy.Broker
    # A suite makes a thousand calls to a portal's root.
    pbcopy.limits.MAX_CALLS_BEFORE_LOGIN = 10_000


def logRefusals() -> None:
    """
    Log what a peer is to blame for as Twisted's Broker does, with its traceback:
    the suites count that.  pbcopy's Broker logs it in one line.
    """
    refuse = TakingBroker._refuse

    @wraps(refuse)
    def refuseAndLog(self: Any, why: object) -> None:
        refuse(self, why)
        if isinstance(why, Exception):
            log.err(why)

    TakingBroker._refuse = refuseAndLog  # type: ignore[method-assign]


def unregister() -> None:
    """
    Undo what the import of pbcopy did to Twisted's tables: how failures and
    mentions are read.
    """
    stock.setUnjellyableForClass(stock.CopyableFailure, stock.CopiedFailure)
    stock.setUnjellyableForClass("cached", flavors.unjellyCached)
    stock.setUnjellyableForClass("lcache", flavors.unjellyLCache)


def checkFlavors(swapped: bool) -> None:
    """
    Check that the suites use pbcopy's flavors, or that none of them does.

    @raise NotEffective: if a class has the other base.
    """
    for name, flavor in DERIVED.items():
        if issubclass(namedAny(name), getattr(pb, flavor)) is not swapped:
            verb = "does not derive" if swapped else "derives"
            raise NotEffective(f"{name} {verb} from pbcopy's {flavor}")
    tags: Any = pb.copyTags
    copied = tags[b"twisted.spread.pb.CopyableFailure"]
    if (copied is pb.CopiedFailure) is not swapped:
        raise NotEffective(f"a failure is unjellied as {copied!r}")


def endTurnsOf(testPB: ModuleType) -> None:
    """
    Let the pump of Twisted's tests end the reactor's turn before it moves bytes.

    pbcopy gives a dropped replica back to its sender after the turn, where
    stock flavors write from C{__del__}.  The reactor makes the calls that wait
    for that before it reads from a connection again; C{IOPump.pump} stands for
    one such reading and knows no reactor.  Nothing else of a test is changed.
    """
    pump = testPB.IOPump.pump

    @wraps(pump)
    def endTurnAndPump(self: Any) -> Any:
        endTurn()
        return pump(self)

    testPB.IOPump.pump = endTurnAndPump


def leaveOutHeadersOf(request: Any) -> None:
    """
    Have Twisted's request leave out of its state what Jelly has no form for.

    Twisted sends a note in the place of the response's headers, and the
    receiver does not read it.  pbcopy refuses such a state, as nobody can tell
    that from a value that is missed.
    """
    getState = request.getStateToCopyFor

    @wraps(getState)
    def withoutHeaders(self: Any, issuer: Any) -> Any:
        state = getState(self, issuer)
        state.pop("responseHeaders", None)
        return state

    request.getStateToCopyFor = withoutHeaders


def leaveRoomIn(testPB: ModuleType) -> None:
    """
    Let the test that counts how many references a connection takes count its
    own.  The hub of a connection is one, too.
    """
    connected = testPB.connectedServerAndClient
    counting = testPB.BrokerTests.test_tooManyRefs

    def withoutHub(*args: Any, **kw: Any) -> Any:
        client, server, pump = connected(*args, **kw)
        del server.localObjects[HUB]
        return client, server, pump

    @wraps(counting)
    def countItsOwn(self: Any) -> None:
        self.patch(testPB, "connectedServerAndClient", withoutHub)
        counting(self)

    testPB.BrokerTests.test_tooManyRefs = countItsOwn


def parse(arguments: list[str], suites: Iterable[str] = SUITES) -> Options:
    """
    Read trial's arguments.

    @param suites: what runs if they name none.
    @raise UsageError: if they are none of trial's, or ask for processes that
        would have Twisted's own flavors.
    """
    options = Options()
    options.parseOptions(arguments)
    if options["jobs"]:
        raise UsageError("--jobs starts processes of trial's, without the swap")
    if not options["tests"]:
        options["tests"] = list(suites)
    return options


def main(arguments: list[str]) -> int:
    """
    Run the suites.

    @return: the exit status.
    """
    swapped = "--stock" not in arguments
    # First of all: trial's options look for plugins, which import what they like.
    if swapped:
        swap()
        if "--broker" in arguments:
            swapBroker()
            logRefusals()
        testPB = namedAny("twisted.spread.test.test_pb")
        endTurnsOf(testPB)
        leaveRoomIn(testPB)
        leaveOutHeadersOf(namedAny("twisted.web.server.Request"))
    else:
        unregister()
    checkFlavors(swapped)
    try:
        options = parse([each for each in arguments if each not in OWN])
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    return run(options)


def run(options: Options) -> int:
    """
    Run the tests that trial's options name.

    @return: the exit status.
    """
    if options["debug"] or options["debug-stacktraces"]:
        setDebugging(True)
    result = _makeRunner(options).run(_getSuite(options))
    if not result.testsRun:
        print("no test ran", file=sys.stderr)
    return int(not (result.testsRun and result.wasSuccessful()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
