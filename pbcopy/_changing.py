# -*- test-case-name: pbcopy.test.test_changing -*-
"""
Several changes as one: L{changing}.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pbcopy._block import Block, opened
from pbcopy._coalescing import flushAll
from pbcopy._nodes import fieldsOf
from pbcopy._sharing import commit
from pbcopy.errors import RegistrationError


@contextmanager
def changing(*masters: Any) -> Iterator[None]:
    """
    Have what is changed in a block leave as one when the block ends.  If the block
    raises, nothing leaves, and everything is as it was::

        with pbcopy.changing(pond, lake):
            lake.ducks.append(pond.ducks.pop())

    What has one connection and one perspective gets the changes of all these
    objects in one message.  Other objects are not concerned.  A replica of an
    object cannot be fetched while that is being changed.

    @param masters: shared objects.
    @raise RegistrationError: if one of them is none.
    """
    for master in masters:
        if fieldsOf(master) is None:
            raise RegistrationError(
                "this is no shared object",
                where="changing",
                got=repr(master),
                expected="an object whose class is declared with pbcopy.shared",
            )
    block = Block(masters, commit)
    # What was done before the block does not depend on how it ends.
    flushAll(block.covers)
    with opened(block):
        yield
