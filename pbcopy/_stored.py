# -*- test-case-name: pbcopy.test.test_stored -*-
"""
Flavors that go to no Broker, but into a plain list that can be stored.
"""

from __future__ import annotations

from typing import Any

from twisted.python.reflect import qual
from twisted.spread import flavors


def jellyStored(flavor: flavors.Serializable, jellier: Any) -> Any:
    """
    Jelly an object that goes to no Broker: a plain list that can be stored.
    """
    sexp = jellier.prepare(flavor)
    state = flavor.__dict__
    if _overrides(flavor, "__getstate__"):
        state = flavor.__getstate__()  # type: ignore[assignment]
    sexp.extend([qual(type(flavor)).encode("utf-8"), jellier.jelly(state)])
    return jellier.preserve(flavor, sexp)


def unjellyStored(
    flavor: flavors.RemoteCopy, unjellier: Any, jellyList: list[Any]
) -> Any:
    """
    Take the state that L{jellyStored} stored.
    """
    state = unjellier.unjelly(jellyList[1])
    if hasattr(flavor, "__setstate__"):
        flavor.__setstate__(state)
    else:
        # Stock flavors store None for an object without attributes.
        flavor.__dict__ = {} if state is None else state
    return flavor


def _overrides(flavor: object, method: str) -> bool:
    # From Python 3.11 on, object has a __getstate__ too.
    return getattr(type(flavor), method, None) is not getattr(object, method, None)
