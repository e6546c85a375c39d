# -*- test-case-name: pbcopy.test.test_sentfailure -*-
"""
Tests for L{pbcopy._sentfailure}.
"""

from __future__ import annotations

from typing import Any

from twisted.python.failure import Failure
from twisted.spread import pb
from twisted.trial.unittest import SynchronousTestCase

from pbcopy._sentfailure import ATTRIBUTES, LONGEST_TEXT, sentFailure


def failed(error: BaseException, captureVars: bool = False) -> Failure:
    """
    Give a failure with frames.
    """
    try:
        raise error
    except BaseException:
        return Failure(captureVars=captureVars)


class SentFailureTests(SynchronousTestCase):
    """
    A failure can be sent.
    """

    def state(self, failure: Failure, unsafeTracebacks: bool = False) -> Any:
        """
        Give what is sent of a failure.
        """
        sent = sentFailure(failure, unsafeTracebacks)
        name = b"twisted.spread.pb.CopyableFailure"
        self.assertEqual(name, sent.getTypeToCopyFor(None))
        state = sent.getStateToCopyFor(None)
        self.assertEqual(set(), state.keys() - ATTRIBUTES)
        return state

    def test_state(self) -> None:
        """
        The name of the class, those of its bases, and the text are sent.
        """
        state = self.state(failed(KeyError("duck")))
        self.assertEqual(
            (b"builtins.KeyError", "'duck'"), (state["type"], state["value"])
        )
        bases = ["KeyError", "LookupError", "Exception", "BaseException", "object"]
        self.assertEqual([f"builtins.{base}" for base in bases], state["parents"])

    def test_noFrames(self) -> None:
        """
        Nothing is sent of the frames, whatever the failure has noted of them.
        """
        for captureVars in (False, True):
            failure = failed(KeyError("duck"), captureVars)
            self.assertTrue(failure.frames)
            self.assertNotIn("test_sentfailure.py", repr(self.state(failure)))
            failure.cleanFailure()
            self.assertNotIn("test_sentfailure.py", repr(self.state(failure)))

    def test_traceback(self) -> None:
        """
        A traceback that is wanted is sent as a text.
        """
        state = self.state(failed(KeyError("duck")), unsafeTracebacks=True)
        self.assertIn("test_sentfailure.py", state["traceback"])

    def test_noException(self) -> None:
        """
        The bases of what is no C{Exception} are sent by their names.
        """
        state = self.state(failed(SystemExit(1)))
        bases = ["SystemExit", "BaseException", "object"]
        self.assertEqual([f"builtins.{base}" for base in bases], state["parents"])

    def test_texts(self) -> None:
        """
        A text is sent as far as it can be.
        """

        class Odd(Exception):
            def __str__(self) -> str:
                raise RuntimeError

        for error, expected in (
            (KeyError("x" * 10**6), "'" + "x" * (LONGEST_TEXT - 1)),
            (ValueError("a\ud800b"), "a?b"),
        ):
            self.assertEqual(expected, self.state(failed(error))["value"])
        self.assertIn("Odd", self.state(failed(Odd()))["value"])

    def test_passedOn(self) -> None:
        """
        A failure of another peer's may be passed on.
        """
        copied: Any = pb.CopiedFailure.__new__(pb.CopiedFailure)
        copied.setCopyableState(self.state(failed(KeyError("duck"))))
        state = self.state(copied)
        self.assertEqual(
            (b"builtins.KeyError", "'duck'"), (state["type"], state["value"])
        )
        self.assertEqual(["builtins.KeyError"], state["parents"])
