# -*- test-case-name: pbcopy.test.test_sentplain -*-
"""
How a tracked container is sent by itself, as in an argument of a call: as the
plain one that it is a kind of.
"""

from __future__ import annotations

from typing import Any

from pbcopy._arguments import Argument
from pbcopy._jellier import CONTAINERS
from pbcopy._nodes import Tracked


class SentPlain(Tracked):
    """
    A tracked container, as Jelly sees it.
    """

    def jellyFor(self, jellier: Any) -> Any:
        """
        Give the s-expression of a plain container with the same contents.
        """
        if jellier.invoker is not None:
            return Argument(self, self.plain.__name__).jellyFor(jellier)
        expression = jellier.prepare(self)
        expression.append(CONTAINERS[self.plain])
        whole: Any = self
        if self.plain is dict:
            for key, value in whole.items():
                expression.append([jellier.jelly(key), jellier.jelly(value)])
        else:
            for each in whole:
                expression.append(jellier.jelly(each))
        return jellier.preserve(self, expression)
