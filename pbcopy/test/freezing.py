# -*- test-case-name: pbcopy.test.test_freezing -*-
"""
What keeps the garbage collector from looking, in each test that runs it, at all that
was there before: the modules of all tests, and what Hypothesis knows.
"""

from __future__ import annotations

import gc

_begun: list[bool] = []


def freeze() -> None:
    """
    Collect what is garbage, also of what was frozen, and freeze what is left.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def freezeOnce() -> None:
    """
    Do so, if nobody has in this process.
    """
    if not _begun:
        _begun.append(True)
        freeze()
