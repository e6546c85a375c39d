# -*- test-case-name: pbcopy.test.test_limits -*-
"""
How much is too much.

Each limit is read when it is needed, so an application changes one by assigning
to it::

    from pbcopy import limits

    limits.MAX_STATE = 256 * 1024 * 1024
"""

from __future__ import annotations

__all__ = ["MAX_NESTING", "MAX_STATE"]

MAX_NESTING = 100
"""How many lists, dicts, tuples and sets may be inside each other in the state
of one object.  Jelly calls itself for each, some three to five frames a level,
and Python stops at 1,000 (C{sys.getrecursionlimit}).  Objects that refer to
each other do not count: a chain of them may be of any length."""

MAX_STATE = 64 * 1024 * 1024
"""How many bytes one object, with all that it refers to, may take on the wire.
It is a hundred times what Banana takes in one piece (C{banana.SIZE_LIMIT}).
The receiver holds it in memory twice while it is being made."""
