# -*- test-case-name: pbcopy.test.test_factory -*-
"""
Objects that an application's own function makes of what a peer sent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attr

from pbcopy._answers import answerFails
from pbcopy._refusals import checkParts
from pbcopy._registry import checkCallable, checkName, setUnjellyableForClass
from pbcopy._remotecache import makeReplica
from pbcopy._state import withTextKeys


@attr.s(auto_attribs=True, frozen=True)
class FactoryUnjellier:
    """
    What Jelly finds in its table of classes for a factory.

    Jelly's own table of factories comes second to that of classes, and the
    factories there get the id of a cacheable in the place of its state.

    @ivar factory: takes a state and gives an object.
    """

    factory: Callable[[Any], Any]

    def __call__(self, unjellier: Any, jellyList: list[Any]) -> Any:
        """
        Make the object for C{[type, state]} or C{[type, luid, state]}.
        """
        if unjellier.invoker is None:
            return self._makeCopy(unjellier, jellyList)
        with answerFails(unjellier.invoker) as failures:
            checkParts(jellyList)
            if len(jellyList) > 2:
                return makeReplica(unjellier, jellyList, self.factory)
            return self._makeCopy(unjellier, jellyList)
        return failures[0]

    def _makeCopy(self, unjellier: Any, jellyList: list[Any]) -> Any:
        return self.factory(withTextKeys(unjellier.unjelly(jellyList[1])))


def setUnjellyableFactoryForClass(
    classname: type | str | bytes, copyFactory: Callable[[Any], Any]
) -> None:
    """
    Say which local function makes the object for a class of the peer.

    @param classname: the class, as for
        L{setUnjellyableForClass<pbcopy.pb.setUnjellyableForClass>}.
    @param copyFactory: takes the state that the peer sent and gives the object.
        For a cacheable it gives a L{RemoteCache<pbcopy.pb.RemoteCache>}, which
        then has the updates.  Any other object has none, and the sender soon
        hears that nobody observes.

    @raise RegistrationError: if one of the two is of no such kind.
    """
    checkName("setUnjellyableFactoryForClass", classname)
    checkCallable("setUnjellyableFactoryForClass", copyFactory, "a callable")
    setUnjellyableForClass(classname, FactoryUnjellier(copyFactory))
