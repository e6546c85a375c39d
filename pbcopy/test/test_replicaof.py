# -*- test-case-name: pbcopy.test.test_replicaof -*-
"""
Tests for L{pbcopy._replicaof}.
"""

from __future__ import annotations

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import pb
from pbcopy._schema import schemaOf
from pbcopy.errors import RegistrationError, Unsendable, Violation
from pbcopy.test.sharedponds import give, meet


@pbcopy.shared
class Egg(pb.Copyable):
    """
    A part.
    """

    size: int = 3


@pbcopy.shared
class Nest(pb.Cacheable):
    """
    A master.
    """

    egg: Any = None


class BigEgg(Egg):
    """
    A part of a class that nobody declared.
    """


@pbcopy.replicaOf(Egg)
class EggView(pb.RemoteCopy):
    """
    What stands for a part.
    """


@pbcopy.replicaOf(Nest)
class NestView(pb.RemoteCache):
    """
    What stands for a master.
    """


class OwnNestView(NestView):
    """
    A replica of a class that nobody declared.
    """


class WrongTests(SynchronousTestCase):
    """
    What is no declaration of a replica is an error that says what to do.
    """

    def refused(self, master: Any, cls: Any) -> RegistrationError:
        """
        Check that a class cannot be declared for a master.
        """
        error: RegistrationError = self.assertRaises(
            RegistrationError, lambda: pbcopy.replicaOf(master)(cls)
        )
        if isinstance(cls, type):
            self.assertIsNone(schemaOf(cls))
        return error

    def test_withoutTheMaster(self) -> None:
        """
        The decorator takes the master first.
        """

        class View(pb.RemoteCache):
            egg: Any

        self.assertIn("@pbcopy.replicaOf(Master)", self.refused(View, None).advice)

    def test_aMasterThatIsNotShared(self) -> None:
        """
        A master whose class is here is a shared one: nobody hears of what
        changes in another.
        """

        class Master(pb.Cacheable):
            egg: Any = None

        class View(pb.RemoteCache):
            egg: Any

        self.assertIn("declare it", self.refused(Master, View).advice)

    def test_theOtherKind(self) -> None:
        """
        A Cacheable has a RemoteCache, and a Copyable has a RemoteCopy.
        """

        class Copy(pb.RemoteCopy):
            pass

        class Cache(pb.RemoteCache):
            pass

        error = self.refused(Nest, Copy)
        self.assertEqual("a subclass of pb.RemoteCache", error.expected)
        error = self.refused(Egg, Cache)
        self.assertEqual("a subclass of pb.RemoteCopy", error.expected)

    def test_noReplica(self) -> None:
        """
        What is declared is a class of objects that are received.
        """
        for cls in (Nest, object, 7):
            error = self.assertRaises(
                RegistrationError, pbcopy.replicaOf("test.Nest"), cls
            )
            self.assertIn("pbcopy.RemoteCache", error.expected)


class ArrivalTests(SynchronousTestCase):
    """
    What two classes say of each other is found when an object arrives.
    """

    def setUp(self) -> None:
        for cls, view in ((Nest, NestView), (Egg, EggView)):
            # Whatever a test has registered for them.
            self.addCleanup(pb.setUnjellyableForClass, cls, view)
        self.connection = meet()

    def test_aSubclassOfAReplica(self) -> None:
        """
        A subclass of a replica's class is declared, too.
        """
        pb.setUnjellyableForClass(Nest, OwnNestView)
        error = self.assertRaises(Violation, give, self.connection, Nest())
        self.assertIn("OwnNestView: ", str(error))
        self.assertIn("declare it with pbcopy.replicaOf", str(error))
        self.assertEqual(1, len(self.flushLoggedErrors(Violation)))
        # So it is where nobody knows yet what the other has.
        self.connection = meet(isMet=False)
        self.assertRaises(Violation, give, self.connection, Nest())
        self.assertEqual(1, len(self.flushLoggedErrors(Violation)))

    def test_aPartThatIsACache(self) -> None:
        """
        A Copyable that is a part does not become a RemoteCache.
        """

        @pbcopy.replicaOf("pbcopy.test.test_replicaof.Egg")
        class EggCache(pb.RemoteCache):
            size: int

        error = self.assertRaises(Violation, give, self.connection, Nest(Egg()))
        self.assertIn("derive the class from pb.RemoteCopy", str(error))
        self.assertEqual(1, len(self.flushLoggedErrors(Violation)))

    def test_aPartOfAnotherMaster(self) -> None:
        """
        What came from a peer is no part of an object that is sent.  When that is
        put right, it can be sent again.
        """
        egg = give(self.connection, Egg())
        self.assertIsInstance(egg, EggView)
        nest = Nest([egg])
        error = self.assertRaises(Unsendable, give, self.connection, nest)
        self.assertEqual("Nest.egg[0]", error.where)
        nest.egg = None
        view = give(self.connection, nest)
        nest.egg = egg
        self.connection.deliver()
        # The change, and the fresh state.
        self.assertEqual(2, len(self.flushLoggedErrors(Unsendable)))
        nest.egg = Egg(size=egg.size)
        self.assertIs(view, give(self.connection, nest))
        self.assertIsInstance(view.egg, EggView)
        self.assertTrue(pbcopy.statusOf(view).isLive)

    def test_aPartThatIsNotDeclared(self) -> None:
        """
        A subclass of a shared class is declared, too.  One that is not leaves
        nothing behind when it was refused.
        """
        error = self.assertRaises(Unsendable, give, self.connection, Nest(BigEgg()))
        self.assertIn("declare it with pbcopy.shared", error.advice)
        self.connection.deliver()
        self.assertEqual([], self.flushLoggedErrors())
