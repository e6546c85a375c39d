# -*- test-case-name: pbcopy.test.test_audience -*-
"""
The observers that see one master with one perspective: an L{Audience}.

A change is told at once, so that it comes before whatever is sent later on the
same connection.  It is kept for a while where the peer takes no more, or where the
class says that its latest value is enough; it leaves then before anything else does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twisted.python import log

from pbcopy._channel import DELTA
from pbcopy._coalescing import Coalescing
from pbcopy._contents import between
from pbcopy._hub import Hub, hubOf
from pbcopy._journal import Changed
from pbcopy._lens import Lens
from pbcopy._net import netOf
from pbcopy._observer import RemoteCacheObserver
from pbcopy._operations import Operation, Set
from pbcopy._outbox import Message, send, together
from pbcopy._plain import plainState, plainUpdates
from pbcopy._policy import checkLeaving
from pbcopy._slow import Slow, tooSlow
from pbcopy._tracked import blocks, catchUp
from pbcopy.errors import Unsendable


class Audience:
    """
    The observers that see one master with one perspective.

    @ivar key: that of their publications.
    @ivar lens: what they have of it.
    """

    def __init__(self, key: Any, master: Any, perspective: Any) -> None:
        self.key = key
        self.lens = Lens(master, perspective, self._changed, self._about)
        # They are sets that keep their order.
        self._declared: dict[RemoteCacheObserver, None] = {}
        self._plain: dict[RemoteCacheObserver, None] = {}
        self._waiting: dict[object, Callable[[], None]] = {}
        self._hubs: dict[object, Hub] = {}
        self._slow = Slow(self.lens)
        self._coalescing = Coalescing(self.lens, self._await, self.flush)
        self._isRightsDue = False

    # Who is here.

    def join(self, observer: RemoteCacheObserver, isDeclared: bool) -> Any:
        """
        Have an observer hear of changes from now on.

        @return: the state for it: bytes and what goes along, or plain attributes.
        """
        master = self.lens.master
        if self._isInBlock():
            raise Unsendable(
                "it is being changed",
                where=type(master).__qualname__,
                got="a block of pbcopy.changing that has not ended",
                advice="send it when the block has ended",
            )
        # What the state has already is told to those who were here before.
        self.flush()
        # This has the lens know, and watch, each node.
        state = self.lens.state()
        self._checkLeaving(observer)
        (self._declared if isDeclared else self._plain)[observer] = None
        hub = self._hubs[observer] = hubOf(observer.broker)
        hub.flow.add(observer, self)
        if hub.flow.isFull:
            self._delay(observer)
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
        self._slow.remove(who)
        hub = self._hubs.pop(who, None)
        if hub is not None:
            hub.flow.remove(who)
            hub.pending.remove(who)

    def isEmpty(self) -> bool:
        """
        Tell whether nobody is here.
        """
        return not (self._declared or self._plain or self._waiting)

    # Those whose peers take no more for now.

    def paused(self, who: RemoteCacheObserver) -> None:
        """
        Hear that the peer of an observer takes no more for now.
        """
        if who not in self._slow:
            # What was done before this is sent.
            self.flush()
            self._delay(who)

    def _delay(self, who: RemoteCacheObserver, isKnown: bool = True) -> None:
        isKnown = isKnown and not self._isInBlock()
        self._slow.add(who, isPlain=who in self._plain, isKnown=isKnown)
        self._hubs[who].pending.add(who, self)

    def resumed(self, who: RemoteCacheObserver) -> list[Message]:
        """
        Hear that it takes more again, and give what it has missed.
        """
        if who not in self._slow or self._deferred(always=True):
            return []
        # What this has the lens know, the others have to know, too.
        flushed = self._flushed()
        return flushed + self._broughtUp(who) if who in self._slow else flushed

    def _broughtUp(self, who: RemoteCacheObserver) -> list[Message]:
        try:
            return self._settled(who)
        except Exception as error:
            who.late(error)
            return []

    def due(self, who: RemoteCacheObserver) -> list[Message]:
        """
        Give what an observer has missed, before something else is sent there.
        """
        if self._isInBlock():
            # It is told when the block ends.
            return []
        flushed = self._flushed()
        return flushed + self._dueToSlow(who) if who in self._slow else flushed

    def _dueToSlow(self, who: RemoteCacheObserver) -> list[Message]:
        if self._slow.isTooMuch(who):
            # A fresh state for each call would fill the memory, too.
            who.behind(tooSlow(who))
            return []
        try:
            messages = self._settled(who)
        except Exception:
            # It is told why by a fresh state, when it takes that.
            self._delay(who, isKnown=False)
            return []
        if self._hubs[who].flow.isFull:
            self._delay(who)
        return messages

    def deliver(self, messages: list[Message]) -> None:
        """
        Send what several of these gave.
        """
        send(together(messages))

    def _settled(self, who: RemoteCacheObserver) -> list[Message]:
        self._hubs[who].pending.remove(who)
        messages = self._slow.settled(who)
        if messages:
            self._checkLeaving(who)
        return messages

    # What may wait.

    def _await(self) -> None:
        for who in [*self._declared, *self._plain]:
            if who not in self._slow:
                self._hubs[who].pending.add(who, self)

    def flush(self) -> None:
        """
        Send what waits.
        """
        catchUp(self.lens)
        if self._coalescing.isOpen():
            # What waits on the same connections goes along, in one message.
            for hub in dict.fromkeys(self._hubs.values()):
                hub.pending.send()
            send(self._flushed())

    def _flushed(self) -> list[Message]:
        """
        Give the messages for what waits.
        """
        catchUp(self.lens)
        if not self._coalescing.isOpen():
            return []
        changes = self._coalescing.take()
        for who in [*self._declared, *self._plain]:
            if who not in self._slow:
                self._hubs[who].pending.remove(who)
        return self.commit(changes)

    def close(self) -> None:
        """
        Have nothing told any more.
        """
        self._coalescing.close()
        self.lens.close()

    # What happens.

    def _isInBlock(self) -> bool:
        return any(block.covers(self.lens.master) for block in blocks)

    def _deferred(self, always: bool = False) -> bool:
        for block in blocks:
            if block.covers(self.lens.master):
                block.defer(self.lens, always)
                return True
        return False

    def _about(self, operation: Operation) -> None:
        self._slow.about(operation)
        if not (blocks and self._isInBlock()):
            self._coalescing.about(operation)

    def _changed(self, operation: Operation) -> None:
        if not self._deferred() and not self._coalescing.changed(operation):
            if self.lens.sees(operation):
                send(self._messages([operation]))
            else:
                self.lens.drop([operation])

    def reconsider(self) -> None:
        """
        Ask again what the perspective may see.
        """
        # Who may see a field does not depend on how the block ends.
        if self._deferred(always=True):
            self._isRightsDue = True
        elif self._coalescing.isOpen():
            # What waits is told to those who may see it now.
            self._isRightsDue = True
            self.flush()
        else:
            turned = self.lens.reconsider()
            if turned:
                self._slow.tooMuch()
            send(self._messages([each for each in turned if not each.isVoid()]))

    def commit(self, changes: list[Changed]) -> list[Message]:
        """
        Give the messages for what was changed in a block, or has waited.
        """
        turned: list[Set] = []
        if self._isRightsDue:
            self._isRightsDue = False
            before = {id(each.node): each.before for each in changes}
            turned = self.lens.reconsider(before)
            if turned:
                self._slow.tooMuch()
        # These say all that is to be said of their fields.
        fields = {(id(each.node), each.name) for each in turned}
        operations = netOf(self.lens, changes, self.lens.mark(), fields)
        operations += [each for each in turned if not each.isVoid()]
        messages = self._messages(operations, isBlock=True)
        for each in changes:
            self.lens.drop(between(each.node, each.before))
        for who in self._slow.observers():
            if not self._hubs[who].flow.isFull:
                messages += self._broughtUp(who)
        return messages

    def _messages(
        self, operations: list[Operation], isBlock: bool = False
    ) -> list[Message]:
        """
        Give the messages for operations that the perspective sees.
        """
        if not operations:
            return []
        waiting, self._waiting = self._waiting, {}
        for call in waiting.values():
            call()
        declared, plain = self._ready(self._declared), self._ready(self._plain)
        try:
            return self._made(operations, isBlock, declared, plain)
        except Exception as error:
            name = type(self.lens.master).__qualname__
            log.err(None, f"A change of {name} was not sent")
            for observer in [*declared, *plain]:
                observer.missed(error)
            return []
        finally:
            # What has left is not to be heard of, sent or not.
            self.lens.drop(operations)

    def _ready(
        self, observers: dict[RemoteCacheObserver, None]
    ) -> list[RemoteCacheObserver]:
        return [each for each in observers if each not in self._slow]

    def _made(
        self,
        operations: list[Operation],
        isBlock: bool,
        declared: list[RemoteCacheObserver],
        plain: list[RemoteCacheObserver],
    ) -> list[Message]:
        if not declared and not plain:
            # Who is brought up to date later has what there is then.
            self.lens.skip()
            return []
        delta = self.lens.delta(operations)
        ready = [each for each in declared if self._mayLeaveTo(each)]
        messages = [Message(each, DELTA, delta) for each in ready]
        if plain:
            for name, args in plainUpdates(self.lens, operations, isBlock):
                messages += [Message(each, name, args) for each in plain]
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
