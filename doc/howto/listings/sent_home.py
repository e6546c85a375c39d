"""
A cache that is sent home arrives as the original.
"""

from pbcopy import pb
from pbcopy.testing import connect


class Sword(pb.Cacheable):
    """
    A thing that players hold replicas of.
    """


class SwordView(pb.RemoteCache):
    """
    Such a replica.
    """


pb.setUnjellyableForClass(Sword, SwordView)


class Armoury(pb.Root):
    """
    What the client calls.
    """

    def __init__(self):
        self.sword = Sword()

    def remote_borrow(self):
        return self.sword

    def remote_giveBack(self, sword):
        print("the sword itself:", sword is self.sword)


views = []
connection = connect(Armoury())
for _ in range(2):
    connection.root.callRemote("borrow").addCallback(views.append)
connection.deliver()
print("one view:", views[0] is views[1])
connection.root.callRemote("giveBack", views[0])
connection.deliver()
