# -*- test-case-name: pbcopy.test.test_collector -*-
"""
Python's collector of garbage, while many objects are made: L{unhurried}.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def unhurried() -> Iterator[None]:
    """
    Make objects of which none can be garbage yet, and call nobody else meanwhile.

    The collector looks at the youngest objects for each 700 that are made, and now
    and then at all that there are, which for 30,000 takes as long as making them.
    Here it looks at them once, when they are there.  One that an application has
    turned off stays off.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
