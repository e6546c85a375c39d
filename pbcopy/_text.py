# -*- test-case-name: pbcopy.test.test_text -*-
"""
Names that a peer may send as text or as bytes.
"""

from __future__ import annotations


def asText(name: str | bytes) -> str:
    """
    Give a name as text.

    @raise UnicodeDecodeError: if it is bytes that are no UTF-8.
    @raise AttributeError: if it is neither.
    """
    return name if isinstance(name, str) else name.decode("utf-8")
