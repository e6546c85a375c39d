# -*- test-case-name: pbcopy.test.test_configured -*-
"""
The suites of what has to hold in whatever way things are sent, run in another one::

    python -m pbcopy.test.configured --unpacked | --broker [trial's options] [suites]

With C{--unpacked} no factory packs anything, unless it says so itself; with
C{--broker} each makes a L{pbcopy.Broker}, unless it has a C{protocol} of its own.
C{trial pbcopy} runs the suites in the usual way: packed, with Twisted's Broker.

What holds in one way alone is in L{LEFT_OUT}, which says why, and the report has it as
skipped.  The exit status is 0 if at least one test ran and none failed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from twisted.python.reflect import namedAny
from twisted.python.usage import UsageError
from twisted.spread import pb as stock

import pbcopy.pb
from pbcopy.test.swapped import parse, run

SUITES = [
    f"pbcopy.test.test_{name}"
    for name in (
        # Copies, what they are made of, and their identity.
        *("copyable", "arguments", "containers", "cycles", "exceptions", "graph"),
        *("jellier", "paths", "records", "refusals", "scalars", "sendable", "state"),
        *("stored", "valueclasses", "values", "factory", "failure", "answers"),
        # Cacheables and their observers.
        *("cacheable", "contract", "counting", "defects", "defects_of_calls"),
        *("following", "fresh", "holding", "hub", "meeting", "mentions", "observed"),
        *("observer", "publication", "slotof"),
        *("remotecache", "sentupdate", "slot", "status", "tables", "turn", "update"),
        *("watching", "memory", "network", "converged", "interop"),
        # Declared state.
        *("applying", "audience", "block", "change", "changing", "coalescing"),
        *("contents",),
        *("declared", "declaring", "journal", "lens", "listeners", "net", "nodes"),
        *("operations", "outbox", "pace", "pending", "plain", "plainreplica"),
        *("reader", "reading", "replicaof", "replicas", "sentplain", "setting"),
        *("shared", "sharing", "subscribing", "tracked", "trackeddict"),
        *("trackedlist", "trackedset", "versions", "view", "slow", "backlog"),
        # The machines that look for a history after which something is wrong.
        *("lifetimes", "replicating"),
    )
]
"""What runs if the command names no suite."""

_LARGE = "only what is packed can be sent in pieces; unpacked, Banana refuses it"
_FLAT = "only what is packed is flat; unpacked, a chain is as long as Python's stack"
_OPENED = "only an envelope keeps a class that is not known from Jelly"
_LOST = "what Twisted's Broker does to the connection is what is tested"
_WATCHED = "it looks at what goes through a method that pbcopy.Broker does not use"
_STOCK = "it shows what Twisted's Broker does with Twisted's flavors"
_NAMED = "pbcopy.Broker refuses it before what is tested here, under another name"
_THOSE = "it runs those that are left out unpacked, too"
_ENCODED = "pbcopy.Broker answers with an Unsendable where Twisted's raises"

LEFT_OUT = {
    "--unpacked": {
        "arguments.ArgumentTests.test_large": _LARGE,
        "converged.MetTests.test_stale": _LARGE,
        "converged.MetTests.test_valuesAndLargeStates": _LARGE,
        "defects_of_calls.CallTests.test_D20_aLargeAnswer": _LARGE,
        "defects_of_calls.CallTests.test_D33_aLongChain": _FLAT,
        "graph.ManyTests.test_caches": _FLAT,
        "graph.ManyTests.test_chains": _FLAT,
        "graph.ManyTests.test_theRecursionLimit": _FLAT,
        "defects_of_calls.CallTests.test_D4_anAnswerThatIsNotRegistered": _OPENED,
        "defects_of_calls.StockTests.test_eachTestFailsOnStockFlavors": _THOSE,
    },
    "--broker": {
        "answers.AnswerTests.test_theRestOfTheMessageFailsToo": _LOST,
        "memory.ConnectionTests.test_anExceptionCostsTheConnection": _LOST,
        "counting.CountingTests.test_aStockReceiverIsToldNothing": _WATCHED,
        "counting.CountingTests.test_releaseIsOneMessage": _WATCHED,
        "counting.CountingTests.test_releaseToAStockSender": _WATCHED,
        "hub.HubTests.test_aPeerThatTakesNoFreshState": _WATCHED,
        "defects.StockTests.test_eachTestFailsOnStockFlavors": _STOCK,
        "defects_of_calls.StockTests.test_eachTestFailsOnStockFlavors": _STOCK,
        "refusals.CallTests.test_callIn": _NAMED,
        "refusals.CallTests.test_updates": _NAMED,
        "mentions.LostStateTests.test_theAnswerCannotBeEncoded": _ENCODED,
    },
}
"""For each way, the tests that are about the other one, and why."""


def unpack(factories: Any) -> None:
    """
    Have factories pack nothing.
    """
    for each in factories:
        each.packing = False


def guard(factories: Any) -> None:
    """
    Have factories make pbcopy's Broker.
    """
    for each in factories:
        each.protocol = pbcopy.Broker
    # The machines make as many as they like.
    pbcopy.limits.MAX_CALLS_BEFORE_LOGIN = 10_000


CONFIGURE: dict[str, Callable[[Any], None]] = {"--unpacked": unpack, "--broker": guard}
"""What each way does to the factories."""


def leaveOut(tests: dict[str, str]) -> None:
    """
    Have tests be skipped.

    @param tests: the reason for each.
    """
    for name, reason in tests.items():
        namedAny(f"pbcopy.test.test_{name}").skip = reason


def main(arguments: list[str]) -> int:
    """
    Run the suites.

    @return: the exit status.
    """
    ways = [each for each in arguments if each in CONFIGURE]
    try:
        options = parse([each for each in arguments if each not in CONFIGURE], SUITES)
        if not ways:
            raise UsageError(f"say one of {', '.join(CONFIGURE)}")
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    for way in ways:
        CONFIGURE[way]([stock.PBServerFactory, stock.PBClientFactory])
        leaveOut(LEFT_OUT[way])
    return run(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
