"""
A reference inside a state: what arrives can call back.
"""

from pbcopy import pb
from pbcopy.testing import connect


class Bell(pb.Referenceable):
    """
    It stays where it is, and rings there.
    """

    def remote_ring(self, visitor):
        print("a bell rings for", visitor)
        return "come in"


class House(pb.Copyable):
    """
    It is copied, with a reference to its bell.
    """

    def __init__(self):
        self.bell = Bell()


class HouseView(pb.RemoteCopy):
    """
    A house, seen from the street.
    """

    def visit(self, visitor):
        return self.bell.callRemote("ring", visitor)


pb.setUnjellyableForClass(House, HouseView)


class Estate(pb.Root):
    """
    What the client calls.
    """

    def remote_house(self):
        return House()


connection = connect(Estate())
house = connection.root.callRemote("house")
house.addCallback(lambda house: house.visit("alice"))
house.addCallback(print)
connection.deliver()
