# -*- test-case-name: pbcopy.test.test_containers -*-
"""
Tests for L{pbcopy._containers}.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from pbcopy.errors import Unsendable
from pbcopy.test.values import assertExact, assertRefused, jellied, roundTrip

BETWEEN: list[Callable[[Any], Any]] = [
    lambda x: x,
    lambda x: [x],
    lambda x: (x,),
    lambda x: {1: x},
]


class ContainerTests(SynchronousTestCase):
    """
    Containers arrive as they are.
    """

    def test_exact(self) -> None:
        """
        So do their order, their limit and their factory.
        """
        assertExact(self, bytearray(), bytearray(b"\0\xff"))
        assertExact(
            self, deque(), deque([1, "x", [2]]), deque([1, 2], 2), deque(maxlen=0)
        )
        assertExact(self, OrderedDict(), OrderedDict([("b", 1), ("a", 2), (3, [])]))
        for factory in (None, list, dict, set, int, str, bool, complex, frozenset):
            assertExact(self, defaultdict(factory, {1: 2}))
        arrived = roundTrip(defaultdict(list))
        arrived["x"].append(1)
        self.assertEqual({"x": [1]}, arrived)

    def test_oneObject(self) -> None:
        """
        What is one object arrives as one.
        """
        shared: list[Any] = [bytearray(b"x"), deque([1]), OrderedDict()]
        for each in (*shared, defaultdict(int)):
            assertExact(self, [each, {"x": each}], deque([each, each]))

    def test_cycles(self) -> None:
        """
        So does what contains itself, alone and with a list, a tuple or a dict in
        between.
        """
        containers: list[Any] = [deque(), OrderedDict(), defaultdict(list)]
        for each in containers:
            for between in BETWEEN:
                each.clear()
                inner = between(each)
                if isinstance(each, deque):
                    each.append(inner)
                else:
                    each["it"] = inner
                assertExact(self, each, [each], (each, each), [inner])

    def test_orderInACycle(self) -> None:
        """
        A key that is known late has its place.
        """
        outer: list[Any] = []
        key = deque([outer])
        outer.append(OrderedDict([((1, 2), key), ("z", outer), ("a", 1)]))
        assertExact(self, outer)

    def test_unsendable(self) -> None:
        """
        Attributes of an C{OrderedDict}, and a factory that is code, are not sent.
        """
        more: Any = OrderedDict()
        more.colour = "red"
        with self.assertRaises(Unsendable) as caught:
            jellied([more])
        self.assertEqual("colour", caught.exception.got)

        class int_(int):
            """
            A class whose name is known.
            """

        int_.__name__ = "int"
        for factory in (lambda: 1, int_, deque, print):
            with self.assertRaises(Unsendable):
                jellied(defaultdict(factory))

    def test_refused(self) -> None:
        """
        What is no container is refused.
        """
        none = [b"None"]
        pair = [b"a", 1]
        assertRefused(self, b"bytearray", [], [1], [b"a", b"b"])
        assertRefused(
            self, b"deque", [], [-1], [10**50], [b"x"], [1, 2, 3], [[b"list"]]
        )
        assertRefused(self, b"deque", [1.5], [[b"dereference", 7]])
        assertRefused(self, b"deque", [none, [b"dereference", 7]])
        for kind, head in ((b"OrderedDict", []), (b"defaultdict", [b"int"])):
            assertRefused(self, kind, [*head, 1], [*head, [1]], [*head, [1, 2, 3]])
            assertRefused(self, kind, [*head, pair, pair], [*head, [[b"list"], 1]])
            assertRefused(self, kind, [*head, [1, [b"dereference", 7]]])
        assertRefused(self, b"defaultdict", [], [pair], [b"print"], [b"\xff"], [none])
