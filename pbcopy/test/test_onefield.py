# -*- test-case-name: pbcopy.test.test_onefield -*-
"""
Tests for L{pbcopy._onefield}.
"""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pbcopy._applying import applyTogether
from pbcopy._block import Block, opened
from pbcopy._change import Change, ChangeKind
from pbcopy._onefield import takeField
from pbcopy._sharing import commit
from pbcopy._view import View
from pbcopy.errors import Violation
from pbcopy.test.test_bananadecoding import QUIET
from pbcopy.test.views import DUCK, PondView, ViewTestCase, packed, shown, state

FIELDS = {"colour": "green", "ducks": [2], "thing": 1, "weights": [3], "boss": "Ada"}
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.floats(allow_nan=False, width=16),
    st.sampled_from(
        ["green", "blue", "Ada", "", b"", b"green", 2**63, [], [4], [2, 0]]
    ),
)

OPERATIONS = st.one_of(
    st.tuples(
        st.sampled_from([1, 4, 4, 2, 9, 0, -1, True, "1"]),
        st.sampled_from([0, 0, 0, 0, 1, 2, 3, False, None]),
        st.sampled_from(
            ["boss", "thing", "name", "weight", "friend", "leader", "no", 0, "ducks"]
        ),
        VALUES,
    ).map(list),
    st.just([3, 2, 0, 0, [1.5]]),
    st.sampled_from([[], [1], {}, 1, "1234"]),
)

MESSAGES = st.one_of(
    st.tuples(
        st.sampled_from([1, 1, 1, 1, 1, 0, 2, True, None]),
        st.sampled_from([[], [], [], 0, {}, [[DUCK, "name"]]]),
        st.sampled_from([[], [], [], 0, {}, [[5, 0]]]),
        st.one_of(
            OPERATIONS.map(lambda each: [each]),
            st.lists(OPERATIONS, max_size=2),
            st.sampled_from([{"1234": 1}, 0, None, "1"]),
        ),
    ).map(list),
    st.sampled_from([[], {}, 1, [1, [], [], [], b"", None, None, 0]]),
)


class Held:
    """
    A replica with a state, and what it tells of changes.
    """

    def __init__(self) -> None:
        self.replica: Any = PondView()
        self.view = View(self.replica, None)
        shape = [DUCK, "name", "weight", "friend"]
        nodes: list[list[Any]] = [[2, 0, [4]], [3, 0, 0.5]]
        nodes.append([4, 4, "Donald", 1.0, None])
        self.view.take(state(FIELDS, *nodes, shapes=(shape,)), [])
        self.told: list[Any] = []
        self.view.listeners.add(lambda replica, changes: self.told.append(changes))

    def seen(self) -> Any:
        """
        Give all that can be seen of it.
        """
        return shown(self.replica), self.view.version, self.told


class SameTests(ViewTestCase):
    """
    What is done in fewer steps has the same result.
    """

    @QUIET
    @given(st.lists(MESSAGES, max_size=3))
    def test_same(self, messages: list[Any]) -> None:
        """
        So it is for any messages.  What is left to others has changed nothing.
        """
        quick, full = Held(), Held()
        for message in messages:
            self._take(quick, full, message)

    def _take(self, quick: Held, full: Held, message: Any) -> None:
        if message and type(message) is list and type(message[0]) is int:
            message[0] += full.view.version
        data = msgspec.msgpack.encode(message)
        before = quick.seen()
        taken = takeField(quick.view, quick.replica, data)
        if not taken:
            self.assertEqual(before, quick.seen())
        try:
            applyTogether([(full.view, data, [])])
        except Violation:
            self.assertFalse(taken)
        else:
            if not taken:
                applyTogether([(quick.view, data, [])])
        self.assertEqual(full.seen(), quick.seen())

    def test_bytes(self) -> None:
        """
        Bytes that are no message are left to others.
        """
        held = Held()
        for data in (b"", b"\xc1", b"\xd9\x02\xff\xff", b"\x91" * 1000, b"\x01\x01"):
            self.assertFalse(takeField(held.view, held.replica, data))


class TakeFieldTests(ViewTestCase):
    """
    A field is set, in the replica or in an object in it.
    """

    def setUp(self) -> None:
        """
        Have a replica with a state.
        """
        super().setUp()
        self.held = Held()

    def take(self, *operation: Any) -> bool:  # type: ignore[override]
        """
        Take a delta with one operation.
        """
        version = self.held.view.version + 1
        data = packed(version, [], [], [[*operation]])
        return takeField(self.held.view, self.held.replica, data)

    def test_taken(self) -> None:
        """
        It is set, and told, by its own name and path.
        """
        self.assertTrue(self.take(1, 0, "boss", "Bob"))
        self.assertTrue(self.take(4, 0, "weight", 2.5))
        replica = self.held.replica
        self.assertEqual(("Bob", 2.5), (replica.leader, replica.ducks[0].weight))
        changed = ChangeKind.CHANGED
        self.assertEqual(
            [
                (Change("PondView.leader", changed, "Ada", "Bob"),),
                (Change("PondView.ducks[0].weight", changed, 1.0, 2.5),),
            ],
            self.held.told,
        )
        self.assertEqual(2, self.held.view.version)

    def test_equal(self) -> None:
        """
        What is as it was is not told, and is a version nevertheless.
        """
        self.assertTrue(self.take(1, 0, "boss", "Ada"))
        self.assertEqual([], self.held.told)
        self.assertEqual(1, self.held.view.version)

    def test_left(self) -> None:
        """
        A value that has to be converted, or takes the place of a container or is one,
        a field that is not there, and bounds that are not kept, are left to others.
        """
        before = self.held.seen()
        for name, value in [
            ("colour", "brown"),
            ("ducks", None),
            ("boss", 1),
            ("thing", [4]),
            ("nothing", 1),
            ("tags", 1),
        ]:
            self.assertFalse(self.take(1, 0, name, value), name)
        self.assertFalse(self.take(4, 0, "weight", 1))
        self.assertFalse(self.take(5, 0, "weight", 1.5))
        self.assertEqual(before, self.held.seen())

    def test_inABlock(self) -> None:
        """
        While a block is open, which hears of each change, it is left to others.
        """
        with opened(Block([self.held.replica], commit)):
            self.assertFalse(self.take(1, 0, "boss", "Bob"))
        self.assertTrue(self.take(1, 0, "boss", "Bob"))

    def test_listenerRaises(self) -> None:
        """
        A callback that raises is logged, and the change is made.
        """

        def fail(replica: Any, changes: Any) -> None:
            raise ZeroDivisionError

        self.held.view.listeners.add(fail)
        self.assertTrue(self.take(1, 0, "boss", "Bob"))
        self.assertEqual(1, len(self.flushLoggedErrors(ZeroDivisionError)))
        self.assertEqual("Bob", self.held.replica.leader)
