# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
The long run: C{python -m fuzz}.
"""

from __future__ import annotations

import argparse
import pathlib
import resource
import sys
import time
from collections.abc import Sequence
from typing import Any

from twisted.logger import globalLogBeginner
from twisted.python.reflect import namedAny

from fuzz.choices import Seeded
from fuzz.session import CORPUS, Session, attempt, corpus

_MEMORY = 2**30
"""How many bytes the process may have.  With more, there is a C{MemoryError}, and so
a find."""

_EVERY = 60.0
"""After how many seconds a line is printed."""


def _arguments(words: Sequence[str]) -> Any:
    parser = argparse.ArgumentParser("python -m fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=1_000_000, help="how many steps")
    parser.add_argument("--seed", default="1", help="the same seed gives the same")
    parser.add_argument(
        "--protocol",
        default="twisted.spread.pb.Broker",
        help="what hears the hostile peer",
    )
    parser.add_argument(
        "--corpus", type=pathlib.Path, default=CORPUS, help="where finds are kept"
    )
    parser.add_argument(
        "--replay", action="store_true", help="play what was found before, and end"
    )
    return parser.parse_args(words)


def _replayed(options: Any, protocol: Any) -> int:
    isBad = 0
    for name, play in corpus(options.corpus).items():
        found = attempt(play, protocol)
        print(f"{name}: {found or 'nothing is found'}")
        isBad = isBad or int(found is not None)
    return isBad


def main(words: Sequence[str]) -> int:
    """
    Play, and tell what was found.

    @return: 1 if something was.
    """
    options = _arguments(words)
    protocol = namedAny(options.protocol)
    if options.replay:
        return _replayed(options, protocol)
    session, number = Session(protocol, options.corpus), 0
    began = said = time.monotonic()
    worked = time.process_time()
    while session.cases < options.cases:
        number += 1
        session.perform(Seeded(f"{options.seed}:{number}"))
        if time.monotonic() - said > _EVERY:
            said = time.monotonic()
            _tell(session, said - began)
    session.close()
    _tell(session, time.monotonic() - began)
    print(f"{time.process_time() - worked:,.0f} s of the processor")
    for name, count in session.seen.most_common(20):
        print(f"  {count:>9,}  {name}")
    for key, play in session.finds.items():
        print(f"\nFOUND {key}\n{play.why}")
    return int(bool(session.finds))


def _mostMemory() -> int:
    """
    Tell how much memory the process has had at most, in kB.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _tell(session: Session, seconds: float) -> None:
    print(
        f"{session.cases:,} cases on {session.plays:,} connections in "
        f"{seconds:,.0f} s, {session.cases / seconds:,.0f} a second; "
        f"{len(session.finds)} finds; {_mostMemory():,} kB",
        flush=True,
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    # What is logged is looked at, and not printed.
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)
    sys.exit(main(sys.argv[1:]))
