# -*- test-case-name: pbcopy.test.test_compacted -*-
"""
Tests for L{pbcopy._compacted}.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import msgspec
from msgspec.msgpack import Ext
from twisted.spread import pb as stock
from twisted.spread.jelly import InsecureJelly, unjelly
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import limits, pb
from pbcopy._channel import COMPACT
from pbcopy.errors import Violation
from pbcopy.testing import connect

TAG = COMPACT.encode("ascii")
NAME = b"test.Duck"
_encode = msgspec.msgpack.Encoder().encode


class Duck(pb.RemoteCopy):
    """
    What takes a state.
    """

    def quack(self) -> None:
        """
        Be a method.
        """


class Watchful(pb.RemoteCopy):
    """
    What knows how often it was made.
    """

    made: list[Any] = []  # noqa: RUF012  (it is of the class)

    def __new__(cls) -> Watchful:
        """
        Count.
        """
        cls.made.append(cls)
        return super().__new__(cls)


class Hooked(pb.RemoteCopy):
    """
    What hears when the message is there.
    """

    heard: list[str] = []  # noqa: RUF012
    name: str

    def postUnjelly(self) -> None:
        """
        Hear.
        """
        self.heard.append(self.name)


class Stock(stock.RemoteCopy):
    """
    What Twisted makes.
    """


MENTION = Ext(1, b"")
"""What stands for the next mention of an object."""


class CompactedTestCase(SynchronousTestCase):
    """
    Who reads messages.
    """

    def setUp(self) -> None:
        """
        Register classes.
        """
        for name, cls in (
            (NAME, Duck),
            (b"test.Watchful", Watchful),
            (b"test.Hooked", Hooked),
            (b"test.Stock", Stock),
        ):
            self.register(name, cls)
        Watchful.made.clear()
        Hooked.heard.clear()
        self.broker = connect(stock.Root()).client

    def register(self, name: bytes, cls: Any) -> None:
        """
        Have something represent a class of the peer's, for as long as the test
        lasts.
        """
        self.addCleanup(pb.copyTags.pop, name, None)
        pb.setUnjellyableForClass(name, cls)

    def read(
        self,
        *states: Any,
        names: Any = (NAME,),
        kinds: Any = None,
        places: Any = (),
    ) -> Any:
        """
        Read what has these states, or groups of them, and mentions these places.
        """
        kinds = [0] * len(states) if kinds is None else kinds
        return self.readBytes(_encode((names, kinds, states, places)))

    def readBytes(self, packed: Any) -> Any:
        """
        Read what was packed.
        """
        return unjelly([TAG, packed], self.broker.security, None, self.broker)

    def refused(self, *states: Any, **given: Any) -> str:
        """
        Give why something is refused.
        """
        return str(self.assertRaises(Violation, self.read, *states, **given))


class CompactedTests(CompactedTestCase):
    """
    Bytes become objects, or are refused before any is made.
    """

    def test_noForm(self) -> None:
        """
        What was not packed by a pbcopy is refused.
        """
        for packed in (b"", b"\xc1", 7, [b"list"], b"\x90", _encode({"a": 1})):
            self.assertRaises(Violation, self.readBytes, packed)
        for kinds in ([], [0, 0], [1], [-1], [2**40]):
            self.assertIn("another number", self.refused({}, kinds=kinds))
        self.assertIn("no objects", self.refused())
        others: list[Any] = [7, [], "x", None, MENTION, [7], [{}, 7]]
        for state in others:
            self.assertIn("no objects", self.refused(state))

    def test_otherValues(self) -> None:
        """
        MessagePack's times, and keys that are lists or objects, are refused.
        """
        now = datetime.now(timezone.utc)
        self.assertIn("MessagePack's own", self.refused({"a": [now]}))
        self.assertIn("a key", self.refused({"a": {now: 1}}))
        list_ = b"\x94\x91\xc4\x09test.Duck\x91\x00\x91\x81\xa1a\x81\x91\x01\x01\x90"
        error = self.assertRaises(Violation, self.readBytes, list_)
        self.assertIn("a key", str(error))
        keyed = msgspec.Raw(b"\x81" + _encode(MENTION) + b"\x01")
        self.assertIn("a key", self.refused({}, {"a": keyed}, places=[0]))

    def test_names(self) -> None:
        """
        A peer does not choose the name of a method, or of what Python reads.
        """
        for name in ("quack", "__class__", "__x__", "postUnjelly", "setCopyableState"):
            self.assertIn(name, self.refused({name: 1}))
        for key in (1, None):
            self.assertIn("must be str", self.refused({key: 1}))
        self.assertEqual({"__x": 1}, vars(self.read({"__x": 1})))
        # As from Python 2.
        self.assertEqual({"a": 1}, vars(self.read({b"a": 1})))

    def test_unknown(self) -> None:
        """
        A class that is not registered is refused by Jelly.
        """
        self.assertRaises(InsecureJelly, self.read, {}, names=[b"test.Unknown"])

    def test_policy(self) -> None:
        """
        Each class is asked for before anything is made.
        """
        policy = self.broker.security = pbcopy.Policy()
        policy.allowArriving(Watchful)
        names = [b"test.Watchful", NAME]
        text = self.refused({}, {}, names=names, kinds=[0, 1])
        self.assertIn("test.Duck", text)
        self.assertEqual([], Watchful.made)
        policy.allowArriving(Duck)
        self.read({}, {}, names=names, kinds=[0, 1])
        self.assertEqual([Watchful], Watchful.made)

    def test_limits(self) -> None:
        """
        What is too much is refused before anything is made.
        """
        names = [b"test.Watchful"]
        deep: Any = 1
        for _ in range(10):
            deep = [deep]
        for limit, most, state in (
            ("MAX_NESTING", 10, {"a": deep}),
            ("MAX_ITEMS", 10, {"a": [1] * 11}),
            ("MAX_ITEMS", 10, {"a": [{str(each): 1 for each in range(11)}]}),
            ("MAX_STRING", 10, {"a": ["x" * 11]}),
            ("MAX_STRING", 10, {"a": [b"x" * 11]}),
            ("MAX_STRING", 10, {"a": {"\xe4" * 6: 1}}),
            ("MAX_OBJECTS", 10, {"a": [[]] * 11}),
            ("MAX_STATE", 10, {"a": "x" * 11}),
        ):
            self.patch(limits, limit, most)
            text = self.refused({}, state, names=names)
            self.assertIn(limit, text)
            self.patch(limits, limit, 1000)
            self.read({}, state, names=names)
            self.assertEqual(2, len(Watchful.made))
            Watchful.made.clear()

    def test_postUnjelly(self) -> None:
        """
        Each object hears once that the message is there, the outermost one last.
        """
        states = [{"name": "a"}, {"name": "b"}, {"name": "c", "x": MENTION}]
        self.read(*states, names=[b"test.Hooked"], places=[0])
        self.assertEqual(["a", "b", "c"], Hooked.heard)
        Hooked.heard.clear()
        names = [b"test.Hooked", b"test.Stock"]
        self.read({}, *states, names=names, kinds=[1, 0, 0, 0], places=[1])
        self.assertEqual(["a", "b", "c"], Hooked.heard)

    def test_otherWays(self) -> None:
        """
        What Twisted makes, a factory, and a function get what Jelly gives them.
        """
        values = {"a": ["\xe4", None, True, False, 1, b"x", {"k": MENTION}]}
        names = [NAME, b"test.Stock"]
        made = self.read({"b": 1}, values, names=names, kinds=[0, 1], places=[0])
        self.assertIsInstance(made, Stock)
        self.assertEqual(["\xe4", None, True, False, 1, b"x"], made.a[:6])
        self.assertEqual({"b": 1}, vars(made.a[6]["k"]))
        self.register(b"test.Made", Duck)
        pb.setUnjellyableFactoryForClass(b"test.Made", sorted)
        self.assertEqual(["a", "b"], self.read({"b": 1, "a": 2}, names=[b"test.Made"]))
        pb.setUnjellyableForClass(b"test.Made", lambda unjellier, jellyList: jellyList)
        expected = [b"test.Made", [b"dictionary", [[b"unicode", b"a"], [b"None"]]]]
        self.assertEqual(expected, self.read({"a": None}, names=[b"test.Made"]))
