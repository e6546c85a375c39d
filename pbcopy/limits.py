# -*- test-case-name: pbcopy.test.test_limits -*-
"""
How much pbcopy takes.

Each limit is read whenever it applies, so an application sets its own::

    import pbcopy

    pbcopy.limits.MAX_CACHES = 20_000

A policy has its own for the connections of one factory
(L{Policy.limit<pbcopy.Policy.limit>}).  The error that a limit leads to names it.
"""

from __future__ import annotations

__all__ = [
    "MAX_CACHES",
    "MAX_CALLS_BEFORE_LOGIN",
    "MAX_ITEMS",
    "MAX_MESSAGE",
    "MAX_MESSAGE_BEFORE_LOGIN",
    "MAX_NESTING",
    "MAX_OBJECTS",
    "MAX_PENDING",
    "MAX_PENDING_BYTES",
    "MAX_PIECES",
    "MAX_SECONDS_BEFORE_LOGIN",
    "MAX_STATE",
    "MAX_STRING",
    "MAX_UNACKNOWLEDGED",
    "MAX_WORDS",
]

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

MAX_CALLS_BEFORE_LOGIN = 20
"""How many calls, and other messages, a L{pbcopy.Broker} takes in a second from a
peer that has yet to log in.  A login takes two, and the greetings of both sides four
more.  A peer that guesses passwords has ten guesses a second on one connection."""

MAX_ITEMS = 1_000_000
"""How many items a list, a dict, a tuple or a set that came may have.  Python takes
8 bytes for each place in a list, so this is 8 MB; Banana itself takes 655,360."""

MAX_MESSAGE = 16 * 1024 * 1024
"""How many bytes one message, with all its arguments, may have where a
L{pbcopy.Broker} takes it.  Python takes up to 14 bytes for each byte of it, in a
message of nothing but texts of two bytes, so this is some 230 MB until it is
read.  What pbcopy sends in pieces takes 256 kB a message; it is what stands
beside each other in one call that adds up to more."""

MAX_MESSAGE_BEFORE_LOGIN = 64 * 1024
"""How many bytes one message may have of a peer that has yet to log in, as
L{MAX_MESSAGE} for others.  A login takes some 100 bytes; a greeting takes 30 for
each declared class, so this leaves room for 2,000.  Ten thousand strangers
take 650 MB at most."""

MAX_NESTING = 100
"""How many lists, dicts, tuples and sets may be inside each other in the state
of one object.  Jelly calls itself for each, some three to five frames a level,
and Python stops at 1,000 (C{sys.getrecursionlimit}).  Objects that refer to
each other do not count: a chain of them may be of any length."""

MAX_OBJECTS = 1_000_000
"""How many objects and containers one message may have, before anything is made of
them.  Python takes some 60 to 500 bytes for each, so this is up to 500 MB; an
attacker sends 2 bytes for each."""

MAX_PENDING = 100_000
"""How many values are kept for an observer whose peer takes no more for now: those
that were, before they were changed.  Python takes 8 bytes for each, so this is some
1 MB for one observer, beside the values themselves.  A peer that misses more gets a
fresh state."""

MAX_PENDING_BYTES = 64 * 1024 * 1024
"""How many bytes may wait for a peer that takes no more for now, before a
C{callRemote} of an observer is refused.  The transport keeps them.  A peer that
understands it gets a fresh state when it takes more; any other, which could never be
brought up to date, loses its connection.  It is as much as L{MAX_STATE}, so that a
peer that reads is not lost by what an application sends in one turn."""

MAX_PIECES = 128 * 1024 * 1024
"""How many bytes of large states may have arrived of which the message has not.
That is two states of L{MAX_STATE}: one may have arrived half when another one is
sent at once."""

MAX_SECONDS_BEFORE_LOGIN = 120
"""How many seconds a peer may be connected to a L{pbcopy.Broker} before it has logged
in; 0 for any time.  It is what OpenSSH gives to who has to type a password
(C{LoginGraceTime}).  A connection that nobody uses costs a file and some 10 kB, and
that of who sends half a message, L{MAX_MESSAGE_BEFORE_LOGIN}."""

MAX_STATE = 64 * 1024 * 1024
"""How many bytes one object, with all that it refers to, may take on the wire.
It is a hundred times what Banana takes in one piece (C{banana.SIZE_LIMIT}).
The receiver holds it in memory twice while it is being made."""

MAX_STRING = 64 * 1024 * 1024
"""How many bytes one text, or one bytes, may have that came in a larger message.
It is L{MAX_STATE}, so it says nothing by itself; a policy may say less.  A change of
a declared replica comes as one bytes, and a replica for which it is too large is
sent its whole state instead."""

MAX_UNACKNOWLEDGED = 1_000
"""How many updates a peer that has pbcopy may have yet to take.  Past that it counts
as one that takes no more for now: changes of declared masters are merged, and what an
application sends counts for L{MAX_PENDING_BYTES}.  A transport keeps 64 kB before it
says so itself, and the systems at both ends up to some megabytes more."""

MAX_WORDS = 10_000
"""How many words a peer may say about what it understands.  It says one for each
class that it has declared, and for each of which it was sent a replica.  Python takes
some 100 bytes for each, so this is 1 MB for a connection."""
