"""
Attributes that never leave their process.
"""

from pbcopy import pb
from pbcopy.testing import sendAcross


class User(pb.Copyable):
    """
    It declares what is local.
    """

    localOnly = ("password",)

    def __init__(self, name, password):
        self.name = name
        self.password = password


class Admin(User):
    """
    What its base class declares stays declared.
    """

    localOnly = ("keys",)

    def __init__(self, name, password, keys):
        super().__init__(name, password)
        self.keys = keys


class Guest(pb.Copyable):
    """
    It decides for itself.  The dict from C{getStateToCopy} is its to change.
    """

    def __init__(self, name, room):
        self.name = name
        self.room = room

    def getStateToCopy(self):
        state = super().getStateToCopy()
        del state["room"]
        return state


class Person(pb.RemoteCopy):
    """
    What arrives.
    """


for each in (User, Admin, Guest):
    pb.setUnjellyableForClass(each, Person)

guest = Guest("carol", 7)
for sent in (User("alice", "secret"), Admin("bob", "secret", ["cellar"]), guest):
    print(vars(sendAcross(sent)))
print(vars(guest))
