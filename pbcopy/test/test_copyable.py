# -*- test-case-name: pbcopy.test.test_copyable -*-
"""
Tests for L{pbcopy._copyable}.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from twisted.spread import jelly
from twisted.trial.unittest import SynchronousTestCase

from pbcopy import pb
from pbcopy._copyable import applyState, checkAttribute, withTextKeys
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

    def count(self) -> int:
        """
        Stand for a method.
        """
        return self.frogs

    @property
    def size(self) -> int:
        """
        Stand for a descriptor.
        """
        return self.frogs

    @cached_property
    def depth(self) -> int:
        """
        Stand for what Python keeps in the instance's dict.
        """
        return self.frogs


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
            localOnly: Any = ("password",)

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


class StoredTests(SynchronousTestCase):
    """
    Without a Broker, a flavor is stored.
    """

    def test_attributes(self) -> None:
        """
        The attributes are stored under the name of the class.
        """

        class Both(pb.Copyable, pb.RemoteCopy):
            pass

        register(self, pb, (Both, Both))
        both: Any = Both()
        both.frogs = 7
        stored = jelly.jelly(both)
        self.assertEqual(both.getTypeToCopy(), stored[0])
        self.assertEqual({"frogs": 7}, vars(jelly.unjelly(stored)))

    def test_nothingStored(self) -> None:
        """
        An object that stock flavors stored without attributes, as C{None}, is
        restored.
        """
        register(self, pb, (Pond, View))
        stored = [Pond().getTypeToCopy(), [b"None"]]
        self.assertEqual({}, vars(jelly.unjelly(stored)))

    def test_getstate(self) -> None:
        """
        C{__getstate__} and C{__setstate__} are used where a class has them.
        """

        class Both(pb.Copyable, pb.RemoteCopy):
            def __getstate__(self) -> Any:
                return [7]

            def __setstate__(self, state: Any) -> None:
                self.frogs = state

        register(self, pb, (Both, Both))
        self.assertEqual([7], jelly.unjelly(jelly.jelly(Both())).frogs)


class AttributeTests(SynchronousTestCase):
    """
    A peer chooses names of data attributes alone.
    """

    def test_data(self) -> None:
        """
        A name that the class does not have, that has data there, or that is a
        C{cached_property}, is the peer's to choose.
        """
        for name in ("ducks", "frogs", "depth", "_private"):
            checkAttribute(View, name)
            view = View()
            view.setCopyableState({name: 7})
            self.assertEqual(7, getattr(view, name))

    def test_others(self) -> None:
        """
        Other names are refused, and the error says which.
        """
        for name in ("count", "size", "__class__", "__x__", "postUnjelly", 7, None):
            with self.assertRaises(Violation) as caught:
                checkAttribute(View, name)
            self.assertEqual(f"View.{name}", caught.exception.where)
            self.assertEqual(repr(name), caught.exception.got)

    def test_theDefaultRefusesBeforeItInstalls(self) -> None:
        """
        A refused state leaves the object as it was, also when the application
        passes it on to C{setCopyableState}.
        """
        view = View()
        view.frogs = 7
        with self.assertRaises(Violation):
            view.setCopyableState({"frogs": 8, "count": 9})
        self.assertEqual(7, view.count())

    def test_anOverrideMayUseTheNameItself(self) -> None:
        """
        An overridden C{setCopyableState} may take a value under the name of a
        method, and keep it elsewhere.
        """

        class Careful(View):
            def setCopyableState(self, state: Any) -> None:
                self.frogs = state["count"]

        careful = Careful()
        applyState(careful, {"count": 7})
        self.assertEqual(7, careful.count())

    def test_aDataDescriptorKeepsItsValueThere(self) -> None:
        """
        A descriptor that keeps its value in the instance's dict may be set by
        an overridden C{setCopyableState}.
        """

        class Checked:
            def __set__(self, instance: Any, value: int) -> None:
                vars(instance)["frogs"] = value

            def __get__(self, instance: Any, owner: type) -> Any:
                return vars(instance)["frogs"]

        class Careful(pb.RemoteCopy):
            frogs = Checked()

            def setCopyableState(self, state: Any) -> None:
                self.frogs = state["frogs"]

        careful = Careful()
        applyState(careful, {"frogs": 7})
        self.assertEqual(7, careful.frogs)

    def test_aNestedClassIsCode(self) -> None:
        """
        A class in the class, or another callable, is not hidden either.
        """

        class Nesting(pb.RemoteCopy):
            class Policy:
                pass

            handler: Any = len

        for name in ("Policy", "handler"):
            self.assertRaises(Violation, Nesting().setCopyableState, {name: 7})

    def test_theStateIsNotShared(self) -> None:
        """
        Two copies that are given one dict do not share it.
        """
        state = {"frogs": 7}
        one, two = View(), View()
        one.setCopyableState(state)
        two.setCopyableState(state)
        one.frogs = 8
        self.assertEqual(7, two.frogs)

    def test_theDictIsChangedInPlace(self) -> None:
        """
        Turning keys into text keeps the dict: a cycle may refer to it.
        """
        state = {b"a": 1}
        self.assertIs(state, withTextKeys(state))
        self.assertEqual({"a": 1}, state)
        self.assertEqual([b"a"], withTextKeys([b"a"]))
