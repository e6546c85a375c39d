# -*- test-case-name: pbcopy.test.test_applying -*-
"""
Tests for L{pbcopy._applying}.
"""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
from twisted.python.reflect import requireModule
from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import _applying, _tracked
from pbcopy._applying import applyTogether
from pbcopy._checking import check
from pbcopy._classtypes import ObjectOf
from pbcopy._delta import SET_FIELD, SPLICE
from pbcopy._leaves import isMention
from pbcopy._subscribing import subscribe
from pbcopy._view import View
from pbcopy.errors import Violation
from pbcopy.test.views import (
    DUCK,
    Colour,
    PondView,
    Relay,
    ViewTestCase,
    packed,
    shown,
    state,
)
from pbcopy.test.wiremodel import Model
from pbcopy.testing import connect

if requireModule("hypothesis"):
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st


class TogetherTests(ViewTestCase):
    """
    What came as one is applied as one.
    """

    def setUp(self) -> None:
        """
        Have two replicas.
        """
        super().setUp()
        self.other: Any = PondView()
        self.otherView = View(self.other, None)
        for view in (self.view, self.otherView):
            view.take(state({"thing": [2]}, [2, 0]), [])
        self.listen()

    def deltas(self, one: list[Any], other: list[Any]) -> Any:
        """
        Give a delta for each.
        """
        return [
            (self.view, packed(1, [], [], [one]), []),
            (self.otherView, packed(1, [], [], [other]), []),
        ]

    def test_together(self) -> None:
        """
        Both are changed when the first is told.
        """
        found: list[Any] = []
        note = lambda replica, changes: found.append(self.other.thing[:])  # noqa: E731
        self.view.listeners.add(note)
        applyTogether(self.deltas([2, SPLICE, 0, 0, [1]], [2, SPLICE, 0, 0, [2]]))
        self.assertEqual([[2]], found)
        self.assertEqual([1], self.replica.thing)

    def test_noneIfOneIsRefused(self) -> None:
        """
        If one is refused, none is applied, and nobody is told.
        """
        deltas = self.deltas([2, SPLICE, 0, 0, [1]], [2, SPLICE, 1, 1, [2]])
        self.refused(lambda: applyTogether(deltas))
        self.assertEqual(([], []), (self.replica.thing, self.other.thing))
        applyTogether(deltas[:1])
        self.assertEqual([1], self.replica.thing)

    def test_noneIfOneFails(self) -> None:
        """
        If something goes wrong that nobody could have known, everything is as it
        was, and what comes next can be applied.
        """
        deltas = self.deltas([2, SPLICE, 0, 0, [1]], [2, SPLICE, 0, 0, [2]])
        perform, calls = _tracked.perform, []

        def fails(operation: Any) -> None:
            calls.append(operation)
            perform(operation)
            if len(calls) == 2:
                raise MemoryError

        patch = self.patch(_applying, "perform", fails)
        self.assertRaises(MemoryError, applyTogether, deltas)
        patch.restore()
        self.assertEqual(([], []), (self.replica.thing, self.other.thing))
        self.assertEqual([], self.told)
        applyTogether(deltas)
        self.assertEqual(([1], [2]), (self.replica.thing, self.other.thing))


class ToldTests(ViewTestCase):
    """
    Who listens is told once of each delta.
    """

    def told_(self) -> list[str]:
        """
        Give what was told last.
        """
        return [str(each) for each in self.told[-1]]

    def test_once(self) -> None:
        """
        All changes are told in order, with the paths that they had, and the last
        values are in place.
        """
        self.take({"thing": [2], "tags": [3]}, [2, 0, "a"], [3, 2, "x"])
        found: list[Any] = []
        self.listen()
        self.view.listeners.add(lambda replica, _: found.append(shown(replica.thing)))
        self.apply(
            [2, SPLICE, 1, 1, [[4]]],
            [1, SET_FIELD, "colour", "brown"],
            [1, SET_FIELD, "boss", "swan"],
            nodes=([4, 4, "two"],),
            shapes=([DUCK, "name"],),
        )
        self.assertEqual(1, len(self.told))
        first, *rest = self.told_()
        self.assertTrue(first.startswith("PondView.thing[1] added "), first)
        self.assertEqual("PondView.leader changed 'nobody' to 'swan'", rest[1])
        self.assertEqual([shown(self.replica.thing)], found)
        self.apply([4, SET_FIELD, "name", "three"], [2, SPLICE, 0, 1, []])
        self.assertEqual(
            [
                "PondView.thing[1].name changed 'two' to 'three'",
                "PondView.thing[0] removed 'a'",
            ],
            self.told_(),
        )

    def test_nothing(self) -> None:
        """
        A delta that changes nothing is told to nobody.
        """
        self.take({"colour": "green"})
        self.listen()
        self.apply([1, SET_FIELD, "colour", "green"])
        self.apply()
        self.assertEqual([], self.told)

    def test_states(self) -> None:
        """
        A state, the first and a fresh one, is one change.
        """
        self.listen()
        self.take({})
        self.take({})
        self.assertEqual(["PondView renewed"] * 2, [str(c) for (c,) in self.told])

    def test_listenersMayCome(self) -> None:
        """
        Who is told may have others told.
        """
        self.take({})
        self.view.listeners.add(lambda replica, changes: self.listen())
        self.apply([1, SET_FIELD, "colour", "brown"])
        self.assertEqual([], self.told)
        self.apply([1, SET_FIELD, "colour", "green"])
        self.assertEqual(1, len(self.told))


