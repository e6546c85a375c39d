"""
One class that both sends and receives.
"""

from pbcopy import pb
from pbcopy.testing import sendAcross


class Card(pb.Copyable, pb.RemoteCopy):
    """
    A playing card.  Whoever has it may send it on.
    """

    def __init__(self, name):
        print("made", name)
        self.name = name


pb.setUnjellyableForClass(Card, Card)

card = Card("queen of frogs")
there = sendAcross(card)
back = sendAcross(there, asAnswer=True)
print(type(back).__name__, back.name)
print("another card:", back is not card)
