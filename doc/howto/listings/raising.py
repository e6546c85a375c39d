"""
What a caller sees of an exception: its class, or its name.
"""

from twisted.internet.defer import Deferred

from pbcopy import pb
from pbcopy.testing import connect


class PondFull(pb.Error):
    """
    It is registered.
    """


class PondFrozen(pb.Error):
    """
    It is not registered.
    """


pb.setUnjellyableForException(PondFull)


class Pond(pb.Root):
    """
    What the client calls.
    """

    def remote_add(self, duck):
        raise PondFull(f"no room for a {duck}")

    def remote_swim(self):
        raise PondFrozen("come back in spring")


async def visit(pond):
    try:
        await pond.callRemote("add", "swan")
    except PondFull as error:
        print("full:", error)
    try:
        await pond.callRemote("swim")
    except pb.RemoteError as error:
        print(error.remoteType.decode(), "-", error)


def failed(failure):
    print(failure.type, failure.check(PondFull, PondFrozen))


connection = connect(Pond())
Deferred.fromCoroutine(visit(connection.root))
connection.deliver()
connection.root.callRemote("add", "goose").addErrback(failed)
connection.root.callRemote("swim").addErrback(failed)
connection.deliver()
