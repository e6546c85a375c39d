# -*- test-case-name: pbcopy.test.test_limits -*-
"""
How much pbcopy takes.

Each limit is read whenever it applies, so an application sets its own::

    import pbcopy

    pbcopy.limits.MAX_CACHES = 20_000

The error that a limit leads to names it.
"""

from __future__ import annotations

__all__ = ["MAX_CACHES", "MAX_NESTING", "MAX_STATE"]

MAX_CACHES = 100_000
"""How many caches a connection has at most, as their sender counts them, until
their receiver gives some back.

It keeps a peer that fetches, and never gives back, from having this process
remember ever more.  Each costs about 1 kB here, beside what the application
keeps of its observer, so this is some 100 MB for one connection.  It is a
hundred times what a Broker has for references, C{pb.MAX_BROKER_REFS}.

The most that works is 300,000: when many are published or dropped in one turn,
one message names all of them with a count each, and Banana takes a list of
655,360 items."""

MAX_NESTING = 100
"""How many lists, dicts, tuples and sets may be inside each other in the state
of one object.  Jelly calls itself for each, some three to five frames a level,
and Python stops at 1,000 (C{sys.getrecursionlimit}).  Objects that refer to
each other do not count: a chain of them may be of any length."""

MAX_STATE = 64 * 1024 * 1024
"""How many bytes one object, with all that it refers to, may take on the wire.
It is a hundred times what Banana takes in one piece (C{banana.SIZE_LIMIT}).
The receiver holds it in memory twice while it is being made."""
