# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
The long run that looks for new ways through the code, with atheris::

    $ python -m fuzz.guided --protocol pbcopy.Broker -len_control=0 FOLDER

All other arguments are those of libFuzzer; it keeps inputs in the folder.  A find
is written down, as by the other run, and ends this one.
"""

from __future__ import annotations

import argparse
import pathlib
import sys

import atheris
from twisted.logger import globalLogBeginner
from twisted.python.reflect import namedAny

with atheris.instrument_imports(include=["pbcopy"]):
    from fuzz.choices import Spent
    from fuzz.session import CORPUS, Session


def main(words: list[str]) -> None:
    """
    Play until something is found, or libFuzzer ends.
    """
    parser = argparse.ArgumentParser("python -m fuzz.guided", allow_abbrev=False)
    parser.add_argument("--protocol", default="twisted.spread.pb.Broker")
    parser.add_argument("--corpus", type=pathlib.Path, default=CORPUS)
    options, others = parser.parse_known_args(words[1:])
    session = Session(namedAny(options.protocol), options.corpus)

    def testOneInput(data: bytes) -> None:
        session.perform(Spent(data))
        if session.finds:
            raise RuntimeError("\n".join(each.why for each in session.finds.values()))

    atheris.Setup([words[0], *others], testOneInput)
    atheris.Fuzz()


if __name__ == "__main__":
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)
    main(sys.argv)
