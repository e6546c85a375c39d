# -*- test-case-name: pbcopy.test.test_sharing -*-
"""
Who observes the shared objects, and when they are sent what has changed.

All observers with the same perspective have the same of a master: they are one
L{Audience}, with one lens.  A change leaves at once, so that it comes before
whatever is sent later on the same connection.  What a block has changed leaves
when the block ends, in one message for each connection.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import itemgetter
from typing import Any

import attr
from twisted.python import log

from pbcopy._adoption import attributesOf
from pbcopy._block import Changed, nameIn
from pbcopy._channel import DELTA
from pbcopy._lens import Lens
from pbcopy._nodes import fieldsOf
from pbcopy._observer import RemoteCacheObserver
from pbcopy._operations import Operation, Set, between
from pbcopy._plain import plainState, plainUpdates
from pbcopy._policy import checkLeaving
from pbcopy._tracked import blocks, catchUp
from pbcopy._turn import afterTurn
from pbcopy.errors import RegistrationError, Unsendable

_audiences: dict[Any, Audience] = {}
"""All that there are, by the key of a publication."""

_audienceOf: dict[object, Audience] = {}
"""The one that each observer, and who waits for a change, is in, and that each lens
is of."""


class Audience:
    """
    The observers that see one master with one perspective.

    @ivar lens: what they have of it.
    """

    def __init__(self, key: Any, master: Any, perspective: Any) -> None:
        self.key = key
        self.lens = Lens(master, perspective, self._changed)
        # They are sets that keep their order.
        self._declared: dict[RemoteCacheObserver, None] = {}
        self._plain: dict[RemoteCacheObserver, None] = {}
        self._waiting: dict[object, Callable[[], None]] = {}
        self._isRightsDue = False

    def join(self, observer: RemoteCacheObserver, isDeclared: bool) -> Any:
        """
        Have an observer hear of changes from now on.

        @return: the state for it: bytes and what goes along, or plain attributes.
        """
        master = self.lens.master
        if any(block.covers(master) for block in blocks):
            raise Unsendable(
                "it is being changed",
                where=type(master).__qualname__,
                got="a block of pbcopy.changing that has not ended",
                advice="send it when the block has ended",
            )
        # What the state has already is told to those who were here before.
        catchUp(self.lens)
        # This has the lens know, and watch, each node.
        state = self.lens.state()
        self._checkLeaving(observer)
        (self._declared if isDeclared else self._plain)[observer] = None
        return state if isDeclared else plainState(self.lens)

    def await_(self, who: object, call: Callable[[], None]) -> None:
        """
        Have C{call} called with the next change.
        """
        self._waiting[who] = call

    def leave(self, who: Any) -> None:
        """
        Have an observer, or who waits, hear of nothing any more.
        """
        self._declared.pop(who, None)
        self._plain.pop(who, None)
        self._waiting.pop(who, None)
        # One that is to have a fresh state joins again in the same turn.
        afterTurn(self._closeIfEmpty)

    def _closeIfEmpty(self) -> None:
        isOpen = _audiences.get(self.key) is self
        if isOpen and not (self._declared or self._plain or self._waiting):
            del _audiences[self.key], _audienceOf[self.lens]
            self.lens.close()

    def _changed(self, operation: Operation) -> None:
        if not _deferred(self.lens.master, self.lens):
            if self.lens.sees(operation):
                _send(self.messages([operation]))
            else:
                self.lens.drop([operation])

    def reconsider(self) -> None:
        """
        Ask again what the perspective may see.
        """
        # Who may see a field does not depend on how the block ends.
        if _deferred(self.lens.master, self.lens, always=True):
            self._isRightsDue = True
        else:
            turned = self.lens.reconsider()
            _send(self.messages([each for each in turned if not each.isVoid()]))

    def commit(self, changes: list[Changed]) -> list[_Message]:
        """
        Give the messages for what a block has changed.
        """
        turned: list[Set] = []
        if self._isRightsDue:
            self._isRightsDue = False
            before = {id(each.node): each.before for each in changes}
            turned = self.lens.reconsider(before)
        # These say all that is to be said of their fields.
        fields = {(id(each.node), each.name) for each in turned}
        found = [
            (each.turns.get(nameIn(operation), 0), operation)
            for each in changes
            if self.lens.knows(each.node) and self.lens.reaches(each.node)
            for operation in self._net(each)
            if (id(operation.node), nameIn(operation)) not in fields
        ]
        # What cannot be seen is not to be told by their order.
        found.sort(key=itemgetter(0))
        operations = [operation for _, operation in found]
        operations += [each for each in turned if not each.isVoid()]
        messages = self.messages(operations, isBlock=True)
        for each in changes:
            self.lens.drop(between(each.node, each.before))
        return messages

    def _net(self, changed: Changed) -> Iterator[Operation]:
        """
        Give what a block has done to a node.
        """
        net = [each for each in between(changed.node, changed.before)]
        net = [each for each in net if not each.isVoid() and self.lens.sees(each)]
        if net and changed.log and _cost(changed.log) < _cost(net):
            # What was put in, and taken out again, was never there.
            if all(self._isLasting(each) for each in changed.log):
                net = changed.log
        yield from net

    def _isLasting(self, operation: Operation) -> bool:
        return all(
            any(each is value for each in operation.node) for value in operation.came()
        )

    def messages(
        self, operations: list[Operation], isBlock: bool = False
    ) -> list[_Message]:
        """
        Give the messages for operations that the perspective sees.
        """
        if not operations:
            return []
        waiting, self._waiting = self._waiting, {}
        for call in waiting.values():
            call()
        try:
            isHeard = self._declared or self._plain
            return self._made(operations, isBlock) if isHeard else []
        except Exception as error:
            name = type(self.lens.master).__qualname__
            log.err(None, f"A change of {name} was not sent")
            for observer in [*self._declared, *self._plain]:
                observer.missed(error)
            return []
        finally:
            # What has left is not to be heard of, sent or not.
            self.lens.drop(operations)

    def _made(self, operations: list[Operation], isBlock: bool) -> list[_Message]:
        delta = self.lens.delta(operations)
        ready = [each for each in self._declared if self._mayLeaveTo(each)]
        messages = [_Message(each, DELTA, delta) for each in ready]
        if self._plain:
            for name, args in plainUpdates(self.lens, operations, isBlock):
                messages += [_Message(each, name, args) for each in self._plain]
        return messages

    def _checkLeaving(self, observer: RemoteCacheObserver) -> None:
        for cls in self.lens.classes:
            checkLeaving(cls, observer.broker)

    def _mayLeaveTo(self, observer: RemoteCacheObserver) -> bool:
        try:
            self._checkLeaving(observer)
        except Unsendable as error:
            observer.missed(error)
            return False
        return True


@attr.s(auto_attribs=True, slots=True, eq=False)
class _Message:
    observer: RemoteCacheObserver
    name: str
    args: tuple[Any, ...]

    others: list[RemoteCacheObserver] = attr.ib(factory=list)

    def send(self) -> None:
        args = self.args
        isShort = self.name == DELTA and len(args) == 2 and not args[1]
        reason = self.observer.tell(self.name, *(args[:1] if isShort else args))
        if reason is not None:
            for each in self.others:
                each.missed(reason)


def _cost(operations: Iterable[Operation]) -> int:
    return sum(2 + len(list(each.came())) for each in operations)


def _deferred(master: Any, lens: Lens, always: bool = False) -> bool:
    for block in blocks:
        if block.covers(master):
            block.defer(lens, always)
            return True
    return False


_outbox: deque[_Message] = deque()
_isSending = False


def _send(messages: Iterable[_Message]) -> None:
    """
    Send messages, in order also where sending one calls a method of the
    application's that changes something.
    """
    global _isSending
    _outbox.extend(messages)
    if _isSending:
        return
    _isSending = True
    try:
        while _outbox:
            _outbox.popleft().send()
    finally:
        _isSending = False


def commit(lenses: list[Any], changes: list[Changed]) -> Callable[[], None]:
    """
    Make the messages for what a block has changed.

    @param lenses: those that have heard of it.
    @return: what sends them.
    """
    audiences = [_audienceOf[each] for each in lenses if each in _audienceOf]
    messages = [each for some in audiences for each in some.commit(changes)]
    return partial(_send, _together(messages))


def _together(messages: list[_Message]) -> Iterator[_Message]:
    """
    Make one message of the deltas for one connection and one perspective.
    """
    groups: dict[Any, _Message] = {}
    for each in messages:
        observer = each.observer
        key = id(observer.broker), id(observer.perspective)
        if each.name != DELTA or not observer.isReady():
            yield each
        elif key in groups:
            groups[key].args += (observer.luid, *each.args)
            groups[key].others.append(observer)
        else:
            groups[key] = each
    yield from groups.values()


def join(
    key: Any,
    master: Any,
    perspective: Any,
    observer: RemoteCacheObserver,
    isDeclared: bool,
) -> Any:
    """
    Have an observer hear of what changes in a shared object.

    @param key: that of its publication.
    @return: the state for it: bytes and what goes along, or plain attributes.
    @raise Unsendable: if the object is being changed in a block, or something in
        its state cannot be sent.
    """
    audience = _audienceFor(key, master, perspective, observer)
    try:
        return audience.join(observer, isDeclared)
    except BaseException:
        leave(observer)
        raise


def callAtNextChange(
    key: Any, master: Any, perspective: Any, who: object, call: Callable[[], None]
) -> None:
    """
    Have C{call} called when a perspective can see that something changes.

    @param who: what to L{leave} with, to end this.
    """
    _audienceFor(key, master, perspective, who).await_(who, call)


def _audienceFor(key: Any, master: Any, perspective: Any, who: object) -> Audience:
    audience = _audiences.get(key)
    if audience is None:
        audience = _audiences[key] = Audience(key, master, perspective)
        _audienceOf[audience.lens] = audience
    _audienceOf[who] = audience
    return audience


def leave(who: object) -> None:
    """
    Have an observer, or who waits for a change, hear of nothing any more.
    """
    audience = _audienceOf.pop(who, None)
    if audience is not None:
        audience.leave(who)


def viewersChanged(shared: Any) -> None:
    """
    Say that other perspectives may see the restricted fields of an object, or of
    what is in it.  Each C{visibleTo} is asked again.  What appears and vanishes
    is sent at once; in a block of C{changing}, with the rest.

    @raise RegistrationError: if the object is not shared.
    """
    if fieldsOf(shared) is None:
        raise RegistrationError(
            "this is no shared object",
            where="viewersChanged",
            got=repr(shared),
            expected="an object whose class is declared with pbcopy.shared",
        )
    watchers = attributesOf(shared).watchers
    for audience in [_audienceOf[each] for each in watchers if each in _audienceOf]:
        audience.reconsider()
