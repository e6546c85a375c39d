# -*- test-case-name: pbcopy.test.test_trackeddict -*-
"""
A dict that says how it changes: L{TrackedDict}.

Each mutator is at most one operation: an C{Update} or a C{Remove}.  It makes none
if it raises, and raises what the one of C{dict} does.
"""

from __future__ import annotations

from functools import partial
from typing import Any, SupportsIndex

from twisted.python.reflect import safe_repr

from pbcopy._adoption import adoptedAll, checkLeaf
from pbcopy._leaves import areEqual
from pbcopy._nodes import ATOMS, KINDS
from pbcopy._operations import ABSENT, Remove, Update
from pbcopy._paths import step
from pbcopy._sentplain import SentPlain
from pbcopy._tracked import change, pathOf


class TrackedDict(dict[Any, Any], SentPlain):
    """
    A dict of a declared state.
    """

    plain = dict

    def __init__(self, /, *args: Any, **kw: Any) -> None:
        self.update(*args, **kw)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._update({key: value})

    def __delitem__(self, key: Any) -> None:
        if key in self:
            change(Remove(self, {key: self[key]}))
        else:
            # It raises.
            super().__delitem__(key)

    def update(self, /, *args: Any, **kw: Any) -> None:
        """Set keys.  If they cannot all be had, none is set."""
        new: dict[Any, Any] = {}
        new.update(*args, **kw)
        self._update(new)

    def setdefault(self, key: Any, default: Any = None, /) -> Any:
        """Give what a key has; set it, where it has nothing."""
        if key not in self:
            self._update({key: default})
        return self[key]

    def pop(self, key: Any, /, *default: Any) -> Any:
        """Take a key out, and give what it had."""
        if key not in self or len(default) > 1:
            return super().pop(key, *default)
        value = self[key]
        del self[key]
        return value

    def popitem(self) -> Any:
        """Take the last key out, and give it with what it had."""
        if not self:
            return super().popitem()
        key = next(reversed(self))
        return key, self.pop(key)

    def clear(self) -> None:
        """Take all keys out."""
        change(Remove(self, dict(self)))

    def __ior__(self, other: Any) -> Any:  # type: ignore[misc]
        self.update(other)
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        """
        Copy and pickle as what nobody holds or watches.
        """
        return type(self), (), None, None, iter(list(self.items()))

    def _update(self, entries: dict[Any, Any]) -> None:
        old, kept = {}, entries.copy()
        for key, value in entries.items():
            before = self.get(key, ABSENT)
            if before is not ABSENT:
                old[key] = before
                if areEqual(before, value):
                    kept[key] = before
            elif type(key) not in ATOMS:
                checkLeaf(key, partial(self._pathToKey, key))
        keys = list(kept)
        values = adoptedAll([*kept.values()], lambda at: self._pathTo(keys[at]))
        new = dict(zip(keys, values, strict=True))
        if len(new) > 1:
            new = {k: v for k, v in new.items() if old.get(k, ABSENT) is not v}
            old = {k: v for k, v in old.items() if k in new}
        change(Update(self, old, new))

    def _pathTo(self, key: Any) -> str:
        return f"{pathOf(self)}{step(key)}"

    def _pathToKey(self, key: Any) -> str:
        return f"{pathOf(self)}{{key {safe_repr(key)}}}"


KINDS[dict] = TrackedDict
