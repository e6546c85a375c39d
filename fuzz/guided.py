# -*- test-case-name: pbcopy.test.test_fuzz -*-
"""
The long run that looks for new ways through the code, with atheris::

    $ python -m fuzz.guided -max_total_time=3600 FOLDER

The arguments are those of libFuzzer; it keeps inputs in the folder.  A find is
written into the corpus of this package, as by the other run, and ends this one.
"""

from __future__ import annotations

import sys

import atheris
from twisted.logger import globalLogBeginner

with atheris.instrument_imports(include=["pbcopy"]):
    from fuzz.choices import Spent
    from fuzz.session import CORPUS, Session

_session = Session(folder=CORPUS)


def testOneInput(data: bytes) -> None:
    """
    Play what some bytes stand for.

    @raise RuntimeError: if something was found.
    """
    _session.perform(Spent(data))
    if _session.finds:
        raise RuntimeError("\n".join(each.why for each in _session.finds.values()))


if __name__ == "__main__":
    globalLogBeginner.beginLoggingTo([], redirectStandardIO=False, discardBuffer=True)
    atheris.Setup(sys.argv, testOneInput)
    atheris.Fuzz()
