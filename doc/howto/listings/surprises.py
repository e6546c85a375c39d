"""
What is easy to get wrong.
"""

from twisted.spread.jelly import InsecureJelly

from pbcopy import Unsendable, pb
from pbcopy.testing import connect, sendAcross


class Announced:
    """
    It says when it is made by calling it.
    """

    def __init__(self):
        print(type(self).__name__, "is initialised")


class Copy(pb.Copyable):
    """
    Something that is copied.
    """


class CopyView(Announced, pb.RemoteCopy):
    """
    Its C{__init__} is not called.
    """


class Cache(pb.Cacheable):
    """
    Something that is cached.
    """


class CacheView(Announced, pb.RemoteCache):
    """
    Its C{__init__} is called, without arguments, before it has a state.
    """


pb.setUnjellyableForClass(Copy, CopyView)
pb.setUnjellyableForClass(Cache, CacheView)

for sent in (Copy(), Cache()):
    print("arrived:", type(sendAcross(sent)).__name__)


class Plain:
    """
    It is of no flavor, and nobody has registered it.
    """


print("arrived:", type(sendAcross(Plain())).__name__)

copy = Copy()
copy.inside = Plain()
try:
    sendAcross(copy)
except Unsendable as error:
    print(f"not sent: {error.where}: {error.what}")


class Unregistered(pb.Copyable):
    """
    It is of a flavor, and nobody has registered it.
    """


def refused(failure):
    print("refused:", failure.type is InsecureJelly)


class Shelf(pb.Root):
    """
    What the client calls.
    """

    def remote_put(self, thing):
        print("never called")


connection = connect(Shelf())
connection.root.callRemote("put", Unregistered()).addErrback(refused)
connection.deliver()