class RelayTests(SynchronousTestCase):
    """
    Who observes the replica itself is told once of each delta.
    """

    def test_once(self) -> None:
        """
        A relay sends one delta for one.
        """

        @pbcopy.replicaOf(Relay)
        class RelayView(pbcopy.RemoteCache):
            names: list[str]

        relay: Any = Relay.__new__(Relay)
        view = View(relay, None)
        view.take(state({"names": [2]}, [2, 0, "a"], name="somewhere.Relayed"), [])

        class Root(pbcopy.pb.Root):
            def remote_get(self) -> Any:
                return relay

        connection = connect(
            pbcopy.pb.PBServerFactory(Root()), pbcopy.pb.PBClientFactory()
        )
        call = connection.root.callRemote("get")
        connection.deliver()
        further = self.successResultOf(call)
        told: list[Any] = []
        pbcopy.statusOf(further)

        subscribe(further, told.append)
        operations = [[2, SPLICE, 1, 1, ["b"]], [2, SPLICE, 0, 1, []]]
        applyTogether([(view, packed(1, [], [], operations), [])])
        connection.deliver()
        self.assertEqual(["b"], further.names)
        self.assertEqual(1, len(told))


def typesHold(case: SynchronousTestCase, replica: Any) -> None:
    """
    Assert that all that is in a replica is what was declared.
    """
    met: set[tuple[int, int]] = set()

    def accepted(value: Any, type_: Any) -> bool:
        key = id(value), id(type_)
        isKnown = key in met
        met.add(key)
        return isKnown or (isMention(value) and value is not replica)

    check(ObjectOf(type(replica)), replica, "it", accepted, lambda container: False)


def _junk(random: Random, depth: int = 0) -> Any:
    """
    Give anything that MessagePack has.
    """
    if depth < 4 and random.random() < 0.6:
        return [_junk(random, depth + 1) for _ in range(random.randrange(5))]
    if random.random() < 0.05:
        return {"a": _junk(random, depth + 1)}
    return random.choice(
        [0, 1, 2, 3, 4, -1, 2**63, True, None, 1.5, "a", "name", b"x", "colour", DUCK]
    )


def _spoiled(random: Random, packed_: bytes) -> bytes:
    """
    Put junk in the place of something in a message.
    """
    message = msgspec.msgpack.decode(packed_)
    part, at = [message], 0
    while isinstance(part[at], list) and part[at] and random.random() < 0.85:
        part = part[at]
        at = random.randrange(len(part))
    choice = random.random()
    if choice < 0.7:
        part[at] = _junk(random, 2)
    elif choice < 0.85:
        part.insert(at, _junk(random, 2))
    elif part is not message:
        del part[at]
    return msgspec.msgpack.encode(message)


if requireModule("hypothesis"):
    CALM = settings(
        max_examples=100,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=[*HealthCheck],
    )

    class RandomTests(SynchronousTestCase):
        """
        Whatever comes, the replica is what the master was, or it is refused.
        """

        if requireModule("hypothesis") is None:
            skip = "Hypothesis is not installed"

        shapes = ([DUCK, "name", "weight", "friend"],)

        def begin(self, seed: int) -> tuple[Model, Any, View, bytes]:
            """
            Have a model, and a replica that has its state.
            """
            model, replica = Model(Random(seed)), PondView()
            model.shown()
            view = View(replica, None)
            packed_ = state({"thing": [2]}, *model.all(), shapes=self.shapes)
            view.take(packed_, [])
            return model, replica, view, packed_

        @CALM
        @given(st.integers(0, 2**32))
        def test_equal(self, seed: int) -> None:
            """
            After each delta, and each fresh state, the replica is what the model
            is, and what stays is the same object.
            """
            model, replica, view, _ = self.begin(seed)
            self.assertEqual(model.shown(), shown(replica.thing))
            thing, version = replica.thing, 0
            for _ in range(8):
                if model.random.random() < 0.2:
                    version += 5
                    nodes = model.all()
                    fresh = state(
                        {"thing": [2]}, *nodes, shapes=self.shapes, version=version
                    )
                    view.take(fresh, [])
                else:
                    version += 1
                    operations = model.operations()
                    delta = packed(version, [], model.encodedNodes(), operations)
                    applyTogether([(view, delta, [])])
                self.assertEqual(model.shown(), shown(replica.thing))
                self.assertIs(thing, replica.thing)
                self.assertLessEqual({2, *model.reachable()}, {*view.known._byNumber})

        @CALM
        @given(st.integers(0, 2**32))
        def test_nonsense(self, seed: int) -> None:
            """
            What has been spoiled on its way is refused, and changes nothing, or all in
            the replica still is what was declared.
            """
            model, replica, view, packed_ = self.begin(seed)
            random = Random(seed)
            version = 0
            for _ in range(20):
                operations = model.operations()
                delta = packed(version + 1, [], model.encodedNodes(), operations)
                isState = random.random() < 0.3
                spoiled = _spoiled(random, packed_ if isState else delta)
                before = shown(replica)
                try:
                    if isState:
                        view.take(spoiled, [Colour.GREEN])
                    else:
                        applyTogether([(view, spoiled, [Colour.GREEN])])
                except Violation:
                    self.assertEqual(before, shown(replica))
                typesHold(self, replica)
                version = view.version

        @CALM
        @given(st.integers(0, 2**32))
        def test_wildNonsense(self, seed: int) -> None:
            """
            So is what was never a message.
            """
            _, replica, view, _ = self.begin(seed)
            random = Random(seed)
            before = shown(replica)
            for _ in range(20):
                message = [1, _junk(random), _junk(random), _junk(random), b"epoch"]
                wild = msgspec.msgpack.encode(message)
                for call in (
                    lambda: view.take(wild, []),  # noqa: B023
                    lambda: applyTogether([(view, wild, [])]),  # noqa: B023
                ):
                    try:
                        call()
                    except Violation:
                        self.assertEqual(before, shown(replica))
                    before = shown(replica)
                    typesHold(self, replica)
