# -*- test-case-name: pbcopy.test.test_policy -*-
"""
Which classes may arrive on the connections of a factory, and which may leave:
L{Policy}.

Jelly asks the C{security} of its Broker for each list that came, before it looks
for what represents that.  What pbcopy finds by itself, such as the parts of a
declared state, it asks for too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

from twisted.spread import flavors, jelly

from pbcopy import limits
from pbcopy._asking import flavorsAround, isSending, receiverOf
from pbcopy._broker import awaitsLogin, hasAvatar
from pbcopy._kinds import shortly
from pbcopy._named import canArrive, described, isValueClass, localClasses, partsOf
from pbcopy._registry import nameOf
from pbcopy._text import asText
from pbcopy.errors import RegistrationError, Unsendable, Violation

_PLAIN = (
    *("builtins.bool", "builtins.dict", "builtins.list", "builtins.str"),
    *("dereference", "dict", "dictionary", "list", "long", "long_int", "reference"),
    *("tuple", "unpersistable"),
    *("cached", "lcache", "local", "remote"),
    *("pbcopy.beside", "pbcopy.compact", "pbcopy.envelope", "pbcopy.fresh"),
    "pbcopy.value",
    "twisted.spread.pb.CopyableFailure",
)
"""What Jelly, the Broker and pbcopy have of their own: containers, references, and
what has a class inside that is asked for by itself."""


class Policy(jelly.SecurityOptions):
    """
    What may cross the border of this process by the connections of one factory::

        policy = pbcopy.Policy()
        policy.allowArriving(Greeting)
        policy.allowArriving(Order, Invoice, afterLogin=True)
        factory = pb.PBServerFactory(root, security=policy)

    Nothing arrives but plain data, references, and what is named.  A class that is
    named brings the classes that its declaration names.  Without a policy, as with
    C{SecurityOptions}, all that was registered in the process may arrive.

    The methods of C{SecurityOptions} work as they do there, but for a dotted name:
    that has to be named, too.
    """

    def __init__(self, isLoggedIn: Callable[[Any], bool] = hasAvatar) -> None:
        """
        @param isLoggedIn: tells of a Broker whether its peer has logged in.  By
            default that is so if a portal has given it an avatar, and that did not
            log out; an anonymous one counts, too.
        """
        options: Any = super()
        options.__init__()
        options.allowTypes(*_PLAIN)
        self._isLoggedIn = isLoggedIn
        self._limits: dict[str, int] = {}
        self._strangers: dict[str, int] = {}
        self._arriving: dict[type | str, bool] = {}
        self._leaving: set[type] | None = None

    # What the application says.

    def allowArriving(
        self, *classes: type | str | bytes, afterLogin: bool = False
    ) -> None:
        """
        Let instances of classes in.

        @param classes: what represents a class of the peer's here, or its name as
            the peer says it: a C{RemoteCopy}, a C{RemoteCache}, an C{Enum}, a named
            tuple, a record or an exception.  It has to be registered, too.
        @param afterLogin: whether a peer has to log in first.
        @raise RegistrationError: if one is nothing that can arrive.
        """
        for each in classes:
            if not isinstance(each, (str, bytes)) and not canArrive(each):
                raise RegistrationError(
                    "instances of this do not arrive",
                    where="Policy.allowArriving",
                    got=repr(each),
                    expected="a RemoteCopy, a RemoteCache, a class of values, or the "
                    "name of a class",
                    advice="name the class that represents it at this end",
                )
            key = each if isinstance(each, type) else nameOf(each)
            self._arriving[key] = afterLogin and self._arriving.get(key, True)

    def allowLeaving(self, *classes: type) -> None:
        """
        Let instances of classes out, and from then on only of those that are named
        so.  Without a call of this, all that can be sent may leave.

        @param classes: a C{Copyable}, a C{Cacheable}, or a class of values.
        @raise RegistrationError: if one is nothing that is sent.
        """
        leaving = self._leaving if self._leaving is not None else set()
        for each in classes:
            isFlavor = isinstance(each, type) and issubclass(each, flavors.Copyable)
            if not isFlavor and not isValueClass(each):
                raise RegistrationError(
                    "instances of this do not leave",
                    where="Policy.allowLeaving",
                    got=repr(each),
                    expected="a Copyable, a Cacheable, or a class of values",
                )
            leaving.add(each)
        self._leaving = leaving

    def limit(self, *, beforeLogin: bool = False, **maxima: int) -> None:
        """
        Set limits for the connections of this factory::

            policy.limit(MAX_CACHES=1000)
            policy.limit(beforeLogin=True, MAX_STATE=10_000, MAX_OBJECTS=100)

        @param beforeLogin: whether they hold until the peer has logged in.
        @param maxima: by the names in L{pbcopy.limits}.
        @raise RegistrationError: if there is no such limit.
        """
        for name, maximum in maxima.items():
            if name not in limits.__all__ or type(maximum) is not int or maximum < 0:
                raise RegistrationError(
                    "this is no limit",
                    where="Policy.limit",
                    got=f"{name}={maximum!r}",
                    expected=f"{', '.join(limits.__all__)}: 0 or more",
                )
        (self._strangers if beforeLogin else self._limits).update(maxima)

    # What is asked of it.

    def limitOf(self, name: str, broker: Any) -> int:
        """
        Give a limit for a connection.

        @param name: the name in L{pbcopy.limits}.
        """
        if name in self._strangers and not self._isLoggedIn(broker):
            return self._strangers[name]
        limit: int = self._limits.get(name, getattr(limits, name))
        return limit

    def isStranger(self, broker: Any) -> bool:
        """
        Tell whether the peer of a connection has yet to log in.  Where there is no
        portal, and the policy has no C{isLoggedIn} of its own, nobody has to.
        """
        isTold = self._isLoggedIn is not hasAvatar
        return (isTold or awaitsLogin(broker)) and not self._isLoggedIn(broker)

    def isTypeAllowed(self, typeName: Any) -> bool:
        """
        Tell Jelly whether it may look for what stands for a name, or send what is
        of a type.

        @raise Violation: if it may not arrive.
        @raise Unsendable: if it is in the state of what may not leave.
        """
        asking = sys._getframe(1)
        if self._leaving is not None:
            for cls in flavorsAround(asking):
                self.checkLeaving(cls)
        if _isText(typeName) and typeName in self.allowedTypes:
            return True
        if not isSending(asking):
            self.checkArriving(typeName, receiverOf(asking))
        return True

    def isModuleAllowed(self, moduleName: Any) -> bool:
        """
        Tell Jelly whether it may look into a module, and import it, for a name that
        came.

        @raise Violation: if it may not.
        """
        stock: Any = super()
        if not stock.isModuleAllowed(moduleName):
            raise Violation(
                "no class is registered for this here, and nothing is imported",
                where=shortly(moduleName),
                expected="what the receiver registered",
            )
        return True

    def checkArriving(self, name: Any, broker: Any) -> None:
        """
        Check that instances of a class may arrive on a connection.

        @param name: the class, as the peer says it.
        @raise Violation: if they may not.
        """
        isLate = self._isLate(asText(name)) if _isText(name) else None
        if isLate is None or (isLate and not self._isLoggedIn(broker)):
            # A stranger is not told what others may send.
            raise Violation(
                "this may not arrive here",
                where=shortly(name),
                expected="a class that the receiver's policy names",
                advice="name it there, with Policy.allowArriving",
            )

    def _isLate(self, name: str) -> bool | None:
        """
        Tell whether a peer has to log in to send something.

        @return: C{None} if nobody may.
        """
        found = [self._arriving.get(each) for each in (name, *localClasses(name))]
        said = [each for each in found if each is not None]
        if not said:
            said = [
                isLate
                for key, isLate in self._arriving.items()
                for part in partsOf(key)
                if part in localClasses(name)
            ]
        return min(said, default=None)

    def checkLeaving(self, cls: type) -> None:
        """
        Check that instances of a class may leave.

        @raise Unsendable: if they may not.
        """
        if self._leaving is None or cls in self._leaving:
            return
        parts = (part for each in self._leaving for part in partsOf(each))
        if not any(issubclass(cls, part) for part in parts):
            raise Unsendable(
                "this may not leave by this connection",
                where=cls.__qualname__,
                expected="a class that the policy of its factory names",
                advice="name it there, with Policy.allowLeaving",
            )

    def describe(self) -> str:
        """
        Tell what may cross the border, for a person to read.
        """
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for title, wanted in (("anybody", False), ("who has logged in", True)):
            yield f"From {title} may arrive:"
            found = [key for key, isLate in self._arriving.items() if isLate is wanted]
            yield from (f"  {described(each)}" for each in found)
            yield from () if found else ["  nothing"]
        yield "There may leave:"
        if self._leaving is None:
            yield "  whatever can be sent"
        else:
            yield from sorted(f"  {described(each)}" for each in self._leaving)
        for title, maxima in (
            ("Limits before login:", self._strangers),
            ("Limits:", self._limits),
        ):
            if maxima:
                yield title
                yield from (f"  {name}: {most:,}" for name, most in maxima.items())

    def __repr__(self) -> str:
        late = sum(self._arriving.values())
        leaving = "all" if self._leaving is None else len(self._leaving)
        return (
            f"<Policy: {len(self._arriving) - late} classes may arrive, {late} after "
            f"login; {leaving} may leave>"
        )


def policyOf(broker: Any) -> Policy | None:
    """
    Give the policy of a connection; C{None} if its factory has none.
    """
    security = getattr(broker, "security", None)
    return security if isinstance(security, Policy) else None


def isStranger(broker: Any) -> bool:
    """
    Tell whether the peer of a connection has yet to log in.
    """
    policy = policyOf(broker)
    if policy is not None:
        return policy.isStranger(broker)
    return awaitsLogin(broker) and not hasAvatar(broker)


def checkArriving(name: Any, broker: Any) -> None:
    """
    Check that instances of a class may arrive on a connection.

    @raise Violation: if they may not.
    """
    policy = policyOf(broker)
    if policy is not None:
        policy.checkArriving(name, broker)


def checkLeaving(cls: type, broker: Any) -> None:
    """
    Check that instances of a class may leave by a connection.

    @raise Unsendable: if they may not.
    """
    policy = policyOf(broker)
    if policy is not None:
        policy.checkLeaving(cls)


def _isText(name: Any) -> bool:
    if type(name) is bytes:
        try:
            name.decode("utf-8")
        except UnicodeDecodeError:
            return False
    return type(name) in (bytes, str)
