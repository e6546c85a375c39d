# -*- test-case-name: pbcopy.test.test_replicating -*-
"""
What peers have of declared classes, for L{pbcopy.test.replicating}: replicas that
are written by hand, where they have Twisted's flavors.
"""

from __future__ import annotations

from typing import Any

from twisted.spread import pb as stock

import pbcopy
from pbcopy.test.masters import isStock


class StockCopy(stock.RemoteCopy):
    """
    What a peer with Twisted's flavors has of a part.
    """


class StockView(stock.RemoteCache):
    """
    What a peer with Twisted's flavors has of a master, written by hand: it takes
    the changes of any.
    """

    def observe_set(self, path: list[Any], value: Any) -> None:
        """
        An attribute or an item is set.
        """
        holder, step = _at(self, path[:-1]), path[-1]
        if isinstance(holder, (list, dict)):
            holder[step] = value
        else:
            setattr(holder, step, value)

    def observe_remove(self, path: list[Any]) -> None:
        """
        An attribute or a key goes.
        """
        holder, step = _at(self, path[:-1]), path[-1]
        if isinstance(holder, dict):
            del holder[step]
        else:
            delattr(holder, step)

    def observe_splice(
        self, path: list[Any], start: int, stop: int, items: list[Any]
    ) -> None:
        """
        Items of a list are replaced.
        """
        _at(self, path)[start:stop] = items

    def observe_alter(
        self, path: list[Any], added: list[Any], removed: list[Any]
    ) -> None:
        """
        Members of a set come and go.
        """
        members = _at(self, path)
        members.difference_update(removed)
        members.update(added)


class AnyCopy(pbcopy.RemoteCopy):
    """
    What a peer has of a part: it depends on its flavors.
    """

    def unjellyFor(self, unjellier: Any, jellyList: list[Any]) -> Any:
        """
        Make a L{StockCopy}, where the peer has Twisted's.
        """
        if isStock(unjellier.invoker):
            return StockCopy().unjellyFor(unjellier, jellyList)
        return super().unjellyFor(unjellier, jellyList)


class AnyView(pbcopy.RemoteCache):
    """
    What a peer has of a master: it depends on its flavors.
    """

    def unjellyFor(self, unjellier: Any, jellyList: list[Any]) -> Any:
        """
        Make a L{StockView}, where the peer has Twisted's.
        """
        if isStock(unjellier.invoker):
            return StockView().unjellyFor(unjellier, jellyList)
        return super().unjellyFor(unjellier, jellyList)


def _at(thing: Any, path: list[Any]) -> Any:
    for step in path:
        isItem = isinstance(thing, (list, dict))
        thing = thing[step] if isItem else getattr(thing, step)
    return thing
