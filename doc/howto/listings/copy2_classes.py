"""
Two classes for one pond, and the line that joins them.
"""

from pbcopy import pb


class SenderPond(pb.Copyable):
    """
    A pond that tells how many live in it, and not who.
    """

    def __init__(self, frogs, toads):
        self.frogs = frogs
        self.toads = toads

    def count(self):
        return self.frogs + self.toads

    def getStateToCopy(self):
        return {"total": self.count()}


class ReceiverPond(pb.RemoteCopy):
    """
    What a receiver knows of a pond.
    """

    def setCopyableState(self, state):
        self._count = state["total"]

    def count(self):
        return self._count


pb.setUnjellyableForClass(SenderPond, ReceiverPond)
