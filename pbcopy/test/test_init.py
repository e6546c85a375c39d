# -*- test-case-name: pbcopy.test.test_init -*-
"""
Tests for L{pbcopy}.
"""

from __future__ import annotations

import textwrap
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

import pbcopy
from pbcopy import (
    _change,
    _changing,
    _fields,
    _guardbroker,
    _policy,
    _reader,
    _replicaof,
    _shared,
    _sharing,
    _status,
    _watching,
    errors,
    pb,
)
from pbcopy._registry import copyTags
from pbcopy.testing import connect


class PackageTests(SynchronousTestCase):
    """
    The package shows what is public.
    """

    def test_all(self) -> None:
        """
        Each name is that of the module that has it.
        """
        homes: tuple[Any, ...] = (
            *(
                _guardbroker,
                errors,
                pb,
                _status,
                _watching,
                _change,
                _changing,
                _fields,
            ),
            *(_replicaof, _shared, _sharing, _reader, _policy),
        )
        for name in pbcopy.__all__:
            if name != "InsecureJelly":
                home = next(home for home in homes if hasattr(home, name))
                self.assertIs(getattr(home, name), getattr(pbcopy, name))

    def test_example(self) -> None:
        """
        The example in the docstring works as it says.
        """
        docstring = pbcopy.__doc__
        assert docstring is not None
        example = docstring.split("::\n", 1)[1].split("\nL{pbcopy.pb} is")[0]
        names: dict[str, Any] = {"__name__": __name__}
        exec(textwrap.dedent(example), names)
        tag = f"{__name__}.Pond".encode("ascii")
        self.addCleanup(copyTags.pop, tag, None)
        pond = names["Pond"]()

        class Root(pb.Root):
            def remote_pond(self) -> Any:
                return pond

        connection = connect(Root())
        call = connection.root.callRemote("pond")
        connection.deliver()
        view = self.successResultOf(call)
        pond.addDuck()
        connection.deliver()
        self.assertEqual(1, view.ducks)
