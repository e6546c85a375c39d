# -*- test-case-name: pbcopy.test.test_copyable -*-
"""
Tests for L{pbcopy._copyable}.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from twisted.spread import jelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._registry import copyTags
from pbcopy.errors import Violation
from pbcopy.test.ponds import Kit, register
from pbcopy.testing import assertRefused, sendAcross


class Pond(pb.Copyable):
    """
    What is sent.
    """

    frogs = 0


class View(pb.RemoteCopy):
    """
    What arrives.
    """

    frogs = 0

    def __init__(self) -> None:
        self.initialized = True


@dataclass(frozen=True)
class Frozen(pb.Copyable, pb.RemoteCopy):
    """
    What has attributes, and refuses to have them set.
    """

    frogs: int


class CopyTests(SynchronousTestCase):
    """
    A copy arrives as what the receiver registered.
    """

    def setUp(self) -> None:
        """
        Register the view for the pond.
        """
        register(self, pb, (Pond, View))

    def test_attributes(self) -> None:
        """
        The attributes of the original are those of the copy, whose C{__init__}
        is not called.
        """
        pond = Pond()
        pond.frogs = 7
        for asAnswer in (False, True):
            view = sendAcross(pond, asAnswer)
            self.assertIsInstance(view, View)
            self.assertEqual({"frogs": 7}, vars(view))

    def test_nothingToSend(self) -> None:
        """
        An object without attributes arrives.
        """
        self.assertEqual({}, vars(sendAcross(Pond())))

    def test_typeAsText(self) -> None:
        """
        C{getTypeToCopyFor} may return str.
        """
        self.patch(Pond, "getTypeToCopyFor", lambda pond, p: "other.Pond")
        pb.setUnjellyableForClass("other.Pond", View)
        self.addCleanup(copyTags.pop, b"other.Pond", None)
        self.assertIsInstance(sendAcross(Pond()), View)

    def test_refused(self) -> None:
        """
        What the receiver did not register is refused.
        """
        del copyTags[Pond().getTypeToCopy()]
        assertRefused(Pond())
        self.flushLoggedErrors(jelly.InsecureJelly)

    def test_localOnlyOfEveryBase(self) -> None:
        """
        What one base class declares as C{localOnly} does not leave, whatever
        the others declare.
        """

        class Secret(Pond):
            localOnly: ClassVar[Any] = ("password",)

        class Keyed(Secret):
            localOnly = frozenset({"key"})

        secret = Keyed()
        secret.__dict__.update(frogs=7, password="b", key="c")
        self.assertEqual({"frogs": 7}, secret.getStateToCopyFor(None))

    def test_localOnlyAsOneText(self) -> None:
        """
        C{localOnly} may be one name: Python makes that of C{("password")}.
        """

        class Secret(Pond):
            localOnly = "password"

        secret: Any = Secret()
        secret.password = "b"
        self.assertEqual({}, secret.getStateToCopy())

    def test_frozen(self) -> None:
        """
        A frozen dataclass that is copied arrives.
        """
        register(self, pb, (Frozen, Frozen))
        self.assertEqual(Frozen(7), sendAcross(Frozen(7)))

    def test_aCache(self) -> None:
        """
        A class of copies that is registered for a cache refuses it, and says
        so; the sender hears that nobody observes.
        """
        kit = Kit(self, pb)
        pb.setUnjellyableForClass(kit.Pond, View)
        pond = kit.Pond()
        for asAnswer in (False, True):
            error = self.assertRaises(Violation, sendAcross, pond, asAnswer)
            self.assertIn("pb.RemoteCache", str(error))
            self.flushLoggedErrors(Violation)
        self.assertEqual(2, len(pond.stopped))

    def test_aStateOfAnotherKind(self) -> None:
        """
        A state may be anything, for a C{setCopyableState} that takes it.
        """

        class Listed(pb.RemoteCopy):
            def setCopyableState(self, state: Any) -> None:
                self.items = state

        register(self, pb, (Pond, Listed))
        for state in ([1, 2], (3,), "text", None, 7):
            self.patch(Pond, "getStateToCopy", lambda pond, state=state: state)
            self.assertEqual(state, sendAcross(Pond()).items)

    def test_theDefaultTakesADict(self) -> None:
        """
        The default C{setCopyableState} takes attributes, or nothing.
        """
        self.patch(Pond, "getStateToCopy", lambda pond: [1, 2])
        refused = assertRefused(Pond(), Violation)
        self.assertIn("got list, expected dict", str(refused))
        self.flushLoggedErrors(Violation)
        self.patch(Pond, "getStateToCopy", lambda pond: None)
        self.assertEqual({}, vars(sendAcross(Pond())))

    def test_bytesKeysReachAnOverrideAsText(self) -> None:
        """
        A state with bytes keys, as Python 2 sends it, reaches an overridden
        C{setCopyableState} with str keys, in the same order.
        """
        states: list[Any] = []

        class Old(pb.RemoteCopy):
            def setCopyableState(self, state: Any) -> None:
                states.append(state)
                self.__dict__ = state

        register(self, pb, (Pond, Old))
        sent = {b"b": 1, "c": 2, b"a": 3}
        self.patch(Pond, "getStateToCopy", lambda pond: sent)
        old = sendAcross(Pond())
        self.assertEqual([("b", 1), ("c", 2), ("a", 3)], list(states[0].items()))
        self.assertEqual(3, old.a)

    def test_perspective(self) -> None:
        """
        The hooks are given the perspective that the object is sent to.
        """
        seen: list[Any] = []

        class Seen(pb.Copyable):
            def getStateToCopyFor(self, perspective: Any) -> Any:
                seen.append(("state", perspective))
                return {}

            def getTypeToCopyFor(self, perspective: Any) -> str:
                seen.append(("type", perspective))
                return "x"

        class Invoker:
            serializingPerspective = "somebody"

        sexp = jelly.jelly(Seen(), invoker=Invoker())
        self.assertEqual([b"x", [b"dictionary"]], sexp)
        self.assertEqual([("type", "somebody"), ("state", "somebody")], seen)
