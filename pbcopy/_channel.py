# -*- test-case-name: pbcopy.test.test_channel -*-
"""
What one side of a connection says to the other, beside the Broker's messages.

Two peers meet by C{hello}: each says what it understands.
"""

from __future__ import annotations

from functools import lru_cache

from twisted.spread import flavors, pb

from pbcopy._broker import aside, isConnected, mayPack
from pbcopy._flat import mayArrive
from pbcopy._kinds import TAG
from pbcopy._limited import checkLimit
from pbcopy._replicas import declaredNames
from pbcopy._text import asText

HUB = b"pbcopy"
"""The name of each hub on its connection."""

HEARD = "heard"
"""The word for: I have heard your C{hello}."""

RELEASE = "release"
"""The word for: I take C{release}, C{recount} and C{forget}."""

MARK = "mark"
"""The word for: I take C{mark}, and answer with C{reached}."""

ENVELOPE = "pbcopy.envelope"
"""The word for: I open envelopes (L{pbcopy._envelope}).  It is their tag, too."""

COMPACT = "pbcopy.compact"
"""The word for: I read copies with plain states (L{pbcopy._compact}).  It is their tag,
too."""

ARGUMENTS = "arguments:"
"""The word for a class that the receiver represents by one of pbcopy's, with its name
behind this: I take the arguments of its updates packed
(L{pbcopy._packedarguments})."""

VALUES = "pbcopy.value"
"""The word for: I take each kind of values, also outside of an envelope.  It is their
tag (L{pbcopy._kinds}), too."""

BESIDE = b"pbcopy.beside"
"""The tag of what goes along with a packed state (L{pbcopy._beside})."""

FRESH = "pbcopy.fresh"
"""The word for: I take C{refresh}, C{fresh} and C{missed}.  It is the tag of a fresh
state (L{pbcopy._fresh}), too."""


REPLICA = "replica:"
"""The word for a class that the receiver has declared (L{pbcopy.replicaOf}), with
its name behind this: I take its state packed, and L{DELTA}."""

DELTA = "pbcopy.delta"
"""The update of a declared replica (L{pbcopy._delta})."""


_COMPACTED = (b"boolean", b"dictionary", b"list", b"None", b"unicode")
"""The tags that Jelly has for what is in such states."""


_PACKED = frozenset([ENVELOPE, COMPACT])
"""The words of who takes what is packed."""


@lru_cache(maxsize=1000)
def wordFor(tag: bytes | str) -> str:
    """
    Give the word of who takes the arguments of updates of a class packed.
    """
    return ARGUMENTS + asText(tag)


class Channel(flavors.Referenceable):
    """
    A local object of a Broker under the name L{HUB}, that calls the peer's.
    """

    def __init__(self, broker: pb.Broker) -> None:
        self.broker = broker
        self._greeted: set[bytes] = set()
        self._taken: dict[str, None] = {}
        self._told: set[str] = set()
        self._peerUnderstands: frozenset[str] = frozenset()

    def greet(self, tag: bytes = b"") -> None:
        """
        Tell the peer what this side understands.

        A peer has no hub before its first object of pbcopy's flavors, and drops
        what is said to it.  So, until it answers, it is told with the first
        object of each class.

        @param tag: the class of an object that has come.
        """
        if not self._peerUnderstands and tag not in self._greeted:
            self._greeted.add(tag)
            self._hello()

    def takesArguments(self, tag: bytes) -> None:
        """
        Have the peer told that it may pack the arguments of updates of a class.

        @param tag: the class of a replica that is about to come.
        """
        word = wordFor(tag)
        if word in self._taken:
            return
        if mayPack(self.broker) and mayArrive(self.broker.security):
            self._taken[word] = None
            if self._peerUnderstands:
                self._told.add(word)
                self._tellAside("hello", HEARD, word)

    def _hello(self, *words: str) -> None:
        # An application's own SecurityOptions may know better.
        allows = self.broker.security.isTypeAllowed
        told = [*words, RELEASE, MARK]
        if allows(ENVELOPE.encode("ascii")) and allows(TAG):
            if mayPack(self.broker):
                told.append(ENVELOPE)
                if allows(COMPACT.encode("ascii")) and all(map(allows, _COMPACTED)):
                    told.append(COMPACT)
            told.append(VALUES)
            if allows(BESIDE):
                told += [REPLICA + name for name in declaredNames()]
        if allows(FRESH.encode("ascii")):
            told.append(FRESH)
        told += self._taken
        self._told.update(told)
        self._tell("hello", *told)

    def remote_hello(self, *words: object) -> None:
        """
        The peer is a pbcopy too.

        @param words: what it understands.  Unknown ones are of a later pbcopy.
        """
        told = {each for each in words if type(each) is str}
        if not mayPack(self.broker):
            told = {each for each in told - _PACKED if not each.startswith(ARGUMENTS)}
        known = self._peerUnderstands | told
        checkLimit("MAX_WORDS", self.broker, len(known), "words", "pbcopy.hello")
        self._peerUnderstands = known
        if HEARD not in told:
            self._hello(HEARD)

    def tellOf(self, name: str) -> None:
        """
        Tell the peer of a class that was declared after it was greeted.
        """
        if REPLICA + name not in self._told:
            self._hello(HEARD)

    def understands(self, word: str) -> bool:
        """
        Tell whether the peer has said a word.
        """
        return word in self._peerUnderstands

    def _tellAside(self, message: str, *args: object) -> None:
        # This may be in the middle of the message that needs it.
        if isConnected(self.broker):
            with aside(self.broker):
                self._tell(message, *args)

    def _tell(self, message: str, *args: object) -> None:
        hub = self.broker.remoteForName(HUB)
        hub.callRemote(message, *args, pbanswer=False)
